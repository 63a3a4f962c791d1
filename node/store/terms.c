#include "node/store/terms.h"

#include <string.h>

#include "node/core/query.h"
#include "proto/field.h"
#include "proto/fold.h"

struct putting {
	struct db *db;
	int64_t doc;
	bool remove;
	struct err *err;
	int rc;
};

static void one(struct putting *p, enum record_field field, const char *value)
{
	if (p->rc != OK || value == NULL || value[0] == '\0')
		return;
	if (p->remove)
		p->rc = db_run(p->db, p->err, "DELETE FROM term WHERE field = ?1 AND value = ?2 AND doc = ?3", db_int(field),
		               db_text(value), db_int(p->doc));
	else
		p->rc = db_run(p->db, p->err, "INSERT OR IGNORE INTO term(field, value, doc) VALUES (?1, ?2, ?3)",
		               db_int(field), db_text(value), db_int(p->doc));
}

static void many(struct putting *p, enum record_field field, char *const *values, size_t count)
{
	for (size_t i = 0; i < count && i < FACETS_MAX; i++)
		one(p, field, values[i]);
}

/* ---- titles, to be sorted by ---- */

enum { TITLE_KEY_MAX = 96 }; /* bytes: more of a title decides no order that anybody sees */

struct title_key {
	char text[TITLE_KEY_MAX + 1];
	size_t len;
	size_t end; /* in the title, of the term before */
	unsigned run;
};

/* Pairs of one run overlap: of each after the first only the second character is new. */
static int add_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct title_key *k = arg;
	bool goes_on = k->len > 0 && run == k->run && start < k->end;
	size_t skip = 0;
	while (goes_on && skip + 1 < len && (skip == 0 || ((unsigned char)term[skip] & 0xc0) == 0x80))
		skip++;
	bool blank = !goes_on && k->len > 0;
	if (k->len + blank + len - skip > TITLE_KEY_MAX)
		return ERR_LIMIT; /* enough */
	if (blank)
		k->text[k->len++] = ' ';
	memcpy(k->text + k->len, term + skip, len - skip);
	k->len += len - skip;
	k->end = end;
	k->run = run;
	return OK;
}

/* As words are compared: whatever the case and the width of letters. */
static void title(struct putting *p, const Normlink__Record *r)
{
	struct title_key key = { 0 };
	const char *text = record_text(r, NORMLINK__ROLE__ROLE_TITLE, "");
	int rc = text != NULL ? fold_terms(bytes_str(text), add_term, &key) : OK;
	if (rc == OK || rc == ERR_LIMIT)
		one(p, FIELD_TITLE, key.text);
}

static int walk(struct putting *p, const Normlink__Record *r)
{
	if (r->retraction != NULL)
		return OK;
	title(p, r);
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

int terms_put(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .db = db, .doc = doc, .err = err }, record);
}

int terms_remove(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .db = db, .doc = doc, .remove = true, .err = err }, record);
}
