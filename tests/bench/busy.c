/* Searches at a node while it takes in another's whole log, beside the same searches when nothing else happens. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum { CLIENTS = 2, SAMPLES_MAX = 200 * 1000, QUIET_MS = 4000, LIMIT_S = 600 };

/* Asked in turn, of one record after another, so that hardly anything is asked twice. */
static const char *const classes[] = { "identifier", "title words", "words anywhere", "ICS subtree", "(health)" };
enum { CLASSES = sizeof classes / sizeof classes[0], STRIDE = 7919 };

struct asking {
	const char *address;
	const struct corpus *corpus; /* of which the first ones are the node's own: */
	size_t known;
	atomic_bool stop;
	atomic_size_t clients;
	pthread_mutex_t mutex; /* guards what follows */
	double *ms[CLASSES];
	size_t count[CLASSES];
};

static void keep(struct asking *a, size_t class, double ms)
{
	must(pthread_mutex_lock(&a->mutex) == 0);
	if (a->count[class] < SAMPLES_MAX)
		a->ms[class][a->count[class]++] = ms;
	must(pthread_mutex_unlock(&a->mutex) == 0);
}

static const char *make_target(const struct asking *a, size_t number, struct buf *out)
{
	const struct item *item = &a->corpus->v[number * STRIDE % a->known];
	buf_reset(out);
	switch (number % CLASSES) {
	case 0:
		buf_add_str(out, "/api/v1/search?limit=10&ref=");
		bench_put_escaped(bytes_str(item->reference), out);
		break;
	case 1:
		buf_add_str(out, "/api/v1/search?limit=10&q=");
		bench_put_title_words(a->corpus, number, "title:", out);
		break;
	case 2:
		buf_add_str(out, "/api/v1/search?limit=10&q=");
		bench_put_title_words(a->corpus, number, "", out);
		break;
	case 3:
		buf_printf(out, "/api/v1/search?limit=10&ics=%02u.%03u", (unsigned)(number / CLASSES % 50 * 2 + 1),
		           (unsigned)(number / CLASSES / 50 % 10 * 20 + 20));
		break;
	default:
		buf_add_str(out, "/healthz");
	}
	return buf_str(out);
}

static void *client(void *arg)
{
	struct asking *a = arg;
	struct ask ask;
	struct err err = { 0 };
	struct buf answer = { 0 }, target = { 0 };
	size_t first = atomic_fetch_add(&a->clients, 1);
	if (ask_open(&ask, a->address, 30000, &err) != OK)
		bench_fail("connect", &err);
	for (size_t i = first; !atomic_load(&a->stop); i += CLIENTS) {
		int status = 0;
		const char *path = make_target(a, i, &target);
		double began = bench_now();
		if (ask_send(&ask, "GET", path, "application/json", bytes_of(NULL, 0), &status, &answer, &err) != OK)
			bench_fail("ask", &err);
		if (status != 200)
			bench_fail(buf_str(&answer), NULL);
		keep(a, i % CLASSES, (bench_now() - began) * 1000);
		bench_pause(500);
	}
	ask_close(&ask);
	buf_free(&answer);
	buf_free(&target);
	return NULL;
}

static void begin(struct asking *a, const char *address, const struct corpus *c, pthread_t threads[CLIENTS])
{
	*a = (struct asking){ .address = address, .corpus = c, .known = c->count / 2 };
	must(pthread_mutex_init(&a->mutex, NULL) == 0);
	for (size_t i = 0; i < CLASSES; i++) {
		a->ms[i] = calloc(SAMPLES_MAX, sizeof *a->ms[i]);
		must(a->ms[i] != NULL);
	}
	for (size_t i = 0; i < CLIENTS; i++)
		must(pthread_create(&threads[i], NULL, client, a) == 0);
}

static void end(struct asking *a, pthread_t threads[CLIENTS])
{
	atomic_store(&a->stop, true);
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	must(pthread_mutex_destroy(&a->mutex) == 0);
}

static void end_and_free(struct asking *a)
{
	for (size_t i = 0; i < CLASSES; i++)
		free(a->ms[i]);
}

static void measure_quiet(struct asking *a, const char *address, const struct corpus *c)
{
	pthread_t threads[CLIENTS];
	begin(a, address, c, threads);
	for (double until = bench_now() + QUIET_MS / 1000.0; bench_now() < until;)
		bench_pause(20000);
	end(a, threads);
}

static void print(struct asking *quiet, struct asking *busy)
{
	for (size_t i = 0; i < CLASSES; i++) {
		double q = bench_percentile(quiet->ms[i], quiet->count[i], 0.99);
		double b = bench_percentile(busy->ms[i], busy->count[i], 0.99);
		printf("  %-16s quiet p50 %6.2f  p99 %6.2f ms (%zu)   busy p50 %6.2f  p99 %6.2f ms (%zu)   ratio of p99 %.1f\n",
		       classes[i], bench_percentile(quiet->ms[i], quiet->count[i], 0.5), q, quiet->count[i],
		       bench_percentile(busy->ms[i], busy->count[i], 0.5), b, busy->count[i], b / q);
	}
}

/* Half of the records are the node's own and are searched; the other half come from a peer meanwhile. */
static double take_in(const struct corpus *c, const char *program, const char *home, const char *name, bool asked)
{
	struct err err = { 0 };
	struct node a, b;
	struct asking quiet, busy;
	pthread_t threads[CLIENTS];
	size_t half = c->count / 2;
	char source[64], origin[96];
	(void)snprintf(source, sizeof source, "%s-source", name);
	(void)snprintf(origin, sizeof origin, "%s.example/log", source);
	if (node_start(&a, program, home, source, &err) != OK || node_post(&a, c->v + half, c->count - half, &err) != OK ||
	    node_start(&b, program, home, name, &err) != OK || node_post(&b, c->v, half, &err) != OK)
		bench_fail("nodes", &err);
	if (asked)
		measure_quiet(&quiet, b.http, c);
	if (asked)
		begin(&busy, b.http, c, threads);
	double began = bench_now();
	if (node_join(&a, &b, program, &err) != OK)
		bench_fail("peer add", &err);
	for (uint64_t held = 0; held < c->count - half; bench_pause(20000))
		if (node_held(&b, origin, &held, &err) != OK || bench_now() > began + LIMIT_S)
			bench_fail("replication", &err);
	double rate = (double)(c->count - half) / (bench_now() - began);
	if (asked) {
		end(&busy, threads);
		print(&quiet, &busy);
		end_and_free(&quiet);
		end_and_free(&busy);
	}
	node_stop(&a);
	node_stop(&b);
	return rate;
}

void bench_busy(const struct corpus *c, const char *program, const char *home)
{
	double alone = take_in(c, program, home, "idle", false);
	printf("searches while %zu records come in beside %zu, %d clients:\n", c->count - c->count / 2, c->count / 2,
	       CLIENTS);
	double asked = take_in(c, program, home, "busy", true);
	printf("  taken in meanwhile  %9.0f records/s, and %.0f when nobody asks\n", asked, alone);
}
