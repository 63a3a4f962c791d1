#include "node/store/docs.h"

#include <stdlib.h>

#include "node/base/must.h"

void docs_free(struct docs *d)
{
	free(d->v);
	*d = (struct docs){ 0 };
}

void docs_add(struct docs *d, int64_t doc, int64_t score)
{
	if (d->count == d->cap) {
		d->cap = d->cap == 0 ? 256 : 2 * d->cap;
		d->v = realloc(d->v, d->cap * sizeof *d->v);
		must(d->v != NULL);
	}
	d->loose = d->loose || (d->count > 0 && d->v[d->count - 1].doc >= doc);
	d->v[d->count++] = (struct doc_score){ .doc = doc, .score = score };
}

static int compare(const void *left, const void *right)
{
	const struct doc_score *a = left, *b = right;
	if (a->doc != b->doc)
		return a->doc < b->doc ? -1 : 1;
	return a->score < b->score ? -1 : a->score > b->score;
}

void docs_settle(struct docs *d)
{
	size_t kept = 0;
	if (!d->loose)
		return;
	d->loose = d->distinct = false;
	qsort(d->v, d->count, sizeof *d->v, compare);
	for (size_t i = 0; i < d->count; i++)
		if (kept == 0 || d->v[kept - 1].doc != d->v[i].doc)
			d->v[kept++] = d->v[i];
	d->count = kept;
}

static int compare_doc(const void *left, const void *right)
{
	const struct doc_score *a = left, *b = right;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

const struct doc_score *docs_find(const struct docs *d, int64_t doc)
{
	struct doc_score wanted = { .doc = doc };
	return d->count > 0 ? bsearch(&wanted, d->v, d->count, sizeof *d->v, compare_doc) : NULL;
}

/* Keep of d what is in the other (both), or what is not. */
static void keep(struct docs *d, struct docs *other, bool both)
{
	size_t kept = 0, at = 0;
	docs_settle(d);
	docs_settle(other);
	for (size_t i = 0; i < d->count; i++) {
		while (at < other->count && other->v[at].doc < d->v[i].doc)
			at++;
		bool found = at < other->count && other->v[at].doc == d->v[i].doc;
		if (found != both)
			continue;
		d->v[kept] = d->v[i];
		d->v[kept++].score += found ? other->v[at].score : 0;
	}
	d->count = kept;
}

void docs_and(struct docs *d, struct docs *other)
{
	keep(d, other, true);
}

void docs_not(struct docs *d, struct docs *other)
{
	keep(d, other, false);
}

void docs_or(struct docs *d, struct docs *other)
{
	struct docs all = { 0 };
	size_t i = 0, k = 0;
	docs_settle(d);
	docs_settle(other);
	while (i < d->count || k < other->count) {
		bool left = k == other->count || (i < d->count && d->v[i].doc <= other->v[k].doc);
		bool right = i == d->count || (k < other->count && other->v[k].doc <= d->v[i].doc);
		docs_add(&all, left ? d->v[i].doc : other->v[k].doc,
		         (left ? d->v[i].score : 0) + (right ? other->v[k].score : 0));
		i += left;
		k += right;
	}
	docs_free(d);
	*d = all;
}
