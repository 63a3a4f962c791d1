/* core: nodes driven by hand, with a store in memory and frames carried at once.
 *
 * The simulator (tests/sim) explores; this shows the ordinary paths and the most important refusals in a form that can
 * be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/tree.h"
#include "node/core/core.h"
#include "proto/frame.h"

enum { NODES_MAX = 3, LOGS_MAX = 4, QUEUE_MAX = 4096 };

/* ---- a store in memory ---- */

struct toy_log {
	char origin[NAME_MAX_BYTES + 1];
	struct entry *entries; /* copies in the arena */
	struct hash *leaves;
	size_t count, cap;
	struct buf head, target, evidence;
	uint64_t head_size;
};

struct toy {
	const char *name;
	struct skey *log_key, *witness_key;
	struct card card;
	struct core *core;
	struct toy_log logs[LOGS_MAX];
	size_t log_count;
	struct arena arena;
	link_id links[NODES_MAX]; /* to node i; 0: none */
	uint32_t peers[NODES_MAX];
	int reply_code;
	uint64_t reply_size;
	bool disk_full;
	unsigned closes, notes;
	char last_note[32];
};

struct work {
	size_t node;
	enum { WORK_FRAME, WORK_STORE, WORK_READ, WORK_RELOAD, WORK_DOWN } kind;
	link_id link;
	struct buf frame;
	struct store_write *write;
	struct store_read read;
	char origin[NAME_MAX_BYTES + 1];
};

static struct toy nodes[NODES_MAX];
static struct work queue[QUEUE_MAX];
static size_t queue_head, queue_tail;
static uint64_t now_ms;
static link_id next_link;
static int (*tamper)(size_t to, struct buf *frame); /* may change or drop (non-zero) a frame */

static struct toy_log *toy_log(struct toy *t, const char *origin)
{
	for (size_t i = 0; i < t->log_count; i++)
		if (strcmp(t->logs[i].origin, origin) == 0)
			return &t->logs[i];
	struct toy_log *l = &t->logs[t->log_count++];
	memcpy(l->origin, origin, strlen(origin) + 1);
	return l;
}

static struct work *push(size_t node, int kind)
{
	struct work *w = &queue[queue_tail++ % QUEUE_MAX];
	assert_true(queue_tail - queue_head < QUEUE_MAX);
	*w = (struct work){ .node = node };
	w->kind = kind;
	return w;
}

static void step(size_t node, struct event *event);

static void keep(struct buf *to, struct bytes from)
{
	buf_reset(to);
	buf_add_bytes(to, from);
}

static int apply(struct toy *t, const struct store_write *w)
{
	struct toy_log *l = toy_log(t, w->origin);
	if (t->disk_full)
		return ERR_FULL;
	if (w->kind == WRITE_ENTRIES) {
		if (w->start != l->count)
			return ERR_CORRUPT;
		for (size_t i = 0; i < w->count; i++) {
			if (l->count == l->cap) {
				l->cap = l->cap == 0 ? 64 : l->cap * 2;
				l->entries = realloc(l->entries, l->cap * sizeof *l->entries);
				l->leaves = realloc(l->leaves, l->cap * sizeof *l->leaves);
			}
			l->entries[l->count] = (struct entry){ .envelope = arena_bytes(&t->arena, w->entries[i].envelope),
				                                   .payload = arena_bytes(&t->arena, w->entries[i].payload),
				                                   .state = w->entries[i].state };
			l->leaves[l->count++] = w->leaves[i];
		}
	}
	if (w->kind == WRITE_TARGET)
		keep(&l->target, w->head);
	else if (w->kind == WRITE_EVIDENCE)
		keep(&l->evidence, w->evidence);
	else if (w->head.len > 0) {
		keep(&l->head, w->head);
		l->head_size = w->head_size;
	}
	return OK;
}

static void do_store(struct work *w)
{
	struct event e = { .kind = EV_STORED };
	e.u.stored.op = w->write->op;
	e.u.stored.code = apply(&nodes[w->node], w->write);
	e.u.stored.text = e.u.stored.code == OK ? NULL : "no space left";
	store_write_free(w->write);
	step(w->node, &e);
}

