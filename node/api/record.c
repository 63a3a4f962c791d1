/* GET /api/v1/records/REFERENCE, /revisions, /proof: what is said about one standard, by whom, and how to check it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "crypto/proof.h"
#include "node/api/answer.h"
#include "node/api/history.h"
#include "node/api/statement.h"
#include "node/api/text.h"

enum { TERMINAL_WIDTH = 100 };

/* ---- JSON ---- */

static void put_time(struct answer *a, struct json *j, const char *key, uint64_t wall_ms)
{
	json_key(j, key);
	const char *text = answer_time(a->arena, wall_ms, true);
	json_text(j, text[0] != '\0' ? text : NULL);
}

static void put_revision(struct answer *a, const struct history_item *item, bool named, struct json *j)
{
	json_object_begin(j);
	if (named) {
		json_key(j, "subject");
		json_text(j, item->subject);
		json_key(j, "origin");
		json_text(j, item->found->origin);
		json_key(j, "frozen");
		json_bool(j, answer_frozen(a, item->found->origin));
	}
	json_key(j, "index");
	json_u64(j, item->found->index);
	put_time(a, j, "time", item->time_ms);
	json_key(j, "what");
	json_text(j, item->first ? "added" : "revised");
	json_key(j, "state");
	json_text(j, statement_state(item->found));
	json_key(j, "current");
	json_bool(j, item->found->current);
	json_object_end(j);
}

