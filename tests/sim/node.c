#include "tests/sim/node.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "proto/entry.h"
#include "tests/sim/carry.h"
#include "tests/sim/check.h"
#include "tests/sim/check_send.h"
#include "tests/sim/classes.h"
#include "tests/sim/hostile.h"
#include "tests/sim/plant.h"
#include "tests/sim/questions.h"
#include "tests/sim/records.h"
#include "tests/sim/rollback.h"
#include "tests/sim/visit.h"
#include "tests/sim/world.h"

uint32_t world_ident(const struct world *w, const char *origin)
{
	for (uint32_t i = 0; i < w->ident_count; i++)
		if (strcmp(w->idents[i].card.origin, origin) == 0)
			return i;
	return UINT32_MAX;
}

bool node_honest(const struct world *w, const struct node *n)
{
	return w->idents[n->ident].hostility == HOSTILE_NOT;
}

bool node_peer(const struct world *w, const struct node *n, uint32_t ident, uint32_t *peer)
{
	*peer = ident;
	if (w->idents[n->ident].hostility == HOSTILE_HAND)
		return true;
	for (uint32_t i = 0; i < n->peer_count; i++)
		if (n->peers[i] == ident) {
			*peer = i;
			return true;
		}
	return false;
}

struct node *node_route(struct world *w, const struct node *n, uint32_t ident)
{
	struct node *found = NULL;
	for (size_t i = 0; i < w->node_count; i++) {
		struct node *b = &w->nodes[i];
		if (!b->exists || !b->up || b->ident != ident)
			continue;
		/* A member with two bodies shows each of them to its own half of the world. */
		if (found == NULL || (n->index + w->seed) % 2 == 0)
			found = b;
	}
	return found;
}

/* ---- effects ---- */

static void answer_read(struct world *w, const struct happening *h);

static void start_read(struct world *w, struct node *n, const struct store_read *read)
{
	struct read_job *job = calloc(1, sizeof *job);
	must(job != NULL);
	job->read = *read;
	job->number = ++w->next_op;
	job->next = n->reads;
	n->reads = job;
	n->read_count++;
	world_plan(w, rng_between(&w->rng, 0, rng_permille(&w->rng, 950) ? 4 : 1500), answer_read, n->index, job->number);
}

static void reply(struct world *w, struct node *n, const struct effect *fx)
{
	check_reply(w, n, fx);
	for (size_t i = 0; i < WORLD_SUBMITS; i++)
		if (n->submits[i].op == fx->u.reply.op)
			n->submits[i].op = 0;
}

static void carry_out(struct world *w, struct node *n, struct effect *fx)
{
	switch (fx->kind) {
	case FX_SEND:
		trace_say(w, "    send link %u, %zu bytes", fx->u.send.link, fx->u.send.frame.len);
		trace_bytes(w, buf_bytes(&fx->u.send.frame));
		check_send(w, n, fx->u.send.link, buf_bytes(&fx->u.send.frame));
		net_send(w, n, fx->u.send.link, buf_bytes(&fx->u.send.frame));
		break;
	case FX_CLOSE:
		trace_say(w, "    close link %u: %s: %s", fx->u.close.link, err_name(fx->u.close.code), fx->u.close.text);
		check_close(w, n, fx);
		net_close(w, n, fx->u.close.link);
		break;
	case FX_DIAL:
		trace_say(w, "    dial %s", w->idents[n->peers[fx->u.dial.peer]].name);
		net_dial(w, n, fx->u.dial.peer, n->peers[fx->u.dial.peer]);
		break;
	case FX_STORE:
		check_store(w, n, fx->u.store);
		disk_store(w, n, &fx->u.store);
		break;
	case FX_READ:
		start_read(w, n, &fx->u.read);
		break;
	case FX_RELOAD:
		trace_say(w, "    reload %s", fx->u.reload.origin);
		disk_reload(w, n, fx->u.reload.origin);
		break;
	case FX_REPLY:
		trace_say(w, "    reply op %llu: %s, first %llu, count %llu, %s", (unsigned long long)fx->u.reply.op,
		          err_name(fx->u.reply.code), (unsigned long long)fx->u.reply.first,
		          (unsigned long long)fx->u.reply.count, fx->u.reply.text);
		if (!plant_no_reply(w, n))
			reply(w, n, fx);
		break;
	case FX_ANSWER:
		trace_say(w, "    answer op %llu: outcome %d, size %llu", (unsigned long long)fx->u.answer.op,
		          (int)fx->u.answer.outcome, (unsigned long long)fx->u.answer.size);
		trace_bytes(w, buf_bytes(&fx->u.answer.text));
		visit_answered(w, n, fx);
		break;
	case FX_ASK: /* nobody has a witness outside here */
		must(false);
		break;
	case FX_SEARCH:
		questions_search(w, n, &fx->u.search);
		break;
	case FX_SEARCH_GONE: /* its store answers all the same: it was too late to stop it */
		trace_say(w, "    nobody waits for search %llu", (unsigned long long)fx->u.search_gone.op);
		break;
	case FX_QUERIED:
		questions_outcome(w, n, fx);
		break;
	case FX_HANDED:
		carry_outcome(w, n, fx);
		break;
	case FX_NOTE:
		trace_say(w, "    note %s %s", fx->u.note.event, fx->u.note.text);
		break;
	case FX_OPENED:
		trace_say(w, "    its log is open");
		rollback_opened(n);
		break;
	}
}

