/* listing_at: what was current in a log as of a size (the view's listing_at, query.h).
 *
 * Public records by index, at most limit at once, fewer where they are large or were superseded by then: *next is from
 * where to go on, and at when there are no more.  What had been taken back, or has been taken away since, is left out.
 * Whatever is not public is passed over as if it were not there, so that every node lists the same.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct listing_at {
	const char *origin;
	int kind;          /* 0: of any */
	uint64_t from, at; /* entries from that one on, of the first so many */
	size_t limit;      /* 1 to SEARCH_LIMIT_MAX */
};
