/* tiles: hash tiles of tlog-tiles (level 0: leaf hashes; level n: the roots of 256 nodes of level n - 1), and the
 * nodes of the tree read from them.
 * Thread: the owner's of the store.
 */
#pragma once

#include "crypto/tree.h"
#include "node/store/handle.h"

enum { TILE_HASHES = 256, TILE_LEVELS = 5 /* 256^5 entries fill a slot */ };

int64_t tile_id(int64_t slot, unsigned level, uint64_t n);

/* Append leaf hashes at index start (the log's size), completing tiles upward. */
CHECKED int tiles_append(struct store *s, int64_t slot, uint64_t start, const struct hash *leaves, size_t count,
                         struct err *err);

/* One tile's hashes, copied; *count 0 when there is no such tile.  ERR_CORRUPT: not a tile. */
CHECKED int tile_read(struct db *db, int64_t slot, unsigned level, uint64_t n, struct hash out[TILE_HASHES],
                      size_t *count, struct err *err);

/* A tile's hashes, and the roots of complete subtrees above them, level after level, each half as long as the one
 * below. */
struct tile_nodes {
	size_t count; /* of the hashes */
	struct hash v[2 * TILE_HASHES - 2];
};

/* Tree nodes from an origin's tiles.  Fill store and slot; the rest is a cache of the last tile. */
struct tile_source {
	struct store *store;
	int64_t slot;
	int64_t cached; /* tile_id of the nodes below; 0: none */
	struct tile_nodes nodes;
	struct err err; /* why a read gave something else than ERR_NOT_FOUND */
};
struct tree_source tiles_as_source(struct tile_source *source);
