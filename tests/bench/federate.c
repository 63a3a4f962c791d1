/* A question to five nodes at once, beside the same question to each of them alone; on one machine, and as if each
 * other node were in another region. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/bench/relay.h"
#include "tests/support/ask.h"

/* Rounds of a few questions to each, so that whatever else the machine does falls on all alike. */
enum { FIVE = 5, ROUNDS = 10, IN_ROUND = 20, TIMES = ROUNDS * IN_ROUND, WAIT_S = 120 };
enum { ONE_WAY_MS = 5 };
#define OVER_ALL "peers=all&deadline_ms=10000&"

enum question { BY_REFERENCE, BY_WORDS, BY_ICS, QUESTIONS };

static const char *const question_names[QUESTIONS] = { "identifier", "two title words", "ICS and date" };

/* ---- questions ---- */

/* The first words of a reference, at most so many. */
static void put_front(const char *text, unsigned words, struct buf *out)
{
	size_t len = 0;
	while (text[len] != '\0' && text[len] != '\n' && (text[len] != ' ' || --words > 0))
		len++;
	bench_put_escaped(bytes_of(text, len), out);
}

/* Another one each time: answers that were given once are remembered. */
static void put_question(const struct corpus *c, enum question which, size_t number, struct buf *out)
{
	if (which == BY_ICS) {
		buf_printf(out, "ics=%02zu&published_from=%zu", 1 + number % 97, 1900 + number / 97);
		return;
	}
	buf_add_str(out, "q=");
	if (which == BY_WORDS)
		bench_put_title_words(c, number, "", out);
	else
		put_front(c->v[number * 7919 % c->count].reference, 3, out);
}

/* ---- figures ---- */

static const char *const names[FIVE] = { "first", "second", "third", "fourth", "fifth" };

/* One node alone; all of them over the first; all of them at once, each by us. */
enum { FEDERATED = FIVE, AT_ONCE, WAYS };

struct asked {
	const struct node *nodes;
	size_t node_count;
	const char *how;
	double ms[TIMES];
	size_t count;
	double cpu_ms; /* of all five nodes and of us, for all answers together */
	double p50, p99;
};

static double cpu_ms(clockid_t clock)
{
	struct timespec t;
	must(clock_gettime(clock, &t) == 0);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static double cpu_of_all(const struct node nodes[FIVE])
{
	double ms = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t i = 0; i < FIVE; i++) {
		clockid_t clock;
		must(clock_getcpuclockid(nodes[i].pid, &clock) == 0);
		ms += cpu_ms(clock);
	}
	return ms;
}

static void ask_nodes(struct ask asks[FIVE], size_t count, const char *target)
{
	struct err err = { 0 };
	struct buf answer = { 0 };
	for (size_t i = 0; i < count; i++)
		if (ask_put(&asks[i], "GET", target, "application/json", bytes_of(NULL, 0), &err) != OK)
			bench_fail("ask", &err);
	for (size_t i = 0; i < count; i++) {
		int status = 0;
		if (ask_get(&asks[i], &status, &answer, &err) != OK)
			bench_fail("answer", &err);
		if (status != 200 || strstr(buf_str(&answer), "\"partial\":true") != NULL)
			bench_fail(buf_str(&answer), NULL);
	}
	buf_free(&answer);
}

/* Over connections of their own: one that rests too long is ended. */
static void ask_some(const struct corpus *c, enum question which, struct asked *a)
{
	static size_t number;
	struct ask asks[FIVE];
	struct err err = { 0 };
	for (size_t i = 0; i < a->node_count; i++)
		if (ask_open(&asks[i], a->nodes[i].http, 30000, &err) != OK)
			bench_fail("connect", &err);
	for (size_t i = 0; i < IN_ROUND; i++) {
		struct buf target = { 0 };
		buf_printf(&target, "/api/v1/search?limit=10&%s", a->how);
		put_question(c, which, ++number, &target);
		double began = bench_now();
		ask_nodes(asks, a->node_count, buf_str(&target));
		a->ms[a->count++] = (bench_now() - began) * 1000;
		buf_free(&target);
	}
	for (size_t i = 0; i < a->node_count; i++)
		ask_close(&asks[i]);
}

static void ask_in_rounds(const struct corpus *c, const struct node nodes[FIVE], enum question which,
                          struct asked *asked, size_t ways)
{
	for (size_t k = 0; k < FIVE; k++)
		asked[k] = (struct asked){ .nodes = &nodes[k], .node_count = 1, .how = "" };
	asked[FEDERATED] = (struct asked){ .nodes = nodes, .node_count = 1, .how = OVER_ALL };
	if (ways > AT_ONCE)
		asked[AT_ONCE] = (struct asked){ .nodes = nodes, .node_count = FIVE, .how = "" };
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t k = 0; k < ways; k++) {
			double before = cpu_of_all(nodes);
			ask_some(c, which, &asked[k]);
			asked[k].cpu_ms += cpu_of_all(nodes) - before;
		}
	}
	for (size_t k = 0; k < ways; k++) {
		asked[k].p50 = bench_percentile(asked[k].ms, asked[k].count, 0.5);
		asked[k].p99 = bench_percentile(asked[k].ms, asked[k].count, 0.99);
	}
}

