#include "node/store/hits.h"

#include <stdlib.h>

#include "node/base/must.h"

void hits_init(struct hits *h, size_t keep)
{
	*h = (struct hits){ .keep = keep };
}

void hits_free(struct hits *h)
{
	free(h->v);
	*h = (struct hits){ 0 };
}

/* Within one origin the doc's number orders as the index does. */
static int compare(const void *left, const void *right)
{
	const struct hit *a = left, *b = right;
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

void hits_sort(struct hits *h)
{
	if (h->count > 1)
		qsort(h->v, h->count, sizeof *h->v, compare);
}

static void swap(struct hit *a, struct hit *b)
{
	struct hit kept = *a;
	*a = *b;
	*b = kept;
}

static void sift_up(struct hits *h, size_t at)
{
	while (at > 0 && compare(&h->v[at], &h->v[(at - 1) / 2]) > 0) {
		swap(&h->v[at], &h->v[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

static void sift_down(struct hits *h)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < h->count; at = child) {
		if (child + 1 < h->count && compare(&h->v[child + 1], &h->v[child]) > 0)
			child++;
		if (compare(&h->v[child], &h->v[at]) <= 0)
			return;
		swap(&h->v[child], &h->v[at]);
	}
}

void hits_add(struct hits *h, int64_t doc, int64_t score, unsigned rank, unsigned origin)
{
	struct hit hit = { .doc = doc, .score = score, .rank = rank, .origin = origin };
	must(h->keep > 0);
	h->total++;
	if (h->count == h->keep) {
		if (compare(&hit, &h->v[0]) >= 0)
			return;
		h->v[0] = hit;
		sift_down(h);
		return;
	}
	if (h->count == h->cap) {
		h->cap = h->cap == 0 ? 64 : h->cap * 2;
		h->v = realloc(h->v, h->cap * sizeof *h->v);
		must(h->v != NULL);
	}
	h->v[h->count] = hit;
	sift_up(h, h->count++);
}