static void do_read(struct work *w)
{
	struct toy_log *l = toy_log(&nodes[w->node], w->read.origin);
	struct read_answer a = { 0 };
	size_t bytes = 0;
	a.count = w->read.end - w->read.start;
	a.entries = arena_array(&a.arena, a.count + 1, sizeof *a.entries);
	for (size_t i = 0; i < a.count; i++) {
		a.entries[i] = l->entries[w->read.start + i];
		if (a.payloads == i && (i == 0 || bytes < w->read.payload_bytes)) {
			bytes += a.entries[i].payload.len;
			a.payloads++;
		}
	}
	uint64_t first = w->read.leaves_bundle * BUNDLE_ENTRIES;
	for (size_t i = 0; w->read.want_leaves && i < BUNDLE_ENTRIES && first + i < l->count; i++)
		a.leaves[a.leaf_count++] = l->leaves[first + i];
	struct event e = { .kind = EV_READ };
	e.u.read.op = w->read.op;
	e.u.read.answer = &a;
	step(w->node, &e);
	arena_free(&a.arena);
}

static void load_state(struct toy *t, const char *origin, struct origin_state *s)
{
	struct toy_log *l = toy_log(t, origin);
	struct hasher *h = hasher_new();
	*s = (struct origin_state){ .size = l->count,
		                        .head = buf_bytes(&l->head),
		                        .target = buf_bytes(&l->target),
		                        .evidence = buf_bytes(&l->evidence) };
	memcpy(s->origin, origin, strlen(origin) + 1);
	s->roots = arena_array(&s->arena, l->count / BUNDLE_ENTRIES + 1, sizeof *s->roots);
	for (size_t i = 0; i < l->count / BUNDLE_ENTRIES; i++)
		s->roots[i] = tree_hash_leaves(h, l->leaves + i * BUNDLE_ENTRIES, BUNDLE_ENTRIES);
	s->tail = l->leaves + l->count / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
	hasher_free(h);
}

static void do_reload(struct work *w)
{
	struct origin_state s;
	load_state(&nodes[w->node], w->origin, &s);
	struct event e = { .kind = EV_LOADED };
	e.u.loaded.origin = w->origin;
	e.u.loaded.state = &s;
	step(w->node, &e);
	origin_state_free(&s);
}

static void do_frame(struct work *w)
{
	struct bytes raw;
	size_t used;
	if (tamper != NULL && tamper(w->node, &w->frame) != 0) {
		buf_free(&w->frame);
		return;
	}
	assert_int_equal(frame_split(buf_bytes(&w->frame), &raw, &used, NULL), OK);
	struct event e = { .kind = EV_FRAME };
	e.u.frame.link = w->link;
	e.u.frame.raw = raw;
	step(w->node, &e);
	buf_free(&w->frame);
}

static void run(void)
{
	while (queue_head < queue_tail) {
		struct work w = queue[queue_head++ % QUEUE_MAX];
		struct event down = { .kind = EV_LINK_DOWN };
		switch (w.kind) {
		case WORK_FRAME:
			do_frame(&w);
			break;
		case WORK_STORE:
			do_store(&w);
			break;
		case WORK_READ:
			do_read(&w);
			break;
		case WORK_RELOAD:
			do_reload(&w);
			break;
		case WORK_DOWN:
			down.u.link.link = w.link;
			down.u.link.code = ERR_CLOSED;
			step(w.node, &down);
			break;
		}
	}
}

/* Which node is at the other end of a link (both ends have the same number here). */
static size_t other_end(size_t node, link_id link)
{
	for (size_t i = 0; i < NODES_MAX; i++)
		if (nodes[node].links[i] == link)
			return i;
	return SIZE_MAX;
}

static void cut(size_t a, size_t b, size_t told)
{
	link_id link = nodes[a].links[b];
	nodes[a].links[b] = nodes[b].links[a] = 0;
	push(told, WORK_DOWN)->link = link;
}

