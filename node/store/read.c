/* read: what a core asks for: all of an origin's state to start from, or a run of its entries. */
#include "node/base/must.h"
#include "node/store/forks.h"
#include "node/store/key_statements.h"
#include "node/store/schema.h"
#include "node/store/store.h"
#include "node/store/tiles.h"

int store_origins(struct store *s, struct arena *arena, const char ***names, size_t *count, struct err *err)
{
	struct origin_row *rows;
	int rc = origin_list(&s->db, arena, &rows, count, err);
	*names = arena_array(arena, *count + 1, sizeof **names);
	for (size_t i = 0; i < *count; i++)
		(*names)[i] = rows[i].name;
	return rc;
}

/* ---- loading ---- */

/* The roots of full bundles are the hashes of level 1. */
static int load_roots(struct store *s, const struct origin_row *o, struct origin_state *out, struct err *err)
{
	size_t wanted = (size_t)(o->size / BUNDLE_ENTRIES), held = 0;
	out->roots = arena_try(&out->arena, (wanted + 1) * sizeof *out->roots);
	if (out->roots == NULL)
		return err_set(err, ERR_LIMIT, "%s: the log is too long to load", o->name);
	int rc = OK;
	while (rc == OK && held < wanted) {
		struct hash hashes[TILE_HASHES];
		size_t count;
		rc = tile_read(&s->db, o->slot, 1, held / TILE_HASHES, hashes, &count, err);
		size_t due = wanted - held < TILE_HASHES ? wanted - held : TILE_HASHES;
		if (rc == OK && count != due)
			rc = err_set(err, ERR_CORRUPT, "%s: a hash tile is missing or has the wrong length", o->name);
		if (rc == OK)
			memcpy(&out->roots[held], hashes, count * sizeof *hashes);
		held += due;
	}
	return rc;
}

static int load_tail(struct store *s, const struct origin_row *o, struct origin_state *out, struct err *err)
{
	size_t wanted = (size_t)(o->size % BUNDLE_ENTRIES), count = 0;
	struct hash hashes[TILE_HASHES];
	out->tail = arena_array(&out->arena, BUNDLE_ENTRIES, sizeof *out->tail);
	int rc = wanted > 0 ? tile_read(&s->db, o->slot, 0, o->size / BUNDLE_ENTRIES, hashes, &count, err) : OK;
	if (rc == OK && count != wanted)
		rc = err_set(err, ERR_CORRUPT, "%s: the last hash tile is missing or has the wrong length", o->name);
	if (rc == OK)
		memcpy(out->tail, hashes, count * sizeof *hashes);
	return rc;
}

static int load(struct store *s, const char *origin, struct origin_state *out, struct err *err)
{
	struct origin_row o;
	struct origin_heads heads = { 0 };
	int rc = origin_find(&s->db, origin, &o, err);
	if (rc != OK)
		return rc;
	memcpy(out->origin, o.name, sizeof o.name);
	out->size = o.size;
	rc = origin_heads(&s->db, o.slot, &out->arena, &heads, err);
	out->head = heads.head;
	out->target = heads.target;
	out->cosigned = heads.cosigned;
	out->target_keys = heads.target_keys;
	if (rc == OK)
		rc = key_statements_read(s, &o, &out->arena, &out->keys, &out->key_count, err);
	if (rc == OK)
		rc = forks_newest(&s->db, &o, &out->arena, &out->evidence, err);
	if (rc == OK)
		rc = forks_statements(s, &o, &out->arena, &out->statements, &out->statement_count, err);
	if (rc == OK)
		rc = load_roots(s, &o, out, err);
	if (rc == OK)
		rc = load_tail(s, &o, out, err);
	return rc;
}

int store_load(struct store *s, const char *origin, struct origin_state *out, struct err *err)
{
	*out = (struct origin_state){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = load(s, origin, out, err);
	store_end_read(s);
	if (rc != OK)
		arena_free(&out->arena);
	return rc;
}

/* ---- reading ---- */

/* The envelopes of [start, end), bundle by bundle. */
static int read_envelopes(struct store *s, int64_t slot, const struct store_read *read, struct read_answer *out,
                          struct err *err)
{
	int rc = OK;
	uint64_t index = read->start;
	while (rc == OK && index < read->end) {
		sqlite3_stmt *stmt;
		struct bytes rest, envelope;
		bool broken = false;
		uint64_t before = index;
		rc = bundle_find(&s->db, slot, index / BUNDLE_ENTRIES, &stmt, &rest, err);
		for (size_t at = 0; rc == OK && index < read->end && bundle_next(&rest, &envelope, &broken); at++) {
			if (at != index % BUNDLE_ENTRIES)
				continue;
			out->entries[out->count++].envelope = arena_bytes(&out->arena, envelope);
			if (++index % BUNDLE_ENTRIES == 0)
				break;
		}
		bool whole = index == read->end || (index > before && index % BUNDLE_ENTRIES == 0);
		if (rc == ERR_NOT_FOUND || (rc == OK && !whole))
			rc = err_set(err, ERR_CORRUPT, "%s: a stored bundle is broken", read->origin);
		db_end(stmt);
	}
	return rc;
}

static int read_payloads(struct store *s, int64_t slot, const struct store_read *read, struct read_answer *out,
                         struct err *err)
{
	sqlite3_stmt *stmt;
	size_t given = 0;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT state, packing, data, id FROM payload WHERE id >= ?1 AND id < ?2 ORDER BY id",
	                  db_int(entry_id(slot, read->start)), db_int(entry_id(slot, read->end)));
	while (rc == OK && out->payloads < out->count && (out->payloads == 0 || given <= read->payload_bytes)) {
		struct entry *e = &out->entries[out->payloads];
		bool row = false;
		rc = db_step(&s->db, err, stmt, &row);
		if (rc == OK && (!row || id_index(sqlite3_column_int64(stmt, 3)) != read->start + out->payloads))
			rc = err_set(err, ERR_CORRUPT, "%s: a payload's row is missing", read->origin);
		if (rc == OK)
			rc = payload_column(s, slot, stmt, &out->arena, &e->payload, &e->state, err);
		given += e->payload.len;
		out->payloads++;
	}
	db_end(stmt);
	return rc;
}

