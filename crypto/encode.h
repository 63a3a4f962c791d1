/* encode: base64 (RFC 4648 section 4, padded, strict) and lower-case hex; random bytes.
 *
 * Decoding accepts the one canonical form only: no white space, no missing padding, no
 * non-zero trailing bits.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

void base64_add(struct buf *out, struct bytes data);
/* ERR_INVALID, *out unchanged. */
CHECKED int base64_decode(struct bytes text, struct buf *out);

void hex_add(struct buf *out, struct bytes data);
/* ERR_INVALID, *out unchanged; upper case is refused. */
CHECKED int hex_decode(struct bytes text, struct buf *out);

/* Fill from the system's generator; aborts when it fails. */
void random_fill(void *out, size_t len);
