/* What an operator hands over from a bundle file (proto/PROTOCOL.md, clause 9.4): heads with proofs, entries, evidence.
 *
 *     EV_HANDOVER ──refused───────────────────────> FX_HANDED
 *          └──> verified, on its way to the disk ──durable──^
 *
 * Nothing of it is believed for having come by this way: a head must extend every signed head that we have seen and all
 * that we hold, entries must lie in the tree of that head, evidence must show a contradiction.  The one thing that an
 * operator vouches for is that a payload is not to be had.
 */
#include <stdio.h>
#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

/* What is to be durable before the answer is given. */
struct outcome {
	size_t log;
	enum handover_wait wait;
	uint64_t size;
	int code;
	const char *text;
};

static const char stopped[] = "it has forked: nothing of it is taken until its operator here decides";

/* ---- answers ---- */

static void answer(struct core *c, uint64_t op, int code, const char *text)
{
	struct effect *fx = effects_add(c->fx, FX_HANDED);
	fx->u.handed.op = op;
	fx->u.handed.code = code;
	core_reason(fx->u.handed.text, sizeof fx->u.handed.text, text);
}

static bool durable(const struct log *l, const struct handover *h)
{
	switch (h->wait) {
	case WAIT_TARGET:
		return l->head.size >= h->size || (l->target.note.len > 0 && l->target.size >= h->size);
	case WAIT_ENTRIES:
		return l->stored >= h->size;
	case WAIT_HEAD:
		return l->head.size >= h->size && !l->head_in_flight;
	case WAIT_EVIDENCE:
		return l->evidence_durable;
	}
	must(!"something to wait for");
	return false;
}

static void drop(struct handover **at)
{
	struct handover *h = *at;
	*at = h->next;
	free(h);
}

void handover_settle(struct core *c, size_t log)
{
	const struct log *l = c->logs[log];
	struct handover **at = &c->handovers;
	while (*at != NULL) {
		struct handover *h = *at;
		if (h->log == log && durable(l, h)) {
			answer(c, h->op, h->code, h->text);
			drop(at);
		} else if (h->log == log && fork_stops(l->fork.state) && h->wait != WAIT_EVIDENCE) {
			answer(c, h->op, ERR_NOT_READY, stopped);
			drop(at);
		} else {
			at = &h->next;
		}
	}
}

void handover_unfounded(struct core *c, size_t log, uint64_t size, const char *why)
{
	struct handover **at = &c->handovers;
	while (*at != NULL) {
		struct handover *h = *at;
		if (h->log == log && h->size == size && (h->wait == WAIT_TARGET || h->wait == WAIT_HEAD)) {
			answer(c, h->op, ERR_UNTRUSTED, why);
			drop(at);
		} else {
			at = &h->next;
		}
	}
}

void handover_fail(struct core *c, size_t log, const char *why)
{
	struct handover **at = &c->handovers;
	while (*at != NULL) {
		if ((*at)->log != log) {
			at = &(*at)->next;
			continue;
		}
		answer(c, (*at)->op, ERR_IO, why);
		drop(at);
	}
}

void handover_free_all(struct core *c)
{
	while (c->handovers != NULL)
		drop(&c->handovers);
}

/* ---- heads ---- */

/* The proof that was handed over for this size, checked against the head; what it says of the root there. */
static int proof_from(struct core *c, const Normlink__HandedHead *m, const struct head *head, uint64_t size,
                      struct hash *root, struct tree_proof *out, struct err *err)
{
	for (size_t i = 0; i < m->n_proofs; i++) {
		const Normlink__HandedProof *p = m->proofs[i];
		if (!p->has_size || p->size != size)
			continue;
		if (p->root.len != HASH_SIZE || p->n_hashes > PROOF_HASHES_MAX)
			return err_set(err, ERR_PROTOCOL, "clause 9.4: a consistency proof that is not well-formed");
		memcpy(root->b, p->root.data, HASH_SIZE);
		out->count = p->n_hashes;
		for (size_t k = 0; k < p->n_hashes; k++) {
			if (p->hashes[k].len != HASH_SIZE)
				return err_set(err, ERR_PROTOCOL, "clause 9.4: a proof hash is not 32 bytes");
			memcpy(out->hashes[k].b, p->hashes[k].data, HASH_SIZE);
		}
		if (tree_verify(c->hasher, out->hashes, out->count, 0, size, head->size, root, &head->root) != OK)
			return err_set(err, ERR_UNTRUSTED, "clause 9.4: a consistency proof that does not verify");
		return OK;
	}
	return err_set(err, ERR_NOT_FOUND, "clause 9.4: no proof that the head extends what is held, from entry %llu",
	               (unsigned long long)size);
}

