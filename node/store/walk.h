/* walk: the values of a field in order, around one.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* As query.h says of values; ctx is the store. */
CHECKED int walk_around(void *ctx, enum record_field field, const char *text, size_t before, size_t after,
                        bool public_only, struct arena *arena, struct value_list *out, struct err *err);