static void tick(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	if (n->tick_ms != w->now_ms)
		return; /* planned anew since */
	n->tick_ms = UINT64_MAX;
	node_tick(w, n);
}

static void plan_tick(struct world *w, struct node *n)
{
	uint64_t next = core_next_tick(n->core);
	if (next == UINT64_MAX)
		return;
	uint64_t now = w->now_ms + n->mono_base_ms, at = next > now ? w->now_ms + (next - now) : w->now_ms + 1;
	if (at >= n->tick_ms)
		return;
	n->tick_ms = at;
	world_plan(w, at - w->now_ms, tick, n->index, 0);
}

void node_step(struct world *w, struct node *n, struct event *event)
{
	must(n->up && n->core != NULL);
	event->mono_ms = w->now_ms + n->mono_base_ms;
	event->wall_ms = (uint64_t)((int64_t)(w->wall_ms + w->now_ms) + n->wall_skew_ms);
	event->random = rng_next(&w->rng);
	core_step(n->core, event, &n->fx);
	w->figures.steps++;
	check_step(w, n);
	for (size_t i = 0; i < n->fx.count && !w->failed; i++)
		carry_out(w, n, &n->fx.v[i]);
	effects_clear(&n->fx);
	plan_tick(w, n);
}

/* ---- events ---- */

void node_tick(struct world *w, struct node *n)
{
	trace_say(w, "%s: tick", w->idents[n->ident].name);
	struct event event = { .kind = EV_TICK };
	node_step(w, n, &event);
}

static void link_event(struct world *w, struct node *n, enum event_kind kind, link_id link, uint32_t peer, bool dialed)
{
	struct event event = { .kind = kind };
	event.u.link.link = link;
	event.u.link.peer = peer;
	event.u.link.dialed = dialed;
	event.u.link.code = kind == EV_LINK_UP ? OK : ERR_CLOSED;
	event.u.link.text = kind == EV_LINK_UP ? "" : "simulated";
	node_step(w, n, &event);
}

void node_link_up(struct world *w, struct node *n, link_id link, uint32_t peer, bool dialed)
{
	if (n->core == NULL) {
		hostile_link_up(w, n, link, peer);
		return;
	}
	trace_say(w, "%s: link %u up with %s, %s", w->idents[n->ident].name, link, w->idents[n->peers[peer]].name,
	          dialed ? "dialed" : "accepted");
	link_event(w, n, EV_LINK_UP, link, peer, dialed);
}

void node_link_down(struct world *w, struct node *n, link_id link, uint32_t peer, bool dialed)
{
	if (n->core == NULL)
		return;
	trace_say(w, "%s: link %u down", w->idents[n->ident].name, link);
	link_event(w, n, EV_LINK_DOWN, link, peer, dialed);
}

void node_dial_failed(struct world *w, struct node *n, uint32_t peer)
{
	if (n->core == NULL)
		return;
	trace_say(w, "%s: dial failed: %s", w->idents[n->ident].name, w->idents[n->peers[peer]].name);
	link_event(w, n, EV_DIAL_FAILED, 0, peer, true);
}

void node_frame(struct world *w, struct node *n, link_id link, struct bytes raw)
{
	if (n->core == NULL) {
		hostile_frame(w, n, link, raw);
		return;
	}
	struct arena arena = { 0 };
	trace_frame(w, n, link, raw);
	if (!rollback_blinds(w, n, &raw, &arena)) {
		struct event event = { .kind = EV_FRAME };
		event.u.frame.link = link;
		event.u.frame.raw = raw;
		node_step(w, n, &event);
	}
	arena_free(&arena);
}

