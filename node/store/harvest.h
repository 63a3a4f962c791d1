/* harvest: items in the order of their arrival (OAI-PMH): what harvested.h of the core asks.
 *
 * An item is a chain (chain.h) whose current doc is public; its number is the index of the oldest doc, so that nothing
 * has to be remembered of one that is redacted.  Its time is that of the newest row of arrival that its current doc is
 * in, or of the statement that redacted it: time of this node, which never goes back, whenever the origin says that
 * it was made.
 * Thread: the owner's of the store, which is ctx.
 */
#pragma once

#include "node/core/harvested.h"
#include "node/store/handle.h"

CHECKED int harvest_list(void *ctx, const struct harvest *h, struct arena *arena, struct harvest_list *out,
                         struct err *err);
CHECKED int harvest_item(void *ctx, const char *origin, uint64_t first, struct arena *arena, struct harvested *out,
                         struct err *err);
CHECKED int harvest_codes(void *ctx, const char *after, size_t limit, struct arena *arena, const char ***out,
                          size_t *count, struct err *err);
CHECKED int harvest_earliest(void *ctx, uint64_t *time_s, struct err *err);
