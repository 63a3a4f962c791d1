/* GET /api/v1/records: the current records of one kind in one log, the public ones or, for who may use the node's
 * folder, those of one other collection, one after another: a line of JSON each (clause 3), as import takes them.
 * Normlink-Size says how many entries of the log they are as of; Normlink-Next, unless it was the last part, where the
 * next one begins. */
#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/etag.h"
#include "node/api/statement.h"
#include "node/api/text.h"
#include "proto/entry.h"
#include "proto/record.h"

struct listing {
	const char *origin, *collection; /* NULL: the public ones */
	int kind;
	uint64_t from, limit;
	struct found_list list;
};

static bool read_question(struct answer *a, struct listing *l)
{
	static const char *const known[] = { "origin", "kind", "collection", "from", "limit", NULL };
	const char *kind;
	l->limit = SEARCH_LIMIT_MAX;
	l->kind = NORMLINK__KIND__KIND_STANDARD;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &l->origin) ||
	    !answer_parameter(a, "kind", &kind) || !answer_parameter(a, "collection", &l->collection) ||
	    !answer_number(a, "from", 0, INT64_MAX, &l->from) || !answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &l->limit))
		return false;
	if (kind != NULL && (l->kind = kind_of_word(kind)) == 0) {
		problem_parameter(a, "kind", "parameter kind: a kind of record, such as standard or adoption");
		return false;
	}
	if (l->collection != NULL && strcmp(l->collection, COLLECTION_PUBLIC) == 0)
		l->collection = NULL;
	if (l->collection != NULL && !a->context->local) {
		problem_parameter(a, "collection", "parameter collection: only the public records are listed here");
		return false;
	}
	l->origin = l->origin != NULL ? l->origin : a->context->origin;
	return true;
}

/* Where the next part begins; none left: false. */
static bool next_of(const struct listing *l, uint64_t *next)
{
	*next = l->list.count > 0 ? l->list.v[l->list.count - 1].index + 1 : 0;
	return l->list.count > 0;
}

static void put_record(const struct found *found, struct buf *out)
{
	struct statement s;
	statement_read(&s, found, "");
	if (s.record != NULL) {
		json_of_message(&s.record->base, out);
		buf_add_char(out, '\n');
	}
	statement_free(&s);
}

static void put_lines(struct answer *a, const struct listing *l, const struct as_of *at)
{
	uint64_t next;
	for (size_t i = 0; i < l->list.count; i++)
		put_record(&l->list.v[i], &a->body);
	a->type = "application/x-ndjson";
	a->headers = arena_printf(a->arena, "Normlink-Size: %" PRIu64 "\r\n", at->size);
	if (next_of(l, &next))
		a->headers = arena_printf(a->arena, "%sNormlink-Next: %" PRIu64 "\r\n", a->headers, next);
	answer_mark(a, at);
}

static void put_text(struct answer *a, const struct listing *l)
{
	uint64_t next;
	for (size_t i = 0; i < l->list.count; i++) {
		struct statement s;
		statement_read(&s, &l->list.v[i], "");
		buf_printf(&a->body, "#%" PRIu64 "  ", l->list.v[i].index);
		text_put(&a->body, s.subject);
		buf_add_char(&a->body, '\n');
		statement_free(&s);
	}
	if (next_of(l, &next))
		buf_printf(&a->body, "the next begin at from=%" PRIu64 "\n", next);
	answer_as_of_text(a);
}

void records_answer(struct answer *a)
{
	struct listing l = { 0 };
	struct err err = { 0 };
	if (!read_question(a, &l) || !etag_begin(a))
		return;
	const struct as_of *at = l.origin != NULL ? answer_origin(a, l.origin) : NULL;
	if (at == NULL) {
		problem_parameter(a, "origin",
		                  "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
		return;
	}
	const struct view *view = a->context->view;
	int rc =
	    view->listing(view->ctx, l.origin, l.kind, l.collection, l.from, (size_t)l.limit, &a->found, &l.list, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	else if (a->text)
		put_text(a, &l);
	else
		put_lines(a, &l, at);
}
