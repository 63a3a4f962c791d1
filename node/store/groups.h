/* groups: a person's words as groups of single terms: a doc must have a term of each group, and none of those that are
 * unwanted.
 *
 * Says the same as the MATCH expression of match.h where it says anything: words that must stand together, and words of
 * which only the beginning is known, are not to be said in this way.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/limits.h"
#include "node/core/condition.h"

struct group_term {
	size_t at, len;   /* of its text, in that of the groups */
	uint32_t columns; /* where it counts: rank.h */
	unsigned group;   /* ascending */
};

/* Zeroed: of nothing said yet. */
struct groups {
	char text[QUERY_MAX];
	size_t text_len;
	struct group_term terms[QUERY_TERMS_MAX];
	size_t count;
	bool unwanted[QUERY_TERMS_MAX]; /* by group */
	unsigned group_count;
	bool incomplete; /* something was said that cannot be in groups */
};

/* Docs must have what the tree of clauses on words says; or, NOT, must not have it. */
void groups_and(struct groups *g, const struct condition *tree);
void groups_not(struct groups *g, const struct condition *tree);
