#include "node/shell/http_conn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/exchange.h"
#include "node/shell/http_take.h"
#include "node/shell/loop.h"

/* What is to be sent to a client is counted: it may take its time, but not everybody's memory. */
static void count_unsent(struct http_conn *c, size_t now)
{
	if (c->client != NULL)
		clients_unsent(&c->shell->httpd->clients, c->client, c->counted, now);
	c->counted = now;
}

/* ---- the end of a connection ---- */

static void on_closed(uv_handle_t *handle)
{
	struct http_conn *c = handle->data;
	struct httpd *h = c->shell->httpd;
	must(c->magic == CONN_MAGIC);
	if (--c->holds > 0)
		return;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		h->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->shell->uploads -= c->large;
	h->local_count -= c->local;
	count_unsent(c, 0);
	if (c->client != NULL)
		clients_leave(&h->clients, c->client);
	buf_free(&c->in);
	buf_free(&c->chunked);
	buf_free(&c->out);
	buf_free(&c->flight);
	free(c);
}

/* Those being answered come back to nobody, and are freed then. */
static void leave_exchanges(struct http_conn *c)
{
	while (c->first != NULL) {
		struct exchange *x = c->first;
		c->first = x->next;
		exchange_leave(x, true);
	}
	c->last = NULL;
	c->exchanges = 0;
}

void http_conn_drop(struct http_conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	c->state = CONN_CLOSED;
	count_unsent(c, 0);
	leave_exchanges(c);
	uv_close(&c->u.handle, on_closed);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
	/* The client's end of the connection, or the timer, ends LINGERING. */
	(void)request;
	(void)status;
}

static void linger(struct http_conn *c)
{
	if (c->ended || uv_shutdown(&c->shutdown, &c->u.stream, on_shutdown) != 0) {
		http_conn_drop(c);
		return;
	}
	c->state = CONN_LINGERING;
	buf_free(&c->in);
}

/* ---- writing ---- */

size_t http_conn_unsent(const struct http_conn *c)
{
	return c->out.len + c->flight.len - c->flown;
}

static void on_written(uv_write_t *request, int status);

/* A piece at a time: a client on a thin line has its patience for each, not for an answer of many megabytes. */
static void write_piece(struct http_conn *c)
{
	size_t left = c->flight.len - c->flown;
	c->piece = left < HTTP_PIECE ? left : HTTP_PIECE;
	uv_buf_t piece = uv_buf_init((char *)c->flight.data + c->flown, (unsigned)c->piece);
	c->write.data = c;
	if (uv_write(&c->write, &c->u.stream, &piece, 1, on_written) != 0)
		http_conn_drop(c);
	else
		c->writing = true;
}

static void on_written(uv_write_t *request, int status)
{
	struct http_conn *c = request->data;
	must(c->magic == CONN_MAGIC);
	c->writing = false;
	c->wait = WAIT_NONE; /* progress: a new wait begins */
	c->flown += c->piece;
	if (status < 0) {
		http_conn_drop(c);
	} else if (c->flown < c->flight.len && c->state != CONN_CLOSED) {
		write_piece(c);
	} else {
		buf_free(&c->flight);
		c->flown = 0;
	}
	http_conn_advance(c);
	loop_settle(c->shell);
}

void http_conn_write_out(struct http_conn *c)
{
	if (c->writing || c->out.len == 0)
		return;
	uv_buf_t all = uv_buf_init((char *)c->out.data, (unsigned)c->out.len);
	int n = uv_try_write(&c->u.stream, &all, 1);
	if (n == UV_EAGAIN)
		n = 0;
	if (n < 0) {
		http_conn_drop(c);
		return;
	}
	if ((size_t)n == c->out.len) {
		buf_free(&c->out);
		return;
	}
	c->flight = buf_take(&c->out);
	c->flown = (size_t)n;
	write_piece(c);
}

static void add_out(struct http_conn *c, struct buf *more)
{
	if (c->out.len == 0) {
		buf_free(&c->out);
		c->out = buf_take(more);
	} else {
		buf_add_bytes(&c->out, buf_bytes(more));
		buf_free(more);
	}
}

/* Move the answers that are ready, as far as the order of the requests allows. */
static void collect(struct http_conn *c)
{
	while (c->first != NULL && c->first->done) {
		struct exchange *x = c->first;
		c->first = x->next;
		if (c->first == NULL)
			c->last = NULL;
		c->exchanges--;
		add_out(c, &x->out);
		exchange_free(x);
	}
	if (c->first != NULL && c->first->streams && c->first->out.len > 0)
		add_out(c, &c->first->out);
}

/* ---- reading and waiting ---- */

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *data)
{
	struct http_conn *c = stream->data;
	must(c->magic == CONN_MAGIC);
	if (n == 0 || c->state == CONN_CLOSED)
		return;
	if (n < 0) {
		c->ended = true;
		(void)http_take_cut(c);
		/* Nobody is left to read what would still come. */
		bool streaming = c->first != NULL && c->first->streams;
		if (n != UV_EOF || streaming || c->state == CONN_LINGERING)
			http_conn_drop(c);
		else if (c->state == CONN_OPEN)
			c->state = CONN_ENDING;
		for (struct exchange *x = c->first; x != NULL; x = x->next)
			exchange_leave(x, false);
	} else if (c->state == CONN_OPEN) {
		buf_add(&c->in, data->base, (size_t)n);
	}
	http_conn_advance(c);
	loop_settle(c->shell);
}

