/* pack: payloads made small (zstd level 3).
 *
 * The first payloads are packed without a dictionary; once DICTIONARY_SAMPLES of them are stored a dictionary is
 * trained from them, kept in the database under a version, and used from then on: ratio 7 instead of 3, twice the
 * speed.  Every packed payload carries the number of what it was packed with.
 * Thread: the owner's.
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

enum {
	PACKED_RAW = 0,   /* as it is */
	PACKED_PLAIN = 1, /* without a dictionary; larger numbers are a dictionary's version */
	DICTIONARY_SAMPLES = 2000,
};

/* Borrows the db, from which dictionaries are read when first needed. */
struct packer *packer_new(struct db *db);
void packer_free(struct packer *p);

/* Pack with the newest dictionary.  *out borrows payload or the packer until its next call. */
CHECKED int packer_pack(struct packer *p, struct bytes payload, struct bytes *out, int64_t *packing, struct err *err);

/* Unpack into the arena.  ERR_CORRUPT: these are not bytes that were packed; ERR_LIMIT: the arena's cap. */
CHECKED int packer_unpack(struct packer *p, struct bytes packed, int64_t packing, struct arena *arena,
                          struct bytes *out, struct err *err);

/* Train a dictionary when there is none and enough payloads are stored.  Inside the caller's transaction. */
CHECKED int packer_train(struct packer *p, struct err *err);

/* The transaction around packer_train was not kept: look again at what is stored. */
void packer_forget(struct packer *p);
