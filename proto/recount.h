/* recount: what an index root of a log's first entries should say (proto/INDEX.md, clause 2.18), from the entries
 * alone, one after another: for whoever has the log and no node.
 *
 * It takes some 40 bytes of memory for each entry that is given, and as many more for each that counts.
 * Knows: clause 2.18.  Must not know: where the entries come from, who said what of them.
 * Thread: the owner's.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/entry.h"

struct recount;

/* Of the first size entries. */
struct recount *recount_new(uint64_t size);
void recount_free(struct recount *r);

/* How many were given so far. */
uint64_t recount_entries(const struct recount *r);

/* The next entry; from the one of number size on nothing is looked at.  payload counts when state is PAYLOAD_PRESENT.
 * Borrows both.  ERR_INVALID: no envelope; ERR_UNTRUSTED: the payload is another one's. */
CHECKED int recount_add(struct recount *r, struct bytes envelope, enum payload_state state, struct bytes payload,
                        struct err *err);

/* The root of the tree of these entries with this leaf behind them: of which log they are the beginning.  Once, when
 * all were given. */
struct hash recount_tree(struct recount *r, const struct hash *leaf);

/* The map's keys and root, when all entries were given.  ERR_NOT_READY: a public payload is missing that none of the
 * entries redacts: nothing can be said. */
CHECKED int recount_map(struct recount *r, uint64_t *keys, struct hash *root, struct err *err);
