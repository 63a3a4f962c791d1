/* Evidence: two checkpoints of one origin that cannot both be true.
 *
 * The smaller one states a root for its size; hashes prove that the larger one's first entries have another.  Anybody
 * can check it with the log's key alone.  It is stored, freezes the origin here, and goes to every peer.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

static void freeze(struct core *c, size_t log, struct bytes raw, uint64_t smaller, uint64_t larger)
{
	struct log *l = c->logs[log];
	if (l->frozen)
		return;
	l->frozen = true;
	buf_reset(&l->evidence);
	mirror_stop(l);
	c->forks++;
	core_note(c, LOG_ERROR, "fork", "origin=%s smaller=%llu larger=%llu", l->origin, (unsigned long long)smaller,
	          (unsigned long long)larger);
	buf_add_bytes(&l->evidence, raw);
	evidence_store(c, log);
	origin_continue(c);
	reconcile_wake(c, log);
}

void evidence_store(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	if (l->evidence.len == 0 || l->evidence_durable || l->evidence_in_flight || l->loading)
		return;
	struct store_write *w = write_new(l, WRITE_EVIDENCE);
	w->evidence = arena_bytes(&w->arena, buf_bytes(&l->evidence));
	l->evidence_in_flight = true;
	(void)core_store(c, log, &w);
}

void evidence_found(struct core *c, size_t log, const struct head *smaller, const struct head *larger,
                    const struct hash *old_root, const struct hash *hashes, size_t count)
{
	Normlink__Evidence e = NORMLINK__EVIDENCE__INIT;
	ProtobufCBinaryData data[PROOF_HASHES_MAX];
	struct buf raw = { 0 };
	e.has_smaller = e.has_larger = e.has_old_root = 1;
	e.smaller = message_field(buf_bytes(&smaller->note));
	e.larger = message_field(buf_bytes(&larger->note));
	e.old_root = message_field(bytes_of(old_root->b, HASH_SIZE));
	for (size_t i = 0; i < count; i++)
		data[i] = message_field(bytes_of(hashes[i].b, HASH_SIZE));
	e.hashes = data;
	e.n_hashes = count;
	message_encode(&e.base, &raw);
	freeze(c, log, buf_bytes(&raw), smaller->size, larger->size);
	buf_free(&raw);
}

void evidence_send(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	struct arena arena = { 0 };
	ProtobufCMessage *e;
	if (ch->evidence_sent || !link->hello || !l->evidence_durable)
		return;
	if (message_decode(&normlink__evidence__descriptor, buf_bytes(&l->evidence), &arena, &e, NULL) == OK) {
		Normlink__Frame frame = NORMLINK__FRAME__INIT;
		frame.has_id = 1;
		frame.id = ++link->next_id;
		frame.body_case = NORMLINK__FRAME__BODY_EVIDENCE;
		frame.evidence = (Normlink__Evidence *)e;
		peer_send(c, link, &frame);
		ch->evidence_sent = true;
	}
	arena_free(&arena);
}

void evidence_stored(struct core *c, size_t log)
{
	c->logs[log]->evidence_in_flight = false;
	c->logs[log]->evidence_durable = true;
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL)
			evidence_send(c, c->peers[i]->link, log);
}

/* ---- evidence from a peer ---- */

static int open_pair(struct core *c, const Normlink__Evidence *e, size_t *log, struct checkpoint *smaller,
                     struct checkpoint *larger, struct err *err)
{
	struct note note;
	struct checkpoint unverified;
	char origin[NAME_MAX_BYTES + 1] = { 0 };
	int rc = note_parse(message_bytes(e->smaller), &note, err);
	if (rc == OK)
		rc = checkpoint_parse(note.text, &unverified, err);
	if (rc != OK)
		return rc;
	memcpy(origin, unverified.origin.data, unverified.origin.len);
	*log = serve_find_log(c, origin);
	if (*log == SIZE_MAX)
		return ERR_NOT_FOUND;
	rc = checkpoint_open(message_bytes(e->smaller), c->logs[*log]->key, &note, smaller, err);
	return rc == OK ? checkpoint_open(message_bytes(e->larger), c->logs[*log]->key, &note, larger, err) : rc;
}

/* Do they contradict each other? */
static int check_pair(struct core *c, const Normlink__Evidence *e, const struct checkpoint *smaller,
                      const struct checkpoint *larger, struct err *err)
{
	struct hash old_root, proof[PROOF_HASHES_MAX];
	if (e->old_root.len != HASH_SIZE || e->n_hashes > PROOF_HASHES_MAX || smaller->size > larger->size ||
	    smaller->size == 0)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: evidence that is not well-formed");
	memcpy(old_root.b, e->old_root.data, HASH_SIZE);
	for (size_t i = 0; i < e->n_hashes; i++) {
		if (e->hashes[i].len != HASH_SIZE)
			return err_set(err, ERR_PROTOCOL, "clause 4.5: a proof hash is not 32 bytes");
		memcpy(proof[i].b, e->hashes[i].data, HASH_SIZE);
	}
	if (hash_equal(&old_root, &smaller->root) ||
	    tree_verify(c->hasher, proof, e->n_hashes, 0, smaller->size, larger->size, &old_root, &larger->root) != OK)
		return err_set(err, ERR_UNTRUSTED, "clause 4.5: evidence that shows no contradiction");
	return OK;
}

int evidence_received(struct core *c, struct link *link, uint64_t id, const Normlink__Evidence *e, struct bytes raw,
                      struct err *err)
{
	struct checkpoint smaller, larger;
	size_t log;
	int rc = open_pair(c, e, &log, &smaller, &larger, err);
	if (rc == ERR_NOT_FOUND) { /* an origin that we do not know */
		peer_ack(c, link, id);
		return OK;
	}
	if (rc == OK)
		rc = check_pair(c, e, &smaller, &larger, err);
	if (rc != OK)
		return rc;
	link->channels[log].evidence_sent = true;
	peer_ack(c, link, id);
	freeze(c, log, raw, smaller.size, larger.size);
	return OK;
}
