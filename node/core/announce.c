/* An announced head comes in: by which key is it signed, is it the one that is due, and which of its lines are kept?
 *
 * Then reconcile.c says what it means.
 */
#include "node/base/log.h"
#include "node/core/parts.h"

/* The origin and size of a note that nothing was checked of yet. */
static int peek(struct bytes raw, char origin[NAME_MAX_BYTES + 1], uint64_t *size, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = checkpoint_read(raw, &note, &cp, err);
	if (rc != OK)
		return rc;
	memcpy(origin, cp.origin.data, cp.origin.len);
	origin[cp.origin.len] = '\0';
	*size = cp.size;
	return cp.size <= INT64_MAX
	           ? OK
	           : err_set(err, ERR_LIMIT, "clause 4.4: a head of %s with more than 2^63 - 1 entries", origin);
}

/* A head by a key that does not count: whoever passes it on need not know better. */
static void refuse_head(struct core *c, const struct link *link, const char *origin, uint64_t size,
                        const struct err *err)
{
	c->rejected++;
	core_note(c, LOG_WARN, "head_refused", "peer=%s origin=%s size=%llu reason=\"%s\"", c->peers[link->peer]->card.name,
	          origin, (unsigned long long)size, err->text);
}

/* Check what was announced and put it into its place.  ERR_NOT_FOUND: by a key that does not count. */
static int take_head(struct core *c, struct head *out, size_t log, const Normlink__Announce *a, struct err *err)
{
	struct log *l = c->logs[log];
	struct bytes raw = message_bytes(a->checkpoint);
	struct keys known = { 0 };
	struct note note;
	struct checkpoint cp;
	struct buf clean = { 0 };
	/* One signature check for each head, not for each time that it is heard of. */
	if (bytes_equal(raw, buf_bytes(&l->head.note))) {
		head_set(out, raw, l->head.size, &l->head.root);
		return OK;
	}
	int rc = ring_open(c, log, raw, a->keys, a->n_keys, &note, &cp, &known, err);
	if (rc == OK && hash_equal(&cp.root, &l->unfounded))
		rc = err_set(err, ERR_NOT_FOUND, "clause 2.10: key statements that its own tree does not hold");
	if (rc == OK) {
		witness_clean(c, log, &known, true, &note, &clean);
		head_set(out, buf_bytes(&clean), cp.size, &cp.root);
		keys_pack(&known, KEY_OF_LOG, &l->keys, &out->keys);
	}
	buf_free(&clean);
	keys_free(&known);
	return rc;
}

int announce_heard(struct core *c, struct link *link, uint64_t id, const Normlink__Announce *a, struct err *err)
{
	char origin[NAME_MAX_BYTES + 1];
	uint64_t size;
	int rc = peek(message_bytes(a->checkpoint), origin, &size, err);
	if (rc != OK)
		return rc;
	size_t log = serve_find_log(c, origin);
	if (log == SIZE_MAX || c->logs[log]->outside || size == 0) {
		peer_ack(c, link, id);
		return OK;
	}
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (ch->state != CHANNEL_IDLE && (ch->id != 0 || ch->aside_id != 0))
		return err_set(err, ERR_PROTOCOL, "clause 4.4: a second announcement of %s before the first was acknowledged",
		               origin);
	bool waits = ch->state != CHANNEL_IDLE; /* for one that was acknowledged long ago */
	struct head *place = waits ? &ch->aside : &ch->head;
	rc = take_head(c, place, log, a, err);
	if (rc == ERR_NOT_FOUND) {
		refuse_head(c, link, origin, size, err);
		peer_ack(c, link, id);
		return OK;
	}
	if (rc != OK)
		return rc;
	cosigned_heard(c, log, place);
	if (ch->best <= size) {
		ch->best = size;
		ch->best_root = place->root;
	}
	if (waits) {
		ch->aside_id = id;
		return OK;
	}
	head_clear(&ch->aside);
	ch->id = id;
	ch->proved = false;
	ch->state = CHANNEL_NEW;
	if (!ch->announcing && ch->announced_revision == l->head_revision && witness_forgotten(c, log, &ch->head))
		ch->announced_revision = 0; /* say it again */
	if (l->own)
		ring_heard(c, link, size);
	reconcile_consider(c, link, log);
	target_seek(c, log);
	peer_announce(c, log);
	return OK;
}
