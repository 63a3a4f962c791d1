#include "node/store/order.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "node/store/hits.h"
#include "node/store/values.h"

/* Read only where it decides between equals. */
int order_rank(struct finding *f, int64_t doc, unsigned *out)
{
	char subject[SUBJECT_MAX + 1] = "";
	const struct origin_row *o;
	sqlite3_stmt *stmt;
	bool row = false;
	*out = AUTHORITY_OWN; /* nobody claims anything: all are alike */
	if (f->snapshot->claims.count == 0)
		return OK;
	int rc = snapshot_origin(f->snapshot, doc, &o, f->err);
	if (rc != OK)
		return rc;
	rc = db_query(&f->store->db, f->err, &stmt, "SELECT kind, subject FROM doc WHERE id = ?1", db_int(doc));
	if (rc == OK)
		rc = db_step(&f->store->db, f->err, stmt, &row);
	struct bytes text = row ? db_column_bytes(stmt, 1) : bytes_of(NULL, 0);
	if (text.len > 0 && text.len < sizeof subject)
		memcpy(subject, text.data, text.len);
	if (row)
		*out = authority_decide(&f->snapshot->claims, o->name, sqlite3_column_int(stmt, 0), subject);
	db_end(stmt);
	return rc;
}

static unsigned place_of(const struct finding *f, int64_t doc)
{
	int64_t slot = id_slot(doc);
	return slot >= 1 && slot <= SLOT_MAX ? f->snapshot->place[slot] : 0;
}

/* ---- by how well it fits ---- */

static int by_relevance(struct finding *f, const struct docs *docs, size_t keep, int64_t *out, size_t *count)
{
	struct hits hits;
	int rc = OK;
	hits_init(&hits, keep);
	for (size_t i = 0; rc == OK && i < docs->count; i++) {
		const struct doc_score *d = &docs->v[i];
		unsigned rank;
		if (hits.count == keep && d->score > hits.v[0].score)
			continue;
		rc = order_rank(f, d->doc, &rank);
		hits_add(&hits, d->doc, d->score, rank, place_of(f, d->doc));
	}
	hits_sort(&hits);
	for (size_t i = 0; i < hits.count; i++)
		out[i] = hits.v[i].doc;
	*count = hits.count;
	hits_free(&hits);
	return rc;
}

/* ---- by keys ---- */

/* A doc on its way into an order: its place by each key, smaller first. */
struct item {
	int64_t keys[SELECT_SORTS_MAX];
	int64_t doc;
	unsigned rank, origin;
};

/* Of many values the first counts, of none that it comes last, whichever way it goes. */
static int read_key(struct finding *f, const struct sort_key *sort, struct docs *docs, size_t key, struct item *items)
{
	struct values values = { 0 };
	int64_t place = 0;
	for (size_t i = 0; i < docs->count; i++) {
		int64_t score = docs->v[i].score;
		items[i].keys[key] = sort->field != FIELD_RELEVANCE ? INT64_MAX : sort->descending ? -score : score;
	}
	if (sort->field == FIELD_RELEVANCE)
		return OK;
	int rc = values_read(f, sort->field, docs, &values);
	for (size_t i = 0; rc == OK && i < values.count; i++) {
		const struct value *v = &values.v[i];
		place += i == 0 || strcmp(v->text, values.v[i - 1].text) != 0;
		if (items[v->at].keys[key] == INT64_MAX)
			items[v->at].keys[key] = sort->descending ? -place : place;
	}
	values_free(&values);
	return rc;
}

static int compare_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	for (size_t i = 0; i < SELECT_SORTS_MAX; i++)
		if (a->keys[i] != b->keys[i])
			return a->keys[i] < b->keys[i] ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

static int by_keys(struct finding *f, const struct selection *q, struct docs *docs, size_t keep, int64_t *out,
                   size_t *count)
{
	int rc = OK;
	docs_settle(docs);
	struct item *items = calloc(docs->count + 1, sizeof *items);
	must(items != NULL);
	for (size_t i = 0; rc == OK && i < docs->count; i++) {
		items[i].doc = docs->v[i].doc;
		items[i].origin = place_of(f, items[i].doc);
		rc = order_rank(f, items[i].doc, &items[i].rank);
	}
	for (size_t i = 0; rc == OK && i < q->sort_count; i++)
		rc = read_key(f, &q->sorts[i], docs, i, items);
	if (rc == OK && docs->count > 1)
		qsort(items, docs->count, sizeof *items, compare_items);
	*count = docs->count < keep ? docs->count : keep;
	for (size_t i = 0; i < *count; i++)
		out[i] = items[i].doc;
	free(items);
	return rc;
}

int order_docs(struct finding *f, const struct selection *q, struct docs *docs, size_t keep, int64_t **out,
               size_t *count)
{
	if (!docs->distinct)
		docs_settle(docs);
	keep = keep < docs->count ? keep : docs->count;
	*count = 0;
	*out = calloc(keep + 1, sizeof **out);
	must(*out != NULL);
	if (keep == 0)
		return OK;
	return q->sort_count == 0 ? by_relevance(f, docs, keep, *out, count) : by_keys(f, q, docs, keep, *out, count);
}
