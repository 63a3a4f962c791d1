/* receipt: the proof of an entry of a log for whoever brought it: a C2SP tlog-proof at the newest signed head.
 * Thread: the view's.
 */
#pragma once

#include "node/core/query.h"

/* Append the proof of entry index of that origin, with what it holds.  Inside begin and end of the view; as_of is what
 * begin gave.  ERR_NOT_FOUND; ERR_NOT_READY: no head covers it yet; or what the store said. */
CHECKED int receipt_write(const struct view *view, const struct as_of *as_of, size_t count, const char *origin,
                          uint64_t index, struct buf *out, struct err *err);
