/* GET /api/v1/search: records found by words and by codes. */
#include <inttypes.h>

#include "node/api/answer.h"
#include "node/api/etag.h"
#include "node/api/filters.h"
#include "node/api/hit.h"
#include "node/api/text.h"

struct search {
	struct query query;
	struct hit_more more;
	struct found_list list;
};

static bool read_query(struct answer *a, struct search *s)
{
	static const char *const known[] = { FILTER_PARAMETERS, HIT_PARAMETERS, "offset", NULL };
	uint64_t offset = 0;
	bool good = answer_parameters_known(a, known) && filters_read(a, &s->query) && hit_more_read(a, &s->more) &&
	            answer_number(a, "offset", 0, SEARCH_OFFSET_MAX, &offset);
	s->query.offset = (size_t)offset;
	return good;
}

/* ---- JSON ---- */

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
		json_object_begin(&j);
		hit_put(a, &s->list.v[i], &s->more, &j);
		json_object_end(&j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_text(struct answer *a, const struct search *s)
{
	struct buf *out = &a->body;
	size_t count = s->list.count;
	uint64_t last = s->query.offset + count;
	size_t width = hit_widest(s->list.v, count);
	for (size_t i = 0; i < count; i++) {
		struct statement hit;
		statement_read(&hit, &s->list.v[i], "");
		hit_text(a, &hit, NULL, width, out);
		statement_free(&hit);
	}
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
	if (!read_query(a, &s) || !etag_begin(a) || !answer_claims(a))
		return;
	if (!filters_origin(a, &s.query))
		return;
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
