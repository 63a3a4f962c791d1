/* record_diff: what changed from one record to the next, field by field.
 *
 * Of a list whose order says nothing (all but the steps of feedback) an item that stands elsewhere is no change, and
 * items that speak of the same thing (texts of one role and language, adoptions of one standard) are compared with each
 * other. Thread: any.
 */
#pragma once

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

struct difference {
	const char *path;    /* as refusals name it: "standard.adopts[0].degree"; an index is that of the newer record, or,
	                      * of what is gone, of the older */
	struct bytes before; /* one JSON value; empty: it was not there */
	struct bytes after;  /* likewise */
};

/* Borrowed until it returns. */
typedef void (*difference_cb)(void *arg, const struct difference *difference);

/* In the order of the schema's fields; no call for two that say the same.  Both are messages of one type
 * that were decoded within the limits of records. */
void record_diff(const ProtobufCMessage *before, const ProtobufCMessage *after, difference_cb note_cb, void *arg);
