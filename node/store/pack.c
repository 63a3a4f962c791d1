#include "node/store/pack.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/schema.h"

enum { LEVEL = 3, DICTIONARY_BYTES = 110 * 1024, SAMPLE_BYTES_MAX = 1024 * 1024, CACHED = 8 };

struct dictionary {
	ZSTD_CDict *pack; /* NULL: the origin has no dictionary yet */
	int64_t packing;
};

/* A dictionary prepared for one of the two directions.  Prepared ones take up to half a megabyte, so few are kept. */
struct prepared {
	int64_t id; /* to pack: of the origin; to unpack: of the dictionary; 0: free */
	uint64_t used;
	struct dictionary dictionary;
	ZSTD_DDict *unpack;
};

struct packer {
	struct db *db;
	ZSTD_DCtx *dctx;
	struct prepared packing[CACHED], unpacking[CACHED];
	uint64_t clock;
};

struct compressor {
	ZSTD_CCtx *cctx;
};

struct packer *packer_new(struct db *db)
{
	struct packer *p = calloc(1, sizeof *p);
	must(p != NULL);
	p->db = db;
	p->dctx = ZSTD_createDCtx();
	must(p->dctx != NULL);
	return p;
}

struct db *packer_db(struct packer *p)
{
	return p->db;
}

static void forget(struct prepared *d)
{
	ZSTD_freeCDict(d->dictionary.pack);
	ZSTD_freeDDict(d->unpack);
	*d = (struct prepared){ 0 };
}

void packer_forget(struct packer *p)
{
	for (size_t i = 0; i < CACHED; i++) {
		forget(&p->packing[i]);
		forget(&p->unpacking[i]);
	}
}

void packer_free(struct packer *p)
{
	if (p == NULL)
		return;
	packer_forget(p);
	ZSTD_freeDCtx(p->dctx);
	free(p);
}

/* ---- dictionaries ---- */

/* The place of id in a cache; *found, or the place whose turn it is to be used again. */
static struct prepared *place_for(struct packer *p, struct prepared *cache, int64_t id, bool *found)
{
	struct prepared *oldest = &cache[0];
	*found = false;
	for (size_t i = 0; i < CACHED; i++) {
		if (cache[i].id == id) {
			*found = true;
			oldest = &cache[i];
			break;
		}
		if (cache[i].used < oldest->used)
			oldest = &cache[i];
	}
	if (!*found)
		forget(oldest);
	oldest->used = ++p->clock;
	return oldest;
}

