/* statement: a payload's record, opened: decoded, valid, and with what the view keeps of it.
 *
 * Needs no database, so that a thread beside the writer's can do it.
 * Thread: any; a hasher and an arena belong to one at a time.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/designator.h"
#include "proto/message.h"

enum { STATEMENT_DIGEST_BYTES = 16 };

struct statement {
	const Normlink__Record *record;
	struct designator subject;
	uint8_t digest[STATEMENT_DIGEST_BYTES]; /* the beginning of the record bytes' SHA-256 */
};

/* A payload's record, checked; everything in the arena, but *out.  ERR_INVALID; ERR_LIMIT: the record's own limits, or
 * the arena's cap. */
CHECKED int statement_open(struct hasher *h, struct bytes payload, struct arena *arena, struct statement *out);

/* Of a record's bytes. */
void statement_digest(struct hasher *h, struct bytes record, uint8_t out[STATEMENT_DIGEST_BYTES]);
