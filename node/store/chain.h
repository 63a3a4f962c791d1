/* chain: the docs of one origin on one kind and subject, from the newest to the oldest (doc.previous), and the ICS
 * codes under which the newest is found.
 *
 * A doc may come or go anywhere in it: a payload that was missing arrives, one is redacted.  What is left is what it
 * would be had the docs come in order.
 * Thread: the owner's of the db, inside its write transaction.
 */
#pragma once

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/store/db.h"
#include "proto/designator.h"

enum { PREVIOUS_NONE = -1 };

/* What of subject.supplement a subject lies under: 1 for a supplement of the standard, 2 more with a fragment, so that
 * these do not stand between the standard and its editions. */
static inline int64_t chain_part(const struct designator *subject)
{
	return (subject->supplement ? 1 : 0) + (subject->fragment ? 2 : 0);
}

/* Where a doc stands among its subject's. */
struct chain_place {
	bool current;     /* the newest */
	bool alone;       /* of its subject */
	int64_t revision; /* how many there are up to it */
	int64_t previous; /* index of the one before it; PREVIOUS_NONE */
	int64_t first;    /* index of the oldest of its subject */
};

/* Make room for a doc that is not in the tables yet, and say where it stands; its row is the caller's to write, with
 * its ICS codes (facets_put) if it is current. */
CHECKED int chain_insert(struct db *db, int64_t id, int kind, const struct designator *subject, struct chain_place *out,
                         struct err *err);

/* Take a doc out, its row and codes too.  *out is where it stood; *stands is the current doc of the subject when that
 * is another than before, or another is the oldest, else 0.  ERR_NOT_FOUND: it is not in the view. */
CHECKED int chain_remove(struct db *db, int64_t id, int kind, const struct designator *subject, struct chain_place *out,
                         int64_t *stands, struct err *err);

/* The current doc of an origin for a kind and subject.  ERR_NOT_FOUND. */
CHECKED int chain_current(struct db *db, int64_t slot, int kind, const struct designator *subject, int64_t *doc,
                          struct err *err);

/* The codes of a current doc, each once, blanks between. */
CHECKED int facets_put(struct db *db, int64_t id, struct bytes codes, bool hidden, struct err *err);

/* The next code of a list with blanks between; false at its end. */
bool facets_next(struct bytes *rest, struct bytes *code);
