/* cql: any bytes are refused with a place inside them, or give a tree that can be walked and written; what of it can be
 * asked of peers is a text that they read. */
#include <stdint.h>

#include "node/api/cql.h"
#include "node/api/sru_map.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/core/question_tree.h"
#include "node/core/wanted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const struct cql_node *n)
{
	must(n != NULL);
	if (n->op == CQL_CLAUSE) {
		must(n->term != NULL && (n->index == NULL) == (n->relation == NULL));
		return 1;
	}
	return 1 + count(n->left) + count(n->right);
}

static void put_as_text(const struct cql_query *query, struct arena *arena)
{
	struct selection s = { 0 };
	struct sru_fault fault = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 };
	struct wanted w;
	if (sru_map(query, arena, &s, &fault)) {
		int rc = question_tree(s.where, arena, &text, &err);
		must(rc == OK || (rc == ERR_UNSUPPORTED && err.text[0] != '\0' && text.len == 0));
		if (rc == OK && text.len <= QUERY_WIRE_MAX) {
			must(wanted_read(&w, buf_bytes(&text), NULL) == OK);
			wanted_free(&w);
		}
	}
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct cql_query query;
	struct cql_fault fault;
	struct buf xcql = { 0 };
	int rc = cql_parse(bytes_of(data, size), &arena, &query, &fault);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	if (rc == OK) {
		must(count(query.root) <= CQL_NODES_MAX);
		cql_xcql(&query, &xcql);
		put_as_text(&query, &arena);
	} else {
		must(fault.diagnostic != 0 && fault.at <= size && fault.text[0] != '\0' && query.root == NULL);
	}
	buf_free(&xcql);
	arena_free(&arena);
	return 0;
}
