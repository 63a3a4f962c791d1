/* Entries through the doors of HTTP: tlog-mirror (draft, C2SP commit 5ba5ee8), "add-entries".
 *
 *     EV_UPLOAD ──refused──────────────────────────────────────────────> FX_ANSWER
 *          │                                                                ^  ^
 *          ├──each package checked──> its entries to the store ──durable──> │  │ some are still to come
 *          │                                        └──all there──> head ──durable: our mirror's cosignature
 *          │                                                                ^  ^
 *          └──of a peer's log: each package checked──> peers bring them ────┘  └ UPLOAD_WAIT_MS are over
 *
 * A package is kept when it was proved to lie in the tree of a head that was cosigned here (a pending checkpoint); all
 * of those agree, so everything that is kept does.  The mirror signs once every entry is durable.
 *
 * Entries of a peer's log have payloads, and an upload brings none.  So its packages are checked and then let go: the
 * pending checkpoint is what mirror.c fetches already, from whoever has it.  The upload waits for that, without a part
 * in it.  A client that went away meanwhile is not noticed before the answer: the wait is short.
 */
#include "node/core/upload.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"

static const char frozen_text[] = "this log has signed heads that contradict each other";
static const char behind_text[] = "the store is behind: try again";

static void answer(struct core *c, uint64_t op, enum answer_outcome outcome, struct bytes text)
{
	struct effect *fx = effects_add(c->fx, FX_ANSWER);
	fx->u.answer.op = op;
	fx->u.answer.outcome = outcome;
	buf_add_bytes(&fx->u.answer.text, text);
}

/* With where the client stands: a size that may be the end of an upload (0: the newest), and the next entry. */
static void answer_info(struct core *c, uint64_t op, enum answer_outcome outcome, const struct log *l, uint64_t end,
                        uint64_t next)
{
	const struct head *latest = door_latest(l);
	answer(c, op, outcome, bytes_of(NULL, 0));
	struct effect *fx = &c->fx->v[c->fx->count - 1];
	fx->u.answer.size = end > 0 || latest == NULL ? end : latest->size;
	fx->u.answer.next = next;
}

void upload_free_carry(struct carry *u)
{
	head_clear(&u->head);
	free(u);
}

static void drop(struct core *c, struct carry *u)
{
	struct carry **p = &c->carries;
	while (*p != u)
		p = &(*p)->next;
	*p = u->next;
	c->carry_count--;
	upload_free_carry(u);
}

/* ---- heads that an upload may lead to ---- */

void upload_remember(struct log *l, const struct head *h)
{
	if (l->recent_count == RECENT_HEADS) {
		head_clear(&l->recent[0]);
		l->recent_count--;
		memmove(&l->recent[0], &l->recent[1], l->recent_count * sizeof l->recent[0]);
	}
	l->recent[l->recent_count] = (struct head){ 0 };
	head_set(&l->recent[l->recent_count++], buf_bytes(&h->note), h->size, &h->root);
}

/* The newest durable head of that size that was cosigned here; NULL: none that is remembered. */
static const struct head *find_pending(const struct log *l, uint64_t size)
{
	if (l->target.note.len > 0 && l->target.size == size)
		return &l->target;
	for (size_t i = l->recent_count; i-- > 0;)
		if (l->recent[i].size == size)
			return &l->recent[i];
	return l->head.note.len > 0 && l->head.size == size ? &l->head : NULL;
}

/* ---- packages ---- */

static bool proved(struct core *c, const struct log *l, const struct head *pending, uint64_t start,
                   const struct upload_package *p, const struct hash *leaves)
{
	struct hash all[BUNDLE_ENTRIES];
	size_t before = start % BUNDLE_ENTRIES, tail_count;
	const struct hash *tail = tree_tail(l->tree, &tail_count);
	uint64_t next = tree_size(l->tree);
	/* What stands before them in their bundle is in the tree's tail: uploads do not begin in an older bundle. */
	must(before == 0 || (next / BUNDLE_ENTRIES == start / BUNDLE_ENTRIES && tail_count >= before));
	if (before > 0)
		memcpy(all, tail, before * sizeof *all);
	memcpy(all + before, leaves, p->count * sizeof *all);
	struct hash node = tree_hash_leaves(c->hasher, all, before + p->count);
	return tree_verify(c->hasher, p->proof.hashes, p->proof.count, start - before, start + p->count, pending->size,
	                   &node, &pending->root) == OK;
}

