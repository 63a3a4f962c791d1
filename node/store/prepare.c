#include "node/store/prepare.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

struct run {
	const struct entry *entries;
	size_t count;
	const struct dictionary *dictionary;
	struct prepared *out;
};

/* The helper's states: IDLE -begin-> GIVEN -helper-> DONE -end-> IDLE; a run for the caller's own thread is HERE. */
enum state { IDLE, HERE, GIVEN, DONE };

struct preparer {
	struct hasher *hasher; /* with the compressor: whoever works on the run uses them */
	struct compressor *compressor;
	struct prepared made[2];
	unsigned turn; /* which of them comes next */
	struct run run;
	pthread_t thread;
	bool started;
	/* Shared, under the mutex. */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum state state;
	bool stop;
};

/* ---- one run ---- */

static void open_statement(struct preparer *p, struct bytes payload, struct prepared *out, struct ready *ready)
{
	ready->verdict = READY_ALONE;
	struct statement *statement = payload.len <= PREPARE_PAYLOAD_MAX ? arena_try(&out->arena, sizeof *statement) : NULL;
	if (statement == NULL)
		return;
	ready->statement = statement;
	int rc = statement_open(p->hasher, payload, &out->arena, statement);
	/* A limit may have been the arena's, which must decide nothing. */
	ready->verdict = rc == OK ? READY_VALID : rc == ERR_LIMIT ? READY_ALONE : READY_INVALID;
}

static void prepare(struct preparer *p, const struct run *run)
{
	struct prepared *out = run->out;
	buf_reset(&out->packed);
	arena_free(&out->arena);
	out->arena.cap = PREPARE_ARENA_BYTES;
	out->count = run->count;
	for (size_t i = 0; i < run->count; i++) {
		const struct entry *e = &run->entries[i];
		struct ready *ready = &out->v[i];
		*ready = (struct ready){ .verdict = READY_MISSING, .packed_at = out->packed.len };
		if (e->state == PAYLOAD_NONE)
			ready->verdict = READY_NONE;
		if (e->state != PAYLOAD_PRESENT)
			continue;
		compressor_pack(p->compressor, run->dictionary, e->payload, &out->packed, &ready->packing);
		ready->packed_len = out->packed.len - ready->packed_at;
		open_statement(p, e->payload, out, ready);
	}
}

/* ---- the helper ---- */

static void *help(void *arg)
{
	struct preparer *p = arg;
	must(pthread_mutex_lock(&p->mutex) == 0);
	while (!p->stop) {
		if (p->state != GIVEN) {
			must(pthread_cond_wait(&p->changed, &p->mutex) == 0);
			continue;
		}
		must(pthread_mutex_unlock(&p->mutex) == 0);
		prepare(p, &p->run);
		must(pthread_mutex_lock(&p->mutex) == 0);
		p->state = DONE;
		must(pthread_cond_broadcast(&p->changed) == 0);
	}
	must(pthread_mutex_unlock(&p->mutex) == 0);
	return NULL;
}

/* Signals are for the threads that the program started itself. */
static bool start(struct preparer *p)
{
	sigset_t all, before;
	(void)sigfillset(&all);
	must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	p->started = pthread_create(&p->thread, NULL, help, p) == 0;
	must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	return p->started;
}

static void change(struct preparer *p, enum state from, enum state to)
{
	must(pthread_mutex_lock(&p->mutex) == 0);
	must(p->state == from);
	p->state = to;
	must(pthread_cond_broadcast(&p->changed) == 0);
	must(pthread_mutex_unlock(&p->mutex) == 0);
}

/* ---- the writer's side ---- */

struct preparer *preparer_new(void)
{
	struct preparer *p = calloc(1, sizeof *p);
	must(p != NULL);
	p->hasher = hasher_new();
	p->compressor = compressor_new();
	must(pthread_mutex_init(&p->mutex, NULL) == 0);
	must(pthread_cond_init(&p->changed, NULL) == 0);
	return p;
}

void preparer_free(struct preparer *p)
{
	if (p == NULL)
		return;
	if (p->started) {
		must(pthread_mutex_lock(&p->mutex) == 0);
		must(p->state == IDLE);
		p->stop = true;
		must(pthread_cond_broadcast(&p->changed) == 0);
		must(pthread_mutex_unlock(&p->mutex) == 0);
		must(pthread_join(p->thread, NULL) == 0);
	}
	for (size_t i = 0; i < 2; i++) {
		buf_free(&p->made[i].packed);
		arena_free(&p->made[i].arena);
	}
	must(pthread_cond_destroy(&p->changed) == 0);
	must(pthread_mutex_destroy(&p->mutex) == 0);
	compressor_free(p->compressor);
	hasher_free(p->hasher);
	free(p);
}

void preparer_begin(struct preparer *p, const struct entry *entries, size_t count, const struct dictionary *dictionary,
                    bool on_helper)
{
	must(count > 0 && count <= PREPARE_ENTRIES);
	p->run = (struct run){ .entries = entries, .count = count, .dictionary = dictionary, .out = &p->made[p->turn] };
	p->turn = 1 - p->turn;
	/* Without a second thread it only takes longer. */
	bool helped = on_helper && (p->started || start(p));
	change(p, IDLE, helped ? GIVEN : HERE);
}

const struct prepared *preparer_end(struct preparer *p)
{
	must(pthread_mutex_lock(&p->mutex) == 0);
	while (p->state == GIVEN)
		must(pthread_cond_wait(&p->changed, &p->mutex) == 0);
	enum state state = p->state;
	must(pthread_mutex_unlock(&p->mutex) == 0);
	if (state == HERE)
		prepare(p, &p->run);
	change(p, state, IDLE);
	must(state == HERE || state == DONE);
	return p->run.out;
}
