#include "node/store/listing.h"

#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "proto/record.h"

/* The numbers of the next docs, into ids; gives how many. */
static int find_docs(struct store *s, int64_t slot, int kind, const char *collection, uint64_t from, size_t limit,
                     int64_t *ids, size_t *count, struct err *err)
{
	static const char public[] = "SELECT id FROM doc WHERE id >= ?1 AND id < ?2 AND kind = ?3 AND current = 1"
	                             " AND hidden = 0 AND retracted = 0 AND ?5 IS NULL ORDER BY id LIMIT ?4";
	static const char other[] = "SELECT d.id FROM doc AS d CROSS JOIN payload AS p ON p.id = d.id WHERE d.id >= ?1 AND "
	                            "d.id < ?2 AND d.kind = ?3"
	                            " AND d.current = 1 AND d.retracted = 0 AND p.collection = ?5 ORDER BY d.id LIMIT ?4";
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(&s->db, err, &stmt, collection == NULL ? public : other, db_int(entry_id(slot, from)),
	                  db_int(entry_id(slot + 1, 0)), db_int(kind), db_int((int64_t)limit),
	                  collection == NULL ? (struct db_value){ 0 } : db_text(collection));
	while (rc == OK && *count < limit) {
		rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		ids[(*count)++] = sqlite3_column_int64(stmt, 0);
	}
	db_end(stmt);
	return rc;
}

static int read_docs(struct store *s, const char *origin, const int64_t *ids, size_t count, struct arena *arena,
                     struct found_list *out, struct err *err)
{
	size_t bytes = 0;
	for (size_t i = 0; i < count && bytes < LISTING_BYTES; i++) {
		struct found *f = &out->v[out->count];
		*f = (struct found){ .origin = origin, .index = id_index(ids[i]), .current = true };
		int rc = payload_read(s, id_slot(ids[i]), f->index, arena, &f->payload, &f->state, err);
		if (rc != OK)
			return rc;
		bytes += f->payload.len;
		out->count++;
	}
	out->total = out->count;
	return OK;
}

int listing_read(struct store *s, const char *origin, int kind, const char *collection, uint64_t from, size_t limit,
                 struct arena *arena, struct found_list *out, struct err *err)
{
	struct origin_row o;
	size_t count = 0;
	*out = (struct found_list){ 0 };
	must(limit >= 1 && limit <= SEARCH_LIMIT_MAX);
	int rc = origin_find(&s->db, origin, &o, err);
	if (rc != OK || from >= o.size)
		return rc;
	int64_t *ids = arena_array(arena, limit, sizeof *ids);
	out->v = arena_array(arena, limit, sizeof *out->v);
	rc = find_docs(s, o.slot, kind, collection, from, limit, ids, &count, err);
	return rc == OK ? read_docs(s, arena_str(arena, o.name), ids, count, arena, out, err) : rc;
}

/* ---- as of a size ---- */

/* A doc that has been superseded since, or by something that is not for everybody. */
struct older {
	int64_t id;
	int kind;
	const char *subject;
};

/* Going down the chain from its newest: is the first public one below the size that one? */
static int stood(struct store *s, const struct older *o, int64_t slot, uint64_t at, bool *out, struct err *err)
{
	struct designator subject;
	int64_t id = 0;
	int rc = record_subject(o->kind, o->subject, &subject, err);
	if (rc == OK)
		rc = chain_current(&s->db, slot, o->kind, &subject, &id, err);
	*out = false;
	while (rc == OK && id > o->id) {
		sqlite3_stmt *stmt;
		int64_t previous = PREVIOUS_NONE;
		bool hidden = true, row = false;
		rc = db_query(&s->db, err, &stmt, "SELECT previous, hidden FROM doc WHERE id = ?1", db_int(id));
		if (rc == OK)
			rc = db_step(&s->db, err, stmt, &row);
		if (rc == OK && row) {
			previous = sqlite3_column_int64(stmt, 0);
			hidden = sqlite3_column_int64(stmt, 1) != 0;
		}
		db_end(stmt);
		if (rc != OK || !row || (!hidden && id_index(id) < at) || previous == PREVIOUS_NONE)
			return rc;
		id = entry_id(slot, (uint64_t)previous);
	}
	*out = rc == OK && id == o->id;
	return rc;
}

/* The next docs of the range; of those that are not current any more, what is to be asked about them. */
static int find_docs_at(struct store *s, int64_t slot, const struct listing_at *what, struct arena *arena,
                        struct older *out, size_t *count, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(&s->db, err, &stmt,
	                  "SELECT id, kind, subject, current FROM doc WHERE id >= ?1 AND id < ?2 AND (?3 = 0 OR kind = ?3)"
	                  " AND hidden = 0 AND retracted = 0 ORDER BY id LIMIT ?4",
	                  db_int(entry_id(slot, what->from)), db_int(entry_id(slot, what->at)), db_int(what->kind),
	                  db_int((int64_t)what->limit));
	while (rc == OK && *count < what->limit) {
		rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		struct older *o = &out[(*count)++];
		o->id = sqlite3_column_int64(stmt, 0);
		o->kind = (int)sqlite3_column_int64(stmt, 1);
		bool current = sqlite3_column_int64(stmt, 3) != 0;
		o->subject = current ? NULL : arena_str(arena, (const char *)sqlite3_column_text(stmt, 2));
	}
	db_end(stmt);
	return rc;
}

/* As many of them as stood, up to LISTING_BYTES; *taken: of those found. */
static int read_docs_at(struct store *s, int64_t slot, const struct listing_at *what, const struct older *docs,
                        size_t count, size_t *taken, struct arena *arena, struct found_list *out, struct err *err)
{
	size_t bytes = 0;
	int rc = OK;
	for (*taken = 0; rc == OK && *taken < count && bytes < LISTING_BYTES; ++*taken) {
		const struct older *o = &docs[*taken];
		struct found *f = &out->v[out->count];
		bool stands = true;
		if (o->subject != NULL)
			rc = stood(s, o, slot, what->at, &stands, err);
		if (rc != OK || !stands)
			continue;
		*f = (struct found){ .origin = what->origin, .index = id_index(o->id), .current = o->subject == NULL };
		rc = payload_read(s, slot, f->index, arena, &f->payload, &f->state, err);
		bytes += f->payload.len;
		out->count += rc == OK;
	}
	out->total = out->count;
	return rc;
}

int listing_at(void *ctx, const struct listing_at *what, struct arena *arena, struct found_list *out, uint64_t *next,
               struct err *err)
{
	struct store *s = ctx;
	struct origin_row o;
	size_t count = 0, taken = 0;
	*out = (struct found_list){ 0 };
	must(what->limit >= 1 && what->limit <= SEARCH_LIMIT_MAX);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	struct older *docs = arena_array(arena, what->limit, sizeof *docs);
	out->v = arena_array(arena, what->limit, sizeof *out->v);
	rc = origin_find(&s->db, what->origin, &o, err);
	if (rc == OK)
		rc = find_docs_at(s, o.slot, what, arena, docs, &count, err);
	if (rc == OK)
		rc = read_docs_at(s, o.slot, what, docs, count, &taken, arena, out, err);
	store_end_read(s);
	*next = taken > 0 && (taken < count || count == what->limit) ? id_index(docs[taken - 1].id) + 1 : what->at;
	return rc;
}
