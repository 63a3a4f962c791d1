#include "node/store/listing.h"

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/schema.h"

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
