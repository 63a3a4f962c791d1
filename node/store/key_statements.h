/* key_statements: which entries of a log are key statements that count (proto/README.md, clause 2.10).
 *
 * The core says so of each entry that it hands over; here they are found again without reading the log.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/entries.h"

/* Entry index of the slot is one.  Inside the caller's transaction. */
CHECKED int key_statements_put(struct db *db, int64_t slot, uint64_t index, struct err *err);

/* All of an origin, by index, in the arena. */
CHECKED int key_statements_read(struct store *s, const struct origin_row *o, struct arena *arena,
                                struct log_statement **out, size_t *count, struct err *err);
