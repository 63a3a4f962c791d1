/* subject: every statement on one subject, from all origins.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says of subject. */
CHECKED int subject_read(struct store *s, int kind, const char *subject, struct arena *arena, struct found_list *out,
                         struct err *err);
