#include "node/store/hits.h"

#include <stdlib.h>

#include "node/base/must.h"

enum { SPARE = 1024 };

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
	if (a->score < b->score || a->score > b->score)
		return a->score < b->score ? -1 : 1;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

void hits_sort(struct hits *h)
{
	if (h->count > 1)
		qsort(h->v, h->count, sizeof *h->v, compare);
	if (h->count > h->keep)
		h->count = h->keep;
}

/* Twice as many as are wanted fit; when full, the worse half goes.  So a million hits cost no more memory than a
 * page's worth, and each is sorted about twice. */
void hits_add(struct hits *h, int64_t doc, double score, unsigned origin)
{
	if (h->count == h->cap) {
		if (h->cap >= 2 * h->keep + SPARE) {
			hits_sort(h);
		} else {
			h->cap = h->cap == 0 ? 64 : h->cap * 2;
			h->v = realloc(h->v, h->cap * sizeof *h->v);
			must(h->v != NULL);
		}
	}
	h->v[h->count++] = (struct hit){ .doc = doc, .score = score, .origin = origin };
	h->total++;
}
