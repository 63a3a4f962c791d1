/* contradiction: where two statements on one subject contradict each other, side by side for a terminal: status, stage,
 * edition, dates, what it replaces, amends, adopts.  Private to this room.
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "proto/record.h"

/* A line for each fact in which theirs differs from ours: its name, theirs, and after ours (a name) what that says.
 * Facts that theirs does not give are left out.  How many there were. */
size_t contradiction_text(const Normlink__Record *theirs, const Normlink__Record *ours, const char *whose, size_t width,
                          struct buf *out);
