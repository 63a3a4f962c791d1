#include "node/store/search.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/authority.h"
#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/filter.h"
#include "node/store/graph.h"
#include "node/store/hits.h"
#include "node/store/match.h"
#include "node/store/schema.h"
#include "proto/designator.h"
#include "proto/record.h"

struct search {
	struct store *store;
	struct filter filter;
	struct origin_row *origins; /* by name */
	size_t origin_count;
	unsigned *place; /* of a slot's name among them */
	int64_t slots;
	struct hits hits;
	int64_t *exact; /* docs that the words name */
	size_t exact_count;
	struct arena claims_arena;
	struct claims claims; /* of all logs: of equal hits those come first whose origin may speak for them */
	struct err *err;
};

static int load_origins(struct search *q, struct arena *arena)
{
	int rc = origin_list(&q->store->db, arena, &q->origins, &q->origin_count, q->err);
	for (size_t i = 0; i < q->origin_count; i++) {
		if (q->origins[i].slot > q->slots)
			q->slots = q->origins[i].slot;
	}
	q->place = arena_array(arena, (size_t)q->slots + 1, sizeof *q->place);
	for (size_t i = 0; i < q->origin_count; i++)
		q->place[q->origins[i].slot] = (unsigned)i;
	return rc;
}

static int compare_docs(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;
	return *a < *b ? -1 : *a > *b;
}

static bool is_exact(const struct search *q, int64_t doc)
{
	return q->exact_count > 0 && bsearch(&doc, q->exact, q->exact_count, sizeof *q->exact, compare_docs) != NULL;
}

/* The present row of a query: doc, score, ICS codes, kind, subject. */
static int add_hit(struct search *q, sqlite3_stmt *stmt, int64_t score)
{
	int64_t doc = sqlite3_column_int64(stmt, 0), slot = id_slot(doc);
	struct bytes column = db_column_bytes(stmt, 4);
	char subject[SUBJECT_MAX + 1];
	enum authority rank = AUTHORITY_OWN; /* nobody claims anything: all are alike */
	if (slot < 1 || slot > q->slots || column.len > SUBJECT_MAX)
		return err_set(q->err, ERR_CORRUPT, "the view names an origin that is not stored");
	if (q->claims.count > 0) {
		memcpy(subject, column.data, column.len);
		subject[column.len] = '\0';
		rank = authority_decide(&q->claims, q->origins[q->place[slot]].name, sqlite3_column_int(stmt, 3), subject);
	}
	hits_add(&q->hits, doc, score, (unsigned)rank, q->place[slot]);
	return OK;
}

/* Every row of a query. */
static int collect(struct search *q, sqlite3_stmt *stmt)
{
	int rc = OK;
	while (rc == OK && db_next(&q->store->db, q->err, stmt, &rc)) {
		int64_t doc = sqlite3_column_int64(stmt, 0);
		if ((q->filter.ics == NULL || filter_ics(db_column_bytes(stmt, 2), &q->filter)) && !is_exact(q, doc))
			rc = add_hit(q, stmt, sqlite3_column_int64(stmt, 1));
	}
	db_end(stmt);
	return rc;
}

/* ---- where candidates come from ---- */

/* A term in a title or a reference weighs more than in an abstract. */
static int by_words(struct search *q, const struct buf *expression)
{
	static const char sql[] =
	    "SELECT d.id, closeness(words, d.title_bytes), d.ics, d.kind, d.subject FROM words CROSS JOIN doc AS d ON d.id "
	    "= words.rowid"
	    " WHERE words MATCH ?1 AND d.current = 1 AND d.retracted = 0 AND (?2 = 0 OR d.status = ?2) AND (?3 = 0 OR "
	    "d.kind = ?3)"
	    " AND (?4 = 0 OR d.id >> 40 = ?4) AND (?5 = 0 OR d.hidden = 0)";
	const struct filter *f = &q->filter;
	sqlite3_stmt *stmt;
	int rc = db_query(&q->store->db, q->err, &stmt, sql, db_textn(buf_bytes(expression)), db_int(f->status),
	                  db_int(f->kind), db_int(f->slot), db_int(f->public));
	return rc == OK ? collect(q, stmt) : rc;
}

