#include "node/shell/http_conn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <uv.h>

#include "node/api/chunks.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/exchange.h"
#include "node/shell/http_body.h"
#include "node/shell/loop.h"

enum { CONN_MAGIC = 0x48545450 };

enum conn_state { CONN_OPEN, CONN_ENDING, CONN_LINGERING, CONN_CLOSED };

struct http_conn {
	uint32_t magic;
	enum conn_state state;
	struct shell *shell;
	struct http_conn *prev, *next;
	bool local;

	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} u;
	uv_timer_t timer;
	enum conn_wait wait; /* what the timer is for */
	uv_write_t write;
	uv_shutdown_t shutdown;
	int holds;                    /* handles not yet closed */
	bool reading, writing, ended; /* ended: the client sends no more */
	bool busy;                    /* in http_conn_advance() */
	bool served;                  /* had a request */
	bool undecided;               /* the request that stands there may still be refused for how its body begins */
	bool large;                   /* what is being read is one of UPLOADS_MAX */

	struct buf in;        /* from the socket */
	struct buf chunked;   /* not empty: head and body so far of a request that comes in chunks, */
	struct chunks chunks; /* and how far it has come */
	size_t used;          /* of it, by requests taken */
	size_t need;          /* bytes of the request that stands there, once its head is known; 0: not yet */
	struct exchange *first, *last;
	size_t exchanges;
	struct buf out;    /* answers to be written */
	struct buf flight; /* what uv_write has */
};

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
	h->public_count -= !c->local;
	h->local_count -= c->local;
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
		x->conn = NULL;
		if (x->done)
			exchange_free(x);
	}
	c->last = NULL;
	c->exchanges = 0;
}

void http_conn_drop(struct http_conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	c->state = CONN_CLOSED;
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

static size_t unsent(const struct http_conn *c)
{
	return c->out.len + c->flight.len;
}

static void on_written(uv_write_t *request, int status)
{
	struct http_conn *c = request->data;
	must(c->magic == CONN_MAGIC);
	c->writing = false;
	c->wait = WAIT_NONE; /* progress: a new wait begins */
	buf_free(&c->flight);
	if (status < 0)
		http_conn_drop(c);
	http_conn_advance(c);
	loop_settle(c->shell);
}

static void write_out(struct http_conn *c)
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
	uv_buf_t rest = uv_buf_init((char *)c->flight.data + n, (unsigned)(c->flight.len - (size_t)n));
	c->write.data = c;
	if (uv_write(&c->write, &c->u.stream, &rest, 1, on_written) != 0) {
		http_conn_drop(c);
		return;
	}
	c->writing = true;
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
		if (c->out.len == 0) {
			buf_free(&c->out);
			c->out = buf_take(&x->out);
		} else {
			buf_add_bytes(&c->out, buf_bytes(&x->out));
		}
		exchange_free(x);
	}
}

/* ---- requests ---- */

static struct exchange *add_exchange(struct http_conn *c)
{
	struct exchange *x = exchange_new(c->shell, c, c->local);
	if (c->last != NULL)
		c->last->next = x;
	else
		c->first = x;
	c->last = x;
	c->exchanges++;
	c->need = 0;
	c->served = true;
	c->wait = WAIT_NONE;
	return x;
}

/* Answer with a problem, and read nothing more. */
static void refuse(struct http_conn *c, int http_status, const char *detail)
{
	struct exchange *x = add_exchange(c);
	c->state = CONN_ENDING;
	c->shell->counters.refused++;
	x->ends = true;
	exchange_problem(x, http_status, detail);
}

/* RFC 9110 10.1.1: a client that waits for our word before it sends its body gets it, unless older answers come first
 * (it then sends without). */
