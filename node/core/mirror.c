/* A verified copy of another's log: bundles are asked for, checked against the goal's root before anything is kept, and
 * handed to the store in order.
 *
 *     fetch:  to ask ──EntriesRequest──> asked ──answer verified──> ready ──front of the window──> store
 *                ^                          │
 *                └──── link lost, refused ──┘
 *
 * The goal is a signed head that is known to extend what we hold.  When the tree reaches it, witness.c takes over.
 */
#include <stdlib.h>

#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

enum { OTHER_TREE_PAUSE_MS = 30 * 1000 };

static void fetch_reset(struct fetch *f)
{
	arena_free(&f->arena);
	f->link = 0;
	f->ready = false;
	f->entries = NULL;
	f->leaves = NULL;
	f->payloads = 0;
}

static void fetch_drop_first(struct log *l)
{
	fetch_reset(&l->window[0]);
	l->window_count--;
	memmove(&l->window[0], &l->window[1], l->window_count * sizeof l->window[0]);
}

void mirror_stop(struct log *l)
{
	for (size_t i = 0; i < l->window_count; i++)
		fetch_reset(&l->window[i]);
	l->window_count = 0;
	l->has_goal = false;
	head_clear(&l->goal);
}

void mirror_goal(struct core *c, size_t log, const struct head *head)
{
	struct log *l = c->logs[log];
	mirror_stop(l);
	head_copy(&l->goal, head);
	l->has_goal = true;
	mirror_pump(c, log);
}

/* ---- asking ---- */

/* The same link for neighbouring bundles. */
struct link *mirror_link(struct core *c, size_t log, uint64_t size)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct link *l = c->peers[(log + i) % c->peer_count]->link;
		if (l != NULL && l->hello && l->channels[log].best >= size && l->channels[log].busy_until_ms <= c->mono_ms &&
		    l->request_count < REQUESTS_IN_FLIGHT_MAX)
			return l;
	}
	return NULL;
}

static bool ask(struct core *c, size_t log, struct fetch *f)
{
	struct log *l = c->logs[log];
	struct link *link = mirror_link(c, log, l->goal.size);
	if (link == NULL)
		return false;
	struct request *r = peer_request(c, link, REQUEST_ENTRIES, log);
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__EntriesRequest body = NORMLINK__ENTRIES_REQUEST__INIT;
	body.origin = l->origin;
	body.has_start = body.has_end = body.has_size = 1;
	body.start = f->start;
	body.end = f->end;
	body.size = l->goal.size;
	frame.has_id = 1;
	frame.id = r->id;
	frame.body_case = NORMLINK__FRAME__BODY_ENTRIES_REQUEST;
	frame.entries_request = &body;
	f->link = link->id;
	f->request = r->id;
	peer_send(c, link, &frame);
	return true;
}