static void put_head(struct answer *a, const char *origin, struct json *j)
{
	struct history_head head;
	json_key(j, "head");
	if (!history_head(answer_origin(a, origin), a->arena, &head)) {
		json_nothing(j);
		return;
	}
	json_object_begin(j);
	json_key(j, "size");
	json_u64(j, head.size);
	json_key(j, "root");
	json_text(j, answer_root(a->arena, &head.root));
	json_key(j, "cosignatures");
	json_array_begin(j);
	for (size_t i = 0; i < head.count; i++) {
		json_object_begin(j);
		json_key(j, "name");
		json_text(j, head.cosigners[i].name);
		put_time(a, j, "time", head.cosigners[i].time_s < UINT64_MAX / 1000 ? head.cosigners[i].time_s * 1000 : 0);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void put_envelope(struct answer *a, const struct statement *s, struct json *j)
{
	json_key(j, "envelope");
	if (s->envelope.payload_size == 0) {
		json_nothing(j);
		return;
	}
	struct buf digest = { 0 };
	hex_add(&digest, bytes_of(s->envelope.payload_digest.b, HASH_SIZE));
	json_object_begin(j);
	put_time(a, j, "time", s->envelope.time_ms);
	json_key(j, "collection");
	json_text(j, s->envelope.collection);
	json_key(j, "payload_digest");
	json_text(j, buf_str(&digest));
	json_key(j, "payload_size");
	json_u64(j, s->envelope.payload_size);
	json_object_end(j);
	buf_free(&digest);
}

static void put_current(struct answer *a, const struct history_group *g, struct json *j)
{
	struct statement s;
	struct buf record = { 0 };
	statement_read(&s, g->current, g->subject);
	json_key(j, "index");
	json_u64(j, g->current->index);
	json_key(j, "state");
	json_text(j, statement_state(g->current));
	put_envelope(a, &s, j);
	json_key(j, "record");
	if (s.record != NULL) {
		json_of_message(&s.record->base, &record);
		json_raw(j, buf_bytes(&record));
	} else {
		json_nothing(j);
		json_key(j, "problem");
		json_text(j, s.problem);
	}
	buf_free(&record);
	statement_free(&s);
}

static void put_group(struct answer *a, const struct history *h, size_t number, struct json *j)
{
	const struct history_group *g = &h->groups[number];
	json_object_begin(j);
	json_key(j, "subject");
	json_text(j, g->subject);
	json_key(j, "origin");
	json_text(j, g->origin);
	const struct as_of *at = answer_origin(a, g->origin);
	answer_fork(at != NULL ? at->fork : FORK_NONE, j);
	if (g->current != NULL)
		put_current(a, g, j);
	put_head(a, g->origin, j);
	json_key(j, "revisions");
	json_array_begin(j);
	for (size_t i = 0; i < h->count; i++)
		if (h->items[i].group == number)
			put_revision(a, &h->items[i], false, j);
	json_array_end(j);
	json_object_end(j);
}

static void put_record_json(struct answer *a, const struct history *h)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "subject");
	json_text(&j, h->subject);
	json_key(&j, "statements");
	json_array_begin(&j);
	for (size_t i = 0; i < h->group_count; i++)
		put_group(a, h, i, &j);
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

static void put_revision_text(struct answer *a, const struct history_item *item, struct buf *out)
{
	char index[24];
	(void)snprintf(index, sizeof index, "#%" PRIu64, item->found->index);
	buf_printf(out, "%-8s  %-23s  %s", index, answer_time(a->arena, item->time_ms, false),
	           item->first ? "added" : "revised");
	if (item->found->current)
		buf_printf(out, "%s  current", item->first ? "  " : "");
	if (item->found->state != PAYLOAD_PRESENT)
		buf_printf(out, "  %s", statement_state(item->found));
	if (answer_frozen(a, item->found->origin))
		buf_add_str(out, "  FROZEN");
	buf_add_char(out, '\n');
}

static void put_head_text(struct answer *a, const struct history_group *g, struct buf *out)
{
	struct history_head head;
	const struct as_of *at = answer_origin(a, g->origin);
	if (!history_head(at, a->arena, &head)) {
		buf_add_str(out, "  head         none yet\n");
		return;
	}
	buf_printf(out, "  head         size %" PRIu64 "  root %s\n", head.size, answer_root(a->arena, &head.root));
	if (g->current != NULL && g->current->index >= head.size)
		buf_add_str(out, "               it does not reach this entry yet\n");
	if (answer_fork_text(at->fork) != NULL)
		buf_printf(out, "               %s\n", answer_fork_text(at->fork));
	size_t width = 0;
	for (size_t i = 0; i < head.count; i++) {
		size_t own = text_width(bytes_str(head.cosigners[i].name));
		width = own > width ? own : width;
	}
	for (size_t i = 0; i < head.count; i++) {
		uint64_t time_s = head.cosigners[i].time_s;
		buf_add_str(out, i == 0 ? "  cosigned by  " : "               ");
		text_pad(out, head.cosigners[i].name, width);
		buf_printf(out, "  %s\n", answer_time(a->arena, time_s < UINT64_MAX / 1000 ? time_s * 1000 : 0, false));
	}
	if (head.count == 0)
		buf_add_str(out, "  cosigned by  nobody yet\n");
}

static void put_group_text(struct answer *a, const struct history *h, size_t number)
{
	const struct history_group *g = &h->groups[number];
	struct buf *out = &a->body;
	text_put(out, g->subject);
	buf_add_str(out, "\n\n");
	if (g->current != NULL) {
		struct statement s;
		statement_read(&s, g->current, g->subject);
		statement_text(&s, TERMINAL_WIDTH, out);
		statement_free(&s);
	}
	buf_add_str(out, "\n  origin       ");
	text_put(out, g->origin);
	if (g->current != NULL)
		buf_printf(out, ", entry %" PRIu64, g->current->index);
	buf_add_char(out, '\n');
	put_head_text(a, g, out);
	bool first = true;
	for (size_t i = 0; i < h->count; i++) {
		if (h->items[i].group != number)
			continue;
		buf_add_str(out, first ? "  revisions    " : "               ");
		put_revision_text(a, &h->items[i], out);
		first = false;
	}
	buf_add_char(out, '\n');
}

/* Other editions of an undated reference: a line each. */
static void put_other_text(struct answer *a, const struct history_group *g, size_t width)
{
	struct buf *out = &a->body;
	buf_add_str(out, "  ");
	text_pad(out, g->subject, width);
	if (g->current != NULL) {
		struct statement s;
		statement_read(&s, g->current, g->subject);
		buf_printf(out, "  %-11s  %-10s  ", statement_status(&s), statement_date(&s));
		statement_free(&s);
	} else {
		buf_add_str(out, "  ");
	}
	text_put(out, g->origin);
	buf_add_char(out, '\n');
}

static void put_others_text(struct answer *a, const struct history *h)
{
	size_t width = 0;
	size_t others = 0;
	for (size_t i = 0; i < h->group_count; i++) {
		size_t own = text_width(bytes_str(h->groups[i].subject));
		if (strcmp(h->groups[i].subject, h->groups[0].subject) == 0)
			continue;
		width = own > width ? own : width;
		others++;
	}
	if (others == 0)
		return;
	buf_add_str(&a->body, "other editions\n");
	for (size_t i = 0; i < h->group_count; i++)
		if (strcmp(h->groups[i].subject, h->groups[0].subject) != 0)
			put_other_text(a, &h->groups[i], width);
	buf_add_char(&a->body, '\n');
}

static void put_record_text(struct answer *a, const struct history *h)
{
	for (size_t i = 0; i < h->group_count; i++)
		if (strcmp(h->groups[i].subject, h->groups[0].subject) == 0)
			put_group_text(a, h, i);
	put_others_text(a, h);
	buf_add_str(&a->body,
	            "Signatures are listed as the head has them; normlink proof and normlink verify check them.\n");
	answer_as_of_text(a);
}

void record_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { NULL };
	struct history h;
	if (!answer_parameters_known(a, known) || !history_read(a, reference, &h))
		return;
	if (a->text)
		put_record_text(a, &h);
	else
		put_record_json(a, &h);
}

