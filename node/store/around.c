#include "node/store/around.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/store/chain.h"
#include "node/store/masked.h"
#include "node/store/snapshot.h"
#include "proto/edges.h"
#include "proto/field.h"
#include "proto/record.h"

enum { FEW_MAX = 512 };

/* ---- few values: all of them ---------------------------------------------------------------------------------- */

static const char *sql_of(enum record_field field)
{
	static const char status[] = "SELECT d.status, count(*) FROM doc AS d WHERE d.status > 0" SEEN " GROUP BY d.status";
	static const char kind[] = "SELECT d.kind, count(*) FROM doc AS d WHERE d.kind > 0" SEEN " GROUP BY d.kind";
	static const char degree[] = "SELECT l.detail, count(DISTINCT l.doc) FROM link AS l CROSS JOIN doc AS d"
	                             " ON d.id = l.doc WHERE l.type = 100 AND l.detail > 0" SEEN " GROUP BY l.detail";
	static const char origin[] = "SELECT o.name, (SELECT count(*) FROM doc AS d WHERE d.id BETWEEN o.slot << 40 AND"
	                             " ((o.slot + 1) << 40) - 1" SEEN ") FROM origin AS o";
	_Static_assert(EDGE_ADOPTS == 100, "as in the text above");
	return field == FIELD_STATUS   ? status
	       : field == FIELD_KIND   ? kind
	       : field == FIELD_DEGREE ? degree
	       : field == FIELD_ORIGIN ? origin
	                               : NULL;
}

static const char *word_of(enum record_field field, sqlite3_stmt *stmt, struct arena *arena)
{
	struct bytes name = db_column_bytes(stmt, 0);
	int code = sqlite3_column_int(stmt, 0);
	return field == FIELD_STATUS   ? status_word(code)
	       : field == FIELD_KIND   ? kind_word(code)
	       : field == FIELD_DEGREE ? degree_word(code)
	                               : arena_strn(arena, name.data, name.len);
}

static int compare(const void *left, const void *right)
{
	const struct value_count *a = left, *b = right;
	return strcmp(a->value, b->value);
}

static int few(struct finding *f, enum record_field field, const char *text, size_t before, size_t after,
               struct arena *arena, struct value_list *out)
{
	struct value_count *all = arena_array(arena, FEW_MAX, sizeof *all);
	size_t count = 0, from = 0;
	sqlite3_stmt *stmt;
	int rc = db_query(&f->store->db, f->err, &stmt, sql_of(field), db_int(f->public));
	while (rc == OK && count < FEW_MAX && db_next(&f->store->db, f->err, stmt, &rc)) {
		const char *word = word_of(field, stmt, arena);
		uint64_t n = (uint64_t)sqlite3_column_int64(stmt, 1);
		if (word != NULL && n > 0)
			all[count++] = (struct value_count){ .value = word, .count = n };
	}
	db_end(stmt);
	qsort(all, count, sizeof *all, compare);
	while (from < count && strcmp(all[from].value, text) < 0)
		from++;
	size_t first = from > before ? from - before : 0, end = from + after < count ? from + after : count;
	*out = (struct value_list){ .v = all + first, .count = end - first, .place = from - first };
	return rc;
}

/* ---- names of other records ----------------------------------------------------------------------------------- */

/* How many records a search for that value finds, as SRU wants it told. */
static int count_found(struct finding *f, enum record_field field, const char *value, uint64_t *out)
{
	const struct condition is = { .field = field, .relation = COMPARE_IS, .text = value };
	struct docs docs = { 0 };
	int rc = clause_find(f, &is, &docs);
	docs_settle(&docs);
	*out = docs.count;
	docs_free(&docs);
	return rc;
}

/* A name without a year means all editions, also where others name one of them. */
static int count_editions(struct finding *f, enum record_field field, struct value_list *list)
{
	struct designator d;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < list->count; i++)
		if (designator_parse(bytes_str(list->v[i].value), &d, NULL) == OK && d.year == 0 && !d.supplement)
			rc = count_found(f, field, list->v[i].value, &list->v[i].count);
	return rc;
}

