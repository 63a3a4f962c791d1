#include "node/shell/exchange.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/admit.h"
#include "node/shell/doors.h"
#include "node/shell/federate.h"
#include "node/shell/http_conn.h"
#include "node/shell/local.h"
#include "node/shell/public.h"
#include "node/shell/quick.h"
#include "node/shell/streams.h"

enum { LATE_RETRY_S = 5 };

struct exchange *exchange_new(struct shell *s, struct http_conn *conn, bool local)
{
	struct exchange *x = calloc(1, sizeof *x);
	must(x != NULL);
	x->magic = EXCHANGE_MAGIC;
	x->shell = s;
	x->conn = conn;
	x->local = local;
	x->begun_ns = uv_hrtime();
	s->counters.in_flight++;
	return x;
}

void exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	must(x->magic == EXCHANGE_MAGIC);
	x->shell->uploads -= x->large;
	arena_free(&x->arena);
	buf_free(&x->raw);
	buf_free(&x->out);
	free(x);
}

void exchange_forget_body(struct exchange *x)
{
	struct buf head = { 0 };
	size_t len = (size_t)(x->request.body.data - x->raw.data);
	buf_add(&head, x->raw.data, len);
	buf_free(&x->raw);
	x->raw = buf_take(&head);
	must(http_read_head(buf_bytes(&x->raw), &x->request, &len, NULL) == OK);
	x->shell->uploads -= x->large;
	x->large = false;
}

/* ---- counters ---- */

static void count_query(struct api_counters *c, uint64_t us)
{
	static const uint64_t bounds_ms[] = { 1, 2, 5, 10, 50, 100, 1000 };
	size_t i = 0;
	while (i < sizeof bounds_ms / sizeof bounds_ms[0] && us > bounds_ms[i] * 1000)
		i++;
	c->query_buckets[i]++;
	c->query_count++;
	c->query_us_sum += us;
}

static void count(const struct exchange *x)
{
	struct api_counters *c = &x->shell->counters;
	int class = x->http_status / 100;
	must(c->in_flight > 0);
	c->in_flight--;
	c->requests[class >= 1 && class <= 5 ? class : 5]++;
	api_count(&x->request, &x->counted, x->http_status, c);
	if (bytes_equal(x->request.path, bytes_str("/api/v1/search")))
		count_query(c, (uv_hrtime() - x->begun_ns) / 1000);
}

static void copy_counters(struct shell *s, struct api_counters *out)
{
	const struct writer_figures *f = writer_figures(s->writer);
	*out = s->counters;
	out->entries_stored = f->entries;
	out->bytes_stored = f->bytes;
	out->batches_stored = f->batches;
	out->store_errors = f->errors;
}

/* ---- answers ---- */

void exchange_finish(struct exchange *x)
{
	must(x->magic == EXCHANGE_MAGIC && !x->done);
	x->done = true;
	count(x);
	if (x->conn != NULL)
		httpd_answered(x->conn);
	else
		exchange_free(x);
}

void exchange_problem(struct exchange *x, int http_status, const char *detail)
{
	buf_reset(&x->out);
	x->http_status = http_status;
	api_refuse(&x->request, http_status, detail, x->ends, &x->out);
	exchange_finish(x);
}

void exchange_refuse_until(struct exchange *x, int http_status, const char *detail, unsigned retry_s)
{
	buf_free(&x->out); /* an answer may stand there that is not to be sent, and its memory is why */
	x->http_status = http_status;
	if (x->conn != NULL)
		http_conn_rest(x->conn);
	api_refuse_until(&x->request, http_status, detail, retry_s, x->ends, &x->out);
	exchange_finish(x);
}

void exchange_text(struct exchange *x, struct bytes text)
{
	x->http_status = 200;
	api_text(200, "text/plain; charset=utf-8", NULL, text, x->ends, &x->out);
	exchange_finish(x);
}

/* ---- questions, on a reader ---- */

