/* retraction: the record that takes an origin's statement back (KINDS.md, clause 2.13).
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/err.h"

/* Append the serialised record: of that kind, about what the text names, which is brought into canonical form, with an
 * empty body.  ERR_INVALID: a statement about a log, a text that cannot be a subject of that kind, or a reason that is
 * not one line. */
CHECKED int retraction_write(int kind, const char *text, const char *reason, struct buf *out, struct err *err);
