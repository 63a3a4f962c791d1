/* redact: redaction statements carried out (proto/README.md, clause 2.8).
 *
 * A statement takes effect in the transaction that stores it: the payload's bytes go from its row, its record from the
 * view.  What is left of them in free pages, in the full-text index and in the dictionary goes with the purge
 * (purge.h).  State REDACTED is set here and nowhere else: an entry has it exactly when a statement covers it.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/handle.h"

/* Is this redaction statement, entry index of its log, one that says something?  It names an earlier entry by index
 * and digest, which is no log statement itself.  arg is the struct store.  A viewer_judge_cb. */
CHECKED int redact_judge(void *arg, int64_t slot, uint64_t index, const Normlink__Record *record, bool *valid,
                         struct err *err);

/* Inside the transaction, after the view took in entries of this origin: carry out the statements that came. */
CHECKED int redact_carry_out(struct store *s, int64_t slot, uint64_t wall_ms, struct err *err);

/* Does a statement cover the entry?  *statement is its index. */
CHECKED int redact_find(struct db *db, int64_t slot, uint64_t index, bool *covered, uint64_t *statement,
                        struct err *err);
