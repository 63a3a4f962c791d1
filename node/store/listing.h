/* listing: the records of a log one after another.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/listing_at.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says. */
CHECKED int listing_read(struct store *s, const char *origin, int kind, const char *collection, uint64_t from,
                         size_t limit, struct arena *arena, struct found_list *out, struct err *err);
/* The view's own. */
CHECKED int listing_at(void *ctx, const struct listing_at *what, struct arena *arena, struct found_list *out,
                       uint64_t *next, struct err *err);
