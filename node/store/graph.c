#include "node/store/graph.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "proto/edges.h"
#include "proto/entry.h"
#include "proto/record.h"

/* A list of facts while it is read: on the heap until its length is known. */
struct reading {
	struct store *store;
	const struct fact_question *question;
	struct arena *arena;
	struct fact_list *out;
	struct fact *v;
	size_t cap;
	const char *family; /* only what points at this one; NULL: anything */
	struct err *err;
};

/* Room for one more. */
static struct fact *reading_next(struct reading *r)
{
	if (r->out->count == r->cap) {
		r->cap = r->cap == 0 ? 8 : r->cap * 2;
		r->v = realloc(r->v, r->cap * sizeof *r->v);
		must(r->v != NULL);
	}
	return &r->v[r->out->count];
}

/* rc as it was, or ERR_LIMIT. */
static int reading_end(struct reading *r, int rc)
{
	r->out->v = arena_try(r->arena, r->out->count * sizeof *r->v + 1);
	if (r->out->v == NULL)
		r->out->count = 0;
	if (r->out->count > 0)
		memcpy(r->out->v, r->v, r->out->count * sizeof *r->v);
	free(r->v);
	r->v = NULL;
	r->cap = 0;
	return r->out->v != NULL || rc != OK ? rc : err_set(r->err, ERR_LIMIT, "more memory than an answer may have");
}

/* ---- one statement ---- */

/* Its part beside "ISO 9001" in the index, "ISO 9001-1", is another family. */
static bool points_at(const struct fact *f, const char *family)
{
	struct designator d;
	size_t len = strlen(family);
	for (size_t i = 0; i < f->edge_count; i++) {
		const char *target = f->edges[i].target;
		if (fact_edge_walked(f->edges[i].type) && strncmp(target, family, len) == 0 &&
		    designator_parse(bytes_str(target), &d, NULL) == OK && strcmp(d.undated, family) == 0)
			return true;
	}
	return false;
}

static int read_one(struct reading *r, int64_t doc, struct bytes origin)
{
	struct arena scratch = { 0 };
	struct bytes payload;
	enum payload_state state;
	char name[NAME_MAX_BYTES + 1];
	must(origin.len < sizeof name);
	memcpy(name, origin.data, origin.len);
	name[origin.len] = '\0';
	struct fact *f = reading_next(r);
	int rc = payload_read(r->store, id_slot(doc), id_index(doc), &scratch, &payload, &state, r->err);
	if (rc == OK && state != PAYLOAD_PRESENT)
		rc = err_set(r->err, ERR_CORRUPT, "the view names a record that is not stored");
	if (rc == OK)
		rc = fact_read(name, id_index(doc), payload, r->question, r->arena, f, r->err);
	arena_free(&scratch);
	bool wanted = rc == OK && (r->family == NULL || points_at(f, r->family));
	r->out->count += wanted;
	r->out->total += wanted || rc == ERR_LIMIT;
	return rc == ERR_LIMIT ? OK : rc; /* left out, and counted */
}

/* Rows of doc and origin's name, as many as the limit allows. */
static int read_rows(struct reading *r, sqlite3_stmt *stmt, size_t limit)
{
	int rc = OK;
	*r->out = (struct fact_list){ 0 };
	while (rc == OK && db_next(&r->store->db, r->err, stmt, &rc)) {
		if (r->out->count == limit) {
			r->out->total++; /* at least */
			break;
		}
		rc = read_one(r, sqlite3_column_int64(stmt, 0), db_column_bytes(stmt, 1));
	}
	db_end(stmt);
	return reading_end(r, rc);
}

/* ---- claims ---- */

/* The first of a list's items, as many as there is room for. */
static const char *const *copy_items(struct arena *arena, char *const *items, size_t count, size_t *kept)
{
	const char **list = arena_try(arena, (count + 1) * sizeof *list);
	*kept = 0;
	for (size_t i = 0; list != NULL && i < count && *kept < CLAIM_ITEMS_MAX; i++) {
		size_t len = strlen(items[i]) + 1;
		char *item = arena_try(arena, len);
		if (item == NULL)
			break;
		memcpy(item, items[i], len);
		list[(*kept)++] = item;
	}
	return list;
}

