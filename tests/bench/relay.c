#include "tests/bench/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "node/base/must.h"
#include "tests/bench/bench.h"
#include "tests/support/ask.h"

enum {
	PAIRS_MAX = 64,
	PIECE = 64 * 1024,
	WAITING_MAX = 1024 * 1024, /* bytes of one direction that are under way */
	CONNECT_TIMEOUT_MS = 10000
};

/* What was read at once; nothing: the end. */
struct chunk {
	struct chunk *next;
	double due; /* bench_now() */
	size_t len, sent;
	uint8_t data[];
};

struct way {
	struct chunk *first, *last; /* owned */
	size_t waiting;             /* bytes */
	bool ended;                 /* nothing more is read */
	bool full;                  /* the receiver takes nothing now */
};

/* What fds[k] says goes ways[k] to fds[1 - k]. */
struct pair {
	int fds[2];
	struct way ways[2];
	bool broken;
};

struct door {
	int fd;
	char target[RELAY_ADDRESS];
};

struct relay {
	pthread_t thread;
	double delay_s;
	int stop[2]; /* a pipe: closed at our end, the thread ends */
	struct door doors[RELAY_TARGETS_MAX];
	size_t door_count;
	struct pair pairs[PAIRS_MAX];
	size_t pair_count;
	uint8_t piece[PIECE];
};

/* ---- one direction ---- */

static void drop_first(struct way *w)
{
	struct chunk *c = w->first;
	w->first = c->next;
	w->waiting -= c->len;
	free(c);
}

static void add_chunk(struct way *w, struct bytes data, double due)
{
	struct chunk *c = malloc(sizeof *c + data.len);
	must(c != NULL);
	*c = (struct chunk){ .due = due, .len = data.len };
	if (data.len > 0)
		memcpy(c->data, data.data, data.len);
	if (w->first == NULL)
		w->first = c;
	else
		w->last->next = c;
	w->last = c;
	w->waiting += c->len;
}

