#include "node/store/clause.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/masked.h"
#include "node/store/match.h"
#include "node/store/recent.h"
#include "node/store/row.h"
#include "node/store/rows.h"
#include "node/store/schema.h"
#include "node/store/words.h"
#include "proto/edges.h"
#include "proto/field.h"
#include "proto/record.h"

/* Behind every text that has one of ours at its front. */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf"

enum { PAY_EVERY = 64, ROW_STEPS = 16 }; /* rows; what one of them costs beside its query, as the budget counts */

int finding_pay(struct finding *f)
{
	if (++f->cost > SELECT_COST_MAX)
		return err_set(f->err, ERR_LIMIT, "more than %d records would have to be looked at", SELECT_COST_MAX);
	return f->cost % PAY_EVERY == 0 ? db_pay(&f->store->db, PAY_EVERY * ROW_STEPS, f->err) : OK;
}

static int unsupported(struct finding *f)
{
	return err_set(f->err, ERR_UNSUPPORTED, "the field cannot be asked for in that way");
}

static int unknown(struct finding *f, const char *what)
{
	return err_set(f->err, ERR_USAGE, "%s", what);
}

int clause_collect(struct finding *f, sqlite3_stmt *stmt, struct docs *out)
{
	int rc = OK;
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		int64_t doc = sqlite3_column_int64(stmt, 0);
		rc = finding_pay(f);
		if (finding_has(f, doc, sqlite3_column_int(stmt, 2) != 0))
			docs_add(out, doc, sqlite3_column_int64(stmt, 1));
	}
	db_end(stmt);
	return rc;
}

/* ---- words ---- */

/* Of what stood when the list was begun, and is not the newest of its subject any more. */
static int add_stood(struct finding *f, const struct designator *d, bool editions, int64_t score, struct docs *out)
{
	static const char sql[] =
	    "SELECT d.id, ?3 - 2 * d.year - (d.kind = 1), d.kind, d.subject FROM doc AS d WHERE d.id = ?2" SEEN;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < f->pinned->stood.count; i++) {
		sqlite3_stmt *stmt;
		struct designator s;
		bool row = false;
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_int(f->pinned->stood.v[i].doc),
		              db_int(score));
		if (rc == OK)
			rc = db_step(&f->store->db, f->err, stmt, &row);
		const char *subject =
		    row ? arena_strn(f->arena, db_column_bytes(stmt, 3).data, db_column_bytes(stmt, 3).len) : NULL;
		if (row && record_subject(sqlite3_column_int(stmt, 2), subject, &s, NULL) == OK &&
		    strcmp(s.undated, d->undated) == 0 && chain_part(&s) == chain_part(d) &&
		    (editions || strcmp(s.canonical, d->canonical) == 0))
			docs_add(out, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
		db_end(stmt);
	}
	return rc;
}

static int add_named(struct finding *f, int64_t doc, int64_t score, struct docs *out)
{
	const struct row *row;
	int rc = finding_pay(f);
	if (rc == OK)
		rc = rows_find(f->store, doc, &row, f->err);
	if (rc == OK && words_seen(f, NULL, doc, row))
		docs_add(out, doc, score - 2 * (int64_t)row->year - (row->kind == NORMLINK__KIND__KIND_STANDARD));
	return rc;
}

/* The docs under a name, as int64_t one behind the other; borrowed from the handle, or from out. */
static int find_named(struct finding *f, const struct designator *d, bool editions, struct buf *out, struct bytes *docs)
{
	static const char sql[] = "SELECT doc FROM subject WHERE undated = ?1 AND supplement = ?2"
	                          " AND (?4 = 1 OR subject = ?3)";
	struct buf name = { 0 };
	sqlite3_stmt *stmt;
	buf_add_str(&name, d->undated);
	buf_add_char(&name, '\0');
	buf_add_str(&name, editions ? "" : d->canonical);
	if (recent_named(f->store, buf_bytes(&name), docs)) {
		buf_free(&name);
		return OK;
	}
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_text(d->undated), db_int(chain_part(d)),
	                  db_text(d->canonical), db_int(editions));
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		int64_t doc = sqlite3_column_int64(stmt, 0);
		buf_add(out, &doc, sizeof doc);
	}
	db_end(stmt);
	*docs = buf_bytes(out);
	if (rc == OK)
		recent_keep_named(f->store, buf_bytes(&name), *docs);
	buf_free(&name);
	return rc;
}