static void print_ratio(const char *where, enum question which, const struct asked *asked)
{
	const struct asked *all = &asked[FEDERATED], *slowest = asked;
	for (size_t k = 1; k < FIVE; k++)
		if (asked[k].p50 > slowest->p50)
			slowest = &asked[k];
	printf("five nodes: %-16s %6.2f ms  p99 %6.2f ms   slowest alone %6.2f ms  p99 %6.2f ms   ratio %.2f%s\n",
	       question_names[which], all->p50, all->p99, slowest->p50, slowest->p99, all->p50 / slowest->p50, where);
}

/* Machines have fewer processors than there are nodes: what five answers take that are asked for at once is the floor
 * of the one that is made of them. */
static void ask_near(const struct corpus *c, const struct node nodes[FIVE], enum question which)
{
	static struct asked asked[WAYS];
	const struct asked *all = &asked[FEDERATED], *at_once = &asked[AT_ONCE];
	ask_in_rounds(c, nodes, which, asked, WAYS);
	print_ratio("", which, asked);
	printf("            each asked at once, the last %6.2f ms  p99 %6.2f ms   ratio %.2f\n", at_once->p50, at_once->p99,
	       all->p50 / at_once->p50);
	printf("            processor time of the six processes  %6.2f ms   of five answers %6.2f ms   ratio %.2f\n",
	       all->cpu_ms / TIMES, at_once->cpu_ms / TIMES, all->cpu_ms / at_once->cpu_ms);
}

static void ask_far(const struct corpus *c, const struct node nodes[FIVE], enum question which)
{
	static struct asked asked[AT_ONCE];
	char where[64];
	(void)snprintf(where, sizeof where, "   %d ms there and back", 2 * ONE_WAY_MS);
	ask_in_rounds(c, nodes, which, asked, AT_ONCE);
	print_ratio(where, which, asked);
}

/* ---- nodes ---- */

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

/* Until an answer is whole, so that the first has a link to each. */
static void wait_for_links(const struct node *first)
{
	struct ask ask;
	struct err err = { 0 };
	struct buf answer = { 0 };
	bool whole = false;
	if (ask_open(&ask, first->http, 30000, &err) != OK)
		bench_fail("connect", &err);
	for (double until = bench_now() + WAIT_S; !whole && bench_now() < until;) {
		int status = 0;
		if (ask_send(&ask, "GET", "/api/v1/search?limit=1&" OVER_ALL "q=1", "application/json", bytes_of(NULL, 0),
		             &status, &answer, &err) != OK)
			bench_fail("answer", &err);
		whole = status == 200 && strstr(buf_str(&answer), "\"partial\":true") == NULL;
	}
	if (!whole)
		bench_fail("links take too long", NULL);
	ask_close(&ask);
	buf_free(&answer);
}

/* The first dials each other over the relay, and so do we; it is where we are.  Its own address is new, and no other
 * knows it. */
static struct relay *move_apart(const char *program, const char *home, struct node nodes[FIVE])
{
	enum { OTHERS = FIVE - 1 };
	struct err err = { 0 };
	struct relay *r;
	const char *targets[2 * OTHERS];
	char addresses[2 * OTHERS][RELAY_ADDRESS];
	for (size_t i = 0; i < OTHERS; i++) {
		targets[i] = nodes[i + 1].peer;
		targets[OTHERS + i] = nodes[i + 1].http;
	}
	if (relay_start(&r, targets, addresses, 2 * OTHERS, ONE_WAY_MS, &err) != OK)
		bench_fail("relay", &err);
	node_stop(&nodes[0]);
	for (size_t i = 0; i < OTHERS; i++) {
		if (node_move(&nodes[0], &nodes[i + 1], addresses[i], program, &err) != OK)
			bench_fail("move", &err);
		(void)snprintf(nodes[i + 1].http, sizeof nodes[i + 1].http, "%s", addresses[OTHERS + i]);
	}
	if (node_start(&nodes[0], program, home, names[0], &err) != OK)
		bench_fail("start", &err);
	wait_for_links(&nodes[0]);
	return r;
}

void bench_federate(const struct corpus *c, const char *program, const char *home)
{
	struct node nodes[FIVE];
	set_up(c, program, home, nodes);
	for (int i = 0; i < QUESTIONS; i++)
		ask_near(c, nodes, (enum question)i);
	struct relay *r = move_apart(program, home, nodes);
	for (int i = 0; i < QUESTIONS; i++)
		ask_far(c, nodes, (enum question)i);
	for (size_t i = 0; i < FIVE; i++)
		node_stop(&nodes[i]);
	relay_stop(r);
}