static int read_leaves(struct store *s, int64_t slot, const struct store_read *read, struct read_answer *out,
                       struct err *err)
{
	int rc = tile_read(&s->db, slot, 0, read->leaves_bundle, out->leaves, &out->leaf_count, err);
	if (rc == OK && out->leaf_count == 0)
		rc = err_set(err, ERR_NOT_FOUND, "%s: bundle %llu is not held", read->origin,
		             (unsigned long long)read->leaves_bundle);
	return rc;
}

static int read_range(struct store *s, const struct origin_row *o, const struct store_read *read,
                      struct read_answer *out, struct err *err)
{
	if (read->start > read->end || read->end > o->size)
		return err_set(err, ERR_NOT_FOUND, "%s: entries [%llu, %llu) are not held", read->origin,
		               (unsigned long long)read->start, (unsigned long long)read->end);
	if (read->end - read->start > STORE_BATCH_ROWS)
		return err_set(err, ERR_LIMIT, "more than %d entries in one read", STORE_BATCH_ROWS);
	out->entries = arena_array(&out->arena, (size_t)(read->end - read->start) + 1, sizeof *out->entries);
	int rc = read_envelopes(s, o->slot, read, out, err);
	if (rc == OK)
		rc = read_payloads(s, o->slot, read, out, err);
	if (rc == OK && read->want_leaves)
		rc = read_leaves(s, o->slot, read, out, err);
	return rc;
}

/* ---- entries that do not stand side by side ---- */

static int read_indexes(struct store *s, const struct origin_row *o, const struct store_read *read,
                        struct read_answer *out, struct err *err)
{
	size_t given = 0;
	int rc = OK;
	out->entries = arena_array(&out->arena, read->index_count, sizeof *out->entries);
	for (size_t i = 0; rc == OK && i < read->index_count && (i == 0 || given <= read->payload_bytes); i++) {
		struct entry *e = &out->entries[i];
		uint64_t index = out->indexes[i] = read->indexes[i];
		if (index >= o->size)
			return err_set(err, ERR_NOT_FOUND, "%s has no entry %llu here", read->origin, (unsigned long long)index);
		rc = envelope_read(s, o->slot, index, &out->arena, &e->envelope, err);
		if (rc == OK)
			rc = payload_read(s, o->slot, index, &out->arena, &e->payload, &e->state, err);
		given += e->payload.len;
		out->payloads = out->count = i + 1;
	}
	return rc;
}

static int find_missing(struct store *s, const struct origin_row *o, const struct store_read *read,
                        struct read_answer *out, struct err *err)
{
	struct db_value collection = read->collection[0] != '\0' ? db_text(read->collection) : (struct db_value){ 0 };
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT id FROM payload INDEXED BY missing WHERE state = 2 AND collection IS ?1 AND id >= ?2"
	                  " AND id < ?3 ORDER BY id LIMIT ?4",
	                  collection, db_int(entry_id(o->slot, read->start)), db_int(entry_id(o->slot, o->size)),
	                  db_int(PAYLOADS_ASKED_MAX));
	while (rc == OK && out->count < PAYLOADS_ASKED_MAX && db_next(&s->db, err, stmt, &rc)) {
		out->indexes[out->count++] = id_index(sqlite3_column_int64(stmt, 0));
	}
	db_end(stmt);
	return rc;
}

static int read_missing(struct store *s, const struct origin_row *o, const struct store_read *read,
                        struct read_answer *out, struct err *err)
{
	int rc = find_missing(s, o, read, out, err);
	out->entries = arena_array(&out->arena, out->count + 1, sizeof *out->entries);
	for (size_t i = 0; rc == OK && i < out->count; i++) {
		out->entries[i].state = PAYLOAD_WITHHELD;
		rc = envelope_read(s, o->slot, out->indexes[i], &out->arena, &out->entries[i].envelope, err);
	}
	return rc;
}

static int read_all(struct store *s, const struct store_read *read, struct read_answer *out, struct err *err)
{
	struct origin_row o;
	int rc = origin_find(&s->db, read->origin, &o, err);
	if (rc != OK)
		return rc;
	if (read->want_missing)
		return read_missing(s, &o, read, out, err);
	return read->index_count > 0 ? read_indexes(s, &o, read, out, err) : read_range(s, &o, read, out, err);
}

int store_read(struct store *s, const struct store_read *read, struct read_answer *out, struct err *err)
{
	*out = (struct read_answer){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = read_all(s, read, out, err);
	store_end_read(s);
	if (rc != OK)
		arena_free(&out->arena);
	return rc;
}
