/* handle: what an operator does with what others have brought: an author is let in no more, a piece of feedback is
 * handled, step by step.
 *
 * POST /local/v1/submitters and /local/v1/feedback (shell.h).
 * Thread: the loop's.
 */
#pragma once

#include "node/shell/exchange.h"

void handle_submitter(struct exchange *x);
void handle_feedback(struct exchange *x);
