/* One link's conversation.
 *
 *     up ──Hello both ways──> talking ──> closed
 *
 * Nothing but a Hello is said or heard before theirs has come.  At most one link for each peer: of two that were dialed
 * from different sides the one of the node whose name sorts first stays, of two from the same side the newer.
 */
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/core/parts.h"

#include <stdlib.h>

enum { PROTOCOL_VERSION = 1 };

/* ---- sending ---- */

static void send_hello(struct core *c, struct link *l)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Hello hello = NORMLINK__HELLO__INIT;
	ProtobufCBinaryData fields[KEY_CHANGES_MAX];
	struct keys known = { 0 };
	frame.has_id = 1;
	frame.id = ++l->next_id;
	hello.has_version = hello.has_requests_in_flight = 1;
	hello.version = PROTOCOL_VERSION;
	hello.name = c->config.name;
	hello.requests_in_flight = REQUESTS_IN_FLIGHT_MAX;
	hello.your_keys = fields;
	gate_tell(c, l, &known, &hello);
	frame.body_case = NORMLINK__FRAME__BODY_HELLO;
	frame.hello = &hello;
	peer_send(c, l, &frame);
	keys_free(&known);
}

static void send_ping(struct core *c, struct link *l, uint64_t id, bool pong)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Ping ping = NORMLINK__PING__INIT;
	Normlink__Pong answer = NORMLINK__PONG__INIT;
	frame.has_id = 1;
	frame.id = id;
	frame.body_case = pong ? NORMLINK__FRAME__BODY_PONG : NORMLINK__FRAME__BODY_PING;
	if (pong)
		frame.pong = &answer;
	else
		frame.ping = &ping;
	peer_send(c, l, &frame);
}

static void announce_on(struct core *c, struct link *link, size_t log)
{
	struct log *l = c->logs[log];
	struct channel *ch = &link->channels[log];
	if (!link->hello || ch->announcing || l->outside || l->head.note.len == 0 || l->head.size == 0 ||
	    fork_stops(l->fork.state) || l->loading || ch->announced_revision == l->head_revision)
		return;
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Announce body = NORMLINK__ANNOUNCE__INIT;
	ProtobufCBinaryData keys[KEY_CHANGES_MAX];
	ch->announcing = true;
	ch->announce_id = ++link->next_id;
	ch->announced_revision = l->head_revision;
	body.has_checkpoint = 1;
	body.checkpoint = message_field(buf_bytes(&l->head.note));
	body.keys = keys;
	body.n_keys = ring_fields(&l->keys, l->head.size, keys);
	frame.has_id = 1;
	frame.id = ch->announce_id;
	frame.body_case = NORMLINK__FRAME__BODY_ANNOUNCE;
	frame.announce = &body;
	peer_send(c, link, &frame);
}

void peer_announce(struct core *c, size_t log)
{
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL)
			announce_on(c, c->peers[i]->link, log);
}

struct request *peer_request(struct core *c, struct link *l, enum request_kind kind, size_t log)
{
	if (l->request_count == REQUESTS_IN_FLIGHT_MAX)
		return NULL;
	struct request *r = &l->requests[l->request_count++];
	*r = (struct request){
		.id = ++l->next_id, .deadline_ms = c->mono_ms + REQUEST_TIMEOUT_MS, .kind = kind, .log = log
	};
	return r;
}

/* ---- up and down ---- */

static struct link *link_new(struct core *c, const struct event *event)
{
	struct link *l = calloc(1, sizeof *l);
	must(l != NULL);
	l->id = event->u.link.link;
	l->peer = event->u.link.peer;
	l->dialed = event->u.link.dialed;
	l->up_ms = l->last_in_ms = c->mono_ms;
	l->channels = calloc(c->log_count, sizeof *l->channels);
	must(l->channels != NULL);
	return l;
}

void peer_free_link(struct core *c, struct link *l)
{
	for (size_t i = 0; i < c->log_count; i++) {
		head_clear(&l->channels[i].head);
		head_clear(&l->channels[i].aside);
	}
	free(l->channels);
	free(l);
}

void peer_grow_channels(struct core *c)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct link *l = c->peers[i]->link;
		if (l == NULL)
			continue;
		l->channels = realloc(l->channels, c->log_count * sizeof *l->channels);
		must(l->channels != NULL);
		memset(&l->channels[c->log_count - 1], 0, sizeof *l->channels);
	}
}

/* The wait before the next dial: twice as long each time, and any time up to that, so that nodes do not dial in step.
 */
