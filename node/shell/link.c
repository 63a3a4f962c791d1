#include "node/shell/link.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/interpret.h"
#include "node/shell/link_state.h"
#include "proto/card.h"

/* ---- states ---- */

void link_to(struct link *l, enum link_state state)
{
	static const unsigned arrows[LINK_STATES] = {
		[LINK_RESOLVING] = 1u << LINK_CONNECTING | 1u << LINK_CLOSED,
		[LINK_CONNECTING] = 1u << LINK_HANDSHAKE | 1u << LINK_CLOSED,
		[LINK_HANDSHAKE] = 1u << LINK_UP | 1u << LINK_FLUSHING | 1u << LINK_CLOSED,
		[LINK_UP] = 1u << LINK_FLUSHING | 1u << LINK_CLOSED,
		[LINK_FLUSHING] = 1u << LINK_LINGERING | 1u << LINK_CLOSED,
		[LINK_LINGERING] = 1u << LINK_CLOSED,
	};
	must((arrows[l->state] >> state & 1u) != 0);
	l->state = state;
}

void link_mark(struct link *l)
{
	struct link_table *t = &l->shell->links;
	if (l->dirty)
		return;
	l->dirty = true;
	l->dirty_next = NULL;
	if (t->dirty_last != NULL)
		t->dirty_last->dirty_next = l;
	else
		t->dirty_first = l;
	t->dirty_last = l;
}

/* ---- the table ---- */

static struct link **bucket(struct link_table *t, link_id id)
{
	return &t->by_id[id % LINK_BUCKETS];
}

static struct link *find(struct link_table *t, link_id id)
{
	struct link *l = *bucket(t, id);
	while (l != NULL && l->id != id)
		l = l->id_next;
	return l;
}

static void forget_id(struct link *l)
{
	if (l->id == 0)
		return;
	struct link **place = bucket(&l->shell->links, l->id);
	while (*place != NULL && *place != l)
		place = &(*place)->id_next;
	if (*place == l)
		*place = l->id_next;
}

static bool is_unauthenticated(const struct link *l)
{
	return !l->dialed && l->id == 0;
}

static void on_closed(uv_handle_t *handle);

static void release(struct link *l)
{
	struct link_table *t = &l->shell->links;
	must(l->holds > 0);
	if (--l->holds > 0)
		return;
	must(l->state == LINK_CLOSED && !l->dirty && !l->writing);
	if (l->prev != NULL)
		l->prev->next = l->next;
	else
		t->first = l->next;
	if (l->next != NULL)
		l->next->prev = l->prev;
	t->count--;
	t->unauthenticated -= is_unauthenticated(l);
	link_io_free(l);
	struct shell *s = l->shell;
	free(l);
	if (s->phase != SHELL_RUNNING)
		loop_settle(s);
}

static void on_closed(uv_handle_t *handle)
{
	release(handle->data);
}

/* ---- the end ---- */

static const char *peer_name(const struct link *l)
{
	const struct card *card = l->peer_known ? core_peer_card(l->shell->core, l->peer) : NULL;
	return card != NULL ? card->name : "unknown";
}

static void log_down(const struct link *l, int code, const char *text)
{
	char reason[ERR_TEXT_MAX];
	log_line(LOG_INFO, "link_down", "peer=%s link=%u dialed=%d code=%s reason=%s", peer_name(l), l->id, l->dialed,
	         err_name(code), log_value(text, reason, sizeof reason));
}

/* A line about this trouble now, or is the last one too recent? */
static bool due(uint64_t *last_ms)
{
	uint64_t now = loop_mono_ms();
	if (*last_ms != 0 && now - *last_ms < LOG_AGAIN_MS)
		return false;
	*last_ms = now;
	return true;
}

static void report(struct link *l)
{
	struct shell *s = l->shell;
	char reason[ERR_TEXT_MAX];
	l->tell = false;
	if (l->dialed && l->code == ERR_UNTRUSTED)
		rotate_turned_away(s, l->peer);
	if (l->id != 0) {
		log_down(l, l->code, l->text);
		interpret_link_down(s, l->id, l->peer, l->dialed, l->code, l->text);
	} else if (l->dialed) {
		if (due(&s->dial_logged_ms[l->peer % PEERS_MAX]))
			log_line(LOG_WARN, "dial_failed", "peer=%s code=%s reason=%s", peer_name(l), err_name(l->code),
			         log_value(l->text, reason, sizeof reason));
		interpret_dial_failed(s, l->peer, l->code, l->text);
	} else if (due(&s->links.refused_logged_ms)) {
		log_line(LOG_WARN, "link_refused", "code=%s reason=%s", err_name(l->code),
		         log_value(l->text, reason, sizeof reason));
	}
}

void link_drop(struct link *l)
{
	if (l->state == LINK_CLOSED)
		return;
	if (l->state == LINK_RESOLVING)
		(void)uv_cancel((uv_req_t *)&l->resolve);
	link_to(l, LINK_CLOSED);
	forget_id(l);
	l->reading = false;
	uv_close((uv_handle_t *)&l->tcp, on_closed);
	uv_close((uv_handle_t *)&l->timer, on_closed);
}

