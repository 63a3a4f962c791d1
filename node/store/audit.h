/* audit: who received which entries of collections that are not public, and from whom they were withheld.
 *
 * One row for each peer and entry, and one for each peer and collection: however often a peer asks, it stays as it is.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/entries.h"

/* Carry out a WRITE_AUDIT, inside the transaction. */
CHECKED int audit_put(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err);

/* As query.h says of audit and withheld. */
CHECKED int audit_list(struct store *s, const char *peer, uint64_t since_ms, size_t limit, size_t offset,
                       struct arena *arena, struct audit_list *out, struct err *err);
CHECKED int audit_withheld(struct store *s, struct arena *arena, struct withheld **out, size_t *count, struct err *err);
