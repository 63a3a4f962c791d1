/* terms: what of a record can be asked for by its value, beside words, ICS codes and links: the tables label and term,
 * and the titles that docs are sorted by.
 *
 * A value is found whatever the case of its ASCII letters.  A retraction has none.
 * Owner: one viewer, for its life.  Thread: the owner's of the db, inside its write transaction.
 */
#pragma once

#include "node/base/err.h"
#include "node/store/db.h"
#include "proto/record.h"

enum { TITLE_KEY_BYTES = 48 }; /* of longer titles the beginning decides */

struct title_key {
	char text[TITLE_KEY_BYTES + 1];
	size_t len, end; /* end: of the term before, in the title */
};

struct terms;

struct terms *terms_new(struct db *db);
/* NULL is fine. */
void terms_free(struct terms *t);

/* Put a doc's rows in, or take them out again.  What was put in is in the table from terms_flush() on. */
CHECKED int terms_put(struct terms *t, int64_t doc, const Normlink__Record *record, struct err *err);
CHECKED int terms_remove(struct terms *t, int64_t doc, const Normlink__Record *record, struct err *err);

/* Before the commit. */
CHECKED int terms_flush(struct terms *t, struct err *err);

/* The transaction was not kept, or the view is made anew. */
void terms_forget(struct terms *t);

/* What to sort a record by: its English title where it has one, folded, the beginning.  Empty: it has none. */
void terms_title(const Normlink__Record *record, struct title_key *out);