int clause_reference(struct finding *f, const struct designator *d, int64_t score, struct docs *out)
{
	bool editions = d->year == 0 && !d->supplement && !d->fragment;
	struct buf made = { 0 };
	struct bytes docs = { 0 };
	int rc = find_named(f, d, editions, &made, &docs);
	for (size_t at = 0; rc == OK && at < docs.len; at += sizeof(int64_t)) {
		int64_t doc;
		memcpy(&doc, docs.data + at, sizeof doc);
		rc = add_named(f, doc, score, out);
	}
	buf_free(&made);
	return rc == OK && f->pinned != NULL ? add_stood(f, d, editions, score, out) : rc;
}

/* A text that is a reference is looked for in its canonical form, and the records of that name are the best hits. */
bool clause_names(const struct condition *c, struct designator *out)
{
	return (c->field == FIELD_ANY || c->field == FIELD_REFERENCE) && c->relation != COMPARE_ANY && !c->open &&
	       c->pattern == NULL && strlen(c->text) <= QUERY_MAX &&
	       designator_parse(bytes_str(c->text), out, NULL) == OK && out->prefix[0] != '\0';
}

static int by_words(struct finding *f, const struct condition *c, struct docs *out)
{
	struct match *m = arena_get(f->arena, sizeof *m);
	int rc = match_and(m, c, f->err);
	if (rc == OK)
		rc = words_find(f, m, NULL, out);
	buf_free(&m->expression);
	return rc;
}

static int find_words(struct finding *f, const struct condition *c, struct docs *out)
{
	struct designator d;
	struct condition canonical = *c;
	if (c->pattern != NULL)
		return masked_find(f, c, out);
	if (c->relation == COMPARE_IS && c->field == FIELD_REFERENCE) {
		if (designator_parse(bytes_str(c->text), &d, NULL) != OK)
			return unknown(f, "no reference can read like that");
		return clause_reference(f, &d, 0, out);
	}
	if (c->relation > COMPARE_PHRASE)
		return unsupported(f);
	if (!clause_names(c, &d))
		return by_words(f, c, out);
	canonical.text = d.canonical;
	int rc = clause_reference(f, &d, INT64_MIN / 4096, out);
	return rc == OK ? by_words(f, &canonical, out) : rc;
}

/* ---- values ---- */

/* A sign that follows every separator of the field's codes, and comes before what makes another code. */
static const char *above(enum record_field field)
{
	return field == FIELD_COMMITTEE ? "0" : "/";
}

/* Values below a text lie behind it and before the text with above() at its end. */
int clause_range(struct finding *f, const struct condition *c, struct value_range *out)
{
	const char *low = c->text, *high = c->text, *end = above(c->field);
	if (strlen(c->text) > LABEL_MAX || (c->last != NULL && strlen(c->last) > LABEL_MAX))
		return unknown(f, "no value is so long");
	switch (c->relation) {
	case COMPARE_IS:
		end = c->open ? LAST_CHARACTER : "\x01";
		break;
	case COMPARE_BELOW:
		end = c->open ? LAST_CHARACTER : end;
		break;
	case COMPARE_BEFORE:
		low = end = "";
		break;
	case COMPARE_UPTO:
		low = "";
		break;
	case COMPARE_AFTER:
	case COMPARE_FROM:
		high = NULL;
		break;
	case COMPARE_WITHIN:
		high = c->last;
		break;
	case COMPARE_ALL:
	case COMPARE_ANY:
	case COMPARE_PHRASE:
		return unsupported(f);
	}
	(void)snprintf(out->low, sizeof out->low, "%s%s", low, c->relation == COMPARE_AFTER ? end : "");
	/* There is always an end, or the index would be read to its own. */
	(void)snprintf(out->high, sizeof out->high, "%s%s", high != NULL ? high : "", high != NULL ? end : LAST_CHARACTER);
	return OK;
}

