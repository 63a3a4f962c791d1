/* across: what is found through an edition in another language: where the words fit a record that adopts or translates
 * a standard, records of that standard, too, marked with what they were found by.
 *
 * Only the best ACROSS_EDITIONS_MAX of those that fit are followed, to at most ACROSS_FOUND_MAX records.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/plan.h"
#include "node/store/results.h"

/* direct: all that fits by itself, in order the first of them; what is among them is not found again.  What is not
 * about words in the selection must hold for the records found, not for the editions.  In the arena.  Errors as
 * plan_find. */
CHECKED int across_find(struct finding *f, const struct selection *selection, struct docs *direct,
                        const int64_t *ordered, size_t count, struct arena *arena, struct linked **out,
                        size_t *out_count);