/* The entries from the tree's end on, as a write; those before are held already. */
static void keep(struct core *c, size_t log, uint64_t start, const struct upload_package *p, const struct hash *leaves,
                 struct carry *u)
{
	struct log *l = c->logs[log];
	uint64_t next = tree_size(l->tree);
	size_t skip = (size_t)(next - start);
	if (skip >= p->count)
		return;
	struct store_write *w = write_new(l, WRITE_ENTRIES);
	w->start = next;
	w->count = p->count - skip;
	w->entries = arena_array(&w->arena, w->count, sizeof *w->entries);
	w->leaves = arena_array(&w->arena, w->count, sizeof *w->leaves);
	for (size_t i = 0; i < w->count; i++) {
		w->entries[i] =
		    (struct entry){ .envelope = arena_bytes(&w->arena, p->entries[skip + i]), .state = PAYLOAD_NONE };
		w->leaves[i] = leaves[skip + i];
		tree_append(l->tree, &w->leaves[i]);
	}
	w->root = tree_root(l->tree);
	u->store_op = core_store(c, log, &w)->op;
}

/* Check one after another, and keep those of a log outside; false: one did not hold, and nothing after it was looked
 * at. */
static bool take_packages(struct core *c, size_t log, const struct upload *upload, const struct head *pending,
                          struct carry *u)
{
	struct hash leaves[BUNDLE_ENTRIES];
	uint64_t start = upload->start;
	for (size_t i = 0; i < upload->count; i++) {
		const struct upload_package *p = &upload->packages[i];
		must(p->count >= 1 && p->count <= BUNDLE_ENTRIES - start % BUNDLE_ENTRIES);
		for (size_t k = 0; k < p->count; k++)
			leaves[k] = hash_leaf(c->hasher, p->entries[k]);
		if (!proved(c, c->logs[log], pending, start, p, leaves))
			return false;
		if (c->logs[log]->outside)
			keep(c, log, start, p, leaves, u);
		start += p->count;
	}
	u->reached = start;
	return true;
}

/* ---- the end ---- */

/* Our mirror's line of a note, with its LF; false: none. */
static bool mirror_line(const struct core *c, struct bytes raw, struct buf *out)
{
	struct note note;
	const struct vkey *key = skey_public(core_key(c, KEY_OF_MIRROR));
	if (note_parse(raw, &note, NULL) != OK)
		return false;
	for (size_t i = 0; i < note.count; i++) {
		const struct note_signature *s = &note.signatures[i];
		if (s->id != key->id || !bytes_equal(s->name, bytes_str(key->name)))
			continue;
		buf_add_bytes(out, s->line);
		buf_add_char(out, '\n');
		return true;
	}
	return false;
}

/* Is the mirror's checkpoint this very one?  *line gets our cosignature on it. */
static bool is_signed(const struct core *c, const struct log *l, const struct head *h, struct buf *line)
{
	struct note ours, theirs;
	return l->head.note.len > 0 && l->head.size == h->size && note_parse(buf_bytes(&l->head.note), &ours, NULL) == OK &&
	       note_parse(buf_bytes(&h->note), &theirs, NULL) == OK && bytes_equal(ours.text, theirs.text) &&
	       mirror_line(c, buf_bytes(&l->head.note), line);
}

