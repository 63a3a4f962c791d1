/* Our own log: what is submitted is appended, signed and, once durable, announced.
 *
 *     waiting ──> appending ──EV_STORED──> replied
 *
 * One append at a time; what arrives meanwhile is grouped into the next.
 */
#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/index_root.h"
#include "proto/record.h"

static void reply(struct core *c, uint64_t op, int code, const char *text)
{
	struct effect *fx = effects_add(c->fx, FX_REPLY);
	fx->u.reply.op = op;
	fx->u.reply.code = code;
	fx->u.reply.size = c->logs[0]->stored;
	core_reason(fx->u.reply.text, sizeof fx->u.reply.text, text);
}

/* Answer a list of submissions, and free it. */
static void answer_all(struct core *c, struct submission *s, int code, const char *text)
{
	for (struct submission *next; s != NULL; s = next) {
		next = s->next;
		reply(c, s->op, code, text);
		struct effect *fx = &c->fx->v[c->fx->count - 1];
		fx->u.reply.first = s->first;
		fx->u.reply.count = code == OK ? s->count : 0;
		if (code == OK && fx->u.reply.size < s->first + s->count)
			fx->u.reply.size = s->first + s->count; /* durable, though what we hold is being read again */
		arena_free(&s->arena);
		free(s);
	}
}

/* How many of the waiting submissions go into one append. */
static size_t gather(const struct core *c, size_t *entries)
{
	size_t count = 0;
	*entries = 0;
	for (const struct submission *s = c->waiting; s != NULL; s = s->next) {
		if (count > 0 && *entries + s->count > SUBMIT_ENTRIES_MAX)
			break;
		*entries += s->count;
		count++;
	}
	return count;
}

/* Envelope, leaf and tree for one payload; both bytes live in the write's arena. */
static void append_one(struct core *c, struct store_write *w, struct bytes payload, const char *collection,
                       struct buf *scratch)
{
	buf_reset(scratch);
	envelope_write(c->hasher, payload, c->wall_ms, collection, scratch);
	struct entry *e = &w->entries[w->count];
	e->envelope = arena_bytes(&w->arena, buf_bytes(scratch));
	e->payload = arena_bytes(&w->arena, payload);
	e->state = PAYLOAD_PRESENT;
	w->leaves[w->count] = hash_leaf(c->hasher, e->envelope);
	tree_append(c->logs[0]->tree, &w->leaves[w->count]);
	w->count++;
	e->counts = keys_add_entry(&c->logs[0]->keys, tree_size(c->logs[0]->tree) - 1, e);
}

static void sign_head(struct core *c, struct store_write *w)
{
	struct log *log = c->logs[0];
	struct buf note = { 0 };
	w->head_size = tree_size(log->tree);
	w->head_root = w->root = tree_root(log->tree);
	checkpoint_write(log->origin, w->head_size, &w->head_root, &note);
	struct bytes text = arena_bytes(&w->arena, buf_bytes(&note));
	buf_add_char(&note, '\n');
	ring_sign(c, w->head_size, text, &note);
	w->head = arena_bytes(&w->arena, buf_bytes(&note));
	buf_free(&note);
}

/* A root of fewer entries than come before it would say nothing (clause 2.18). */
static const char *root_refused(const struct submission *s, uint64_t at)
{
	uint64_t named = 0;
	if (index_root_place(s->payloads[0], &named, NULL) != OK)
		return "not an index root";
	return named == at ? NULL : "the log has grown meanwhile: try again";
}

/* Take statements out that cannot become the entries that they name. */
static void refuse_misplaced(struct core *c)
{
	uint64_t at = tree_size(c->logs[0]->tree);
	for (struct submission **place = &c->waiting; *place != NULL;) {
		struct submission *s = *place;
		const char *why = s->key_change   ? ring_refuses(c, s->payloads[0], s->collections[0], at)
		                  : s->index_root ? root_refused(s, at)
		                                  : NULL;
		if (why == NULL) {
			at += s->count;
			place = &s->next;
			continue;
		}
		*place = s->next;
		s->next = NULL;
		answer_all(c, s, ERR_CONFLICT, why);
	}
}

