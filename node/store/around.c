#include "node/store/around.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/store/masked.h"
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
	return rc;
}

bool around_has(enum record_field field)
{
	return sql_of(field) != NULL || field == FIELD_ADOPTS || field == FIELD_REPLACES || field == FIELD_CITES ||
	       field == FIELD_ANY || field == FIELD_TITLE || field == FIELD_ABSTRACT;
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
	return sql_of(field) != NULL ? few(f, field, text, before, after, arena, out)
	                             : names(f, field, text, before, after, arena, out);
}