static bool later(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* False: the connection is broken. */
static bool take(struct relay *r, struct way *w, int from)
{
	ssize_t n = recv(from, r->piece, sizeof r->piece, 0);
	if (n < 0)
		return later();
	w->ended = n == 0;
	add_chunk(w, bytes_of(r->piece, (size_t)n), bench_now() + r->delay_s);
	return true;
}

/* What is due.  False: the connection is broken. */
static bool pass_on(struct way *w, int to)
{
	w->full = false;
	while (w->first != NULL && w->first->due <= bench_now()) {
		struct chunk *c = w->first;
		ssize_t n = c->len == 0 ? shutdown(to, SHUT_WR)
		                        : send(to, c->data + c->sent, c->len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0) {
			w->full = later();
			return w->full;
		}
		c->sent += (size_t)n;
		if (c->sent == c->len)
			drop_first(w);
	}
	return true;
}

/* ---- connections ---- */

static void pair_serve(struct relay *r, struct pair *p, const struct pollfd polled[2])
{
	for (int k = 0; k < 2 && !p->broken; k++)
		if ((polled[k].events & POLLIN) != 0 && (polled[k].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			p->broken = !take(r, &p->ways[k], p->fds[k]);
	for (int k = 0; k < 2 && !p->broken; k++)
		p->broken = !pass_on(&p->ways[k], p->fds[1 - k]);
}

static bool pair_over(const struct pair *p)
{
	return p->broken || (p->ways[0].ended && p->ways[0].first == NULL && p->ways[1].ended && p->ways[1].first == NULL);
}

static void pair_close(struct pair *p)
{
	for (int k = 0; k < 2; k++) {
		while (p->ways[k].first != NULL)
			drop_first(&p->ways[k]);
		close(p->fds[k]);
	}
}

static void let_in(struct relay *r, const struct door *door)
{
	struct ask there;
	struct err err = { 0 };
	int fd = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	must(fd >= 0 || later() || errno == ECONNABORTED);
	if (fd < 0)
		return;
	if (r->pair_count == PAIRS_MAX || ask_open(&there, door->target, CONNECT_TIMEOUT_MS, &err) != OK) {
		close(fd);
		return;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	must(fcntl(there.fd, F_SETFL, O_NONBLOCK) == 0);
	r->pairs[r->pair_count++] = (struct pair){ .fds = { fd, there.fd } };
}

/* ---- the thread ---- */

/* The pipe, the doors, two for each pair.  One that is asked for nothing is left out: its end would wake us for ever.
 */
static size_t list(const struct relay *r, struct pollfd *polled)
{
	size_t n = 0;
	polled[n++] = (struct pollfd){ .fd = r->stop[0], .events = POLLIN };
	for (size_t i = 0; i < r->door_count; i++)
		polled[n++] = (struct pollfd){ .fd = r->doors[i].fd, .events = POLLIN };
	for (size_t i = 0; i < r->pair_count; i++) {
		for (int k = 0; k < 2; k++) {
			const struct pair *p = &r->pairs[i];
			bool reads = !p->ways[k].ended && p->ways[k].waiting < WAITING_MAX, writes = p->ways[1 - k].full;
			polled[n++] = (struct pollfd){ .fd = reads || writes ? p->fds[k] : -1,
				                           .events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)) };
		}
	}
	return n;
}

/* Until something is due; false: nothing will be. */
static bool next_due(const struct relay *r, struct timespec *wait)
{
	double first = -1;
	for (size_t i = 0; i < r->pair_count; i++) {
		for (int k = 0; k < 2; k++) {
			const struct way *w = &r->pairs[i].ways[k];
			if (w->first != NULL && !w->full && (first < 0 || w->first->due < first))
				first = w->first->due;
		}
	}
	double left = first - bench_now();
	long long ns = left > 0 ? (long long)(left * 1e9) : 0;
	*wait = (struct timespec){ .tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000) };
	return first >= 0;
}

static void *run(void *arg)
{
	struct relay *r = arg;
	struct pollfd polled[1 + RELAY_TARGETS_MAX + 2 * PAIRS_MAX];
	for (;;) {
		struct timespec wait;
		bool waits = next_due(r, &wait);
		int rc = ppoll(polled, list(r, polled), waits ? &wait : NULL, NULL);
		must(rc >= 0 || errno == EINTR);
		if (rc < 0)
			continue;
		if (polled[0].revents != 0)
			return NULL;
		const struct pollfd *of_pairs = polled + 1 + r->door_count;
		for (size_t i = r->pair_count; i-- > 0;) {
			pair_serve(r, &r->pairs[i], of_pairs + 2 * i);
			if (pair_over(&r->pairs[i])) {
				pair_close(&r->pairs[i]);
				r->pairs[i] = r->pairs[--r->pair_count];
			}
		}
		for (size_t i = 0; i < r->door_count; i++)
			if (polled[1 + i].revents != 0)
				let_in(r, &r->doors[i]);
	}
}

/* ---- start and end ---- */

static int open_door(struct door *door, const char *target, char address[RELAY_ADDRESS], struct err *err)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	(void)snprintf(door->target, sizeof door->target, "%s", target);
	door->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (door->fd < 0 || bind(door->fd, (struct sockaddr *)&at, len) != 0 || listen(door->fd, PAIRS_MAX) != 0 ||
	    getsockname(door->fd, (struct sockaddr *)&at, &len) != 0)
		return err_errno(err, errno, "relay to %s", target);
	(void)snprintf(address, RELAY_ADDRESS, "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
	return OK;
}

/* What the thread would have used, once it does not run. */
static void release(struct relay *r)
{
	for (size_t i = 0; i < r->pair_count; i++)
		pair_close(&r->pairs[i]);
	for (size_t i = 0; i < r->door_count; i++)
		if (r->doors[i].fd >= 0)
			close(r->doors[i].fd);
	close(r->stop[0]);
	free(r);
}

int relay_start(struct relay **out, const char *const targets[], char (*addresses)[RELAY_ADDRESS], size_t count,
                unsigned delay_ms, struct err *err)
{
	*out = NULL;
	if (count == 0 || count > RELAY_TARGETS_MAX)
		return err_set(err, ERR_USAGE, "a relay has 1 to %d targets", RELAY_TARGETS_MAX);
	struct relay *r = calloc(1, sizeof *r);
	must(r != NULL);
	must(pipe2(r->stop, O_CLOEXEC) == 0);
	r->delay_s = delay_ms / 1000.0;
	int rc = OK;
	while (rc == OK && r->door_count < count) {
		size_t i = r->door_count++;
		rc = open_door(&r->doors[i], targets[i], addresses[i], err);
	}
	if (rc != OK) {
		close(r->stop[1]);
		release(r);
		return rc;
	}
	must(pthread_create(&r->thread, NULL, run, r) == 0);
	*out = r;
	return OK;
}

void relay_stop(struct relay *r)
{
	if (r == NULL)
		return;
	close(r->stop[1]);
	must(pthread_join(r->thread, NULL) == 0);
	release(r);
}
