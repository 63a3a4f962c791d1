/* GET /api/v1/index: what each log says is current in it, and whether it is; and ?current=1 of a record's proof: a file
 * that shows what is current, or that nothing is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/current.h"
#include "node/api/answer.h"
#include "node/api/false_root.h"
#include "node/api/history.h"
#include "node/api/piece.h"
#include "node/api/text.h"
#include "proto/record.h"

/* ---- what was found ---- */

/* False: the answer is a problem. */
static bool look_up(struct answer *a, const char *origin, struct index_state *out)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = view->indexed(view->ctx, origin, out, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

static void put_sum(struct answer *a, const char *key, const struct index_sum *sum, struct json *j)
{
	json_key(j, key);
	json_object_begin(j);
	json_put_u64(j, "keys", sum->keys);
	json_put_text(j, "root", answer_root(a->arena, &sum->root));
	json_object_end(j);
}

static void put_state(struct answer *a, const char *origin, const struct index_state *s, struct json *j)
{
	json_object_begin(j);
	json_put_u64(j, "index", s->index);
	json_put_text(j, "found", index_word(s->verdict));
	put_sum(a, "said", &s->said, j);
	if (s->verdict != INDEX_UNCHECKED)
		put_sum(a, "computed", &s->found, j);
	json_put_u64(j, "differing", s->differing);
	json_key(j, "newest_differing");
	if (s->differing > 0)
		json_u64(j, s->newest_differing);
	else
		json_nothing(j);
	/* The statement itself, under the log's head. */
	json_put_text(j, "proof",
	              arena_printf(a->arena, "/api/v1/entries/%" PRIu64 "/proof?origin=%s",
	                           s->differing > 0 ? s->newest_differing : s->index,
	                           answer_escaped(a->arena, origin, "")));
	json_key(j, "evidence");
	if (s->differing > 0)
		json_text(j, false_root_href(a, origin, s->newest_differing));
	else
		json_nothing(j);
	json_object_end(j);
}

void roots_json(struct answer *a, const char *origin, struct json *j)
{
	const struct view *view = a->context->view;
	struct index_state state;
	json_key(j, "index_root");
	if (view->indexed(view->ctx, origin, &state, NULL) == OK && state.any)
		put_state(a, origin, &state, j);
	else
		json_nothing(j);
}

static void put_line(struct answer *a, const char *origin, const struct index_state *s, size_t width)
{
	struct buf *out = &a->body;
	buf_add_str(out, "  ");
	text_pad(out, origin, width);
	if (!s->any) {
		buf_add_str(out, "  has not said what is current in it\n");
		return;
	}
	buf_printf(out, "  %" PRIu64 " subjects as of entry %" PRIu64 ": %s", s->said.keys, s->index,
	           s->verdict == INDEX_HOLDS     ? "that is what its entries give"
	           : s->verdict == INDEX_DIFFERS ? "THAT IS NOT WHAT ITS ENTRIES GIVE"
	                                         : "not checked, for what it covers is not all here");
	if (s->differing > (s->verdict == INDEX_DIFFERS ? 1 : 0))
		buf_printf(out, "; FALSE before, %" PRIu64 " times in all, last at entry %" PRIu64, s->differing,
		           s->newest_differing);
	buf_add_str(out, s->differing > 0 ? "; normlink evidence shows it\n" : "\n");
}

/* Logs that have said something, a line each. */
static bool put_lines(struct answer *a, bool all)
{
	size_t width = 0;
	for (size_t i = 0; i < a->as_of_count; i++)
		width = text_widest(width, a->as_of[i].origin);
	for (size_t i = 0; i < a->as_of_count; i++) {
		struct index_state state;
		if (!look_up(a, a->as_of[i].origin, &state))
			return false;
		if (all || state.any)
			put_line(a, a->as_of[i].origin, &state, width);
	}
	return true;
}

void roots_text(struct answer *a)
{
	static const char title[] = "\nwhat is current\n";
	size_t before = a->body.len;
	buf_add_str(&a->body, title);
	if (put_lines(a, false) && a->body.len == before + strlen(title))
		a->body.len = before;
}

/* ---- GET /api/v1/index ---- */

void roots_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	struct json j = { .out = &a->body };
	if (!answer_parameters_known(a, known) || !answer_begin(a))
		return;
	if (a->text) {
		if (put_lines(a, true)) {
			buf_add_char(&a->body, '\n');
			answer_as_of_text(a);
		}
		return;
	}
	json_object_begin(&j);
	json_key(&j, "logs");
	json_array_begin(&j);
	for (size_t i = 0; i < a->as_of_count; i++) {
		json_object_begin(&j);
		json_put_text(&j, "origin", a->as_of[i].origin);
		roots_json(a, a->as_of[i].origin, &j);
		json_object_end(&j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- a proof of what is current ---- */

struct asked {
	const char *origin, *subject;
	int kind;
	bool cosigned;
};

/* Of something that nobody has spoken about: the log that speaks for it, else our own. */
static const char *who_would(const struct answer *a, int kind, const char *subject)
{
	for (size_t i = 0; i < a->as_of_count; i++)
		if (answer_authority(a, a->as_of[i].origin, kind, subject) == AUTHORITY_OWN)
			return a->as_of[i].origin;
	return a->context->origin;
}

/* What the reference names, as the map has it: a record that is there, else its very words. */
static bool read_asked(struct answer *a, struct bytes reference, struct asked *out)
{
	static const char *const known[] = { "kind", "origin", "head", "current", NULL };
	struct history h;
	const char *current;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "current", &current) ||
	    !answer_parameter(a, "origin", &out->origin) || !piece_proof_head(a, &out->cosigned))
		return false;
	if (current == NULL || strcmp(current, "1") != 0) {
		problem_parameter(a, "current", "it is 1, or not there");
		return false;
	}
	if (!history_find(a, reference, &h))
		return false;
	out->kind = h.kind != 0 ? h.kind : NORMLINK__KIND__KIND_STANDARD;
	out->subject = h.subject;
	for (size_t i = 0; i < h.group_count; i++) {
		const struct history_group *g = &h.groups[i];
		if (g->current == NULL || (out->origin != NULL && strcmp(g->origin, out->origin) != 0))
			continue;
		*out = (struct asked){ g->origin, g->subject, g->kind, out->cosigned };
		break;
	}
	if (out->origin == NULL)
		out->origin = who_would(a, out->kind, out->subject);
	if (out->origin != NULL && answer_origin(a, out->origin) != NULL)
		return true;
	problem_parameter(a, "origin", "parameter origin: this node holds no log of that name");
	return false;
}

static int write_part(struct answer *a, const struct asked *asked, uint64_t index, struct buf *out, struct err *err)
{
	const struct found entry = { .origin = asked->origin, .index = index };
	return piece_proof_file(a, &entry, asked->cosigned, out, err);
}

/* *shown: by the newest root something can be shown. */
static int write_file(struct answer *a, const struct asked *asked, bool *shown, struct err *err)
{
	const struct view *view = a->context->view;
	struct hasher *hasher = hasher_new();
	struct current *c = arena_get(a->arena, sizeof *c);
	struct index_state state;
	struct buf statement = { 0 }, entry = { 0 };
	*c = (struct current){ .kind = (uint32_t)asked->kind, .subject = bytes_str(asked->subject) };
	struct hash key = map_key(hasher, c->kind, c->subject);
	int rc = view->current(view->ctx, asked->origin, asked->kind, asked->subject, &state, &c->map, err);
	*shown = rc != ERR_NOT_READY;
	if (rc == OK)
		rc = write_part(a, asked, state.index, &statement, err);
	if (rc == OK && !c->map.empty && map_compare(&c->map.key, &key) == 0)
		rc = write_part(a, asked, c->map.value, &entry, err);
	c->statement = buf_bytes(&statement);
	c->entry = buf_bytes(&entry);
	if (rc == OK)
		current_write(c, &a->body);
	buf_free(&statement);
	buf_free(&entry);
	hasher_free(hasher);
	return rc;
}

void roots_proof_answer(struct answer *a, struct bytes reference)
{
	struct asked asked = { 0 };
	struct err err = { 0 };
	bool shown = true;
	if (!read_asked(a, reference, &asked))
		return;
	int rc = write_file(a, &asked, &shown, &err);
	if (!shown) { /* it takes another root, not another try */
		problem_set(a, 409, "%s", err.text);
		return;
	}
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	answer_mark(a, answer_origin(a, asked.origin));
	a->type = "application/octet-stream";
	a->file = "record.normlink-current";
}