static void carry_out(size_t node, struct effect *fx)
{
	struct toy *t = &nodes[node];
	size_t to;
	switch (fx->kind) {
	case FX_SEND:
		to = other_end(node, fx->u.send.link);
		if (to != SIZE_MAX) {
			struct work *w = push(to, WORK_FRAME);
			w->link = fx->u.send.link;
			w->frame = buf_take(&fx->u.send.frame);
		}
		break;
	case FX_CLOSE:
		t->closes++;
		to = other_end(node, fx->u.close.link);
		if (to != SIZE_MAX)
			cut(node, to, to);
		break;
	case FX_STORE:
		push(node, WORK_STORE)->write = fx->u.store;
		fx->u.store = NULL;
		break;
	case FX_READ:
		push(node, WORK_READ)->read = fx->u.read;
		break;
	case FX_RELOAD:
		memcpy(push(node, WORK_RELOAD)->origin, fx->u.reload.origin, sizeof fx->u.reload.origin);
		break;
	case FX_REPLY:
		t->reply_code = fx->u.reply.code;
		t->reply_size = fx->u.reply.size;
		break;
	case FX_NOTE:
		t->notes++;
		memcpy(t->last_note, fx->u.note.event, sizeof t->last_note);
		break;
	case FX_DIAL:
		break;
	}
}

static void step(size_t node, struct event *event)
{
	struct effects fx = { 0 };
	event->mono_ms = now_ms;
	event->wall_ms = 1700000000000 + now_ms;
	event->random = now_ms * 7919;
	core_step(nodes[node].core, event, &fx);
	for (size_t i = 0; i < fx.count; i++)
		carry_out(node, &fx.v[i]);
	effects_free(&fx);
}

/* ---- what a test says ---- */

static void node_make(size_t i, const char *name)
{
	struct toy *t = &nodes[i];
	char origin[64], witness[64];
	uint8_t seed[KEY_SIZE] = { (uint8_t)(i + 1) };
	(void)snprintf(origin, sizeof origin, "%s.example/log", name);
	(void)snprintf(witness, sizeof witness, "%s.example/witness", name);
	*t = (struct toy){ .name = name };
	assert_int_equal(skey_from_seed(origin, KEY_ED25519, seed, &t->log_key, NULL), OK);
	seed[1] = 1;
	assert_int_equal(skey_from_seed(witness, KEY_COSIGNATURE, seed, &t->witness_key, NULL), OK);
	memcpy(t->card.name, name, strlen(name) + 1);
	memcpy(t->card.origin, origin, sizeof origin);
	t->card.log = *skey_public(t->log_key);
	t->card.witness = *skey_public(t->witness_key);
	t->card.pin.b[0] = (uint8_t)(i + 1);
	struct core_config config = { .log_key = t->log_key, .witness_key = t->witness_key };
	memcpy(config.name, name, strlen(name) + 1);
	t->core = core_new(&config);
}

static int set_up(void **state)
{
	static const char *const names[] = { "alice", "bob", "carol" };
	now_ms = 1000;
	queue_head = queue_tail = 0;
	tamper = NULL;
	for (size_t i = 0; i < NODES_MAX; i++)
		node_make(i, names[i]);
	for (size_t i = 0; i < NODES_MAX; i++)
		for (size_t k = 0; k < NODES_MAX; k++)
			if (i != k)
				assert_int_equal(core_add_peer(nodes[i].core, &nodes[k].card, &nodes[i].peers[k], NULL), OK);
	return 0;
}

static void node_free(struct toy *t)
{
	core_free(t->core);
	skey_free(t->log_key);
	skey_free(t->witness_key);
	for (size_t i = 0; i < t->log_count; i++) {
		free(t->logs[i].entries);
		free(t->logs[i].leaves);
		buf_free(&t->logs[i].head);
		buf_free(&t->logs[i].target);
		buf_free(&t->logs[i].evidence);
	}
	arena_free(&t->arena);
}

static int tear_down(void **state)
{
	run();
	for (size_t i = 0; i < NODES_MAX; i++)
		node_free(&nodes[i]);
	return 0;
}

static void connect_nodes(size_t a, size_t b)
{
	link_id link = ++next_link;
	nodes[a].links[b] = nodes[b].links[a] = link;
	struct event up = { .kind = EV_LINK_UP };
	up.u.link.link = link;
	up.u.link.peer = nodes[a].peers[b];
	up.u.link.dialed = true;
	step(a, &up);
	up.u.link.peer = nodes[b].peers[a];
	up.u.link.dialed = false;
	step(b, &up);
	run();
}

