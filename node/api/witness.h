/* witness: how the outcomes of what was brought to the witness read as HTTP (tlog-witness, tlog-mirror).
 *
 * The request goes from the shell to the core as an event, and the core's answer comes back here: no view, no snapshot.
 * Thread: any.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/buf.h"
#include "node/core/effect.h"

/* Is this request for POST .../add-checkpoint, of the witness or of the mirror?  By its path alone. */
bool witness_is_door(struct bytes path);

/* The whole response for an outcome; *text* is FX_ANSWER's.  Gives the status code. */
int witness_respond(const struct http_request *request, enum answer_outcome outcome, uint64_t size, struct bytes text,
                    bool close, struct buf *out);

/* A word for each outcome, for metrics. */
const char *witness_outcome_word(enum answer_outcome outcome);
