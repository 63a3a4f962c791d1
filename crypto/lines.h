/* lines: the small grammar that checkpoints, proofs and policies share.  For this room only.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/bytes.h"

/* Move the next line of *rest, without its LF, to *line; false when no LF is left.  Borrows. */
bool lines_next(struct bytes *rest, struct bytes *line);

/* Decimal digits alone, no leading zero, to 2^64 - 1: the one way C2SP writes a number. */
bool lines_decimal(struct bytes text, uint64_t *out);

/* Base64 of one SHA-256 hash. */
bool lines_hash(struct bytes text, struct hash *out);