static int read_claim(struct store *s, int64_t doc, struct arena *arena, struct claim *out, struct err *err)
{
	struct arena scratch = { .cap = ANSWER_RECORD_MAX };
	struct arena payload_arena = { 0 };
	struct bytes payload;
	enum payload_state state;
	Normlink__Record *record = NULL;
	int rc = payload_read(s, id_slot(doc), id_index(doc), &payload_arena, &payload, &state, err);
	if (rc == OK)
		rc = payload_open(payload, &scratch, &record, err);
	if (rc == OK && record->authority != NULL) {
		const Normlink__Authority *a = record->authority;
		out->about = arena_str(arena, record->subject);
		out->prefixes = copy_items(arena, a->prefixes, a->n_prefixes, &out->prefix_count);
		out->bodies = copy_items(arena, a->bodies, a->n_bodies, &out->body_count);
	}
	arena_free(&payload_arena);
	arena_free(&scratch);
	return rc;
}

/* What logs say about themselves, and what one of them says about any. */
static const char claims_sql[] =
    "SELECT s.doc, o.name, coalesce(o.name = ?2, o.own) AS ours FROM origin AS o"
    " CROSS JOIN subject AS s ON s.slot = o.slot AND s.kind = 105 CROSS JOIN doc AS d ON d.id = s.doc"
    " WHERE s.kind > 100 AND d.hidden = 0 AND (s.subject = o.name OR ours) ORDER BY o.name, s.doc LIMIT ?1";

int graph_read_claims(struct store *s, struct arena *arena, struct claims *out, struct err *err)
{
	return graph_read_claims_as(s, NULL, arena, out, err);
}

int graph_read_claims_as(struct store *s, const char *judge, struct arena *arena, struct claims *out, struct err *err)
{
	struct claim *v = arena_array(arena, CLAIMS_MAX, sizeof *v);
	size_t count = 0;
	sqlite3_stmt *stmt;
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = db_query(&s->db, err, &stmt, claims_sql, db_int(CLAIMS_MAX),
	              judge != NULL ? db_text(judge) : (struct db_value){ 0 });
	while (db_next(&s->db, err, stmt, &rc)) {
		struct bytes name = db_column_bytes(stmt, 1);
		v[count] = (struct claim){ .said_by = arena_strn(arena, name.data, name.len),
			                       .index = id_index(sqlite3_column_int64(stmt, 0)),
			                       .ours = sqlite3_column_int64(stmt, 2) != 0 };
		rc = read_claim(s, sqlite3_column_int64(stmt, 0), arena, &v[count], err);
		count += v[count].about != NULL;
	}
	db_end(stmt);
	store_end_read(s);
	*out = (struct claims){ v, count };
	return rc;
}

/* ---- families ---- */

static const char about_sql[] = "SELECT s.doc, o.name FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc"
                                " CROSS JOIN origin AS o ON o.slot = s.slot"
                                " WHERE s.undated = ?1 AND s.supplement < 2 AND s.kind IN (1, 3) AND (?2 = 0 OR "
                                "d.hidden = 0) ORDER BY s.subject, o.name, s.kind";

/* A dated reference goes on behind the undated one with '-', ':' or, when it has an amendment, '/'. */
static const char pointing_sql[] =
    "SELECT l.doc, o.name FROM (SELECT doc, type FROM link WHERE target = ?1"
    " UNION SELECT doc, type FROM link WHERE target >= ?1 || '-' AND target < ?1 || '.'"
    " UNION SELECT doc, type FROM link WHERE target >= ?1 || '/' AND target < ?1 || '0'"
    " UNION SELECT doc, type FROM link WHERE target >= ?1 || ':' AND target < ?1 || ';') AS l"
    " CROSS JOIN doc AS d ON d.id = l.doc CROSS JOIN origin AS o ON o.slot = l.doc >> 40"
    " WHERE d.current = 1 AND d.kind IN (1, 3, 6) AND (?2 = 0 OR d.hidden = 0)"
    " AND (l.type < 7 OR l.type IN (8, 100, 106)) GROUP BY l.doc ORDER BY o.name, l.doc";

static int read_family(struct reading *r, const char *undated, struct family *out)
{
	sqlite3_stmt *stmt;
	struct db_value family = db_text(undated), public = db_int(r->question->public_only);
	r->out = &out->about;
	int rc = db_query(&r->store->db, r->err, &stmt, about_sql, family, public);
	if (rc == OK)
		rc = read_rows(r, stmt, FAMILY_FACTS_MAX);
	r->out = &out->pointing;
	r->family = undated;
	if (rc == OK)
		rc = db_query(&r->store->db, r->err, &stmt, pointing_sql, family, public);
	return rc == OK ? read_rows(r, stmt, FAMILY_FACTS_MAX) : rc;
}

