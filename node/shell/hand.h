/* hand: parts of a bundle file on their way from the local socket into the core (POST /local/v1/handover, shell.h).
 *
 *     request ──EV_HANDOVER──> waiting ──FX_HANDED──> answered in hands_settle()
 *
 * Thread: the loop's.
 */
#pragma once

#include "node/core/effect.h"
#include "node/shell/exchange.h"

/* Hand the body of this request over, and answer it. */
void hand_push(struct exchange *x);

/* The core's outcome (FX_HANDED). */
void hand_outcome(struct shell *s, const struct effect *outcome);

/* In loop_settle(): answer what has its outcome. */
void hands_settle(struct shell *s);

/* For the end of the loop: what was not answered never is. */
void hands_free(struct shell *s);
