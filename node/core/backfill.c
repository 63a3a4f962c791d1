/* Payloads that are held without: withheld until a right was granted, missing at who was asked first (clause 4.8).
 *
 *     REST ──due──> READING ──some──> ASKED ──payloads──> STORING
 *      ^              │ none: next      ^ \─none: next peer─/ │
 *      └─round over───┘ collection      └───────rest of them──┘
 *
 * A round goes through the public collection and through each that is shared with us, in steps of PAYLOADS_ASKED_MAX
 * entries, and asks the origin first, then whoever has announced them.  A round that brought nothing is repeated later
 * each time; a new sharing statement, a head, a link begin one at once.
 */
#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/entry.h"

static void drop(struct backfill *b)
{
	arena_free(&b->arena);
	b->state = BACKFILL_REST;
	b->count = b->skip = 0;
	b->link = 0;
}

void backfill_stop(struct log *l)
{
	drop(&l->backfill);
	l->backfill.from = l->backfill.cursor = 0;
}

static void wake_at(struct core *c, uint64_t due_ms)
{
	if (c->wake_ms > due_ms)
		c->wake_ms = due_ms;
}

/* ---- a round ---- */

static void read_some(struct core *c, size_t log)
{
	struct backfill *b = &c->logs[log]->backfill;
	drop(b);
	b->state = BACKFILL_READING;
	b->op = serve_missing(c, log, b->from, b->cursor == 0 ? "" : b->collection);
}

static void round_over(struct core *c, struct backfill *b)
{
	uint64_t wait = (uint64_t)BACKFILL_MIN_MS << (b->fruitless < 7 ? b->fruitless : 7);
	b->wanted = b->found || b->again;
	b->fruitless = b->brought ? 0 : b->fruitless + 1;
	b->due_ms = b->again ? c->mono_ms : c->mono_ms + (wait < BACKFILL_MAX_MS ? wait : BACKFILL_MAX_MS);
	b->again = b->found = b->brought = false;
	b->from = b->cursor = 0;
	drop(b);
	if (b->wanted)
		wake_at(c, b->due_ms);
}

/* Nothing is left to be asked for in this collection: on to the next. */
static void next_collection(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	struct backfill *b = &l->backfill;
	size_t at = b->cursor == 0 ? 0 : b->cursor - 1;
	/* Of our own log everything that was ever shared may be had from somebody, after a restore. */
	const char *name = sharing_next(&l->sharing, c->hasher, l->own ? NULL : c->logs[0]->origin, &at);
	if (name == NULL) {
		round_over(c, b);
		return;
	}
	memcpy(b->collection, name, strlen(name) + 1);
	b->cursor = at + 1;
	b->from = 0;
	read_some(c, log);
}

/* ---- asking ---- */

/* The origin's own link first, then whoever has announced what is asked for; each once. */
static struct link *choose_link(struct core *c, size_t log)
{
	struct backfill *b = &c->logs[log]->backfill;
	for (size_t i = 0; i < c->peer_count; i++) {
		size_t peer = (c->logs[log]->peer % c->peer_count + i) % c->peer_count;
		struct link *l = c->peers[peer]->link;
		if (l != NULL && l->hello && !b->asked[peer] && l->channels[log].best > b->indexes[b->count - 1] &&
		    l->request_count < REQUESTS_IN_FLIGHT_MAX) {
			b->asked[peer] = true;
			return l;
		}
	}
	return NULL;
}

static void send_request(struct core *c, size_t log, struct link *link)
{
	struct backfill *b = &c->logs[log]->backfill;
	struct request *r = peer_request(c, link, REQUEST_PAYLOADS, log);
	must(r != NULL && b->skip < b->count);
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__PayloadsRequest body = NORMLINK__PAYLOADS_REQUEST__INIT;
	body.origin = c->logs[log]->origin;
	body.indexes = b->indexes + b->skip;
	body.n_indexes = b->count - b->skip;
	frame.has_id = 1;
	frame.id = r->id;
	frame.body_case = NORMLINK__FRAME__BODY_PAYLOADS_REQUEST;
	frame.payloads_request = &body;
	b->state = BACKFILL_ASKED;
	b->link = link->id;
	b->request = r->id;
	peer_send(c, link, &frame);
}

/* The same peer for what did not fit into its answer, else the next one; without one, the next entries. */
static void ask(struct core *c, size_t log)
{
	struct backfill *b = &c->logs[log]->backfill;
	struct link *same = b->count > b->skip ? core_link(c, b->link) : NULL;
	if (same != NULL && same->hello && same->request_count < REQUESTS_IN_FLIGHT_MAX) {
		send_request(c, log, same);
		return;
	}
	b->skip = 0;
	b->link = 0;
	struct link *link = b->count > 0 ? choose_link(c, log) : NULL;
	if (link != NULL)
		send_request(c, log, link);
	else
		read_some(c, log);
}

void backfill_read(struct core *c, size_t log, uint64_t op, const struct read_answer *a)
{
	struct backfill *b = &c->logs[log]->backfill;
	if (b->state != BACKFILL_READING || b->op != op)
		return;
	if (a == NULL) {
		drop(b);
		b->due_ms = c->mono_ms + BACKFILL_MIN_MS;
		wake_at(c, b->due_ms);
		return;
	}
	if (a->count == 0) {
		next_collection(c, log);
		return;
	}
	must(a->count <= PAYLOADS_ASKED_MAX);
	b->found = true;
	b->count = a->count;
	memset(b->asked, 0, sizeof b->asked);
	for (size_t i = 0; i < a->count; i++) {
		b->indexes[i] = a->indexes[i];
		b->envelopes[i] = arena_bytes(&b->arena, a->entries[i].envelope);
	}
	b->from = b->indexes[b->count - 1] + 1;
	ask(c, log);
}

