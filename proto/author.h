/* author: the author signatures beside a record (proto/README.md, clause 1.3).
 *
 * Says what was signed and by whose account; whether a signature holds is asked where the author's key is known
 * (submitter.h).
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

/* One signature as a payload carries it.  Borrows. */
struct author_line {
	int algorithm;      /* enum author_algorithm, or one of a later version */
	const char *author; /* 1 to NAME_MAX_BYTES */
	struct bytes key_id, signature;
};

/* Append the bytes that a signature on this record is over. */
void author_message(struct bytes record, struct buf *out);

/* Append a SignedRecord with these signatures; nonce NULL: without one, as authors send it. */
void author_payload_write(struct bytes record, const uint8_t *nonce, const struct author_line *lines, size_t count,
                          struct buf *out);

/* The parts of a payload, in the arena.  ERR_INVALID, ERR_LIMIT: it breaks clause 1.2 or 1.3. */
CHECKED int author_payload_read(struct bytes payload, struct arena *arena, struct bytes *record,
                                struct author_line **lines, size_t *count, struct err *err);

/* What an author sends (clause 2.15): a SignedRecord without a nonce and with one signature.  As protobuf, or as JSON
 * (clause 3).  ERR_INVALID, ERR_LIMIT. */
CHECKED int author_sent_read(struct bytes raw, bool json, struct arena *arena, struct bytes *record,
                             struct author_line *line, struct err *err);
/* The same as one line of JSON, without an LF. */
void author_sent_json(struct bytes record, const struct author_line *line, struct buf *out);
