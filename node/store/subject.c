#include "node/store/subject.h"

#include <stdlib.h>

#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "proto/record.h"

/* The newest statement of one origin and kind on one subject; older ones hang on it by doc.previous. */
struct newest {
	const char *subject;
	const char *origin;
	int64_t slot, doc, kind;
	int64_t year, revision, previous;
};

struct newest_list {
	struct newest *v;
	size_t count;
};

static bool about_itself(const struct newest *st)
{
	return st->kind == NORMLINK__KIND__KIND_STANDARD;
}

/* Newest edition first; within an edition the standard before what else is said, and then by subject, so that each
 * one's statements stand together. */
static int compare(const void *left, const void *right)
{
	const struct newest *a = left, *b = right;
	if (a->year != b->year)
		return a->year > b->year ? -1 : 1;
	if (about_itself(a) != about_itself(b))
		return about_itself(a) ? -1 : 1;
	int by_subject = strcmp(a->subject, b->subject);
	if (by_subject == 0 && a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return by_subject != 0 ? by_subject : strcmp(a->origin, b->origin);
}

struct asked {
	int kind; /* 0: any */
	const struct designator *subject;
	bool editions; /* of all years */
};

/* The subject itself, of every origin and kind. */
static const char itself[] =
    "SELECT s.subject, o.name, s.slot, s.doc, s.kind, d.year, d.revision, d.previous FROM subject AS s"
    " CROSS JOIN doc AS d ON d.id = s.doc CROSS JOIN origin AS o ON o.slot = s.slot"
    " WHERE s.undated = ?1 AND s.supplement = ?2 AND (?3 = 1 OR s.subject = ?4) AND (?5 = 0 OR s.kind = ?5)";

/* What is told apart from it by a fragment: '$' follows '#'. */
static const char with_fragments[] =
    "SELECT s.subject, o.name, s.slot, s.doc, s.kind, d.year, d.revision, d.previous FROM subject AS s"
    " CROSS JOIN doc AS d ON d.id = s.doc CROSS JOIN origin AS o ON o.slot = s.slot"
    " WHERE s.undated = ?1 AND s.supplement = ?2 + 2 AND s.subject > (CASE ?3 WHEN 1 THEN '' ELSE ?4 || '#' END)"
    " AND (?3 = 1 OR s.subject < ?4 || '$') AND (?5 = 0 OR s.kind = ?5)";

static int collect_by(struct store *s, const char *sql, const struct asked *q, struct arena *arena,
                      struct newest_list *out, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, err, &stmt, sql, db_text(q->subject->undated), db_int(chain_part(q->subject)),
	                  db_int(q->editions), db_text(q->subject->canonical), db_int(q->kind));
	while (rc == OK && out->count < REVISIONS_MAX && db_next(&s->db, err, stmt, &rc)) {
		struct bytes subject = db_column_bytes(stmt, 0), origin = db_column_bytes(stmt, 1);
		out->v[out->count++] = (struct newest){
			.subject = arena_strn(arena, subject.data, subject.len),
			.origin = arena_strn(arena, origin.data, origin.len),
			.slot = sqlite3_column_int64(stmt, 2),
			.doc = sqlite3_column_int64(stmt, 3),
			.kind = sqlite3_column_int64(stmt, 4),
			.year = sqlite3_column_int64(stmt, 5),
			.revision = sqlite3_column_int64(stmt, 6),
			.previous = sqlite3_column_int64(stmt, 7),
		};
	}
	db_end(stmt);
	return rc;
}

static int collect(struct store *s, int kind, const struct designator *d, struct arena *arena, struct newest_list *out,
                   struct err *err)
{
	const struct asked q = {
		.kind = kind,
		.subject = d,
		.editions = d->year == 0 && !d->supplement && !d->fragment && d->prefix[0] != '\0',
	};
	int rc = collect_by(s, itself, &q, arena, out, err);
	return rc == OK && !d->fragment ? collect_by(s, with_fragments, &q, arena, out, err) : rc;
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

/* Of one kind as it reads subjects; of a kind with fragments also by what stands before '#' alone.  Of any kind (0) as
 * a designator or a text; and where it has a '#', as what stands before that, with a fragment.  Nothing is about what
 * cannot be a subject. */
static int collect_all(struct store *s, int kind, const char *subject, struct arena *arena, struct newest_list *out,
                       struct err *err)
{
	struct designator d;
	int rc = OK;
	bool marked = strchr(subject, '#') != NULL;
	out->v = arena_array(arena, REVISIONS_MAX, sizeof *out->v);
	if (record_subject(kind, subject, &d, NULL) == OK || (!marked && record_subject(0, subject, &d, NULL) == OK))
		rc = collect(s, kind, &d, arena, out, err);
	if (rc == OK && kind == 0 && marked && record_subject(NORMLINK__KIND__KIND_INDICATOR, subject, &d, NULL) == OK)
		rc = collect(s, 0, &d, arena, out, err);
	return rc;
}

int subject_read(struct store *s, int kind, const char *subject, struct arena *arena, struct found_list *out,
                 struct err *err)
{
	*out = (struct found_list){ 0 };
	struct newest_list all = { 0 };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = collect_all(s, kind, subject, arena, &all, err);
	if (rc == OK)
		rc = give_all(s, &all, arena, out, err);
	store_end_read(s);
	return rc;
}
