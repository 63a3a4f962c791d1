/* GET /api/v1/submitters: who may have records published here (clause 2.15), as this node's own log says it. */
#include <inttypes.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/statement.h"
#include "node/api/text.h"
#include "proto/submitter.h"

static void put_words(struct buf *out, const char *label, char *const *items, size_t count, const char *none)
{
	buf_printf(out, "  %-10s", label);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(out, i > 0 ? ", " : "");
		text_put(out, items[i]);
	}
	buf_printf(out, "%s\n", count == 0 ? none : "");
}

static void put_text(struct answer *a, const struct found *f, const struct submitter *s)
{
	struct buf *out = &a->body;
	text_put(out, s->name);
	buf_printf(out, "  %s, entry %" PRIu64 "\n", s->admitted ? "admitted" : "ended", f->index);
	buf_printf(out, "  %-10s%s %s\n", "key", author_algorithm_word((int)s->algorithm),
	           answer_hex(a->arena, bytes_of(s->key_id, sizeof s->key_id)));
	put_words(out, "kinds", s->body->kinds, s->body->n_kinds, "none");
	put_words(out, "prefixes", s->body->prefixes, s->body->n_prefixes, "any subject that nobody else has spoken about");
}

static void put_json(struct answer *a, const struct found *f, const struct submitter *s, const Normlink__Record *record,
                     struct json *j)
{
	struct buf json = { 0 };
	json_object_begin(j);
	json_key(j, "author");
	json_text(j, s->name);
	json_key(j, "index");
	json_u64(j, f->index);
	json_key(j, "key_id");
	json_text(j, answer_hex(a->arena, bytes_of(s->key_id, sizeof s->key_id)));
	json_key(j, "record");
	json_of_message(&record->base, &json);
	json_raw(j, buf_bytes(&json));
	json_object_end(j);
	buf_free(&json);
}

static void put_one(struct answer *a, const struct found *f, struct json *j)
{
	struct statement st;
	struct submitter s;
	statement_read(&st, f, "");
	bool good = st.record != NULL && submitter_read(st.record, &s, NULL) == OK;
	if (good && a->text)
		put_text(a, f, &s);
	else if (good)
		put_json(a, f, &s, st.record, j);
	statement_free(&st);
}

void submitters_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	const struct view *view = a->context->view;
	struct json j = { .out = &a->body };
	struct found_list list;
	struct err err = { 0 };
	if (!answer_parameters_known(a, known) || !answer_begin(a))
		return;
	const char *origin = a->context->origin;
	if (origin == NULL || answer_origin(a, origin) == NULL) {
		problem_set(a, 404, "this node has no log of its own yet");
		return;
	}
	int rc =
	    view->of_kind(view->ctx, origin, NORMLINK__KIND__KIND_SUBMITTER, 0, SUBMITTERS_MAX, &a->found, &list, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	if (!a->text) {
		json_object_begin(&j);
		json_key(&j, "submitters");
		json_array_begin(&j);
	}
	for (size_t i = 0; i < list.count; i++)
		put_one(a, &list.v[i], &j);
	if (a->text && list.count == 0)
		buf_add_str(&a->body, "nobody is registered: normlink submitter add\n");
	if (!a->text) {
		json_array_end(&j);
		answer_as_of(a, &j);
		json_object_end(&j);
		buf_add_char(&a->body, '\n');
	}
}
