#include "node/store/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/order.h"
#include "proto/record.h"

#define LAST_CHARACTER "\xf4\x8f\xbf\xbf"

enum { SHORTENED_MAX = 2 }; /* digits that may have been one too many */

/* A record of a standard. */
struct candidate {
	const char *family, *subject;
	int64_t doc, year;
	bool in_force;
	unsigned rank;
	bool exact; /* of the very standard that was typed */
};

struct suggesting {
	struct finding finding;
	struct candidate v[SUGGEST_ROWS_MAX];
	size_t count;
};

/* ---- candidates ---- */

/* Rows of subject, doc, year, status. */
static int collect(struct suggesting *s, sqlite3_stmt *stmt, const char *family)
{
	struct finding *f = &s->finding;
	struct designator d;
	int rc = OK;
	while (rc == OK && s->count < SUGGEST_ROWS_MAX && db_next(&f->store->db, f->err, stmt, &rc)) {
		struct bytes subject = db_column_bytes(stmt, 0);
		int status = sqlite3_column_int(stmt, 3);
		if (designator_parse(subject, &d, NULL) != OK || d.supplement)
			continue;
		s->v[s->count++] = (struct candidate){ .family = arena_str(f->arena, d.undated),
			                                   .subject = arena_str(f->arena, d.canonical),
			                                   .doc = sqlite3_column_int64(stmt, 1),
			                                   .year = sqlite3_column_int64(stmt, 2),
			                                   .in_force = status == NORMLINK__STATUS__STATUS_CURRENT,
			                                   .exact = family != NULL && strcmp(d.undated, family) == 0 };
	}
	db_end(stmt);
	return rc;
}

/* Its editions, and what begins like it. */
static int by_family(struct suggesting *s, const char *family)
{
	static const char sql[] =
	    "SELECT s.subject, d.id, d.year, d.status FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc"
	    " WHERE s.undated >= ?2 AND s.undated < ?3 AND s.supplement = 0 AND s.kind = 1" SEEN
	    " ORDER BY s.undated LIMIT ?4";
	struct finding *f = &s->finding;
	char high[SUBJECT_MAX + 8];
	sqlite3_stmt *stmt;
	(void)snprintf(high, sizeof high, "%s" LAST_CHARACTER, family);
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_text(family), db_text(high),
	                  db_int(SUGGEST_ROWS_MAX));
	return rc == OK ? collect(s, stmt, family) : rc;
}

/* Whoever's number it is. */
static int by_number(struct suggesting *s, const char *text)
{
	static const char sql[] = "SELECT d.subject, d.id, d.year, d.status FROM words CROSS JOIN doc AS d"
	                          " ON d.id = words.rowid WHERE words MATCH ?2 AND d.kind = 1" SEEN " LIMIT ?3";
	static const char digits[] = "0123456789";
	struct finding *f = &s->finding;
	sqlite3_stmt *stmt;
	const char *number = strpbrk(text, digits);
	size_t len = number != NULL ? strspn(number, digits) : 0;
	if (len < 2 || len > CODE_MAX)
		return OK;
	const char *expression = arena_printf(f->arena, "{reference} : \"%.*s\"", (int)len, number);
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_text(expression),
	                  db_int(SUGGEST_ROWS_MAX));
	return rc == OK ? collect(s, stmt, NULL) : rc;
}

/* "ISO 90011": a digit too many. */
static int by_shortened(struct suggesting *s, char *family)
{
	int rc = OK;
	for (int i = 0; rc == OK && s->count == 0 && i < SHORTENED_MAX; i++) {
		size_t len = strlen(family);
		if (len < 2 || strchr("0123456789", family[len - 1]) == NULL || strchr("0123456789", family[len - 2]) == NULL)
			break;
		family[len - 1] = '\0';
		rc = by_family(s, family);
	}
	return rc;
}

