#include "node/store/walk.h"

#include <string.h>

#include "node/store/around.h"
#include "node/store/chain.h"
#include "proto/record.h"

#define ORDERED                                                                                                        \
	FIELD_CCS:                                                                                                         \
	case FIELD_STAGE:                                                                                                  \
	case FIELD_LEVEL:                                                                                                  \
	case FIELD_LANGUAGE:                                                                                               \
	case FIELD_PUBLISHER:                                                                                              \
	case FIELD_COMMITTEE:                                                                                              \
	case FIELD_DATE

/* Where the values of a field are: from one on, and back from one. */
struct place {
	const char *from, *back;
};

/* Of several spellings that of the first doc stands for all; back, of the last. */
#define LABELLED                                                                                                       \
	" FROM label AS l CROSS JOIN term AS t ON t.label = l.id CROSS JOIN doc AS d ON d.id = t.doc WHERE l.field = ?2"
static const struct place terms = {
	"SELECT l.value, count(*), min(t.doc)" LABELLED " AND l.value >= ?3" SEEN
	" GROUP BY l.value ORDER BY l.value LIMIT ?4",
	"SELECT l.value, count(*), max(t.doc)" LABELLED " AND l.value < ?3" SEEN
	" GROUP BY l.value ORDER BY l.value DESC LIMIT ?4",
};

static const struct place codes = {
	"SELECT t.code, count(*) FROM facet AS t CROSS JOIN doc AS d ON d.id = t.doc WHERE ?2 = ?2 AND t.code >= ?3" SEEN
	" GROUP BY t.code ORDER BY t.code LIMIT ?4",
	"SELECT t.code, count(*) FROM facet AS t CROSS JOIN doc AS d ON d.id = t.doc WHERE ?2 = ?2 AND t.code < ?3" SEEN
	" GROUP BY t.code ORDER BY t.code DESC LIMIT ?4",
};

#define PARTS "(s.undated, s.supplement, s.subject)"
static const struct place subjects = {
	"SELECT s.subject, count(*) FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc WHERE ?2 = ?2 AND " PARTS
	" >= (?3, ?5, ?6)" SEEN " GROUP BY s.undated, s.supplement, s.subject"
	" ORDER BY s.undated, s.supplement, s.subject LIMIT ?4",
	"SELECT s.subject, count(*) FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc WHERE ?2 = ?2 AND " PARTS
	" < (?3, ?5, ?6)" SEEN " GROUP BY s.undated, s.supplement, s.subject"
	" ORDER BY s.undated DESC, s.supplement DESC, s.subject DESC LIMIT ?4",
};

static const struct place *place_of(enum record_field field)
{
	switch (field) {
	case ORDERED:
		return &terms;
	case FIELD_ICS:
		return &codes;
	case FIELD_REFERENCE:
		return &subjects;
	case FIELD_STATUS:
	case FIELD_KIND:
	case FIELD_ORIGIN:
	case FIELD_EVERY:
	case FIELD_ENTRY:
	case FIELD_ANY:
	case FIELD_TITLE:
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
	return NULL;
}

static int unsupported(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "the values of that field have no order here");
}

struct asking {
	struct store *store;
	enum record_field field;
	bool public;
	const char *text;
	struct designator subject; /* the text as a reference */
	struct arena *arena;
	struct err *err;
};

static int some(struct asking *a, const char *sql, size_t limit, struct value_count *out, size_t *count)
{
	sqlite3_stmt *stmt;
	struct db_value values[] = {
		db_int(a->public),
		db_int(a->field),
		db_text(a->text),
		db_int((int64_t)limit),
		db_int(chain_part(&a->subject)),
		db_text(a->subject.canonical), /* these two for references alone */
	};
	bool reference = a->field == FIELD_REFERENCE;
	if (reference)
		values[2] = db_text(a->subject.undated);
	int rc = db_query_values(&a->store->db, a->err, &stmt, sql, values, reference ? 6 : 4);
	*count = 0;
	while (rc == OK && *count < limit && db_next(&a->store->db, a->err, stmt, &rc)) {
		struct bytes value = db_column_bytes(stmt, 0);
		out[(*count)++] = (struct value_count){ .value = arena_strn(a->arena, value.data, value.len),
			                                    .count = (uint64_t)sqlite3_column_int64(stmt, 1) };
	}
	db_end(stmt);
	return rc;
}

int walk_around(void *ctx, enum record_field field, const char *text, size_t before, size_t after, bool public_only,
                struct arena *arena, struct value_list *out, struct err *err)
{
	struct store *s = ctx;
	const struct place *p = place_of(field);
	struct asking a = { .store = s, .field = field, .public = public_only, .text = text, .arena = arena, .err = err };
	size_t found = 0;
	*out = (struct value_list){ 0 };
	if (before > SELECT_VALUES_MAX || after > SELECT_VALUES_MAX)
		return err_set(err, ERR_USAGE, "at most %d values", SELECT_VALUES_MAX);
	if (around_has(field)) {
		struct finding f = { .store = s, .public = public_only, .err = err };
		int rc = store_begin_read(s, err);
		if (rc != OK)
			return rc;
		rc = around_values(&f, field, text, before, after, arena, out);
		store_end_read(s);
		return rc;
	}
	if (p == NULL)
		return unsupported(err);
	if (field == FIELD_REFERENCE && text[0] != '\0' && designator_parse(bytes_str(text), &a.subject, NULL) != OK)
		return err_set(err, ERR_USAGE, "no reference can read like that");
	out->v = arena_array(arena, before + after + 1, sizeof *out->v);
	struct value_count *back = arena_array(arena, before + 1, sizeof *back);
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = some(&a, p->back, before, back, &out->place);
	for (size_t i = 0; i < out->place; i++)
		out->v[i] = back[out->place - 1 - i];
	if (rc == OK)
		rc = some(&a, p->from, after, out->v + out->place, &found);
	out->count = out->place + found;
	store_end_read(s);
	return rc;
}
