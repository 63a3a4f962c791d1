/* add_entries: the body of tlog-mirror's add-entries (draft, C2SP commit 5ba5ee8), and how its outcomes read as HTTP.
 *
 *     u16 length, origin | u64 start | u64 end | u16 length, ticket | packages
 *
 * with every number big-endian.  Packages lie at multiples of 256; each has the entries of its part of [start, end), a
 * u16 length before each, then a u8 count and as many hashes.  The ticket is always the empty one here: what the mirror
 * needs to know it keeps, and what somebody else wrote would have to be authenticated.
 * Thread: any.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/buf.h"
#include "node/core/effect.h"
#include "node/core/upload.h"

/* Read a body: the header and as many whole packages as there are, to UPLOAD_PACKAGES_MAX; what follows the last of
 * them is left (tlog-mirror: partial bytes are discarded).  *out borrows the body; free its arena.  An origin that can
 * be nobody's is read as "".  ERR_INVALID: the header is not whole. */
CHECKED int add_entries_parse(struct bytes body, struct upload *out, struct err *err);
/* The same as bytes. */
void add_entries_write(const struct upload *upload, struct buf *out);

/* POST /mirror/add-entries, by its path alone. */
bool add_entries_is_door(struct bytes path);

/* Header lines that every answer there has; NULL: it is another address. */
const char *add_entries_headers(struct bytes path);

/* Is the body of the right type, and packed in a way that is undone here?  *gzip: it is packed.  False: answer 415. */
bool add_entries_takes(const struct http_request *request, bool *gzip);

/* The whole response for an outcome; the rest is FX_ANSWER's.  Gives the status code. */
int add_entries_respond(const struct http_request *request, enum answer_outcome outcome, uint64_t size, uint64_t next,
                        struct bytes text, bool close, struct buf *out);
