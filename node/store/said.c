#include "node/store/said.h"

#include <string.h>

#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "node/store/statement.h"
#include "node/store/store.h"
#include "proto/author.h"
#include "proto/record.h"

/* ---- one subject ---- */

static int newest(struct store *s, const char *origin, int kind, const char *subject, struct origin_row *o,
                  int64_t *doc, struct err *err)
{
	struct designator d;
	int rc = record_subject(kind, subject, &d, NULL);
	if (rc != OK)
		return err_set(err, ERR_NOT_FOUND, "no record is about what cannot be a subject");
	rc = origin_find(&s->db, origin, o, err);
	return rc == OK ? chain_current(&s->db, o->slot, kind, &d, doc, err) : rc;
}

/* The doc before this one; ERR_NOT_FOUND: it is the oldest. */
static int older(struct store *s, int64_t slot, int64_t *doc, struct err *err)
{
	int64_t index = PREVIOUS_NONE;
	int rc = db_get_int(&s->db, err, &index, "SELECT previous FROM doc WHERE id = ?1", db_int(*doc));
	if (rc == OK && index == PREVIOUS_NONE)
		return err_set(err, ERR_NOT_FOUND, "nothing older is said about it");
	*doc = entry_id(slot, (uint64_t)index);
	return rc;
}

static int give(struct store *s, const struct origin_row *o, int64_t doc, bool current, struct arena *arena,
                struct found *out, struct err *err)
{
	*out = (struct found){ .origin = arena_str(arena, o->name), .index = id_index(doc), .current = current };
	int rc = envelope_read(s, o->slot, out->index, arena, &out->envelope, err);
	return rc == OK ? payload_read(s, o->slot, out->index, arena, &out->payload, &out->state, err) : rc;
}

static int find_before(struct store *s, const char *origin, int kind, const char *subject, uint64_t before,
                       struct arena *arena, struct found *out, struct err *err)
{
	struct origin_row o;
	int64_t doc = 0;
	bool current = true;
	int rc = newest(s, origin, kind, subject, &o, &doc, err);
	while (rc == OK && id_index(doc) >= before) {
		rc = older(s, o.slot, &doc, err);
		current = false;
	}
	return rc == OK ? give(s, &o, doc, current, arena, out, err) : rc;
}

int said_before(struct store *s, const char *origin, int kind, const char *subject, uint64_t before,
                struct arena *arena, struct found *out, struct err *err)
{
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_before(s, origin, kind, subject, before, arena, out, err);
	store_end_read(s);
	return rc;
}

/* ---- the same record again ---- */

static int has_digest(struct store *s, int64_t doc, struct bytes digest, bool *same, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	int rc = db_query(&s->db, err, &stmt, "SELECT digest FROM doc WHERE id = ?1", db_int(doc));
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &row);
	*same = rc == OK && row && bytes_equal(db_column_bytes(stmt, 0), digest);
	db_end(stmt);
	return rc;
}

/* Does its payload bear the author's name, and these very bytes? */
static int is_by(struct store *s, const struct origin_row *o, int64_t doc, struct bytes record, const char *author,
                 bool *out, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes payload, said;
	struct author_line *lines;
	size_t count = 0;
	enum payload_state state;
	*out = false;
	int rc = payload_read(s, o->slot, id_index(doc), &arena, &payload, &state, err);
	if (rc == OK && state == PAYLOAD_PRESENT && author_payload_read(payload, &arena, &said, &lines, &count, NULL) == OK)
		for (size_t i = 0; i < count; i++)
			*out = *out || (strcmp(lines[i].author, author) == 0 && bytes_equal(said, record));
	arena_free(&arena);
	return rc;
}

static int find_signed(struct store *s, const char *origin, int kind, const char *subject, struct bytes record,
                       const char *author, uint64_t *index, bool *current, struct err *err)
{
	struct origin_row o;
	int64_t doc = 0;
	uint8_t digest[STATEMENT_DIGEST_BYTES];
	statement_digest(s->hasher, record, digest);
	*current = true;
	int rc = newest(s, origin, kind, subject, &o, &doc, err);
	while (rc == OK) {
		bool same;
		rc = has_digest(s, doc, bytes_of(digest, sizeof digest), &same, err);
		if (rc == OK && same)
			rc = is_by(s, &o, doc, record, author, &same, err);
		if (rc != OK || same)
			break;
		rc = older(s, o.slot, &doc, err);
		*current = false;
	}
	*index = id_index(doc);
	return rc;
}

int store_find_signed(struct store *s, const char *origin, int kind, const char *subject, struct bytes record,
                      const char *author, uint64_t *index, bool *current, struct err *err)
{
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = find_signed(s, origin, kind, subject, record, author, index, current, err);
	store_end_read(s);
	return rc;
}

/* ---- one kind ---- */

static int list_docs(struct store *s, const char *sql, int kind, int64_t first, int64_t slot, size_t limit,
                     int64_t *docs, size_t *count, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	int rc = db_query(&s->db, err, &stmt, sql, db_int(slot), db_int(first), db_int((int64_t)limit), db_int(kind));
	while (rc == OK && *count < limit) {
		rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			break;
		docs[(*count)++] = sqlite3_column_int64(stmt, 0);
	}
	db_end(stmt);
	return rc;
}

static int list_kind(struct store *s, const char *origin, int kind, uint64_t from, size_t limit, struct arena *arena,
                     struct found_list *out, struct err *err)
{
	static const char feedback[] = "SELECT doc FROM subject WHERE kind = 12 AND slot = ?1 AND doc >= ?2 AND ?4 = 12"
	                               " ORDER BY doc LIMIT ?3";
	static const char statements[] = "SELECT doc FROM subject WHERE kind > 100 AND kind = ?4 AND slot = ?1"
	                                 " AND doc >= ?2 ORDER BY doc LIMIT ?3";
	struct origin_row o;
	int64_t *docs = arena_array(arena, limit + 1, sizeof *docs);
	if (kind != NORMLINK__KIND__KIND_FEEDBACK && !kind_about_log(kind))
		return err_set(err, ERR_UNSUPPORTED, "records of that kind are found by searching");
	int rc = origin_find(&s->db, origin, &o, err);
	if (rc == OK)
		rc = list_docs(s, kind_about_log(kind) ? statements : feedback, kind, entry_id(o.slot, from), o.slot, limit,
		               docs, &out->count, err);
	out->v = arena_array(arena, out->count + 1, sizeof *out->v);
	for (size_t i = 0; rc == OK && i < out->count; i++)
		rc = give(s, &o, docs[i], true, arena, &out->v[i], err);
	out->total = out->count;
	return rc;
}

int said_of_kind(struct store *s, const char *origin, int kind, uint64_t from, size_t limit, struct arena *arena,
                 struct found_list *out, struct err *err)
{
	*out = (struct found_list){ 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = list_kind(s, origin, kind, from, limit, arena, out, err);
	store_end_read(s);
	return rc;
}