/* Facets hold current docs alone: without other filters, and claims, no doc row needs to be read.  shared: see
 * schema.c; what is hidden has too many parts in common for the public. */
static int by_ics(struct search *q)
{
	static const char lean[] = "SELECT doc, 0, ?1, 0, '' FROM facet WHERE code >= ?1 AND code < ?2 AND shared % ?7 < ?6"
	                           " AND (?3 = 0 OR doc >> 40 = ?3) AND ?4 = 0 AND ?5 = 0";
	static const char filtered[] =
	    "SELECT d.id, 0, d.ics, d.kind, d.subject FROM facet AS f CROSS JOIN doc AS d ON d.id = f.doc"
	    " WHERE f.code >= ?1 AND f.code < ?2 AND f.shared % ?7 < ?6 AND (?3 = 0 OR f.doc >> 40 = ?3)"
	    " AND (?4 = 0 OR d.status = ?4) AND (?5 = 0 OR d.kind = ?5)";
	const struct filter *f = &q->filter;
	char last[CODE_MAX];
	/* '/' follows '.': the range holds the code and all below, and nothing else that is a code. */
	(void)snprintf(last, sizeof last, "%s/", f->ics);
	int64_t parts = 1;
	for (const char *p = f->ics; *p != '\0'; p++)
		parts += *p == '.';
	sqlite3_stmt *stmt;
	bool plain = f->status == 0 && f->kind == 0 && q->claims.count == 0;
	int rc =
	    db_query(&q->store->db, q->err, &stmt, plain ? lean : filtered, db_text(f->ics), db_text(last), db_int(f->slot),
	             db_int(f->status), db_int(f->kind), db_int(parts), db_int(f->public ? INT64_MAX : FACET_HIDDEN));
	return rc == OK ? collect(q, stmt) : rc;
}

static int by_filters(struct search *q)
{
	const struct filter *f = &q->filter;
	sqlite3_stmt *stmt;
	int rc = db_query(
	    &q->store->db, q->err, &stmt,
	    "SELECT id, 0, ics, kind, subject FROM doc WHERE current = 1 AND retracted = 0 AND (?1 = 0 OR status = ?1)"
	    " AND (?2 = 0 OR kind = ?2) AND (?3 = 0 OR id >> 40 = ?3) AND (?4 = 0 OR hidden = 0)",
	    db_int(f->status), db_int(f->kind), db_int(f->slot), db_int(f->public));
	return rc == OK ? collect(q, stmt) : rc;
}

/* ---- words that are a reference ---- */

/* Score of a doc that the words name: better than any that rank.h gives, the newest edition best, and the standard
 * before what else is said about it. */
static int64_t exact_score(int64_t year, int64_t kind)
{
	return INT64_MIN / 2 - 2 * year - (kind == NORMLINK__KIND__KIND_STANDARD);
}

static int keep_exact(struct search *q, sqlite3_stmt *stmt)
{
	int64_t doc = sqlite3_column_int64(stmt, 0);
	if (q->filter.ics != NULL && !filter_ics(db_column_bytes(stmt, 2), &q->filter))
		return OK;
	q->exact[q->exact_count++] = doc;
	return add_hit(q, stmt, exact_score(sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 3)));
}

/* The very subject; for an undated reference all editions, but not their amendments, nor what is told apart by a
 * fragment: the words find that, too. */