/* news: it was not known yet, and freezes the log; else the log was released, and this is the other branch. */
static void forked(struct outcome *out, bool news)
{
	out->wait = WAIT_EVIDENCE;
	out->code = ERR_CONFLICT;
	out->text = news ? "the head contradicts one that is held: the evidence is kept and the origin frozen"
	                 : "the head is of the branch that is not followed here since the log forked";
}

/* Does it contradict a signed head of its own size? */
static bool clashes(struct core *c, size_t log, const struct head *head, struct outcome *out)
{
	const struct log *l = c->logs[log];
	const struct head *known[] = { &l->head, &l->target, &l->goal };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i]->note.len == 0 || known[i]->size != head->size || hash_equal(&known[i]->root, &head->root))
			continue;
		forked(out, evidence_found(c, log, head, known[i], &known[i]->root, NULL, 0));
		return true;
	}
	return false;
}

/* It must extend the newest signed head that we have seen, and all that we hold. */
static int extends(struct core *c, size_t log, const Normlink__HandedHead *m, const struct head *head,
                   struct outcome *out, struct err *err)
{
	struct log *l = c->logs[log];
	const struct head *base = l->target.note.len > 0 ? &l->target : &l->head;
	struct hash root, held = tree_root(l->tree);
	struct tree_proof proof;
	bool grows = base->size > 0 && base->size < head->size; /* the same size was compared already */
	int rc = grows ? proof_from(c, m, head, base->size, &root, &proof, err) : OK;
	if (rc == OK && grows && !hash_equal(&root, &base->root)) {
		forked(out, evidence_found(c, log, base, head, &root, proof.hashes, proof.count));
		return OK;
	}
	if (rc != OK || tree_size(l->tree) == 0)
		return rc;
	rc = proof_from(c, m, head, tree_size(l->tree), &root, &proof, err);
	if (rc == OK && !hash_equal(&root, &held))
		rc = err_set(err, ERR_CONFLICT, "entries of another branch are held, without a signed head to show for it");
	return rc;
}

/* The head becomes our target, and is what entries are handed over for. */
static void adopt(struct core *c, size_t log, const struct head *head, struct outcome *out)
{
	struct log *l = c->logs[log];
	out->wait = WAIT_TARGET;
	out->size = head->size;
	if (l->target.note.len == 0 || l->target.size < head->size) {
		struct store_write *w = write_new(l, WRITE_TARGET);
		struct buf note = { 0 };
		witness_sign(c, log, buf_bytes(&head->note), true, false, &note);
		w->head = arena_bytes(&w->arena, buf_bytes(&note));
		buf_free(&note);
		w->head_size = head->size;
		w->head_root = head->root;
		w->head_keys = arena_bytes(&w->arena, buf_bytes(&head->keys));
		l->target_in_flight = true;
		(void)core_store(c, log, &w);
	}
	l->strayed = false; /* all that is held was proved to lead there */
	mirror_goal(c, log, head);
}

