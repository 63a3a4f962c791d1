/* entry: envelopes and payloads (proto/README.md, clause 1).
 *
 * Thread: any; a hasher belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"
#include "proto/message.h"

enum payload_state {
	PAYLOAD_PRESENT = 1,
	PAYLOAD_WITHHELD = 2,
	PAYLOAD_REDACTED = 3,
	PAYLOAD_NONE = 4, /* of an entry of a log outside, which need not be an envelope; never said to peers */
};

struct envelope {
	uint64_t time_ms;
	char collection[CODE_MAX + 1]; /* "public" when the field is absent */
	struct hash payload_digest;
	uint32_t payload_size;
};

#define COLLECTION_PUBLIC "public"

/* Clause 1.1: 1 to CODE_MAX of a-z 0-9 - . */
bool collection_valid(const char *name);

/* Clause 1.1.  Append the bytes of an envelope for this payload. */
void envelope_write(struct hasher *h, struct bytes payload, uint64_t time_ms, const char *collection, struct buf *out);

/* Clause 1.1.  ERR_INVALID names the field; ERR_LIMIT over ENVELOPE_MAX. */
CHECKED int envelope_parse(struct bytes raw, struct envelope *out, struct err *err);

/* The collection of a valid envelope, without decoding the rest; false: public. */
bool envelope_collection(struct bytes raw, struct bytes *out);

/* Clause 1.2.  Is this the payload that the envelope names?  ERR_UNTRUSTED: size or digest differ. */
CHECKED int envelope_check(struct hasher *h, const struct envelope *e, struct bytes payload, struct err *err);

/* Clause 1.2.  Append a SignedRecord around record bytes, without author signatures. */
void payload_write(struct bytes record, const uint8_t nonce[NONCE_SIZE], struct buf *out);

/* Clause 1.2.  The record bytes inside a payload, borrowed from the arena.  ERR_INVALID, ERR_LIMIT. */
CHECKED int payload_record(struct bytes payload, struct arena *arena, struct bytes *record, struct err *err);

/* Clause 1.3, the form only; whether a signature holds is asked where the author's key is known.  ERR_INVALID,
 * ERR_LIMIT. */
CHECKED int payload_signatures_check(const Normlink__SignedRecord *s, struct err *err);

/* Payload to record in one step: decoded and valid (proto/record.h).  Everything in the arena. */
CHECKED int payload_open(struct bytes payload, struct arena *arena, Normlink__Record **out, struct err *err);

/* The kind that a payload's record names, read without decoding or checking anything else; 0: it names none.  For
 * finding the few records that a node itself obeys among the many that it only keeps. */
int payload_kind(struct bytes payload);

/* Clause 1.4.  What the extra line of a proof file holds: the payload when state is PAYLOAD_PRESENT. */
void proof_extra_write(struct bytes envelope, enum payload_state state, struct bytes payload, struct buf *out);
/* *state is PAYLOAD_PRESENT when there is a payload, else what the file says.  ERR_INVALID: neither, or both. */
CHECKED int proof_extra_parse(struct bytes raw, struct arena *arena, struct bytes *envelope, enum payload_state *state,
                              struct bytes *payload, struct err *err);
