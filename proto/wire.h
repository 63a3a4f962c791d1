/* wire: protobuf's encoding, one field at a time, without a schema and without memory of its own.
 *
 * Knows: tags, wire types, varints (proto/README.md, clause 1).  Must not know: what a field means.
 * Thread: any.
 */
#pragma once

#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_64BIT = 1,
	WIRE_BYTES = 2,
	WIRE_32BIT = 5,
};

enum { WIRE_TAG_MAX = (1 << 29) - 1 };

struct wire_field {
	uint32_t tag;
	enum wire_type type;
	struct bytes raw;     /* what stands after the tag: WIRE_BYTES with its length */
	struct bytes content; /* WIRE_BYTES: without it; else the same as raw */
};

/* Take one field from the front of *rest (which must not be empty).  Borrows.  ERR_INVALID: cut short, a varint of more
 * than ten bytes, tag 0, or a wire type that does not exist (groups among them). */
CHECKED int wire_next(struct bytes *rest, struct wire_field *out);

/* Take one value of that wire type, as it stands after a tag. */
CHECKED int wire_value(struct bytes *rest, unsigned type, struct wire_field *out);