static int by_range(struct finding *f, const struct condition *c, struct docs *out)
{
	static const char sql[] = "SELECT d.id, 0, d.current FROM label AS l CROSS JOIN term AS t ON t.label = l.id"
	                          " CROSS JOIN doc AS d ON d.id = t.doc"
	                          " WHERE l.field = ?2 AND l.value >= ?3 AND l.value < ?4" SEEN;
	struct value_range range;
	sqlite3_stmt *stmt;
	int rc = clause_range(f, c, &range);
	if (rc == OK)
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_int(c->field), db_text(range.low),
		              db_text(range.high));
	return rc == OK ? clause_collect(f, stmt, out) : rc;
}

/* Of what stood when the list was begun, and is found by its codes no more. */
static int add_coded(struct finding *f, const struct condition *c, struct docs *out)
{
	const struct row_test *test = row_test_of(f, c);
	struct docs stood = { 0 };
	if (test == NULL)
		return unsupported(f);
	for (size_t i = 0; i < f->pinned->stood.count; i++)
		docs_add(&stood, f->pinned->stood.v[i].doc, 0);
	int rc = row_filter(f, test, &stood);
	docs_or(out, &stood);
	docs_free(&stood);
	return rc;
}

/* Codes are those of current docs alone, so that none of theirs is read; shared: see schema.c. */
static int by_codes(struct finding *f, const struct condition *c, struct docs *out)
{
	static const char sql[] = "SELECT doc, 0, 1 FROM facet WHERE code >= ?1 AND code < ?2"
	                          " AND shared % ?4 < ?3";
	struct value_range range;
	sqlite3_stmt *stmt;
	int64_t parts = 1;
	int rc = clause_range(f, c, &range);
	for (const char *p = c->text; *p != '\0'; p++)
		parts += *p == '.';
	/* Only of a whole subtree is it told which of a doc's codes is the first. */
	if (c->relation != COMPARE_BELOW || c->open)
		parts = FACET_HIDDEN;
	if (rc == OK)
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_text(range.low), db_text(range.high), db_int(parts),
		              db_int(f->public ? INT64_MAX : FACET_HIDDEN));
	if (rc == OK)
		rc = clause_collect(f, stmt, out);
	out->distinct = parts != FACET_HIDDEN && f->pinned == NULL;
	return rc == OK && f->pinned != NULL ? add_coded(f, c, out) : rc;
}

static int find_code(struct finding *f, const struct condition *c, struct docs *out)
{
	static const char status[] = "SELECT d.id, 0, d.current FROM doc AS d WHERE d.status = ?2" SEEN;
	static const char kind[] = "SELECT d.id, 0, d.current FROM doc AS d WHERE d.kind = ?2" SEEN;
	static const char degree[] = "SELECT d.id, 0, d.current FROM link AS l CROSS JOIN doc AS d ON d.id = l.doc"
	                             " WHERE l.type = 100 AND l.detail = ?2" SEEN;
	_Static_assert(EDGE_ADOPTS == 100, "as in the text above");
	sqlite3_stmt *stmt;
	if ((c->relation != COMPARE_IS && c->relation != COMPARE_BELOW) || c->open)
		return unsupported(f);
	int code = c->field == FIELD_STATUS ? status_of_word(c->text)
	           : c->field == FIELD_KIND ? kind_of_word(c->text)
	                                    : degree_of_word(c->text);
	if (code == 0)
		return unknown(f, "that is none of the words of this field");
	const char *sql = c->field == FIELD_STATUS ? status : c->field == FIELD_KIND ? kind : degree;
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_int(code));
	return rc == OK ? clause_collect(f, stmt, out) : rc;
}

