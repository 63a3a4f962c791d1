/* repack: dictionaries that were trained from what is redacted now, and what they packed; declared in pack.h. */
#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/pack.h"
#include "node/store/schema.h"

enum { REPACK_ROWS = 4096 };

int packer_taint(struct packer *p, int64_t slot, struct err *err)
{
	return db_run(packer_db(p), err, "UPDATE dictionary SET stale = 1 WHERE id >= ?1 AND id < ?2",
	              db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
}

/* The first slot after *slot whose dictionaries are stale, all of them.  ERR_NOT_FOUND. */
static int next_stale(struct packer *p, int64_t *slot, struct err *err)
{
	return db_get_int(packer_db(p), err, slot,
	                  "SELECT id >> 40 FROM dictionary WHERE id >= ?1 GROUP BY id >> 40 HAVING min(stale) = 1"
	                  " ORDER BY id LIMIT 1",
	                  db_int(entry_id(*slot + 1, 0)));
}

int packer_retrain(struct packer *p, struct err *err)
{
	int64_t slot = 0;
	int rc;
	packer_forget(p);
	while ((rc = next_stale(p, &slot, err)) == OK) {
		rc = packer_train(p, slot, err);
		if (rc != OK)
			return rc;
	}
	return rc == ERR_NOT_FOUND ? OK : rc;
}

struct row {
	int64_t id, packing;
};

/* What the stale dictionaries packed, the next rows of it. */
static int find_rows(struct packer *p, int64_t from, struct row *rows, size_t *count, struct err *err)
{
	sqlite3_stmt *stmt;
	*count = 0;
	int rc = db_query(packer_db(p), err, &stmt,
	                  "SELECT p.id, p.packing FROM payload AS p CROSS JOIN dictionary AS d"
	                  " ON d.id = ((p.id >> 40) << 40) + p.packing WHERE p.id >= ?1 AND d.stale = 1"
	                  " ORDER BY p.id LIMIT ?2",
	                  db_int(from), db_int(REPACK_ROWS));
	while (rc == OK && *count < REPACK_ROWS && db_next(packer_db(p), err, stmt, &rc)) {
		rows[(*count)++] = (struct row){ sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1) };
	}
	db_end(stmt);
	return rc;
}

static int read_row(struct packer *p, const struct row *r, struct arena *arena, struct bytes *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(packer_db(p), err, &stmt, "SELECT data FROM payload WHERE id = ?1", db_int(r->id));
	if (rc == OK)
		rc = db_step(packer_db(p), err, stmt, &row);
	if (rc == OK)
		rc = packer_unpack(p, id_slot(r->id), db_column_bytes(stmt, 0), r->packing, arena, out, err);
	db_end(stmt);
	return rc;
}

/* The slot's newest dictionary, unless it is stale: then its payloads go without. */
static int fresh_dictionary(struct packer *p, int64_t slot, const struct dictionary **out, struct err *err)
{
	int64_t stale = 0;
	int rc = db_get_int(packer_db(p), err, &stale,
	                    "SELECT stale FROM dictionary WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
	                    db_int(entry_id(slot, 0)), db_int(entry_id(slot + 1, 0)));
	*out = NULL;
	return rc != OK || stale != 0 ? rc : packer_dictionary(p, slot, out, err);
}

static int repack_row(struct packer *p, struct compressor *c, const struct row *r, struct buf *scratch, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes payload;
	const struct dictionary *dictionary;
	int64_t packing = PACKED_RAW;
	int rc = read_row(p, r, &arena, &payload, err);
	if (rc == OK)
		rc = fresh_dictionary(p, id_slot(r->id), &dictionary, err);
	buf_reset(scratch);
	if (rc == OK) {
		compressor_pack(c, dictionary, payload, scratch, &packing);
		rc = db_run(packer_db(p), err, "UPDATE payload SET packing = ?2, data = ?3 WHERE id = ?1", db_int(r->id),
		            db_int(packing), db_blob(buf_bytes(scratch)));
	}
	arena_free(&arena);
	return rc;
}

int packer_repack(struct packer *p, int64_t *from, bool *more, struct err *err)
{
	struct row *rows = calloc(REPACK_ROWS, sizeof *rows);
	must(rows != NULL);
	size_t count = 0;
	int64_t stale = 0;
	int rc = db_get_int_values(packer_db(p), err, &stale, "SELECT count(*) FROM dictionary WHERE stale = 1", NULL, 0);
	if (rc == OK && stale > 0)
		rc = find_rows(p, *from, rows, &count, err);
	struct compressor *c = compressor_new();
	struct buf scratch = { 0 };
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = repack_row(p, c, &rows[i], &scratch, err);
	if (rc == OK && count > 0)
		*from = rows[count - 1].id + 1;
	*more = count == REPACK_ROWS;
	if (rc == OK && !*more && stale > 0)
		rc = db_run_values(packer_db(p), err, "DELETE FROM dictionary WHERE stale = 1", NULL, 0);
	compressor_free(c);
	buf_free(&scratch);
	free(rows);
	return rc;
}
