#include "node/store/terms.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/core/query.h"
#include "node/store/labels.h"
#include "proto/field.h"
#include "proto/fold.h"

enum {
	ROWS = 16,            /* put in by one statement */
	ROWS_WAITING = 32768, /* about as many as a full transaction has */
};

struct row {
	int64_t label, doc;
};

struct terms {
	struct db *db;
	struct labels *labels;
	struct row *rows; /* not put in yet */
	size_t count;
};

/* One doc's. */
struct putting {
	struct terms *terms;
	int64_t doc;
	bool remove;
	struct err *err;
	int rc;
};

struct terms *terms_new(struct db *db)
{
	struct terms *t = calloc(1, sizeof *t);
	must(t != NULL);
	t->db = db;
	t->labels = labels_new(db);
	t->rows = calloc(ROWS_WAITING, sizeof *t->rows);
	must(t->rows != NULL);
	return t;
}

void terms_free(struct terms *t)
{
	if (t == NULL)
		return;
	labels_free(t->labels);
	free(t->rows);
	free(t);
}

void terms_forget(struct terms *t)
{
	t->count = 0;
	labels_forget(t->labels);
}

/* ---- rows ---- */

static int compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	if (a->label != b->label)
		return a->label < b->label ? -1 : 1;
	return (a->doc > b->doc) - (a->doc < b->doc);
}

/* What is missing to a whole number of rows is the last one again, which is there then. */
static int put_some(struct terms *t, const struct row *rows, size_t count, struct err *err)
{
	static const char sql[] =
	    "INSERT OR IGNORE INTO term(label, doc) VALUES (?1, ?2), (?3, ?4), (?5, ?6), (?7, ?8), (?9, ?10), (?11, ?12),"
	    " (?13, ?14), (?15, ?16), (?17, ?18), (?19, ?20), (?21, ?22), (?23, ?24), (?25, ?26), (?27, ?28), (?29, ?30),"
	    " (?31, ?32)";
	struct db_value values[2 * ROWS];
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i < count ? i : count - 1];
		values[2 * i] = db_int(row->label);
		values[2 * i + 1] = db_int(row->doc);
	}
	return db_run_values(t->db, err, sql, values, sizeof values / sizeof *values);
}

/* In the order of the table, so that those of one page of it come one after the other. */
int terms_flush(struct terms *t, struct err *err)
{
	int rc = OK;
	if (t->count > 1)
		qsort(t->rows, t->count, sizeof *t->rows, compare);
	for (size_t i = 0; rc == OK && i < t->count; i += ROWS)
		rc = put_some(t, t->rows + i, t->count - i < ROWS ? t->count - i : ROWS, err);
	t->count = 0;
	return rc;
}

static int put_row(struct terms *t, int64_t label, int64_t doc, struct err *err)
{
	t->rows[t->count++] = (struct row){ label, doc };
	return t->count == ROWS_WAITING ? terms_flush(t, err) : OK;
}

static int remove_row(struct terms *t, int64_t label, int64_t doc, struct err *err)
{
	int rc = db_run(t->db, err, "DELETE FROM term WHERE label = ?1 AND doc = ?2", db_int(label), db_int(doc));
	return rc == OK ? labels_released(t->labels, label, err) : rc;
}

static void one(struct putting *p, enum record_field field, const char *value)
{
	int64_t label;
	if (p->rc != OK || value == NULL || value[0] == '\0')
		return;
	if (p->remove) {
		int rc = labels_find(p->terms->labels, field, value, &label, p->err);
		p->rc = rc == OK ? remove_row(p->terms, label, p->doc, p->err) : rc == ERR_NOT_FOUND ? OK : rc;
		return;
	}
	p->rc = labels_make(p->terms->labels, field, value, &label, p->err);
	if (p->rc == OK)
		p->rc = put_row(p->terms, label, p->doc, p->err);
}

/* Of spellings that differ in the case of letters a doc has the first. */
static bool said_before(char *const *values, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (sqlite3_stricmp(values[i], values[at]) == 0)
			return true;
	return false;
}

static void many(struct putting *p, enum record_field field, char *const *values, size_t count)
{
	for (size_t i = 0; i < count && i < FACETS_MAX; i++)
		if (!said_before(values, i))
			one(p, field, values[i]);
}

/* ---- titles, to sort by ---- */

/* Where a character of UTF-8 ends. */
static size_t character(const char *text, size_t len)
{
	size_t n = 1;
	while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Words with a blank between; of a pair that overlaps the one before only what is new. */
static int add_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct title_key *k = arg;
	(void)run;
	size_t old = start < k->end ? character(term, len) : 0;
	if (k->len > 0 && old == 0 && k->len < TITLE_KEY_BYTES)
		k->text[k->len++] = ' ';
	for (size_t n; old < len; old += n) {
		n = character(term + old, len - old);
		if (k->len + n > TITLE_KEY_BYTES)
			return ERR_LIMIT;
		memcpy(k->text + k->len, term + old, n);
		k->len += n;
	}
	k->end = end;
	return OK;
}

void terms_title(const Normlink__Record *record, struct title_key *out)
{
	const char *title = record->retraction == NULL ? record_text(record, NORMLINK__ROLE__ROLE_TITLE, "") : NULL;
	*out = (struct title_key){ 0 };
	int rc = title != NULL ? fold_terms(bytes_str(title), add_term, out) : OK;
	if (rc != OK && rc != ERR_LIMIT)
		out->len = 0;
	out->text[out->len] = '\0';
}

/* ---- values ---- */

static int walk(struct putting *p, const Normlink__Record *r)
{
	if (r->retraction != NULL)
		return OK;
	one(p, FIELD_DATE, record_day(r));
	if (r->standard != NULL) {
		const Normlink__Standard *s = r->standard;
		many(p, FIELD_CCS, s->ccs, s->n_ccs);
		many(p, FIELD_COMMITTEE, s->committees, s->n_committees);
		many(p, FIELD_LANGUAGE, s->languages, s->n_languages);
		one(p, FIELD_STAGE, s->stage);
		one(p, FIELD_PUBLISHER, s->publisher);
		one(p, FIELD_LEVEL, s->has_level ? code_word(&normlink__level__descriptor, (int)s->level) : NULL);
	} else if (r->project != NULL) {
		const Normlink__Project *s = r->project;
		many(p, FIELD_CCS, s->ccs, s->n_ccs);
		one(p, FIELD_COMMITTEE, s->committee);
		one(p, FIELD_STAGE, s->stage);
		one(p, FIELD_LEVEL, s->has_level ? code_word(&normlink__level__descriptor, (int)s->level) : NULL);
	}
	return p->rc;
}

int terms_put(struct terms *t, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .terms = t, .doc = doc, .err = err }, record);
}

int terms_remove(struct terms *t, int64_t doc, const Normlink__Record *record, struct err *err)
{
	int rc = terms_flush(t, err); /* it may have come just now */
	return rc == OK ? walk(&(struct putting){ .terms = t, .doc = doc, .remove = true, .err = err }, record) : rc;
}
