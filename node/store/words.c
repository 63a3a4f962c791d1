#include "node/store/words.h"

#include "node/base/must.h"
#include "node/store/grouped.h"
#include "node/store/rows.h"

/* What a handle looks for now: for seen(). */
struct seeing {
	struct finding *finding;
	const struct row_test *test;
	int rc; /* what went wrong inside */
};

bool words_seen(const struct finding *f, const struct row_test *test, int64_t doc, const struct row *row)
{
	const struct doc_row looked_at = { .doc = doc,
		                               .status = row->status,
		                               .kind = row->kind,
		                               .ics = bytes_of(row->ics, row->ics_len),
		                               .codes = row->ics == NULL ? row->codes : NULL,
		                               .code_count = row->code_count,
		                               .date = bytes_of(row->date, row->date_len) };
	return row->here && !row->retracted && (!f->leading || row->leads) && (!f->public || !row->hidden) &&
	       finding_has(f, doc, row->current) && row_fits(test, &looked_at);
}

/* The length of its titles; NULL: it is not looked for. */
static void seen(sqlite3_context *ctx, int count, sqlite3_value **values)
{
	struct store *s = sqlite3_user_data(ctx);
	int64_t doc = sqlite3_value_int64(values[0]);
	const struct row *row;
	must(count == 1 && s->seeing != NULL);
	s->seeing->rc = rows_find(s, doc, &row, s->seeing->finding->err);
	if (s->seeing->rc != OK)
		sqlite3_result_error_code(ctx, SQLITE_ABORT);
	else if (words_seen(s->seeing->finding, s->seeing->test, doc, row))
		sqlite3_result_int64(ctx, row->title_bytes);
}

int words_register(struct store *s, struct err *err)
{
	int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
	return sqlite3_create_function_v2(s->db.conn, "seen", 1, flags, s, seen, NULL, NULL, NULL) == SQLITE_OK
	           ? OK
	           : err_set(err, ERR_INTERNAL, "a function of the search cannot be registered");
}

static int by_index(struct finding *f, struct bytes expression, const struct row_test *test, struct docs *out)
{
	static const char sql[] = "SELECT rowid, closeness(words, seen(rowid)) FROM words WHERE words MATCH ?1";
	struct store *s = f->store;
	struct seeing now = { .finding = f, .test = test };
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, f->err, &stmt, sql, db_textn(expression));
	s->seeing = &now;
	while (rc == OK && db_next(&s->db, f->err, stmt, &rc)) {
		rc = finding_pay(f);
		if (sqlite3_column_type(stmt, 1) != SQLITE_NULL)
			docs_add(out, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
	}
	s->seeing = NULL;
	db_end(stmt);
	return now.rc != OK ? now.rc : rc;
}

int words_find(struct finding *f, const struct match *m, const struct row_test *test, struct docs *out)
{
	bool done = false;
	int rc = m->groups.incomplete ? OK : grouped_find(f, &m->groups, test, out, &done);
	return rc != OK || done ? rc : by_index(f, buf_bytes(&m->expression), test, out);
}
