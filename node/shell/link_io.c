#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/interpret.h"
#include "node/shell/link_state.h"
#include "proto/frame.h"

enum {
	WIRE_PIECE = 64 * 1024, /* encrypted and written at a time: four times as fast as 4 KiB */
	IN_KEEP = 64 * 1024,    /* a quiet link holds no larger input buffer */
};

/* ---- the queue of frames ---- */

static void queue_grow(struct frame_queue *q)
{
	size_t cap = q->cap == 0 ? 8 : q->cap * 2;
	struct buf *v = calloc(cap, sizeof *v);
	must(v != NULL);
	for (size_t i = 0; i < q->count; i++)
		v[i] = q->v[(q->first + i) % q->cap];
	free(q->v);
	q->v = v;
	q->cap = cap;
	q->first = 0;
}

static void queue_add(struct frame_queue *q, struct buf *frame)
{
	q->bytes += frame->len;
	if (q->count > 0) {
		struct buf *last = &q->v[(q->first + q->count - 1) % q->cap];
		if (last->len + frame->len <= WIRE_PIECE) {
			buf_add_bytes(last, buf_bytes(frame));
			buf_free(frame);
			return;
		}
	}
	if (q->count == q->cap)
		queue_grow(q);
	q->v[(q->first + q->count++) % q->cap] = buf_take(frame);
}

/* At most max bytes from the front; borrowed until queue_drop. */
static struct bytes queue_front(const struct frame_queue *q, size_t max)
{
	const struct buf *front = &q->v[q->first];
	size_t left = front->len - q->sent;
	return bytes_of(front->data + q->sent, left < max ? left : max);
}

static void queue_drop(struct frame_queue *q, size_t n)
{
	struct buf *front = &q->v[q->first];
	q->sent += n;
	q->bytes -= n;
	must(q->sent <= front->len);
	if (q->sent < front->len)
		return;
	buf_free(front);
	q->first = (q->first + 1) % q->cap;
	q->count--;
	q->sent = 0;
}

static void queue_clear(struct frame_queue *q)
{
	for (size_t i = 0; i < q->count; i++)
		buf_free(&q->v[(q->first + i) % q->cap]);
	free(q->v);
	*q = (struct frame_queue){ 0 };
}

void link_queue(struct link *l, struct buf *frame)
{
	queue_add(&l->out, frame);
	if (l->out.bytes > SERVE_BYTES_MAX)
		l->full = true;
	link_mark(l);
}

void link_io_free(struct link *l)
{
	queue_clear(&l->out);
	buf_free(&l->in);
	buf_free(&l->flight);
	tls_free(l->tls);
}

/* ---- out ---- */

static void on_written(uv_write_t *request, int status)
{
	struct link *l = request->data;
	must(l->magic == LINK_MAGIC);
	l->writing = false;
	buf_free(&l->flight);
	if (l->state == LINK_CLOSED)
		return;
	if (status < 0)
		link_end(l, false, ERR_CLOSED, uv_strerror(status));
	else if (l->state == LINK_FLUSHING)
		(void)uv_timer_again(&l->timer);
	link_mark(l);
	loop_settle(l->shell);
}

/* Put the next piece for the wire into out (empty on entry).  ERR_PROTOCOL and the like when TLS refuses. */
static int encrypt(struct link *l, struct buf *out, struct err *err)
{
	tls_drain(l->tls, out);
	if (l->tls_broken || !tls_established(l->tls, NULL))
		return OK;
	while (out->len < WIRE_PIECE && l->out.count > 0) {
		struct bytes piece = queue_front(&l->out, WIRE_PIECE - out->len);
		int rc = tls_write(l->tls, piece, err);
		if (rc != OK)
			return rc;
		queue_drop(&l->out, piece.len);
		tls_drain(l->tls, out);
	}
	return OK;
}

/* Write a piece: at once as far as the socket takes it, the rest when it does.  Takes what it must keep. */
static int write_piece(struct link *l, struct buf *wire)
{
	uv_buf_t all = uv_buf_init((char *)wire->data, (unsigned)wire->len);
	int n = uv_try_write((uv_stream_t *)&l->tcp, &all, 1);
	if (n == UV_EAGAIN)
		n = 0;
	if (n < 0)
		return n;
	if ((size_t)n == wire->len)
		return 0;
	l->flight = buf_take(wire);
	uv_buf_t rest = uv_buf_init((char *)l->flight.data + n, (unsigned)(l->flight.len - (size_t)n));
	l->write.data = l;
	n = uv_write(&l->write, (uv_stream_t *)&l->tcp, &rest, 1, on_written);
	l->writing = n == 0;
	return n;
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
	/* The other side's end of the connection is what ends LINGERING, or the timer. */
	(void)request;
	(void)status;
}

