#include "node/store/terms.h"

#include <string.h>

#include "node/core/query.h"
#include "proto/field.h"
#include "proto/fold.h"

enum {
	ROWS = 8,             /* put in at once: about as many as a record has */
	TITLE_KEY_BYTES = 48, /* of longer titles the beginning decides */
};

struct title_key {
	char text[TITLE_KEY_BYTES + 1];
	size_t len, end; /* end: of the term before, in the title */
};

struct putting {
	struct db *db;
	int64_t doc;
	bool remove;
	struct err *err;
	struct row {
		enum record_field field;
		const char *value;
	} rows[ROWS];
	size_t count;
	struct title_key title;
	int rc;
};

/* What is missing to a whole number of rows is the last one again, which is there then. */
static void put_rows(struct putting *p)
{
	static const char sql[] =
	    "INSERT OR IGNORE INTO term(doc, field, value) VALUES (?1, ?2, ?3), (?1, ?4, ?5), (?1, ?6, ?7), (?1, ?8, ?9),"
	    " (?1, ?10, ?11), (?1, ?12, ?13), (?1, ?14, ?15), (?1, ?16, ?17)";
	struct db_value values[1 + 2 * ROWS] = { db_int(p->doc) };
	if (p->rc != OK || p->count == 0)
		return;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &p->rows[i < p->count ? i : p->count - 1];
		values[1 + 2 * i] = db_int(row->field);
		values[2 + 2 * i] = db_text(row->value);
	}
	p->count = 0;
	p->rc = db_run_values(p->db, p->err, sql, values, sizeof values / sizeof *values);
}

/* The value lives as long as p. */
static void one(struct putting *p, enum record_field field, const char *value)
{
	if (p->rc != OK || value == NULL || value[0] == '\0')
		return;
	if (p->remove) {
		p->rc = db_run(p->db, p->err, "DELETE FROM term WHERE field = ?1 AND value = ?2 AND doc = ?3", db_int(field),
		               db_text(value), db_int(p->doc));
		return;
	}
	p->rows[p->count++] = (struct row){ field, value };
	if (p->count == ROWS)
		put_rows(p);
}

static void many(struct putting *p, enum record_field field, char *const *values, size_t count)
{
	for (size_t i = 0; i < count && i < FACETS_MAX; i++)
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

/* Folded, of the English title where there is one. */
static void put_title(struct putting *p, const Normlink__Record *r)
{
	struct title_key *key = &p->title;
	const char *title = record_text(r, NORMLINK__ROLE__ROLE_TITLE, "");
	if (title == NULL)
		return;
	int rc = fold_terms(bytes_str(title), add_term, key);
	key->text[key->len] = '\0';
	if (rc == OK || rc == ERR_LIMIT)
		one(p, FIELD_TITLE, key->text);
}

static int walk(struct putting *p, const Normlink__Record *r)
{
	if (r->retraction != NULL)
		return OK;
	one(p, FIELD_DATE, record_day(r));
	put_title(p, r);
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

int terms_put(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	struct putting p = { .db = db, .doc = doc, .err = err };
	int rc = walk(&p, record);
	put_rows(&p);
	return rc == OK ? p.rc : rc;
}

int terms_remove(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .db = db, .doc = doc, .remove = true, .err = err }, record);
}
