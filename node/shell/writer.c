#include "node/shell/writer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/high_water.h"

enum { PURGE_SHARE = 10, PURGE_RETRY_MS = 10 * 1000, NICER = 5 };

struct job {
	struct job *next;
	bool purge;
	struct store_write *write; /* NULL: a reload, or the purge */
	char origin[NAME_MAX_BYTES + 1];
	struct origin_state state;
	size_t weight;
	int code;
	char text[ERR_TEXT_MAX];
};

struct queue {
	struct job *first, *last;
};

struct writer {
	struct store *store;     /* the thread's */
	uint64_t purge_ns;       /* the thread's: not before that time unless asked */
	struct high_water *mark; /* NULL: none; set before the first write, as the next */
	const char *marked_origin;
	_Atomic uint64_t turns; /* the thread writes it */
	uv_thread_t thread;
	uv_mutex_t mutex; /* guards what follows, to the blank line */
	uv_cond_t wake;
	struct queue waiting;
	struct queue done;
	struct writer_figures figures;
	bool stop;
	uint64_t fetched_ns; /* when something was read for a peer last */

	uv_async_t told; /* the loop's from here on */
	struct writer_figures shown;
	size_t bytes, pending;
	writer_done_cb done_cb;
	writer_told_cb told_cb;
	void *arg;
};

/* ---- queues ---- */

static void queue_add(struct queue *q, struct job *job)
{
	job->next = NULL;
	if (q->last != NULL)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
}

static struct job *queue_pop(struct queue *q)
{
	struct job *job = q->first;
	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->last = NULL;
	return job;
}

static void job_free(struct job *job)
{
	store_write_free(job->write);
	origin_state_free(&job->state);
	free(job);
}

static void queue_free(struct queue *q)
{
	struct job *job;
	while ((job = queue_pop(q)) != NULL)
		job_free(job);
}

/* ---- the thread ---- */

static size_t rows_of(const struct store_write *w)
{
	return w->kind == WRITE_ENTRIES ? w->count + 1 : 1;
}

/* What goes into the next transaction: at least one job; what is no write stands alone.  With the mutex. */
static size_t take_batch(struct queue *waiting, struct job **batch)
{
	size_t count = 0;
	size_t rows = 0;
	while (waiting->first != NULL && count < STORE_BATCH_ROWS) {
		struct job *job = waiting->first;
		if (count > 0 && (job->write == NULL || rows + rows_of(job->write) > STORE_BATCH_ROWS))
			break;
		batch[count++] = queue_pop(waiting);
		if (job->write == NULL)
			break;
		rows += rows_of(job->write);
	}
	return count;
}

static void fail(struct job *job, int code, const char *text)
{
	job->code = code;
	(void)snprintf(job->text, sizeof job->text, "%s", text[0] != '\0' ? text : err_name(code));
}

static void reload(struct writer *w, struct job *job)
{
	struct err err = { 0 };
	int rc = store_load(w->store, job->origin, &job->state, &err);
	if (rc != OK)
		fail(job, rc, err.text);
}

static int purge(struct writer *w, struct err *err)
{
	uint64_t begun = uv_hrtime();
	int rc = store_purge(w->store, err);
	uint64_t took = uv_hrtime() - begun;
	w->purge_ns = begun + took * PURGE_SHARE;
	if (rc == OK) {
		log_line(LOG_INFO, "purged", "ms=%llu", (unsigned long long)(took / 1000000));
		return OK;
	}
	w->purge_ns += PURGE_RETRY_MS * UINT64_C(1000000);
	log_line(LOG_WARN, "purge_failed", "code=%s reason=\"%s\"", err_name(rc), err->text);
	return rc;
}

static void alone(struct writer *w, struct job *job)
{
	struct err err = { 0 };
	int rc = OK;
	if (!job->purge)
		reload(w, job);
	else
		rc = purge(w, &err);
	if (rc != OK)
		fail(job, rc, err.text);
}

/* What the store found about logs in what it kept: a log that says something false about itself. */
static void tell_false(struct writer *w)
{
	char origin[NAME_MAX_BYTES + 1], name[NAME_MAX_BYTES + 3];
	struct index_false f;
	for (size_t n = 0; store_found_false(w->store, n, origin, &f); n++)
		log_line(LOG_ERROR, "index_root_false",
		         "origin=%s entry=%llu said_keys=%llu found_keys=%llu hint=\"normlink evidence shows it\"",
		         log_value(origin, name, sizeof name), (unsigned long long)f.index, (unsigned long long)f.said.keys,
		         (unsigned long long)f.found.keys);
}

