/* clause: what one clause of a selection finds (condition.h of the core).
 *
 * Current records alone; where the public asks, nothing that is hidden.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/docs.h"
#include "node/store/handle.h"
#include "node/store/pinned.h"
#include "proto/designator.h"

/* What a reader may see of a doc d; ?1: finding_sees.  One that was superseded only counts for what was pinned. */
#define SEEN " AND d.retracted = 0 AND (d.current = 1 OR ?1 >= 2) AND ((?1 & 1) = 0 OR d.hidden = 0)"

struct finding {
	struct store *store;
	const struct snapshot *snapshot;
	const struct pinned *pinned; /* what was there then; NULL: what is there now */
	bool public;
	bool leading;  /* of words: only what leads to another record (rows.h) */
	uint64_t cost; /* rows that were looked at */
	struct arena *arena;
	struct err *err;
};

/* One row more was looked at.  ERR_LIMIT: that is one too many. */
CHECKED int finding_pay(struct finding *f);

static inline int64_t finding_sees(const struct finding *f)
{
	return (f->public ? 1 : 0) + (f->pinned != NULL ? 2 : 0);
}

/* Is that doc, current now or not, of those that are looked for? */
static inline bool finding_has(const struct finding *f, int64_t doc, bool current)
{
	return f->pinned == NULL ? current : pinned_has(f->pinned, doc, current);
}

/* The values that a clause means: from low (included) to high (not included). */
struct value_range {
	char low[LABEL_MAX + 8], high[LABEL_MAX + 8];
};

/* Add what it finds.  Errors as query.h says of select. */
CHECKED int clause_find(struct finding *f, const struct condition *clause, struct docs *out);

/* Does the text of the clause name records, so that these come before what has its words? */
bool clause_names(const struct condition *clause, struct designator *out);

/* Every row of a query: doc, score, whether it is current. */
CHECKED int clause_collect(struct finding *f, sqlite3_stmt *stmt, struct docs *out);
/* Records of that name, with that score or a better one: the newest edition best, the standard before what else is
 * said about it.  A reference without a year names all editions, but no amendments. */
CHECKED int clause_reference(struct finding *f, const struct designator *d, int64_t score, struct docs *out);
/* The codes that a clause on ICS means, each doc once, as "code >= low AND code < high"; parts: of it. */
CHECKED int clause_range(struct finding *f, const struct condition *clause, struct value_range *out);
