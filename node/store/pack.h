/* pack: payloads made small (zstd level 3).
 *
 * The first payloads of an origin are packed without a dictionary; once it has DICTIONARY_SAMPLES of them one is
 * trained from these, kept in the database, and used from then on: a body's records resemble each other, not those of
 * another body (ratio 7 instead of 2, and twice the speed).  Every packed payload carries the number of what it was
 * packed with.
 * Thread: the owner's, unless said otherwise.
 */
#pragma once

#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/store/db.h"

struct packer;
struct compressor;
struct dictionary; /* prepared for packing */

enum {
	PACKED_RAW = 0,     /* as it is */
	PACKED_PLAIN = 1,   /* without a dictionary */
	PACKED_TRAINED = 2, /* with the origin's; later ones would have larger numbers */
	DICTIONARY_SAMPLES = 2000,
};

/* Borrows the db, from which dictionaries are read when first needed. */
struct packer *packer_new(struct db *db);
void packer_free(struct packer *p);

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

/* The transaction around packer_train was not kept: look again at what is stored. */
void packer_forget(struct packer *p);