static int apply(struct writer *w, struct job *const *batch, size_t count)
{
	struct store_write *writes[STORE_BATCH_ROWS];
	int codes[STORE_BATCH_ROWS];
	struct err err = { 0 };
	for (size_t i = 0; i < count; i++)
		writes[i] = batch[i]->write;
	int rc = store_apply(w->store, writes, count, codes, &err);
	for (size_t i = 0; i < count; i++)
		if (rc != OK || codes[i] != OK)
			fail(batch[i], rc != OK ? rc : codes[i], err.text);
	if (rc != OK)
		log_line(LOG_ERROR, "store_failed", "code=%s writes=%zu reason=\"%s\"", err_name(rc), count, err.text);
	else
		tell_false(w);
	return rc;
}

/* The newest head of our own that this batch made durable. */
static void raise_mark(struct writer *w, struct job *const *batch, size_t count)
{
	for (size_t i = count; w->mark != NULL && i-- > 0;) {
		const struct store_write *write = batch[i]->write;
		bool head = write->kind == WRITE_HEAD || (write->kind == WRITE_ENTRIES && write->head.len > 0);
		if (batch[i]->code == OK && head && strcmp(write->origin, w->marked_origin) == 0) {
			high_water_raise(w->mark, write->head_size, &write->head_root);
			return;
		}
	}
}

static void count_batch(struct writer_figures *f, struct job *const *batch, size_t count, int rc)
{
	f->writable = rc == OK;
	f->batches += rc == OK;
	f->errors += rc != OK;
	for (size_t i = 0; i < count; i++) {
		if (batch[i]->code == OK && batch[i]->write->kind == WRITE_ENTRIES) {
			f->entries += batch[i]->write->count;
			f->bytes += batch[i]->write->weight;
		} else if (batch[i]->code != OK && rc == OK) {
			f->errors++;
		}
	}
}

/* The mutex is not held while the store works. */
static void begin_turn(struct writer *w)
{
	uv_mutex_unlock(&w->mutex);
	atomic_fetch_add(&w->turns, 1);
}

static void end_turn(struct writer *w)
{
	atomic_fetch_add(&w->turns, 1);
	uv_mutex_lock(&w->mutex);
}

/* With the mutex held on entry and on return. */
static void work(struct writer *w)
{
	struct job *batch[STORE_BATCH_ROWS] = { NULL };
	size_t count = take_batch(&w->waiting, batch);
	must(count > 0 && batch[0] != NULL);
	bool is_alone = batch[0]->write == NULL;
	int rc = OK;
	begin_turn(w);
	if (is_alone)
		alone(w, batch[0]);
	else
		rc = apply(w, batch, count);
	if (!is_alone)
		raise_mark(w, batch, count);
	end_turn(w);
	if (!is_alone)
		count_batch(&w->figures, batch, count, rc);
	for (size_t i = 0; i < count; i++)
		queue_add(&w->done, batch[i]);
	(void)uv_async_send(&w->told);
}

/* Tidied up: purge when that is due, or sleep. */
static void sleep_or_purge(struct writer *w)
{
	uint64_t now = uv_hrtime();
	struct err err = { 0 };
	if (!store_purge_due(w->store)) {
		uv_cond_wait(&w->wake, &w->mutex);
	} else if (now < w->purge_ns) {
		(void)uv_cond_timedwait(&w->wake, &w->mutex, w->purge_ns - now);
	} else {
		begin_turn(w);
		(void)purge(w, &err); /* logged, and tried again */
		end_turn(w);
	}
}

/* Nothing waits: tidy up in small steps, until there was a write's worth of it.  With the mutex, as above. */
static void rest(struct writer *w, int *steps)
{
	if (*steps == 0 || store_purge_due(w->store)) {
		*steps = store_purge_due(w->store) ? *steps : 0;
		sleep_or_purge(w);
		return;
	}
	bool fetching = uv_hrtime() - w->fetched_ns < STORE_IDLE_FETCHED_MS * UINT64_C(1000000);
	uint64_t wait_ms = fetching                         ? STORE_IDLE_FETCHED_MS
	                   : *steps == STORE_IDLE_STEPS_MAX ? STORE_IDLE_AFTER_MS
	                                                    : STORE_IDLE_EVERY_MS;
	int rc = uv_cond_timedwait(&w->wake, &w->mutex, wait_ms * UINT64_C(1000000));
	if (rc != UV_ETIMEDOUT || w->waiting.first != NULL || w->stop)
		return;
	(*steps)--;
	begin_turn(w);
	store_idle(w->store);
	end_turn(w);
}

/* A third of the weight that other threads have: a log that comes in whole would else take the readers' processors as
 * often as they do.  When nobody asks it has all the same.  The store's helper, begun from here, is likewise. */
