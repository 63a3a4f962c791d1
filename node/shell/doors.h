/* doors: checkpoints and entries that strangers bring over HTTP, on their way to the core and back.
 *
 *     POST add-checkpoint ----------EV_CHECKPOINT--> core --FX_ANSWER--> answered in doors_settle()
 *     POST add-entries --unpacked and read on a reader--EV_UPLOAD--^
 *
 * An upload that was cut off is read as far as it came; one that waits for peers no longer has its body.
 *
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/core/effect.h"
#include "node/shell/exchange.h"

/* Take the request, if it is for one of them; it is answered now or later.  False: it is not. */
bool doors_take(struct exchange *x);

/* The core's outcome (FX_ANSWER); takes its text. */
void doors_answer(struct shell *s, struct effect *answer);

/* In loop_settle(): give the answers that have come. */
void doors_settle(struct shell *s);

/* Once the loop has ended: forget what was never answered. */
void doors_free(struct shell *s);
