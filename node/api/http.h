/* http: a strict reader of HTTP/1.1 request heads (RFC 9112).
 *
 * Refuses what two readers could understand in two ways: bare CR or LF, folded lines, blanks before the colon, repeated
 * or conflicting lengths, Content-Length beside Transfer-Encoding, any transfer coding but one "chunked", no or several
 * Host lines, a target with bytes that a URI may not have.
 *
 * Knows: RFC 9112 sections 2 to 6 as far as a request's head goes.  Must not know: sockets, routes.
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
	bool chunked;            /* the body comes in chunks (chunks.h), of no length told before */
	bool keep_alive;         /* the client allows another request on this connection */
	bool old;                /* HTTP/1.0: chunks and 100 Continue are not for it (RFC 9112 6.1, RFC 9110 10.1.1) */
	struct bytes body;       /* set by the caller once it is whole */
};

/* Read a head from the beginning of stream.  OK: *out borrows stream, *used is the head's length.  ERR_NOT_READY: more
 * is needed.  Anything else: answer http_status_of(rc) and close; the text says what is wrong and names the clause.
 * ERR_PROTOCOL: broken; ERR_LIMIT: larger than HTTP_HEAD_MAX or HTTP_HEADERS_MAX; ERR_UNSUPPORTED: another version, or
 * a transfer coding. */
CHECKED int http_read_head(struct bytes stream, struct http_request *out, size_t *used, struct err *err);

/* The status code for a code of http_read_head: 400, 431, 505 (ERR_UNSUPPORTED). */
int http_status_of(int code);

/* The value of a header, name compared without case; {NULL, 0} when absent. */
struct bytes http_header(const struct http_request *r, const char *name);

/* Is the body of that media type, whatever its parameters (RFC 9110 8.3.1)? */
bool http_is_type(const struct http_request *r, const char *type);

/* A path segment or a query value ('+' is a blank in queries) as percent_decode has it. */
CHECKED int http_decode(struct bytes text, bool query, char *out, size_t size);

/* The raw value of the first query parameter by that name, to be decoded with http_decode; false when absent. */
bool http_parameter(const struct http_request *r, const char *name, struct bytes *value);

/* Take the next name=value from *query, which becomes what follows it; false at the end.  Both are raw; a parameter
 * without '=' has an empty value. */
bool http_parameter_next(struct bytes *query, struct bytes *name, struct bytes *value);
