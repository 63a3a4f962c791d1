/* select: a tree of clauses (condition.h of the core) answered: one set of docs for each clause, joined; then counted,
 * put in order, and a page of it given.
 *
 * What it may look at is bounded by SELECT_COST_MAX rows, whatever is asked.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says; ctx is the store. */
CHECKED int select_docs(void *ctx, const struct selection *selection, struct arena *arena, struct found_list *out,
                        struct err *err);
CHECKED int select_payload(void *ctx, struct found *hit, struct arena *arena, struct err *err);
