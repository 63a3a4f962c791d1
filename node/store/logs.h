/* logs: one log as tlog-tiles serves it, found by the SHA-256 of its name: what its complete head covers, and nothing
 * beyond.  The questions log, tile and bundle of query.h, as a view asks them: ctx is the store.
 *
 * A row of a tile or bundle is byte for byte what is served, and a partial one of any width is the beginning of it, so
 * nothing is computed here; each answer is one statement, hence of one snapshot.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/handle.h"

/* ERR_NOT_FOUND. */
CHECKED int logs_find(void *ctx, const struct hash *digest, struct arena *arena, struct as_of *out, struct err *err);

/* The first width hashes of tile n of a level, appended.  ERR_NOT_FOUND: no such log, or its head does not cover them;
 * ERR_CORRUPT: it does, and they are not stored. */
CHECKED int logs_tile(void *ctx, const struct hash *digest, unsigned level, uint64_t n, unsigned width, struct buf *out,
                      struct err *err);

/* The first width entries of bundle n, each after its length, appended.  Errors likewise. */
CHECKED int logs_bundle(void *ctx, const struct hash *digest, uint64_t n, unsigned width, struct buf *out,
                        struct err *err);
