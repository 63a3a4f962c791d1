/* readers: a few threads, each with its own reading store handle, that do what the loop must not wait for.
 *
 * Core reads (urgent) go before the questions of people.  Jobs are given out in order, finish in any.
 * Thread: the functions are the loop's; run_cb runs on a reader.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "node/base/err.h"
#include "node/store/store.h"

/* First member of whatever the work needs; the loop gives it away in readers_push and has it back in done_cb. */
struct reader_job {
	void (*run_cb)(struct reader_job *job, struct store *store);
	void (*done_cb)(struct reader_job *job);
	struct packed *packed; /* during run_cb: what the reader that runs it remembers (packed.h), */
	struct memo *written;  /* (written.h) */
	bool cancelled;        /* the readers stopped before run_cb was called */
	struct reader_job *next;
};

struct readers;

/* Open count handles on the store in dir and start as many threads.  told_cb runs on the loop after each run of
 * done_cbs. */
CHECKED int readers_start(uv_loop_t *loop, const char *dir, int count, void (*told_cb)(void *arg), void *arg,
                          struct readers **out, struct err *err);

/* The job is taken now and begun after the next readers_wake, which loop_settle calls: a reader woken for each of many
 * jobs would, on a busy machine, cost the loop its processor each time. */
void readers_push(struct readers *r, struct reader_job *job, bool urgent);
void readers_wake(struct readers *r);

/* Jobs given away and not yet back. */
size_t readers_pending(const struct readers *r);

/* Let what runs finish, give every job back (those not begun as cancelled), end the threads, null *r. */
void readers_stop(struct readers **r);
