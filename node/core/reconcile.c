/* What an announced head means beside what we hold.
 *
 *              announce                    consistency or root asked for
 *     IDLE ──────────────> NEW ─────────────────────────────────────────> ASKED
 *      ^                    │ \<─────────────────── answer ────────────────/
 *      └──── acknowledged ──┘  \──> WAIT (its turn, the store, a larger head of ours) ──wake──> NEW
 *
 * Every announced head of size s is compared before it is acknowledged:
 *
 *     any s                with every signed head of that size that we have met
 *     s < head             with our own tree's root at s
 *     head < s < target    once the head has grown to it; or fetched first, when nobody serves the target
 *     s > target (or head) the announcer proves that it extends the newest signed head we have seen
 *
 * Roots that differ are evidence.  After a verdict that tells nothing new: then a head of the branch that is not
 * followed is acknowledged, and nothing is done about it.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

enum { LOOK_AGAIN_MS = 1000 };

bool reconcile_served(const struct core *c, size_t log, uint64_t size)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct link *l = c->peers[i]->link;
		if (l != NULL && l->hello && l->channels[log].best >= size)
			return true;
	}
	return false;
}

void reconcile_later(struct core *c)
{
	if (c->wake_ms > c->mono_ms + LOOK_AGAIN_MS)
		c->wake_ms = c->mono_ms + LOOK_AGAIN_MS;
}

static void done(struct core *c, struct link *link, size_t log)
{
	struct channel *ch = &link->channels[log];
	head_clear(&ch->head);
	ch->state = CHANNEL_IDLE;
	ch->proved = false;
	if (ch->id != 0)
		peer_ack(c, link, ch->id);
	if (ch->aside_id == 0)
		return;
	/* Announced while one was looked at that had been put aside: its turn now. */
	ch->head = ch->aside;
	ch->id = ch->aside_id;
	ch->aside = (struct head){ 0 };
	ch->aside_id = 0;
	ch->state = CHANNEL_WAIT;
	reconcile_later(c);
}

/* Nothing is done about this log: acknowledge the head, and keep it in case it is followed on. */
static void put_aside(struct core *c, struct link *link, size_t log)
{
	struct channel *ch = &link->channels[log];
	if (ch->aside_id != 0) {
		done(c, link, log); /* the one that waits is newer, and comes here next */
		return;
	}
	struct head kept = ch->head;
	ch->head = (struct head){ 0 };
	done(c, link, log);
	head_clear(&ch->aside);
	ch->aside = kept;
}

void reconcile_reopen(struct core *c, size_t log)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct channel *ch = c->peers[i]->link != NULL ? &c->peers[i]->link->channels[log] : NULL;
		if (ch == NULL || ch->state != CHANNEL_IDLE || ch->aside.note.len == 0)
			continue;
		ch->head = ch->aside;
		ch->aside = (struct head){ 0 };
		ch->id = 0;
		ch->proved = false;
		ch->state = CHANNEL_WAIT;
	}
	reconcile_wake(c, log);
}

static void wait_for(struct core *c, struct channel *ch)
{
	ch->state = CHANNEL_WAIT;
	reconcile_later(c);
}

/* ---- towards a goal ---- */

/* The head, which was proved to extend base entries, becomes our target: cosigned, and fetched. */
static void adopt(struct core *c, struct link *link, size_t log, uint64_t base)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	wait_for(c, ch); /* acknowledged once it is durable */
	if (l->target_in_flight || l->retry_ms > c->mono_ms)
		return;
	struct head cosigned = { .size = ch->head.size, .root = ch->head.root };
	/* tlog-witness: consistent with every head seen before; our mirror signs when it is held whole. */
	witness_sign(c, log, buf_bytes(&ch->head.note), true, false, &cosigned.note);
	buf_add_bytes(&cosigned.keys, buf_bytes(&ch->head.keys));
	mirror_stop(l); /* whatever was fetched: nobody serves it any more */
	(void)target_adopt(c, log, &cosigned, base);
	head_clear(&cosigned);
}

bool reconcile_ask(struct core *c, struct link *link, size_t log, uint64_t from, uint64_t to, bool for_target)
{
	struct request *r = peer_request(c, link, REQUEST_CONSISTENCY, log);
	if (r == NULL)
		return false;
	r->old_size = from;
	r->new_size = to;
	r->for_target = for_target;
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__ConsistencyRequest body = NORMLINK__CONSISTENCY_REQUEST__INIT;
	body.origin = c->logs[log]->origin;
	body.has_old_size = body.has_new_size = 1;
	body.old_size = from;
	body.new_size = to;
	frame.has_id = 1;
	frame.id = r->id;
	frame.body_case = NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST;
	frame.consistency_request = &body;
	peer_send(c, link, &frame);
	return true;
}

