#include "node/store/values.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/chain.h"
#include "proto/record.h"

static void add(struct values *v, const char *text, size_t at)
{
	if (v->count == v->cap) {
		v->cap = v->cap == 0 ? 256 : 2 * v->cap;
		v->v = realloc(v->v, v->cap * sizeof *v->v);
		must(v->v != NULL);
	}
	v->v[v->count++] = (struct value){ text, at };
}

static const char *copy(struct values *v, struct bytes text)
{
	char *out = arena_try(&v->arena, text.len + 1);
	if (out != NULL && text.len > 0)
		memcpy(out, text.data, text.len);
	return out;
}

static int compare(const void *left, const void *right)
{
	const struct value *a = left, *b = right;
	int by_text = a->text == b->text ? 0 : strcmp(a->text, b->text);
	return by_text != 0 ? by_text : (a->at > b->at) - (a->at < b->at);
}

/* ---- what stands in the table of terms, in order ---- */

/* The case of letters does not count where values are compared: the first spelling stands for all. */
static int of_terms(struct finding *f, enum record_field field, const struct docs *docs, struct values *out)
{
	static const char sql[] = "SELECT l.value, t.doc FROM label AS l CROSS JOIN term AS t ON t.label = l.id"
	                          " WHERE l.field = ?1 ORDER BY l.value, l.value COLLATE BINARY";
	sqlite3_stmt *stmt;
	const char *before = NULL;
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(field));
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		const struct doc_score *found = docs_find(docs, sqlite3_column_int64(stmt, 1));
		rc = finding_pay(f);
		if (found == NULL)
			continue;
		struct bytes text = db_column_bytes(stmt, 0);
		if (before == NULL || !bytes_equal(text, bytes_str(before)))
			before = copy(out, text);
		if (before == NULL)
			rc = err_set(f->err, ERR_LIMIT, "more memory than an answer may have");
		else
			add(out, before, (size_t)(found - docs->v));
	}
	db_end(stmt);
	return rc;
}

/* ---- what the docs' rows say ---- */

/* Families together, editions in order, what amends them behind: as subjects lie. */
static const char *reference_key(struct values *out, int kind, struct bytes subject)
{
	struct designator d;
	struct buf text = { 0 };
	buf_add_bytes(&text, subject);
	bool good = record_subject(kind, buf_str(&text), &d, NULL) == OK;
	if (good) {
		buf_reset(&text);
		buf_printf(&text, "%s\x01%d\x01%s", d.undated, (int)chain_part(&d), d.canonical);
	}
	const char *key = copy(out, buf_bytes(&text));
	buf_free(&text);
	return key;
}

/* Of a row: kind, status, codes, subject, title, date. */
static bool add_row(struct values *out, enum record_field field, sqlite3_stmt *stmt, size_t at)
{
	int kind = sqlite3_column_int(stmt, 0);
	struct bytes rest = db_column_bytes(stmt, 2), own = db_column_bytes(stmt, field == FIELD_TITLE ? 4 : 5), code;
	bool has_own = (field == FIELD_TITLE || field == FIELD_DATE) && own.len > 0;
	const char *text = field == FIELD_KIND        ? kind_word(kind)
	                   : field == FIELD_STATUS    ? status_word(sqlite3_column_int(stmt, 1))
	                   : field == FIELD_REFERENCE ? reference_key(out, kind, db_column_bytes(stmt, 3))
	                   : has_own                  ? copy(out, own)
	                                              : NULL;
	if (text != NULL)
		add(out, text, at);
	while (field == FIELD_ICS && facets_next(&rest, &code)) {
		text = copy(out, code);
		if (text == NULL)
			return false;
		add(out, text, at);
	}
	return text != NULL || (field != FIELD_REFERENCE && !has_own);
}

static int of_rows(struct finding *f, enum record_field field, const struct docs *docs, struct values *out)
{
	static const char sql[] = "SELECT kind, status, ics, subject, title, date FROM doc WHERE id = ?1";
	int rc = OK;
	for (size_t i = 0; rc == OK && i < docs->count; i++) {
		sqlite3_stmt *stmt;
		bool row = false;
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(docs->v[i].doc));
		if (rc == OK)
			rc = db_step(&f->store->db, f->err, stmt, &row);
		if (rc == OK)
			rc = finding_pay(f);
		if (rc == OK && row && !add_row(out, field, stmt, i))
			rc = err_set(f->err, ERR_LIMIT, "more memory than an answer may have");
		db_end(stmt);
	}
	return rc;
}

static int of_origins(struct finding *f, const struct docs *docs, struct values *out)
{
	const struct origin_row *o;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < docs->count; i++) {
		rc = snapshot_origin(f->snapshot, docs->v[i].doc, &o, f->err);
		if (rc == OK)
			add(out, o->name, i);
	}
	return rc;
}

static int read(struct finding *f, enum record_field field, const struct docs *docs, struct values *out)
{
	switch (field) {
	case FIELD_CCS:
	case FIELD_STAGE:
	case FIELD_LEVEL:
	case FIELD_LANGUAGE:
	case FIELD_PUBLISHER:
	case FIELD_COMMITTEE:
		return of_terms(f, field, docs, out);
	case FIELD_KIND:
	case FIELD_STATUS:
	case FIELD_ICS:
	case FIELD_REFERENCE:
	case FIELD_TITLE:
	case FIELD_DATE:
		return of_rows(f, field, docs, out);
	case FIELD_ORIGIN:
		return of_origins(f, docs, out);
	case FIELD_EVERY:
	case FIELD_ENTRY:
	case FIELD_ANY:
	case FIELD_ABSTRACT:
	case FIELD_ADOPTS:
	case FIELD_REPLACES:
	case FIELD_REGULATION:
	case FIELD_DEGREE:
	case FIELD_RELEVANCE:
	case FIELD_CITES:
	case FIELD_CITED_BY:
		break;
	}
	return err_set(f->err, ERR_UNSUPPORTED, "the values of that field have no order here");
}

int values_read(struct finding *f, enum record_field field, struct docs *docs, struct values *out)
{
	*out = (struct values){ 0 };
	docs_settle(docs);
	int rc = read(f, field, docs, out);
	if (rc == OK && out->count > 1)
		qsort(out->v, out->count, sizeof *out->v, compare);
	return rc;
}

void values_free(struct values *v)
{
	arena_free(&v->arena);
	free(v->v);
	*v = (struct values){ 0 };
}