static int take_newer(struct core *c, size_t log, const Normlink__HandedHead *m, const struct head *head,
                      struct outcome *out, struct err *err)
{
	struct log *l = c->logs[log];
	if (l->own) {
		gate_shown(c, "a bundle file", head);
		return err_set(err, ERR_CONFLICT,
		               "it holds more of our own log than we do: restore it before anything is signed");
	}
	if (head->size < l->target.size || head->size < tree_size(l->tree))
		return err_set(err, ERR_EXISTS, "a newer head, of %llu entries, is being fetched already",
		               (unsigned long long)(l->target.size > head->size ? l->target.size : tree_size(l->tree)));
	if (l->head_in_flight || l->target_in_flight)
		return err_set(err, ERR_BUSY, "another head is on its way to the disk");
	int rc = extends(c, log, m, head, out, err);
	if (rc == OK && out->code == OK)
		adopt(c, log, head, out);
	return rc;
}

/* By the key that is due, as the log and the statements handed over with it say (clause 2.10). */
static int open_head(struct core *c, size_t log, const Normlink__HandedHead *m, struct head *out, struct err *err)
{
	struct keys known = { 0 };
	struct note note;
	struct checkpoint cp;
	struct buf clean = { 0 };
	int rc = ring_open_packed(c, log, message_bytes(m->checkpoint), message_bytes(m->keys), &note, &cp, &known, err);
	if (rc == OK && (cp.size == 0 || cp.size > INT64_MAX))
		rc = err_set(err, ERR_PROTOCOL, "clause 9.4: an empty head, or one of more than 2^63 - 1 entries");
	if (rc == OK && hash_equal(&cp.root, &c->logs[log]->unfounded))
		rc = err_set(err, ERR_UNTRUSTED, "clause 2.10: key statements that its own tree does not hold");
	if (rc == OK) {
		witness_clean(c, log, &known, true, &note, &clean);
		head_set(out, buf_bytes(&clean), cp.size, &cp.root);
		keys_pack(&known, KEY_OF_LOG, &c->logs[log]->keys, &out->keys);
	}
	buf_free(&clean);
	keys_free(&known);
	return rc;
}

