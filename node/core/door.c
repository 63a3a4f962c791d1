/* Checkpoints that come through the doors of HTTP: tlog-witness (draft, C2SP commit 5ba5ee8), "add-checkpoint".
 *
 *     EV_CHECKPOINT ──refused──────────────────────────> FX_ANSWER
 *          │                                                 ^
 *          └──> waits (another write of that log) ──turn──> storing ──EV_STORED
 *
 * The check against the latest cosigned head and the write that replaces it are one: while a write of a head is on its
 * way, nobody else's checkpoint of that log is looked at.
 */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"

static void answer(struct core *c, uint64_t op, enum answer_outcome outcome, uint64_t size, struct bytes text)
{
	struct effect *fx = effects_add(c->fx, FX_ANSWER);
	fx->u.answer.op = op;
	fx->u.answer.outcome = outcome;
	fx->u.answer.size = size;
	buf_add_bytes(&fx->u.answer.text, text);
}

static void refuse(struct core *c, uint64_t op, enum answer_outcome outcome, const char *why)
{
	answer(c, op, outcome, 0, bytes_str(why));
}

void door_free_visit(struct visit *v)
{
	head_clear(&v->head);
	buf_free(&v->line);
	free(v);
}

static void drop(struct core *c, struct visit *v)
{
	struct visit **p = &c->visits;
	while (*p != v)
		p = &(*p)->next;
	*p = v->next;
	c->visit_count--;
	door_free_visit(v);
}

/* ---- what was cosigned last ---- */

const struct head *door_latest(const struct log *l)
{
	if (l->target.note.len > 0)
		return &l->target;
	return l->head.note.len > 0 ? &l->head : NULL;
}

/* Our witness's line of a note, with its LF; false: none. */
static bool own_line(const struct core *c, struct bytes raw, struct buf *out, uint64_t *time_s)
{
	struct note note;
	const struct vkey *key = skey_public(core_key(c, KEY_OF_WITNESS));
	if (note_parse(raw, &note, NULL) != OK)
		return false;
	for (size_t i = 0; i < note.count; i++) {
		const struct note_signature *s = &note.signatures[i];
		if (s->id != key->id || !bytes_equal(s->name, bytes_str(key->name)))
			continue;
		*time_s = 0;
		for (size_t k = 0; k < 8; k++)
			*time_s = *time_s << 8 | s->payload[k];
		buf_add_bytes(out, s->line);
		buf_add_char(out, '\n');
		return true;
	}
	return false;
}

/* The text, the lines that are to stay, and a new cosignature of ours.  When it is the very text that was cosigned
 * last, the others' lines on it stay too. */
static void cosign_again(struct core *c, struct visit *v, const struct head *latest, bool as_mirror, struct buf *out)
{
	struct note ours, theirs;
	struct buf raw = { 0 };
	const struct vkey *key = skey_public(core_key(c, KEY_OF_WITNESS));
	must(note_parse(buf_bytes(&v->head.note), &theirs, NULL) == OK);
	bool same = latest != NULL && note_parse(buf_bytes(&latest->note), &ours, NULL) == OK &&
	            bytes_equal(ours.text, theirs.text);
	const struct note *from = same ? &ours : &theirs;
	buf_add_bytes(&raw, from->text);
	buf_add_char(&raw, '\n');
	for (size_t i = 0; i < from->count; i++) {
		const struct note_signature *s = &from->signatures[i];
		if (s->id == key->id && bytes_equal(s->name, bytes_str(key->name)))
			continue;
		buf_add_bytes(&raw, s->line);
		buf_add_char(&raw, '\n');
	}
	witness_sign(c, v->log, buf_bytes(&raw), true, as_mirror, out);
	buf_free(&raw);
}

/* ---- the checks, in the order of the specification ---- */