static void on_timer(uv_timer_t *timer);

void link_end(struct link *l, bool in_order, int code, const char *text)
{
	if (l->state == LINK_CLOSED)
		return;
	if (l->state < LINK_FLUSHING) {
		l->tell = true;
		l->code = code;
		(void)snprintf(l->text, sizeof l->text, "%s", text);
		link_mark(l);
	}
	if (!in_order || l->state < LINK_HANDSHAKE) {
		link_drop(l);
	} else if (l->state < LINK_FLUSHING) {
		forget_id(l);
		link_to(l, LINK_FLUSHING);
		(void)uv_timer_start(&l->timer, on_timer, LINGER_MS, LINGER_MS);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct link *l = timer->data;
	must(l->magic == LINK_MAGIC);
	if (l->state < LINK_HANDSHAKE)
		link_end(l, false, ERR_TIMEOUT, "no answer in time");
	else if (l->state == LINK_HANDSHAKE)
		link_end(l, true, ERR_TIMEOUT, "the TLS handshake was not finished in time");
	else
		link_drop(l);
	loop_settle(l->shell);
}

/* ---- the beginning ---- */

static bool accept_pin(void *arg, const struct hash *pin)
{
	struct link *l = arg;
	must(l->magic == LINK_MAGIC);
	if (l->dialed)
		return core_pin_fits(l->shell->core, l->peer, pin, loop_wall_ms());
	l->peer_known = core_find_pin(l->shell->core, pin, loop_wall_ms(), &l->peer) == OK;
	return l->peer_known;
}

static struct link *link_new(struct shell *s, bool dialed, uint32_t peer, enum link_state state)
{
	struct link *l = calloc(1, sizeof *l);
	must(l != NULL);
	l->magic = LINK_MAGIC;
	l->shell = s;
	l->state = state;
	l->dialed = dialed;
	must(uv_tcp_init(&s->uv, &l->tcp) == 0 && uv_timer_init(&s->uv, &l->timer) == 0);
	l->tcp.data = l;
	l->timer.data = l;
	l->holds = 2;
	l->peer = peer;
	l->tls = tls_new(rotate_context(s, dialed, peer), !dialed, accept_pin, l);
	if (dialed) {
		struct hash pin = core_peer_pin(s->core, peer);
		tls_expect(l->tls, &pin);
	}
	l->next = s->links.first;
	if (l->next != NULL)
		l->next->prev = l;
	s->links.first = l;
	s->links.count++;
	s->links.unauthenticated += is_unauthenticated(l);
	return l;
}

void link_established(struct link *l)
{
	struct shell *s = l->shell;
	must(l->peer_known);
	s->links.unauthenticated -= is_unauthenticated(l);
	l->id = ++s->links.last_id;
	must(l->id != 0);
	l->id_next = *bucket(&s->links, l->id);
	*bucket(&s->links, l->id) = l;
	(void)uv_timer_stop(&l->timer);
	link_to(l, LINK_UP);
	s->dial_logged_ms[l->peer % PEERS_MAX] = 0;
	log_line(LOG_INFO, "link_up", "peer=%s link=%u dialed=%d", peer_name(l), l->id, l->dialed);
	interpret_link_up(s, l->id, l->peer, l->dialed);
}

/* How long the handshake may take, all that comes before it included. */
static uint64_t patience(const struct shell *s, bool dialed)
{
	if (s->options.link_timeout_ms > 0)
		return (uint64_t)s->options.link_timeout_ms;
	return dialed ? DIAL_TIMEOUT_MS : HELLO_TIMEOUT_MS;
}

void link_accept(void *shell, int fd)
{
	struct shell *s = shell;
	if (s->phase != SHELL_RUNNING || s->links.unauthenticated >= LINKS_UNAUTHENTICATED_MAX ||
	    s->links.count >= LINKS_MAX) {
		s->counters.refused++;
		(void)close(fd);
		return;
	}
	struct link *l = link_new(s, false, 0, LINK_HANDSHAKE);
	int rc = uv_tcp_open(&l->tcp, fd);
	if (rc != 0) {
		(void)close(fd);
		link_end(l, false, ERR_CLOSED, uv_strerror(rc));
	} else {
		(void)uv_tcp_nodelay(&l->tcp, 1);
		(void)uv_timer_start(&l->timer, on_timer, patience(s, false), 0);
		link_mark(l); /* reading starts in loop_settle */
	}
	loop_settle(s);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct link *l = request->data;
	must(l->magic == LINK_MAGIC);
	if (l->state != LINK_CONNECTING)
		return;
	struct err err = { 0 };
	if (status < 0) {
		link_end(l, false, status == UV_ETIMEDOUT ? ERR_TIMEOUT : ERR_CLOSED, uv_strerror(status));
	} else {
		(void)uv_tcp_nodelay(&l->tcp, 1);
		link_to(l, LINK_HANDSHAKE);
		if (tls_start(l->tls, &err) != OK)
			link_end(l, false, err.code, err.text);
		link_mark(l);
	}
	loop_settle(l->shell);
}

static void connect_to(struct link *l, const struct sockaddr *address)
{
	l->connect.data = l;
	int rc = uv_tcp_connect(&l->connect, &l->tcp, address, on_connected);
	if (rc != 0)
		link_end(l, false, ERR_CLOSED, uv_strerror(rc));
}

/* Of several addresses each dial takes the next: one that never answers costs one attempt, not all. */
static const struct addrinfo *choose(const struct addrinfo *found, unsigned turn)
{
	unsigned count = 0;
	for (const struct addrinfo *a = found; a != NULL; a = a->ai_next)
		count++;
	for (turn = count > 0 ? turn % count : 0; turn > 0; turn--)
		found = found->ai_next;
	return found;
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct link *l = request->data;
	struct shell *s = l->shell;
	must(l->magic == LINK_MAGIC);
	if (l->state == LINK_RESOLVING) {
		if (status < 0 || found == NULL) {
			link_end(l, false, ERR_NOT_FOUND, status < 0 ? uv_strerror(status) : "the name has no address");
		} else {
			link_to(l, LINK_CONNECTING);
			connect_to(l, choose(found, s->dials[l->peer % PEERS_MAX]++)->ai_addr);
		}
	}
	uv_freeaddrinfo(found);
	/* Before release(): whoever marked the link is heard while it is there. */
	loop_settle(s);
	release(l);
}

static void resolve(struct link *l, const char *host, uint16_t port)
{
	char service[8];
	(void)snprintf(service, sizeof service, "%u", (unsigned)port);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG };
	l->resolve.data = l;
	int rc = uv_getaddrinfo(&l->shell->uv, &l->resolve, on_resolved, host, service, &hints);
	if (rc == 0)
		l->holds++;
	else
		link_end(l, false, ERR_NOT_FOUND, uv_strerror(rc));
}

