#include "node/shell/readers.h"

#include <stdlib.h>

#include "node/api/packed.h"
#include "node/api/written.h"
#include "node/base/memo.h"
#include "node/base/must.h"

struct jobs {
	struct reader_job *first, *last;
};

struct reader {
	struct readers *pool;
	struct store *store;   /* the thread's, */
	struct packed *packed; /* likewise */
	struct memo *written;
	uv_thread_t thread;
};

struct readers {
	uv_mutex_t mutex; /* guards what follows, to the blank line */
	uv_cond_t wake;
	struct jobs urgent, waiting, done;
	bool stop;

	uv_async_t told;                     /* the loop's from here on */
	struct jobs new_urgent, new_waiting; /* pushed and not yet given away */
	size_t pending;
	void (*told_cb)(void *arg);
	void *arg;
	int count;
	struct reader readers[];
};

static void jobs_add(struct jobs *q, struct reader_job *job)
{
	job->next = NULL;
	if (q->last != NULL)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
}

static struct reader_job *jobs_pop(struct jobs *q)
{
	struct reader_job *job = q->first;
	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->last = NULL;
	return job;
}

static void run(void *arg)
{
	struct reader *reader = arg;
	struct readers *r = reader->pool;
	uv_mutex_lock(&r->mutex);
	while (!r->stop) {
		struct reader_job *job = jobs_pop(&r->urgent);
		if (job == NULL)
			job = jobs_pop(&r->waiting);
		if (job == NULL) {
			uv_cond_wait(&r->wake, &r->mutex);
			continue;
		}
		uv_mutex_unlock(&r->mutex);
		job->packed = reader->packed;
		job->written = reader->written;
		job->run_cb(job, reader->store);
		job->packed = NULL;
		job->written = NULL;
		uv_mutex_lock(&r->mutex);
		jobs_add(&r->done, job);
		(void)uv_async_send(&r->told);
	}
	uv_mutex_unlock(&r->mutex);
}

static void give_back(struct readers *r, struct jobs *jobs, bool cancelled)
{
	struct reader_job *job;
	while ((job = jobs_pop(jobs)) != NULL) {
		r->pending--;
		job->cancelled = cancelled;
		job->done_cb(job);
	}
}

static void on_done(uv_async_t *async)
{
	struct readers *r = async->data;
	uv_mutex_lock(&r->mutex);
	struct jobs done = r->done;
	r->done = (struct jobs){ 0 };
	uv_mutex_unlock(&r->mutex);
	give_back(r, &done, false);
	r->told_cb(r->arg);
}

static int open_handles(struct readers *r, const char *dir, int count, struct err *err)
{
	for (int i = 0; i < count; i++) {
		r->readers[i].pool = r;
		int rc = store_open(dir, STORE_READ, &r->readers[i].store, err);
		if (rc != OK)
			return rc;
		r->readers[i].packed = packed_new();
		r->readers[i].written = written_new();
		r->count++;
	}
	return OK;
}

static void release(struct readers *r)
{
	for (int i = 0; i < r->count; i++) {
		store_close(r->readers[i].store);
		packed_free(r->readers[i].packed);
		memo_free(r->readers[i].written);
	}
	uv_mutex_destroy(&r->mutex);
	uv_cond_destroy(&r->wake);
}

int readers_start(uv_loop_t *loop, const char *dir, int count, void (*told_cb)(void *arg), void *arg,
                  struct readers **out, struct err *err)
{
	struct readers *r = calloc(1, sizeof *r + (size_t)count * sizeof r->readers[0]);
	must(r != NULL && count > 0);
	r->told_cb = told_cb;
	r->arg = arg;
	must(uv_mutex_init(&r->mutex) == 0 && uv_cond_init(&r->wake) == 0);
	int rc = open_handles(r, dir, count, err);
	if (rc == OK) {
		int failed = uv_async_init(loop, &r->told, on_done);
		if (failed != 0)
			rc = err_set(err, ERR_IO, "readers: %s", uv_strerror(failed));
	}
	if (rc != OK) {
		release(r);
		free(r);
		return rc;
	}
	r->told.data = r;
	for (int i = 0; i < count; i++)
		must(uv_thread_create(&r->readers[i].thread, run, &r->readers[i]) == 0);
	*out = r;
	return OK;
}

void readers_push(struct readers *r, struct reader_job *job, bool urgent)
{
	r->pending++;
	jobs_add(urgent ? &r->new_urgent : &r->new_waiting, job);
}

static int jobs_move(struct jobs *to, struct jobs *from)
{
	int n = 0;
	for (struct reader_job *job; (job = jobs_pop(from)) != NULL; n++)
		jobs_add(to, job);
	return n;
}

void readers_wake(struct readers *r)
{
	if (r->new_urgent.first == NULL && r->new_waiting.first == NULL)
		return;
	uv_mutex_lock(&r->mutex);
	int n = jobs_move(&r->urgent, &r->new_urgent) + jobs_move(&r->waiting, &r->new_waiting);
	uv_mutex_unlock(&r->mutex);
	for (int i = 0; i < n && i < r->count; i++)
		uv_cond_signal(&r->wake);
}

size_t readers_pending(const struct readers *r)
{
	return r->pending;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void readers_stop(struct readers **r)
{
	struct readers *gone = *r;
	*r = NULL;
	if (gone == NULL)
		return;
	uv_mutex_lock(&gone->mutex);
	gone->stop = true;
	uv_cond_broadcast(&gone->wake);
	uv_mutex_unlock(&gone->mutex);
	for (int i = 0; i < gone->count; i++)
		must(uv_thread_join(&gone->readers[i].thread) == 0);
	give_back(gone, &gone->done, false);
	give_back(gone, &gone->urgent, true);
	give_back(gone, &gone->waiting, true);
	give_back(gone, &gone->new_urgent, true);
	give_back(gone, &gone->new_waiting, true);
	must(gone->pending == 0);
	release(gone);
	uv_close((uv_handle_t *)&gone->told, on_closed);
}