/* OK, or what is answered; the text says why. */
static enum answer_outcome check(struct core *c, const struct visit *v, const struct head *latest, const char **why)
{
	struct hash empty = hash_empty(c->hasher);
	uint64_t size = latest != NULL ? latest->size : 0;
	*why = "";
	if (v->old_size != size)
		return ANSWER_CONFLICT;
	*why = "tlog-witness: a checkpoint of size 0 has the root of the empty tree";
	if (v->head.size == 0 && !hash_equal(&v->head.root, &empty))
		return ANSWER_UNPROVED;
	*why = "tlog-witness: a proof from size 0 is empty";
	if (v->old_size == 0)
		return v->proof.count == 0 ? ANSWER_OK : ANSWER_UNPROVED;
	*why = "tlog-witness: two roots of one size";
	if (v->old_size == v->head.size && !hash_equal(&v->head.root, &latest->root))
		return ANSWER_UNPROVED;
	*why = "tlog-witness: the consistency proof does not verify";
	if (tree_verify(c->hasher, v->proof.hashes, v->proof.count, 0, v->old_size, v->head.size, &latest->root,
	                &v->head.root) != OK)
		return ANSWER_UNPROVED;
	return ANSWER_OK;
}

/* Is it the very head that was cosigned last, and in this very second?  Then that cosignature is the answer. */
static bool just_cosigned(const struct core *c, const struct visit *v, const struct head *latest, struct buf *line)
{
	struct note ours, theirs;
	uint64_t time_s;
	if (latest == NULL || note_parse(buf_bytes(&latest->note), &ours, NULL) != OK ||
	    note_parse(buf_bytes(&v->head.note), &theirs, NULL) != OK || !bytes_equal(ours.text, theirs.text) ||
	    !own_line(c, buf_bytes(&latest->note), line, &time_s))
		return false;
	if (time_s >= c->wall_ms / 1000)
		return true;
	buf_reset(line);
	return false;
}

/* Consistent with everything cosigned before: it is now what was cosigned last, as soon as that is durable. */
static void take(struct core *c, struct visit *v, const struct head *latest)
{
	struct log *l = c->logs[v->log];
	struct head signed_head = { .size = v->head.size, .root = v->head.root };
	uint64_t time_s;
	bool whole = latest == &l->head && latest->size == v->head.size;
	if (just_cosigned(c, v, latest, &v->line)) {
		answer(c, v->op, ANSWER_OK, v->head.size, buf_bytes(&v->line));
		drop(c, v);
		return;
	}
	cosign_again(c, v, latest, whole, &signed_head.note);
	must(own_line(c, buf_bytes(&signed_head.note), &v->line, &time_s));
	if (whole)
		v->store_op = witness_store_head(c, v->log, &signed_head);
	else
		v->store_op = target_adopt(c, v->log, &signed_head, latest != NULL ? latest->size : 0);
	head_clear(&signed_head);
}

static bool writing(const struct log *l)
{
	return l->loading || l->target_in_flight || l->head_in_flight;
}

/* Has this log signed another head of that size that we hold, or heard of?  It is evidence then; false when it tells
 * nothing that an operator has not judged already. */
static bool contradicts(struct core *c, const struct visit *v)
{
	bool ours = false;
	const struct head *other = reconcile_clashing(c, NULL, v->log, &v->head, &ours);
	return other != NULL && (evidence_found(c, v->log, &v->head, other, &other->root, NULL, 0) || ours);
}

/* Its turn: answered, or on its way to the store. */
static void consider(struct core *c, struct visit *v)
{
	struct log *l = c->logs[v->log];
	const char *why;
	if (fork_stops(l->fork.state) || l->retry_ms > c->mono_ms) {
		bool forked = fork_stops(l->fork.state);
		refuse(c, v->op, forked ? ANSWER_UNTRUSTED : ANSWER_BUSY,
		       forked ? "this log has signed heads that contradict each other: nothing is cosigned"
		              : "the store failed and is tried again soon");
		drop(c, v);
		return;
	}
	bool contradicted = contradicts(c, v);
	const struct head *latest = door_latest(l);
	enum answer_outcome outcome = check(c, v, latest, &why);
	if (outcome == ANSWER_OK && contradicted) {
		outcome = ANSWER_UNPROVED;
		why = "this log has signed another head of this size";
	}
	if (outcome == ANSWER_OK) {
		take(c, v, latest);
		return;
	}
	answer(c, v->op, outcome, latest != NULL ? latest->size : 0, bytes_str(why));
	drop(c, v);
}