void link_dial(struct shell *s, uint32_t peer)
{
	const struct card *card = core_peer_card(s->core, peer);
	must(card != NULL);
	char host[NAME_MAX_BYTES + 1];
	uint16_t port = 0;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct err err = { 0 };
	int rc = address_split(card->address, host, &port, &err);
	bool is_four = rc == OK && uv_ip4_addr(host, port, &four) == 0;
	bool is_six = rc == OK && !is_four && uv_ip6_addr(host, port, &six) == 0;
	struct link *l = link_new(s, true, peer, is_four || is_six ? LINK_CONNECTING : LINK_RESOLVING);
	l->peer_known = true;
	(void)uv_timer_start(&l->timer, on_timer, patience(s, true), 0);
	if (rc != OK)
		link_end(l, false, rc, err.text);
	else if (s->links.count > LINKS_MAX)
		link_end(l, false, ERR_LIMIT, "too many links");
	else if (is_four)
		connect_to(l, (const struct sockaddr *)&four);
	else if (is_six)
		connect_to(l, (const struct sockaddr *)&six);
	else
		resolve(l, host, port);
}

/* ---- what the core asks for ---- */

void link_send(struct shell *s, link_id id, struct buf *frame)
{
	struct link *l = find(&s->links, id);
	if (l != NULL)
		link_queue(l, frame);
}

void link_close(struct shell *s, link_id id, int code, const char *text)
{
	struct link *l = find(&s->links, id);
	if (l == NULL)
		return;
	log_down(l, code, text);
	link_end(l, true, code, text);
	l->tell = false; /* it knows */
}

/* ---- each turn ---- */

static void service(struct link *l)
{
	if (l->tell)
		report(l);
	if (l->state >= LINK_HANDSHAKE && l->state < LINK_LINGERING)
		link_pump(l);
	if (l->state == LINK_UP && l->in.len > 0)
		link_deliver(l);
	if (l->state < LINK_HANDSHAKE || l->state == LINK_CLOSED)
		return;
	if (l->state == LINK_UP && link_paused(l))
		link_read_stop(l);
	else
		link_read_start(l);
}

void link_settle_all(struct shell *s)
{
	struct link_table *t = &s->links;
	while (t->dirty_first != NULL) {
		struct link *l = t->dirty_first;
		t->dirty_first = l->dirty_next;
		if (t->dirty_first == NULL)
			t->dirty_last = NULL;
		l->dirty = false;
		service(l);
	}
}

void link_review_reading(struct shell *s)
{
	for (struct link *l = s->links.first; l != NULL; l = l->next)
		if (l->state == LINK_UP)
			link_mark(l);
}

void link_goodbye_all(struct shell *s)
{
	for (struct link *l = s->links.first; l != NULL; l = l->next) {
		link_end(l, true, ERR_CLOSED, "this node stops");
		l->tell = false;
	}
}

void link_drop_all(struct shell *s)
{
	for (struct link *l = s->links.first; l != NULL; l = l->next) {
		link_drop(l);
		l->tell = false;
	}
}
