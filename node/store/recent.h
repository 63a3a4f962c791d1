/* recent: what a reading handle keeps from one question to the next: the as-of of an answer, claims, who has a name,
 * and payloads that it unpacked, for most questions show what others did; and nodes of hash trees, to make proofs of.
 *
 * Knows: that all of it holds while SQLite's data version does, and nodes for good: a log only grows.  A handle that
 * writes keeps nothing.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/handle.h"

/* For store.c: a snapshot was taken: forget what is of another. */
void recent_begin(struct store *s);
void recent_close(struct store *s);

/* As query.h says of begin: copies in the arena, for an answer may be used after its snapshot has ended. */
CHECKED int recent_as_of(struct store *s, struct arena *arena, struct as_of **out, size_t *count, struct err *err);

/* Likewise what logs claim to speak for. */
CHECKED int recent_claims(struct store *s, struct arena *arena, struct claims *out, struct err *err);

/* A payload that is present here; false: it is not kept.  Borrowed until the next recent_keep. */
bool recent_payload(struct store *s, int64_t id, struct bytes *out);
void recent_keep(struct store *s, int64_t id, struct bytes payload);

/* Likewise what the view has under a name, none too. */
bool recent_named(struct store *s, struct bytes name, struct bytes *out);
void recent_keep_named(struct store *s, struct bytes name, struct bytes found);

/* Likewise the nodes of a tile (tiles.h) by its number, borrowed until the next recent_keep_nodes. */
bool recent_nodes(struct store *s, int64_t tile, struct bytes *out);
void recent_keep_nodes(struct store *s, int64_t tile, struct bytes nodes);
