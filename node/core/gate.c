/* The guard's decision (guard.h), applied: looked at after each step, told when it changes.
 *
 * Whatever a peer shows of our own log is believed only with our own key's signature on it.
 */
#include "node/base/log.h"
#include "node/core/parts.h"

static void view(const struct core *c, struct guard_view *out)
{
	const struct log *log = c->logs[0];
	*out = (struct guard_view){
		.held = log->head.size,
		.root = log->head.root,
		.stored = log->stored,
		.known = c->gate.known.size,
		.served = reconcile_served(c, 0, c->gate.known.size),
		.forked = log->fork.state != FORK_NONE,
		.open = c->gate.open,
		.keyless = ring_complete(c, NULL) != OK,
		.peers = c->peer_count,
		.waited_ms = c->mono_ms - c->gate.since_ms,
	};
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct peer *p = c->peers[i];
		bool dialed = p->card.address[0] != '\0';
		out->asked += p->asked;
		out->unheard += !p->asked && (dialed ? !p->unreachable : !c->gate.facts.deaf);
	}
}

static void begin(struct core *c)
{
	struct gate *g = &c->gate;
	const struct log *log = c->logs[0];
	g->begun = true;
	g->told = GUARD_STATES;
	g->since_ms = c->mono_ms;
	/* Nothing was ever signed in a folder without a mark and without an entry. */
	if (!g->facts.marked && log->stored == 0 && log->head.note.len == 0)
		g->facts.marked = g->facts.here = true;
}

void gate_judge(struct core *c)
{
	struct guard_view v;
	if (!c->gate.begun)
		begin(c);
	/* While our log is read again, what is in memory may be less than what is on the disk: nothing is judged by it. */
	if (c->logs[0]->loading && c->logs[0]->fork.state == FORK_NONE)
		return;
	view(c, &v);
	c->gate.state = guard_decide(&c->gate.facts, &v);
}

bool gate_fetches(const struct core *c)
{
	return c->gate.state == GUARD_BEHIND;
}

bool gate_links(const struct core *c)
{
	return c->gate.state != GUARD_MOVED;
}

const char *gate_refusal(const struct core *c, char out[GUARD_TEXT_MAX])
{
	if (c->gate.state == GUARD_OPEN || c->gate.state == GUARD_ASKING)
		return NULL;
	gate_explain(c, c->mono_ms, out);
	return out;
}

void gate_explain(const struct core *c, uint64_t mono_ms, char out[GUARD_TEXT_MAX])
{
	struct guard_view v;
	view(c, &v);
	v.waited_ms = mono_ms - c->gate.since_ms;
	guard_explain(c->gate.state, &c->gate.facts, &v, c->gate.by[0] != '\0' ? c->gate.by : "a peer", out);
}

static void changed(struct core *c)
{
	struct gate *g = &c->gate;
	char why[GUARD_TEXT_MAX];
	if (g->state == GUARD_OPEN) {
		g->open = true;
		g->facts.word = GUARD_ORDINARY;
		g->facts.size = c->logs[0]->head.size;
		g->facts.root = c->logs[0]->head.root;
		effects_add(c->fx, FX_OPENED);
		core_note(c, LOG_INFO, "log_open", "size=%llu", (unsigned long long)c->logs[0]->head.size);
	} else {
		gate_explain(c, c->mono_ms, why);
		core_note(c, g->state == GUARD_ASKING ? LOG_INFO : LOG_ERROR, "log_closed", "reason=%s text=\"%s\"",
		          guard_name(g->state), why);
	}
	origin_continue(c);
	ask_wake(c);
	if (gate_fetches(c))
		reconcile_wake(c, 0);
}

void gate_look(struct core *c)
{
	struct gate *g = &c->gate;
	gate_judge(c);
	uint64_t patient_until = g->since_ms + GUARD_WAIT_MS;
	if (!g->open && c->mono_ms < patient_until && c->wake_ms > patient_until)
		c->wake_ms = patient_until;
	/* What follows from a change may change it again: a log that opens appends what waits. */
	for (int rounds = 0; rounds < GUARD_STATES && g->state != g->told; rounds++) {
		g->told = g->state;
		changed(c);
		gate_judge(c);
	}
}

/* ---- what peers know of our log, and we of theirs ---- */

static void newer(const struct head **newest, const struct head *head)
{
	if (head->note.len > 0 && ((*newest)->note.len == 0 || head->size > (*newest)->size))
		*newest = head;
}

