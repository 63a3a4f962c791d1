/* suggest: which standards a reference that was typed loosely may mean: "gbt19001", "ＩＳＯ９００１", "iso 900",
 * "19001".
 *
 * Each step is a range of one index, and looks at SUGGEST_ROWS_MAX rows at most.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/query.h"
#include "node/store/handle.h"

/* As query.h says; ctx is the store. */
CHECKED int suggest_read(void *ctx, const char *text, size_t limit, bool public_only, struct arena *arena,
                         struct found_list *out, struct err *err);
