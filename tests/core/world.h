/* world: what a test of the core says: make nodes, connect them, publish, let time pass, look. */
#pragma once

#include "tests/core/toy.h"

/* No test program uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

/* ---- what a test says ---- */

static void node_make(size_t i, const char *name)
{
	struct toy *t = &nodes[i];
	char origin[64], witness[64], mirror[64];
	uint8_t seed[KEY_SIZE] = { (uint8_t)(i + 1) };
	(void)snprintf(origin, sizeof origin, "%s.example/log", name);
	(void)snprintf(witness, sizeof witness, "%s.example/witness", name);
	(void)snprintf(mirror, sizeof mirror, "%s.example/mirror", name);
	*t = (struct toy){ .name = name };
	assert_int_equal(skey_from_seed(origin, KEY_ED25519, seed, &t->log_key, NULL), OK);
	seed[1] = 1;
	assert_int_equal(skey_from_seed(witness, KEY_COSIGNATURE, seed, &t->witness_key, NULL), OK);
	seed[1] = 2;
	assert_int_equal(skey_from_seed(mirror, KEY_COSIGNATURE, seed, &t->mirror_key, NULL), OK);
	memcpy(t->card.name, name, strlen(name) + 1);
	memcpy(t->card.origin, origin, sizeof origin);
	t->card.log = *skey_public(t->log_key);
	t->card.witness = *skey_public(t->witness_key);
	t->card.mirror = *skey_public(t->mirror_key);
	t->card.pin.b[0] = (uint8_t)(i + 1);
	struct core_config config = {
		.log_key = t->log_key, .witness_key = t->witness_key, .mirror_key = t->mirror_key, .quorum = QUORUM_MAJORITY
	};
	memcpy(config.name, name, strlen(name) + 1);
	t->core = core_new(&config);
}

static void wait_ms(uint64_t ms)
{
	struct event e = { .kind = EV_TICK };
	now_ms += ms;
	for (size_t i = 0; i < NODES_MAX; i++)
		step(i, &e);
	run();
}

/* A core that is new may not sign at once. */
__attribute__((unused)) static void wait_to_sign(void)
{
	wait_ms(0);
	wait_ms(GUARD_WAIT_MS);
}

static int set_up(void **state)
{
	static const char *const names[] = { "alice", "bob", "carol", "dave", "erin" };
	now_ms = 1000;
	queue_head = queue_tail = 0;
	tamper = NULL;
	for (size_t i = 0; i < NODES_MAX; i++)
		node_make(i, names[i]);
	for (size_t i = 0; i < NODES_MAX; i++)
		for (size_t k = 0; k < NODES_MAX; k++)
			if (i != k)
				assert_int_equal(core_add_peer(nodes[i].core, &nodes[k].card, &nodes[i].peers[k], NULL), OK);
	/* Nobody is connected: each has waited in vain for what peers know of its log, and its log is open. */
	wait_to_sign();
	return 0;
}

static void node_free(struct toy *t)
{
	core_free(t->core);
	skey_free(t->log_key);
	skey_free(t->witness_key);
	skey_free(t->mirror_key);
	buf_free(&t->answer_text);
	federated_free(t->found);
	buf_free(&t->ask_body);
	for (size_t i = 0; i < t->ring_count; i++)
		skey_free(t->ring[i]);
	for (size_t i = 0; i < t->log_count; i++) {
		free(t->logs[i].entries);
		free(t->logs[i].leaves);
		buf_free(&t->logs[i].head);
		buf_free(&t->logs[i].target);
		buf_free(&t->logs[i].cosigned);
		buf_free(&t->logs[i].target_keys);
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

/* The same node again, from what its store holds, without its links. */
__attribute__((unused)) static void restart(size_t i)
{
	struct toy *t = &nodes[i];
	for (size_t k = 0; k < NODES_MAX; k++)
		if (k != i && t->links[k] != 0)
			cut(k, i, k);
	run();
	core_free(t->core);
	struct core_config config = { .log_key = t->log_key,
		                          .witness_key = t->witness_key,
		                          .mirror_key = t->mirror_key,
		                          .quorum = QUORUM_MAJORITY,
		                          .guard = { .marked = true, .here = true } };
	(void)snprintf(config.name, sizeof config.name, "%s", t->name);
	t->core = core_new(&config);
	for (size_t k = 0; k < t->ring_count; k++)
		core_add_key(t->core, t->ring[k]);
	for (size_t k = 0; k < NODES_MAX; k++)
		if (k != i)
			assert_int_equal(core_add_peer(t->core, &nodes[k].card, &t->peers[k], NULL), OK);
	for (size_t k = 0; k < t->log_count; k++) {
		struct origin_state s;
		load_state(t, t->logs[k].origin, &s);
		assert_int_equal(core_load(t->core, &s, NULL), OK);
		origin_state_free(&s);
	}
}

__attribute__((unused)) static void connect_nodes(size_t a, size_t b)
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

__attribute__((unused)) static void publish(size_t node, size_t count, const char *text)
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

__attribute__((unused)) static const char alices[] = "alice.example/log";

/* Another core with alice's key, and another history. */
__attribute__((unused)) static void replace_alice(void)
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
