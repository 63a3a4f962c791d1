/* GET /api/v1/suggest: which standards a reference that was typed loosely may mean. */
#include "node/api/suggest.h"
#include "node/api/etag.h"
#include "node/api/hit.h"
#include "node/api/text.h"

enum { SUGGEST_LIMIT = 10 };

static bool find(struct answer *a, const char *text, size_t limit, struct found_list *out)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = view->suggest(view->ctx, text, limit, !a->context->local, &a->found, out, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

static void put_json(struct answer *a, struct found_list *list)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "suggestions");
	json_array_begin(&j);
	for (size_t i = 0; i < list->count; i++) {
		json_object_begin(&j);
		if (!hit_put(a, &list->v[i], NULL, &j))
			return;
		json_object_end(&j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_text(struct answer *a, const struct found_list *list)
{
	size_t width = hit_widest(list->v, list->count);
	for (size_t i = 0; i < list->count; i++) {
		struct statement hit;
		statement_read(&hit, &list->v[i], "");
		hit_text(a, &hit, NULL, width, &a->body);
		statement_free(&hit);
	}
	if (list->count == 0)
		buf_add_str(&a->body, "no standard here is called like that\n");
	answer_as_of_text(a);
}

void suggest_answer(struct answer *a)
{
	static const char *const known[] = { "q", "limit", NULL };
	const char *text;
	uint64_t limit = SUGGEST_LIMIT;
	struct found_list list;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "q", &text) ||
	    !answer_number(a, "limit", 1, SUGGEST_LIMIT_MAX, &limit))
		return;
	if (text == NULL) {
		problem_parameter(a, "q", "parameter q is missing: a reference, or the beginning of one");
		return;
	}
	if (!etag_begin(a) || !answer_claims(a) || !find(a, text, (size_t)limit, &list))
		return;
	if (a->text)
		put_text(a, &list);
	else
		put_json(a, &list);
}

bool suggest_meant(struct answer *a, const char *text, const char **out, size_t *count)
{
	struct found_list list;
	*count = 0;
	if (!find(a, text, SUGGEST_MEANT_MAX, &list))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		struct statement s;
		statement_read(&s, &list.v[i], "");
		out[(*count)++] = arena_str(a->arena, s.subject);
		statement_free(&s);
	}
	return true;
}
