/* hits: the best of many search hits, in the order of query.h, and how many there were.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hit {
	int64_t doc;
	int64_t score;   /* smaller is better; likewise, of equal score, */
	unsigned rank;   /* whether its origin may speak for it (authority.h) */
	unsigned origin; /* place of the origin's name among all names */
};

struct hits {
	struct hit *v;
	size_t count;
	size_t keep; /* how many of the best are wanted */
	size_t cap;
	uint64_t total;
};

/* Keep the best keep hits. */
void hits_init(struct hits *h, size_t keep);
void hits_free(struct hits *h);
void hits_add(struct hits *h, int64_t doc, int64_t score, unsigned rank, unsigned origin);
/* Best first; at most keep are left. */
void hits_sort(struct hits *h);