static int take_head(struct core *c, size_t log, const Normlink__HandedHead *m, struct outcome *out, struct err *err)
{
	struct log *l = c->logs[log];
	struct head head = { 0 };
	if (fork_stops(l->fork.state))
		return err_set(err, ERR_NOT_READY, "%s", stopped);
	if (m->n_proofs > HANDOVER_PROOFS_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 9.4: more than %d proofs", HANDOVER_PROOFS_MAX);
	int rc = open_head(c, log, m, &head, err);
	if (rc != OK)
		return rc;
	cosigned_heard(c, log, &head);
	if (clashes(c, log, &head, out))
		rc = OK;
	else if (head.size > l->head.size)
		rc = take_newer(c, log, m, &head, out, err);
	else if (head.size == l->head.size && !witness_merge(c, log, &head))
		rc = err_set(err, ERR_BUSY, "the head is on its way to the disk");
	else {
		out->wait = WAIT_HEAD;
		out->size = head.size;
	}
	head_clear(&head);
	return rc;
}

/* ---- entries ---- */

static int take_entries(struct core *c, size_t log, const Normlink__HandedEntries *m, struct arena *arena,
                        struct outcome *out, struct err *err)
{
	struct log *l = c->logs[log];
	if (!m->has_start || !m->has_size || m->start > INT64_MAX || m->size > INT64_MAX || m->entries == NULL ||
	    frame_check_entries(m->entries, err) != OK)
		return err_set(err, ERR_PROTOCOL, "clause 9.4: HandedEntries: a field is missing or out of bounds");
	out->wait = WAIT_ENTRIES;
	out->size = m->start + m->entries->n_payloads;
	if (fork_stops(l->fork.state))
		return err_set(err, ERR_NOT_READY, "%s", stopped);
	if (out->size <= tree_size(l->tree))
		return OK; /* held, or on its way to the disk */
	if (!l->has_goal || l->goal.size != m->size)
		return err_set(err, ERR_CONFLICT, "entries of a head that is not the one being fetched");
	uint64_t left = BUNDLE_ENTRIES - m->start % BUNDLE_ENTRIES, count = m->size - m->start;
	if (m->start > tree_size(l->tree) || m->entries->n_envelopes != (left < count ? left : count))
		return err_set(err, ERR_PROTOCOL,
		               "clause 9.4: entries that leave a gap, or do not end with their bundle or the tree");
	if (l->store_bytes >= STORE_QUEUE_BYTES_MAX)
		return err_set(err, ERR_BUSY, "too much is on its way to the disk");
	int rc = mirror_handed(c, log, m->entries, (size_t)(tree_size(l->tree) - m->start), arena, err);
	if (rc != OK)
		return rc;
	if (out->size == m->size)
		out->wait = WAIT_HEAD;
	mirror_pump(c, log);
	return OK;
}

/* ---- evidence ---- */

static int take_evidence(struct core *c, size_t log, const Normlink__Evidence *m, struct outcome *out, struct err *err)
{
	size_t about = SIZE_MAX;
	out->wait = WAIT_EVIDENCE;
	int rc = frame_check_evidence(m, err);
	if (rc == OK)
		rc = evidence_take(c, message_bytes(m->file), &about, err);
	if (rc == OK && about != log)
		rc = err_set(err, ERR_PROTOCOL, "clause 9.4: evidence about another log");
	return rc;
}

/* ---- the event ---- */

static int take_part(struct core *c, struct bytes raw, struct arena *arena, struct outcome *out, struct err *err)
{
	ProtobufCMessage *message;
	int rc = message_decode(&normlink__handover__descriptor, raw, arena, &message, err);
	if (rc != OK)
		return err_wrap(err, ERR_PROTOCOL, "clause 9.4");
	const Normlink__Handover *m = (const Normlink__Handover *)message;
	out->log = m->origin != NULL ? serve_find_log(c, m->origin) : SIZE_MAX;
	if (out->log == SIZE_MAX || c->logs[out->log]->outside)
		return err_set(err, ERR_NOT_FOUND, "no card names that origin");
	const struct log *l = c->logs[out->log];
	if (l->loading || l->retry_ms > c->mono_ms)
		return err_set(err, ERR_BUSY, "the store failed and is being read again");
	switch (m->body_case) {
	case NORMLINK__HANDOVER__BODY_HEAD:
		return take_head(c, out->log, m->head, out, err);
	case NORMLINK__HANDOVER__BODY_ENTRIES:
		return take_entries(c, out->log, m->entries, arena, out, err);
	case NORMLINK__HANDOVER__BODY_EVIDENCE:
		return take_evidence(c, out->log, m->evidence, out, err);
	case NORMLINK__HANDOVER__BODY__NOT_SET:
	case _NORMLINK__HANDOVER__BODY__CASE_IS_INT_SIZE:
	default:
		return err_set(err, ERR_PROTOCOL, "clause 9.4: a handover without content");
	}
}

void handover_event(struct core *c, const struct event *event)
{
	struct outcome out = { 0 };
	struct err err = { 0 };
	int rc = OK;
	must(event->u.handover.count >= 1 && event->u.handover.count <= HANDOVER_PARTS_MAX);
	for (size_t i = 0; rc == OK && i < event->u.handover.count; i++) {
		struct arena arena = { .cap = FRAME_MEMORY_MAX };
		out = (struct outcome){ 0 };
		rc = take_part(c, event->u.handover.parts[i], &arena, &out, &err);
		arena_free(&arena);
	}
	if (rc != OK) {
		answer(c, event->u.handover.op, rc, err.text);
		return;
	}
	struct handover *h = calloc(1, sizeof *h);
	must(h != NULL);
	*h = (struct handover){ .op = event->u.handover.op, .log = out.log, .wait = out.wait, .size = out.size };
	h->code = out.code;
	core_reason(h->text, sizeof h->text, out.text);
	struct handover **end = &c->handovers;
	while (*end != NULL)
		end = &(*end)->next;
	*end = h;
	handover_settle(c, out.log);
}
