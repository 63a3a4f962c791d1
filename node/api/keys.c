/* GET /api/v1/keys: the key statements in the logs held here (clause 2.10), for whoever wants to know an operator's
 * keys.  Each is signed by the old key and the new: it counts by its signatures, not because this node says it. */
#include <inttypes.h>

#include "node/api/answer.h"
#include "node/api/etag.h"
#include "proto/key_change.h"

static const char *key_of(struct arena *arena, enum key_role role, const struct vkey *key)
{
	struct buf text = { 0 };
	key_text(role, key, &text);
	const char *copy = arena_strn(arena, text.data, text.len);
	buf_free(&text);
	return copy;
}

static void put_json(struct answer *a, const char *origin, const struct log_statement *s, struct json *j)
{
	struct key_change k;
	json_object_begin(j);
	json_put_text(j, "origin", origin);
	json_put_u64(j, "index", s->index);
	if (key_change_open(s->payload, &k, NULL) == OK) {
		json_put_text(j, "role", key_role_word(k.role));
		json_put_text(j, "old", key_of(a->arena, k.role, &k.old));
		json_put_text(j, "new", key_of(a->arena, k.role, &k.new));
		json_put_text(j, "until", answer_time(a->arena, k.until_ms, true));
	}
	json_put_text(j, "payload", answer_base64(a->arena, s->payload));
	json_object_end(j);
}

/* False: the answer is a problem now. */
static bool put_origin(struct answer *a, const char *origin, struct json *j)
{
	const struct view *view = a->context->view;
	struct log_statement *list;
	struct err err = { 0 };
	size_t count = 0;
	int rc = view->keys(view->ctx, origin, &a->found, &list, &count, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (a->text)
			buf_printf(&a->body, "%s %" PRIu64 " %s\n", origin, list[i].index,
			           answer_base64(a->arena, list[i].payload));
		else
			put_json(a, origin, &list[i], j);
	}
	return true;
}

void keys_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	struct json j = { .out = &a->body };
	if (!answer_parameters_known(a, known) || !etag_begin(a))
		return;
	if (!a->text) {
		json_object_begin(&j);
		json_key(&j, "keys");
		json_array_begin(&j);
	}
	for (size_t i = 0; i < a->as_of_count; i++)
		if (!put_origin(a, a->as_of[i].origin, &j))
			return;
	if (!a->text) {
		json_array_end(&j);
		answer_as_of(a, &j);
		json_object_end(&j);
		buf_add_char(&a->body, '\n');
	}
}