/* Every entry under it is durable: it becomes the mirror's checkpoint. */
static void sign(struct core *c, struct carry *u)
{
	struct log *l = c->logs[u->log];
	struct note pending, newest;
	struct head whole = { .size = u->head.size, .root = u->head.root };
	const struct head *from = &u->head;
	/* The pending checkpoint may have got a newer cosignature of our witness meanwhile. */
	if (l->target.note.len > 0 && note_parse(buf_bytes(&l->target.note), &newest, NULL) == OK &&
	    note_parse(buf_bytes(&u->head.note), &pending, NULL) == OK && bytes_equal(newest.text, pending.text))
		from = &l->target;
	witness_sign(c, u->log, buf_bytes(&from->note), false, true, &whole.note);
	u->head_op = witness_store_head(c, u->log, &whole);
	head_clear(&whole);
}

/* Of a peer's log: has what peers bring made it answerable? */
static void await_peers(struct core *c, struct carry *u)
{
	struct log *l = c->logs[u->log];
	struct buf line = { 0 };
	bool late = c->mono_ms >= u->deadline_ms;
	uint64_t next = l->stored < u->head.size ? l->stored : u->head.size;
	if (fork_stops(l->fork.state))
		answer(c, u->op, ANSWER_UNPROVED, bytes_str(frozen_text));
	else if (l->loading && late)
		answer(c, u->op, ANSWER_BUSY, bytes_str(behind_text));
	else if (l->loading)
		return;
	else if (l->head.note.len > 0 && l->head.size > u->head.size)
		answer_info(c, u->op, ANSWER_CONFLICT, l, 0, tree_size(l->tree)); /* tlog-mirror: never rewind */
	else if (is_signed(c, l, &u->head, &line))
		answer(c, u->op, ANSWER_OK, buf_bytes(&line));
	else if (late || (u->reached < u->head.size && next >= u->reached))
		answer_info(c, u->op, ANSWER_PARTIAL, l, u->head.size, next);
	else
		return;
	buf_free(&line);
	drop(c, u);
}

/* Its entries are durable, or others' are: what now? */
static void go_on(struct core *c, struct carry *u)
{
	struct log *l = c->logs[u->log];
	struct buf line = { 0 };
	if (!l->outside) {
		await_peers(c, u);
		return;
	}
	if (l->head_in_flight || l->loading)
		return; /* its turn comes */
	if (l->stored < u->reached) {
		answer(c, u->op, ANSWER_BUSY, bytes_str("the store could not keep it"));
	} else if (fork_stops(l->fork.state)) {
		answer(c, u->op, ANSWER_UNPROVED, bytes_str(frozen_text));
	} else if (u->reached < u->head.size) {
		answer_info(c, u->op, ANSWER_PARTIAL, l, u->head.size, l->stored);
	} else if (l->head.note.len > 0 && l->head.size > u->head.size) {
		answer_info(c, u->op, ANSWER_CONFLICT, l, 0, tree_size(l->tree)); /* tlog-mirror: never rewind */
	} else if (is_signed(c, l, &u->head, &line)) {
		answer(c, u->op, ANSWER_OK, buf_bytes(&line));
	} else {
		sign(c, u);
		return;
	}
	buf_free(&line);
	drop(c, u);
}

void upload_stored(struct core *c, uint64_t op, int code)
{
	for (struct carry *u = c->carries, *next; u != NULL; u = next) {
		next = u->next;
		if (u->store_op != op && u->head_op != op)
			continue;
		u->store_op = u->head_op = 0; /* upload_wake goes on with it */
		if (code == OK)
			continue;
		answer(c, u->op, ANSWER_BUSY, bytes_str("the store could not keep it"));
		drop(c, u);
	}
}

void upload_wake(struct core *c, size_t log)
{
	for (struct carry *u = c->carries, *next; u != NULL; u = next) {
		next = u->next;
		if (u->log == log && u->store_op == 0 && u->head_op == 0)
			go_on(c, u);
	}
}

void upload_tick(struct core *c)
{
	for (struct carry *u = c->carries, *next; u != NULL; u = next) {
		next = u->next;
		if (u->deadline_ms == 0)
			continue;
		if (u->deadline_ms <= c->mono_ms)
			go_on(c, u);
		else if (c->wake_ms > u->deadline_ms)
			c->wake_ms = u->deadline_ms;
	}
}