static void plan_dial(struct core *c, struct peer *p)
{
	uint64_t limit = (uint64_t)DIAL_BACKOFF_MIN_MS << (p->failures < 9 ? p->failures : 9);
	if (limit > DIAL_BACKOFF_MAX_MS)
		limit = DIAL_BACKOFF_MAX_MS;
	uint64_t wait = DIAL_BACKOFF_MIN_MS / 2 + c->random % limit;
	p->failures++;
	p->next_dial_ms = c->mono_ms + wait;
	p->next_dial_wall_ms = c->wall_ms + wait;
}

static void forget(struct core *c, struct link *l, const char *why)
{
	struct peer *p = c->peers[l->peer];
	link_id id = l->id;
	must(p->link == l);
	p->link = NULL;
	/* A link that never lasts is as good as a dial that fails: two processes with one identity would fight for it. */
	if (l->hello && c->mono_ms - l->up_ms >= DIAL_SETTLED_MS)
		p->failures = 0;
	core_reason(p->last_error, sizeof p->last_error, why);
	plan_dial(c, p);
	peer_free_link(c, l);
	mirror_link_lost(c, id);
	federate_link_lost(c, id);
	backfill_link_lost(c, id);
	for (size_t i = 0; i < c->log_count; i++)
		reconcile_wake(c, i);
}

static void close_effect(struct core *c, link_id id, int code, const char *text)
{
	struct effect *fx = effects_add(c->fx, FX_CLOSE);
	fx->u.close.link = id;
	fx->u.close.code = code;
	core_reason(fx->u.close.text, sizeof fx->u.close.text, text);
}

void peer_close(struct core *c, struct link *l, int code, const char *text)
{
	close_effect(c, l->id, code, text);
	forget(c, l, text);
}

/* Of two links to one peer, does the new one stay? */
static bool newer_stays(const struct core *c, const struct link *old, bool dialed)
{
	if (old->dialed == dialed)
		return true;
	bool we_are_first = strcmp(c->config.name, c->peers[old->peer]->card.name) < 0;
	return dialed == we_are_first;
}

void peer_link_up(struct core *c, const struct event *event)
{
	must(event->u.link.peer < c->peer_count);
	struct peer *p = c->peers[event->u.link.peer];
	if (event->u.link.dialed)
		p->dialing = false;
	if (!gate_links(c)) {
		close_effect(c, event->u.link.link, ERR_CONFLICT, "this node waits for its operator's word");
		return;
	}
	if (p->link != NULL && !newer_stays(c, p->link, event->u.link.dialed)) {
		close_effect(c, event->u.link.link, ERR_EXISTS, "another link with this peer stays");
		return;
	}
	if (p->link != NULL)
		peer_close(c, p->link, ERR_EXISTS, "another link with this peer stays");
	p->link = link_new(c, event);
	p->last_seen_ms = c->wall_ms;
	send_hello(c, p->link);
}

void peer_link_down(struct core *c, const struct event *event)
{
	struct link *l = core_link(c, event->u.link.link);
	if (l != NULL)
		forget(c, l, event->u.link.text != NULL ? event->u.link.text : err_name(event->u.link.code));
}

void peer_dial_failed(struct core *c, const struct event *event)
{
	struct peer *p = c->peers[event->u.link.peer];
	p->dialing = false;
	p->unreachable = true;
	core_reason(p->last_error, sizeof p->last_error,
	            event->u.link.text != NULL ? event->u.link.text : err_name(event->u.link.code));
	plan_dial(c, p);
}

/* ---- hearing ---- */

static int heard_hello(struct core *c, struct link *l, const Normlink__Hello *h, struct err *err)
{
	struct peer *p = c->peers[l->peer];
	if (l->hello)
		return err_set(err, ERR_PROTOCOL, "clause 4.3: a second Hello");
	if (!h->has_version || h->version != PROTOCOL_VERSION)
		return err_set(err, ERR_PROTOCOL, "clause 4.3: protocol version %u", h->version);
	l->hello = true;
	p->last_error[0] = '\0';
	gate_hello(c, l, h);
	for (size_t i = 0; i < c->log_count; i++) {
		evidence_send(c, l, i);
		announce_on(c, l, i);
	}
	return OK;
}

static void heard_ack(struct core *c, struct link *l, uint64_t id)
{
	for (size_t i = 0; i < c->log_count; i++) {
		if (l->channels[i].announcing && l->channels[i].announce_id == id) {
			l->channels[i].announcing = false;
			announce_on(c, l, i);
			return;
		}
	}
}