static void weigh_less(void)
{
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, 0) + NICER);
}

static void run(void *arg)
{
	struct writer *w = arg;
	int steps = STORE_IDLE_STEPS_MAX; /* the last run may have left something */
	weigh_less();
	uv_mutex_lock(&w->mutex);
	while (w->waiting.first != NULL || !w->stop) {
		if (w->waiting.first == NULL) {
			rest(w, &steps);
			continue;
		}
		work(w);
		steps = STORE_IDLE_STEPS_MAX;
	}
	uv_mutex_unlock(&w->mutex);
}

/* ---- the loop's side ---- */

static void tell(struct writer *w, struct job *job)
{
	struct writer_done done = { .purged = job->purge, .write = job->write, .code = job->code };
	w->pending--;
	w->bytes -= job->weight;
	if (job->code != OK)
		done.text = job->text;
	if (job->write == NULL && !job->purge) {
		done.origin = job->origin;
		done.state = job->code == OK ? &job->state : NULL;
	}
	w->done_cb(w->arg, &done);
	job_free(job);
}

static void on_done(uv_async_t *async)
{
	struct writer *w = async->data;
	uv_mutex_lock(&w->mutex);
	struct queue done = w->done;
	w->done = (struct queue){ 0 };
	w->shown = w->figures;
	uv_mutex_unlock(&w->mutex);
	struct job *job;
	while ((job = queue_pop(&done)) != NULL)
		tell(w, job);
	w->told_cb(w->arg);
}

int writer_start(uv_loop_t *loop, struct store **store, writer_done_cb done_cb, writer_told_cb told_cb, void *arg,
                 struct writer **out, struct err *err)
{
	struct writer *w = calloc(1, sizeof *w);
	must(w != NULL);
	w->done_cb = done_cb;
	w->told_cb = told_cb;
	w->arg = arg;
	w->figures.writable = true;
	w->shown = w->figures;
	must(uv_mutex_init(&w->mutex) == 0 && uv_cond_init(&w->wake) == 0);
	int failed = uv_async_init(loop, &w->told, on_done);
	if (failed != 0) {
		free(w);
		return err_set(err, ERR_IO, "writer: %s", uv_strerror(failed));
	}
	w->told.data = w;
	w->store = *store;
	*store = NULL;
	failed = uv_thread_create(&w->thread, run, w);
	must(failed == 0);
	*out = w;
	return OK;
}

void writer_mark(struct writer *w, struct high_water *mark, const char *origin)
{
	must(w->pending == 0);
	w->mark = mark;
	w->marked_origin = origin;
}

static void push(struct writer *w, struct job *job)
{
	w->pending++;
	w->bytes += job->weight;
	uv_mutex_lock(&w->mutex);
	queue_add(&w->waiting, job);
	uv_cond_signal(&w->wake);
	uv_mutex_unlock(&w->mutex);
}

void writer_store(struct writer *w, struct store_write **write)
{
	struct job *job = calloc(1, sizeof *job);
	must(job != NULL && *write != NULL);
	job->write = *write;
	job->weight = (*write)->weight;
	*write = NULL;
	push(w, job);
}

void writer_reload(struct writer *w, const char *origin)
{
	struct job *job = calloc(1, sizeof *job);
	must(job != NULL);
	(void)snprintf(job->origin, sizeof job->origin, "%s", origin);
	push(w, job);
}

void writer_purge(struct writer *w)
{
	struct job *job = calloc(1, sizeof *job);
	must(job != NULL);
	job->purge = true;
	push(w, job);
}

void writer_give_way(struct writer *w)
{
	uv_mutex_lock(&w->mutex);
	w->fetched_ns = uv_hrtime();
	uv_mutex_unlock(&w->mutex);
}

const _Atomic uint64_t *writer_turns(const struct writer *w)
{
	return &w->turns;
}

size_t writer_bytes(const struct writer *w)
{
	return w->bytes;
}

size_t writer_pending(const struct writer *w)
{
	return w->pending;
}

const struct writer_figures *writer_figures(const struct writer *w)
{
	return &w->shown;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void writer_stop(struct writer **w)
{
	struct writer *gone = *w;
	*w = NULL;
	if (gone == NULL)
		return;
	uv_mutex_lock(&gone->mutex);
	gone->stop = true;
	uv_cond_signal(&gone->wake);
	uv_mutex_unlock(&gone->mutex);
	must(uv_thread_join(&gone->thread) == 0);
	queue_free(&gone->done);
	store_close(gone->store);
	uv_mutex_destroy(&gone->mutex);
	uv_cond_destroy(&gone->wake);
	uv_close((uv_handle_t *)&gone->told, on_closed);
}
