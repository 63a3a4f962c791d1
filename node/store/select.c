#include "node/store/select.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "node/store/walk.h"

/* A doc on its way into an order: its place by each key, smaller first. */
struct item {
	int64_t keys[SELECT_SORTS_MAX];
	int64_t doc;
	size_t origin; /* place of the origin's name among all names */
};

struct selecting {
	struct finding finding;
	const struct selection *selection;
	struct arena *arena;
	struct docs docs;
	struct item *items; /* for each doc */
};

/* ---- the tree ---- */

/* Recursion: as deep as the tree, which its maker bounds. */
static int find(struct selecting *s, const struct condition *c, struct docs *out)
{
	if (c->op == CONDITION_CLAUSE)
		return clause_find(&s->finding, c, out);
	struct docs other = { 0 };
	int rc = find(s, c->left, out);
	if (rc == OK)
		rc = find(s, c->right, &other);
	if (rc == OK && c->op == CONDITION_AND)
		docs_and(out, &other);
	else if (rc == OK && c->op == CONDITION_OR)
		docs_or(out, &other);
	else if (rc == OK)
		docs_not(out, &other);
	docs_free(&other);
	return rc;
}

/* ---- order ---- */

struct ranking {
	struct selecting *s;
	size_t key;
	bool descending;
	int64_t rank;
	struct buf value; /* the one before */
};

/* Of many values the first counts, of none that it comes last, whichever way it goes. */
static int rank_one(void *arg, struct bytes value, int64_t doc)
{
	struct ranking *r = arg;
	const struct doc_score *found = docs_find(&r->s->docs, doc);
	if (!bytes_equal(value, buf_bytes(&r->value)) || r->rank == 0) {
		r->rank++;
		buf_reset(&r->value);
		buf_add_bytes(&r->value, value);
	}
	if (found == NULL)
		return OK;
	int64_t *key = &r->s->items[found - r->s->docs.v].keys[r->key];
	if (*key == INT64_MAX)
		*key = r->descending ? -r->rank : r->rank;
	return OK;
}

static int rank(struct selecting *s, size_t key)
{
	const struct sort_key *sort = &s->selection->sorts[key];
	for (size_t i = 0; i < s->docs.count; i++) {
		int64_t score = s->docs.v[i].score;
		s->items[i].keys[key] = sort->field != FIELD_RELEVANCE ? INT64_MAX : sort->descending ? -score : score;
	}
	if (sort->field == FIELD_RELEVANCE)
		return OK;
	struct ranking r = { .s = s, .key = key, .descending = sort->descending };
	int rc = walk_values(&s->finding, sort->field, rank_one, &r);
	buf_free(&r.value);
	return rc;
}

static int compare_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	for (size_t i = 0; i < SELECT_SORTS_MAX; i++)
		if (a->keys[i] != b->keys[i])
			return a->keys[i] < b->keys[i] ? -1 : 1;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

static int sort(struct selecting *s, const struct origin_row *origins, size_t origin_count)
{
	size_t place[SLOT_MAX + 1] = { 0 };
	int rc = OK;
	for (size_t i = 0; i < origin_count; i++)
		if (origins[i].slot <= SLOT_MAX)
			place[origins[i].slot] = i;
	s->items = calloc(s->docs.count + 1, sizeof *s->items);
	must(s->items != NULL);
	for (size_t i = 0; i < s->docs.count; i++) {
		struct item *item = &s->items[i];
		int64_t slot = id_slot(s->docs.v[i].doc);
		item->doc = s->docs.v[i].doc;
		item->origin = slot > 0 && slot <= SLOT_MAX ? place[slot] : 0;
		item->keys[0] = s->docs.v[i].score;
	}
	for (size_t i = 0; rc == OK && i < s->selection->sort_count; i++)
		rc = rank(s, i);
	if (rc == OK && s->docs.count > 1)
		qsort(s->items, s->docs.count, sizeof *s->items, compare_items);
	return rc;
}

/* ---- counts ---- */

struct counting {
	struct selecting *s;
	struct count_wish *wish;
	struct buf value; /* what is being counted */
	uint64_t count;
};