static uint64_t bundle_end(uint64_t index, uint64_t size)
{
	uint64_t end = (index / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
	return end < size ? end : size;
}

/* Fill the window up and ask for whatever nobody was asked for. */
static void ask_more(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	for (size_t i = 0; i < l->window_count; i++)
		if (l->window[i].link == 0 && !l->window[i].ready && !ask(c, log, &l->window[i])) {
			reconcile_later(c);
			return;
		}
	while (l->window_count < FETCH_WINDOW && l->store_bytes < STORE_QUEUE_BYTES_MAX / 2) {
		uint64_t next = l->window_count > 0 ? l->window[l->window_count - 1].end : tree_size(l->tree);
		if (next >= l->goal.size)
			return;
		struct fetch *f = &l->window[l->window_count];
		*f = (struct fetch){ .start = next, .end = bundle_end(next, l->goal.size) };
		if (!ask(c, log, f)) {
			reconcile_later(c);
			return;
		}
		l->window_count++;
	}
}

/* ---- keeping ---- */

/* Verified entries go to the store. */
static void store_entries(struct core *c, size_t log, struct entry *entries, struct hash *leaves, size_t count,
                          struct arena *arena)
{
	struct log *l = c->logs[log];
	struct store_write *w = write_new(l, WRITE_ENTRIES);
	w->start = tree_size(l->tree);
	w->count = count;
	w->entries = entries;
	w->leaves = leaves;
	w->arena = arena_take(arena);
	for (size_t i = 0; i < w->count; i++) {
		tree_append(l->tree, &w->leaves[i]);
		w->entries[i].counts = keys_add_entry(&l->keys, w->start + i, &w->entries[i]);
		/* Anybody may say so; what is missing without a reason in the log is asked for again (backfill.c). */
		l->backfill.wanted |= w->entries[i].state != PAYLOAD_PRESENT;
		l->backfill.fresh |= w->entries[i].state != PAYLOAD_PRESENT;
	}
	w->root = tree_root(l->tree);
	(void)core_store(c, log, &w);
}

/* The front of the window: as many entries as came with their payloads. */
static void store_front(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	struct fetch *f = &l->window[0];
	must(f->start == tree_size(l->tree) && f->payloads >= 1);
	store_entries(c, log, f->entries, f->leaves, f->payloads, &f->arena);
	if (f->start + f->payloads == f->end) {
		fetch_drop_first(l);
		return;
	}
	/* The frame had no room for the other payloads: ask for the rest of the bundle. */
	f->start += f->payloads;
	fetch_reset(f);
}

/* Everything up to the goal is durable. */
static void goal_reached(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	struct hash root = tree_root(l->tree);
	if (!hash_equal(&root, &l->goal.root)) {
		/* Every bundle was proved and the goal extends what we held: only our own memory or store can be wrong. */
		core_note(c, LOG_ERROR, "mirror_mismatch", "origin=%s size=%llu", l->origin, (unsigned long long)l->goal.size);
		core_reload(c, log, "the entries held do not have the root that was proved");
		return;
	}
	witness_complete(c, log, &l->goal);
	mirror_stop(l);
}

void mirror_pump(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	if ((l->own && !gate_fetches(c)) || !l->has_goal || fork_stops(l->fork.state) || l->loading)
		return;
	while (l->window_count > 0 && l->window[0].ready && l->store_bytes < STORE_QUEUE_BYTES_MAX)
		store_front(c, log);
	if (tree_size(l->tree) < l->goal.size) {
		ask_more(c, log);
		return;
	}
	if (l->stored == l->goal.size && !l->head_in_flight)
		goal_reached(c, log);
}

/* ---- answers ---- */

static struct fetch *find_fetch(struct log *l, link_id link, uint64_t request)
{
	for (size_t i = 0; i < l->window_count; i++)
		if (l->window[i].link == link && l->window[i].request == request && !l->window[i].ready)
			return &l->window[i];
	return NULL;
}

static int take_entry(struct core *c, const Normlink__EntriesResponse *a, size_t i, struct entry *e, struct err *err)
{
	struct envelope envelope;
	e->envelope = message_bytes(a->envelopes[i]);
	int rc = envelope_parse(e->envelope, &envelope, err);
	if (rc != OK)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: an envelope that is none");
	if (i >= a->n_payloads)
		return OK;
	const Normlink__Payload *p = a->payloads[i];
	e->state = (enum payload_state)p->state;
	if (e->state != PAYLOAD_PRESENT)
		return OK;
	e->payload = message_bytes(p->data);
	return envelope_check(c->hasher, &envelope, e->payload, err);
}

bool mirror_announced(const struct link *link, size_t log, const struct head *head)
{
	const struct channel *ch = &link->channels[log];
	return ch->best == head->size && hash_equal(&ch->best_root, &head->root);
}

void mirror_pause(struct core *c, struct link *link, size_t log)
{
	link->channels[log].busy_until_ms = c->mono_ms + OTHER_TREE_PAUSE_MS;
	reconcile_later(c);
}

/* Does the bundle that these leaves complete lie in the goal's tree?  Its earlier leaves are the tree's tail. */
static int check_bundle(struct core *c, const struct log *l, const struct fetch *f, const struct hash *leaves,
                        const Normlink__EntriesResponse *a, struct err *err)
{
	struct hash all[BUNDLE_ENTRIES], proof[PROOF_HASHES_MAX];
	size_t before = f->start % BUNDLE_ENTRIES, count = f->end - f->start, tail_count;
	if (before > 0) {
		const struct hash *tail = tree_tail(l->tree, &tail_count);
		must(tree_size(l->tree) == f->start && tail_count == before);
		memcpy(all, tail, before * sizeof *all);
	}
	memcpy(all + before, leaves, count * sizeof *all);
	if (a->n_hashes > PROOF_HASHES_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: more than %d proof hashes", PROOF_HASHES_MAX);
	for (size_t i = 0; i < a->n_hashes; i++) {
		if (a->hashes[i].len != HASH_SIZE)
			return err_set(err, ERR_PROTOCOL, "clause 4.5: a proof hash is not 32 bytes");
		memcpy(proof[i].b, a->hashes[i].data, HASH_SIZE);
	}
	struct hash node = tree_hash_leaves(c->hasher, all, before + count);
	if (tree_verify(c->hasher, proof, a->n_hashes, f->start - before, f->end, l->goal.size, &node, &l->goal.root) != OK)
		return err_set(err, ERR_UNTRUSTED, "clause 4.5: entries %llu to %llu are not in the tree that %s signed",
		               (unsigned long long)f->start, (unsigned long long)f->end, l->origin);
	return OK;
}

int mirror_entries(struct core *c, size_t log, link_id link, uint64_t request, const Normlink__EntriesResponse *a,
                   struct arena *arena, struct err *err)
{
	struct log *l = c->logs[log];
	struct fetch *f = find_fetch(l, link, request);
	if (f == NULL)
		return OK; /* nobody waits for it any more */
	size_t count = f->end - f->start;
	if (a->n_envelopes != count || a->n_payloads < 1 || a->n_payloads > count)
		return err_set(err, ERR_PROTOCOL, "clause 4.5: %zu entries with %zu payloads where %zu were asked for",
		               a->n_envelopes, a->n_payloads, count);
	struct entry *entries = arena_array(arena, count, sizeof *entries);
	struct hash *leaves = arena_array(arena, count, sizeof *leaves);
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++) {
		rc = take_entry(c, a, i, &entries[i], err);
		leaves[i] = hash_leaf(c->hasher, entries[i].envelope);
	}
	if (rc != OK)
		return rc;
	rc = check_bundle(c, l, f, leaves, a, err);
	if (rc == ERR_UNTRUSTED && !mirror_announced(core_link(c, link), log, &l->goal)) {
		mirror_pause(c, core_link(c, link), log);
		mirror_refused(c, log, link, request);
		return OK;
	}
	if (rc != OK)
		return rc;
	f->entries = entries;
	f->leaves = leaves;
	f->payloads = a->n_payloads;
	f->arena = arena_take(arena);
	f->ready = true;
	c->peers[core_link(c, link)->peer]->entries_in += a->n_payloads;
	mirror_pump(c, log);
	return OK;
}

int mirror_handed(struct core *c, size_t log, const Normlink__EntriesResponse *a, size_t skip, struct arena *arena,
                  struct err *err)
{
	struct log *l = c->logs[log];
	uint64_t start = tree_size(l->tree);
	const struct fetch f = { .start = start, .end = bundle_end(start, l->goal.size) };
	must(l->has_goal && skip < a->n_payloads && a->n_envelopes - skip == f.end - f.start);
	struct entry *entries = arena_array(arena, a->n_envelopes, sizeof *entries);
	struct hash *leaves = arena_array(arena, a->n_envelopes, sizeof *leaves);
	int rc = OK;
	for (size_t i = skip; rc == OK && i < a->n_envelopes; i++) {
		rc = take_entry(c, a, i, &entries[i], err);
		leaves[i] = hash_leaf(c->hasher, entries[i].envelope);
	}
	if (rc == OK)
		rc = check_bundle(c, l, &f, leaves + skip, a, err);
	if (rc != OK)
		return rc;
	/* What peers were asked for is not where the tree ends any more. */
	for (size_t i = 0; i < l->window_count; i++)
		fetch_reset(&l->window[i]);
	l->window_count = 0;
	store_entries(c, log, entries + skip, leaves + skip, a->n_payloads - skip, arena);
	return OK;
}

void mirror_refused(struct core *c, size_t log, link_id link, uint64_t request)
{
	struct fetch *f = find_fetch(c->logs[log], link, request);
	if (f != NULL)
		fetch_reset(f);
	mirror_pump(c, log);
}

void mirror_link_lost(struct core *c, link_id link)
{
	for (size_t log = 0; log < c->log_count; log++) {
		struct log *l = c->logs[log];
		for (size_t i = 0; i < l->window_count; i++)
			if (l->window[i].link == link && !l->window[i].ready)
				fetch_reset(&l->window[i]);
		mirror_pump(c, log);
	}
}
