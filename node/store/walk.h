/* walk: the values of a field in order, with the docs that have them: for sorting and counting.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* One value of one doc; equal ones come together.  Borrowed until it returns; a code other than OK ends the walk. */
typedef int (*walk_cb)(void *arg, struct bytes value, int64_t doc);

/* Of every doc that can be seen.  ERR_UNSUPPORTED: the field has no order. */
CHECKED int walk_values(struct finding *f, enum record_field field, walk_cb value_cb, void *arg);

/* As query.h says of values; ctx is the store. */
CHECKED int walk_around(void *ctx, enum record_field field, const char *text, size_t before, size_t after,
                        bool public_only, struct arena *arena, struct value_list *out, struct err *err);
