#include "node/store/tiles.h"

#include "node/base/must.h"
#include "node/store/recent.h"
#include "node/store/schema.h"

/* A slot's 2^40 numbers: 4 bits of level, 36 of tile. */
enum { LEVEL_SHIFT = 36 };

int64_t tile_id(int64_t slot, unsigned level, uint64_t n)
{
	return entry_id(slot, (uint64_t)level << LEVEL_SHIFT | n);
}

/* Add hashes to the tile that hash number at of its level belongs to; they must fit. */
static int extend(struct store *s, int64_t id, size_t at, const struct hash *hashes, size_t count, struct err *err)
{
	struct bytes added = bytes_of(hashes, count * sizeof *hashes);
	must(at + count <= TILE_HASHES);
	if (at == 0)
		return db_run(&s->db, err, "INSERT INTO tile(id, hashes) VALUES (?1, ?2)", db_int(id), db_blob(added));
	/* The old length is part of the condition: a tile of another length is damage, not something to add to. */
	int rc =
	    db_run(&s->db, err, "UPDATE tile SET hashes = CAST(hashes || ?2 AS BLOB) WHERE id = ?1 AND length(hashes) = ?3",
	           db_int(id), db_blob(added), db_int((int64_t)(at * sizeof *hashes)));
	if (rc == OK && sqlite3_changes(s->db.conn) != 1)
		rc = err_set(err, ERR_CORRUPT, "a hash tile does not have the length that the log's size asks for");
	return rc;
}

static int root_of_tile(struct store *s, int64_t slot, unsigned level, uint64_t n, struct hash *out, struct err *err)
{
	struct hash hashes[TILE_HASHES];
	size_t count;
	int rc = tile_read(&s->db, slot, level, n, hashes, &count, err);
	if (rc == OK && count != TILE_HASHES)
		rc = err_set(err, ERR_CORRUPT, "a hash tile that should be full is not");
	if (rc == OK)
		*out = tree_hash_leaves(s->hasher, hashes, TILE_HASHES);
	return rc;
}

/* Tile n of a level is full: its root joins the level above. */
static int complete(struct store *s, int64_t slot, unsigned level, uint64_t n, struct err *err)
{
	int rc = OK;
	while (rc == OK && level + 1 < TILE_LEVELS) {
		struct hash root;
		rc = root_of_tile(s, slot, level, n, &root, err);
		if (rc != OK)
			break;
		level++;
		size_t at = n % TILE_HASHES;
		n /= TILE_HASHES;
		rc = extend(s, tile_id(slot, level, n), at, &root, 1, err);
		if (at + 1 < TILE_HASHES)
			break;
	}
	return rc;
}

int tiles_append(struct store *s, int64_t slot, uint64_t start, const struct hash *leaves, size_t count,
                 struct err *err)
{
	int rc = OK;
	while (rc == OK && count > 0) {
		uint64_t tile = start / TILE_HASHES;
		size_t at = start % TILE_HASHES;
		size_t fit = count < TILE_HASHES - at ? count : TILE_HASHES - at;
		rc = extend(s, tile_id(slot, 0, tile), at, leaves, fit, err);
		if (rc == OK && at + fit == TILE_HASHES)
			rc = complete(s, slot, 0, tile, err);
		start += fit;
		leaves += fit;
		count -= fit;
	}
	return rc;
}

int tile_read(struct db *db, int64_t slot, unsigned level, uint64_t n, struct hash out[TILE_HASHES], size_t *count,
              struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	*count = 0;
	int rc = db_query(db, err, &stmt, "SELECT hashes FROM tile WHERE id = ?1", db_int(tile_id(slot, level, n)));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		struct bytes hashes = db_column_bytes(stmt, 0);
		if (hashes.len == 0 || hashes.len % HASH_SIZE != 0 || hashes.len > sizeof(struct hash) * TILE_HASHES) {
			rc = err_set(err, ERR_CORRUPT, "a hash tile has %zu bytes", hashes.len);
		} else {
			memcpy(out, hashes.data, hashes.len);
			*count = hashes.len / HASH_SIZE;
		}
	}
	db_end(stmt);
	return rc;
}

/* ---- nodes ---- */

static struct hash *level_of(struct tile_nodes *t, unsigned level)
{
	return t->v + 2 * TILE_HASHES - (2 * TILE_HASHES >> level);
}

static void hash_nodes(struct hasher *h, struct tile_nodes *t)
{
	for (unsigned level = 1; level < TILE_HEIGHT; level++) {
		const struct hash *below = level_of(t, level - 1);
		struct hash *nodes = level_of(t, level);
		for (size_t i = 0; i < t->count >> level; i++)
			nodes[i] = hash_node(h, &below[2 * i], &below[2 * i + 1]);
	}
}

/* One that has at least that many hashes, if there are; most proofs need nodes of tiles that others needed, too. */
static int read_nodes(struct tile_source *source, unsigned level, uint64_t n, size_t least)
{
	struct store *s = source->store;
	struct tile_nodes *t = &source->nodes;
	int64_t id = tile_id(source->slot, level, n);
	struct bytes kept;
	source->cached = 0;
	if (recent_nodes(s, id, &kept)) {
		must(kept.len == sizeof *t);
		memcpy(t, kept.data, sizeof *t);
		source->cached = id;
		if (t->count >= least)
			return OK;
	}
	int rc = tile_read(&s->db, source->slot, level, n, t->v, &t->count, &source->err);
	if (rc != OK)
		return rc;
	hash_nodes(s->hasher, t);
	recent_keep_nodes(s, id, bytes_of(t, sizeof *t));
	source->cached = id;
	return OK;
}

/* Node (level, index) is the root of 2^(level mod 8) neighbours in one tile. */
static int source_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct tile_source *source = ctx;
	unsigned tile_level = level / TILE_HEIGHT, inner = level % TILE_HEIGHT;
	uint64_t first = index << inner;
	size_t at = first % TILE_HASHES, least = at + ((size_t)1 << inner);
	if (tile_level >= TILE_LEVELS)
		return ERR_NOT_FOUND;
	if (source->cached != tile_id(source->slot, tile_level, first / TILE_HASHES) || source->nodes.count < least) {
		int rc = read_nodes(source, tile_level, first / TILE_HASHES, least);
		if (rc != OK)
			return rc;
	}
	if (least > source->nodes.count)
		return ERR_NOT_FOUND;
	*out = level_of(&source->nodes, inner)[at >> inner];
	return OK;
}

struct tree_source tiles_as_source(struct tile_source *source)
{
	return (struct tree_source){ .read = source_read, .ctx = source };
}
