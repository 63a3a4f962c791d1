#include "node/store/fsck.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/digest.h"
#include "node/store/index_check.h"
#include "node/store/redact.h"
#include "node/store/reindex.h"
#include "node/store/schema.h"
#include "node/store/tokenizer.h"

enum { LINE_MAX_BYTES = 1024, SQLITE_PROBLEMS_MAX = 100 };

void fsck_problem(struct fsck *f, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;
	f->report->problems++;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (f->problem_cb != NULL)
		f->problem_cb(f->arg, line);
}

int fsck_settle(struct fsck *f, int rc, const struct err *e, struct err *err)
{
	if (rc == OK)
		return OK;
	if (rc != ERR_CORRUPT && rc != ERR_LIMIT)
		return err_set(err, rc, "%s", e->text);
	fsck_problem(f, "%s", e->text);
	return OK;
}

/* ---- SQLite's own structures ---- */

static int check_pages(struct fsck *f, struct err *err)
{
	sqlite3_stmt *stmt;
	struct err e = { 0 };
	int rc = db_query(&f->store->db, &e, &stmt, "SELECT integrity_check FROM pragma_integrity_check(?1)",
	                  db_int(SQLITE_PROBLEMS_MAX));
	while (rc == OK && db_next(&f->store->db, &e, stmt, &rc)) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);
		if (text == NULL || strcmp(text, "ok") != 0)
			fsck_problem(f, "database: %s", text != NULL ? text : "unreadable");
	}
	db_end(stmt);
	return fsck_settle(f, rc, &e, err);
}

/* Rows whose slot is no origin's. */
static int check_strays(struct fsck *f, const char *sql, const char *what, struct err *err)
{
	int64_t count = 0;
	struct err e = { 0 };
	int rc = db_get_int_values(&f->store->db, &e, &count, sql, NULL, 0);
	if (rc == OK && count > 0)
		fsck_problem(f, "%lld %s belong to no origin", (long long)count, what);
	return fsck_settle(f, rc, &e, err);
}

static int check_all_strays(struct fsck *f, struct err *err)
{
	int rc =
	    check_strays(f, "SELECT count(*) FROM bundle WHERE id >> 40 NOT IN (SELECT slot FROM origin)", "bundles", err);
	if (rc == OK)
		rc = check_strays(f, "SELECT count(*) FROM tile WHERE id >> 40 NOT IN (SELECT slot FROM origin)", "tiles", err);
	if (rc == OK)
		rc = check_strays(f, "SELECT count(*) FROM payload WHERE id >> 40 NOT IN (SELECT slot FROM origin)", "payloads",
		                  err);
	if (rc == OK)
		rc = check_strays(f, "SELECT count(*) FROM evidence WHERE id >> 40 NOT IN (SELECT slot FROM origin)",
		                  "pieces of evidence", err);
	return rc;
}

/* ---- the view against one made anew in a temporary database ---- */

struct comparison {
	struct origin_row *origins;
	size_t count;
	struct hash (*held)[VIEW_TABLES];
	struct hash (*due)[VIEW_TABLES];
};

static int build_expected(struct fsck *f, struct db *fresh, struct comparison *c, struct err *err)
{
	int rc = tokenizer_register(fresh->conn, err);
	if (rc == OK)
		rc = schema_create_view(fresh, err);
	struct viewer *viewer = viewer_new(fresh, f->store->hasher, redact_judge, index_whole, NULL, f->store);
	if (rc == OK)
		rc = db_begin_write(fresh, err);
	if (rc == OK)
		rc = reindex_into(f->store, viewer, c->origins, c->count, f->progress_cb, f->arg, err);
	if (rc == OK)
		rc = db_commit(fresh, err);
	viewer_free(viewer);
	return rc == OK ? digest_view(fresh, f->store->hasher, c->origins, c->count, c->due, err) : rc;
}

static void compare(struct fsck *f, const struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (int t = 0; t < VIEW_TABLES; t++) {
			if (!hash_equal(&c->held[i][t], &c->due[i][t]))
				fsck_problem(f, "%s: the view's table %s is not what the entries give (`normlink reindex` rebuilds it)",
				             c->origins[i].name, view_table_name((enum view_table)t));
		}
	}
}

static const char *name_of(const struct comparison *c, int64_t slot)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->origins[i].slot == slot)
			return c->origins[i].name;
	return "an origin that is not stored";
}

