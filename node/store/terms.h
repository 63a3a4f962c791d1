/* terms: what of a record can be asked for by its value, beside words, ICS codes and links: the table term.
 *
 * A record's title stands there as folded words, to be sorted by.  A value is found whatever the case of its ASCII
 * letters.  A retraction has none. Thread: the owner's of the db, inside its write transaction.
 */
#pragma once

#include "node/base/err.h"
#include "node/store/db.h"
#include "proto/record.h"

/* Put a doc's rows in, or take them out again. */
CHECKED int terms_put(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err);
CHECKED int terms_remove(struct db *db, int64_t doc, const Normlink__Record *record, struct err *err);