void exchange_look(struct exchange *x)
{
	x->writable = writer_figures(x->shell->writer)->writable;
	x->withheld = core_withheld(x->shell->core);
}

void exchange_context(struct exchange *x, const struct view *view, struct api_context *out)
{
	*out = (struct api_context){
		.view = view,
		.status = x->told ? &x->status : NULL,
		.own_log = &x->shell->dir->log_digest,
		.mirror = skey_public(x->shell->dir->mirror_key),
		.origin = x->shell->dir->config.origin,
		.name = x->shell->dir->config.name,
		.admin_email = x->shell->dir->config.admin_email,
		.base_url = x->shell->dir->config.base_url,
		.secret = &x->shell->dir->secret,
		.version = SHELL_VERSION,
		.wall_ms = loop_wall_ms(),
		.start_wall_ms = x->shell->start_wall_ms, /* written before the threads began */
		.writable = x->writable,
		.withheld = x->withheld,
		.local = x->local,
		.counters = &x->counters,
		.counted = &x->counted,
	};
}

static void answer_run(struct reader_job *job, struct store *store)
{
	struct exchange *x = (struct exchange *)job;
	struct view view = store_view(store);
	struct api_context context;
	exchange_context(x, &view, &context);
	context.packed = job->kit->packed;
	context.written = job->kit->written;
	context.kept = job->kit->kept;
	context.heads = job->kit->heads;
	context.hasher = job->kit->hasher;
	x->http_status = api_answer(&x->request, &context, &x->arena, &x->out);
}

static void answer_again(struct reader_job *job)
{
	struct exchange *x = (struct exchange *)job;
	buf_reset(&x->out);
	x->counted = (struct api_counted){ 0 };
}

static void answer_done(struct reader_job *job)
{
	struct exchange *x = (struct exchange *)job;
	must(x->magic == EXCHANGE_MAGIC);
	struct api_counters *c = &x->shell->counters;
	x->asked = false;
	bool over = job->cancelled || (job->until_ns != 0 && uv_hrtime() >= job->until_ns);
	c->left += over && x->left;
	c->late += over && !x->left;
	if (!admit_answer(x))
		return;
	if (!job->cancelled)
		exchange_finish(x);
	else if (x->shell->phase == SHELL_RUNNING)
		exchange_refuse_until(x, 503, "not answered in the time that a question has: ask again later", LATE_RETRY_S);
	else
		exchange_problem(x, 503, "this node stops");
}

void exchange_leave(struct exchange *x, bool gone)
{
	uint64_t soon = uv_hrtime() + QUESTION_LEFT_MS * UINT64_C(1000000);
	x->left = true;
	if (gone)
		x->conn = NULL;
	if (gone && x->done) {
		exchange_free(x);
	} else if (gone && x->asked) {
		readers_give_up(x->shell->readers, &x->job);
	} else if (x->asked && (x->job.until_ns == 0 || x->job.until_ns > soon)) {
		x->job.until_ns = soon;
	}
}

static void ask(struct exchange *x)
{
	struct shell *s = x->shell;
	enum reader_rank rank;
	if (!admit_question(x, &rank))
		return;
	x->told = api_wants_status(&x->request);
	if (x->told)
		core_status(s->core, loop_mono_ms(), loop_wall_ms(), &x->arena, &x->status);
	copy_counters(s, &x->counters);
	exchange_look(x);
	x->job.run_cb = answer_run;
	x->job.done_cb = answer_done;
	x->job.again_cb = answer_again;
	x->job.shape = quick_shape(&x->request);
	x->asked = true;
	readers_push(s->readers, &x->job, rank);
}

void exchange_begin(struct exchange *x)
{
	x->ends = !x->request.keep_alive;
	if (x->shell->phase != SHELL_RUNNING)
		exchange_problem(x, 503, "this node stops");
	else if (!(x->local && local_take(x)) && !doors_take(x) && !federate_take(x) && !streams_take(x) && !public_take(x))
		ask(x);
}