void node_resume(struct world *w, struct node *n)
{
	struct event event = { .kind = EV_RESUME };
	node_step(w, n, &event);
}

void node_stored(struct world *w, struct node *n, uint64_t op, int code)
{
	trace_say(w, "%s: stored op %llu: %s", w->idents[n->ident].name, (unsigned long long)op, err_name(code));
	struct event event = { .kind = EV_STORED };
	event.u.stored.op = op;
	event.u.stored.code = code;
	event.u.stored.text = code == OK ? NULL : "simulated";
	node_step(w, n, &event);
}

void node_loaded(struct world *w, struct node *n, const char *origin, int code, struct origin_state *state)
{
	trace_say(w, "%s: loaded %s: %s, %llu entries", w->idents[n->ident].name, origin, err_name(code),
	          (unsigned long long)state->size);
	struct event event = { .kind = EV_LOADED };
	event.u.loaded.origin = origin;
	event.u.loaded.code = code;
	event.u.loaded.state = code == OK ? state : NULL;
	node_step(w, n, &event);
}

static void answer_read(struct world *w, const struct happening *h)
{
	struct node *n = &w->nodes[h->node];
	struct read_job **at = &n->reads;
	while (*at != NULL && (*at)->number != h->arg)
		at = &(*at)->next;
	must(*at != NULL);
	struct read_job *job = *at;
	*at = job->next;
	n->read_count--;
	struct read_answer answer = { 0 };
	bool fails = !w->quiet && rng_permille(&w->rng, w->dose.read_fail);
	struct event event = { .kind = EV_READ };
	event.u.read.op = job->read.op;
	event.u.read.code = fails ? ERR_IO : disk_read(w, n, &job->read, &answer);
	event.u.read.answer = event.u.read.code == OK ? &answer : NULL;
	w->figures.reads_failed += fails;
	trace_say(w, "%s: read %s [%llu, %llu): %s", w->idents[n->ident].name, job->read.origin,
	          (unsigned long long)job->read.start, (unsigned long long)job->read.end, err_name(event.u.read.code));
	node_step(w, n, &event);
	arena_free(&answer.arena);
	free(job);
}

static struct submit *submit_free_slot(struct node *n)
{
	for (size_t i = 0; i < WORLD_SUBMITS; i++)
		if (n->submits[i].op == 0)
			return &n->submits[i];
	return NULL;
}

void node_submit(struct world *w, struct node *n, size_t count)
{
	struct submit *s = submit_free_slot(n);
	must(n->up && n->core != NULL && count >= 1 && count <= WORLD_BATCH);
	if (s == NULL)
		return;
	struct bytes payloads[WORLD_BATCH];
	struct buf all = { 0 };
	size_t ends[WORLD_BATCH];
	bool statement = count == 1 && rng_permille(&w->rng, 500) && classes_write(w, n, &all);
	ends[0] = all.len;
	for (size_t i = 0; !statement && i < count; i++) {
		records_write(w->next_nonce++, &all);
		ends[i] = all.len;
	}
	w->figures.statements += statement;
	for (size_t i = 0; i < count; i++) {
		size_t start = i > 0 ? ends[i - 1] : 0;
		payloads[i] = bytes_of(all.data + start, ends[i] - start);
		s->digests[i] = hash_sum(w->hasher, payloads[i]);
	}
	s->op = ++w->next_op;
	s->count = count;
	s->verdict = false;
	w->figures.submitted++;
	trace_say(w, "%s: submit op %llu, %zu records", w->idents[n->ident].name, (unsigned long long)s->op, count);
	struct event event = { .kind = EV_SUBMIT };
	event.u.submit.op = s->op;
	event.u.submit.count = count;
	event.u.submit.payloads = payloads;
	if (!statement && rng_permille(&w->rng, 400))
		event.u.submit.collection = classes_name((unsigned)rng_below(&w->rng, CLASSES));
	node_step(w, n, &event);
	buf_free(&all);
}

void node_submit_one(struct world *w, struct node *n, struct bytes payload)
{
	struct submit *s = submit_free_slot(n);
	must(n->up && n->core != NULL);
	if (s == NULL)
		return;
	s->digests[0] = hash_sum(w->hasher, payload);
	s->op = ++w->next_op;
	s->count = 1;
	s->verdict = false;
	w->figures.submitted++;
	struct event event = { .kind = EV_SUBMIT, .u.submit = { .op = s->op, .count = 1, .payloads = &payload } };
	node_step(w, n, &event);
}

