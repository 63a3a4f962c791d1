/* reindex: the view made anew from the entries.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/entries.h"
#include "node/store/store.h"
#include "node/store/view.h"

/* Put every entry of the origins into an empty view.  ERR_CLOSED: the callback (may be NULL) said so. */
CHECKED int reindex_into(struct store *s, struct viewer *viewer, const struct origin_row *origins, size_t count,
                         store_progress_cb progress_cb, void *arg, struct err *err);
