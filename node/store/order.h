/* order: the best of what was found, by the keys that are wanted; among equals first whose origin may speak for it
 * (authority.h), then by origin and index.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* The first docs of the order, at most keep of them, on the heap for the caller to free.  Settles the docs where it has
 * to. Errors as query.h says of select. */
CHECKED int order_docs(struct finding *f, const struct selection *selection, struct docs *docs, size_t keep,
                       int64_t **out, size_t *count);

/* May the doc's origin speak for it?  An enum authority. */
CHECKED int order_rank(struct finding *f, int64_t doc, unsigned *out);
