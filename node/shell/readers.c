#include "node/shell/readers.h"

#include <stdlib.h>
#include <time.h>

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/desk.h"
#include "node/shell/lanes.h"

enum { RANKS = READ_CORE + 1, PAST_NS = 1 };

struct jobs {
	struct reader_job *first, *last;
};

struct reader {
	struct readers *pool;
	struct kit kit; /* the thread's */
	uv_thread_t thread;
	enum reader_rank least; /* it takes jobs of this rank and above */
	bool people_first;      /* it looks for questions before it looks for what the core wants */

	uv_cond_t wake; /* with the pool's mutex, as what follows */
	bool asleep;
	struct reader_job *job; /* that it runs */
	uint64_t begun_ns;
};

struct readers {
	uv_mutex_t mutex;               /* guards what follows, to the blank line */
	struct jobs core;               /* waiting, */
	struct lanes *lanes[READ_CORE]; /* likewise, those of each rank below; part of them is the loop's (lanes.h) */
	struct jobs done;
	bool stop;

	uv_async_t told;      /* the loop's from here on */
	struct jobs new_jobs; /* pushed and not yet given away */
	size_t pending, questions;
	void (*told_cb)(void *arg);
	void *arg;
	struct desk *desk;
	int general; /* of the readers: those that take every rank */
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

/* ---- on a reader ---- */

static uint64_t cpu_ns(void)
{
	struct timespec now;
	must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool reader_job_is_over(void *arg)
{
	struct reader_job *job = arg;
	uint64_t until = atomic_load_explicit(&job->until_ns, memory_order_relaxed);
	return until != 0 && uv_hrtime() >= until;
}

/* Are as many of the readers as slow questions may have busy with such?  With the mutex. */
static bool is_crowded(const struct readers *r, uint64_t now)
{
	int slow = 0, most = r->general > 1 ? r->general - 1 : 1;
	for (int i = 0; i < r->count; i++) {
		const struct reader *reader = &r->readers[i];
		const struct reader_job *job = reader->job;
		if (job != NULL && job->rank == READ_PUBLIC)
			slow += job->lane->slow_until > now || now > reader->begun_ns + QUESTION_SLOW_MS * UINT64_C(1000000);
	}
	return slow >= most;
}

static struct reader_job *pick_question(struct readers *r, const struct reader *reader)
{
	uint64_t now = uv_hrtime();
	struct reader_job *job = NULL;
	if (reader->least <= READ_HOUSE)
		job = lanes_take(r->lanes[READ_HOUSE], now, false);
	if (job == NULL && reader->least <= READ_PUBLIC)
		job = lanes_take(r->lanes[READ_PUBLIC], now, is_crowded(r, now));
	return job;
}

/* On as many readers at once as there are without those kept free: more would only get into each other's way. */
static struct reader_job *pick_for_core(struct readers *r)
{
	int busy = 0;
	for (int i = 0; i < r->count; i++)
		busy += r->readers[i].job != NULL && r->readers[i].job->rank == READ_CORE;
	return busy < r->general ? jobs_pop(&r->core) : NULL;
}

/* What this reader is to do next, NULL: nothing.  With the mutex. */
static struct reader_job *pick(struct readers *r, const struct reader *reader)
{
	struct reader_job *job = reader->people_first ? pick_question(r, reader) : NULL;
	if (job == NULL)
		job = pick_for_core(r);
	if (job == NULL && !reader->people_first)
		job = pick_question(r, reader);
	return job;
}

void reader_job_run(struct reader_job *job, const struct kit *kit)
{
	job->kit = kit;
	job->run_cb(job, kit->store);
	job->kit = NULL;
}

static void work(struct reader *reader, struct reader_job *job)
{
	uint64_t begun = cpu_ns();
	job->cancelled = reader_job_is_over(job);
	if (job->cancelled)
		return;
	store_budget(reader->kit.store, job->work_max, job->rank == READ_CORE ? NULL : reader_job_is_over, job);
	reader_job_run(job, &reader->kit);
	job->spent_ns = cpu_ns() - begun;
}

static void run(void *arg)
{
	struct reader *reader = arg;
	struct readers *r = reader->pool;
	uv_mutex_lock(&r->mutex);
	while (!r->stop) {
		struct reader_job *job = pick(r, reader);
		reader->asleep = job == NULL;
		if (job == NULL) {
			while (reader->asleep && !r->stop)
				uv_cond_wait(&reader->wake, &r->mutex);
			continue;
		}
		job->where = JOB_TAKEN;
		reader->job = job;
		reader->begun_ns = uv_hrtime();
		uv_mutex_unlock(&r->mutex);
		work(reader, job);
		uv_mutex_lock(&r->mutex);
		reader->job = NULL;
		if (job->rank != READ_CORE && job->spent_ns >= QUESTION_SLOW_MS * UINT64_C(1000000))
			job->lane->slow_until = uv_hrtime() + QUESTION_SLOW_FOR_MS * UINT64_C(1000000);
		jobs_add(&r->done, job);
		(void)uv_async_send(&r->told);
	}
	uv_mutex_unlock(&r->mutex);
}

/* ---- back to the loop ---- */

static void give_back(struct readers *r, struct reader_job *job, bool cancelled)
{
	r->pending--;
	if (job->rank != READ_CORE) {
		r->questions--;
		lanes_leave(job->lane);
		if (job->spent_ns > 0)
			desk_note(r->desk, job);
	}
	job->where = JOB_IDLE;
	job->cancelled = job->cancelled || cancelled;
	job->done_cb(job);
}

static void give_back_all(struct readers *r, struct jobs *jobs, bool cancelled)
{
	struct reader_job *job;
	while ((job = jobs_pop(jobs)) != NULL)
		give_back(r, job, cancelled);
}

static void on_done(uv_async_t *async)
{
	struct readers *r = async->data;
	uv_mutex_lock(&r->mutex);
	struct jobs done = r->done;
	r->done = (struct jobs){ 0 };
	uv_mutex_unlock(&r->mutex);
	give_back_all(r, &done, false);
	r->told_cb(r->arg);
}

/* ---- beginning ---- */

static int open_kits(struct readers *r, const char *dir, int count, struct err *err)
{
	for (int i = 0; i < count; i++) {
		struct reader *reader = &r->readers[i];
		reader->pool = r;
		reader->least = i < r->general ? READ_PUBLIC : (enum reader_rank)(READ_PUBLIC + 1 + i - r->general);
		reader->people_first = i == 0 || reader->least == READ_HOUSE;
		int rc = kit_open(dir, false, &reader->kit, err);
		if (rc != OK)
			return rc;
		must(uv_cond_init(&reader->wake) == 0);
		r->count++;
	}
	return OK;
}

static void release(struct readers *r)
{
	for (int i = 0; i < r->count; i++) {
		kit_close(&r->readers[i].kit);
		uv_cond_destroy(&r->readers[i].wake);
	}
	for (int i = 0; i < READ_CORE; i++)
		lanes_free(r->lanes[i]);
	desk_close(&r->desk);
	uv_mutex_destroy(&r->mutex);
}

int readers_start(uv_loop_t *loop, const char *dir, int count, const _Atomic uint64_t *turns,
                  void (*told_cb)(void *arg), void *arg, struct readers **out, struct err *err)
{
	int all = count + RANKS - 1;
	struct readers *r = calloc(1, sizeof *r + (size_t)all * sizeof r->readers[0]);
	must(r != NULL && count > 0);
	r->told_cb = told_cb;
	r->arg = arg;
	r->general = count;
	for (int i = 0; i < READ_CORE; i++) {
		uint64_t seed;
		random_fill(&seed, sizeof seed);
		r->lanes[i] = lanes_new(seed);
	}
	must(uv_mutex_init(&r->mutex) == 0);
	int rc = open_kits(r, dir, all, err);
	if (rc == OK)
		rc = desk_open(loop, dir, turns, &r->desk, err);
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
	for (int i = 0; i < all; i++)
		must(uv_thread_create(&r->readers[i].thread, run, &r->readers[i]) == 0);
	*out = r;
	return OK;
}

/* ---- giving away, and taking back ---- */

size_t readers_held(const struct readers *r, enum reader_rank rank, uint64_t client)
{
	must(rank != READ_CORE);
	return lanes_held(r->lanes[rank], client);
}

bool readers_have_room(struct readers *r, uint64_t client, bool *all)
{
	size_t left = r->questions < READ_QUEUE_MAX ? READ_QUEUE_MAX - r->questions : 0;
	*all = left == 0;
	return lanes_held(r->lanes[READ_PUBLIC], client) < left;
}

void readers_push(struct readers *r, struct reader_job *job, enum reader_rank rank)
{
	r->pending++;
	job->rank = rank;
	job->where = JOB_NEW;
	job->cancelled = false;
	job->spent_ns = 0;
	if (rank != READ_CORE) {
		r->questions++;
		job->lane = lanes_enter(r->lanes[rank], job->client);
	}
	jobs_add(&r->new_jobs, job);
}

/* Somebody who may take a job of this rank, of those that sleep the first.  With the mutex. */
static void rouse(struct readers *r, enum reader_rank rank)
{
	for (int i = 0; i < r->count; i++) {
		struct reader *reader = &r->readers[i];
		if (reader->asleep && reader->least <= rank) {
			reader->asleep = false;
			uv_cond_signal(&reader->wake);
			return;
		}
	}
}

void readers_wake(struct readers *r)
{
	struct reader_job *job;
	int roused[RANKS] = { 0 };
	if (r->new_jobs.first == NULL)
		return;
	uv_mutex_lock(&r->mutex);
	while ((job = jobs_pop(&r->new_jobs)) != NULL) {
		job->where = JOB_WAITING;
		if (job->rank == READ_CORE)
			jobs_add(&r->core, job);
		else
			lanes_add(r->lanes[job->rank], job->lane, job);
		if (roused[job->rank]++ < r->general)
			rouse(r, job->rank);
	}
	uv_mutex_unlock(&r->mutex);
}

/* ---- what the loop answers ---- */

bool readers_answer(struct readers *r)
{
	struct jobs here = { 0 }, rest = { 0 }, answered = { 0 };
	struct reader_job *job;
	int count = 0;
	while ((job = jobs_pop(&r->new_jobs)) != NULL) {
		bool quick = count < DESK_JOBS_MAX && desk_takes(r->desk, job);
		count += quick;
		if (quick)
			job->where = JOB_TAKEN;
		jobs_add(quick ? &here : &rest, job);
	}
	r->new_jobs = rest;
	if (count == 0)
		return false;
	readers_wake(r); /* they begin meanwhile */
	desk_begin(r->desk);
	while ((job = jobs_pop(&here)) != NULL) {
		bool done = desk_answer(r->desk, job);
		job->where = done ? JOB_TAKEN : JOB_NEW;
		jobs_add(done ? &answered : &r->new_jobs, job);
	}
	desk_end(r->desk);
	/* Then all that is sent is sent at once: who waits for it is woken once. */
	bool any = answered.first != NULL;
	give_back_all(r, &answered, false);
	return any;
}

static void jobs_remove(struct jobs *q, struct reader_job *job)
{
	struct jobs rest = { 0 };
	for (struct reader_job *j; (j = jobs_pop(q)) != NULL;)
		if (j != job)
			jobs_add(&rest, j);
	*q = rest;
}

void readers_give_up(struct readers *r, struct reader_job *job)
{
	must(job->rank != READ_CORE);
	atomic_store_explicit(&job->until_ns, PAST_NS, memory_order_relaxed);
	uv_mutex_lock(&r->mutex);
	bool fresh = job->where == JOB_NEW, waiting = job->where == JOB_WAITING;
	if (waiting)
		lanes_remove(r->lanes[job->rank], job->lane, job);
	uv_mutex_unlock(&r->mutex);
	if (fresh)
		jobs_remove(&r->new_jobs, job);
	if (fresh || waiting)
		give_back(r, job, true);
}

size_t readers_pending(const struct readers *r)
{
	return r->pending;
}

/* ---- ending ---- */

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void cancel_waiting(struct readers *r)
{
	struct reader_job *job;
	give_back_all(r, &r->core, true);
	for (int i = 0; i < READ_CORE; i++)
		while ((job = lanes_take(r->lanes[i], 0, false)) != NULL)
			give_back(r, job, true);
	give_back_all(r, &r->new_jobs, true);
}

void readers_stop(struct readers **r)
{
	struct readers *gone = *r;
	*r = NULL;
	if (gone == NULL)
		return;
	uv_mutex_lock(&gone->mutex);
	gone->stop = true;
	for (int i = 0; i < gone->count; i++) {
		struct reader *reader = &gone->readers[i];
		if (reader->job != NULL)
			atomic_store_explicit(&reader->job->until_ns, PAST_NS, memory_order_relaxed);
		uv_cond_signal(&reader->wake);
	}
	uv_mutex_unlock(&gone->mutex);
	for (int i = 0; i < gone->count; i++)
		must(uv_thread_join(&gone->readers[i].thread) == 0);
	give_back_all(gone, &gone->done, false);
	cancel_waiting(gone);
	must(gone->pending == 0);
	release(gone);
	uv_close((uv_handle_t *)&gone->told, on_closed);
}