static void publish(size_t node, size_t count, const char *text)
{
	struct bytes payloads[SUBMIT_ENTRIES_MAX];
	struct arena arena = { 0 };
	struct event e = { .kind = EV_SUBMIT };
	for (size_t i = 0; i < count; i++)
		payloads[i] = bytes_str(arena_printf(&arena, "%s %zu", text, i));
	e.u.submit.op = 1;
	e.u.submit.count = count;
	e.u.submit.payloads = payloads;
	step(node, &e);
	run();
	arena_free(&arena);
}

static void wait_ms(uint64_t ms)
{
	struct event e = { .kind = EV_TICK };
	now_ms += ms;
	for (size_t i = 0; i < NODES_MAX; i++)
		step(i, &e);
	run();
}

static struct origin_status status_of(size_t node, const char *origin)
{
	struct arena arena = { 0 };
	struct core_status s;
	struct origin_status found = { 0 };
	core_status(nodes[node].core, now_ms, now_ms, &arena, &s);
	for (size_t i = 0; i < s.origin_count; i++)
		if (strcmp(s.origins[i].origin, origin) == 0)
			found = s.origins[i];
	found.origin = NULL;
	arena_free(&arena);
	return found;
}

static const char alices[] = "alice.example/log";

/* ---- tests ---- */

static void a_record_reaches_the_peer_and_comes_back_cosigned(void **state)
{
	connect_nodes(0, 1);
	publish(0, 1, "x");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(nodes[0].reply_size, 1);
	struct origin_status s = status_of(1, alices);
	assert_int_equal(s.held, 1);
	assert_int_equal(s.head_size, 1);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_true(bytes_equal(toy_log(&nodes[1], alices)->entries[0].payload, bytes_str("x 0")));
}

static void many_bundles_arrive_in_order(void **state)
{
	for (int i = 0; i < 3; i++)
		publish(0, 1000, "before");
	connect_nodes(0, 1);
	publish(0, 700, "after");
	struct origin_status s = status_of(1, alices);
	assert_int_equal(s.held, 3700);
	assert_int_equal(s.head_size, 3700);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_memory_equal(toy_log(&nodes[0], alices)->leaves, toy_log(&nodes[1], alices)->leaves, 3700 * HASH_SIZE);
}

static void a_third_node_gets_it_from_the_second(void **state)
{
	publish(0, 600, "x");
	connect_nodes(0, 1);
	cut(0, 1, 0);
	connect_nodes(1, 2);
	assert_int_equal(status_of(2, alices).head_size, 600);
	assert_int_equal(status_of(2, alices).cosignatures, 2);
	connect_nodes(0, 1);
	wait_ms(2000);
	assert_int_equal(status_of(0, alices).cosignatures, 2);
}

static int flip_entries(size_t to, struct buf *frame)
{
	if (frame->len > 3000)
		frame->data[frame->len / 2] ^= 1;
	return 0;
}

static void a_wrong_byte_is_refused_and_nothing_kept(void **state)
{
	publish(0, 256, "x");
	tamper = flip_entries;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 0);
	assert_true(nodes[1].closes > 0);
	tamper = NULL;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 256);
}

static void a_full_disk_keeps_what_was_acknowledged_and_recovers(void **state)
{
	publish(0, 10, "x");
	nodes[0].disk_full = true;
	publish(0, 10, "y");
	assert_int_equal(nodes[0].reply_code, ERR_FULL);
	publish(0, 10, "z");
	assert_int_equal(nodes[0].reply_code, ERR_BUSY);
	nodes[0].disk_full = false;
	wait_ms(2000);
	publish(0, 10, "z");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(nodes[0].reply_size, 20);
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 20);
}

static void a_mirror_with_a_full_disk_catches_up(void **state)
{
	nodes[1].disk_full = true;
	publish(0, 300, "x");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 0);
	nodes[1].disk_full = false;
	for (int i = 0; i < 10; i++)
		wait_ms(1500);
	assert_int_equal(status_of(1, alices).head_size, 300);
}

/* Another core with alice's key, and another history. */
static void fork_alice(void)
{
	core_free(nodes[0].core);
	nodes[0].core = NULL;
	struct toy old = nodes[0];
	node_make(0, "alice");
	nodes[0].links[1] = nodes[0].links[2] = 0;
	for (size_t k = 1; k < NODES_MAX; k++)
		assert_int_equal(core_add_peer(nodes[0].core, &nodes[k].card, &nodes[0].peers[k], NULL), OK);
	old.core = NULL;
	node_free(&old);
}

