/* percent: text with percent-encoded bytes (RFC 3986 2.1), as addresses, forms and questions between nodes have it.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* Into a terminated string of at most size bytes; blanks: '+' is one, as in forms.  ERR_INVALID: a bad escape, a NUL,
 * not UTF-8; ERR_LIMIT: it does not fit. */
CHECKED int percent_decode(struct bytes text, bool blanks, char *out, size_t size);

/* Append the text; all but letters, digits, "-._~" and what is in more is encoded. */
void percent_add(struct buf *out, const char *text, const char *more);