void node_decide(struct world *w, struct node *n, uint32_t ident, bool abandon)
{
	struct submit *s = submit_free_slot(n);
	must(n->up && n->core != NULL);
	if (s == NULL)
		return;
	s->op = ++w->next_op;
	s->count = 1;
	s->verdict = true;
	w->figures.verdicts++;
	trace_say(w, "%s: %s %s, op %llu", w->idents[n->ident].name, abandon ? "abandons" : "releases",
	          w->idents[ident].name, (unsigned long long)s->op);
	struct event event = { .kind = EV_VERDICT };
	event.u.verdict.op = s->op;
	event.u.verdict.origin = w->idents[ident].card.origin;
	event.u.verdict.reason = "simulated";
	event.u.verdict.abandon = abandon;
	for (unsigned i = 0; i < 8; i++)
		event.u.verdict.nonce[i] = (uint8_t)(s->op >> (8 * i));
	node_step(w, n, &event);
}

/* ---- lives ---- */

static void add_peers(struct world *w, struct node *n)
{
	const struct ident *id = &w->idents[n->ident];
	n->peer_count = 0;
	for (uint32_t i = 0; i < w->ident_count; i++) {
		if (!id->knows[i])
			continue;
		struct card card = w->idents[i].card;
		if (id->address[i])
			(void)snprintf(card.address, sizeof card.address, "%s.example:7443", w->idents[i].name);
		uint32_t peer;
		struct err err = { 0 };
		int rc = core_add_peer(n->core, &card, &peer, &err);
		if (rc != OK || peer != n->peer_count)
			check_fail(w, "a card is taken", "%s does not take the card of %s: %s", id->name, w->idents[i].name,
			           err.text);
		n->peers[n->peer_count++] = i;
	}
}

static void load(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < w->ident_count && !w->failed; i++) {
		struct origin_state state = { 0 };
		struct err err = { 0 };
		if (!disk_load(w, n, i, &state))
			continue;
		int rc = core_load(n->core, &state, &err);
		if (rc != OK)
			check_fail(w, "what was kept can be loaded", "%s, %s: %s", w->idents[n->ident].name, state.origin,
			           err.text);
		origin_state_free(&state);
	}
}

void node_start(struct world *w, struct node *n)
{
	const struct ident *id = &w->idents[n->ident];
	must(!n->up);
	n->up = true;
	n->life++;
	n->links_up = 0;
	if (id->hostility == HOSTILE_HAND) {
		hostile_start(w, n);
		return;
	}
	struct core_config config = {
		.log_key = id->log_key, .witness_key = id->witness_key, .mirror_key = id->mirror_key, .quorum = QUORUM_MAJORITY
	};
	(void)snprintf(config.name, sizeof config.name, "%s", id->name);
	config.guard = rollback_facts(w, n);
	trace_say(w, "%s: starts, life %u", id->name, n->life);
	n->core = core_new(&config);
	for (size_t i = 0; i < id->ring_count; i++)
		core_add_key(n->core, id->ring[i]);
	n->tick_ms = UINT64_MAX;
	add_peers(w, n);
	load(w, n);
	if (!w->failed)
		node_tick(w, n);
}

static void forget(struct node *n)
{
	core_free(n->core);
	n->core = NULL;
	effects_free(&n->fx);
	n->fx = (struct effects){ 0 };
	while (n->reads != NULL) {
		struct read_job *job = n->reads;
		n->reads = job->next;
		free(job);
	}
	n->read_count = 0;
	questions_forget(n);
	for (size_t i = 0; i < WORLD_CALLERS; i++) {
		buf_free(&n->callers[i].text);
		n->callers[i].op = 0; /* nobody answers any more */
	}
}

void node_crash(struct world *w, struct node *n)
{
	must(n->up);
	trace_say(w, "%s: crashes", w->idents[n->ident].name);
	w->figures.crashes++;
	net_crash(w, n);
	n->up = false;
	n->life++;
	forget(n);
	disk_crash(w, n);
	check_crash(w, n);
}

void node_free(struct world *w, struct node *n)
{
	(void)w;
	forget(n);
	disk_free(&n->disk);
	disk_free(&n->snapshot);
	for (size_t i = 0; i < WORLD_IDENTS; i++)
		free(n->witnessed[i].cosigned);
}
