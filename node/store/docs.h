/* docs: a set of docs with a score each: what one clause of a selection finds.
 *
 * A zeroed struct docs is an empty set.  The caller bounds what is added.  Sorted by number once it is settled, which
 * what needs it does by itself.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doc_score {
	int64_t doc;
	int64_t score; /* smaller is better; 0: says nothing about how well it fits */
};

struct docs {
	struct doc_score *v;
	size_t count, cap;
	bool loose;    /* something was added out of order, */
	bool distinct; /* though nothing twice: whoever added it says so */
};

void docs_free(struct docs *d);

/* In any order, also twice: docs_settle sorts, and keeps the better score. */
void docs_add(struct docs *d, int64_t doc, int64_t score);
void docs_settle(struct docs *d);

/* The member of a settled set, or NULL. */
const struct doc_score *docs_find(const struct docs *d, int64_t doc);

/* Change the left one; scores of what is in both are added up.  Both are settled. */
void docs_and(struct docs *d, struct docs *other);
void docs_or(struct docs *d, struct docs *other);
void docs_not(struct docs *d, struct docs *other);
