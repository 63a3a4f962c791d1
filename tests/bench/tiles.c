/* The log over HTTP: how many requests a second a node answers on one core, beside a constant answer on the same
 * connections.
 *
 * The node is confined to one processor and the client, one thread with a few pipelined connections, to the others:
 * what is measured is the node.
 */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum {
	CONNECTIONS = 8,
	PIPELINE = HTTP_PIPELINE_MAX,
	WARM_UP = 2000,
	ASKED = 100000,
	HEAD_BYTES = 2048,
	PATIENCE = 30000
};

/* What to ask in turn, written out. */
struct asked {
	struct buf *v;
	size_t count;
};

struct client {
	struct ask ask;
	size_t out; /* requests sent and not answered */
	char head[HEAD_BYTES];
	size_t head_len;
	size_t body; /* bytes of the body still to come */
};

struct load {
	struct client clients[CONNECTIONS];
	const struct asked *asked;
	size_t sent, answered, wanted;
	uint64_t bytes;
};

static void send_more(struct load *l, struct client *c)
{
	struct buf out = { 0 };
	while (c->out < PIPELINE && l->sent < l->wanted) {
		buf_add_bytes(&out, buf_bytes(&l->asked->v[l->sent++ % l->asked->count]));
		c->out++;
	}
	for (size_t done = 0; done < out.len;) {
		ssize_t n = send(c->ask.fd, out.data + done, out.len - done, MSG_NOSIGNAL);
		if (n <= 0)
			bench_fail("send", NULL);
		done += (size_t)n;
	}
	buf_free(&out);
}

/* Take a head off data, whole or in pieces; false: more is to come. */
static bool take_head(struct client *c, struct bytes *data)
{
	static const char ending[] = "\r\n\r\n";
	while (data->len > 0) {
		if (c->head_len == sizeof c->head - 1)
			bench_fail("an answer's head is too long", NULL);
		c->head[c->head_len++] = (char)data->data[0];
		*data = bytes_of(data->data + 1, data->len - 1);
		if (c->head_len < 4 || memcmp(c->head + c->head_len - 4, ending, 4) != 0)
			continue;
		c->head[c->head_len] = '\0';
		const char *length = strstr(c->head, "Content-Length: ");
		if (strncmp(c->head, "HTTP/1.1 200 ", 13) != 0 || length == NULL)
			bench_fail(c->head, NULL);
		c->body = strtoul(length + 16, NULL, 10);
		c->head_len = 0;
		return true;
	}
	return false;
}

static void receive(struct load *l, struct client *c)
{
	static uint8_t chunk[256 * 1024];
	ssize_t n = recv(c->ask.fd, chunk, sizeof chunk, 0);
	if (n <= 0)
		bench_fail("receive", NULL);
	struct bytes data = bytes_of(chunk, (size_t)n);
	l->bytes += (uint64_t)n;
	for (;;) {
		if (c->body == 0 && !take_head(c, &data))
			return;
		size_t skip = c->body < data.len ? c->body : data.len;
		c->body -= skip;
		data = bytes_of(data.data + skip, data.len - skip);
		if (c->body > 0)
			return;
		c->out--;
		l->answered++;
	}
}

static void run(struct load *l, size_t count)
{
	struct pollfd fds[CONNECTIONS];
	l->sent = l->answered = 0;
	l->wanted = count;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		fds[i] = (struct pollfd){ .fd = l->clients[i].ask.fd, .events = POLLIN };
		send_more(l, &l->clients[i]);
	}
	while (l->answered < count) {
		if (poll(fds, CONNECTIONS, PATIENCE) <= 0)
			bench_fail("no answer in time", NULL);
		for (size_t i = 0; i < CONNECTIONS; i++) {
			if (fds[i].revents == 0)
				continue;
			receive(l, &l->clients[i]);
			/* Half a pipeline at a time: a system call for each request would measure system calls. */
			if (l->clients[i].out <= PIPELINE / 2)
				send_more(l, &l->clients[i]);
		}
	}
}

