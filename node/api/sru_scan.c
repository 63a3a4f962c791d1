/* scan: the values of an index around one. */
#include <string.h>
#include <strings.h>

#include "node/api/sru.h"

struct scan {
	struct sru *s;
	const struct sru_index *index;
	const char *term;
	uint64_t position; /* of the term asked for among those in the answer, from 1; 0: before the first */
	uint64_t maximum;
	struct value_list list;
	struct cql_query query;
};

/* A list begins at the term, whatever it is called. */
static bool is_start(const char *relation)
{
	static const char *const fine[] = { "=", "==", "exact", "scr" };
	const char *name = strncasecmp(relation, "cql.", 4) == 0 ? relation + 4 : relation;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (strcasecmp(name, fine[i]) == 0)
			return true;
	return false;
}

/* One clause: an index, and where to begin. */
static bool read_clause(struct scan *c)
{
	struct sru *s = c->s;
	struct sru_fault fault = { 0 };
	int diagnostic;
	const char *text = s->values[SRU_SCAN_CLAUSE];
	if (text == NULL)
		return sru_fault(s, 7, sru_name(SRU_SCAN_CLAUSE));
	if (!sru_parse(s, text, &c->query))
		return false;
	const struct cql_node *n = c->query.root;
	if (n->op != CQL_CLAUSE)
		return sru_fault(s, 37, cql_operator_word(n->op));
	if (c->query.sort != NULL)
		return sru_fault(s, 80, c->query.sort->index);
	const char *name = n->index != NULL ? n->index : "cql.serverChoice";
	c->index = sru_index_find(name, n->prefixes, &diagnostic);
	if (c->index == NULL || !c->index->scan)
		return sru_fault(s, c->index == NULL ? diagnostic : 16, name);
	if (n->relation != NULL && !is_start(n->relation))
		return sru_fault(s, 19, n->relation);
	if (n->modifiers != NULL)
		return sru_fault(s, 20, n->modifiers->name);
	c->term = sru_map_term(n->term, s->answer->arena, &fault);
	return c->term != NULL || sru_fault(s, fault.code, fault.details);
}

static bool read_request(struct scan *c)
{
	struct sru *s = c->s;
	c->position = 1;
	c->maximum = SEARCH_LIMIT_DEFAULT;
	if (s->values[SRU_STYLESHEET] != NULL)
		return sru_fault(s, 110, s->values[SRU_STYLESHEET]);
	if (!read_clause(c) || !sru_number(s, SRU_RESPONSE_POSITION, 0, &c->position) ||
	    !sru_number(s, SRU_MAXIMUM_TERMS, 1, &c->maximum))
		return false;
	if (c->maximum > SELECT_VALUES_MAX)
		return sru_too_many(s, 121, SELECT_VALUES_MAX);
	if (c->position > c->maximum + 1)
		return sru_fault(s, 120, s->values[SRU_RESPONSE_POSITION]);
	return true;
}

/* Position 1 begins with the term, 2 with the one before it; 0 with the one behind it. */
static bool ask(struct scan *c)
{
	struct answer *a = c->s->answer;
	const struct view *view = a->context->view;
	size_t maximum = (size_t)c->maximum, position = (size_t)c->position;
	size_t before = position > 1 ? position - 1 : 0;
	size_t after = position == 0 ? maximum + 1 : maximum - before;
	struct err err = { 0 };
	after = after > SELECT_VALUES_MAX ? SELECT_VALUES_MAX : after;
	int rc =
	    view->values(view->ctx, c->index->field, c->term, before, after, !a->context->local, &a->found, &c->list, &err);
	if (rc != OK)
		return sru_fault(c->s,
		                 rc == ERR_USAGE         ? 36
		                 : rc == ERR_UNSUPPORTED ? 16
		                 : rc == ERR_LIMIT       ? 60
		                 : rc == ERR_TIMEOUT     ? 2
		                                         : 1,
		                 rc == ERR_LIMIT ? err.text : c->term);
	bool itself = position == 0 && c->list.count > 0 && strcasecmp(c->list.v[0].value, c->term) == 0;
	c->list.v += itself;
	c->list.count -= itself;
	c->list.count = c->list.count > maximum ? maximum : c->list.count;
	return true;
}

static void put_terms(struct scan *c)
{
	struct xml *x = &c->s->xml;
	xml_begin(x, "zs:terms");
	for (size_t i = 0; i < c->list.count; i++) {
		xml_begin(x, "zs:term");
		xml_put(x, "zs:value", c->list.v[i].value);
		xml_put_u64(x, "zs:numberOfRecords", c->list.v[i].count);
		xml_end(x);
	}
	xml_end(x);
}

void sru_scan(struct sru *s)
{
	struct scan c = { .s = s };
	bool good = s->fault_count == 0 && read_request(&c) && sru_open_tagged(s) && ask(&c);
	if (s->whole)
		return;
	sru_begin(s, "zs:scanResponse");
	if (good && c.list.count > 0)
		put_terms(&c);
	sru_echo(s, "zs:echoedScanRequest", NULL);
	sru_diagnostics(s);
	sru_end(s);
}