void backfill_pump(struct core *c, size_t log)
{
	struct log *l = c->logs[log];
	struct backfill *b = &l->backfill;
	if (l->loading || !b->wanted || b->state != BACKFILL_REST)
		return;
	if (c->mono_ms < b->due_ms)
		wake_at(c, b->due_ms);
	else if (reconcile_served(c, log, 1))
		read_some(c, log);
}

void backfill_wake(struct core *c, size_t log)
{
	struct backfill *b = &c->logs[log]->backfill;
	b->again |= b->state != BACKFILL_REST;
	b->fruitless = 0;
	b->due_ms = c->mono_ms;
	backfill_pump(c, log);
}

void backfill_head(struct core *c, size_t log)
{
	struct backfill *b = &c->logs[log]->backfill;
	if (!b->fresh)
		return;
	b->fresh = false;
	b->wanted = true; /* a round that read before they were stored has found nothing */
	backfill_wake(c, log);
}

void backfill_offered(struct core *c, link_id link)
{
	struct link *l = core_link(c, link);
	for (size_t i = 0; l != NULL && i < c->log_count; i++) {
		struct channel *ch = &l->channels[i];
		if (ch->offered || ch->best == 0)
			continue;
		ch->offered = true;
		backfill_wake(c, i);
	}
}

/* ---- answers ---- */

static struct store_write *write_for(struct log *l, size_t most)
{
	struct store_write *w = write_new(l, WRITE_PAYLOADS);
	w->entries = arena_array(&w->arena, most, sizeof *w->entries);
	w->indexes = arena_array(&w->arena, most, sizeof *w->indexes);
	return w;
}

/* Did it come, and is it the entry's?  Of a log that forked, whoever follows the other branch without knowing it yet
 * gives the other's: that is nothing to us, and no fault of theirs. */
static int look(struct core *c, const struct log *l, const Normlink__Payload *p, const struct envelope *envelope,
                bool *here, struct err *err)
{
	*here = p != NULL && (enum payload_state)p->state == PAYLOAD_PRESENT;
	int rc = *here ? envelope_check(c->hasher, envelope, message_bytes(p->data), err) : OK;
	if (rc == OK || l->fork.state == FORK_NONE)
		return rc;
	*here = false;
	return OK;
}

/* Keep what came, and forget it among what is asked for; what did not stays, behind what was answered. */
static int take(struct core *c, struct log *l, const Normlink__PayloadsResponse *a, struct store_write *w,
                struct err *err)
{
	struct backfill *b = &l->backfill;
	size_t kept = b->skip, answered = b->skip + a->n_payloads;
	for (size_t i = b->skip; i < b->count; i++) {
		const Normlink__Payload *p = i < answered ? a->payloads[i - b->skip] : NULL;
		struct envelope envelope;
		bool here = false;
		int rc = envelope_parse(b->envelopes[i], &envelope, err);
		if (rc == OK)
			rc = look(c, l, p, &envelope, &here, err);
		if (rc != OK)
			return rc;
		if (!here) {
			b->indexes[kept] = b->indexes[i];
			b->envelopes[kept++] = b->envelopes[i];
			continue;
		}
		w->indexes[w->count] = b->indexes[i];
		struct entry *e = &w->entries[w->count++];
		*e = (struct entry){ .payload = arena_bytes(&w->arena, message_bytes(p->data)), .state = PAYLOAD_PRESENT };
		e->counts =
		    strcmp(envelope.collection, COLLECTION_PUBLIC) == 0 && keys_add(&l->keys, b->indexes[i], e->payload);
		if (e->counts) /* what the log's heads rest on may be there now */
			l->unfounded = (struct hash){ { 0 } };
	}
	b->skip = answered - w->count;
	b->count = kept;
	return OK;
}

int backfill_answer(struct core *c, size_t log, link_id link, uint64_t request, const Normlink__PayloadsResponse *a,
                    struct err *err)
{
	struct log *l = c->logs[log];
	struct backfill *b = &l->backfill;
	if (b->state != BACKFILL_ASKED || b->link != link || b->request != request)
		return OK;
	if (a->n_payloads > b->count - b->skip)
		return err_set(err, ERR_PROTOCOL, "clause 4.8: %zu payloads where %zu were asked for", a->n_payloads,
		               b->count - b->skip);
	struct store_write *w = write_for(l, a->n_payloads);
	int rc = take(c, l, a, w, err);
	if (rc != OK || w->count == 0) {
		store_write_free(w);
		if (rc == OK)
			ask(c, log);
		return rc;
	}
	c->peers[core_link(c, link)->peer]->entries_in += w->count;
	b->brought = true;
	b->state = BACKFILL_STORING;
	(void)core_store(c, log, &w);
	return OK;
}

void backfill_stored(struct core *c, size_t log)
{
	if (c->logs[log]->backfill.state == BACKFILL_STORING)
		ask(c, log);
}

void backfill_refused(struct core *c, size_t log, link_id link, uint64_t request)
{
	struct backfill *b = &c->logs[log]->backfill;
	if (b->state != BACKFILL_ASKED || b->link != link || b->request != request)
		return;
	b->skip = b->count; /* nothing more from this one */
	ask(c, log);
}

void backfill_link_lost(struct core *c, link_id link)
{
	for (size_t i = 0; i < c->log_count; i++) {
		struct backfill *b = &c->logs[i]->backfill;
		if (b->state == BACKFILL_ASKED && b->link == link)
			backfill_refused(c, i, link, b->request);
	}
}