static int by_ids(struct finding *f, int64_t first, int64_t last, struct docs *out)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&f->store->db, f->err, &stmt,
	                  "SELECT d.id, 0, d.current FROM doc AS d WHERE d.id BETWEEN ?2 AND ?3" SEEN,
	                  db_int(finding_sees(f)), db_int(first), db_int(last));
	return rc == OK ? clause_collect(f, stmt, out) : rc;
}

/* An origin that is not here has no records. */
static int find_origin(struct finding *f, const struct condition *c, struct docs *out)
{
	struct origin_row o;
	if ((c->relation != COMPARE_IS && c->relation != COMPARE_BELOW) || c->open)
		return unsupported(f);
	int rc = origin_find(&f->store->db, c->text, &o, NULL);
	if (rc != OK)
		return rc == ERR_NOT_FOUND ? OK : err_set(f->err, rc, "the origins cannot be read");
	return by_ids(f, entry_id(o.slot, 0), entry_id(o.slot + 1, 0) - 1, out);
}

/* ORIGIN#INDEX. */
static int find_entry(struct finding *f, const struct condition *c, struct docs *out)
{
	char name[NAME_MAX_BYTES + 1];
	struct origin_row o;
	const char *mark = strrchr(c->text, '#');
	if (c->relation != COMPARE_IS && c->relation != COMPARE_BELOW && c->relation != COMPARE_PHRASE)
		return unsupported(f);
	if (mark == NULL || (size_t)(mark - c->text) >= sizeof name || mark[1] == '\0' || strlen(mark + 1) > 12 ||
	    strspn(mark + 1, "0123456789") != strlen(mark + 1))
		return unknown(f, "an identifier is ORIGIN#INDEX");
	memcpy(name, c->text, (size_t)(mark - c->text));
	name[mark - c->text] = '\0';
	int rc = origin_find(&f->store->db, name, &o, NULL);
	if (rc != OK)
		return rc == ERR_NOT_FOUND ? OK : err_set(f->err, rc, "the origins cannot be read");
	uint64_t index = strtoull(mark + 1, NULL, 10);
	if (index >= o.size)
		return OK;
	return by_ids(f, entry_id(o.slot, index), entry_id(o.slot, index), out);
}

/* ---- other records ---- */

/* Is that the standard which is meant?  One without a year is any edition of it. */
static bool is_meant(const struct designator *d, struct bytes target)
{
	struct designator t;
	if (bytes_equal(target, bytes_str(d->canonical)))
		return true;
	return d->year == 0 && !d->supplement && designator_parse(target, &t, NULL) == OK && !t.supplement &&
	       strcmp(t.undated, d->undated) == 0;
}

static int find_link(struct finding *f, const struct condition *c, struct docs *out)
{
	static const char sql[] = "SELECT d.id, l.target, d.current FROM link AS l CROSS JOIN doc AS d ON d.id = l.doc"
	                          " WHERE l.target >= ?2 AND l.target < ?3 AND l.type IN (?4, ?5)" SEEN;
	struct designator d;
	char last[SUBJECT_MAX + 8];
	sqlite3_stmt *stmt = NULL;
	if ((c->relation != COMPARE_IS && c->relation != COMPARE_BELOW) || c->open)
		return unsupported(f);
	if (designator_parse(bytes_str(c->text), &d, NULL) != OK)
		return unknown(f, "no reference can read like that");
	(void)snprintf(last, sizeof last, "%s" LAST_CHARACTER, d.undated);
	int64_t type = c->field == FIELD_ADOPTS     ? EDGE_ADOPTS
	               : c->field == FIELD_REPLACES ? (int64_t)NORMLINK__LINK_TYPE__LINK_REPLACES
	                                            : (int64_t)NORMLINK__LINK_TYPE__LINK_CITES;
	int64_t or = c->field == FIELD_CITES ? EDGE_REGULATES : type;
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_text(d.undated), db_text(last),
	                  db_int(type), db_int(or));
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		rc = finding_pay(f);
		if (is_meant(&d, db_column_bytes(stmt, 1)) &&
		    finding_has(f, sqlite3_column_int64(stmt, 0), sqlite3_column_int(stmt, 2) != 0))
			docs_add(out, sqlite3_column_int64(stmt, 0), 0);
	}
	db_end(stmt);
	return rc;
}

