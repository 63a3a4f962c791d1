#include "node/store/pack.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { LEVEL = 3, DICTIONARY_BYTES = 110 * 1024, DICTIONARIES_MAX = 8, SAMPLE_BYTES_MAX = 8 * 1024 * 1024 };

struct dictionary {
	int64_t version;
	ZSTD_DDict *unpack;
};

struct packer {
	struct db *db;
	ZSTD_CCtx *cctx;
	ZSTD_DCtx *dctx;
	ZSTD_CDict *pack; /* of the newest dictionary; NULL: none yet */
	int64_t newest;
	bool looked;     /* newest is known */
	bool hopeless;   /* a training gave nothing: not tried again */
	int64_t samples; /* payloads stored so far, counted up to DICTIONARY_SAMPLES */
	struct dictionary dictionaries[DICTIONARIES_MAX];
	size_t dictionary_count;
	struct buf packed;
};

struct packer *packer_new(struct db *db)
{
	struct packer *p = calloc(1, sizeof *p);
	must(p != NULL);
	p->db = db;
	p->cctx = ZSTD_createCCtx();
	p->dctx = ZSTD_createDCtx();
	must(p->cctx != NULL && p->dctx != NULL);
	return p;
}

void packer_forget(struct packer *p)
{
	for (size_t i = 0; i < p->dictionary_count; i++)
		ZSTD_freeDDict(p->dictionaries[i].unpack);
	p->dictionary_count = 0;
	ZSTD_freeCDict(p->pack);
	p->pack = NULL;
	p->looked = false;
}

void packer_free(struct packer *p)
{
	if (p == NULL)
		return;
	packer_forget(p);
	ZSTD_freeCCtx(p->cctx);
	ZSTD_freeDCtx(p->dctx);
	buf_free(&p->packed);
	free(p);
}

/* The newest dictionary, prepared for packing. */
static int look(struct packer *p, struct err *err)
{
	if (p->looked)
		return OK;
	sqlite3_stmt *stmt;
	bool row;
	int rc = db_query_values(p->db, err, &stmt, "SELECT version, data FROM dictionary ORDER BY version DESC LIMIT 1",
	                         NULL, 0);
	if (rc == OK)
		rc = db_step(p->db, err, stmt, &row);
	if (rc == OK && row) {
		struct bytes data = db_column_bytes(stmt, 1);
		p->newest = sqlite3_column_int64(stmt, 0);
		p->pack = ZSTD_createCDict(data.data, data.len, LEVEL);
		must(p->pack != NULL);
	}
	db_end(stmt);
	if (rc == OK && p->pack == NULL)
		rc = db_get_int(p->db, err, &p->samples,
		                "SELECT count(*) FROM (SELECT 1 FROM payload WHERE data IS NOT NULL LIMIT ?1)",
		                db_int(DICTIONARY_SAMPLES));
	p->looked = rc == OK;
	return rc;
}

int packer_pack(struct packer *p, struct bytes payload, struct bytes *out, int64_t *packing, struct err *err)
{
	int rc = look(p, err);
	if (rc != OK)
		return rc;
	p->samples++;
	buf_reset(&p->packed);
	size_t cap = ZSTD_compressBound(payload.len);
	uint8_t *place = buf_reserve(&p->packed, cap);
	size_t n = p->pack != NULL ? ZSTD_compress_usingCDict(p->cctx, place, cap, payload.data, payload.len, p->pack)
	                           : ZSTD_compressCCtx(p->cctx, place, cap, payload.data, payload.len, LEVEL);
	must(!ZSTD_isError(n));
	if (n < payload.len) {
		*out = bytes_of(place, n);
		*packing = p->pack != NULL ? p->newest : PACKED_PLAIN;
	} else {
		*out = payload;
		*packing = PACKED_RAW;
	}
	return OK;
}

