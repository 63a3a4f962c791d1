/* Asking witnesses outside to cosign our head: C2SP tlog-witness (draft, commit 5ba5ee8), the log's side.
 *
 *     IDLE ──our head lacks its line──> PROVING ──hashes read──> ASKED ──EV_ASKED──> IDLE, later again when it failed
 *
 * Publishing waits for none of this.  One request at a time for each witness.  What size it has of our log is
 * remembered from its last answer; after a restart, or when it disagrees, its 409 says so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/witness_request.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

enum { RETRY_MIN_MS = 1000, RETRY_MAX_MS = 10 * 60 * 1000 };

void ask_free(struct asked *w)
{
	head_clear(&w->head);
	buf_free(&w->line);
	free(w);
}

static bool has_line(const struct core *c, const struct asked *w)
{
	struct note note;
	const struct head *h = &c->logs[0]->head;
	if (note_parse(buf_bytes(&h->note), &note, NULL) != OK)
		return true;
	for (size_t i = 0; i < note.count; i++)
		if (note.signatures[i].id == w->key.id && bytes_equal(note.signatures[i].name, bytes_str(w->key.name)))
			return true;
	return false;
}

static void plan(struct core *c, struct asked *w, uint64_t wait)
{
	w->next_ms = c->mono_ms + wait;
	w->next_wall_ms = c->wall_ms + wait;
	if (c->wake_ms > w->next_ms)
		c->wake_ms = w->next_ms;
}

static void failed(struct core *c, struct asked *w, const char *why)
{
	uint64_t wait = (uint64_t)RETRY_MIN_MS << (w->failures < 10 ? w->failures : 10);
	wait = wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS;
	w->state = ASK_IDLE;
	core_reason(w->last_error, sizeof w->last_error, why);
	if (w->failures++ == 0)
		core_note(c, LOG_WARN, "witness_failed", "witness=%s reason=\"%s\"", w->name, w->last_error);
	/* Any time between half of it and all, so that nodes do not ask in step. */
	plan(c, w, wait / 2 + c->random % (wait / 2 + 1));
}

/* ---- asking ---- */

void ask_proved(struct core *c, uint32_t witness, const struct tree_proof *proof)
{
	struct asked *w = c->asked[witness];
	struct effect *fx = effects_add(c->fx, FX_ASK);
	fx->u.ask.op = w->op = ++c->next_op;
	(void)snprintf(fx->u.ask.url, sizeof fx->u.ask.url, "%s/add-checkpoint", w->url);
	witness_request_write(w->known, proof, buf_bytes(&w->head.note), &fx->u.ask.body);
	w->state = ASK_ASKED;
}

void ask_unproved(struct core *c, uint32_t witness)
{
	failed(c, c->asked[witness], "the hashes for its proof could not be read");
}

static void begin(struct core *c, uint32_t witness)
{
	struct asked *w = c->asked[witness];
	const struct log *l = c->logs[0];
	static const struct tree_proof empty;
	/* Sent as our head is now, with whatever cosignatures it has. */
	head_set(&w->head, buf_bytes(&l->head.note), l->head.size, &l->head.root);
	w->state = ASK_PROVING;
	if (w->known > l->head.size)
		w->known = 0; /* it claimed more than there is: it may think better of it */
	if (w->known == 0 || w->known == l->head.size)
		ask_proved(c, witness, &empty);
	else
		serve_prove_for(c, witness, w->known, l->head.size);
}

/* A cosignature that came while our head was being written. */
static void merge(struct core *c, struct asked *w)
{
	struct head seen = { 0 };
	struct note note;
	if (w->line.len == 0)
		return;
	must(note_parse(buf_bytes(&w->head.note), &note, NULL) == OK);
	buf_add_bytes(&seen.note, buf_bytes(&w->head.note));
	buf_add_bytes(&seen.note, buf_bytes(&w->line));
	seen.size = w->head.size;
	seen.root = w->head.root;
	if (witness_merge(c, 0, &seen))
		buf_reset(&w->line);
	else
		reconcile_later(c);
	buf_free(&seen.note);
}

void ask_wake(struct core *c)
{
	const struct log *l = c->logs[0];
	for (uint32_t i = 0; i < c->asked_count; i++) {
		struct asked *w = c->asked[i];
		merge(c, w);
		if (w->state != ASK_IDLE || w->url[0] == '\0' || l->head.size == 0 || fork_stops(l->fork.state) ||
		    c->gate.state != GUARD_OPEN || l->loading || l->head_in_flight || w->line.len > 0 || has_line(c, w))
			continue;
		if (w->next_ms <= c->mono_ms)
			begin(c, i);
		else if (c->wake_ms > w->next_ms)
			c->wake_ms = w->next_ms;
	}
}

/* ---- answers ---- */

static void cosigned(struct core *c, struct asked *w, struct bytes body)
{
	struct note note;
	struct err err = { 0 };
	uint64_t time_s;
	must(note_parse(buf_bytes(&w->head.note), &note, NULL) == OK);
	if (witness_lines_parse(body, note.text, &w->key, &w->line, &time_s, &err) != OK) {
		failed(c, w, err.text);
		return;
	}
	w->state = ASK_IDLE;
	w->known = w->head.size;
	w->failures = 0;
	w->next_ms = 0;
	w->last_ok_ms = c->wall_ms;
	w->last_error[0] = '\0';
}

/* It has another size of our log than we thought.  Told once it is worth another request at once. */
static void disagreed(struct core *c, struct asked *w, struct bytes body)
{
	struct err err = { 0 };
	uint64_t size;
	if (witness_size_parse(body, &size, &err) != OK) {
		failed(c, w, err.text);
	} else if (size > w->head.size) {
		(void)err_set(&err, ERR_CONFLICT, "it says that it has cosigned %llu entries of ours, and there are %llu",
		              (unsigned long long)size, (unsigned long long)w->head.size);
		failed(c, w, err.text);
	} else if (size == w->known) {
		failed(c, w, "it refuses the size that it asks for");
	} else {
		w->known = size;
		w->state = ASK_IDLE;
		w->next_ms = 0;
		if (w->corrected++ > 0) /* it changes its mind: not in a hurry */
			failed(c, w, "it names another size each time");
	}
}

void ask_answered(struct core *c, const struct event *event)
{
	struct asked *w = NULL;
	char text[160];
	for (size_t i = 0; i < c->asked_count && w == NULL; i++)
		if (c->asked[i]->state == ASK_ASKED && c->asked[i]->op == event->u.asked.op)
			w = c->asked[i];
	if (w == NULL)
		return;
	if (event->u.asked.code != OK) {
		failed(c, w, event->u.asked.text);
	} else if (event->u.asked.status == 200) {
		w->corrected = 0;
		cosigned(c, w, event->u.asked.body);
	} else if (event->u.asked.status == 409) {
		disagreed(c, w, event->u.asked.body);
	} else {
		(void)snprintf(text, sizeof text, "it answers with status %d", event->u.asked.status);
		failed(c, w, text);
	}
	ask_wake(c);
}