/* The request of ours that this answers; false when there is none (it may have been given up). */
static bool take_request(struct link *l, uint64_t id, enum request_kind kind, struct request *out)
{
	for (size_t i = 0; i < l->request_count; i++) {
		if (l->requests[i].id == id && l->requests[i].kind == kind) {
			*out = l->requests[i];
			l->requests[i] = l->requests[--l->request_count];
			return true;
		}
	}
	return false;
}

static void heard_failure(struct core *c, struct link *l, uint64_t id, const Normlink__Failure *f)
{
	struct request r;
	bool busy = f->has_code && f->code == FAILURE_BUSY;
	if (federate_refused(c, l, id, f))
		return;
	if (take_request(l, id, REQUEST_PAYLOADS, &r)) {
		backfill_refused(c, r.log, l->id, id);
		return;
	}
	bool entries = take_request(l, id, REQUEST_ENTRIES, &r);
	if (!entries && !take_request(l, id, REQUEST_CONSISTENCY, &r))
		return;
	if (busy)
		l->channels[r.log].busy_until_ms = c->mono_ms + BUSY_PAUSE_MS;
	else
		l->channels[r.log].best = 0; /* it does not hold what it announced */
	if (entries)
		mirror_refused(c, r.log, l->id, id);
	else
		reconcile_refused(c, l, &r, busy);
	reconcile_later(c);
}

/* Theirs to answer: counted until it is. */
static int count_request(struct link *l, struct err *err)
{
	if (++l->serving > REQUESTS_IN_FLIGHT_MAX)
		return err_set(err, ERR_LIMIT, "clause 4.2: more than %d requests in flight", REQUESTS_IN_FLIGHT_MAX);
	return OK;
}

static int heard_answer(struct core *c, struct link *l, const Normlink__Frame *f, struct arena *arena, struct err *err)
{
	struct request r;
	if (f->body_case == NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE) {
		if (take_request(l, f->id, REQUEST_CONSISTENCY, &r))
			return reconcile_consistency(c, l, &r, f->consistency_response, err);
	} else if (f->body_case == NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE) {
		if (take_request(l, f->id, REQUEST_PAYLOADS, &r))
			return backfill_answer(c, r.log, l->id, f->id, f->payloads_response, err);
	} else if (take_request(l, f->id, REQUEST_ENTRIES, &r)) {
		return mirror_entries(c, r.log, l->id, f->id, f->entries_response, arena, err);
	}
	return OK;
}

static int heard_request(struct core *c, struct link *l, const Normlink__Frame *f, struct err *err)
{
	int rc = count_request(l, err);
	if (rc != OK)
		return rc;
	if (f->body_case == NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST)
		serve_consistency(c, l, f->id, f->consistency_request);
	else if (f->body_case == NORMLINK__FRAME__BODY_PAYLOADS_REQUEST)
		serve_payloads(c, l, f->id, f->payloads_request);
	else
		serve_entries(c, l, f->id, f->entries_request);
	return OK;
}