static int load_dictionary(struct packer *p, int64_t version, const ZSTD_DDict **out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row;
	int rc = db_query(p->db, err, &stmt, "SELECT data FROM dictionary WHERE version = ?1", db_int(version));
	if (rc == OK)
		rc = db_step(p->db, err, stmt, &row);
	if (rc == OK && (!row || p->dictionary_count == DICTIONARIES_MAX))
		rc = err_set(err, ERR_CORRUPT, "dictionary %lld is not stored", (long long)version);
	if (rc == OK) {
		struct bytes data = db_column_bytes(stmt, 0);
		struct dictionary *d = &p->dictionaries[p->dictionary_count++];
		d->version = version;
		d->unpack = ZSTD_createDDict(data.data, data.len);
		must(d->unpack != NULL);
		*out = d->unpack;
	}
	db_end(stmt);
	return rc;
}

static int find_dictionary(struct packer *p, int64_t version, const ZSTD_DDict **out, struct err *err)
{
	for (size_t i = 0; i < p->dictionary_count; i++) {
		if (p->dictionaries[i].version == version) {
			*out = p->dictionaries[i].unpack;
			return OK;
		}
	}
	return load_dictionary(p, version, out, err);
}

int packer_unpack(struct packer *p, struct bytes packed, int64_t packing, struct arena *arena, struct bytes *out,
                  struct err *err)
{
	const ZSTD_DDict *dictionary = NULL;
	unsigned long long size = packing == PACKED_RAW ? packed.len : ZSTD_getFrameContentSize(packed.data, packed.len);
	if (size > PAYLOAD_MAX) /* also what zstd says of bytes that it cannot read */
		return err_set(err, ERR_CORRUPT, "a stored payload does not unpack");
	if (packing > PACKED_PLAIN) {
		int rc = find_dictionary(p, packing, &dictionary, err);
		if (rc != OK)
			return rc;
	}
	uint8_t *place = arena_try(arena, size > 0 ? (size_t)size : 1);
	if (place == NULL)
		return err_set(err, ERR_LIMIT, "too many payloads for one answer");
	size_t n = size;
	if (packing == PACKED_RAW && size > 0)
		memcpy(place, packed.data, size);
	else if (packing != PACKED_RAW)
		n = ZSTD_decompress_usingDDict(p->dctx, place, size, packed.data, packed.len, dictionary);
	if (n != size)
		return err_set(err, ERR_CORRUPT, "a stored payload does not unpack");
	*out = bytes_of(place, n);
	return OK;
}

/* ---- training ---- */

struct samples {
	struct buf data;
	size_t sizes[DICTIONARY_SAMPLES];
	unsigned count;
};

static int collect(struct packer *p, struct samples *samples, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	int rc =
	    db_query(p->db, err, &stmt, "SELECT data, packing FROM payload WHERE data IS NOT NULL ORDER BY id LIMIT ?1",
	             db_int(DICTIONARY_SAMPLES));
	while (rc == OK && samples->data.len < SAMPLE_BYTES_MAX) {
		struct arena arena = { 0 };
		struct bytes payload = { 0 };
		rc = db_step(p->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		rc = packer_unpack(p, db_column_bytes(stmt, 0), sqlite3_column_int64(stmt, 1), &arena, &payload, err);
		if (rc == OK) {
			buf_add_bytes(&samples->data, payload);
			samples->sizes[samples->count++] = payload.len;
		}
		arena_free(&arena);
	}
	db_end(stmt);
	return rc;
}

int packer_train(struct packer *p, struct err *err)
{
	int rc = look(p, err);
	if (rc != OK || p->pack != NULL || p->hopeless || p->samples < DICTIONARY_SAMPLES)
		return rc;
	struct samples *samples = calloc(1, sizeof *samples);
	void *trained = malloc(DICTIONARY_BYTES);
	must(samples != NULL && trained != NULL);
	rc = collect(p, samples, err);
	size_t n = 0;
	if (rc == OK)
		n = ZDICT_trainFromBuffer(trained, DICTIONARY_BYTES, samples->data.data, samples->sizes, samples->count);
	/* Payloads that have nothing in common give no dictionary: then the next ones go without, too. */
	p->hopeless = rc == OK && ZDICT_isError(n);
	if (rc == OK && !p->hopeless) {
		rc = db_run(p->db, err, "INSERT INTO dictionary(version, data) VALUES (?1, ?2)", db_int(PACKED_PLAIN + 1),
		            db_blob(bytes_of(trained, n)));
		p->looked = false;
	}
	buf_free(&samples->data);
	free(samples);
	free(trained);
	return rc;
}