/* Seconds of processor time that the node has had. */
static double processor_time(const struct node *n)
{
	char path[64], line[1024] = "";
	unsigned long user = 0, kernel = 0;
	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)n->pid);
	FILE *f = fopen(path, "r");
	if (f == NULL || fgets(line, sizeof line, f) == NULL)
		bench_fail(path, NULL);
	(void)fclose(f);
	const char *after_name = strrchr(line, ')');
	if (after_name == NULL ||
	    sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
		bench_fail(path, NULL);
	return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

struct figure {
	double rate; /* requests a second, by the clock */
	double
	    core_rate; /* in a second of the node's processor time: what a core of its own gives, whoever else runs here */
	double bytes;  /* of an answer */
};

static struct figure measure(const struct node *n, const struct asked *asked, size_t count)
{
	struct load *l = calloc(1, sizeof *l);
	struct err err = { 0 };
	must(l != NULL);
	l->asked = asked;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (ask_open(&l->clients[i].ask, n->http, PATIENCE, &err) != OK)
			bench_fail("connect", &err);
	run(l, WARM_UP);
	l->bytes = 0;
	double used = processor_time(n), began = bench_now();
	run(l, count);
	struct figure f = { .rate = (double)count / (bench_now() - began),
		                .core_rate = (double)count / (processor_time(n) - used),
		                .bytes = (double)l->bytes / (double)count };
	for (size_t i = 0; i < CONNECTIONS; i++)
		ask_close(&l->clients[i].ask);
	free(l);
	return f;
}

/* ---- what is asked ---- */

static void asked_add(struct asked *a, const char *path, const char *headers)
{
	a->v = realloc(a->v, (a->count + 1) * sizeof *a->v);
	must(a->v != NULL);
	a->v[a->count] = (struct buf){ 0 };
	buf_printf(&a->v[a->count++], "GET %s HTTP/1.1\r\nHost: node\r\n%s\r\n", path, headers);
}

static void asked_free(struct asked *a)
{
	for (size_t i = 0; i < a->count; i++)
		buf_free(&a->v[i]);
	free(a->v);
}

/* Every full tile below prefix, spread out, so that neighbours do not follow each other. */
static void ask_tiles(struct asked *a, const char *prefix, size_t full, const char *headers)
{
	for (size_t i = 0; i < full; i++) {
		char path[256];
		size_t n = i * 7919 % full;
		(void)snprintf(path, sizeof path, n < 1000 ? "%s/%03zu" : "%s/x%03zu/%03zu", prefix, n < 1000 ? n : n / 1000,
		               n % 1000);
		asked_add(a, path, headers);
	}
}

/* floor: of the constant answer; 0: this is it. */
static double show(const struct node *n, const char *what, const struct asked *asked, size_t count, double floor)
{
	struct figure f = measure(n, asked, count);
	printf("tiles: %-16s %7.0f requests/s by the clock, %7.0f a second of one core, %5.0f bytes each", what, f.rate,
	       f.core_rate, f.bytes);
	if (floor > 0)
		printf("   floor %7.0f   ratio %.2f\n", floor, f.core_rate / floor);
	else
		printf("   (the floor: %d connections, %d in flight each)\n", CONNECTIONS, PIPELINE);
	return f.core_rate;
}

/* Confine whatever starts now to the first of our processors, or this thread to the others.  With one processor there
 * is nothing to divide. */
static void confine(bool first)
{
	static cpu_set_t all;
	if (CPU_COUNT(&all) == 0)
		must(sched_getaffinity(0, sizeof all, &all) == 0);
	cpu_set_t some;
	CPU_ZERO(&some);
	bool seen = false;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		if (seen != first)
			CPU_SET(i, &some);
		seen = true;
	}
	if (CPU_COUNT(&all) > 1)
		must(sched_setaffinity(0, sizeof some, &some) == 0);
}

void bench_tiles(const struct corpus *c, const char *program, const char *home)
{
	struct err err = { 0 };
	struct node n;
	size_t full = c->count / BUNDLE_ENTRIES;
	if (full == 0)
		bench_fail("too few records for a full tile", NULL);
	confine(true);
	if (node_start(&n, program, home, "tiles", &err) != OK)
		bench_fail("node", &err);
	confine(false);
	if (node_post(&n, c->v, c->count, &err) != OK)
		bench_fail("fill", &err);
	struct asked constant = { 0 }, checkpoint = { 0 }, hashes = { 0 }, bundles = { 0 }, packed = { 0 };
	asked_add(&constant, "/healthz", "");
	asked_add(&checkpoint, "/log/checkpoint", "");
	ask_tiles(&hashes, "/log/tile/0", full, "");
	ask_tiles(&bundles, "/log/tile/entries", full, "");
	ask_tiles(&packed, "/log/tile/entries", full, "Accept-Encoding: gzip\r\n");
	double floor = show(&n, "constant answer", &constant, 100000, 0);
	(void)show(&n, "checkpoint", &checkpoint, 100000, floor);
	(void)show(&n, "hashes", &hashes, 100000, floor);
	(void)show(&n, "entries", &bundles, 100000, floor);
	(void)show(&n, "entries, gzip", &packed, 20000, floor);
	asked_free(&constant);
	asked_free(&checkpoint);
	asked_free(&hashes);
	asked_free(&bundles);
	asked_free(&packed);
	node_stop(&n);
}