static int find(struct suggesting *s, const char *text)
{
	struct designator d;
	int rc = OK;
	if (designator_parse(bytes_str(text), &d, NULL) != OK)
		return OK;
	bool known = d.prefix[0] != '\0';
	if (known)
		rc = by_family(s, d.undated);
	if (rc == OK && s->count == 0)
		rc = by_number(s, known ? d.number : d.canonical);
	return rc == OK && s->count == 0 && known ? by_shortened(s, d.undated) : rc;
}

/* ---- which come first ---- */

/* The very standard before what begins like it; families by length, so that 9001 comes before 90010; of each the
 * edition in force, then the newest. */
static int compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	if (a->exact != b->exact)
		return a->exact ? -1 : 1;
	size_t x = strlen(a->family), y = strlen(b->family);
	if (x != y)
		return x < y ? -1 : 1;
	int by_family = strcmp(a->family, b->family);
	if (by_family != 0)
		return by_family;
	if (a->in_force != b->in_force)
		return a->in_force ? -1 : 1;
	if (a->year != b->year)
		return a->year > b->year ? -1 : 1;
	int by_subject = strcmp(a->subject, b->subject);
	if (by_subject != 0)
		return by_subject;
	return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : (a->doc > b->doc) - (a->doc < b->doc);
}

/* Each reference once; of a family that was not typed one edition. */
static bool is_wanted(const struct suggesting *s, size_t i)
{
	const struct candidate *c = &s->v[i], *before = i > 0 ? &s->v[i - 1] : NULL;
	if (before == NULL || strcmp(c->family, before->family) != 0)
		return true;
	return c->exact && strcmp(c->subject, before->subject) != 0;
}

static int give(struct suggesting *s, size_t limit, struct arena *arena, struct found_list *out)
{
	struct finding *f = &s->finding;
	const struct origin_row *o;
	int rc = OK;
	out->v = arena_array(arena, limit + 1, sizeof *out->v);
	for (size_t i = 0; rc == OK && i < s->count && out->count < limit; i++) {
		int64_t doc = s->v[i].doc;
		struct found *found = &out->v[out->count];
		if (!is_wanted(s, i))
			continue;
		rc = snapshot_origin(f->snapshot, doc, &o, f->err);
		if (rc != OK)
			break;
		*found = (struct found){ .origin = arena_str(arena, o->name), .index = id_index(doc), .current = true };
		rc = payload_read(f->store, id_slot(doc), found->index, arena, &found->payload, &found->state, f->err);
		out->count += rc == OK;
	}
	out->total = out->count;
	return rc;
}

static int run(struct suggesting *s, const char *text)
{
	struct finding *f = &s->finding;
	int rc = snapshot_read(f->store, &f->snapshot, f->err);
	if (rc == OK)
		rc = find(s, text);
	for (size_t i = 0; rc == OK && i < s->count; i++)
		rc = order_rank(f, s->v[i].doc, &s->v[i].rank);
	if (rc == OK && s->count > 1)
		qsort(s->v, s->count, sizeof *s->v, compare);
	return rc;
}

int suggest_read(void *ctx, const char *text, size_t limit, bool public_only, struct arena *arena,
                 struct found_list *out, struct err *err)
{
	struct store *store = ctx;
	struct arena scratch = { 0 };
	*out = (struct found_list){ 0 };
	if (strnlen(text, QUERY_MAX + 1) > QUERY_MAX)
		return err_set(err, ERR_USAGE, "a reference of more than %d bytes", QUERY_MAX);
	int rc = store_begin_read(store, err);
	if (rc != OK)
		return rc;
	struct suggesting *s = arena_get(&scratch, sizeof *s);
	s->finding = (struct finding){ .store = store, .public = public_only, .arena = &scratch, .err = err };
	rc = run(s, text);
	if (rc == OK)
		rc = give(s, limit, arena, out);
	arena_free(&scratch);
	store_end_read(store);
	return rc;
}
