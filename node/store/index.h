/* index: the map of each log (clause 2.18) as of its newest index root, kept so that the next root costs the hashes of
 * what changed.
 *
 * Leaves lie in buckets by the first bits of their keys, and beside them the hash of each bucket's subtree: a change
 * costs its bucket and the top.  The map is filled when a root comes, with all that came since the last one, not entry
 * by entry.  What comes or goes below the newest root is put right at once, so that the map is always that of the docs
 * in the view; whether it is still what the root said is for who asks to see.
 *
 * Knows: doc, and its own tables.  Must not know: payloads, what a root says.
 * Thread: the owner's of the db; what changes something inside its write transaction.
 */
#pragma once

#include "crypto/map.h"
#include "node/core/index.h"
#include "node/store/db.h"

/* Is every public payload before this entry here, and none of them redacted by it or a later entry?  *whole is set. */
typedef int (*index_whole_cb)(void *arg, int64_t slot, uint64_t index, bool *whole, struct err *err);

/* An index root was found to differ. */
typedef void (*index_differs_cb)(void *arg, int64_t id);

/* How many entries the kept map covers: those before its root; 0: there is none. */
CHECKED int index_size(struct db *db, int64_t slot, uint64_t *size, struct err *err);

/* The map of the first size entries, at least as many as are covered.  keep: from now on it covers these. */
CHECKED int index_cover(struct db *db, struct hasher *h, int64_t slot, uint64_t size, bool keep, struct index_sum *out,
                        struct err *err);

/* A doc has come into the view late, or is about to leave it. */
CHECKED int index_came(struct db *db, struct hasher *h, int64_t id, struct err *err);
CHECKED int index_goes(struct db *db, struct hasher *h, int64_t id, struct err *err);

/* The way of a key through the kept map, and that map's sum. */
CHECKED int index_way(struct db *db, struct hasher *h, int64_t slot, const struct hash *key, struct map_proof *out,
                      struct index_sum *sum, struct err *err);
