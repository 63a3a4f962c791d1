/* submission: what authors bring to POST /api/v1/submissions (proto/README.md, clause 2.15), and the answer.
 *
 *     application/octet-stream   one SignedRecord; answered with its receipt
 *     application/x-ndjson, application/json   up to SUBMISSION_RECORDS_MAX of them as JSON (clause 3), one a line;
 *                                answered with one object, "results" in the order of the lines
 *
 * Thread: any.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/buf.h"
#include "node/base/err.h"

bool submission_is_door(struct bytes path);

/* Is the body of one of these types?  *json: which.  False: answer 415. */
bool submission_takes(const struct http_request *request, bool *json);

/* Split the body into what stands for one record each; *count is set, items has room for SUBMISSION_RECORDS_MAX.
 * ERR_INVALID: none; ERR_LIMIT: more. */
CHECKED int submission_split(struct bytes body, bool json, struct bytes *items, size_t *count, struct err *err);

enum submission_outcome { SUBMISSION_ADDED, SUBMISSION_REVISED, SUBMISSION_KNOWN, SUBMISSION_REFUSED };

/* What became of one record. */
struct submission_result {
	enum submission_outcome outcome;
	uint64_t index; /* of its entry */
	bool current;   /* it is what the log says now */
	struct buf receipt;
	/* SUBMISSION_REFUSED */
	int status;       /* of HTTP */
	unsigned retry_s; /* 429: when to come again */
	char reason[ERR_TEXT_MAX];
};

/* The whole response.  Gives the status code: 201 when something was appended, else 200 when something was there
 * already, else that of the first refusal. */
int submission_respond(const struct http_request *request, bool json, const struct submission_result *results,
                       size_t count, bool close, struct buf *out);
