#include "node/store/forks.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/schema.h"
#include "proto/record.h"

/* ---- evidence ---- */

int forks_newest(struct db *db, const struct origin_row *o, struct arena *arena, struct bytes *out, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = false;
	*out = (struct bytes){ 0 };
	if (o->forks == 0)
		return OK;
	int rc = db_query(db, err, &stmt, "SELECT file FROM evidence WHERE id = ?1",
	                  db_int(entry_id(o->slot, (uint64_t)o->forks - 1)));
	if (rc == OK)
		rc = db_step(db, err, stmt, &row);
	if (rc == OK)
		rc = row ? OK : err_set(err, ERR_CORRUPT, "%s: the evidence of its fork is missing", o->name);
	if (rc == OK)
		*out = arena_bytes(arena, db_column_bytes(stmt, 0));
	db_end(stmt);
	return rc;
}

int forks_put(struct store *s, struct origin_row *o, struct bytes file, struct err *err)
{
	struct arena arena = { 0 };
	struct bytes newest;
	int rc = forks_newest(&s->db, o, &arena, &newest, err);
	bool known = rc == OK && bytes_equal(newest, file);
	arena_free(&arena);
	if (rc != OK || known)
		return rc;
	rc = db_run(&s->db, err, "INSERT INTO evidence(id, file) VALUES (?1, ?2)",
	            db_int(entry_id(o->slot, (uint64_t)o->forks)), db_blob(file));
	if (rc == OK)
		rc = db_run(&s->db, err, "UPDATE origin SET forks = ?2 WHERE slot = ?1", db_int(o->slot), db_int(++o->forks));
	return rc;
}

/* ---- our verdict ---- */

static int find_own(struct db *db, struct origin_row *out, struct err *err)
{
	int64_t slot = 0;
	int rc = db_get_int_values(db, err, &slot, "SELECT slot FROM origin WHERE own = 1 LIMIT 1", NULL, 0);
	return rc == OK ? origin_at(db, slot, out, err) : rc;
}

/* ERR_NOT_FOUND: we have not judged this origin. */
static int find_verdict(struct store *s, const struct origin_row *o, struct arena *arena, struct found *out,
                        struct err *err)
{
	struct origin_row own;
	struct designator subject;
	int64_t doc = 0;
	int kind = NORMLINK__KIND__KIND_VERDICT;
	*out = (struct found){ 0 };
	int rc = find_own(&s->db, &own, err);
	if (rc == OK)
		rc = record_subject(kind, o->name, &subject, err);
	if (rc == OK)
		rc = chain_current(&s->db, own.slot, kind, &subject, &doc, err);
	if (rc != OK)
		return rc == ERR_NOT_FOUND || rc == ERR_INVALID ? ERR_NOT_FOUND : rc;
	*out = (struct found){ .origin = arena_str(arena, own.name), .index = id_index(doc), .current = true };
	return payload_read(s, own.slot, out->index, arena, &out->payload, &out->state, err);
}

int forks_state(struct store *s, const struct origin_row *o, struct arena *arena, struct fork *out, struct err *err)
{
	struct bytes newest;
	struct found verdict;
	int rc = forks_newest(&s->db, o, arena, &newest, err);
	*out = (struct fork){ .state = FORK_NONE };
	if (rc != OK || newest.len == 0)
		return rc;
	rc = o->own ? ERR_NOT_FOUND : find_verdict(s, o, arena, &verdict, err);
	if (rc != OK && rc != ERR_NOT_FOUND)
		return rc;
	*out = verdict_on(s->hasher, newest, rc == OK ? verdict.payload : bytes_of(NULL, 0));
	return OK;
}

int forks_list(struct store *s, const struct origin_row *o, struct arena *arena, struct fork_evidence *out,
               struct err *err)
{
	sqlite3_stmt *stmt;
	*out = (struct fork_evidence){ 0 };
	out->files = arena_array(arena, FORKS_SHOWN_MAX, sizeof *out->files);
	int rc = db_query(&s->db, err, &stmt, "SELECT file FROM evidence WHERE id >= ?1 AND id < ?2 ORDER BY id DESC",
	                  db_int(entry_id(o->slot, 0)), db_int(entry_id(o->slot + 1, 0)));
	while (rc == OK && out->count < FORKS_SHOWN_MAX && db_next(&s->db, err, stmt, &rc)) {
		out->files[out->count++] = arena_bytes(arena, db_column_bytes(stmt, 0));
	}
	db_end(stmt);
	if (rc == OK && out->count > 0 && !o->own)
		rc = find_verdict(s, o, arena, &out->verdict, err);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

/* ---- statements ---- */

static int by_doc(const void *left, const void *right)
{
	const struct log_statement *a = left, *b = right;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Redactions are the store's own to carry out.  Of each other kind the newest, up to the limit; rows come kind by kind,
 * newest first. */
static int read_rows(sqlite3_stmt *stmt, struct store *s, struct log_statement *list, size_t *count, struct err *err)
{
	int64_t kind = 0;
	size_t of_kind = 0;
	bool row = true;
	for (;;) {
		int rc = db_step(&s->db, err, stmt, &row);
		if (rc != OK || !row)
			return rc;
		of_kind = sqlite3_column_int64(stmt, 1) == kind ? of_kind + 1 : 1;
		kind = sqlite3_column_int64(stmt, 1);
		if (of_kind <= STATEMENTS_MAX && *count < STATEMENTS_MAX * STATEMENT_KINDS_MAX)
			list[(*count)++].index = id_index(sqlite3_column_int64(stmt, 0));
	}
}

int forks_statements(struct store *s, const struct origin_row *o, struct arena *arena, struct log_statement **out,
                     size_t *count, struct err *err)
{
	sqlite3_stmt *stmt;
	struct log_statement *list = calloc(STATEMENTS_MAX * STATEMENT_KINDS_MAX, sizeof *list);
	must(list != NULL);
	*count = 0;
	int rc =
	    db_query(&s->db, err, &stmt,
	             "SELECT doc, kind FROM subject WHERE kind > 100 AND slot = ?1 AND kind <> ?2 ORDER BY kind, doc DESC",
	             db_int(o->slot), db_int(NORMLINK__KIND__KIND_REDACTION));
	if (rc == OK)
		rc = read_rows(stmt, s, list, count, err);
	db_end(stmt);
	if (*count > 1)
		qsort(list, *count, sizeof *list, by_doc);
	enum payload_state state;
	for (size_t i = 0; rc == OK && i < *count; i++)
		rc = payload_read(s, o->slot, list[i].index, arena, &list[i].payload, &state, err);
	*out = arena_array(arena, *count + 1, sizeof **out);
	memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rc;
}
