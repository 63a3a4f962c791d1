/* holding: what a store holds of one log, and what a head from elsewhere means beside it.
 *
 * Thread: the owner's of the store handle.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/store/store.h"

struct holding {
	char origin[NAME_MAX_BYTES + 1];
	uint64_t size;      /* entries */
	uint64_t head_size; /* of the complete head; 0: none */
	struct hash head_root;
	uint64_t target_size; /* of the newest head seen, still to be fetched; 0: none */
	struct buf head;      /* signed note */
	struct buf evidence;  /* the newest file; empty: none */
};

/* origin is an origin's name, at most NAME_MAX_BYTES.  A log that is not stored is one of which nothing is held: OK.
 * Free *out in any case.  ERR_CORRUPT, ERR_INVALID: a stored head cannot be read; others as store_load. */
CHECKED int holding_read(struct store *store, const char *origin, struct holding *out, struct err *err);
void holding_free(struct holding *h);

/* The sizes from which a newer head must be proved to go on; gives how many (at most two). */
size_t holding_bases(const struct holding *h, uint64_t sizes[2]);

/* A signed head of size entries, fewer than those of ours: *contradicts when our first entries have another root;
 * evidence is then a serialised Evidence, appended.  key is the one that signed
 * head.  Errors as store_read. */
CHECKED int holding_contradiction(struct store *store, const struct holding *h, struct bytes head, uint64_t size,
                                  const struct hash *root, const struct vkey *key, bool *contradicts,
                                  struct buf *evidence, struct err *err);
