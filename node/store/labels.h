/* labels: values as numbers, so that the many rows of the table term are short: the table label.
 *
 * A value has the same number wherever it stands in one database; another node has other numbers.  Spellings that
 * differ in the case of letters are two values, side by side in the table's order.
 * Owner: one viewer, for its life.  Thread: the owner's of the db, inside its write transaction.
 */
#pragma once

#include <stdint.h>

#include "node/base/err.h"
#include "node/core/condition.h"
#include "node/store/db.h"

struct labels;

struct labels *labels_new(struct db *db);
/* NULL is fine. */
void labels_free(struct labels *l);

/* The table is another than it was: a transaction was not kept, or the view is made anew. */
void labels_forget(struct labels *l);

/* A value's number.  It gets one when it has none. */
CHECKED int labels_make(struct labels *l, enum record_field field, const char *value, int64_t *id, struct err *err);

/* ERR_NOT_FOUND: it has none. */
CHECKED int labels_find(struct labels *l, enum record_field field, const char *value, int64_t *id, struct err *err);

/* A row of the term with that number went: when it was the last one, the value must not stay behind. */
CHECKED int labels_released(struct labels *l, int64_t id, struct err *err);
