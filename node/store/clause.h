/* clause: what one clause of a selection finds (condition.h of the core).
 *
 * Current records alone; where the public asks, nothing that is hidden.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/docs.h"
#include "node/store/handle.h"

/* What a reader may see of a doc d; ?1: the public asks. */
#define SEEN " AND d.current = 1 AND d.retracted = 0 AND (?1 = 0 OR d.hidden = 0)"

struct finding {
	struct store *store;
	bool public;
	uint64_t cost; /* rows that were looked at */
	struct err *err;
};

/* One row more was looked at.  ERR_LIMIT: that is one too many. */
CHECKED int finding_pay(struct finding *f);

/* The values that a clause means: from low (included; NULL: the first) to high (not included; NULL: to the end). */
struct value_range {
	char low[LABEL_MAX + 8], high[LABEL_MAX + 8];
	bool has_high;
};

/* Add what it finds, settled.  Errors as query.h says of select. */
CHECKED int clause_find(struct finding *f, const struct condition *clause, struct docs *out);
