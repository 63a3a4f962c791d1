/* Evidence: two checkpoints of one origin that cannot both be true (crypto/evidence.h).
 *
 * It is stored, freezes the origin here, and goes once to every peer.  After a verdict only a pair of heads that are
 * both larger than all that was judged is new; anything else is acknowledged and goes no further.
 */
#include "crypto/evidence.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

/* Does a pair whose smaller head has this size say more than what is known and judged? */
static bool is_new(const struct log *l, uint64_t smaller)
{
	return l->fork.state == FORK_NONE || (l->fork.state == FORK_RELEASED && smaller > l->fork.settled);
}

static void freeze(struct core *c, size_t log, struct bytes file, uint64_t smaller, uint64_t larger)
{
	struct log *l = c->logs[log];
	buf_reset(&l->evidence);
	buf_add_bytes(&l->evidence, file);
	l->evidence_durable = false;
	l->remind_ms = c->mono_ms + FORK_REMIND_MS;
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL)
			c->peers[i]->link->channels[log].evidence_sent = false;
	c->forks++;
	core_note(c, LOG_ERROR, "fork", "origin=%s smaller=%llu larger=%llu", l->origin, (unsigned long long)smaller,
	          (unsigned long long)larger);
	verdict_apply(c, log);
	evidence_remind(c, log); /* not yet: it sets the time */
	evidence_store(c, log);
	origin_continue(c);
	reconcile_wake(c, log);
}

void evidence_remind(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	if (l->fork.state != FORK_FROZEN)
		return;
	if (c->mono_ms >= l->remind_ms) {
		core_note(c, LOG_ERROR, "fork_undecided", "origin=%s held=%llu %s", l->origin, (unsigned long long)l->stored,
		          l->own ? "hint=\"our own log: publish under a new origin\""
		                 : "hint=\"normlink evidence shows it, normlink fork decides\"");
		l->remind_ms = c->mono_ms + FORK_REMIND_MS;
	}
	if (c->wake_ms > l->remind_ms)
		c->wake_ms = l->remind_ms;
}

void evidence_restore(struct log *l, struct bytes stored)
{
	bool same = bytes_equal(stored, buf_bytes(&l->evidence));
	/* What is newer in memory is still to be written. */
	if (stored.len == 0 || (l->evidence.len > 0 && !l->evidence_durable && !same))
		return;
	if (!same) {
		buf_reset(&l->evidence);
		buf_add_bytes(&l->evidence, stored);
	}
	l->evidence_durable = true;
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

bool evidence_found(struct core *c, size_t log, const struct head *smaller, const struct head *larger,
                    const struct hash *old_root, const struct hash *hashes, size_t count)
{
	struct buf file = { 0 };
	struct vkey first, second;
	if (!is_new(c->logs[log], smaller->size) || !ring_key_of(c, log, smaller, &first) ||
	    !ring_key_of(c, log, larger, &second))
		return false;
	evidence_write(&first, &second, buf_bytes(&smaller->note), buf_bytes(&larger->note), old_root, hashes, count,
	               &file);
	freeze(c, log, buf_bytes(&file), smaller->size, larger->size);
	buf_free(&file);
	return true;
}

void evidence_send(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (ch->evidence_sent || !link->hello || !l->evidence_durable)
		return;
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Evidence body = NORMLINK__EVIDENCE__INIT;
	body.has_file = 1;
	body.file = message_field(buf_bytes(&l->evidence));
	frame.has_id = 1;
	frame.id = ++link->next_id;
	frame.body_case = NORMLINK__FRAME__BODY_EVIDENCE;
	frame.evidence = &body;
	peer_send(c, link, &frame);
	ch->evidence_sent = true;
}

void evidence_stored(struct core *c, size_t log)
{
	c->logs[log]->evidence_in_flight = false;
	c->logs[log]->evidence_durable = true;
	verdict_apply(c, log);
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL)
			evidence_send(c, c->peers[i]->link, log);
}

/* ---- evidence from elsewhere ---- */

/* ERR_NOT_READY: by a key that does not count, as far as is known here (clause 2.10). */
static int check_pair(struct core *c, const struct log *l, const struct evidence *e, struct err *err)
{
	struct note note;
	struct checkpoint cp;
	int rc = keys_open_head(&l->keys, l->key, e->smaller, &note, &cp, NULL, err);
	if (rc == OK)
		rc = keys_open_head(&l->keys, l->key, e->larger, &note, &cp, NULL, err);
	if (rc == ERR_NOT_FOUND)
		err->code = rc = ERR_NOT_READY;
	return rc == OK ? evidence_contradicts(c->hasher, e, err) : rc;
}

/* A file whose log is known, and that holds. */
static int open_file(struct core *c, struct bytes file, struct evidence *out, size_t *log, struct err *err)
{
	int rc = evidence_parse(file, out, err);
	if (rc != OK)
		return rc;
	*log = serve_find_log(c, out->origin);
	if (*log == SIZE_MAX)
		return err_set(err, ERR_NOT_FOUND, "no card names %s", out->origin);
	return check_pair(c, c->logs[*log], out, err);
}

int evidence_take(struct core *c, struct bytes file, size_t *log, struct err *err)
{
	struct evidence e;
	int rc = open_file(c, file, &e, log, err);
	if (rc == OK && is_new(c->logs[*log], e.smaller_size))
		freeze(c, *log, file, e.smaller_size, e.larger_size);
	return rc;
}

int evidence_received(struct core *c, struct link *link, uint64_t id, struct bytes file, struct err *err)
{
	struct evidence e;
	size_t log = SIZE_MAX;
	int rc = open_file(c, file, &e, &log, err);
	if (rc == OK || rc == ERR_NOT_FOUND) /* an origin that we do not know */
		peer_ack(c, link, id);
	if (rc == ERR_NOT_READY) {
		/* By a key that does not count (clause 2.10): whoever passes it on need not know better. */
		c->rejected++;
		core_note(c, LOG_WARN, "evidence_refused", "origin=%s reason=\"%s\"", c->logs[log]->origin, err->text);
		peer_ack(c, link, id);
		return OK;
	}
	if (rc != OK)
		return rc == ERR_NOT_FOUND ? OK : rc;
	struct log *l = c->logs[log];
	link_id from = link->id;
	if (is_new(l, e.smaller_size))
		freeze(c, log, file, e.smaller_size, e.larger_size);
	/* Who has the same need not hear it from us. */
	link = core_link(c, from);
	if (link != NULL && bytes_equal(file, buf_bytes(&l->evidence)))
		link->channels[log].evidence_sent = true;
	return OK;
}
