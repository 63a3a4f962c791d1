/* pinned: what was in the view when a list was begun, so that its next pages are of the same list: what came since is
 * left out, what was superseded or taken back since is still there.  What was redacted is gone.
 *
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/docs.h"
#include "node/store/snapshot.h"

/* A state of the view: how many entries of each log were in it, and how far the order of arrival went. */
struct pin {
	int64_t seq;
	uint64_t held[SLOT_MAX + 1]; /* by slot */
};

struct pinned {
	struct pin pin;
	struct docs stood; /* superseded or taken back since */
	struct docs late;  /* of entries that were held, but came into the view since */
};

/* That of the snapshot. */
void pin_of(const struct snapshot *s, struct pin *out);
/* A digest of it that other nodes, and this one before it was put back, do not give.  ERR_CONFLICT: more than is held
 * here. */
CHECKED int pin_check(struct store *s, const struct snapshot *n, const struct pin *pin, uint64_t *out, struct err *err);

/* Find what stood.  Looks at what came since, at most SELECT_COST_MAX docs: ERR_LIMIT.  Free it in either case. */
CHECKED int pinned_make(struct store *s, const struct pin *pin, struct pinned *out, struct err *err);
void pinned_free(struct pinned *p);

/* Was that doc, which is current now or not, in the list? */
bool pinned_has(const struct pinned *p, int64_t doc, bool current);
