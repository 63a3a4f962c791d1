/* arrive: payloads that come after their entries: withheld until a right was granted, or missing at who was asked
 * first.
 *
 * Thread: the owner's of the store, inside its transaction.
 */
#pragma once

#include "node/store/entries.h"

/* Carry out a WRITE_PAYLOADS that may be done.  What is there already, or redacted, stays as it is. */
CHECKED int arrive_payloads(struct store *s, const struct origin_row *o, const struct store_write *w, struct err *err);
