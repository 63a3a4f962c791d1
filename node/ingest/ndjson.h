/* ndjson: the project's own records, one JSON text a line (proto/README.md, clause 3).
 *
 * Knows: lines.  Must not know: files, archives.  Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/source.h"

/* A zeroed one with its stream set stands before the first line. */
struct ndjson {
	struct stream *stream; /* borrowed */
	struct buf held;       /* read, and not yet given */
	size_t at;             /* in held: the next line begins here */
	uint64_t number;       /* of the line last given, from 1 */
	uint64_t bytes;        /* read from the stream */
	bool ended;
	bool too_long; /* the line that is being read */
};

void ndjson_close(struct ndjson *n);

/* The next line, without its end (LF or CR LF), borrowed until the next call.  ERR_LIMIT: it is longer than
 * NDJSON_LINE_MAX (it has been passed over; go on).  ERR_CLOSED: there is none.  Else what the stream said. */
CHECKED int ndjson_next(struct ndjson *n, struct bytes *line, struct err *err);
