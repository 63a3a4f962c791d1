#include "node/shell/streams.h"

#include <stdlib.h>

#include "node/api/bulk.h"
#include "node/api/changes.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/admit.h"
#include "node/shell/http_conn.h"

struct stream {
	struct reader_job job; /* first: see readers.h */
	struct stream *next;
	struct exchange *exchange; /* owned by its connection, or by us once that is gone */
	bool ends;                 /* with what there is: a download; else it stays open for what comes */
	enum reader_rank rank;
	struct changes_place place;
	struct bulk_place bulk; /* of a download */
	bool asking;            /* the reader has it */
	bool due;               /* there is, or may be, more */
	bool begun;             /* its head was sent */
	int status;             /* of the last portion */
	bool more;              /* likewise */
	struct buf portion;
	uint64_t asked_ms, said_ms; /* mono */
};

struct streams {
	struct stream *first;
	size_t count;
	uv_timer_t timer;
	bool ticking;
};

static struct streams *streams_of(struct shell *s)
{
	if (s->streams == NULL) {
		s->streams = calloc(1, sizeof *s->streams);
		must(s->streams != NULL);
		must(uv_timer_init(&s->uv, &s->streams->timer) == 0);
		s->streams->timer.data = s;
	}
	return s->streams;
}

/* ---- a portion, on a reader ---- */

static void run(struct reader_job *job, struct store *store)
{
	struct stream *t = (struct stream *)job;
	struct view view = store_view(store);
	struct arena arena = { 0 };
	struct api_context context;
	exchange_context(t->exchange, &view, &context);
	const struct http_request *request = &t->exchange->request;
	if (t->ends)
		t->status = bulk_portion(request, &context, &arena, &t->bulk, &t->more, &t->portion);
	else
		t->status = changes_portion(request, &context, &arena, &t->place, &t->more, &t->portion);
	arena_free(&arena);
}

static void drop(struct streams *all, struct stream *t)
{
	struct stream **p = &all->first;
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	all->count--;
	buf_free(&t->portion);
	free(t);
}

/* Its exchange is answered: with what stands in out, and its connection ends then. */
static void end(struct shell *s, struct stream *t, int http_status)
{
	struct exchange *x = t->exchange;
	struct http_conn *conn = x->conn;
	drop(s->streams, t);
	x->http_status = http_status;
	exchange_finish(x);
	if (conn != NULL)
		http_conn_end(conn);
}

static void made(struct reader_job *job)
{
	struct stream *t = (struct stream *)job;
	struct exchange *x = t->exchange;
	t->asking = false;
	if (!job->cancelled)
		admit_pay(x, job->spent_ns);
	if (job->cancelled || x->conn == NULL)
		return; /* streams_settle() ends it */
	t->due |= t->more;
	if (t->portion.len > 0)
		t->said_ms = loop_mono_ms();
	buf_add_bytes(&x->out, buf_bytes(&t->portion));
	buf_free(&t->portion);
	if (t->status != 200) {
		end(x->shell, t, t->status);
		return;
	}
	t->begun = true;
	if (t->ends && !t->more)
		end(x->shell, t, 200);
	else
		httpd_answered(x->conn);
}

static void ask(struct shell *s, struct stream *t)
{
	t->asking = true;
	t->due = false;
	t->asked_ms = loop_mono_ms();
	exchange_look(t->exchange);
	t->job.run_cb = run;
	t->job.done_cb = made;
	t->job.client = t->exchange->job.client;
	readers_push(s->readers, &t->job, t->rank);
}

/* ---- when ---- */

static void beat(struct stream *t)
{
	t->said_ms = loop_mono_ms();
	buf_add_str(&t->exchange->out, ":\n\n");
	httpd_answered(t->exchange->conn);
}

static void look(struct shell *s, struct stream *t)
{
	uint64_t now = loop_mono_ms();
	if (t->asking)
		return;
	if (t->exchange->conn == NULL || s->phase != SHELL_RUNNING) {
		if (!t->begun && t->exchange->out.len == 0)
			api_refuse(&t->exchange->request, 503, "this node stops", true, &t->exchange->out);
		end(s, t, t->begun ? 200 : 503);
	} else if (t->exchange->out.len > 0 || http_conn_behind(t->exchange->conn)) {
		return;
	} else if (t->due && (t->more || now >= t->asked_ms + STREAM_PAUSE_MS) &&
	           readers_pending(s->readers) < READ_QUEUE_MAX) {
		ask(s, t);
	} else if (t->begun && !t->ends && now >= t->said_ms + STREAM_BEAT_MS) {
		beat(t);
	}
}

static void on_timer(uv_timer_t *timer)
{
	loop_settle(timer->data);
}

void streams_settle(struct shell *s)
{
	struct streams *all = s->streams;
	if (all == NULL)
		return;
	for (struct stream *t = all->first, *next; t != NULL; t = next) {
		next = t->next;
		look(s, t);
	}
	if (all->ticking == (all->first != NULL))
		return;
	all->ticking = all->first != NULL;
	if (all->ticking)
		(void)uv_timer_start(&all->timer, on_timer, STREAM_PAUSE_MS, STREAM_PAUSE_MS);
	else
		(void)uv_timer_stop(&all->timer);
}

void streams_wake(struct shell *s)
{
	for (struct stream *t = s->streams != NULL ? s->streams->first : NULL; t != NULL; t = t->next)
		t->due = true;
}

/* ---- in and out ---- */

/* What the client of this exchange has. */
static size_t count_of(const struct streams *all, const struct exchange *x)
{
	size_t own = 0;
	for (const struct stream *t = all->first; t != NULL; t = t->next)
		own += !t->exchange->local && t->exchange->job.client == x->job.client;
	return own;
}

bool streams_take(struct exchange *x)
{
	bool ends = bulk_is_stream(&x->request);
	if (!ends && !changes_is_stream(&x->request))
		return false;
	struct streams *all = streams_of(x->shell);
	enum reader_rank rank;
	if (!admit_question(x, &rank) || !admit_share(x, count_of(all, x), all->count, STREAMS_MAX, "streams"))
		return true;
	struct stream *t = calloc(1, sizeof *t);
	must(t != NULL);
	t->rank = rank;
	t->exchange = x;
	t->ends = ends;
	t->said_ms = loop_mono_ms();
	t->next = all->first;
	all->first = t;
	all->count++;
	x->streams = true;
	ask(x->shell, t);
	return true;
}

void streams_close(struct shell *s)
{
	if (s->streams != NULL)
		uv_close((uv_handle_t *)&s->streams->timer, NULL);
}

void streams_free(struct shell *s)
{
	if (s->streams == NULL)
		return;
	while (s->streams->first != NULL) {
		exchange_free(s->streams->first->exchange);
		drop(s->streams, s->streams->first);
	}
	free(s->streams);
	s->streams = NULL;
}