static void a_fork_is_found_spread_and_freezes(void **state)
{
	publish(0, 5, "one");
	connect_nodes(0, 1);
	cut(0, 1, 1);
	run();
	fork_alice();
	publish(0, 7, "another");
	connect_nodes(0, 2);
	assert_int_equal(status_of(1, alices).head_size, 5);
	assert_int_equal(status_of(2, alices).head_size, 7);
	connect_nodes(1, 2);
	assert_true(status_of(1, alices).frozen);
	assert_true(status_of(2, alices).frozen);
	assert_true(toy_log(&nodes[1], alices)->evidence.len > 0);
	assert_int_equal(status_of(1, alices).head_size, 5);
	assert_string_equal(nodes[1].last_note, "fork");
	/* and alice is told of it: nothing is signed any more */
	assert_true(status_of(0, alices).frozen);
	publish(0, 1, "more");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
}

static void a_rolled_back_log_signs_nothing(void **state)
{
	publish(0, 5, "x");
	connect_nodes(0, 1);
	cut(0, 1, 1);
	run();
	fork_alice(); /* an empty directory with the old keys */
	connect_nodes(0, 1);
	publish(0, 1, "y");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_string_equal(nodes[0].last_note, "own_log_behind");
	assert_false(status_of(1, alices).frozen);
}

static void a_restart_goes_on_where_it_stopped(void **state)
{
	publish(0, 700, "x");
	connect_nodes(0, 1);
	publish(0, 5, "y");
	struct toy *t = &nodes[1];
	cut(0, 1, 0);
	run();
	core_free(t->core);
	struct core_config config = { .log_key = t->log_key, .witness_key = t->witness_key, .name = "bob" };
	t->core = core_new(&config);
	for (size_t k = 0; k < NODES_MAX; k++)
		if (k != 1)
			assert_int_equal(core_add_peer(t->core, &nodes[k].card, &t->peers[k], NULL), OK);
	for (size_t i = 0; i < t->log_count; i++) {
		struct origin_state s;
		load_state(t, t->logs[i].origin, &s);
		assert_int_equal(core_load(t->core, &s, NULL), OK);
		origin_state_free(&s);
	}
	publish(0, 300, "z");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 1005);
}

static void nothing_is_said_before_hello_and_a_silent_peer_is_dropped(void **state)
{
	struct event up = { .kind = EV_LINK_UP };
	up.u.link.link = ++next_link;
	up.u.link.peer = nodes[0].peers[1];
	step(0, &up);
	wait_ms(HELLO_TIMEOUT_MS - 1);
	assert_int_equal(nodes[0].closes, 0);
	wait_ms(1);
	assert_int_equal(nodes[0].closes, 1);
}

static void cards_that_collide_are_refused(void **state)
{
	uint32_t peer;
	struct card card = nodes[1].card;
	assert_int_equal(core_add_peer(nodes[0].core, &card, &peer, NULL), ERR_EXISTS);
	memcpy(card.name, "dave", 5);
	assert_int_equal(core_add_peer(nodes[0].core, &card, &peer, NULL), ERR_EXISTS);
	assert_int_equal(core_add_peer(nodes[0].core, &nodes[0].card, &peer, NULL), ERR_EXISTS);
	assert_int_equal(core_find_pin(nodes[0].core, &nodes[2].card.pin, &peer), OK);
	assert_string_equal(core_peer_card(nodes[0].core, peer)->name, "carol");
	assert_null(core_peer_card(nodes[0].core, 99));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_reaches_the_peer_and_comes_back_cosigned),
		TEST(many_bundles_arrive_in_order),
		TEST(a_third_node_gets_it_from_the_second),
		TEST(a_wrong_byte_is_refused_and_nothing_kept),
		TEST(a_full_disk_keeps_what_was_acknowledged_and_recovers),
		TEST(a_mirror_with_a_full_disk_catches_up),
		TEST(a_fork_is_found_spread_and_freezes),
		TEST(a_rolled_back_log_signs_nothing),
		TEST(a_restart_goes_on_where_it_stopped),
		TEST(nothing_is_said_before_hello_and_a_silent_peer_is_dropped),
		TEST(cards_that_collide_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