/* What a standard or an act cites: of each of its links the records of that name. */
static int find_cited(struct finding *f, const struct condition *c, struct docs *out)
{
	static const char sql[] = "SELECT l.target FROM subject AS s CROSS JOIN link AS l ON l.doc = s.doc"
	                          " CROSS JOIN doc AS d ON d.id = s.doc"
	                          " WHERE s.undated = ?2 AND (s.subject = ?3 OR ?4 = 1) AND l.type IN (?5, ?6)" SEEN;
	struct designator act, cited;
	int64_t or = c->field == FIELD_CITED_BY ? (int64_t)NORMLINK__LINK_TYPE__LINK_CITES : (int64_t)EDGE_REGULATES;
	struct arena arena = { 0 };
	char **targets = arena_array(&arena, RECORD_LIST_MAX, sizeof *targets);
	size_t count = 0;
	sqlite3_stmt *stmt = NULL;
	int rc = designator_parse(bytes_str(c->text), &act, NULL) == OK ? OK : unknown(f, "nothing can be called that");
	if (rc == OK && ((c->relation != COMPARE_IS && c->relation != COMPARE_BELOW) || c->open))
		rc = unsupported(f);
	if (rc == OK)
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_text(act.undated),
		              db_text(act.canonical), db_int(act.year == 0), db_int(EDGE_REGULATES), db_int(or));
	while (rc == OK && count < RECORD_LIST_MAX && db_next(&f->store->db, f->err, stmt, &rc)) {
		struct bytes target = db_column_bytes(stmt, 0);
		rc = finding_pay(f);
		targets[count++] = arena_strn(&arena, target.data, target.len);
	}
	db_end(stmt);
	for (size_t i = 0; rc == OK && i < count; i++)
		if (designator_parse(bytes_str(targets[i]), &cited, NULL) == OK)
			rc = clause_reference(f, &cited, 0, out);
	arena_free(&arena);
	return rc;
}

int clause_find(struct finding *f, const struct condition *c, struct docs *out)
{
	switch (c->field) {
	case FIELD_EVERY:
		return by_ids(f, 0, INT64_MAX, out);
	case FIELD_ENTRY:
		return find_entry(f, c, out);
	case FIELD_ANY:
	case FIELD_REFERENCE:
	case FIELD_TITLE:
	case FIELD_ABSTRACT:
		return find_words(f, c, out);
	case FIELD_ICS:
		return by_codes(f, c, out);
	case FIELD_CCS:
	case FIELD_STAGE:
	case FIELD_LEVEL:
	case FIELD_LANGUAGE:
	case FIELD_PUBLISHER:
	case FIELD_COMMITTEE:
	case FIELD_DATE:
		return by_range(f, c, out);
	case FIELD_STATUS:
	case FIELD_KIND:
	case FIELD_DEGREE:
		return find_code(f, c, out);
	case FIELD_ORIGIN:
		return find_origin(f, c, out);
	case FIELD_ADOPTS:
	case FIELD_REPLACES:
	case FIELD_CITES:
		return find_link(f, c, out);
	case FIELD_REGULATION:
	case FIELD_CITED_BY:
		return find_cited(f, c, out);
	case FIELD_RELEVANCE:
		break;
	}
	return unsupported(f);
}