static const struct head *newest_of(const struct core *c, size_t log)
{
	const struct head *newest = &c->logs[log]->head;
	newer(&newest, &c->logs[log]->target);
	newer(&newest, &c->logs[log]->goal);
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->link != NULL)
			newer(&newest, &c->peers[i]->link->channels[log].head);
	for (size_t i = 0; i < c->store_count; i++) /* on its way to the disk, and nowhere else any more */
		if (c->stores[i].log == log)
			newer(&newest, &c->stores[i].head);
	return newest;
}

void gate_tell(const struct core *c, const struct link *link, struct keys *known, Normlink__Hello *hello)
{
	size_t log = ring_log_of(c, link->peer);
	const struct head *newest = newest_of(c, log);
	if (newest->note.len == 0)
		return;
	ring_told(c, log, newest, known);
	hello->has_your_checkpoint = 1;
	hello->your_checkpoint = message_field(buf_bytes(&newest->note));
	hello->n_your_keys = ring_fields(known, newest->size, hello->your_keys);
}

void gate_shown(struct core *c, const char *by, const struct head *head)
{
	struct gate *g = &c->gate;
	struct log *log = c->logs[0];
	if (head->size <= g->known.size)
		return;
	head_copy(&g->known, head);
	core_reason(g->by, sizeof g->by, by);
	gate_judge(c);
	/* A restart must not forget it.  What is fetched back is written when it is known to extend what we hold. */
	if (head->size <= log->head.size || gate_fetches(c) || log->loading || log->target_in_flight)
		return;
	struct store_write *w = write_new(log, WRITE_TARGET);
	w->head = arena_bytes(&w->arena, buf_bytes(&head->note));
	w->head_size = head->size;
	w->head_root = head->root;
	w->head_keys = arena_bytes(&w->arena, buf_bytes(&head->keys));
	log->target_in_flight = true;
	log->strayed = true; /* nobody has proved that it extends what we hold */
	(void)core_store(c, 0, &w);
}

void gate_hello(struct core *c, struct link *link, const Normlink__Hello *hello)
{
	struct log *log = c->logs[0];
	struct bytes checkpoint = message_bytes(hello->your_checkpoint);
	struct keys known = { 0 };
	struct note note;
	struct checkpoint cp;
	struct head shown = { 0 };
	struct err err = { 0 };
	c->peers[link->peer]->asked = true;
	if (checkpoint.len == 0)
		return;
	int rc = ring_open(c, 0, checkpoint, hello->your_keys, hello->n_your_keys, &note, &cp, &known, &err);
	if (rc == OK && cp.size <= INT64_MAX) {
		head_set(&shown, checkpoint, cp.size, &cp.root);
		keys_pack(&known, KEY_OF_LOG, &log->keys, &shown.keys);
	}
	keys_free(&known);
	if (shown.note.len == 0) {
		/* A peer that trusts an older card of ours keeps such heads: nothing to break a link for. */
		c->rejected++;
		core_note(c, LOG_WARN, "own_head_refused", "peer=%s reason=\"%s\"", c->peers[link->peer]->card.name, err.text);
		return;
	}
	if (log->fork.state == FORK_NONE && !log->loading && log->head.note.len > 0 && cp.size == log->head.size &&
	    !hash_equal(&cp.root, &log->head.root))
		evidence_found(c, 0, &shown, &log->head, &log->head.root, NULL, 0);
	else
		gate_shown(c, c->peers[link->peer]->card.name, &shown);
	head_clear(&shown);
}

void gate_loaded(struct core *c)
{
	struct gate *g = &c->gate;
	const struct head *target = &c->logs[0]->target;
	if (target->size <= g->known.size)
		return;
	/* A head that somebody showed us in an earlier run. */
	head_copy(&g->known, target);
}

/* ---- the operator's word ---- */

void gate_resume(struct core *c)
{
	struct gate *g = &c->gate;
	gate_judge(c);
	if (!guard_resumable(g->state))
		return;
	g->facts.marked = g->facts.here = true;
	g->facts.word = GUARD_WAS_RESUMED;
	g->open = false;
	g->since_ms = c->mono_ms;
	core_note(c, LOG_WARN, "log_resumed", "size=%llu", (unsigned long long)c->logs[0]->head.size);
	/* What peers said so far may be old: each is asked anew, by a new Hello. */
	for (size_t i = 0; i < c->peer_count; i++) {
		c->peers[i]->asked = c->peers[i]->unreachable = false;
		if (c->peers[i]->link != NULL)
			peer_close(c, c->peers[i]->link, ERR_CLOSED, "our log is resumed: peers are asked anew");
	}
}
