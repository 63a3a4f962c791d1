/* gzip: bytes packed and unpacked as HTTP's content coding "gzip" (RFC 9110 8.4.1.3, RFC 1952).  The only file that
 * includes zlib.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* Append the packed bytes.  It may be larger than what it was made from: the caller compares. */
void gzip_pack(struct bytes data, struct buf *out);

/* A member that is made piece by piece, for an answer that comes in portions: between two pieces, which are packed
 * each by itself, nothing is held but this.  Zeroed: before the first. */
struct gzip_member {
	bool begun;
	uint32_t crc, size;
};

/* Append the next piece; last: and the member's end, which has no more pieces then. */
void gzip_piece(struct gzip_member *member, struct bytes data, bool last, struct buf *out);

/* Append what packed holds: exactly one member and nothing after it, whole, with the right checksum and length.  At
 * most max bytes are ever made, however much was packed.  ERR_INVALID: not that, the text says what is wrong;
 * ERR_LIMIT: it would be larger.  On failure *out has got what could be unpacked before that, which nothing vouches
 * for. */
CHECKED int gzip_open(struct bytes packed, size_t max, struct buf *out, struct err *err);
