/* audited: who received what is not public, and did not: answers of query.h.
 * Answers live in the caller's arena.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One entry of a collection that is not public, and a node that received its payload from us. */
struct audited {
	const char *peer; /* its origin */
	const char *origin;
	uint64_t index;
	uint64_t first_ms, last_ms, times;
};
/* What was withheld from a node, of one collection. */
struct refused {
	const char *peer, *origin, *collection;
	uint64_t last_ms, times; /* entries, each time that they were asked for */
};

struct audit_list {
	struct audited *v; /* newest first */
	size_t count;
	uint64_t total;
	struct refused *refused; /* newest first, at most AUDIT_REFUSED_MAX */
	size_t refused_count;
};
