#include "node/api/submission.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "crypto/encode.h"
#include "node/api/api.h"
#include "proto/json.h"

bool submission_is_door(struct bytes path)
{
	return bytes_equal(path, bytes_str("/api/v1/submissions"));
}

static bool is_type(struct bytes type, const char *name)
{
	size_t len = strlen(name);
	return type.len >= len && strncasecmp((const char *)type.data, name, len) == 0 &&
	       (type.len == len || type.data[len] == ';' || type.data[len] == ' ');
}

bool submission_takes(const struct http_request *request, bool *json)
{
	struct bytes type = http_header(request, "Content-Type");
	*json = is_type(type, "application/x-ndjson") || is_type(type, "application/json");
	return *json || is_type(type, "application/octet-stream");
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

static const char *word_of(enum submission_outcome outcome)
{
	static const char *const words[] = { "added", "revised", "known", "refused" };
	return words[outcome];
}

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

static void put_result(struct json *j, const struct submission_result *r)
{
	struct buf text = { 0 };
	json_object_begin(j);
	json_key(j, "outcome");
	json_text(j, word_of(r->outcome));
	if (r->outcome == SUBMISSION_REFUSED) {
		json_key(j, "status");
		json_i64(j, r->status);
		json_key(j, "reason");
		json_text(j, r->reason);
	} else {
		json_key(j, "index");
		json_u64(j, r->index);
		json_key(j, "current");
		json_bool(j, r->current);
		json_key(j, "receipt");
		base64_add(&text, buf_bytes(&r->receipt));
		json_text(j, buf_str(&text));
	}
	json_object_end(j);
	buf_free(&text);
}

static void put_results(const struct submission_result *results, size_t count, struct buf *out)
{
	struct json j = { .out = out };
	json_object_begin(&j);
	json_key(&j, "results");
	json_array_begin(&j);
	for (size_t i = 0; i < count; i++)
		put_result(&j, &results[i]);
	json_array_end(&j);
	json_object_end(&j);
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