static void ask_consistency(struct core *c, struct link *link, size_t log, uint64_t from)
{
	struct channel *ch = &link->channels[log];
	if (reconcile_ask(c, link, log, from, ch->head.size, false))
		ch->state = CHANNEL_ASKED;
	else
		wait_for(c, ch);
}

/* ---- one head, by where it stands ---- */

/* s <= head */
static void below(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (ch->head.size < l->head.size) {
		ch->state = CHANNEL_ASKED;
		serve_check_root(c, log, link->id, ch->head.size);
		return;
	}
	if (witness_merge(c, log, &ch->head))
		done(c, link, log);
	else
		wait_for(c, ch);
}

/* head < s <= target */
static void between(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (ch->head.size == l->target.size) {
		if (ch->head.keys.len > 0 && l->target.keys.len == 0)
			target_vouched(c, log, &ch->head);
		done(c, link, log);
		return;
	}
	uint64_t held = tree_size(l->tree);
	wait_for(c, ch);
	if (reconcile_served(c, log, l->target.size) || l->head_in_flight || l->stores_in_flight > 0)
		return;
	/* Nobody has the target now, but this one can be had. */
	if (ch->head.size <= held) {
		ch->state = CHANNEL_ASKED;
		serve_check_root(c, log, link->id, ch->head.size);
	} else if (held == 0 || (ch->proved && ch->proved_from == held)) {
		if (!l->has_goal || l->goal.size != ch->head.size) {
			l->strayed = true;
			mirror_goal(c, log, &ch->head);
		}
	} else {
		ask_consistency(c, link, log, held);
	}
}

/* Newer than everything signed that we have seen. */
static void above(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	uint64_t base = l->target.note.len > 0 ? l->target.size : l->head.note.len > 0 ? l->head.size : tree_size(l->tree);
	if (base > 0 && !(ch->proved && ch->proved_from == base)) {
		if (base > ch->head.size)
			wait_for(c, ch);
		else
			ask_consistency(c, link, log, base);
		return;
	}
	/* Its turn comes when the target is held whole; but for one that the tree has outgrown, of whose successor only the
	 * entries were kept by a disk that failed. */
	if (l->target.note.len > 0 && reconcile_served(c, log, l->target.size) && l->target.size > l->head.size &&
	    tree_size(l->tree) <= l->target.size)
		wait_for(c, ch);
	else if (l->head_in_flight)
		wait_for(c, ch);
	else
		adopt(c, link, log, base);
}

const struct head *reconcile_clashing(const struct core *c, const struct link *but, size_t log, const struct head *seen,
                                      bool *ours)
{
	const struct log *l = c->logs[log];
	const struct head *known[PEERS_MAX + RECENT_HEADS + 3] = { &l->head, &l->target, &l->goal };
	size_t count = 3;
	for (size_t i = 0; i < l->recent_count; i++)
		known[count++] = &l->recent[i];
	size_t own = count;
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL && c->peers[i]->link != but)
			known[count++] = &c->peers[i]->link->channels[log].head;
	for (size_t i = 0; i < count; i++) {
		*ours = i < own;
		if (known[i]->note.len > 0 && known[i]->size == seen->size && !hash_equal(&known[i]->root, &seen->root))
			return known[i];
	}
	return NULL;
}

/* A head of another branch than ours, or of that of another peer.  False: after a release it tells nothing new, and
 * it is not what contradicts us. */
static bool contradicts(struct core *c, struct link *link, size_t log)
{
	bool ours;
	const struct head *other = reconcile_clashing(c, link, log, &link->channels[log].head, &ours);
	if (other == NULL || (!evidence_found(c, log, &link->channels[log].head, other, &other->root, NULL, 0) && !ours))
		return false;
	if (fork_stops(c->logs[log]->fork.state))
		put_aside(c, link, log); /* which of the two is ours to follow is to be judged */
	else
		done(c, link, log);
	return true;
}

/* A peer holds more of our own log than we do.  Is it fetched back? */
static bool own_fetched(struct core *c, const struct link *link, const struct head *head)
{
	gate_shown(c, c->peers[link->peer]->card.name, head);
	return gate_fetches(c);
}

void reconcile_consider(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (fork_stops(l->fork.state)) {
		put_aside(c, link, log);
		evidence_send(c, link, log);
	} else if (l->loading) {
		wait_for(c, ch);
	} else if (contradicts(c, link, log)) {
		return;
	} else if (ch->head.size <= l->head.size) {
		below(c, link, log);
	} else if (l->own && !own_fetched(c, link, &ch->head)) {
		done(c, link, log);
	} else if (l->target.note.len > 0 && ch->head.size <= l->target.size) {
		between(c, link, log);
	} else {
		above(c, link, log);
	}
}

void reconcile_wake(struct core *c, size_t log)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct link *link = c->peers[i]->link;
		if (link == NULL || !link->hello || link->channels[log].state != CHANNEL_WAIT)
			continue;
		link->channels[log].state = CHANNEL_NEW;
		reconcile_consider(c, link, log);
	}
	target_seek(c, log);
}