static int heard(struct core *c, struct link *l, const Normlink__Frame *f, struct arena *arena, struct err *err)
{
	if (!l->hello && f->body_case != NORMLINK__FRAME__BODY_HELLO)
		return err_set(err, ERR_PROTOCOL, "clause 4.3: the first frame is not a Hello");
	switch (f->body_case) {
	case NORMLINK__FRAME__BODY_HELLO:
		return heard_hello(c, l, f->hello, err);
	case NORMLINK__FRAME__BODY_ANNOUNCE:
		return announce_heard(c, l, f->id, f->announce, err);
	case NORMLINK__FRAME__BODY_ACK:
		heard_ack(c, l, f->id);
		return OK;
	case NORMLINK__FRAME__BODY_CONSISTENCY_REQUEST:
	case NORMLINK__FRAME__BODY_ENTRIES_REQUEST:
	case NORMLINK__FRAME__BODY_PAYLOADS_REQUEST:
		return heard_request(c, l, f, err);
	case NORMLINK__FRAME__BODY_CONSISTENCY_RESPONSE:
	case NORMLINK__FRAME__BODY_ENTRIES_RESPONSE:
	case NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE:
		return heard_answer(c, l, f, arena, err);
	case NORMLINK__FRAME__BODY_QUERY_REQUEST:
		federate_serve(c, l, f->id, f->query_request);
		return OK;
	case NORMLINK__FRAME__BODY_QUERY_RESPONSE:
		federate_heard(c, l, f->id, f->query_response);
		return OK;
	case NORMLINK__FRAME__BODY_QUERY_GONE:
		federate_withdrawn(c, l, f->query_gone);
		return OK;
	case NORMLINK__FRAME__BODY_EVIDENCE:
		return evidence_received(c, l, f->id, message_bytes(f->evidence->file), err);
	case NORMLINK__FRAME__BODY_FAILURE:
		heard_failure(c, l, f->id, f->failure);
		return OK;
	case NORMLINK__FRAME__BODY_PING:
		send_ping(c, l, f->id, true);
		return OK;
	case NORMLINK__FRAME__BODY_PONG:
		l->pinged = false;
		return OK;
	case NORMLINK__FRAME__BODY__NOT_SET:
	case _NORMLINK__FRAME__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return err_set(err, ERR_PROTOCOL, "clause 4.2: a frame without a body");
}

void peer_frame(struct core *c, const struct event *event)
{
	struct link *l = core_link(c, event->u.frame.link);
	if (l == NULL)
		return;
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Frame *f = NULL;
	struct peer *p = c->peers[l->peer];
	l->last_in_ms = c->mono_ms;
	p->last_seen_ms = c->wall_ms;
	p->frames_in++;
	p->bytes_in += event->u.frame.raw.len + FRAME_PREFIX;
	int rc = frame_decode(event->u.frame.raw, &arena, &f, &err);
	if (rc == ERR_UNSUPPORTED && f != NULL && l->hello) {
		/* clause 4.2: a body of a later version is refused, not fatal */
		peer_fail(c, l, f->id, FAILURE_UNSUPPORTED, "unknown body");
		rc = OK;
	} else if (rc == OK) {
		rc = heard(c, l, f, &arena, &err);
	}
	arena_free(&arena);
	if (rc == OK) {
		backfill_offered(c, event->u.frame.link);
		return;
	}
	c->rejected++;
	core_note(c, LOG_WARN, "peer_refused", "peer=%s code=%s reason=\"%s\"", p->card.name, err_name(rc), err.text);
	/* What was heard may have ended the link already. */
	l = core_link(c, event->u.frame.link);
	if (l != NULL)
		peer_close(c, l, rc, err.text);
}

/* ---- time ---- */

static void tick_link(struct core *c, struct link *l)
{
	uint64_t silent = c->mono_ms - l->last_in_ms;
	if (!l->hello) {
		if (c->mono_ms - l->up_ms >= HELLO_TIMEOUT_MS)
			peer_close(c, l, ERR_TIMEOUT, "clause 4.3: no Hello in time");
		return;
	}
	for (size_t i = 0; i < l->request_count; i++) {
		if (l->requests[i].deadline_ms <= c->mono_ms) {
			peer_close(c, l, ERR_TIMEOUT, "clause 4.7: a request was not answered in time");
			return;
		}
	}
	if (silent >= DEAD_AFTER_MS) {
		peer_close(c, l, ERR_TIMEOUT, "clause 4.7: silent for too long");
	} else if (silent >= PING_AFTER_MS && !l->pinged) {
		l->pinged = true;
		send_ping(c, l, ++l->next_id, false);
	}
}

void peer_tick(struct core *c)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		struct peer *p = c->peers[i];
		if (p->link != NULL) {
			tick_link(c, p->link);
		} else if (gate_links(c) && !p->dialing && p->card.address[0] != '\0' && c->mono_ms >= p->next_dial_ms) {
			p->dialing = true;
			effects_add(c->fx, FX_DIAL)->u.dial.peer = (uint32_t)i;
		}
	}
}

static uint64_t link_next_tick(const struct link *l)
{
	if (!l->hello)
		return l->up_ms + HELLO_TIMEOUT_MS;
	uint64_t next = l->last_in_ms + (l->pinged ? DEAD_AFTER_MS : PING_AFTER_MS);
	for (size_t i = 0; i < l->request_count; i++)
		if (l->requests[i].deadline_ms < next)
			next = l->requests[i].deadline_ms;
	return next;
}

uint64_t peer_next_tick(const struct core *c)
{
	uint64_t next = UINT64_MAX;
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct peer *p = c->peers[i];
		uint64_t at = UINT64_MAX;
		if (p->link != NULL)
			at = link_next_tick(p->link);
		else if (gate_links(c) && !p->dialing && p->card.address[0] != '\0')
			at = p->next_dial_ms;
		next = at < next ? at : next;
	}
	return next;
}
