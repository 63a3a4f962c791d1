/* readers: a few threads, each with its own reading store handle, that do what the loop must not wait for.
 *
 * Three ranks of jobs, each with a thread more than it shares with those below it, so that none waits for them:
 *
 *     CORE    what the core reads for peers and for itself
 *     HOUSE   questions of the operator (local socket), and of whoever watches the node (health, metrics)
 *     PUBLIC  everybody else's questions
 *
 * Questions wait in a lane for each client, and lanes take turns, whatever the number of its questions.  A lane may
 * hold as many as there are places free, so that there is always one for who comes first.  Lanes whose questions are
 * slow (QUESTION_SLOW_MS) leave one reader to the others.  The first reader looks for questions before it looks for
 * what the core wants: peers who read much do not keep the others waiting either.
 *
 * Jobs are begun in the order of their lane, finish in any.  A few of those that are known to be quick are answered at
 * once by the loop (desk.h); one that takes longer there than DESK_JOB_US is given to a reader after all.
 * Thread: the functions are the loop's; run_cb runs on a reader, or on the loop.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "node/base/err.h"
#include "node/shell/kit.h"
#include "node/store/store.h"

enum reader_rank { READ_PUBLIC, READ_HOUSE, READ_CORE };

/* First member of whatever the work needs; the loop gives it away in readers_push and has it back in done_cb. */
struct reader_job {
	void (*run_cb)(struct reader_job *job, struct store *store);
	void (*done_cb)(struct reader_job *job);
	const struct kit *kit; /* during run_cb: that of whoever runs it */
	bool cancelled;        /* (out) run_cb was not called: the readers stopped, or the job's time was up before */
	/* (in) Of a question that may be answered on the loop: its shape (quick.h; 0: never), and what is called before it
	 * is begun anew, since it took too long there. */
	uint32_t shape;
	void (*again_cb)(struct reader_job *job);
	uint64_t client;   /* (in) of a question: whose lane it goes into */
	uint64_t work_max; /* (in) the store's budget for it; 0: none */
	/* (in) When nobody waits for it any more, by uv_hrtime(); 0: always somebody does.  It is not begun after that, and
	 * what it asks the store ends.  The loop may move it while a reader has the job. */
	_Atomic uint64_t until_ns;
	uint64_t spent_ns; /* (out) of a processor's time, by the reader */

	/* readers.c's. */
	enum { JOB_IDLE, JOB_NEW, JOB_WAITING, JOB_TAKEN } where;
	enum reader_rank rank;
	struct lane *lane;
	struct reader_job *next;
};

/* Run it; is its time up?  For who runs jobs. */
void reader_job_run(struct reader_job *job, const struct kit *kit);
bool reader_job_is_over(void *job);

struct readers;

/* Open handles on the store in dir and start as many threads: count for all jobs, and one for each rank above the
 * public's; and one handle more, for what the loop answers.  turns is writer_turns() of the one writer that the store
 * has: borrowed until the end.  told_cb runs on the loop after each run of done_cbs. */
CHECKED int readers_start(uv_loop_t *loop, const char *dir, int count, const _Atomic uint64_t *turns,
                          void (*told_cb)(void *arg), void *arg, struct readers **out, struct err *err);

/* Questions of this client, of that rank, with the readers now. */
size_t readers_held(const struct readers *r, enum reader_rank rank, uint64_t client);
/* Is there a place for one more question of this client?  *all: there is for nobody. */
bool readers_have_room(struct readers *r, uint64_t client, bool *all);

/* The job is taken now and begun after the next readers_wake, which loop_settle calls: a reader woken for each of many
 * jobs would, on a busy machine, cost the loop its processor each time. */
void readers_push(struct readers *r, struct reader_job *job, enum reader_rank rank);
void readers_wake(struct readers *r);

/* Answer what is quick of that, at most DESK_JOBS_MAX questions, from within this call.  True: some were, and what
 * follows from that may have to be looked after. */
bool readers_answer(struct readers *r);

/* Nobody waits for this job any more: if it has not begun it is given back now, cancelled, from within this call; if it
 * runs, what it asks the store ends, and it comes back soon.  Harmless for one that is not with the readers. */
void readers_give_up(struct readers *r, struct reader_job *job);

/* Jobs given away and not yet back. */
size_t readers_pending(const struct readers *r);

/* End what runs, as far as it has an end; give every job back (those not begun as cancelled), end the threads, null *r.
 */
void readers_stop(struct readers **r);
