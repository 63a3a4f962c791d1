/* The tree as XCQL.  A prefix stands at each clause whose index or relation it is about. */

#include "node/api/cql.h"
#include "node/api/xml.h"

static void put_element(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "<%s>", name);
	xml_escape(bytes_str(text), out);
	buf_printf(out, "</%s>", name);
}

static void put_modifiers(struct buf *out, const struct cql_modifier *m)
{
	if (m == NULL)
		return;
	buf_add_str(out, "<modifiers>");
	for (; m != NULL; m = m->next) {
		buf_add_str(out, "<modifier>");
		put_element(out, "type", m->name);
		if (m->comparison != NULL) {
			put_element(out, "comparison", m->comparison);
			put_element(out, "value", m->value);
		}
		buf_add_str(out, "</modifier>");
	}
	buf_add_str(out, "</modifiers>");
}

static void put_sort(struct buf *out, const struct cql_key *key)
{
	if (key == NULL)
		return;
	buf_add_str(out, "<sortKeys>");
	for (; key != NULL; key = key->next) {
		buf_add_str(out, "<key>");
		put_element(out, "index", key->index);
		put_modifiers(out, key->modifiers);
		buf_add_str(out, "</key>");
	}
	buf_add_str(out, "</sortKeys>");
}

static void put_prefix(struct buf *out, const struct cql_prefix *prefix)
{
	buf_add_str(out, "<prefix>");
	if (prefix->name != NULL)
		put_element(out, "name", prefix->name);
	put_element(out, "identifier", prefix->uri);
	buf_add_str(out, "</prefix>");
}

static void put_prefixes(struct buf *out, const struct cql_prefix *prefix)
{
	if (prefix == NULL)
		return;
	buf_add_str(out, "<prefixes>");
	for (; prefix != NULL; prefix = prefix->outer)
		put_prefix(out, prefix);
	buf_add_str(out, "</prefixes>");
}

static void put_clause(struct buf *out, const struct cql_node *n, const struct cql_key *sort)
{
	buf_add_str(out, "<searchClause>");
	put_prefixes(out, n->prefixes);
	put_element(out, "index", n->index != NULL ? n->index : "cql.serverChoice");
	buf_add_str(out, "<relation>");
	put_element(out, "value", n->relation != NULL ? n->relation : "=");
	put_modifiers(out, n->modifiers);
	buf_add_str(out, "</relation>");
	put_element(out, "term", n->term);
	put_sort(out, sort);
	buf_add_str(out, "</searchClause>");
}

static void put_node(struct buf *out, const struct cql_node *n, const struct cql_key *sort)
{
	if (n->op == CQL_CLAUSE) {
		put_clause(out, n, sort);
		return;
	}
	buf_add_str(out, "<triple><boolean>");
	put_element(out, "value", cql_operator_word(n->op));
	put_modifiers(out, n->modifiers);
	buf_add_str(out, "</boolean><leftOperand>");
	put_node(out, n->left, NULL);
	buf_add_str(out, "</leftOperand><rightOperand>");
	put_node(out, n->right, NULL);
	buf_add_str(out, "</rightOperand>");
	put_sort(out, sort);
	buf_add_str(out, "</triple>");
}

void cql_xcql(const struct cql_query *query, struct buf *out)
{
	put_node(out, query->root, query->sort);
}
