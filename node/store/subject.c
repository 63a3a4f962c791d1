/* subject: every statement on one subject, from all origins; declared in search.h. */
#include <stdlib.h>

#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "node/store/search.h"
#include "proto/record.h"

/* The newest statement of one origin on one subject; older ones hang on it by doc.previous. */
struct newest {
	const char *subject;
	const char *origin;
	int64_t slot, doc;
	int64_t year, revision, previous;
};

struct newest_list {
	struct newest *v;
	size_t count;
};

/* Newest edition first; within an edition by subject, so that each one's statements stand together. */
static int compare(const void *left, const void *right)
{
	const struct newest *a = left, *b = right;
	if (a->year != b->year)
		return a->year > b->year ? -1 : 1;
	int by_subject = strcmp(a->subject, b->subject);
	return by_subject != 0 ? by_subject : strcmp(a->origin, b->origin);
}

static int collect(struct store *s, int kind, const struct designator *d, struct arena *arena, struct newest_list *out,
                   struct err *err)
{
	static const char sql[] =
	    "SELECT s.subject, o.name, s.slot, s.doc, d.year, d.revision, d.previous FROM subject AS s"
	    " CROSS JOIN doc AS d ON d.id = s.doc CROSS JOIN origin AS o ON o.slot = s.slot"
	    " WHERE s.undated = ?1 AND s.supplement = ?2 AND (?3 = 1 OR s.subject = ?4)"
	    " AND (?5 = 0 OR s.kind = ?5)";
	bool editions = d->year == 0 && !d->supplement && d->prefix[0] != '\0';
	sqlite3_stmt *stmt;
	out->v = arena_array(arena, REVISIONS_MAX, sizeof *out->v);
	int rc = db_query(&s->db, err, &stmt, sql, db_text(d->undated), db_int(d->supplement), db_int(editions),
	                  db_text(d->canonical), db_int(kind));
	while (rc == OK && out->count < REVISIONS_MAX && db_next(&s->db, err, stmt, &rc)) {
		struct bytes subject = db_column_bytes(stmt, 0), origin = db_column_bytes(stmt, 1);
		out->v[out->count++] = (struct newest){
			.subject = arena_strn(arena, subject.data, subject.len),
			.origin = arena_strn(arena, origin.data, origin.len),
			.slot = sqlite3_column_int64(stmt, 2),
			.doc = sqlite3_column_int64(stmt, 3),
			.year = sqlite3_column_int64(stmt, 4),
			.revision = sqlite3_column_int64(stmt, 5),
			.previous = sqlite3_column_int64(stmt, 6),
		};
	}
	db_end(stmt);
	return rc;
}

static int give(struct store *s, const struct newest *st, uint64_t index, bool current, struct arena *arena,
                struct found_list *out, struct err *err)
{
	struct found *f = &out->v[out->count++];
	*f = (struct found){ .origin = st->origin, .index = index, .current = current };
	int rc = envelope_read(s, st->slot, index, arena, &f->envelope, err);
	return rc == OK ? payload_read(s, st->slot, index, arena, &f->payload, &f->state, err) : rc;
}

/* What this statement superseded, newest first. */
static int give_older(struct store *s, const struct newest *st, struct arena *arena, struct found_list *out,
                      struct err *err)
{
	int64_t index = st->previous;
	int rc = OK;
	while (rc == OK && index != PREVIOUS_NONE && out->count < REVISIONS_MAX) {
		rc = give(s, st, (uint64_t)index, false, arena, out, err);
		if (rc == OK)
			rc = db_get_int(&s->db, err, &index, "SELECT previous FROM doc WHERE id = ?1",
			                db_int(entry_id(st->slot, (uint64_t)index)));
		if (rc == ERR_NOT_FOUND)
			rc = err_set(err, ERR_CORRUPT, "the view names a record that it does not hold");
	}
	return rc;
}

/* Statements [from, to) are of one edition: first the current ones, then those that they superseded. */
static int give_edition(struct store *s, const struct newest_list *all, size_t from, size_t to, struct arena *arena,
                        struct found_list *out, struct err *err)
{
	int rc = OK;
	for (size_t i = from; rc == OK && i < to && out->count < REVISIONS_MAX; i++)
		rc = give(s, &all->v[i], id_index(all->v[i].doc), true, arena, out, err);
	for (size_t i = from; rc == OK && i < to; i++)
		rc = give_older(s, &all->v[i], arena, out, err);
	return rc;
}

static int give_all(struct store *s, struct newest_list *all, struct arena *arena, struct found_list *out,
                    struct err *err)
{
	int rc = OK;
	if (all->count > 1)
		qsort(all->v, all->count, sizeof *all->v, compare);
	for (size_t i = 0; i < all->count; i++)
		out->total += (uint64_t)all->v[i].revision;
	out->v = arena_array(arena, out->total < REVISIONS_MAX ? (size_t)out->total + 1 : REVISIONS_MAX, sizeof *out->v);
	for (size_t from = 0, to; rc == OK && from < all->count; from = to) {
		for (to = from + 1; to < all->count && all->v[to].year == all->v[from].year; to++)
			continue;
		rc = give_edition(s, all, from, to, arena, out, err);
	}
	return rc;
}

int search_subject(struct store *s, int kind, const char *subject, struct arena *arena, struct found_list *out,
                   struct err *err)
{
	*out = (struct found_list){ 0 };
	struct designator d;
	struct newest_list all = { 0 };
	if (record_subject(kind, subject, &d, NULL) != OK)
		return OK; /* no record is about what cannot be a subject */
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = collect(s, kind, &d, arena, &all, err);
	if (rc == OK)
		rc = give_all(s, &all, arena, out, err);
	store_end_read(s);
	return rc;
}
