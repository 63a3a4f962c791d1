/* runs: the entries of many writes, in the order in which they are stored, cut into runs that are prepared one ahead.
 *
 * Thread: the writer's.
 */
#pragma once

#include "node/store/handle.h"

/* A write and where it belongs. */
struct placed {
	const struct store_write *write;
	size_t number; /* among the caller's writes */
	int64_t slot;  /* 0: an origin that is not stored yet */
	size_t first;  /* number of the first write for the same origin */
};

struct runs {
	struct store *store;
	struct placed *v; /* by slot, origins not stored yet last; each origin's writes in the caller's order */
	size_t count;
	bool large; /* worth the helper */
	struct {
		bool begun;
		size_t at, from; /* v[at].write, from that entry on */
	} ahead;
};

/* Put the writes in order: the full-text index wants ascending docs, and begins a new segment whenever they go back. */
CHECKED int runs_init(struct runs *r, struct store *s, struct store_write *const *writes, size_t count,
                      struct err *err);
/* Also when a run is still being prepared. */
void runs_close(struct runs *r);

/* v[at].write has a slot now: so have the others of its origin. */
void runs_placed(struct runs *r, size_t at, int64_t slot);

/* Give the run of v[at].write that begins at entry from, and begin the one after it.  *out is borrowed until the next
 * call. */
CHECKED int runs_take(struct runs *r, size_t at, size_t from, const struct prepared **out, struct err *err);