/* What was noted of an index root, against what is found now; nothing can be found now of one whose entries are gone.
 */
static int compare_root(struct fsck *f, const struct comparison *c, int64_t id, int64_t due, struct err *err)
{
	int64_t held = INDEX_UNCHECKED;
	int rc = db_get_int(&f->store->db, err, &held, "SELECT verdict FROM index_check WHERE id = ?1", db_int(id));
	f->report->roots++;
	f->report->differing += rc == OK && (held == INDEX_DIFFERS || due == INDEX_DIFFERS);
	if (rc == ERR_NOT_FOUND || (rc == OK && held != INDEX_UNCHECKED && due != INDEX_UNCHECKED && held != due))
		fsck_problem(f, "%s: what is noted of its index root at entry %llu is not what the entries give",
		             name_of(c, id_slot(id)), (unsigned long long)id_index(id));
	return rc == ERR_NOT_FOUND ? OK : rc;
}

static int compare_roots(struct fsck *f, struct db *fresh, const struct comparison *c, struct err *err)
{
	static const char count[] = "SELECT count(*) FROM index_check";
	sqlite3_stmt *stmt;
	int64_t held = 0, due = 0;
	int rc = db_query_values(fresh, err, &stmt, "SELECT id, verdict FROM index_check ORDER BY id", NULL, 0);
	while (rc == OK && db_next(fresh, err, stmt, &rc)) {
		rc = compare_root(f, c, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), err);
	}
	db_end(stmt);
	if (rc == OK)
		rc = db_get_int_values(fresh, err, &due, count, NULL, 0);
	if (rc == OK)
		rc = db_get_int_values(&f->store->db, err, &held, count, NULL, 0);
	if (rc == OK && held > due)
		fsck_problem(f, "%lld index roots are noted, %lld are in the logs", (long long)held, (long long)due);
	return rc;
}

static int by_slot(const void *left, const void *right)
{
	const struct origin_row *a = left, *b = right;
	return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static int check_view(struct fsck *f, struct comparison *c, struct err *err)
{
	struct db fresh;
	struct err e = { 0 };
	int rc = digest_view(&f->store->db, f->store->hasher, c->origins, c->count, c->held, &e);
	if (rc != OK)
		return fsck_settle(f, rc, &e, err);
	rc = db_open(&fresh, NULL, DB_TEMPORARY, err);
	if (rc != OK)
		return rc;
	rc = build_expected(f, &fresh, c, &e);
	if (rc == OK)
		compare(f, c);
	if (rc == OK)
		rc = compare_roots(f, &fresh, c, &e);
	db_close(&fresh);
	return fsck_settle(f, rc, &e, err);
}

/* ---- all of it ---- */

static int check_origins(struct fsck *f, struct arena *arena, struct err *err)
{
	struct comparison c = { 0 };
	struct err e = { 0 };
	int rc = origin_list(&f->store->db, arena, &c.origins, &c.count, &e);
	if (rc != OK)
		return fsck_settle(f, rc, &e, err);
	for (size_t i = 0; i < c.count; i++)
		f->total += c.origins[i].size;
	for (size_t i = 0; rc == OK && i < c.count; i++) {
		f->report->origins++;
		rc = fsck_log(f, &c.origins[i], err);
	}
	if (c.count > 1)
		qsort(c.origins, c.count, sizeof *c.origins, by_slot);
	c.held = arena_array(arena, c.count + 1, sizeof *c.held);
	c.due = arena_array(arena, c.count + 1, sizeof *c.due);
	return rc == OK ? check_view(f, &c, err) : rc;
}

int store_fsck(struct store *s, store_key_cb key_cb, fsck_problem_cb problem_cb, store_progress_cb progress_cb,
               void *arg, struct fsck_report *report, struct err *err)
{
	*report = (struct fsck_report){ 0 };
	struct fsck f = {
		.store = s,
		.key_cb = key_cb,
		.problem_cb = problem_cb,
		.progress_cb = progress_cb,
		.arg = arg,
		.report = report,
	};
	struct arena arena = { 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = check_pages(&f, err);
	if (rc == OK)
		rc = check_all_strays(&f, err);
	if (rc == OK)
		rc = check_origins(&f, &arena, err);
	store_end_read(s);
	keys_free(&f.keys);
	arena_free(&arena);
	return rc;
}
