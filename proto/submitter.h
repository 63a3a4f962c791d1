/* submitter: whose signed records a log takes in, of what kind and about what (proto/README.md, clause 2.15).
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "crypto/author_key.h"
#include "node/base/limits.h"
#include "proto/author.h"
#include "proto/message.h"
#include "proto/place.h"

struct submitter {
	const char *name; /* borrowed from the record, as body is */
	enum author_algorithm algorithm;
	struct bytes key;
	uint8_t key_id[AUTHOR_KEY_ID_SIZE];
	bool admitted;
	const Normlink__Submitter *body;
};

/* For rules.h: is the key, where its algorithm is done here, one of it?  ERR_INVALID. */
CHECKED int submitter_check(const ProtobufCMessage *m, const struct place *at, struct err *err);

/* A valid statement.  ERR_UNSUPPORTED: its algorithm is of a later version. */
CHECKED int submitter_read(const Normlink__Record *r, struct submitter *out, struct err *err);

/* May this author say such a thing?  *anyhow: also where somebody else has spoken before, since a prefix covers the
 * subject; else only where nobody has.  ERR_UNTRUSTED: not admitted, or the kind or the subject is not its; the text
 * says which. */
CHECKED int submitter_may(const struct submitter *s, const Normlink__Record *record, bool *anyhow, struct err *err);

/* Does one of these signatures hold as this author's on the record?  *which (may be NULL) is its number.
 * ERR_UNTRUSTED: the text says why not. */
CHECKED int submitter_verify(const struct submitter *s, struct bytes record, const struct author_line *lines,
                             size_t count, size_t *which, struct err *err);

/* Is prefix what the text begins with, up to a place where a word ends?  GB covers GB/T 1 and GB 1, not GBZ 1. */
bool submitter_prefix_covers(const char *prefix, const char *text);
