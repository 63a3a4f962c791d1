#include "node/store/entries.h"

#include "node/store/arrival.h"

#include "node/base/must.h"
#include "node/store/recent.h"
#include "node/store/schema.h"
#include "node/store/tiles.h"

/* ---- origins ---- */

static int origin_from(sqlite3_stmt *stmt, struct origin_row *out, struct err *err)
{
	struct bytes name = db_column_bytes(stmt, 1), root = db_column_bytes(stmt, 3);
	*out = (struct origin_row){
		.slot = sqlite3_column_int64(stmt, 0),
		.size = (uint64_t)sqlite3_column_int64(stmt, 2),
		.head_size = (uint64_t)sqlite3_column_int64(stmt, 4),
		.target_size = (uint64_t)sqlite3_column_int64(stmt, 5),
		.forks = sqlite3_column_int64(stmt, 6),
		.own = sqlite3_column_int(stmt, 7) != 0,
		.cosigned_size = (uint64_t)sqlite3_column_int64(stmt, 8),
	};
	if (name.len == 0 || name.len > NAME_MAX_BYTES || memchr(name.data, 0, name.len) != NULL ||
	    root.len != sizeof out->root || out->forks < 0 || out->slot < 1 || out->slot > SLOT_MAX ||
	    out->size >> SLOT_SHIFT != 0 || out->head_size > out->size || out->cosigned_size > out->head_size)
		return err_set(err, ERR_CORRUPT, "the row of origin slot %lld is not one that was written",
		               (long long)out->slot);
	memcpy(out->name, name.data, name.len);
	memcpy(&out->root, root.data, root.len);
	return OK;
}

#define ORIGIN_COLUMNS "SELECT slot, name, size, root, head_size, target_size, forks, own, cosigned_size FROM origin"

static int origin_one(struct db *db, const char *sql, struct db_value key, struct origin_row *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(db, err, &stmt, sql, key);
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK)
		rc = row ? origin_from(stmt, out, err) : ERR_NOT_FOUND;
	db_end(stmt);
	return rc;
}

int origin_find(struct db *db, const char *name, struct origin_row *out, struct err *err)
{
	int rc = origin_one(db, ORIGIN_COLUMNS " WHERE name = ?1", db_text(name), out, err);
	return rc == ERR_NOT_FOUND ? err_set(err, ERR_NOT_FOUND, "no origin %s here", name) : rc;
}

int origin_at(struct db *db, int64_t slot, struct origin_row *out, struct err *err)
{
	return origin_one(db, ORIGIN_COLUMNS " WHERE slot = ?1", db_int(slot), out, err);
}

int origin_list(struct db *db, struct arena *arena, struct origin_row **out, size_t *count, struct err *err)
{
	struct origin_row *rows = arena_array(arena, ORIGINS_MAX, sizeof *rows);
	size_t n = 0;
	sqlite3_stmt *stmt;
	int rc = db_query_values(db, err, &stmt, ORIGIN_COLUMNS " ORDER BY name", NULL, 0);
	while (rc == OK && db_next(db, err, stmt, &rc)) {
		rc = n < ORIGINS_MAX ? origin_from(stmt, &rows[n], err) : err_set(err, ERR_CORRUPT, "too many origins stored");
		n++;
	}
	db_end(stmt);
	*out = rows;
	*count = rc == OK ? n : 0;
	return rc;
}

