#include "node/store/terms.h"

#include "node/core/query.h"
#include "proto/field.h"

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

int terms_put(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .db = db, .doc = doc, .err = err }, record);
}

int terms_remove(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err)
{
	return walk(&(struct putting){ .db = db, .doc = doc, .remove = true, .err = err }, record);
}
