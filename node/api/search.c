/* GET /api/v1/search: records found by words and by codes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/statement.h"
#include "node/api/text.h"

enum { SUBJECT_WIDTH_MAX = 40 };

struct search {
	struct query query;
	struct found_list list;
};

static bool read_code(struct answer *a, const char *name, const char **value, bool (*good)(const char *),
                      const char *form)
{
	if (!answer_parameter(a, name, value))
		return false;
	if (*value == NULL || good(*value))
		return true;
	problem_parameter(a, name, "parameter %s: %.*s is not %s", name, CODE_MAX, *value, form);
	return false;
}

static bool is_status(const char *word)
{
	return status_of_word(word) != 0;
}

static bool read_query(struct answer *a, struct query *q)
{
	static const char *const known[] = { "q", "ics", "status", "kind", "origin", "limit", "offset", NULL };
	uint64_t limit = SEARCH_LIMIT_DEFAULT;
	uint64_t offset = 0;
	int kind = 0;
	bool good = answer_parameters_known(a, known) && answer_parameter(a, "q", &q->words) &&
	            read_code(a, "ics", &q->ics, ics_valid, "an ICS code like 03, 03.120 or 03.120.10") &&
	            read_code(a, "status", &q->status, is_status,
	                      "a status: preparation, upcoming, current, superseded, withdrawn or cancelled") &&
	            answer_kind(a, &kind) && answer_parameter(a, "origin", &q->origin) &&
	            answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &limit) &&
	            answer_number(a, "offset", 0, SEARCH_OFFSET_MAX, &offset);
	q->kind = kind_word(kind);
	q->limit = (size_t)limit;
	q->offset = (size_t)offset;
	return good;
}

/* ---- JSON ---- */

static void put_word(struct json *j, const char *key, const char *value)
{
	json_put_text(j, key, value != NULL && value[0] != '\0' ? value : NULL);
}

static void put_strings(struct json *j, const char *key, char *const *values, size_t count)
{
	json_key(j, key);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		json_text(j, values[i]);
	json_array_end(j);
}

/* Several kinds may share a subject; and that of a log statement stands as it is (clause 2.7). */
static const char *href_of(const struct answer *a, const struct statement *s)
{
	int kind = s->record != NULL ? (int)s->record->kind : 0;
	const char *word = kind != NORMLINK__KIND__KIND_STANDARD ? kind_word(kind) : NULL;
	return arena_printf(a->arena, "/api/v1/records/%s%s%s", answer_escaped(a->arena, s->subject, ""),
	                    word != NULL ? "?kind=" : "", word != NULL ? word : "");
}

static void put_hit(struct answer *a, const struct statement *s, struct json *j)
{
	size_t ics_count = 0;
	char *const *ics = s->record != NULL ? record_ics(s->record, &ics_count) : NULL;
	json_object_begin(j);
	json_put_text(j, "origin", s->found->origin);
	json_put_u64(j, "index", s->found->index);
	json_put_bool(j, "frozen", answer_frozen(a, s->found->origin));
	put_word(j, "kind", s->record != NULL ? kind_word((int)s->record->kind) : NULL);
	json_put_text(j, "subject", s->subject);
	statement_titles(s, j);
	put_word(j, "status", statement_status(s));
	put_word(j, "date", statement_date(s));
	put_strings(j, "ics", ics, ics_count);
	json_put_text(j, "href", href_of(a, s));
	json_object_end(j);
}

static void put_json(struct answer *a, const struct search *s)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_u64(&j, "total", a->total);
	json_put_u64(&j, "offset", s->query.offset);
	json_put_u64(&j, "limit", s->query.limit);
	json_key(&j, "records");
	json_array_begin(&j);
	for (size_t i = 0; i < s->list.count; i++) {
		struct statement hit;
		statement_read(&hit, &s->list.v[i], "");
		put_hit(a, &hit, &j);
		statement_free(&hit);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

/* The width of the first column: of the widest subject that does not push the rest too far to the right. */
static size_t widest_subject(const struct search *s)
{
	size_t widest = 0;
	for (size_t i = 0; i < s->list.count; i++) {
		struct statement hit;
		statement_read(&hit, &s->list.v[i], "");
		size_t own = text_width(bytes_str(hit.subject));
		if (own > widest && own <= SUBJECT_WIDTH_MAX)
			widest = own;
		statement_free(&hit);
	}
	return widest;
}

static void put_hit_text(struct answer *a, const struct found *found, size_t width)
{
	struct statement hit;
	struct buf *out = &a->body;
	statement_read(&hit, found, "");
	text_pad(out, hit.subject, width);
	/* What kind it is says more than its status, but for the two that people look for by that. */
	bool by_status = hit.record != NULL && (hit.record->standard != NULL || hit.record->verdict != NULL);
	buf_printf(out, "  %-11s  %-10s  ", by_status ? statement_gist(&hit) : statement_kind(&hit), statement_date(&hit));
	text_put(out, found->origin);
	buf_printf(out, " #%" PRIu64 "%s\n", found->index, answer_frozen(a, found->origin) ? "  FROZEN" : "");
	statement_titles_text(&hit, 4, out);
	statement_free(&hit);
}

static void put_text(struct answer *a, const struct search *s)
{
	struct buf *out = &a->body;
	size_t count = s->list.count;
	uint64_t last = s->query.offset + count;
	size_t width = widest_subject(s);
	for (size_t i = 0; i < count; i++)
		put_hit_text(a, &s->list.v[i], width);
	if (count > 0)
		buf_add_char(out, '\n');
	if (a->total == 0)
		buf_add_str(out, "nothing found\n");
	else if (count == 0)
		buf_printf(out, "%" PRIu64 " found, none from number %zu on\n", a->total, s->query.offset + 1);
	else if (count == a->total)
		text_count(out, a->total, "record found\n", "records found\n");
	else
		buf_printf(out, "%" PRIu64 " records found; these are %zu to %" PRIu64 "\n", a->total, s->query.offset + 1,
		           last);
	answer_as_of_text(a);
}

void search_answer(struct answer *a)
{
	struct search s = { 0 };
	struct err err = { 0 };
	if (!read_query(a, &s.query) || !answer_begin(a))
		return;
	s.query.public_only = !a->context->local;
	if (s.query.origin != NULL && answer_origin(a, s.query.origin) == NULL) {
		problem_parameter(a, "origin",
		                  "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
		return;
	}
	const struct view *view = a->context->view;
	int rc = view->search(view->ctx, &s.query, &a->found, &s.list, &err);
	if (rc == ERR_USAGE) {
		problem_parameter(a, "q", "parameter q: %s", err.text);
		return;
	}
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	a->counted = true;
	a->total = s.list.total;
	if (a->text)
		put_text(a, &s);
	else
		put_json(a, &s);
}
