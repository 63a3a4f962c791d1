/* encode: base64 (RFC 4648 section 4, padded, strict) and lower-case hex; what is UTF-8; random
 * bytes and their end.
 *
 * Decoding accepts the one canonical form only: no white space, no missing padding, no
 * non-zero trailing bits.  Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

void base64_add(struct buf *out, struct bytes data);
/* ERR_INVALID, *out unchanged. */
CHECKED int base64_decode(struct bytes text, struct buf *out);

void hex_add(struct buf *out, struct bytes data);
/* ERR_INVALID, *out unchanged; upper case is refused. */
CHECKED int hex_decode(struct bytes text, struct buf *out);
/* Of one digit, of either case; -1: it is none. */
int hex_value(uint8_t c);

/* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.  Control characters pass. */
bool text_is_utf8(struct bytes text);

/* Wipe every byte that b holds or held room for, then free it: for buffers with secrets. */
void secret_free(struct buf *b);

/* Fill from the system's generator; aborts when it fails. */
void random_fill(void *out, size_t len);
