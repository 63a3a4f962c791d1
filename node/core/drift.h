/* drift: what an origin adopts and what has gone on since: adoptions whose source has been superseded or withdrawn.
 *
 * Of each adoption that the origin states, in a standard's record or one of its own, the source is followed to the
 * edition in force (edition.h).  Adoptions by standards that are no longer in force themselves are left out.  An
 * adoption of an undated reference drifts only when all of its editions have been replaced by something else, or
 * withdrawn.
 * Thread: any.
 */
#pragma once

#include "node/core/edition.h"

struct drift {
	const struct step *adopts;   /* from the adoption to its source, with every statement of it */
	const struct fact *adoption; /* of the origin: its standard's record if there is one, else that of the adoption */
	const struct fact *source;   /* graph_best() of it; NULL */
	const struct editions *now;
	const char *since; /* the source was withdrawn, else what replaces it was published; NULL: not told */
};

/* Borrowed until it returns.  A code other than OK ends it and is given back. */
typedef int (*drift_cb)(void *arg, const struct drift *drift);

struct drift_sum {
	uint64_t adoptions; /* looked at */
	uint64_t drifted;
	bool cut;      /* a walk came to its limit */
	uint64_t next; /* there is more: the entry from which to go on; 0: there is not */
};

/* By the entry of the adoption, from that one on; most statements are followed (at least one), for what they lead to
 * costs much.  ERR_NOT_FOUND: no such origin; those of the view. */
CHECKED int drift_find(const struct view *view, const struct fact_question *question, const char *origin, uint64_t from,
                       size_t most, struct drift_sum *sum, drift_cb each_cb, void *arg, struct err *err);
