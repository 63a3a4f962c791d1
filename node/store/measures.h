/* measures: what figures are counted from, one row of the view for each record of a kind that has some
 * (proto/STATISTICS.md), and the counting.
 *
 * Rows stand by what they are about, then origin, kind and the rest of the subject, then index: the newest statement of
 * an origin on a subject is the last of its run.  Records of collections that are not public have no rows, so that who
 * holds them counts what everybody counts.  A retraction has a row, which says that nothing counts.
 * Thread: the owner's of the db.
 */
#pragma once

#include "node/base/err.h"
#include "node/core/figures.h"
#include "node/store/handle.h"
#include "proto/designator.h"
#include "proto/message.h"

/* What a row's numbers mean beside the schema's lists.  Dates are whole numbers YYYYMMDD with 00 for what is not known,
 * 0 for none: they are ordered as far as they are known. */
enum { DEGREE_UNTOLD = 4, DEGREES, FEEDBACK_OPEN = 1, FEEDBACK_CLOSED };

/* The row of a record that is public, if its kind has one; inside the caller's write transaction. */
CHECKED int measures_put(struct db *db, int64_t id, const Normlink__Record *record, const struct designator *subject,
                         struct err *err);

/* Take it out again; a record without a row is fine. */
CHECKED int measures_remove(struct db *db, int64_t id, const Normlink__Record *record, const struct designator *subject,
                            struct err *err);

/* Count, as query.h says of statistics; inside the caller's snapshot. */
CHECKED int measures_count(struct store *s, const struct figure_question *question, struct arena *arena,
                           struct figure_list *out, struct err *err);
