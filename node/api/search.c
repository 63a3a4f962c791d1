/* GET /api/v1/search: records as question.h says which, in which order, and counted by what. */
#include <inttypes.h>

#include "node/api/asked.h"
#include "node/api/etag.h"
#include "node/api/suggest.h"
#include "node/api/text.h"

struct search {
	struct question question;
	struct hit_more more;
	struct found_list list;
	const char *meant[SUGGEST_MEANT_MAX]; /* where nothing is found */
	size_t meant_count;
};

static bool read_query(struct answer *a, struct search *s)
{
	static const char *const others[] = { HIT_PARAMETERS, NULL };
	return asked_read(a, others, &s->question) && hit_more_read(a, &s->more);
}

/* ---- JSON ---- */

static void put_facets(const struct question *q, struct json *j)
{
	const struct selection *s = &q->selection;
	if (s->wish_count == 0)
		return;
	json_key(j, "facets");
	json_object_begin(j);
	for (size_t i = 0; i < s->wish_count; i++) {
		json_key(j, q->facets[i]);
		json_array_begin(j);
		for (size_t k = 0; k < s->wishes[i].count; k++) {
			json_object_begin(j);
			json_put_text(j, "value", s->wishes[i].v[k].value);
			json_put_u64(j, "count", s->wishes[i].v[k].count);
			json_object_end(j);
		}
		json_array_end(j);
	}
	json_object_end(j);
}

static bool put_hit(struct answer *a, const struct search *s, struct found *found, struct json *j)
{
	struct hit_more more = s->more;
	more.through = asked_through(a, found);
	json_object_begin(j);
	bool put = hit_put(a, found, &more, j);
	json_object_end(j);
	return put;
}

static void put_meant(const struct search *s, struct json *j)
{
	if (s->meant_count == 0)
		return;
	json_key(j, "did_you_mean");
	json_array_begin(j);
	for (size_t i = 0; i < s->meant_count; i++)
		json_text(j, s->meant[i]);
	json_array_end(j);
}

static void put_json(struct answer *a, const struct search *s)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_u64(&j, "total", a->total);
	json_put_u64(&j, "linked", s->list.linked);
	json_put_u64(&j, "offset", s->list.offset);
	json_put_u64(&j, "limit", s->question.selection.limit);
	json_key(&j, "records");
	json_array_begin(&j);
	for (size_t i = 0; i < s->list.count; i++)
		if (!put_hit(a, s, &s->list.v[i], &j))
			return;
	json_array_end(&j);
	json_put_text(&j, "next", s->list.next);
	put_meant(s, &j);
	put_facets(&s->question, &j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_facets_text(struct answer *a, const struct question *q)
{
	const struct selection *s = &q->selection;
	for (size_t i = 0; i < s->wish_count; i++) {
		buf_printf(&a->body, "by %s:", q->facets[i]);
		for (size_t k = 0; k < s->wishes[i].count; k++) {
			buf_add_str(&a->body, k > 0 ? ", " : " ");
			text_put(&a->body, s->wishes[i].v[k].value);
			buf_printf(&a->body, " %" PRIu64, s->wishes[i].v[k].count);
		}
		buf_add_char(&a->body, '\n');
	}
}

static void put_nothing(struct buf *out, const struct search *s)
{
	buf_add_str(out, "nothing found\n");
	for (size_t i = 0; i < s->meant_count; i++) {
		buf_add_str(out, i == 0 ? "did you mean " : ", ");
		text_put(out, s->meant[i]);
	}
	if (s->meant_count > 0)
		buf_add_str(out, "?\n");
}

static void put_text(struct answer *a, const struct search *s)
{
	struct buf *out = &a->body;
	size_t count = s->list.count;
	uint64_t offset = s->list.offset, last = offset + count;
	size_t width = hit_widest(s->list.v, count);
	for (size_t i = 0; i < count; i++) {
		struct statement hit;
		statement_read(&hit, &s->list.v[i], "");
		hit_text(a, &hit, &(struct hit_more){ .through = asked_through(a, hit.found) }, width, out);
		statement_free(&hit);
	}
	if (count > 0)
		buf_add_char(out, '\n');
	if (a->total == 0)
		put_nothing(out, s);
	else if (count == 0)
		buf_printf(out, "%" PRIu64 " found, none from number %" PRIu64 " on\n", a->total, offset + 1);
	else if (count == a->total)
		text_count(out, a->total, "record found\n", "records found\n");
	else
		buf_printf(out, "%" PRIu64 " records found; these are %" PRIu64 " to %" PRIu64 "\n", a->total, offset + 1,
		           last);
	put_facets_text(a, &s->question);
	answer_as_of_text(a);
}

void search_answer(struct answer *a)
{
	struct search s = { 0 };
	if (!read_query(a, &s) || !etag_begin(a) || !answer_claims(a))
		return;
	s.question.selection.unread = !a->text;
	if (!asked_select(a, &s.question, &s.list))
		return;
	const char *typed =
	    s.question.values[QUESTION_REF] != NULL ? s.question.values[QUESTION_REF] : s.question.values[QUESTION_Q];
	if (s.list.total == 0 && typed != NULL && !suggest_meant(a, typed, s.meant, &s.meant_count))
		return;
	a->counted = true;
	a->total = s.list.total;
	if (a->text)
		put_text(a, &s);
	else
		put_json(a, &s);
}
