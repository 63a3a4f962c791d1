/* pack: payloads made small (zstd level 3).
 *
 * The first payloads of an origin are packed without a dictionary; once it has DICTIONARY_SAMPLES of them one is
 * trained from these, kept in the database, and used from then on: a body's records resemble each other, not those of
 * another body (ratio 7 instead of 2, and twice the speed).  Every packed payload carries the number of what it was
 * packed with.  A dictionary holds pieces of what it was trained from: when one of those is redacted it is stale, and a
 * purge replaces it.
 * Thread: the owner's, unless said otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/store/db.h"

struct packer;
struct compressor;
struct dictionary; /* prepared for packing, with its number */

enum {
	PACKED_RAW = 0,     /* as it is */
	PACKED_PLAIN = 1,   /* without a dictionary */
	PACKED_TRAINED = 2, /* with the origin's first dictionary; later ones have larger numbers */
	DICTIONARY_SAMPLES = 2000,
};

/* Borrows the db, from which dictionaries are read when first needed. */
struct packer *packer_new(struct db *db);
void packer_free(struct packer *p);

/* The db that it borrows. */
struct db *packer_db(struct packer *p);

/* The origin's dictionary to pack with; NULL: it has none yet.  Borrowed until a training for that origin,
 * packer_forget, or calls for several other origins. */
CHECKED int packer_dictionary(struct packer *p, int64_t slot, const struct dictionary **out, struct err *err);

/* Packing needs no database: any thread, one compressor each. */
struct compressor *compressor_new(void);
void compressor_free(struct compressor *c);
/* Append the packed payload; dictionary may be NULL. */
void compressor_pack(struct compressor *c, const struct dictionary *dictionary, struct bytes payload, struct buf *out,
                     int64_t *packing);

/* Unpack into the arena.  ERR_CORRUPT: these are not bytes that were packed; ERR_LIMIT: the arena's cap. */
CHECKED int packer_unpack(struct packer *p, int64_t slot, struct bytes packed, int64_t packing, struct arena *arena,
                          struct bytes *out, struct err *err);

/* Train the origin's dictionary from its first payloads.  Inside the caller's transaction. */
CHECKED int packer_train(struct packer *p, int64_t slot, struct err *err);

/* One of the payloads that the origin's dictionaries were trained from is redacted.  Inside the caller's transaction.
 */
CHECKED int packer_taint(struct packer *p, int64_t slot, struct err *err);

/* Train a new dictionary for each origin whose newest is stale; one that cannot have one goes without.  Inside the
 * caller's transaction, with nothing being packed. */
CHECKED int packer_retrain(struct packer *p, struct err *err);

/* Pack the next payloads from id *from on again where theirs is a stale dictionary; *from moves on.  When nothing is
 * left *more is false and the stale dictionaries are gone.  Likewise. */
CHECKED int packer_repack(struct packer *p, int64_t *from, bool *more, struct err *err);

/* The transaction around packer_train was not kept: look again at what is stored. */
void packer_forget(struct packer *p);
