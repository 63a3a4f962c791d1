/* forks: evidence about origins, and the statements about logs that our own origin made of it.
 *
 * Knows: that a verdict of our own log judges the newest evidence (node/core/verdict.h says how).  Must not know:
 * whether evidence holds; the core has checked it, and fsck does.
 *
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/core/verdict.h"
#include "node/store/entries.h"

/* Keep evidence as the newest about this origin; the same as the newest is there already. */
CHECKED int forks_put(struct store *s, struct origin_row *o, struct bytes file, struct err *err);

/* The newest about this origin, in the arena; empty when there is none. */
CHECKED int forks_newest(struct db *db, const struct origin_row *o, struct arena *arena, struct bytes *out,
                         struct err *err);

/* What this node does about the origin, from the newest evidence and verdict. */
CHECKED int forks_state(struct store *s, const struct origin_row *o, struct arena *arena, struct fork *out,
                        struct err *err);

/* Everything kept about this origin, newest first, and our verdict: of query.h. */
CHECKED int forks_list(struct store *s, const struct origin_row *o, struct arena *arena, struct fork_evidence *out,
                       struct err *err);

/* The newest statements about logs in this origin's log, by index: at most STATEMENTS_MAX of a kind. */
CHECKED int forks_statements(struct store *s, const struct origin_row *o, struct arena *arena,
                             struct log_statement **out, size_t *count, struct err *err);
