/* A question to five nodes at once, beside the same question to each of them alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { FIVE = 5, TIMES = 200, WAIT_S = 120 };

enum question { BY_REFERENCE, BY_WORDS, BY_ICS, QUESTIONS };

static const char *const question_names[QUESTIONS] = { "identifier", "two title words", "ICS subtree" };

/* What stands at the front of a text, percent-encoded, up to so many words. */
static void put_words(const char *text, unsigned words, struct buf *out)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0' && *p != '\n'; p++) {
		if (*p == ' ' && --words == 0)
			return;
		buf_printf(out, "%%%02X", *p);
	}
}

/* Another one each time: answers that were given once are remembered. */
static void put_question(const struct corpus *c, enum question which, size_t number, struct buf *out)
{
	const struct item *item = &c->v[number * 7919 % c->count];
	if (which == BY_ICS) {
		buf_printf(out, "ics=%02zu&published_from=%zu", 1 + number % 97, 1900 + number / 97);
		return;
	}
	buf_add_str(out, "q=");
	put_words(which == BY_WORDS ? item->title : item->reference, which == BY_WORDS ? 2 : 3, out);
}

static const char *const names[FIVE] = { "first", "second", "third", "fourth", "fifth" };

/* The middle one of TIMES answers, in milliseconds, one after another; *p99 likewise. */
static double median_ms(const struct corpus *c, const char *address, enum question which, const char *how, double *p99)
{
	static size_t number;
	static double ms[TIMES];
	struct ask ask;
	struct err err = { 0 };
	struct buf answer = { 0 };
	if (ask_open(&ask, address, 30000, &err) != OK)
		bench_fail("connect", &err);
	for (size_t i = 0; i < TIMES; i++) {
		int status = 0;
		struct buf target = { 0 };
		buf_printf(&target, "/api/v1/search?limit=10&%s", how);
		put_question(c, which, ++number, &target);
		double began = bench_now();
		if (ask_send(&ask, "GET", buf_str(&target), "application/json", bytes_of(NULL, 0), &status, &answer, &err) !=
		    OK)
			bench_fail("ask", &err);
		if (status != 200 || strstr(buf_str(&answer), "\"partial\":true") != NULL)
			bench_fail(buf_str(&answer), NULL);
		ms[i] = (bench_now() - began) * 1000;
		buf_free(&target);
	}
	ask_close(&ask);
	buf_free(&answer);
	*p99 = bench_percentile(ms, TIMES, 0.99);
	return bench_percentile(ms, TIMES, 0.5);
}

static void wait_for(struct node *n, const char *name, uint64_t count)
{
	char origin[64];
	struct err err = { 0 };
	uint64_t held = 0;
	(void)snprintf(origin, sizeof origin, "%s.example/log", name);
	for (double until = bench_now() + WAIT_S; held < count && bench_now() < until;)
		if (node_held(n, origin, &held, &err) != OK)
			bench_fail("heads", &err);
	if (held < count)
		bench_fail("replication takes too long", NULL);
}

/* The first has cards of all others, and their logs; each other its own log, and the first's. */
static void set_up(const struct corpus *c, const char *program, const char *home, struct node nodes[FIVE])
{
	struct err err = { 0 };
	size_t share = c->count / FIVE;
	for (size_t i = 0; i < FIVE; i++) {
		if (node_start(&nodes[i], program, home, names[i], &err) != OK ||
		    (i > 0 && node_join(&nodes[0], &nodes[i], program, &err) != OK) ||
		    node_post(&nodes[i], &c->v[i * share], share, &err) != OK)
			bench_fail("nodes", &err);
	}
	for (size_t i = 1; i < FIVE; i++) {
		wait_for(&nodes[0], names[i], share);
		wait_for(&nodes[i], names[0], share);
	}
}

void bench_federate(const struct corpus *c, const char *program, const char *home)
{
	struct node nodes[FIVE];
	set_up(c, program, home, nodes);
	for (int i = 0; i < QUESTIONS; i++) {
		double slowest = 0, p99, worst = 0;
		for (size_t k = 0; k < FIVE; k++) {
			double ms = median_ms(c, nodes[k].http, (enum question)i, "", &p99);
			slowest = ms > slowest ? ms : slowest;
			worst = p99 > worst ? p99 : worst;
		}
		double all = median_ms(c, nodes[0].http, (enum question)i, "peers=all&deadline_ms=10000&", &p99);
		printf("five nodes: %-16s %6.2f ms  p99 %6.2f ms   slowest alone %6.2f ms  p99 %6.2f ms   ratio %.2f\n",
		       question_names[i], all, p99, slowest, worst, all / slowest);
	}
	for (size_t i = 0; i < FIVE; i++)
		node_stop(&nodes[i]);
}
