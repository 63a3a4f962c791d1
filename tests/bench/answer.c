/* Searches and proofs: how many a second, and how long the slow ones take. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/tree.h"
#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { CLIENTS = 8, ASKED = 3000, LEAVES = 100000, PROOFS = 100000 };

static const struct {
	const char *name, *target;
} classes[] = {
	{ "identifier", "/api/v1/search?limit=10&q=ISO+10042" },
	{ "quality management", "/api/v1/search?limit=10&q=quality+management" },
	{ "two title words", "/api/v1/search?limit=10&q=steel+pipes" },
	{ "ICS subtree", "/api/v1/search?limit=10&ics=13" },
	{ "Chinese", "/api/v1/search?limit=10&q=%E8%B4%A8%E9%87%8F%E7%AE%A1%E7%90%86" },
};

struct clients {
	const char *address, *target;
	atomic_size_t next;
	double *ms;
};

static void *client(void *arg)
{
	struct clients *c = arg;
	struct ask ask;
	struct err err = { 0 };
	struct buf answer = { 0 };
	if (ask_open(&ask, c->address, 30000, &err) != OK)
		bench_fail("connect", &err);
	for (size_t i; (i = atomic_fetch_add(&c->next, 1)) < ASKED;) {
		int status = 0;
		double began = bench_now();
		if (ask_send(&ask, "GET", c->target, "application/json", bytes_of(NULL, 0), &status, &answer, &err) != OK)
			bench_fail("ask", &err);
		if (status != 200)
			bench_fail(buf_str(&answer), NULL);
		c->ms[i] = (bench_now() - began) * 1000;
	}
	ask_close(&ask);
	buf_free(&answer);
	return NULL;
}

/* Requests a second with CLIENTS at once; *p99 in milliseconds. */
static double ask_all(const char *address, const char *target, double *p99)
{
	static double ms[ASKED];
	struct clients c = { .address = address, .target = target, .ms = ms };
	pthread_t threads[CLIENTS];
	double began = bench_now();
	for (size_t i = 0; i < CLIENTS; i++)
		must(pthread_create(&threads[i], NULL, client, &c) == 0);
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	double rate = ASKED / (bench_now() - began);
	*p99 = bench_percentile(ms, ASKED, 0.99);
	return rate;
}

void bench_search(const struct corpus *c, const char *program, const char *home)
{
	struct err err = { 0 };
	struct node n;
	double p99;
	if (node_start(&n, program, home, "receiver", &err) != OK)
		bench_fail("node", &err);
	uint64_t held;
	if (node_held(&n, "sender.example/log", &held, &err) != OK)
		bench_fail("heads", &err);
	if (held == 0 && node_post(&n, c->v, c->count, &err) != OK)
		bench_fail("fill", &err);
	double floor = ask_all(n.http, "/healthz", &p99);
	printf("constant answer       %9.0f requests/s  p99 %6.2f ms   (the floor of the searches, %d clients)\n", floor,
	       p99, CLIENTS);
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		double rate = ask_all(n.http, classes[i].target, &p99);
		printf("search: %-18s %5.0f requests/s  p99 %6.2f ms   floor %9.0f   ratio %.2f\n", classes[i].name, rate, p99,
		       floor, rate / floor);
	}
	node_stop(&n);
}

/* Every node of a tree of LEAVES made at once: level by level. */
struct full_tree {
	struct hash *levels[32];
};

static int full_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct full_tree *t = ctx;
	*out = t->levels[level][index];
	return OK;
}

static void full_build(struct full_tree *t, struct hasher *h)
{
	size_t n = LEAVES;
	t->levels[0] = calloc(n, sizeof(struct hash));
	must(t->levels[0] != NULL);
	for (size_t i = 0; i < n; i++)
		t->levels[0][i] = hash_leaf(h, bytes_of(&i, sizeof i));
	for (size_t level = 1; n / 2 > 0; level++) {
		n /= 2;
		t->levels[level] = calloc(n, sizeof(struct hash));
		must(t->levels[level] != NULL);
		for (size_t i = 0; i < n; i++)
			t->levels[level][i] = hash_node(h, &t->levels[level - 1][2 * i], &t->levels[level - 1][2 * i + 1]);
	}
}

void bench_verify(const struct corpus *c)
{
	struct hasher *h = hasher_new();
	struct full_tree full = { 0 };
	full_build(&full, h);
	struct tree_source source = { .read = full_read, .ctx = &full };
	struct hash root;
	if (tree_root_at(h, source, LEAVES, &root) != OK)
		bench_fail("root", NULL);
	struct tree_proof *proofs = calloc(PROOFS, sizeof *proofs);
	must(proofs != NULL);
	size_t hashes = 0;
	for (size_t i = 0; i < PROOFS; i++) {
		size_t leaf = i * 7919 % LEAVES;
		must(tree_prove(h, source, leaf, leaf + 1, LEAVES, &proofs[i]) == OK);
		hashes += proofs[i].count;
	}
	double began = bench_now();
	for (size_t i = 0; i < PROOFS; i++) {
		size_t leaf = i * 7919 % LEAVES;
		must(tree_verify(h, proofs[i].hashes, proofs[i].count, leaf, leaf + 1, LEAVES, &full.levels[0][leaf], &root) ==
		     OK);
	}
	double rate = PROOFS / (bench_now() - began);
	began = bench_now();
	for (size_t i = 0; i < hashes; i++)
		root = hash_node(h, &root, &full.levels[0][i % LEAVES]);
	double floor = PROOFS / (bench_now() - began);
	printf("proof verifications   %9.0f a second    floor %9.0f (the same hashes alone)   ratio %.2f\n", rate, floor,
	       rate / floor);
	free(proofs);
	for (size_t i = 0; i < 32; i++)
		free(full.levels[i]);
	hasher_free(h);
}
