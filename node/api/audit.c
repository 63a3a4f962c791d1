/* GET /api/v1/audit, and what is withheld here: who has what of the collections that are not public. */
#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/piece.h"
#include "node/api/text.h"

enum { STATUS_LINES_MAX = 20 };

static void put_text(struct json *j, const char *key, const char *value)
{
	json_put_text(j, key, value);
}

/* ---- here ---- */

static bool read_withheld(struct answer *a, struct withheld **list, size_t *count)
{
	const struct view *view = a->context->view;
	*count = 0;
	return view->withheld != NULL && view->withheld(view->ctx, &a->found, list, count, NULL) == OK;
}

void withheld_json(struct answer *a, struct json *j)
{
	struct withheld *list = NULL;
	size_t count;
	json_key(j, "withheld");
	json_array_begin(j);
	if (read_withheld(a, &list, &count)) {
		for (size_t i = 0; i < count; i++) {
			json_object_begin(j);
			put_text(j, "origin", list[i].origin);
			put_text(j, "collection", list[i].collection);
			json_put_u64(j, "entries", list[i].count);
			json_object_end(j);
		}
	}
	json_array_end(j);
}

void withheld_text(struct answer *a)
{
	struct withheld *list = NULL;
	size_t count;
	if (!read_withheld(a, &list, &count) || count == 0)
		return;
	buf_add_str(&a->body, "\nheld without content\n");
	for (size_t i = 0; i < count && i < STATUS_LINES_MAX; i++) {
		buf_add_str(&a->body, "  ");
		text_put(&a->body, list[i].origin);
		buf_printf(&a->body, "  %s  ", list[i].collection);
		text_count(&a->body, list[i].count, "entry\n", "entries\n");
	}
	if (count > STATUS_LINES_MAX)
		buf_printf(&a->body, "  and %zu more collections\n", count - STATUS_LINES_MAX);
}

/* ---- others ---- */

static void put_json(struct answer *a, const struct audit_list *list)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_u64(&j, "total", list->total);
	json_key(&j, "delivered");
	json_array_begin(&j);
	for (size_t i = 0; i < list->count; i++) {
		const struct audited *d = &list->v[i];
		json_object_begin(&j);
		put_text(&j, "peer", d->peer);
		put_text(&j, "origin", d->origin);
		json_put_u64(&j, "index", d->index);
		piece_time(a, &j, "first", d->first_ms);
		piece_time(a, &j, "last", d->last_ms);
		json_put_u64(&j, "times", d->times);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "withheld");
	json_array_begin(&j);
	for (size_t i = 0; i < list->refused_count; i++) {
		const struct refused *r = &list->refused[i];
		json_object_begin(&j);
		put_text(&j, "peer", r->peer);
		put_text(&j, "origin", r->origin);
		put_text(&j, "collection", r->collection);
		piece_time(a, &j, "last", r->last_ms);
		json_put_u64(&j, "entries", r->times);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_lines(struct answer *a, const struct audit_list *list)
{
	struct buf *out = &a->body;
	for (size_t i = 0; i < list->count; i++) {
		const struct audited *d = &list->v[i];
		buf_printf(out, "%s  ", answer_time(a->arena, d->last_ms, false));
		text_put(out, d->peer);
		buf_add_str(out, "  received  ");
		text_put(out, d->origin);
		buf_printf(out, " #%" PRIu64, d->index);
		if (d->times > 1)
			buf_printf(out, "  (%" PRIu64 " times since %s)", d->times, answer_time(a->arena, d->first_ms, false));
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < list->refused_count; i++) {
		const struct refused *r = &list->refused[i];
		buf_printf(out, "%s  ", answer_time(a->arena, r->last_ms, false));
		text_put(out, r->peer);
		buf_add_str(out, "  had withheld  ");
		text_put(out, r->origin);
		buf_printf(out, " %s, ", r->collection);
		text_count(out, r->times, "time an entry\n", "times an entry\n");
	}
	if (list->count == 0 && list->refused_count == 0)
		buf_add_str(out, "nobody asked for anything that is not public\n");
	else if (list->total > list->count)
		buf_printf(out, "%zu of %" PRIu64 " deliveries\n", list->count, list->total);
}

void audit_answer(struct answer *a)
{
	static const char *const known[] = { "peer", "since", "limit", "offset", NULL };
	struct audit_list list = { 0 };
	struct err err = { 0 };
	const char *peer;
	uint64_t since = 0, limit = SEARCH_LIMIT_DEFAULT, offset = 0;
	if (!a->context->local) {
		problem_set(a, 404, "the audit is for who may use the node's folder");
		return;
	}
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "peer", &peer) ||
	    !answer_number(a, "since", 0, TIME_MAX_MS, &since) || !answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &limit) ||
	    !answer_number(a, "offset", 0, SEARCH_OFFSET_MAX, &offset) || !answer_begin(a))
		return;
	const struct view *view = a->context->view;
	int rc = view->audit(view->ctx, peer, since, (size_t)limit, (size_t)offset, &a->found, &list, &err);
	a->cache = "no-store";
	if (rc != OK)
		problem_err(a, rc, &err);
	else if (a->text)
		put_lines(a, &list);
	else
		put_json(a, &list);
}