/* Into the list, the most frequent first, among equals the one that came first. */
static void keep_count(struct counting *c)
{
	struct count_wish *w = c->wish;
	if (c->count == 0 || (w->count == w->limit && w->v[w->count - 1].count >= c->count))
		return;
	size_t at = w->count < w->limit ? w->count++ : w->count - 1;
	for (; at > 0 && w->v[at - 1].count < c->count; at--)
		w->v[at] = w->v[at - 1];
	w->v[at] = (struct value_count){ .value = arena_strn(c->s->arena, c->value.data, c->value.len), .count = c->count };
}

static int count_one(void *arg, struct bytes value, int64_t doc)
{
	struct counting *c = arg;
	if (!bytes_equal(value, buf_bytes(&c->value))) {
		keep_count(c);
		c->count = 0;
		buf_reset(&c->value);
		buf_add_bytes(&c->value, value);
	}
	c->count += docs_find(&c->s->docs, doc) != NULL;
	return OK;
}

static int count(struct selecting *s, struct count_wish *wish)
{
	struct counting c = { .s = s, .wish = wish };
	wish->count = 0;
	wish->v = arena_array(s->arena, wish->limit + 1, sizeof *wish->v);
	int rc = walk_values(&s->finding, wish->field, count_one, &c);
	if (rc == OK)
		keep_count(&c);
	buf_free(&c.value);
	return rc;
}

/* ---- the answer ---- */

static const char *name_of(const struct origin_row *origins, size_t count, int64_t slot)
{
	for (size_t i = 0; i < count; i++)
		if (origins[i].slot == slot)
			return origins[i].name;
	return NULL;
}

static int give(struct selecting *s, const struct origin_row *origins, size_t origin_count, struct found_list *out)
{
	const struct selection *q = s->selection;
	size_t n = s->docs.count > q->offset ? s->docs.count - q->offset : 0;
	int rc = OK;
	n = n < q->limit ? n : q->limit;
	out->total = s->docs.count;
	out->v = arena_array(s->arena, n + 1, sizeof *out->v);
	for (size_t i = 0; rc == OK && i < n; i++) {
		int64_t doc = s->items[q->offset + i].doc;
		struct found *f = &out->v[out->count++];
		f->origin = name_of(origins, origin_count, id_slot(doc));
		f->index = id_index(doc);
		f->current = true;
		if (f->origin == NULL)
			return err_set(s->finding.err, ERR_CORRUPT, "the view names an origin that is not stored");
		f->origin = arena_str(s->arena, f->origin);
		rc = payload_read(s->finding.store, id_slot(doc), f->index, s->arena, &f->payload, &f->state, s->finding.err);
	}
	return rc;
}

static int run(struct selecting *s, struct found_list *out)
{
	struct origin_row *origins;
	size_t origin_count;
	int rc = origin_list(&s->finding.store->db, s->arena, &origins, &origin_count, s->finding.err);
	if (rc == OK)
		rc = find(s, s->selection->where, &s->docs);
	for (size_t i = 0; rc == OK && i < s->selection->wish_count; i++)
		rc = count(s, &s->selection->wishes[i]);
	if (rc == OK)
		rc = sort(s, origins, origin_count);
	return rc == OK ? give(s, origins, origin_count, out) : rc;
}

int select_docs(void *ctx, const struct selection *selection, struct arena *arena, struct found_list *out,
                struct err *err)
{
	struct store *s = ctx;
	*out = (struct found_list){ 0 };
	if (selection->limit > SEARCH_LIMIT_MAX)
		return err_set(err, ERR_USAGE, "at most %d records", SEARCH_LIMIT_MAX);
	must(selection->sort_count <= SELECT_SORTS_MAX && selection->wish_count <= SELECT_WISHES_MAX);
	for (size_t i = 0; i < selection->wish_count; i++)
		must(selection->wishes[i].limit >= 1 && selection->wishes[i].limit <= SELECT_COUNTS_MAX);
	struct selecting q = {
		.finding = { .store = s, .public = selection->public_only, .err = err },
		.selection = selection,
		.arena = arena,
	};
	int rc = store_begin_read(s, err);
	if (rc != OK)
		return rc;
	rc = run(&q, out);
	docs_free(&q.docs);
	free(q.items);
	store_end_read(s);
	return rc;
}