static void arrange_reading(struct http_conn *c)
{
	bool want = !c->ended && (c->state == CONN_LINGERING || (c->state == CONN_OPEN && http_take_has_room(c)));
	if (want == c->reading)
		return;
	c->reading = want;
	if (!want)
		(void)uv_read_stop(&c->u.stream);
	else if (uv_read_start(&c->u.stream, loop_read_buffer, on_read) != 0)
		http_conn_drop(c);
}

static enum conn_wait waits_for(const struct http_conn *c)
{
	if (c->state == CONN_LINGERING)
		return WAIT_LINGER;
	if (c->rests && c->state == CONN_OPEN)
		return WAIT_REST;
	if (c->writing)
		return WAIT_WRITE;
	if (c->exchanges > 0)
		return WAIT_NONE;
	if (c->need > 0)
		return WAIT_BODY;
	return c->in.len > 0 || !c->served ? WAIT_HEAD : WAIT_IDLE;
}

static void on_timer(uv_timer_t *timer)
{
	struct http_conn *c = timer->data;
	must(c->magic == CONN_MAGIC);
	if (c->wait == WAIT_REST) {
		c->rests = false;
		c->wait = WAIT_NONE;
		http_conn_advance(c);
		loop_settle(c->shell);
		return;
	}
	bool half_asked = c->wait == WAIT_BODY || (c->wait == WAIT_HEAD && c->in.len > 0);
	if (c->state != CONN_OPEN || !half_asked)
		http_conn_drop(c);
	else if (c->wait != WAIT_BODY || !http_take_cut(c))
		http_take_refuse(c, 408, "the request did not arrive in time");
	http_conn_advance(c);
	loop_settle(c->shell);
}

/* The limit of a wait runs from its beginning: bytes that dribble in do not extend it. */
static void arrange_timer(struct http_conn *c)
{
	enum conn_wait wait = waits_for(c);
	if (wait == c->wait && wait != WAIT_NONE)
		return;
	c->wait = wait;
	if (wait == WAIT_NONE)
		(void)uv_timer_stop(&c->timer);
	else
		(void)uv_timer_start(&c->timer, on_timer, http_patience_ms(&c->shell->options, wait), 0);
}

/* Whatever happened: write what is ready, take what may be taken, wait for the rest. */
void http_conn_advance(struct http_conn *c)
{
	if (c->busy || c->state == CONN_CLOSED)
		return;
	c->busy = true;
	c->taken = 0;
	do {
		collect(c);
		http_conn_write_out(c);
		if (c->state != CONN_CLOSED)
			count_unsent(c, http_conn_unsent(c));
	} while (c->state != CONN_CLOSED && http_take_requests(c));
	c->busy = false;
	if (c->state == CONN_ENDING && c->exchanges == 0 && http_conn_unsent(c) == 0)
		linger(c);
	if (c->state != CONN_CLOSED)
		arrange_reading(c);
	if (c->state != CONN_CLOSED)
		arrange_timer(c);
}

void httpd_answered(struct http_conn *c)
{
	must(c->magic == CONN_MAGIC);
	http_conn_advance(c);
}

/* ---- for httpd.c ---- */

void http_conn_open(struct shell *s, int fd, struct client *client)
{
	bool local = client == NULL;
	struct httpd *h = s->httpd;
	struct http_conn *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->magic = CONN_MAGIC;
	c->shell = s;
	c->local = local;
	c->client = client;
	if (!local)
		client_address(fd, c->address);
	must(uv_timer_init(&s->uv, &c->timer) == 0);
	must((local ? uv_pipe_init(&s->uv, &c->u.pipe, 0) : uv_tcp_init(&s->uv, &c->u.tcp)) == 0);
	c->u.handle.data = c;
	c->timer.data = c;
	c->holds = 2;
	c->next = h->first;
	if (c->next != NULL)
		c->next->prev = c;
	h->first = c;
	h->local_count += local;
	int rc = local ? uv_pipe_open(&c->u.pipe, fd) : uv_tcp_open(&c->u.tcp, fd);
	if (rc != 0) {
		(void)close(fd);
		http_conn_drop(c);
		return;
	}
	if (!local)
		(void)uv_tcp_nodelay(&c->u.tcp, 1);
	http_conn_advance(c);
}

void http_conn_end(struct http_conn *c)
{
	if (c->exchanges == 0 && http_conn_unsent(c) == 0)
		http_conn_drop(c);
	else if (c->state == CONN_OPEN)
		c->state = CONN_ENDING;
	http_conn_advance(c);
}

bool http_conn_behind(const struct http_conn *c)
{
	return http_conn_unsent(c) > 0;
}

void http_conn_rest(struct http_conn *c)
{
	c->rests = !c->local;
}

bool http_conn_may_send(const struct http_conn *c)
{
	return c->client == NULL || clients_may_send(&c->shell->httpd->clients, c->client);
}

bool http_conn_owes(const struct http_conn *c)
{
	return c->state < CONN_LINGERING;
}

struct http_conn *http_conn_next(const struct http_conn *c)
{
	return c->next;
}
