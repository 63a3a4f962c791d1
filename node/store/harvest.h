/* harvest: items in the order of their arrival (OAI-PMH): what harvest, item, codes and earliest of query.h answer.
 *
 * An item is a chain (chain.h) whose current doc is public; its number is the index of the oldest doc, so that nothing
 * has to be remembered of one that is redacted.  Its time is that of the newest row of arrival that its current doc is
 * in, or of the statement that redacted it: time of this node, which never goes back, whenever the origin says that
 * it was made.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/handle.h"

CHECKED int harvest_list(struct store *s, const struct harvest *h, struct arena *arena, struct harvest_list *out,
                         struct err *err);
CHECKED int harvest_item(struct store *s, const char *origin, uint64_t first, struct arena *arena,
                         struct harvested *out, struct err *err);
CHECKED int harvest_codes(struct store *s, const char *after, size_t limit, struct arena *arena, const char ***out,
                          size_t *count, struct err *err);
CHECKED int harvest_earliest(struct store *s, uint64_t *time_s, struct err *err);
