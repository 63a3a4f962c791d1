/* peek: a stream whose beginning was looked at, read as if it was not.
 * Thread: the caller's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/ingest/source.h"

struct peek {
	struct stream stream; /* what to read */
	struct stream *under; /* borrowed */
	struct buf head;      /* its first bytes */
	size_t at;            /* given of these */
	int rc;               /* what the stream said after them */
	struct err err;
};

/* Read the first max bytes, or all; what the stream says to that comes when they have been read. */
void peek_open(struct peek *p, struct stream *under, size_t max);
void peek_close(struct peek *p);