static int some(struct finding *f, enum record_field field, bool forth, const char *text, size_t limit,
                struct arena *arena, struct value_count *out, size_t *count)
{
	static const char from[] = "SELECT l.target, count(DISTINCT l.doc) FROM link AS l CROSS JOIN doc AS d"
	                           " ON d.id = l.doc WHERE l.type IN (?3, ?4) AND l.target >= ?2" SEEN
	                           " GROUP BY l.target ORDER BY l.target LIMIT ?5";
	static const char back[] = "SELECT l.target, count(DISTINCT l.doc) FROM link AS l CROSS JOIN doc AS d"
	                           " ON d.id = l.doc WHERE l.type IN (?3, ?4) AND l.target < ?2" SEEN
	                           " GROUP BY l.target ORDER BY l.target DESC LIMIT ?5";
	int64_t type = field == FIELD_ADOPTS     ? (int64_t)EDGE_ADOPTS
	               : field == FIELD_REPLACES ? (int64_t)NORMLINK__LINK_TYPE__LINK_REPLACES
	                                         : (int64_t)NORMLINK__LINK_TYPE__LINK_CITES;
	int64_t other = field == FIELD_CITES ? (int64_t)EDGE_REGULATES : type;
	sqlite3_stmt *stmt;
	int rc = db_query(&f->store->db, f->err, &stmt, forth ? from : back, db_int(f->public), db_text(text), db_int(type),
	                  db_int(other), db_int((int64_t)limit));
	*count = 0;
	while (rc == OK && *count < limit && db_next(&f->store->db, f->err, stmt, &rc)) {
		struct bytes value = db_column_bytes(stmt, 0);
		out[(*count)++] = (struct value_count){ .value = arena_strn(arena, value.data, value.len),
			                                    .count = (uint64_t)sqlite3_column_int64(stmt, 1) };
	}
	db_end(stmt);
	return rc;
}

static int names(struct finding *f, enum record_field field, const char *text, size_t before, size_t after,
                 struct arena *arena, struct value_list *out)
{
	struct designator d;
	struct value_count *back = arena_array(arena, before + 1, sizeof *back);
	size_t found = 0;
	if (designator_parse(bytes_str(text), &d, NULL) == OK)
		text = arena_str(arena, d.canonical);
	out->v = arena_array(arena, before + after + 1, sizeof *out->v);
	int rc = some(f, field, false, text, before, arena, back, &out->place);
	for (size_t i = 0; i < out->place; i++)
		out->v[i] = back[out->place - 1 - i];
	if (rc == OK)
		rc = some(f, field, true, text, after, arena, out->v + out->place, &found);
	out->count = out->place + found;
	return rc == OK ? count_editions(f, field, out) : rc;
}

/* ---- acts, which are searched for by what they cite ------------------------------------------------------------ */

#define ACT                                                                                                            \
	"SELECT s.subject FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc WHERE s.kind = 9"                          \
	" AND EXISTS (SELECT 1 FROM link AS l WHERE l.doc = s.doc AND l.type = ?5)" SEEN " AND "
#define ACT_PARTS "(s.undated, s.supplement, s.subject)"

/* Those that cite something that is here.  Acts are few among subjects, which are all passed in order; what else is
 * listed here looks at as many rows. */
static int some_acts(struct finding *f, bool forth, const struct designator *at, size_t limit, struct arena *arena,
                     struct value_count *out, size_t *count)
{
	static const char from[] = ACT ACT_PARTS " >= (?2, ?3, ?4) GROUP BY s.undated, s.supplement, s.subject"
	                                         " ORDER BY s.undated, s.supplement, s.subject";
	static const char back[] = ACT ACT_PARTS " < (?2, ?3, ?4) GROUP BY s.undated, s.supplement, s.subject"
	                                         " ORDER BY s.undated DESC, s.supplement DESC, s.subject DESC";
	_Static_assert(NORMLINK__KIND__KIND_CITATION == 9, "as in the text above");
	sqlite3_stmt *stmt;
	*count = 0;
	int rc = db_query(&f->store->db, f->err, &stmt, forth ? from : back, db_int(f->public), db_text(at->undated),
	                  db_int(chain_part(at)), db_text(at->canonical), db_int(EDGE_REGULATES));
	while (rc == OK && *count < limit && db_next(&f->store->db, f->err, stmt, &rc)) {
		struct bytes value = db_column_bytes(stmt, 0);
		struct value_count *v = &out[*count];
		*v = (struct value_count){ .value = arena_strn(arena, value.data, value.len) };
		rc = finding_pay(f);
		if (rc == OK)
			rc = count_found(f, FIELD_REGULATION, v->value, &v->count);
		*count += rc == OK && v->count > 0;
	}
	db_end(stmt);
	return rc;
}

static int acts(struct finding *f, const char *text, size_t before, size_t after, struct arena *arena,
                struct value_list *out)
{
	struct designator at = { 0 };
	struct value_count *back = arena_array(arena, before + 1, sizeof *back);
	size_t found = 0;
	if (text[0] != '\0' && designator_parse(bytes_str(text), &at, NULL) != OK)
		return err_set(f->err, ERR_USAGE, "no reference can read like that");
	out->v = arena_array(arena, before + after + 1, sizeof *out->v);
	int rc = some_acts(f, false, &at, before, arena, back, &out->place);
	for (size_t i = 0; i < out->place; i++)
		out->v[i] = back[out->place - 1 - i];
	if (rc == OK)
		rc = some_acts(f, true, &at, after, arena, out->v + out->place, &found);
	out->count = out->place + found;
	return rc;
}