/* ---- what comes in ---- */

bool core_takes_entries(const struct core *c, const char *origin)
{
	size_t log = serve_find_log(c, origin);
	return log != SIZE_MAX && !c->logs[log]->own;
}

/* May it begin and end there?  In the order of the specification. */
static enum answer_outcome check_range(const struct log *l, const struct upload *u, const char **why)
{
	uint64_t next = tree_size(l->tree);
	*why = "tlog-mirror: the upload ends before it begins";
	if (u->start > u->end)
		return ANSWER_MALFORMED;
	*why = "tlog-mirror: no checkpoint of this log is pending";
	if (door_latest(l) == NULL)
		return ANSWER_UNPROVED;
	if (find_pending(l, u->end) == NULL || u->end < l->head.size || u->start > next ||
	    u->start < next - next % BUNDLE_ENTRIES)
		return ANSWER_CONFLICT;
	*why = "tlog-mirror: no whole package";
	return u->count == 0 && u->start < u->end ? ANSWER_MALFORMED : ANSWER_OK;
}

static void begin(struct core *c, size_t log, uint64_t op, const struct upload *upload)
{
	struct carry *u = calloc(1, sizeof *u);
	const struct head *pending = find_pending(c->logs[log], upload->end);
	must(u != NULL && pending != NULL);
	u->op = op;
	u->log = log;
	u->reached = upload->start;
	head_set(&u->head, buf_bytes(&pending->note), pending->size, &pending->root);
	u->next = c->carries;
	c->carries = u;
	c->carry_count++;
	if (!take_packages(c, log, upload, &u->head, u)) {
		answer(c, op, ANSWER_UNPROVED, bytes_str("tlog-mirror: a subtree consistency proof does not verify"));
		drop(c, u);
		return;
	}
	if (!c->logs[log]->outside) {
		u->deadline_ms = c->mono_ms + UPLOAD_WAIT_MS;
		if (c->wake_ms > u->deadline_ms)
			c->wake_ms = u->deadline_ms;
		await_peers(c, u);
		return;
	}
	/* What another upload has brought may still be on its way to the disk. */
	for (size_t i = c->store_count; u->store_op == 0 && u->reached > c->logs[log]->stored && i-- > 0;)
		if (c->stores[i].log == log && c->stores[i].kind == WRITE_ENTRIES)
			u->store_op = c->stores[i].op;
	if (u->store_op == 0)
		go_on(c, u);
}

void upload_take(struct core *c, const struct event *event)
{
	const struct upload *upload = event->u.upload.upload;
	uint64_t op = event->u.upload.op;
	size_t log = serve_find_log(c, upload->origin);
	const char *why;
	if (log == SIZE_MAX || c->logs[log]->own) {
		answer(c, op, ANSWER_UNKNOWN, bytes_str("entries of this log are not taken here"));
		return;
	}
	if (!gate_links(c)) { /* a copy: the one that it is a copy of may sign */
		answer(c, op, ANSWER_BUSY, bytes_str("this node waits for its operator's word"));
		return;
	}
	struct log *l = c->logs[log];
	enum answer_outcome outcome = check_range(l, upload, &why);
	uint64_t next = tree_size(l->tree);
	bool may_end = find_pending(l, upload->end) != NULL && upload->end >= l->head.size && upload->end >= next;
	if (outcome == ANSWER_CONFLICT)
		answer_info(c, op, outcome, l, may_end ? upload->end : 0, next);
	else if (outcome != ANSWER_OK)
		answer(c, op, outcome, bytes_str(why));
	else if (fork_stops(l->fork.state))
		answer(c, op, ANSWER_UNPROVED, bytes_str(frozen_text));
	else if (l->loading || l->retry_ms > c->mono_ms || l->store_bytes > STORE_QUEUE_BYTES_MAX ||
	         c->carry_count >= UPLOADS_WAITING_MAX)
		answer(c, op, ANSWER_BUSY, bytes_str(behind_text));
	else
		begin(c, log, op, upload);
}