int graph_read_family(struct store *s, const char *undated, const struct fact_question *question, struct arena *arena,
                      struct family *out, struct err *err)
{
	_Static_assert(EDGE_ADOPTS == 100 && EDGE_RECOGNISES == 106, "the numbers in pointing_sql");
	struct reading r = { .store = s, .question = question, .arena = arena, .err = err };
	size_t len = strlen(undated) + 1;
	char *name = arena_try(arena, len);
	*out = (struct family){ .undated = name };
	if (name == NULL)
		return err_set(err, ERR_LIMIT, "more memory than an answer may have");
	memcpy(name, undated, len);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = read_family(&r, undated, out);
	store_end_read(s);
	return rc;
}

/* ---- dependents ---- */

#define DEPENDENTS                                                                                                     \
	" FROM link AS l CROSS JOIN doc AS d ON d.id = l.doc CROSS JOIN origin AS o ON o.slot = l.doc >> 40"               \
	" WHERE l.target IN (?1, ?2) AND (?3 = 0 OR l.type = ?3) AND d.current = 1 AND d.kind = ?4"                        \
	" AND (?5 = 0 OR d.hidden = 0)"

static int read_dependents(struct reading *r, const struct dependents *of)
{
	sqlite3_stmt *stmt;
	int64_t total = 0;
	struct db_value target = db_text(of->target), or = db_text(of->or != NULL ? of->or : of->target);
	struct db_value type = db_int(of->type), kind = db_int(of->kind), public = db_int(r->question->public_only);
	int rc = db_get_int(&r->store->db, r->err, &total, "SELECT count(DISTINCT l.doc)" DEPENDENTS, target, or, type,
	                    kind, public);
	if (rc == OK && total > 0)
		rc = db_query(&r->store->db, r->err, &stmt,
		              "SELECT l.doc, o.name" DEPENDENTS " GROUP BY l.doc ORDER BY o.name, l.doc LIMIT ?6 OFFSET ?7",
		              target, or, type, kind, public, db_int((int64_t)of->limit), db_int((int64_t)of->offset));
	if (rc == OK && total > 0)
		rc = read_rows(r, stmt, of->limit);
	r->out->total = (uint64_t)total;
	return rc;
}

int graph_read_dependents(struct store *s, const struct dependents *of, const struct fact_question *question,
                          struct arena *arena, struct fact_list *out, struct err *err)
{
	struct reading r = { .store = s, .question = question, .arena = arena, .out = out, .err = err };
	*out = (struct fact_list){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = read_dependents(&r, of);
	store_end_read(s);
	return rc;
}

/* ---- adoptions of one origin ---- */

static int read_adopting(struct reading *r, const char *origin, uint64_t from, size_t limit)
{
	static const char sql[] = "SELECT l.doc, o.name FROM link AS l CROSS JOIN doc AS d ON d.id = l.doc"
	                          " CROSS JOIN origin AS o ON o.slot = l.doc >> 40"
	                          " WHERE l.doc >= ?1 AND l.doc < ?2 AND l.type = 100 AND d.current = 1"
	                          " AND (?3 = 0 OR d.hidden = 0) GROUP BY l.doc ORDER BY l.doc LIMIT ?4";
	struct origin_row o;
	sqlite3_stmt *stmt;
	int rc = origin_find(&r->store->db, origin, &o, r->err);
	if (rc == OK && from > 0 && from >= o.size)
		return OK;
	if (rc == OK)
		rc = db_query(&r->store->db, r->err, &stmt, sql, db_int(entry_id(o.slot, from)),
		              db_int(entry_id(o.slot + 1, 0)), db_int(r->question->public_only), db_int((int64_t)limit));
	return rc == OK ? read_rows(r, stmt, limit) : rc;
}

int graph_read_adopting(struct store *s, const char *origin, uint64_t from, size_t limit,
                        const struct fact_question *question, struct arena *arena, struct fact_list *out,
                        struct err *err)
{
	struct reading r = { .store = s, .question = question, .arena = arena, .out = out, .err = err };
	*out = (struct fact_list){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = read_adopting(&r, origin, from, limit);
	store_end_read(s);
	return rc;
}
