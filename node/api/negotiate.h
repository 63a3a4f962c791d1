/* negotiate: which of the forms that an answer could take a client prefers (RFC 9110 12.4 and 12.5).
 *
 * Knows: the lists and qualities of Accept and Accept-Encoding.  Must not know: what is answered.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/api/http.h"

/* Text for a terminal rather than JSON?  JSON wins a tie, and when neither is asked for. */
bool negotiate_text(const struct http_request *request);

/* Server-Sent Events (WHATWG HTML 9.2)?  Only who names them wants them. */
bool negotiate_events(const struct http_request *request);

/* A table of comma-separated values, asked for by its own name, and liked no less than the two? */
bool negotiate_csv(const struct http_request *request);

/* Linked data (JSON-LD), likewise?  And a page for a browser? */
bool negotiate_ld(const struct http_request *request);
bool negotiate_html(const struct http_request *request);

/* May the body be packed with gzip, and is that not liked less than the body as it is?  A client that says nothing gets
 * it as it is: many do not unpack unless they asked. */
bool negotiate_gzip(const struct http_request *request);
