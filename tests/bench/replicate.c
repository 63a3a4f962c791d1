/* Cold replication between two processes, and the time from publishing at one node to finding at its peer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { ROUNDS = 300, WARM_UP = 20, LATENCY_RECORDS = 2000, REPLICATION_LIMIT_S = 600 };

static void await_held(struct node *n, const char *origin, uint64_t size, long pause_us)
{
	struct err err = { 0 };
	double until = bench_now() + REPLICATION_LIMIT_S;
	for (uint64_t held = 0; held < size; bench_pause(pause_us)) {
		if (node_held(n, origin, &held, &err) != OK)
			bench_fail("heads", &err);
		if (bench_now() > until)
			bench_fail("replication did not end in time", NULL);
	}
}

void bench_replication(const struct corpus *c, const char *program, const char *home)
{
	struct err err = { 0 };
	struct node a, b;
	double floor = floor_replication(c, home);
	if (node_start(&a, program, home, "sender", &err) != OK || node_post(&a, c->v, c->count, &err) != OK)
		bench_fail("sender", &err);
	/* A fresh process: what importing left in memory is not the sender's peak. */
	node_stop(&a);
	if (node_start(&a, program, home, "sender", &err) != OK || node_start(&b, program, home, "receiver", &err) != OK)
		bench_fail("nodes", &err);
	double began = bench_now();
	if (node_join(&a, &b, program, &err) != OK)
		bench_fail("peer add", &err);
	await_held(&b, "sender.example/log", c->count, 20000);
	double rate = (double)c->count / (bench_now() - began);
	printf("cold replication      %9.0f records/s   floor %9.0f   ratio %.2f   peak receiver %.0f MB, sender %.0f MB\n",
	       rate, floor, rate / floor, node_peak_mb(&b), node_peak_mb(&a));
	node_stop(&a);
	node_stop(&b);
}

/* Publish one record at a, then ask b until it finds it.  Milliseconds. */
static double one_round(struct node *a, struct ask *at_b, const struct item *item, struct buf *answer)
{
	struct err err = { 0 };
	char target[1024];
	int status = 0;
	/* The reference is unique; every byte of it that is not plain is escaped. */
	int n = snprintf(target, sizeof target, "/api/v1/search?limit=1&q=");
	for (const unsigned char *p = (const unsigned char *)item->reference; *p != '\0'; p++)
		n += snprintf(target + n, sizeof target - (size_t)n, "%%%02X", *p);
	double began = bench_now();
	if (node_post(a, item, 1, &err) != OK)
		bench_fail("publish", &err);
	double until = began + 10;
	do {
		bench_pause(200);
		if (ask_send(at_b, "GET", target, "application/json", bytes_of(NULL, 0), &status, answer, &err) != OK)
			bench_fail("search", &err);
		if (bench_now() > until)
			bench_fail("published record not found in 10 s", NULL);
	} while (strstr(buf_str(answer), item->reference) == NULL);
	return (bench_now() - began) * 1000;
}

/* The floor: the single durable commits that one publication needs, here and there, and nothing else. */
void bench_latency(const struct corpus *c, const char *program, const char *home)
{
	struct err err = { 0 };
	struct node a, b;
	struct ask at_b;
	struct buf answer = { 0 };
	double times[ROUNDS];
	size_t base = c->count > LATENCY_RECORDS + ROUNDS + WARM_UP ? LATENCY_RECORDS : c->count - ROUNDS - WARM_UP;
	must(c->count > ROUNDS + WARM_UP);
	if (node_start(&a, program, home, "here", &err) != OK || node_start(&b, program, home, "there", &err) != OK ||
	    node_post(&a, c->v, base, &err) != OK || node_join(&a, &b, program, &err) != OK)
		bench_fail("nodes", &err);
	await_held(&b, "here.example/log", base, 20000);
	if (ask_open(&at_b, b.http, 10000, &err) != OK)
		bench_fail("connect", &err);
	for (size_t i = 0; i < ROUNDS + WARM_UP; i++) {
		double ms = one_round(&a, &at_b, &c->v[base + i], &answer);
		if (i >= WARM_UP)
			times[i - WARM_UP] = ms;
	}
	double p50 = bench_percentile(times, ROUNDS, 0.50), p99 = bench_percentile(times, ROUNDS, 0.99);
	double floor = 2 * floor_commit(c, home);
	printf("publish to found      p50 %.2f ms, p99 %.2f ms, largest %.2f ms   floor %.2f ms (two durable commits, p99) "
	       "  ratio "
	       "%.2f\n",
	       p50, p99, times[ROUNDS - 1], floor, floor / p99);
	ask_close(&at_b);
	buf_free(&answer);
	node_stop(&a);
	node_stop(&b);
}