/* The newest dictionary of the slot, stale or not: what is packed before a purge is packed again by it. */
static int prepare_to_pack(struct packer *p, int64_t slot, struct dictionary *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(p->db, err, &stmt,
	                  "SELECT data, id FROM dictionary WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
	                  db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
	if (rc == OK)
		rc = db_step(p->db, err, stmt, &row);
	if (rc == OK && row) {
		struct bytes data = db_column_bytes(stmt, 0);
		out->pack = ZSTD_createCDict(data.data, data.len, LEVEL);
		out->packing = (int64_t)id_index(sqlite3_column_int64(stmt, 1));
		must(out->pack != NULL);
	}
	db_end(stmt);
	return rc;
}

int packer_dictionary(struct packer *p, int64_t slot, const struct dictionary **out, struct err *err)
{
	bool found;
	struct prepared *d = place_for(p, p->packing, slot, &found);
	int rc = found ? OK : prepare_to_pack(p, slot, &d->dictionary, err);
	if (rc == OK)
		d->id = slot;
	*out = d->dictionary.pack != NULL ? &d->dictionary : NULL;
	return rc;
}

static int dictionary_to_unpack(struct packer *p, int64_t slot, int64_t packing, const ZSTD_DDict **out,
                                struct err *err)
{
	int64_t id = entry_id(slot, (uint64_t)packing);
	sqlite3_stmt *stmt = NULL;
	bool found, row = false;
	struct prepared *d = place_for(p, p->unpacking, id, &found);
	int rc = found ? OK : db_query(p->db, err, &stmt, "SELECT data FROM dictionary WHERE id = ?1", db_int(id));
	if (rc == OK && !found)
		rc = db_step(p->db, err, stmt, &row);
	if (rc == OK && row) {
		struct bytes data = db_column_bytes(stmt, 0);
		d->id = id;
		d->unpack = ZSTD_createDDict(data.data, data.len);
	}
	db_end(stmt);
	*out = d->unpack;
	return rc == OK && *out == NULL ? err_set(err, ERR_CORRUPT, "a dictionary is not stored, or damaged") : rc;
}

/* ---- packing ---- */

struct compressor *compressor_new(void)
{
	struct compressor *c = calloc(1, sizeof *c);
	must(c != NULL);
	c->cctx = ZSTD_createCCtx();
	must(c->cctx != NULL);
	return c;
}

void compressor_free(struct compressor *c)
{
	if (c != NULL)
		ZSTD_freeCCtx(c->cctx);
	free(c);
}

void compressor_pack(struct compressor *c, const struct dictionary *dictionary, struct bytes payload, struct buf *out,
                     int64_t *packing)
{
	const ZSTD_CDict *prepared = dictionary != NULL ? dictionary->pack : NULL;
	size_t cap = ZSTD_compressBound(payload.len);
	uint8_t *place = buf_reserve(out, cap);
	size_t n = prepared != NULL ? ZSTD_compress_usingCDict(c->cctx, place, cap, payload.data, payload.len, prepared)
	                            : ZSTD_compressCCtx(c->cctx, place, cap, payload.data, payload.len, LEVEL);
	must(!ZSTD_isError(n));
	*packing = n >= payload.len ? PACKED_RAW : prepared != NULL ? dictionary->packing : PACKED_PLAIN;
	if (*packing == PACKED_RAW)
		buf_add_bytes(out, payload);
	else
		out->len += n;
}

static int unpack_into(struct packer *p, const ZSTD_DDict *dictionary, struct bytes packed, uint8_t *place, size_t size,
                       struct err *err)
{
	size_t n = dictionary != NULL
	               ? ZSTD_decompress_usingDDict(p->dctx, place, size, packed.data, packed.len, dictionary)
	               : ZSTD_decompressDCtx(p->dctx, place, size, packed.data, packed.len);
	return n == size ? OK : err_set(err, ERR_CORRUPT, "a stored payload does not unpack");
}

int packer_unpack(struct packer *p, int64_t slot, struct bytes packed, int64_t packing, struct arena *arena,
                  struct bytes *out, struct err *err)
{
	const ZSTD_DDict *dictionary = NULL;
	unsigned long long size = packing == PACKED_RAW ? packed.len : ZSTD_getFrameContentSize(packed.data, packed.len);
	if (size > PAYLOAD_MAX || packing < PACKED_RAW || packing >> SLOT_SHIFT != 0) /* zstd's errors are large sizes */
		return err_set(err, ERR_CORRUPT, "a stored payload does not unpack");
	int rc = packing >= PACKED_TRAINED ? dictionary_to_unpack(p, slot, packing, &dictionary, err) : OK;
	if (rc != OK)
		return rc;
	uint8_t *place = arena_try(arena, size > 0 ? (size_t)size : 1);
	if (place == NULL)
		return err_set(err, ERR_LIMIT, "too many payloads for one answer");
	*out = bytes_of(place, (size_t)size);
	if (packing != PACKED_RAW)
		return unpack_into(p, dictionary, packed, place, (size_t)size, err);
	if (size > 0)
		memcpy(place, packed.data, (size_t)size);
	return OK;
}

/* ---- training ---- */

struct samples {
	struct buf data;
	size_t sizes[DICTIONARY_SAMPLES];
	unsigned count;
};

static int collect(struct packer *p, int64_t slot, struct samples *samples, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(p->db, err, &stmt,
	                  "SELECT data, packing FROM payload WHERE id >= ?1 AND id < ?2 AND data IS NOT NULL ORDER BY id",
	                  db_int(entry_id(slot, 0)), db_int(entry_id(slot, DICTIONARY_SAMPLES)));
	while (rc == OK && samples->data.len < SAMPLE_BYTES_MAX) {
		struct arena arena = { 0 };
		struct bytes payload = { 0 };
		rc = db_step(p->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		rc = packer_unpack(p, slot, db_column_bytes(stmt, 0), sqlite3_column_int64(stmt, 1), &arena, &payload, err);
		if (rc == OK) {
			buf_add_bytes(&samples->data, payload);
			samples->sizes[samples->count++] = payload.len;
		}
		arena_free(&arena);
	}
	db_end(stmt);
	return rc;
}

/* The next packing looks again for a dictionary. */
static void forget_slot(struct packer *p, int64_t slot)
{
	for (size_t i = 0; i < CACHED; i++) {
		if (p->packing[i].id == slot)
			forget(&p->packing[i]);
	}
}

/* The next number of the slot's. */
static int next_packing(struct packer *p, int64_t slot, int64_t *out, struct err *err)
{
	int rc = db_get_int(p->db, err, out, "SELECT coalesce(max(id), 0) FROM dictionary WHERE id >= ?1 AND id < ?2",
	                    db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
	*out = *out == 0 ? PACKED_TRAINED : (int64_t)id_index(*out) + 1;
	return rc;
}

int packer_train(struct packer *p, int64_t slot, struct err *err)
{
	struct samples *samples = calloc(1, sizeof *samples);
	void *trained = malloc(DICTIONARY_BYTES);
	must(samples != NULL && trained != NULL);
	int64_t packing = 0;
	int rc = next_packing(p, slot, &packing, err);
	if (rc == OK)
		rc = collect(p, slot, samples, err);
	size_t n = 0;
	if (rc == OK)
		n = ZDICT_trainFromBuffer(trained, DICTIONARY_BYTES, samples->data.data, samples->sizes, samples->count);
	/* Payloads that have nothing in common, or too few, give no dictionary: the origin goes without. */
	if (rc == OK && !ZDICT_isError(n)) {
		rc = db_run(p->db, err, "INSERT INTO dictionary(id, data, stale) VALUES (?1, ?2, 0)",
		            db_int(entry_id(slot, (uint64_t)packing)), db_blob(bytes_of(trained, n)));
		forget_slot(p, slot);
	}
	buf_free(&samples->data);
	free(samples);
	free(trained);
	return rc;
}
