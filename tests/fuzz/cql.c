/* cql: any bytes are refused with a place inside them, or give a tree that can be walked and written. */
#include <stdint.h>

#include "node/api/cql.h"
#include "node/base/limits.h"
#include "node/base/must.h"

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
	} else {
		must(fault.diagnostic != 0 && fault.at <= size && fault.text[0] != '\0' && query.root == NULL);
	}
	buf_free(&xcql);
	arena_free(&arena);
	return 0;
}