static void append(struct core *c)
{
	struct log *log = c->logs[0];
	size_t entries, count = gather(c, &entries);
	struct store_write *w = write_new(log, WRITE_ENTRIES);
	struct buf scratch = { 0 };
	w->start = tree_size(log->tree);
	w->own = true;
	w->entries = arena_array(&w->arena, entries, sizeof *w->entries);
	w->leaves = arena_array(&w->arena, entries, sizeof *w->leaves);
	struct submission *last = NULL;
	c->appending = c->waiting;
	for (struct submission *s = c->waiting; count > 0; s = s->next, count--) {
		s->first = tree_size(log->tree);
		for (size_t i = 0; i < s->count; i++)
			append_one(c, w, s->payloads[i], s->collections[i], &scratch);
		last = s;
	}
	c->waiting = last->next;
	last->next = NULL;
	buf_free(&scratch);
	sign_head(c, w);
	(void)core_store(c, 0, &w);
}

void origin_continue(struct core *c)
{
	const struct log *log = c->logs[0];
	char why[GUARD_TEXT_MAX];
	gate_judge(c);
	if (gate_refusal(c, why) != NULL) {
		struct submission *all = c->waiting;
		c->waiting = NULL;
		answer_all(c, all, ERR_CONFLICT, why);
	} else if (c->gate.state == GUARD_OPEN && c->waiting != NULL && c->appending == NULL && !log->loading) {
		refuse_misplaced(c);
		if (c->waiting != NULL)
			append(c);
	}
}

void origin_submit(struct core *c, const struct event *event)
{
	const struct log *log = c->logs[0];
	char why[GUARD_TEXT_MAX];
	gate_judge(c);
	if (gate_refusal(c, why) != NULL) {
		reply(c, event->u.submit.op, ERR_CONFLICT, why);
		return;
	}
	if (log->loading || log->retry_ms > c->mono_ms) {
		reply(c, event->u.submit.op, ERR_BUSY, "the store failed and is being read again: try again");
		return;
	}
	for (size_t i = 0; event->u.submit.count > 1 && i < event->u.submit.count; i++) {
		int kind = payload_kind(event->u.submit.payloads[i]);
		if (kind == NORMLINK__KIND__KIND_KEY || kind == NORMLINK__KIND__KIND_INDEX) {
			reply(c, event->u.submit.op, ERR_CONFLICT, "a statement that names its own entry is submitted alone");
			return;
		}
	}
	must(event->u.submit.count >= 1 && event->u.submit.count <= SUBMIT_ENTRIES_MAX);
	struct submission *s = calloc(1, sizeof *s);
	must(s != NULL);
	s->arena.cap = SIZE_MAX;
	s->op = event->u.submit.op;
	s->count = event->u.submit.count;
	s->payloads = arena_array(&s->arena, s->count, sizeof *s->payloads);
	s->collections = arena_array(&s->arena, s->count, sizeof *s->collections);
	for (size_t i = 0; i < s->count; i++) {
		const char *collection =
		    event->u.submit.collections != NULL ? event->u.submit.collections[i] : event->u.submit.collection;
		s->payloads[i] = arena_bytes(&s->arena, event->u.submit.payloads[i]);
		s->collections[i] = arena_str(&s->arena, collection != NULL ? collection : COLLECTION_PUBLIC);
	}
	int kind = s->count == 1 ? payload_kind(s->payloads[0]) : 0;
	s->key_change = kind == NORMLINK__KIND__KIND_KEY;
	s->index_root = kind == NORMLINK__KIND__KIND_INDEX;
	struct submission **end = &c->waiting;
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	origin_continue(c);
}

void origin_stored(struct core *c, const struct pending_store *stored, int code, const char *text)
{
	struct log *log = c->logs[0];
	struct submission *s = c->appending;
	c->appending = NULL;
	if (code == OK) {
		log->stored = stored->size;
		log->store_failures = 0;
		struct head was = log->head;
		log->head = (struct head){ 0 };
		head_set(&log->head, buf_bytes(&stored->head.note), stored->head.size, &stored->head.root);
		cosigned_head(c, 0, &was);
		head_clear(&was);
		log->head_wall_ms = c->wall_ms;
		log->head_revision++;
	}
	answer_all(c, s, code, text);
	if (code != OK) {
		core_reload(c, 0, text);
		return;
	}
	peer_announce(c, 0);
	for (size_t i = 1; i < c->log_count; i++)
		witness_renew(c, i);
	reconcile_wake(c, 0);
	origin_continue(c);
}

uint64_t core_next_index(const struct core *c)
{
	uint64_t next = tree_size(c->logs[0]->tree);
	for (const struct submission *s = c->waiting; s != NULL; s = s->next)
		next += s->count;
	return next;
}

void origin_overtaken(struct core *c, int code, const char *text)
{
	struct submission *s = c->appending;
	c->appending = NULL;
	answer_all(c, s, code, text);
}
