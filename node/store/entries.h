/* entries: the log tables: origins, bundles of envelopes, tiles of hashes, payloads.
 *
 * Knows: tlog-tiles' layout of bundles and tiles.  Must not know: what is inside an envelope or payload.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/handle.h"

/* A row of the origin table.  The heads are read by origin_heads, for they may be large. */
struct origin_row {
	int64_t slot;
	char name[NAME_MAX_BYTES + 1];
	uint64_t size;
	struct hash root; /* of the first size entries */
	uint64_t head_size;
	uint64_t target_size;
	uint64_t cosigned_size;
	int64_t forks; /* pieces of evidence kept */
	bool own;      /* this node's */
};

/* By its name, or its slot.  ERR_NOT_FOUND: it is not stored. */
CHECKED int origin_find(struct db *db, const char *name, struct origin_row *out, struct err *err);
CHECKED int origin_at(struct db *db, int64_t slot, struct origin_row *out, struct err *err);

/* All of them ordered by name, in the arena. */
CHECKED int origin_list(struct db *db, struct arena *arena, struct origin_row **out, size_t *count, struct err *err);

/* Find it, or give it the next slot.  ERR_LIMIT: ORIGINS_MAX. */
CHECKED int origin_make(struct store *s, const char *name, struct origin_row *out, struct err *err);

struct origin_heads {
	struct bytes head, target, target_keys, cosigned;
	struct hash head_root;
};
/* Into the arena; empty where there is none.  ERR_CORRUPT: a head without its root. */
CHECKED int origin_heads(struct db *db, int64_t slot, struct arena *arena, struct origin_heads *out, struct err *err);

/* Put the head of w into the row; *o follows.  Inside the transaction, as all that follows here.  ERR_CORRUPT: it is of
 * other entries than those held.  Takes away a target that it reaches. */
CHECKED int origin_set_head(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err);
/* Likewise as the newest cosigned head; keeps the one there is when that is larger. */
CHECKED int origin_set_cosigned(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err);
/* Likewise as the newest head seen, with what its key rests on; an empty one takes it away. */
CHECKED int origin_set_target(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err);

/* Append w's envelopes and leaf hashes at the origin's size.  Then payload_put for each of them, in order, and
 * entries_appended, by which the origin's row says that they are there. */
CHECKED int entries_append(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err);
CHECKED int entries_appended(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err);

/* A payload as its row has it. */
struct packed_payload {
	enum payload_state state;
	int64_t packing;         /* pack.h */
	struct bytes packed;     /* empty: not here */
	struct bytes collection; /* empty: public */
};
CHECKED int payload_put(struct store *s, int64_t slot, uint64_t index, const struct packed_payload *p, struct err *err);
/* The payload of an entry that is held without; *arrived: false when it is there or redacted, and stays as it is. */
CHECKED int payload_arrive(struct store *s, int64_t slot, uint64_t index, const struct packed_payload *p, bool *arrived,
                           struct err *err);

/* A bundle by its number (of an entry: index / BUNDLE_ENTRIES), as stored; borrowed from *stmt, which the caller ends
 * in any case.  ERR_NOT_FOUND. */
CHECKED int bundle_find(struct db *db, int64_t slot, uint64_t bundle, sqlite3_stmt **stmt, struct bytes *out,
                        struct err *err);

/* Walks a bundle: the next envelope; false at its end.  *broken when the bytes are not a bundle. */
bool bundle_next(struct bytes *rest, struct bytes *envelope, bool *broken);

/* One envelope, in the arena.  ERR_CORRUPT: the log should hold it and does not. */
CHECKED int envelope_read(struct store *s, int64_t slot, uint64_t index, struct arena *arena, struct bytes *out,
                          struct err *err);

/* One payload with its state, in the arena; empty when it is not here.  ERR_NOT_FOUND: no such entry; others as
 * packer_unpack. */
CHECKED int payload_read(struct store *s, int64_t slot, uint64_t index, struct arena *arena, struct bytes *out,
                         enum payload_state *state, struct err *err);

/* The present row (state, packing, data in columns 0 to 2 of a query) as state and bytes in the arena. */
CHECKED int payload_column(struct store *s, int64_t slot, sqlite3_stmt *stmt, struct arena *arena, struct bytes *out,
                           enum payload_state *state, struct err *err);