static void say_continue(struct http_conn *c, const struct http_request *request)
{
	struct bytes expect = http_header(request, "Expect");
	if (expect.len != 12 || strncasecmp((const char *)expect.data, "100-continue", 12) != 0)
		return;
	if (c->exchanges == 0 && unsent(c) == 0)
		buf_add_str(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	write_out(c);
}

/* raw holds the request, which is whole: its exchange begins. */
static void hand_over(struct http_conn *c, struct exchange *x, size_t head)
{
	x->large = c->large;
	c->large = false;
	must(http_read_head(buf_bytes(&x->raw), &x->request, &head, NULL) == OK);
	x->request.body = bytes_of(x->raw.data + head, x->raw.len - head);
	if (!x->request.keep_alive)
		c->state = CONN_ENDING;
	exchange_begin(x);
}

static void begin(struct http_conn *c, size_t head)
{
	size_t whole = c->need;
	struct exchange *x = add_exchange(c);
	if (c->used == 0 && c->in.len == whole) {
		x->raw = buf_take(&c->in);
	} else {
		buf_add(&x->raw, c->in.data + c->used, whole);
		c->used += whole;
	}
	hand_over(c, x, head);
}

/* Refuse what can be refused before it is whole; false: it cannot. */
static bool refuse_early(struct http_conn *c, const struct http_request *request, struct bytes begun)
{
	const char *why;
	int status = http_body_early(c->shell, c->local, request, begun, &why);
	if (status != 0)
		refuse(c, status, why);
	return status != 0;
}

/* A request whose body comes in chunks: its head is put aside, and the body behind it as it arrives. */
static bool take_chunks(struct http_conn *c)
{
	struct err err = { 0 };
	struct http_request request;
	size_t head = 0, used = 0;
	must(http_read_head(buf_bytes(&c->chunked), &request, &head, NULL) == OK);
	struct bytes have = bytes_of(c->in.data + c->used, c->in.len - c->used);
	int rc = chunks_take(&c->chunks, have, http_body_max(c->local, &request), &c->chunked, &used, &err);
	c->used += used;
	if (rc == ERR_NOT_READY)
		return refuse_early(c, &request, bytes_of(c->chunked.data + head, c->chunked.len - head));
	if (rc != OK) {
		refuse(c, rc == ERR_LIMIT ? 413 : 400, err.text);
		return true;
	}
	struct exchange *x = add_exchange(c);
	x->raw = buf_take(&c->chunked);
	hand_over(c, x, head);
	return true;
}

static void begin_chunks(struct http_conn *c, struct bytes head)
{
	buf_reset(&c->chunked);
	buf_add_bytes(&c->chunked, head);
	c->chunks = (struct chunks){ 0 };
	c->used += head.len;
	c->need = 1; /* until the last chunk */
}

/* Take one request off the input; false: there is no whole one. */
static bool take_request(struct http_conn *c)
{
	struct http_request request;
	struct err err = { 0 };
	size_t head = 0;
	if (c->in.len == c->used || (c->in.len - c->used < c->need && !c->undecided))
		return false;
	if (c->chunked.len > 0)
		return take_chunks(c);
	struct bytes have = bytes_of(c->in.data + c->used, c->in.len - c->used);
	int rc = http_read_head(have, &request, &head, &err);
	if (rc == ERR_NOT_READY)
		return false;
	if (rc != OK) {
		refuse(c, http_status_of(rc), err.text);
		return true;
	}
	const char *why;
	int status = http_body_check(c->shell, c->local, &request, &c->large, &why);
	if (status != 0) {
		refuse(c, status, why);
		return true;
	}
	bool first_look = c->need == 0;
	c->need = head + (size_t)request.content_length;
	if (request.chunked || have.len < c->need) {
		if (first_look)
			say_continue(c, &request);
	}
	if (request.chunked) {
		begin_chunks(c, bytes_of(have.data, head));
		return c->in.len > c->used && take_chunks(c);
	}
	c->undecided = have.len < c->need && have.len - head < 2 + NAME_MAX_BYTES;
	if (have.len < c->need)
		return refuse_early(c, &request, bytes_of(have.data + head, have.len - head));
	begin(c, head);
	return true;
}

static bool has_room(const struct http_conn *c)
{
	return c->exchanges < HTTP_PIPELINE_MAX && unsent(c) <= HTTP_UNSENT_MAX;
}

static bool take_requests(struct http_conn *c)
{
	bool took = false;
	while (c->state == CONN_OPEN && has_room(c) && take_request(c))
		took = true;
	if (c->used > 0) {
		buf_drop(&c->in, c->used);
		c->used = 0;
	}
	return took;
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
		if (n != UV_EOF || c->state == CONN_LINGERING)
			http_conn_drop(c);
		else
			c->state = CONN_ENDING;
	} else if (c->state == CONN_OPEN) {
		buf_add(&c->in, data->base, (size_t)n);
	}
	http_conn_advance(c);
	loop_settle(c->shell);
}

static void arrange_reading(struct http_conn *c)
{
	bool want = !c->ended && (c->state == CONN_LINGERING || (c->state == CONN_OPEN && has_room(c)));
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
	bool half_asked = c->wait == WAIT_BODY || (c->wait == WAIT_HEAD && c->in.len > 0);
	if (c->state == CONN_OPEN && half_asked)
		refuse(c, 408, "the request did not arrive in time");
	else
		http_conn_drop(c);
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
	do {
		collect(c);
		write_out(c);
	} while (c->state != CONN_CLOSED && take_requests(c));
	c->busy = false;
	if (c->state == CONN_ENDING && c->exchanges == 0 && unsent(c) == 0)
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

void http_conn_open(struct shell *s, int fd, bool local)
{
	struct httpd *h = s->httpd;
	struct http_conn *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->magic = CONN_MAGIC;
	c->shell = s;
	c->local = local;
	must(uv_timer_init(&s->uv, &c->timer) == 0);
	must((local ? uv_pipe_init(&s->uv, &c->u.pipe, 0) : uv_tcp_init(&s->uv, &c->u.tcp)) == 0);
	c->u.handle.data = c;
	c->timer.data = c;
	c->holds = 2;
	c->next = h->first;
	if (c->next != NULL)
		c->next->prev = c;
	h->first = c;
	h->public_count += !local;
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
	if (c->exchanges == 0 && unsent(c) == 0)
		http_conn_drop(c);
	else if (c->state == CONN_OPEN)
		c->state = CONN_ENDING;
	http_conn_advance(c);
}

bool http_conn_owes(const struct http_conn *c)
{
	return c->state < CONN_LINGERING;
}

struct http_conn *http_conn_next(const struct http_conn *c)
{
	return c->next;
}