/* ---- what comes in ---- */

/* The signed head of ours that has that size; NULL. */
static const struct head *signed_base(const struct log *l, uint64_t size)
{
	if (l->target.note.len > 0 && l->target.size == size)
		return &l->target;
	return l->head.note.len > 0 && l->head.size == size ? &l->head : NULL;
}

static int read_proof(const Normlink__ConsistencyResponse *a, struct hash *old_root, struct hash *hashes,
                      struct err *err)
{
	if (a->old_root.len != HASH_SIZE || a->n_hashes > PROOF_HASHES_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: a consistency answer that is not well-formed");
	memcpy(old_root->b, a->old_root.data, HASH_SIZE);
	for (size_t i = 0; i < a->n_hashes; i++) {
		if (a->hashes[i].len != HASH_SIZE)
			return err_set(err, ERR_PROTOCOL, "clause 4.5: a proof hash is not 32 bytes");
		memcpy(hashes[i].b, a->hashes[i].data, HASH_SIZE);
	}
	return OK;
}

int reconcile_consistency(struct core *c, struct link *link, const struct request *r,
                          const Normlink__ConsistencyResponse *a, struct err *err)
{
	struct log *l = c->logs[r->log];
	struct channel *ch = &link->channels[r->log];
	struct hash old_root, hashes[PROOF_HASHES_MAX];
	int rc = read_proof(a, &old_root, hashes, err);
	if (rc == OK && r->for_target)
		return target_consistency(c, link, r, &old_root, hashes, a->n_hashes, err);
	if (rc != OK || ch->state != CHANNEL_ASKED || ch->head.size != r->new_size)
		return rc;
	if (tree_verify(c->hasher, hashes, a->n_hashes, 0, r->old_size, r->new_size, &old_root, &ch->head.root) != OK)
		return err_set(err, ERR_UNTRUSTED, "clause 4.5: a consistency proof of %s that does not verify", l->origin);
	ch->state = CHANNEL_NEW;
	const struct head *base = signed_base(l, r->old_size);
	if (base != NULL && !hash_equal(&base->root, &old_root)) {
		if (!evidence_found(c, r->log, base, &ch->head, &old_root, hashes, a->n_hashes) &&
		    l->fork.state == FORK_RELEASED)
			done(c, link, r->log); /* of the branch that is not followed */
		else
			reconcile_consider(c, link, r->log);
		return OK;
	}
	struct hash own = { { 0 } };
	if (base == NULL && tree_size(l->tree) == r->old_size)
		own = tree_root(l->tree);
	if (base != NULL || hash_equal(&own, &old_root)) {
		ch->proved = true;
		ch->proved_from = r->old_size;
		reconcile_consider(c, link, r->log);
	} else {
		wait_for(c, ch); /* what we hold has moved, or is of another branch than this head: time will tell */
	}
	return OK;
}

void reconcile_refused(struct core *c, struct link *link, const struct request *r, bool busy)
{
	struct channel *ch = &link->channels[r->log];
	if (r->for_target)
		reconcile_later(c);
	else if (ch->state == CHANNEL_ASKED && busy)
		wait_for(c, ch);
	else if (ch->state == CHANNEL_ASKED)
		done(c, link, r->log);
}

void reconcile_root(struct core *c, struct job *job, const struct hash *root, struct tree_source source)
{
	struct log *l = c->logs[job->log];
	struct link *link = core_link(c, job->link);
	struct channel *ch = link != NULL ? &link->channels[job->log] : NULL;
	struct tree_proof proof;
	if (ch == NULL || ch->state != CHANNEL_ASKED || ch->head.size != job->old_size)
		return;
	ch->state = CHANNEL_NEW;
	bool equal = hash_equal(root, &ch->head.root);
	if (equal && ch->head.size <= l->head.size) {
		done(c, link, job->log);
	} else if (equal) {
		/* Held whole, though the target is not. */
		wait_for(c, ch);
		if (!l->head_in_flight && !fork_stops(l->fork.state) && ch->head.size <= l->stored)
			witness_complete(c, job->log, &ch->head);
	} else if (job->new_size == l->head.size && job->old_size <= l->head.size && !fork_stops(l->fork.state) &&
	           tree_prove(c->hasher, source, 0, job->old_size, job->new_size, &proof) == OK) {
		(void)evidence_found(c, job->log, &ch->head, &l->head, root, proof.hashes, proof.count);
		done(c, link, job->log);
	} else {
		wait_for(c, ch);
	}
}

void reconcile_retry(struct core *c, struct job *job)
{
	struct link *link = core_link(c, job->link);
	if (link != NULL && link->channels[job->log].state == CHANNEL_ASKED)
		wait_for(c, &link->channels[job->log]);
}
