#include "node/store/logs.h"

#include <inttypes.h>

#include "node/base/must.h"
#include "node/store/forks.h"
#include "node/store/schema.h"
#include "node/store/tiles.h"

static struct db_value digest_value(const struct hash *digest)
{
	return db_blob(bytes_of(digest->b, sizeof digest->b));
}

static int no_such_log(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "no such log is held here");
}

/* ---- one log ---- */

static int read_log(sqlite3_stmt *stmt, struct arena *arena, struct as_of *out, struct err *err)
{
	struct bytes name = db_column_bytes(stmt, 0), root = db_column_bytes(stmt, 2);
	if (root.len != sizeof out->root)
		return err_set(err, ERR_CORRUPT, "a stored log has no root");
	*out = (struct as_of){
		.origin = arena_strn(arena, name.data, name.len),
		.size = (uint64_t)sqlite3_column_int64(stmt, 1),
		.head_size = (uint64_t)sqlite3_column_int64(stmt, 3),
		.head = arena_bytes(arena, db_column_bytes(stmt, 4)),
		.cosigned_size = (uint64_t)sqlite3_column_int64(stmt, 5),
		.cosigned = arena_bytes(arena, db_column_bytes(stmt, 6)),
	};
	memcpy(&out->root, root.data, root.len);
	return OK;
}

static int read_fork(struct store *s, struct arena *arena, struct as_of *out, struct err *err)
{
	struct origin_row o;
	struct fork fork = { 0 };
	int rc = origin_find(&s->db, out->origin, &o, err);
	if (rc == OK)
		rc = forks_state(s, &o, arena, &fork, err);
	out->fork = fork.state;
	return rc;
}

int logs_find(void *ctx, const struct hash *digest, struct arena *arena, struct as_of *out, struct err *err)
{
	struct store *s = ctx;
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT name, size, root, head_size, head, cosigned_size, cosigned FROM origin"
	                  " WHERE digest = ?1",
	                  digest_value(digest));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	if (rc == OK)
		rc = row ? read_log(stmt, arena, out, err) : no_such_log(err);
	db_end(stmt);
	return rc == OK ? read_fork(s, arena, out, err) : rc;
}

/* ---- tiles and bundles ---- */

/* Does a row of nodes, of which the head covers so many, have the first width of its run n? */
static int check_covered(uint64_t covered, uint64_t n, unsigned width, struct err *err)
{
	must(width >= 1 && width <= TILE_HASHES);
	if (n <= covered / TILE_HASHES && n * TILE_HASHES + width <= covered)
		return OK;
	return err_set(err, ERR_NOT_FOUND, "the log's checkpoint does not cover that");
}

/* Step a query of head_size and a row's bytes. */
static int read_row(struct store *s, sqlite3_stmt *stmt, uint64_t *head_size, struct bytes *row, struct err *err)
{
	bool found = false;
	int rc = db_step(&s->db, err, stmt, &found);
	if (rc != OK || !found)
		return rc != OK ? rc : no_such_log(err);
	*head_size = (uint64_t)sqlite3_column_int64(stmt, 0);
	*row = db_column_bytes(stmt, 1);
	return OK;
}

int logs_tile(void *ctx, const struct hash *digest, unsigned level, uint64_t n, unsigned width, struct buf *out,
              struct err *err)
{
	struct store *s = ctx;
	sqlite3_stmt *stmt;
	uint64_t head_size;
	struct bytes row;
	if (level >= TILE_LEVELS || n > id_index(INT64_MAX) / TILE_HASHES) /* no log is so long */
		return err_set(err, ERR_NOT_FOUND, "no log has such a tile");
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT o.head_size, t.hashes FROM origin o LEFT JOIN tile t ON t.id = (o.slot << 40 | ?2)"
	                  " WHERE o.digest = ?1",
	                  digest_value(digest), db_int(tile_id(0, level, n)));
	if (rc == OK)
		rc = read_row(s, stmt, &head_size, &row, err);
	if (rc == OK)
		rc = check_covered(head_size >> (TILE_HEIGHT * level), n, width, err);
	if (rc == OK && row.len < width * sizeof(struct hash))
		rc = err_set(err, ERR_CORRUPT, "hash tile %u/%" PRIu64 " is missing or too short", level, n);
	if (rc == OK)
		buf_add(out, row.data, width * sizeof(struct hash));
	db_end(stmt);
	return rc;
}

/* The length of the first width entries of a bundle. */
static int measure(struct bytes bundle, unsigned width, size_t *len)
{
	struct bytes rest = bundle, entry;
	bool broken = false;
	for (unsigned i = 0; i < width; i++)
		if (!bundle_next(&rest, &entry, &broken))
			return ERR_CORRUPT;
	*len = bundle.len - rest.len;
	return OK;
}

int logs_bundle(void *ctx, const struct hash *digest, uint64_t n, unsigned width, struct buf *out, struct err *err)
{
	struct store *s = ctx;
	sqlite3_stmt *stmt;
	uint64_t head_size;
	size_t len = 0;
	struct bytes row;
	if (n > id_index(INT64_MAX) / BUNDLE_ENTRIES)
		return err_set(err, ERR_NOT_FOUND, "no log has such a bundle");
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT o.head_size, b.entries FROM origin o LEFT JOIN bundle b ON b.id = (o.slot << 40 | ?2)"
	                  " WHERE o.digest = ?1",
	                  digest_value(digest), db_int(entry_id(0, n)));
	if (rc == OK)
		rc = read_row(s, stmt, &head_size, &row, err);
	if (rc == OK)
		rc = check_covered(head_size, n, width, err);
	if (rc == OK && measure(row, width, &len) != OK)
		rc = err_set(err, ERR_CORRUPT, "bundle %" PRIu64 " is missing or broken", n);
	if (rc == OK)
		buf_add(out, row.data, len);
	db_end(stmt);
	return rc;
}