void door_wake(struct core *c, size_t log)
{
	for (struct visit *v = c->visits, *next; v != NULL && !writing(c->logs[log]); v = next) {
		next = v->next;
		if (v->log == log && v->store_op == 0)
			consider(c, v);
	}
}

void door_stored(struct core *c, uint64_t op, int code)
{
	struct visit *v = c->visits;
	while (v != NULL && v->store_op != op)
		v = v->next;
	if (v == NULL)
		return;
	if (code == OK)
		answer(c, v->op, ANSWER_OK, v->head.size, buf_bytes(&v->line));
	else
		refuse(c, v->op, ANSWER_BUSY, "the store could not keep it");
	drop(c, v);
}

/* ---- what comes in ---- */

/* Of all that a stranger may have added only the log's own signatures are kept: the rest would cost a check each. */
static void keep_signed(struct core *c, struct visit *v, const struct note *note, const struct checkpoint *cp)
{
	struct buf out = { 0 };
	witness_clean(c, v->log, &c->logs[v->log]->keys, false, note, &out);
	v->head = (struct head){ .note = out, .size = cp->size, .root = cp->root };
}

static struct visit *visit_new(struct core *c, const struct event *event, size_t log)
{
	struct visit *v = calloc(1, sizeof *v), **end = &c->visits;
	must(v != NULL);
	v->op = event->u.checkpoint.op;
	v->log = log;
	v->old_size = event->u.checkpoint.old_size;
	v->proof = *event->u.checkpoint.proof;
	while (*end != NULL)
		end = &(*end)->next;
	*end = v;
	c->visit_count++;
	return v;
}

/* Whose is it?  SIZE_MAX: nobody's that may be witnessed here; a log is not its own witness. */
static size_t find_log(const struct core *c, const struct checkpoint *cp)
{
	char origin[NAME_MAX_BYTES + 1] = { 0 };
	memcpy(origin, cp->origin.data, cp->origin.len);
	size_t log = strlen(origin) == cp->origin.len ? serve_find_log(c, origin) : SIZE_MAX;
	return log != SIZE_MAX && c->logs[log]->own ? SIZE_MAX : log;
}

void door_checkpoint(struct core *c, const struct event *event)
{
	struct note note;
	struct checkpoint cp;
	struct err err = { 0 };
	uint64_t op = event->u.checkpoint.op;
	int rc = checkpoint_read(event->u.checkpoint.note, &note, &cp, &err);
	if (rc != OK) {
		refuse(c, op, ANSWER_MALFORMED, err.text);
		return;
	}
	size_t log = find_log(c, &cp);
	if (log == SIZE_MAX) {
		refuse(c, op, ANSWER_UNKNOWN, "this log is not one that is witnessed here");
	} else if (keys_open_head(&c->logs[log]->keys, c->logs[log]->key, event->u.checkpoint.note, &note, &cp, NULL,
	                          &err) != OK) {
		refuse(c, op, ANSWER_UNTRUSTED, err.text);
	} else if (event->u.checkpoint.old_size > cp.size || cp.size > INT64_MAX) {
		refuse(c, op, ANSWER_MALFORMED, "tlog-witness: the old size is larger than the checkpoint's");
	} else if (!gate_links(c)) { /* a copy: the one that it is a copy of may sign */
		refuse(c, op, ANSWER_BUSY, "this node waits for its operator's word");
	} else if (c->visit_count >= VISITS_MAX) {
		refuse(c, op, ANSWER_BUSY, "too many checkpoints wait");
	} else {
		struct visit *v = visit_new(c, event, log);
		keep_signed(c, v, &note, &cp);
		if (!writing(c->logs[log]))
			consider(c, v);
	}
}
