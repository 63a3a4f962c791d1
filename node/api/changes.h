/* changes: GET /api/v1/changes: what is new since one looked last, once or as a stream of Server-Sent Events
 * (WHATWG HTML 9.2).
 *
 *     ?q= &ics= &status= &kind= &origin= &limit=     as of a search: which records
 *     &since=CURSOR      from where to go on: "start" (the default), "now", or what an earlier answer gave
 *     &heads=ORIGIN:SIZE,...      besides, only what those logs did not hold at that size; for who comes from elsewhere
 *     &proof=full        each with its proof, as a text; a stream has it without being asked (proof=link: without)
 *     &form=text         of a stream: lines for a terminal, and each proof as an event of its own
 *     &once=1            of a stream: end where there is nothing new
 *
 * A cursor is a place in this node's own order of arrival.  Nothing is passed over between two cursors, whatever is
 * replicated late; an entry comes once a complete head covers it, so that its proof is there.  Of a stream each event's
 * id is a cursor: Last-Event-ID stands before since.  The answer 409 says that a cursor is not of this node: go on by
 * heads, which the comment ": heads ORIGIN:SIZE,..." told where everything had been given.
 *
 * Thread: any; one view and one arena for each call.
 */
#pragma once

#include "node/api/api.h"

/* Is this the question for a stream that stays open? */
bool changes_is_stream(const struct http_request *request);

/* Between two portions of a stream. */
struct changes_place {
	bool begun;
	struct change_cursor at;
};

/* Append the next portion of a stream: at first the head of the response.  *more: there is another portion at once.
 * Gives the status code; one that is not 200 comes first or never, and the response is whole then.  A portion that
 * fails later appends nothing: the stream is to end. */
int changes_portion(const struct http_request *request, const struct api_context *context, struct arena *arena,
                    struct changes_place *place, bool *more, struct buf *out);
