/* The way back to a target: the newest signed head that we have seen, still to be fetched.
 *
 * A target was proved to extend what was held when it was adopted.  Since then the tree may have strayed: while nobody
 * served the target another head was fetched (reconcile.c), or a restart has forgotten what the last entries were
 * fetched for.  An origin that forked can have signed both.  So before the target is fetched again, somebody who serves
 * it proves that it extends what we hold; if it does not, the two heads are evidence.
 */
#include "node/core/parts.h"

static bool asked(const struct core *c, size_t log)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct link *l = c->peers[i]->link;
		for (size_t k = 0; l != NULL && k < l->request_count; k++)
			if (l->requests[k].log == log && l->requests[k].for_target)
				return true;
	}
	return false;
}

static void ask_target(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	struct link *link = asked(c, log) ? NULL : mirror_link(c, log, l->target.size);
	if (link == NULL || !reconcile_ask(c, link, log, tree_size(l->tree), l->target.size, true))
		reconcile_later(c);
}

static uint64_t write_target(struct core *c, size_t log, const struct head *h)
{
	struct store_write *w = write_new(c->logs[log], WRITE_TARGET);
	w->head = arena_bytes(&w->arena, buf_bytes(&h->note));
	w->head_size = h->size;
	w->head_root = h->root;
	w->head_keys = arena_bytes(&w->arena, buf_bytes(&h->keys));
	c->logs[log]->target_in_flight = true;
	return core_store(c, log, &w)->op;
}

void target_vouched(struct core *c, size_t log, const struct head *h)
{
	struct log *l = c->logs[log];
	struct head again = { .size = h->size, .root = h->root };
	witness_sign(c, log, buf_bytes(&h->note), true, false, &again.note);
	buf_add_bytes(&again.keys, buf_bytes(&h->keys));
	head_copy(&l->target, &again);
	if (l->has_goal && l->goal.size == h->size)
		head_copy(&l->goal, &again);
	(void)write_target(c, log, &again);
	head_clear(&again);
}

uint64_t target_adopt(struct core *c, size_t log, const struct head *h, uint64_t base)
{
	struct log *l = c->logs[log];
	uint64_t op = write_target(c, log, h);
	/* An older target's proof reaches as far as the tree only when it has not strayed itself. */
	if (base == tree_size(l->tree))
		l->strayed = false;
	else if (l->target.note.len == 0)
		l->strayed = true;
	/* What is being fetched lies in the new target too: it comes first. */
	if (!l->strayed && !l->has_goal && !l->outside)
		mirror_goal(c, log, h);
	return op;
}

/* Are its entries all here already?  Then nobody need serve them: the one that did may have lost them since. */
static bool held_whole(const struct log *l)
{
	if (tree_size(l->tree) != l->target.size)
		return false;
	struct hash root = tree_root(l->tree);
	return hash_equal(&root, &l->target.root);
}

void target_seek(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	if ((l->own && !gate_fetches(c)) || l->outside || fork_stops(l->fork.state) || l->loading ||
	    l->retry_ms > c->mono_ms)
		return;
	if (l->has_goal || l->target.note.len == 0 || l->head_in_flight || tree_size(l->tree) > l->target.size) {
		mirror_pump(c, log);
	} else if (held_whole(l)) {
		l->strayed = false;
		mirror_goal(c, log, &l->target);
	} else if (!reconcile_served(c, log, l->target.size)) {
		mirror_pump(c, log);
	} else if (l->strayed && tree_size(l->tree) > 0) {
		ask_target(c, log);
	} else {
		mirror_goal(c, log, &l->target);
	}
}

int target_consistency(struct core *c, struct link *link, const struct request *r, const struct hash *old_root,
                       const struct hash *hashes, size_t count, struct err *err)
{
	struct log *l = c->logs[r->log];
	struct hash held = tree_root(l->tree);
	if (l->target.size != r->new_size || tree_size(l->tree) != r->old_size || l->has_goal || fork_stops(l->fork.state))
		return OK; /* it was asked for the sake of what is past */
	if (tree_verify(c->hasher, hashes, count, 0, r->old_size, r->new_size, old_root, &l->target.root) != OK) {
		/* Only who announced the very target owes this proof. */
		if (mirror_announced(link, r->log, &l->target))
			return err_set(err, ERR_UNTRUSTED, "clause 4.5: a consistency proof of %s that does not verify", l->origin);
		mirror_pause(c, link, r->log);
	} else if (hash_equal(old_root, &held)) {
		l->strayed = false;
		target_seek(c, r->log);
	} else if (l->head.note.len > 0 && l->head.size == r->old_size) {
		if (!evidence_found(c, r->log, &l->head, &l->target, old_root, hashes, count))
			mirror_pause(c, link, r->log);
	} else {
		mirror_pause(c, link,
		             r->log); /* entries of another branch, and no signed head to show for it: time will tell */
	}
	return OK;
}
