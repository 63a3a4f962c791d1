/* sru_wish: sort keys and counts of a searchRetrieve, which parameters ask for beside the query.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/sru.h"

struct sru_wishes {
	struct count_wish v[SELECT_WISHES_MAX];
	const struct sru_index *indexes[SELECT_WISHES_MAX];
	size_t count;
	size_t skip; /* of each, the most frequent values that are not wanted */
};

/* sortKeys, where the query has no sortBy.  False: a diagnostic is noted. */
bool sru_wish_sort(struct sru *s, struct selection *selection);

/* facetLimit, facetStart, facetSort; likewise. */
bool sru_wish_counts(struct sru *s, struct sru_wishes *out);

/* facetedResults, where any were wished for. */
void sru_wish_answer(struct sru *s, const struct sru_wishes *w);
