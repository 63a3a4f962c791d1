#include "node/store/audit.h"

#include "node/store/schema.h"
#include "proto/entry.h"

/* ---- writing ---- */

static int put_delivered(struct store *s, int64_t id, const struct store_write *w, struct err *err)
{
	return db_run(&s->db, err,
	              "INSERT INTO delivered(peer, id, first_ms, last_ms, times) VALUES (?1, ?2, ?3, ?3, 1)"
	              " ON CONFLICT(peer, id) DO UPDATE SET last_ms = ?3, times = times + 1",
	              db_text(w->peer), db_int(id), db_int((int64_t)w->wall_ms));
}

static int put_refused(struct store *s, int64_t slot, struct bytes collection, const struct store_write *w,
                       struct err *err)
{
	return db_run(&s->db, err,
	              "INSERT INTO refused(peer, slot, collection, last_ms, times) VALUES (?1, ?2, ?3, ?4, 1)"
	              " ON CONFLICT(peer, slot, collection) DO UPDATE SET last_ms = ?4, times = times + 1",
	              db_text(w->peer), db_int(slot), db_textn(collection), db_int((int64_t)w->wall_ms));
}

int audit_put(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < w->count; i++) {
		struct bytes collection;
		if (!envelope_collection(w->entries[i].envelope, &collection))
			continue;
		rc = w->entries[i].state == PAYLOAD_PRESENT ? put_delivered(s, entry_id(o->slot, w->indexes[i]), w, err)
		                                            : put_refused(s, o->slot, collection, w, err);
	}
	return rc;
}

/* ---- reading ---- */

static const char *text_column(struct arena *arena, sqlite3_stmt *stmt, int column)
{
	struct bytes text = db_column_bytes(stmt, column);
	return arena_strn(arena, text.data, text.len);
}

static int read_delivered(struct store *s, struct db_value peer, uint64_t since_ms, size_t limit, size_t offset,
                          struct arena *arena, struct audit_list *out, struct err *err)
{
	sqlite3_stmt *stmt;
	out->v = arena_array(arena, limit, sizeof *out->v);
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT d.peer, o.name, d.id, d.first_ms, d.last_ms, d.times FROM delivered AS d"
	                  " CROSS JOIN origin AS o ON o.slot = d.id >> 40 WHERE (?1 IS NULL OR d.peer = ?1)"
	                  " AND d.last_ms >= ?2 ORDER BY d.last_ms DESC, d.peer, o.name, d.id LIMIT ?3 OFFSET ?4",
	                  peer, db_int((int64_t)since_ms), db_int((int64_t)limit), db_int((int64_t)offset));
	while (rc == OK && out->count < limit && db_next(&s->db, err, stmt, &rc)) {
		out->v[out->count++] = (struct audited){ .peer = text_column(arena, stmt, 0),
			                                     .origin = text_column(arena, stmt, 1),
			                                     .index = id_index(sqlite3_column_int64(stmt, 2)),
			                                     .first_ms = (uint64_t)sqlite3_column_int64(stmt, 3),
			                                     .last_ms = (uint64_t)sqlite3_column_int64(stmt, 4),
			                                     .times = (uint64_t)sqlite3_column_int64(stmt, 5) };
	}
	db_end(stmt);
	return rc;
}

static int read_refused(struct store *s, struct db_value peer, uint64_t since_ms, struct arena *arena,
                        struct audit_list *out, struct err *err)
{
	sqlite3_stmt *stmt;
	out->refused = arena_array(arena, AUDIT_REFUSED_MAX, sizeof *out->refused);
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT r.peer, o.name, r.collection, r.last_ms, r.times FROM refused AS r"
	                  " CROSS JOIN origin AS o ON o.slot = r.slot WHERE (?1 IS NULL OR r.peer = ?1)"
	                  " AND r.last_ms >= ?2 ORDER BY r.last_ms DESC, r.peer, o.name, r.collection LIMIT ?3",
	                  peer, db_int((int64_t)since_ms), db_int(AUDIT_REFUSED_MAX));
	while (rc == OK && out->refused_count < AUDIT_REFUSED_MAX && db_next(&s->db, err, stmt, &rc)) {
		out->refused[out->refused_count++] = (struct refused){ .peer = text_column(arena, stmt, 0),
			                                                   .origin = text_column(arena, stmt, 1),
			                                                   .collection = text_column(arena, stmt, 2),
			                                                   .last_ms = (uint64_t)sqlite3_column_int64(stmt, 3),
			                                                   .times = (uint64_t)sqlite3_column_int64(stmt, 4) };
	}
	db_end(stmt);
	return rc;
}

int audit_list(struct store *s, const char *peer, uint64_t since_ms, size_t limit, size_t offset, struct arena *arena,
               struct audit_list *out, struct err *err)
{
	struct db_value name = peer != NULL ? db_text(peer) : (struct db_value){ 0 };
	int64_t total = 0;
	*out = (struct audit_list){ 0 };
	if (limit < 1 || limit > SEARCH_LIMIT_MAX || offset > SEARCH_OFFSET_MAX || since_ms > INT64_MAX)
		return err_set(err, ERR_USAGE, "a limit of 1 to %d and an offset up to %d", SEARCH_LIMIT_MAX,
		               SEARCH_OFFSET_MAX);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = db_get_int(&s->db, err, &total,
	                "SELECT count(*) FROM delivered WHERE (?1 IS NULL OR peer = ?1) AND last_ms >= ?2", name,
	                db_int((int64_t)since_ms));
	out->total = (uint64_t)total;
	if (rc == OK)
		rc = read_delivered(s, name, since_ms, limit, offset, arena, out, err);
	if (rc == OK)
		rc = read_refused(s, name, since_ms, arena, out, err);
	store_end_read(s);
	return rc;
}

int audit_withheld(struct store *s, struct arena *arena, struct withheld **out, size_t *count, struct err *err)
{
	sqlite3_stmt *stmt;
	*count = 0;
	*out = arena_array(arena, WITHHELD_MAX, sizeof **out);
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT o.name, coalesce(p.collection, 'public'), count(*) FROM payload AS p INDEXED BY missing"
	                  " CROSS JOIN origin AS o ON o.slot = p.id >> 40 WHERE p.state = 2 GROUP BY 1, 2 ORDER BY 1, 2"
	                  " LIMIT ?1",
	                  db_int(WITHHELD_MAX));
	while (rc == OK && *count < WITHHELD_MAX && db_next(&s->db, err, stmt, &rc)) {
		(*out)[(*count)++] = (struct withheld){ .origin = text_column(arena, stmt, 0),
			                                    .collection = text_column(arena, stmt, 1),
			                                    .count = (uint64_t)sqlite3_column_int64(stmt, 2) };
	}
	db_end(stmt);
	return rc;
}