int origin_make(struct store *s, const char *name, struct origin_row *out, struct err *err)
{
	int rc = origin_find(&s->db, name, out, NULL);
	if (rc != ERR_NOT_FOUND)
		return rc == OK ? OK : origin_find(&s->db, name, out, err);
	int64_t count;
	rc = db_get_int_values(&s->db, err, &count, "SELECT count(*) FROM origin", NULL, 0);
	if (rc == OK && count >= ORIGINS_MAX)
		rc = err_set(err, ERR_LIMIT, "more than %d origins", ORIGINS_MAX);
	struct hash empty = hash_empty(s->hasher);
	struct hash digest = hash_sum(s->hasher, bytes_str(name));
	if (rc == OK)
		rc = db_run(
		    &s->db, err,
		    "INSERT INTO origin(slot, name, digest, size, root, head_size, target_size, own, forks, cosigned_size)"
		    " SELECT coalesce(max(slot), 0) + 1, ?1, ?2, 0, ?3, 0, 0, 0, 0, 0 FROM origin",
		    db_text(name), db_blob(bytes_of(&digest, sizeof digest)), db_blob(bytes_of(&empty, sizeof empty)));
	return rc == OK ? origin_find(&s->db, name, out, err) : rc;
}

int origin_heads(struct db *db, int64_t slot, struct arena *arena, struct origin_heads *out, struct err *err)
{
	*out = (struct origin_heads){ 0 };
	sqlite3_stmt *stmt;
	bool row = false;
	int rc =
	    db_query(db, err, &stmt, "SELECT head, target, head_root, cosigned, target_keys FROM origin WHERE slot = ?1",
	             db_int(slot));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK && row) {
		out->head = arena_bytes(arena, db_column_bytes(stmt, 0));
		out->target = arena_bytes(arena, db_column_bytes(stmt, 1));
		out->cosigned = arena_bytes(arena, db_column_bytes(stmt, 3));
		out->target_keys = arena_bytes(arena, db_column_bytes(stmt, 4));
		struct bytes root = db_column_bytes(stmt, 2);
		if (root.len == sizeof out->head_root)
			memcpy(&out->head_root, root.data, root.len);
		else if (out->head.len > 0)
			rc = err_set(err, ERR_CORRUPT, "a stored head has no root beside it");
	}
	db_end(stmt);
	return rc;
}

int origin_set_cosigned(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err)
{
	if (w->head_size < o->cosigned_size)
		return OK;
	o->cosigned_size = w->head_size;
	return db_run(&s->db, err, "UPDATE origin SET cosigned = ?2, cosigned_size = ?3 WHERE slot = ?1", db_int(o->slot),
	              db_blob(w->head), db_int((int64_t)w->head_size));
}

int origin_set_head(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err)
{
	if (w->head_size > o->size || (w->head_size == o->size && !hash_equal(&w->head_root, &o->root)))
		return err_set(err, ERR_CORRUPT, "the head of %s is for other entries than those held", o->name);
	int rc = OK;
	if (w->head_size > o->head_size)
		rc = arrival_put(&s->db, o->slot, o->head_size, w->head_size - 1, w->wall_ms, err);
	o->head_size = w->head_size;
	if (o->target_size <= o->head_size)
		o->target_size = 0;
	if (rc == OK && w->head_cosigned)
		rc = origin_set_cosigned(s, o, w, err);
	if (rc != OK)
		return rc;
	return db_run(&s->db, err,
	              "UPDATE origin SET head = ?2, head_size = ?3, head_root = ?4,"
	              " target = CASE WHEN ?5 = 0 THEN NULL ELSE target END, target_size = ?5 WHERE slot = ?1",
	              db_int(o->slot), db_blob(w->head), db_int((int64_t)w->head_size),
	              db_blob(bytes_of(&w->head_root, sizeof w->head_root)), db_int((int64_t)o->target_size));
}

int origin_set_target(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err)
{
	o->target_size = w->head_size;
	return db_run(&s->db, err, "UPDATE origin SET target = ?2, target_size = ?3, target_keys = ?4 WHERE slot = ?1",
	              db_int(o->slot), db_blob(w->head), db_int((int64_t)w->head_size), db_blob(w->head_keys));
}

/* ---- envelopes ---- */

