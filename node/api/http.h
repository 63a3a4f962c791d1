/* http: a strict reader of HTTP/1.1 request heads (RFC 9112).
 *
 * Refuses what two readers could understand in two ways: bare CR or LF, folded lines, blanks before the colon, repeated
 * or conflicting lengths, Content-Length beside Transfer-Encoding, any transfer coding at all, no or several Host lines.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

struct http_header {
	struct bytes name;  /* as sent; compare with http_header() */
	struct bytes value; /* trimmed */
};

struct http_request {
	struct bytes method;
	struct bytes target; /* as sent: path and query */
	struct bytes path;   /* before '?' */
	struct bytes query;  /* after it; empty */
	struct http_header headers[HTTP_HEADERS_MAX];
	size_t header_count;
	uint64_t content_length; /* 0 when absent */
	bool keep_alive;
	struct bytes body;   /* set by the caller once it is whole */
};

/* Read a head from the beginning of stream.  OK: *out borrows stream, *used is the head's length.  ERR_NOT_READY: more is
 * needed.  ERR_PROTOCOL: answer http_status_of(err) and close; the text says what is wrong.  ERR_LIMIT: larger than
 * HTTP_HEAD_MAX. */
CHECKED int http_read_head(struct bytes stream, struct http_request *out, size_t *used, struct err *err);

/* The value of a header, name compared without case; {NULL, 0} when absent. */
struct bytes http_header(const struct http_request *r, const char *name);

/* Percent-decode a path segment or a query value ('+' is a blank in queries) into a terminated string.
 * ERR_INVALID: a bad escape, a NUL, not UTF-8; ERR_LIMIT: does not fit. */
CHECKED int http_decode(struct bytes text, bool query, char *out, size_t size);

/* The raw value of a query parameter; false when absent.  ERR-free: decode with http_decode. */
bool http_parameter(const struct http_request *r, const char *name, struct bytes *value);