/* ---- entries, by the name of their log and their index --------------------------------------------------------- */

/* Of one log: from an index on, or back from it. */
static int some_entries(struct finding *f, bool forth, const struct origin_row *o, uint64_t at, size_t limit,
                        struct arena *arena, struct value_count *out, size_t *count)
{
	static const char from[] = "SELECT d.id FROM doc AS d WHERE d.id >= ?2 AND d.id < ?3" SEEN " ORDER BY d.id LIMIT "
	                           "?4";
	static const char back[] =
	    "SELECT d.id FROM doc AS d WHERE d.id < ?2 AND d.id >= ?3" SEEN " ORDER BY d.id DESC LIMIT ?4";
	sqlite3_stmt *stmt;
	int64_t first = entry_id(o->slot, 0), end = entry_id(o->slot + 1, 0);
	int64_t place = entry_id(o->slot, at < o->size ? at : o->size);
	int rc = db_query(&f->store->db, f->err, &stmt, forth ? from : back, db_int(f->public), db_int(place),
	                  db_int(forth ? end : first), db_int((int64_t)(limit - *count)));
	while (rc == OK && *count < limit && db_next(&f->store->db, f->err, stmt, &rc))
		out[(*count)++] = (struct value_count){
			.value = arena_printf(arena, "%s#%" PRIu64, o->name, (uint64_t)(sqlite3_column_int64(stmt, 0) - first)),
			.count = 1,
		};
	db_end(stmt);
	return rc;
}

static int entries(struct finding *f, const char *text, size_t before, size_t after, struct arena *arena,
                   struct value_list *out)
{
	const char *mark = strrchr(text, '#');
	bool numbered = mark != NULL && strlen(mark + 1) <= 12 && strspn(mark + 1, "0123456789") == strlen(mark + 1);
	const char *name = numbered ? arena_strn(arena, text, (size_t)(mark - text)) : text;
	uint64_t at = numbered ? strtoull(mark + 1, NULL, 10) : 0;
	struct value_count *back = arena_array(arena, before + 1, sizeof *back);
	size_t found = 0;
	out->v = arena_array(arena, before + after + 1, sizeof *out->v);
	int rc = snapshot_read(f->store, &f->snapshot, f->err);
	const struct snapshot *s = f->snapshot; /* its origins stand in the order of their names */
	for (size_t i = rc == OK ? s->origin_count : 0; rc == OK && i-- > 0 && out->place < before;) {
		int order = strcmp(s->origins[i].name, name);
		if (order <= 0)
			rc = some_entries(f, false, &s->origins[i], order == 0 ? at : UINT64_MAX, before, arena, back, &out->place);
	}
	for (size_t i = 0; i < out->place; i++)
		out->v[i] = back[out->place - 1 - i];
	for (size_t i = 0; rc == OK && i < s->origin_count && found < after; i++) {
		int order = strcmp(s->origins[i].name, name);
		if (order >= 0)
			rc = some_entries(f, true, &s->origins[i], order == 0 ? at : 0, after, arena, out->v + out->place, &found);
	}
	out->count = out->place + found;
	return rc;
}

bool around_has(enum record_field field)
{
	return sql_of(field) != NULL || field == FIELD_ADOPTS || field == FIELD_REPLACES || field == FIELD_CITES ||
	       field == FIELD_REGULATION || field == FIELD_ENTRY || field == FIELD_ANY || field == FIELD_TITLE ||
	       field == FIELD_ABSTRACT;
}

int around_values(struct finding *f, enum record_field field, const char *text, size_t before, size_t after,
                  struct arena *arena, struct value_list *out)
{
	if (field == FIELD_ANY || field == FIELD_TITLE || field == FIELD_ABSTRACT)
		return masked_around(f,
		                     field == FIELD_TITLE      ? "title"
		                     : field == FIELD_ABSTRACT ? "abstract"
		                                               : NULL,
		                     text, before, after, arena, out);
	if (field == FIELD_REGULATION)
		return acts(f, text, before, after, arena, out);
	if (field == FIELD_ENTRY)
		return entries(f, text, before, after, arena, out);
	return sql_of(field) != NULL ? few(f, field, text, before, after, arena, out)
	                             : names(f, field, text, before, after, arena, out);
}