static int by_reference(struct search *q, const struct designator *d)
{
	static const char sql[] =
	    "SELECT d.id, d.year, d.ics, s.kind, s.subject FROM subject AS s CROSS JOIN doc AS d ON d.id = s.doc"
	    " WHERE s.undated = ?1 AND s.supplement = ?6 AND (?2 = 0 OR d.status = ?2) AND (?3 = 0 OR d.kind = ?3)"
	    " AND (?4 = 0 OR s.slot = ?4) AND (?8 = 1 OR s.subject = ?5)"
	    " AND (?7 = 0 OR d.hidden = 0) AND d.retracted = 0";
	const struct filter *f = &q->filter;
	bool editions = d->year == 0 && !d->supplement && !d->fragment;
	sqlite3_stmt *stmt;
	int rc =
	    db_query(&q->store->db, q->err, &stmt, sql, db_text(d->undated), db_int(f->status), db_int(f->kind),
	             db_int(f->slot), db_text(d->canonical), db_int(chain_part(d)), db_int(f->public), db_int(editions));
	while (rc == OK && q->exact_count < SEARCH_EXACT_MAX && db_next(&q->store->db, q->err, stmt, &rc)) {
		rc = keep_exact(q, stmt);
	}
	db_end(stmt);
	if (q->exact_count > 1)
		qsort(q->exact, q->exact_count, sizeof *q->exact, compare_docs);
	return rc;
}

/* ---- the answer ---- */

/* Words that are a reference are searched for in its canonical form, so that "GB/T19001" finds what "GB/T 19001"
 * finds. */
static int run_words(struct search *q, const char *words, struct arena *arena)
{
	struct buf expression = { 0 };
	struct designator reference;
	size_t terms = 0;
	bool known = strnlen(words, QUERY_MAX + 1) <= QUERY_MAX &&
	             designator_parse(bytes_str(words), &reference, NULL) == OK && reference.prefix[0] != '\0';
	int rc = match_build(known ? reference.canonical : words, &expression, &terms, q->err);
	if (rc == OK && terms == 0)
		rc = err_set(q->err, ERR_USAGE, "there is no word to search for in the query");
	if (rc == OK && known) {
		q->exact = arena_array(arena, SEARCH_EXACT_MAX, sizeof *q->exact);
		rc = by_reference(q, &reference);
	}
	if (rc == OK)
		rc = by_words(q, &expression);
	buf_free(&expression);
	return rc;
}

static int run(struct search *q, const struct query *query, struct arena *arena)
{
	if (query->words != NULL && query->words[0] != '\0')
		return run_words(q, query->words, arena);
	return q->filter.ics != NULL ? by_ics(q) : by_filters(q);
}

static int give(struct search *q, size_t offset, struct arena *arena, struct found_list *out)
{
	hits_sort(&q->hits);
	out->total = q->hits.total;
	size_t n = q->hits.count > offset ? q->hits.count - offset : 0;
	out->v = arena_array(arena, n + 1, sizeof *out->v);
	int rc = OK;
	for (size_t i = 0; rc == OK && i < n; i++) {
		const struct hit *hit = &q->hits.v[offset + i];
		struct found *f = &out->v[out->count++];
		f->origin = q->origins[hit->origin].name;
		f->index = id_index(hit->doc);
		f->current = true;
		rc = payload_read(q->store, id_slot(hit->doc), f->index, arena, &f->payload, &f->state, q->err);
	}
	return rc;
}

int search_words(struct store *s, const struct query *query, struct arena *arena, struct found_list *out,
                 struct err *err)
{
	*out = (struct found_list){ 0 };
	if (query->limit < 1 || query->limit > SEARCH_LIMIT_MAX || query->offset > SEARCH_OFFSET_MAX)
		return err_set(err, ERR_USAGE, "a limit of 1 to %d and an offset up to %d", SEARCH_LIMIT_MAX,
		               SEARCH_OFFSET_MAX);
	struct search q = { .store = s, .err = err };
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	hits_init(&q.hits, query->offset + query->limit);
	rc = load_origins(&q, arena);
	if (rc == OK)
		rc = graph_read_claims(s, &q.claims_arena, &q.claims, err);
	if (rc == OK)
		rc = filter_read(query, q.origins, q.origin_count, &q.filter, err);
	if (rc == OK && !q.filter.nothing)
		rc = run(&q, query, arena);
	if (rc == OK)
		rc = give(&q, query->offset, arena, out);
	hits_free(&q.hits);
	arena_free(&q.claims_arena);
	store_end_read(s);
	return rc;
}
