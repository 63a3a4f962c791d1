/* feedback: what comes to POST /api/v1/feedback (proto/README.md, clause 2.17), and the answer to who sent it.
 *
 *     application/json                    answered with JSON
 *     application/x-www-form-urlencoded   with a page: for a plain HTML form, no script
 *
 * Thread: any.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/buf.h"

bool feedback_is_door(const struct http_request *request);

/* Is the body of one of these types?  *json: which.  False: answer 415. */
bool feedback_takes(const struct http_request *request, bool *json);

/* What was taken, and the proofs of its entries; withheld: of the one that is not public, empty when there is none. */
struct feedback_receipts {
	const char *number;
	uint64_t index; /* of the public entry */
	struct bytes public, withheld;
};

/* The whole response.  Gives the status code, 201. */
int feedback_respond(bool json, const struct feedback_receipts *receipts, bool close, struct buf *out);
