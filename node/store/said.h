/* said: what one origin has said on one kind and subject, entry by entry, and what it says of one kind.
 *
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says of said and of_kind. */
CHECKED int said_before(struct store *s, const char *origin, int kind, const char *subject, uint64_t before,
                        struct arena *arena, struct found *out, struct err *err);
CHECKED int said_of_kind(struct store *s, const char *origin, int kind, uint64_t from, size_t limit,
                         struct arena *arena, struct found_list *out, struct err *err);
