/* desk: where the loop answers questions itself, of those that are known to be quick (quick.h): to hand one over to
 * another thread, and have it back, would cost more.
 *
 * It answers from one snapshot until the writer has done something: to take one costs a fifth of what a quick question
 * does.  It is kept for a moment only (DESK_HOLD_MS), for the log that SQLite writes ahead cannot be begun anew
 * meanwhile.
 * Thread: the loop's.
 */
#pragma once

#include <stdatomic.h>

#include "node/shell/readers.h"

struct desk;

/* As readers_start says. */
CHECKED int desk_open(uv_loop_t *loop, const char *dir, const _Atomic uint64_t *turns, struct desk **out,
                      struct err *err);

/* Of what a question of that shape took, here or on a reader. */
void desk_note(struct desk *d, const struct reader_job *job);

/* Is it to be answered here? */
bool desk_takes(const struct desk *d, const struct reader_job *job);

/* Between these questions are answered, one after another, from within the call.  False: this one would take too long:
 * it is to be begun anew, on a reader, and its again_cb was called. */
void desk_begin(struct desk *d);
bool desk_answer(struct desk *d, struct reader_job *job);
void desk_end(struct desk *d);

/* Nulls *d; what is left of it goes when the loop runs. */
void desk_close(struct desk **d);
