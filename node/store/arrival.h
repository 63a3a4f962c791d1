/* arrival: in which order entries came under a head here, and when: what is new since one looked last.
 *
 * An index in a log does not say it: a log is replicated late, a payload that was missing comes later still.  So each
 * time that a head takes in more entries, and each time that the payload of an older one arrives or that it stands
 * again since a newer one was redacted, a row says which, with the next number.  Rows are added, and never changed or
 * removed; they belong to this node's database alone, are no part of the view, and stay when it is made anew. Thread:
 * the owner's of the db.
 */
#pragma once

#include "node/base/err.h"
#include "node/core/query.h"
#include "node/store/db.h"
#include "node/store/handle.h"

/* Entries first to last of the origin in that slot; inside the caller's write transaction.  The time does not go back,
 * whatever the clock does. */
CHECKED int arrival_put(struct db *db, int64_t slot, uint64_t first, uint64_t last, uint64_t wall_ms, struct err *err);

/* As query.h says of changes. */
CHECKED int arrival_changes(struct store *s, const struct query *query, const struct change_cursor *from,
                            const struct known_size *known, size_t known_count, struct arena *arena,
                            struct change_list *out, struct err *err);