void revisions_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { NULL };
	struct history h;
	if (!answer_parameters_known(a, known) || !history_read(a, reference, &h))
		return;
	if (a->text) {
		for (size_t i = 0; i < h.count; i++) {
			text_pad(&a->body, h.items[i].subject, 24);
			buf_add_str(&a->body, "  ");
			text_pad(&a->body, h.items[i].found->origin, 24);
			buf_add_str(&a->body, "  ");
			put_revision_text(a, &h.items[i], &a->body);
		}
		answer_as_of_text(a);
		return;
	}
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_key(&j, "subject");
	json_text(&j, h.subject);
	json_key(&j, "revisions");
	json_array_begin(&j);
	for (size_t i = 0; i < h.count; i++)
		put_revision(a, &h.items[i], true, &j);
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

/* ---- the proof ---- */

/* What to prove: the entry asked for, else the newest edition's current statement. */
static const struct found *choose(const struct history *h, const char *origin, bool by_index, uint64_t index)
{
	for (size_t i = 0; by_index && i < h->count; i++)
		if (h->items[i].found->index == index && (origin == NULL || strcmp(h->items[i].found->origin, origin) == 0))
			return h->items[i].found;
	for (size_t i = 0; !by_index && i < h->group_count; i++)
		if (h->groups[i].current != NULL && (origin == NULL || strcmp(h->groups[i].origin, origin) == 0))
			return h->groups[i].current;
	return NULL;
}

/* A name for who saves it: letters, digits and '-' only. */
static const char *file_name(struct arena *arena, const char *subject)
{
	char name[SUBJECT_MAX + 1];
	size_t n = 0;
	for (const char *c = subject; *c != '\0' && n < SUBJECT_MAX; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');
		if (plain)
			name[n++] = *c;
		else if (n > 0 && name[n - 1] != '-')
			name[n++] = '-';
	}
	name[n] = '\0';
	return arena_printf(arena, "%s.tlog-proof", n > 0 ? name : "record");
}

static void prove(struct answer *a, const char *subject, const struct found *chosen, bool cosigned)
{
	const struct view *view = a->context->view;
	const struct as_of *at = answer_origin(a, chosen->origin);
	struct bytes head = at == NULL ? (struct bytes){ 0 } : cosigned ? at->cosigned : at->head;
	struct found entry;
	struct tree_proof path;
	struct buf extra = { 0 };
	struct err err = { 0 };
	int rc = view->entry(view->ctx, chosen->origin, chosen->index, &a->found, &entry, &err);
	if (rc == OK && entry.state != PAYLOAD_PRESENT)
		rc = err_set(&err, ERR_NOT_FOUND, "entry %" PRIu64 " of %s is %s: there is no content to prove", chosen->index,
		             chosen->origin, statement_state(&entry));
	if (rc == OK && head.len == 0)
		rc = err_set(&err, ERR_NOT_READY, "%s has no %s head yet", chosen->origin, cosigned ? "cosigned" : "signed");
	if (rc == OK)
		rc = view->prove(view->ctx, chosen->origin, chosen->index, cosigned ? at->cosigned_size : at->head_size, &path,
		                 &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	proof_extra_write(entry.envelope, entry.payload, &extra);
	proof_write(buf_bytes(&extra), chosen->index, &path, head, &a->body);
	buf_free(&extra);
	answer_mark(a, at);
	a->type = "application/octet-stream";
	a->file = file_name(a->arena, subject);
}

void proof_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { "origin", "index", "head", NULL };
	struct history h;
	const char *origin, *head;
	uint64_t index = UINT64_MAX;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &origin) ||
	    !answer_parameter(a, "head", &head) || !answer_number(a, "index", 0, INT64_MAX, &index))
		return;
	bool cosigned = head != NULL && strcmp(head, "cosigned") == 0;
	if (head != NULL && !cosigned && strcmp(head, "signed") != 0) {
		problem_parameter(a, "head", "it is signed or cosigned");
		return;
	}
	if (!history_read(a, reference, &h))
		return;
	const struct found *chosen = choose(&h, origin, index != UINT64_MAX, index);
	if (chosen == NULL) {
		problem_set(a, 404, "%s: no statement on it by that origin and index", h.subject);
		return;
	}
	prove(a, h.subject, chosen, cosigned);
}
