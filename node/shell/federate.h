/* federate: searches that peers are asked for, too (node/api/federated.h), of REST and of SRU.
 *
 *     request ──EV_QUERY──> the core asks ──FX_QUERIED──> a reader makes the answer ──> given
 *         `-- its connection is gone: EV_QUERY_GONE, and nobody answers
 *
 * Thread: the loop's; while a reader has an asking's job, the asking is the reader's.
 */
#pragma once

#include <stdbool.h>

#include "node/core/effect.h"
#include "node/shell/exchange.h"

/* Take the request, if it is for peers; false: it is not, or a reader is to say in SRU's form what is wrong with it. */
bool federate_take(struct exchange *x);

/* The core's outcome (FX_QUERIED); takes its answer. */
void federate_outcome(struct shell *s, struct effect *outcome);

/* In loop_settle(): have answers made, forget what nobody waits for. */
void federate_settle(struct shell *s);

/* Once the loop has ended: forget what was never answered. */
void federate_free(struct shell *s);
