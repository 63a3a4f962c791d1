#include "node/api/submission.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/api.h"
#include "node/base/must.h"
#include "proto/json.h"

bool submission_is_door(struct bytes path)
{
	return bytes_equal(path, bytes_str("/api/v1/submissions"));
}

bool submission_takes(const struct http_request *request, bool *json)
{
	*json = http_is_type(request, "application/x-ndjson") || http_is_type(request, "application/json");
	return *json || http_is_type(request, "application/octet-stream");
}

int submission_split(struct bytes body, bool json, struct bytes *items, size_t *count, struct err *err)
{
	*count = 0;
	while (body.len > 0) {
		const uint8_t *lf = json ? memchr(body.data, '\n', body.len) : NULL;
		size_t len = lf != NULL ? (size_t)(lf - body.data) : body.len;
		size_t used = lf != NULL ? len + 1 : len;
		if (len > 0 && *count == SUBMISSION_RECORDS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d records at once", SUBMISSION_RECORDS_MAX);
		if (len > 0)
			items[(*count)++] = bytes_of(body.data, len);
		body = bytes_of(body.data + used, body.len - used);
	}
	return *count > 0 ? OK : err_set(err, ERR_INVALID, "no record in the body");
}

/* ---- the answer ---- */

static int status_of(const struct submission_result *results, size_t count)
{
	int status = 0;
	for (size_t i = 0; i < count; i++) {
		if (results[i].outcome <= SUBMISSION_REVISED)
			return 201;
		if (results[i].outcome == SUBMISSION_KNOWN)
			status = 200;
	}
	return status != 0 ? status : results[0].status;
}

static void put_results(const struct submission_result *results, size_t count, struct buf *out)
{
	Normlink__SubmissionAnswer answer = NORMLINK__SUBMISSION_ANSWER__INIT;
	Normlink__SubmissionResult v[SUBMISSION_RECORDS_MAX], *list[SUBMISSION_RECORDS_MAX];
	must(count <= SUBMISSION_RECORDS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct submission_result *r = &results[i];
		bool refused = r->outcome == SUBMISSION_REFUSED;
		list[i] = &v[i];
		normlink__submission_result__init(list[i]);
		v[i].has_outcome = true;
		v[i].outcome = (Normlink__SubmissionResult__Outcome)(r->outcome + 1);
		v[i].has_status = refused;
		v[i].status = (uint32_t)r->status;
		v[i].reason = refused ? (char *)(uintptr_t)r->reason : NULL;
		v[i].has_index = v[i].has_standing = v[i].has_receipt = !refused;
		v[i].index = r->index;
		v[i].standing = r->current ? NORMLINK__SUBMISSION_RESULT__STANDING__STANDING_CURRENT
		                           : NORMLINK__SUBMISSION_RESULT__STANDING__STANDING_SUPERSEDED;
		v[i].receipt = message_field(buf_bytes(&r->receipt));
	}
	answer.results = list;
	answer.n_results = count;
	json_of_message(&answer.base, out);
	buf_add_char(out, '\n');
}

int submission_respond(const struct http_request *request, bool json, const struct submission_result *results,
                       size_t count, bool close, struct buf *out)
{
	char headers[128] = "";
	struct buf body = { 0 };
	int status = status_of(results, count);
	if (!json && status >= 400) {
		api_refuse_until(request, status, results[0].reason, results[0].retry_s, close, out);
		return status;
	}
	if (json)
		put_results(results, count, &body);
	if (!json)
		(void)snprintf(headers, sizeof headers, "Location: /api/v1/entries/%" PRIu64 "\r\n", results[0].index);
	else if (status == 429 || status == 503)
		(void)snprintf(headers, sizeof headers, "Retry-After: %u\r\n", results[0].retry_s);
	api_text(status, json ? "application/json" : "application/octet-stream", headers,
	         json ? buf_bytes(&body) : buf_bytes(&results[0].receipt), close, out);
	buf_free(&body);
	return status;
}