int bundle_find(struct db *db, int64_t slot, uint64_t bundle, sqlite3_stmt **stmt, struct bytes *out, struct err *err)
{
	bool row = false;
	int rc = db_query(db, err, stmt, "SELECT entries FROM bundle WHERE id = ?1", db_int(entry_id(slot, bundle)));
	if (rc == OK)
		rc = db_step(db, err, *stmt, &row);
	if (rc == OK && !row)
		rc = err_set(err, ERR_NOT_FOUND, "no bundle %llu", (unsigned long long)bundle);
	*out = rc == OK ? db_column_bytes(*stmt, 0) : (struct bytes){ 0 };
	return rc;
}

bool bundle_next(struct bytes *rest, struct bytes *envelope, bool *broken)
{
	*broken = false;
	if (rest->len == 0)
		return false;
	size_t len = rest->len >= 2 ? (size_t)rest->data[0] << 8 | rest->data[1] : 0;
	if (rest->len < 2 || len > rest->len - 2) {
		*broken = true;
		return false;
	}
	*envelope = bytes_of(rest->data + 2, len);
	*rest = bytes_of(rest->data + 2 + len, rest->len - 2 - len);
	return true;
}

int envelope_read(struct store *s, int64_t slot, uint64_t index, struct arena *arena, struct bytes *out,
                  struct err *err)
{
	sqlite3_stmt *stmt;
	struct bytes rest, envelope = { 0 };
	bool broken = false;
	uint64_t at = 0, wanted = index % BUNDLE_ENTRIES;
	int rc = bundle_find(&s->db, slot, index / BUNDLE_ENTRIES, &stmt, &rest, err);
	while (rc == OK && at <= wanted && bundle_next(&rest, &envelope, &broken))
		at++;
	if (rc == ERR_NOT_FOUND || (rc == OK && at <= wanted))
		rc = err_set(err, ERR_CORRUPT, "a stored bundle is missing or broken");
	if (rc == OK)
		*out = arena_bytes(arena, envelope);
	db_end(stmt);
	return rc;
}

/* Write count envelopes, all of one bundle, at index start. */
static int bundle_extend(struct store *s, int64_t slot, uint64_t start, const struct entry *entries, size_t count,
                         struct err *err)
{
	struct buf *b = &s->scratch;
	buf_reset(b);
	for (size_t i = 0; i < count; i++) {
		buf_add_u16(b, (uint16_t)entries[i].envelope.len);
		buf_add_bytes(b, entries[i].envelope);
	}
	int64_t id = entry_id(slot, start / BUNDLE_ENTRIES);
	if (start % BUNDLE_ENTRIES == 0)
		return db_run(&s->db, err, "INSERT INTO bundle(id, entries) VALUES (?1, ?2)", db_int(id),
		              db_blob(buf_bytes(b)));
	int rc = db_run(&s->db, err, "UPDATE bundle SET entries = CAST(entries || ?2 AS BLOB) WHERE id = ?1", db_int(id),
	                db_blob(buf_bytes(b)));
	if (rc == OK && sqlite3_changes(s->db.conn) != 1)
		rc = err_set(err, ERR_CORRUPT, "the last bundle of a log is not stored");
	return rc;
}

static int bundles_append(struct store *s, int64_t slot, uint64_t start, const struct entry *entries, size_t count,
                          struct err *err)
{
	int rc = OK;
	while (rc == OK && count > 0) {
		size_t room = BUNDLE_ENTRIES - start % BUNDLE_ENTRIES;
		size_t fit = count < room ? count : room;
		rc = bundle_extend(s, slot, start, entries, fit, err);
		start += fit;
		entries += fit;
		count -= fit;
	}
	return rc;
}

/* ---- payloads ---- */

int payload_put(struct store *s, int64_t slot, uint64_t index, const struct packed_payload *p, struct err *err)
{
	struct db_value collection = p->collection.len > 0 ? db_textn(p->collection) : (struct db_value){ 0 };
	return db_run(&s->db, err, "INSERT INTO payload(id, state, packing, data, collection) VALUES (?1, ?2, ?3, ?4, ?5)",
	              db_int(entry_id(slot, index)), db_int(p->state), db_int(p->packing), db_blob(p->packed), collection);
}

