#include "node/store/across.h"

#include <stdlib.h>

#include "node/store/order.h"
#include "node/store/rows.h"
#include "proto/edges.h"

struct following {
	struct finding *f;
	struct docs *direct;
	struct linked *v;
	size_t count;
};

static bool is_known(const struct following *w, int64_t doc)
{
	if (docs_find(w->direct, doc) != NULL)
		return true;
	for (size_t i = 0; i < w->count; i++)
		if (w->v[i].doc == doc)
			return true;
	return false;
}

static int by_score(const void *left, const void *right)
{
	const struct doc_score *a = left, *b = right;
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	return (a->doc > b->doc) - (a->doc < b->doc);
}

/* Records of that standard, the newest edition first. */
static int follow(struct following *w, const char *target, const struct linked *edge)
{
	struct designator d;
	struct docs found = { 0 };
	if (designator_parse(bytes_str(target), &d, NULL) != OK)
		return OK;
	int rc = clause_reference(w->f, &d, 0, &found);
	docs_settle(&found);
	if (found.count > 1)
		qsort(found.v, found.count, sizeof *found.v, by_score);
	for (size_t i = 0; rc == OK && i < found.count && w->count < ACROSS_FOUND_MAX; i++) {
		if (!is_known(w, found.v[i].doc)) {
			w->v[w->count] = *edge;
			w->v[w->count++].doc = found.v[i].doc;
		}
	}
	docs_free(&found);
	return rc;
}

static int follow_all(struct following *w, const int64_t *editions, size_t count)
{
	static const char sql[] = "SELECT type, detail, target FROM link WHERE doc = ?1 AND type IN (100, 107) ORDER BY n";
	_Static_assert(EDGE_ADOPTS == 100 && EDGE_TRANSLATES == 107, "as in the text above");
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count && w->count < ACROSS_FOUND_MAX; i++) {
		sqlite3_stmt *stmt = NULL;
		const struct row *row;
		rc = rows_find(w->f->store, editions[i], &row, w->f->err);
		if (rc != OK || !row->leads)
			continue;
		rc = db_query(&w->f->store->db, w->f->err, &stmt, sql, db_int(editions[i]));
		while (rc == OK && w->count < ACROSS_FOUND_MAX && db_next(&w->f->store->db, w->f->err, stmt, &rc)) {
			struct bytes target = db_column_bytes(stmt, 2);
			struct linked edge = { .via = editions[i], .type = sqlite3_column_int(stmt, 0) };
			edge.degree = edge.type == EDGE_ADOPTS ? sqlite3_column_int(stmt, 1) : 0;
			rc = finding_pay(w->f);
			if (rc == OK)
				rc = follow(w, arena_strn(w->f->arena, target.data, target.len), &edge);
		}
		db_end(stmt);
	}
	return rc;
}

/* Leave what the rest of the question holds for. */
static int restrict_to(struct following *w, const struct condition *rest)
{
	const struct row_test *test = row_test_of(w->f, rest);
	struct docs fitting = { 0 };
	size_t kept = 0;
	for (size_t i = 0; test != NULL && i < w->count; i++)
		docs_add(&fitting, w->v[i].doc, 0);
	int rc = test != NULL ? row_filter(w->f, test, &fitting) : plan_find(w->f, rest, &fitting);
	docs_settle(&fitting);
	for (size_t i = 0; i < w->count; i++)
		if (docs_find(&fitting, w->v[i].doc) != NULL)
			w->v[kept++] = w->v[i];
	w->count = kept;
	docs_free(&fitting);
	return rc;
}

/* The best of what fits the words alone and leads anywhere. */
static int find_editions(struct finding *f, const struct condition *words, int64_t **out, size_t *count)
{
	struct selection alone = { .where = words };
	struct docs docs = { 0 };
	f->leading = true;
	int rc = plan_find(f, words, &docs);
	f->leading = false;
	if (rc == OK)
		rc = order_docs(f, &alone, &docs, ACROSS_EDITIONS_MAX, out, count);
	docs_free(&docs);
	return rc;
}

int across_find(struct finding *f, const struct selection *q, struct docs *direct, const int64_t *ordered, size_t count,
                struct arena *arena, struct linked **out, size_t *out_count)
{
	const struct condition *words = NULL, *rest = NULL;
	struct following w = { .f = f, .direct = direct, .v = arena_array(arena, ACROSS_FOUND_MAX, sizeof *w.v) };
	int64_t *editions = NULL;
	int rc = OK;
	plan_split(f, q->where, &words, &rest);
	docs_settle(direct);
	if (words != NULL && rest != NULL) {
		rc = find_editions(f, words, &editions, &count);
		ordered = editions;
	}
	if (rc == OK && words != NULL)
		rc = follow_all(&w, ordered, count < ACROSS_EDITIONS_MAX ? count : ACROSS_EDITIONS_MAX);
	if (rc == OK && rest != NULL && w.count > 0)
		rc = restrict_to(&w, rest);
	free(editions);
	*out = w.v;
	*out_count = w.count;
	return rc;
}
