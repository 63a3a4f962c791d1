/* yaml_split: the documents of a YAML stream, one after another, as bytes.
 *
 * A document begins at a line that is "---", or that and a blank and more; YAML has no other meaning for such a line.
 * Directives and comments before it belong to it.
 *
 * Knows: lines.  Must not know: what a document holds.  Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/source.h"

/* A zeroed one with its stream set stands before the first document. */
struct yaml_split {
	struct stream *stream; /* borrowed */
	struct buf held;       /* read, and not yet given */
	size_t given;          /* of held, by the last call */
	uint64_t line;         /* on which the document last given begins, from 1 */
	uint64_t lines;        /* given so far */
	uint64_t count;        /* documents given, those that were too large among them */
	uint64_t bytes;        /* read from the stream */
	bool ended;
};

void yaml_split_close(struct yaml_split *s);

/* The next document, borrowed until the next call.  ERR_LIMIT: it is larger than DOCUMENT_MAX (it has been passed over;
 * go on).  ERR_CLOSED: there is none, but the first is given even when it is empty.  Else what the stream said. */
CHECKED int yaml_split_next(struct yaml_split *s, struct bytes *document, struct err *err);