int payload_arrive(struct store *s, int64_t slot, uint64_t index, const struct packed_payload *p, bool *arrived,
                   struct err *err)
{
	int rc = db_run(&s->db, err, "UPDATE payload SET state = ?2, packing = ?3, data = ?4 WHERE id = ?1 AND state = ?5",
	                db_int(entry_id(slot, index)), db_int(PAYLOAD_PRESENT), db_int(p->packing), db_blob(p->packed),
	                db_int(PAYLOAD_WITHHELD));
	*arrived = rc == OK && sqlite3_changes(s->db.conn) == 1;
	return rc;
}

int payload_column(struct store *s, int64_t slot, sqlite3_stmt *stmt, struct arena *arena, struct bytes *out,
                   enum payload_state *state, struct err *err)
{
	*state = (enum payload_state)sqlite3_column_int(stmt, 0);
	*out = (struct bytes){ 0 };
	if (*state != PAYLOAD_PRESENT)
		return *state == PAYLOAD_WITHHELD || *state == PAYLOAD_REDACTED || *state == PAYLOAD_NONE
		           ? OK
		           : err_set(err, ERR_CORRUPT, "a stored payload has state %d", (int)*state);
	return packer_unpack(s->packer, slot, db_column_bytes(stmt, 2), sqlite3_column_int64(stmt, 1), arena, out, err);
}

static int copy_kept(struct bytes kept, struct arena *arena, struct bytes *out, enum payload_state *state,
                     struct err *err)
{
	uint8_t *copy = arena_try(arena, kept.len);
	if (copy == NULL)
		return err_set(err, ERR_LIMIT, "too many payloads for one answer");
	memcpy(copy, kept.data, kept.len);
	*out = bytes_of(copy, kept.len);
	*state = PAYLOAD_PRESENT;
	return OK;
}

int payload_read(struct store *s, int64_t slot, uint64_t index, struct arena *arena, struct bytes *out,
                 enum payload_state *state, struct err *err)
{
	sqlite3_stmt *stmt;
	struct bytes kept;
	bool row = false;
	if (recent_payload(s, entry_id(slot, index), &kept))
		return copy_kept(kept, arena, out, state, err);
	int rc = db_query(&s->db, err, &stmt, "SELECT state, packing, data FROM payload WHERE id = ?1",
	                  db_int(entry_id(slot, index)));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	if (rc == OK)
		rc = row ? payload_column(s, slot, stmt, arena, out, state, err) : err_set(err, ERR_NOT_FOUND, "no such entry");
	db_end(stmt);
	if (rc == OK && *state == PAYLOAD_PRESENT)
		recent_keep(s, entry_id(slot, index), *out);
	return rc;
}

/* ---- appending ---- */

int entries_append(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err)
{
	int rc = bundles_append(s, o->slot, o->size, w->entries, w->count, err);
	return rc == OK ? tiles_append(s, o->slot, o->size, w->leaves, w->count, err) : rc;
}

int entries_appended(struct store *s, struct origin_row *o, const struct store_write *w, struct err *err)
{
	bool enough = o->size < DICTIONARY_SAMPLES && o->size + w->count >= DICTIONARY_SAMPLES;
	o->size += w->count;
	o->root = w->root;
	int rc = enough ? packer_train(s->packer, o->slot, err) : OK;
	if (rc != OK)
		return rc;
	o->own = o->own || w->own;
	return db_run(&s->db, err, "UPDATE origin SET size = ?2, root = ?3, own = ?4 WHERE slot = ?1", db_int(o->slot),
	              db_int((int64_t)o->size), db_blob(bytes_of(&o->root, sizeof o->root)), db_int(o->own));
}