/* Everything queued is out: say goodbye, and wait a little for the other side to do the same. */
static void finish_flushing(struct link *l)
{
	if (!l->tls_broken && tls_established(l->tls, NULL)) {
		l->tls_broken = true;
		tls_shutdown(l->tls);
		link_pump(l);
		if (l->state != LINK_FLUSHING)
			return;
	}
	l->shutdown.data = l;
	if (l->writing)
		return;
	if (uv_shutdown(&l->shutdown, (uv_stream_t *)&l->tcp, on_shutdown) != 0) {
		link_drop(l);
		return;
	}
	link_to(l, LINK_LINGERING);
	(void)uv_timer_again(&l->timer);
}

void link_pump(struct link *l)
{
	struct buf *wire = &l->shell->wire;
	while (!l->writing) {
		struct err err = { 0 };
		buf_reset(wire);
		if (encrypt(l, wire, &err) != OK) {
			link_end(l, false, err.code, err.text);
			return;
		}
		if (wire->len == 0)
			break;
		int rc = write_piece(l, wire);
		if (rc < 0) {
			link_end(l, false, ERR_CLOSED, uv_strerror(rc));
			return;
		}
	}
	if (l->full && l->out.bytes < SERVE_BYTES_MAX / 2)
		l->full = false;
	if (l->state == LINK_FLUSHING && !l->writing && l->out.count == 0)
		finish_flushing(l);
}

/* ---- in ---- */

bool link_paused(const struct link *l)
{
	return l->full || l->shell->links.store_behind || l->shell->phase != SHELL_RUNNING;
}

void link_deliver(struct link *l)
{
	size_t used = 0;
	while (l->state == LINK_UP && l->in.len > used && !link_paused(l)) {
		struct bytes frame;
		size_t n = 0;
		struct err err = { 0 };
		int rc = frame_split(bytes_of(l->in.data + used, l->in.len - used), &frame, &n, &err);
		if (rc == ERR_NOT_READY)
			break;
		if (rc != OK) {
			link_end(l, true, rc, err.text);
			break;
		}
		used += n;
		interpret_frame(l->shell, l->id, frame);
	}
	buf_drop(&l->in, used);
}

static void take_wire(struct link *l, struct bytes wire)
{
	struct err err = { 0 };
	int rc = tls_feed(l->tls, wire, &l->in, &err);
	if (l->state == LINK_HANDSHAKE && tls_established(l->tls, NULL))
		link_established(l);
	link_deliver(l);
	if (rc != OK) {
		if (rc != ERR_CLOSED) {
			/* What waited cannot be encrypted any more; the alert still goes out. */
			l->tls_broken = true;
			queue_clear(&l->out);
		}
		link_end(l, true, rc, err.text);
	}
	if (l->in.len == 0 && l->in.cap > IN_KEEP && wire.len < READ_CHUNK / 4)
		buf_free(&l->in);
	link_mark(l);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *data)
{
	struct link *l = stream->data;
	must(l->magic == LINK_MAGIC);
	if (n == 0 || l->state == LINK_CLOSED)
		return;
	if (l->state == LINK_HANDSHAKE || l->state == LINK_UP) {
		if (n > 0)
			take_wire(l, bytes_of(data->base, (size_t)n));
		else
			link_end(l, false, ERR_CLOSED, n == UV_EOF ? "the other side ended the connection" : uv_strerror((int)n));
	} else if (n < 0) {
		link_drop(l); /* we had ended it, and now so has the other side */
	}
	loop_settle(l->shell);
}

void link_read_start(struct link *l)
{
	if (l->reading)
		return;
	int rc = uv_read_start((uv_stream_t *)&l->tcp, loop_read_buffer, on_read);
	l->reading = rc == 0;
	if (rc != 0)
		link_end(l, false, ERR_CLOSED, uv_strerror(rc));
}

void link_read_stop(struct link *l)
{
	if (l->reading)
		(void)uv_read_stop((uv_stream_t *)&l->tcp);
	l->reading = false;
}
