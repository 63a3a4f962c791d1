/* chunks: a body in chunks (RFC 9112 7.1), read strictly as it arrives.
 *
 * Refused is what two readers could understand in two ways: bare CR or LF, sizes with anything but 1 to 8 hex digits
 * (extensions too), trailer fields.
 * Thread: the owner's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* A zeroed one is at the beginning of a body. */
struct chunks {
	enum chunks_at { CHUNKS_SIZE, CHUNKS_DATA, CHUNKS_DATA_END, CHUNKS_END, CHUNKS_DONE } at;
	uint64_t left; /* of the chunk that is being read */
	size_t total;  /* of the body so far */
};

/* Append what stream has of the body to out; *used is how much of stream was taken.  OK: the body is whole.
 * ERR_NOT_READY: more is needed, and what was not taken must come again in front of it.  ERR_LIMIT: more than max
 * bytes; ERR_PROTOCOL. */
CHECKED int chunks_take(struct chunks *c, struct bytes stream, size_t max, struct buf *out, size_t *used,
                        struct err *err);
