/* found: records as answers of a view give them (query.h): where each stands in which log, and what is held of it.
 * All is in the caller's arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/core/effect.h"

/* How a record was found that does not fit by itself: an edition of it in another language does, and says so. */
struct through {
	const char *origin;
	uint64_t index;  /* the record of that edition */
	const char *ref; /* its subject */
	int type;        /* how it leads here: EDGE_ADOPTS, EDGE_TRANSLATES (proto/edges.h) */
	int degree;      /* of an adoption; 0: not told */
};

/* One record in a log: a search hit, or one revision of a subject. */
struct found {
	const char *origin;
	uint64_t index;
	bool current; /* the origin's newest statement on this kind and subject */
	enum payload_state state;
	struct bytes envelope; /* empty in search answers */
	struct bytes payload;
	uint64_t mark; /* of a search hit: the same one means the same payload here, while the node runs; 0: not told */
	uint64_t redacted_by;          /* index of the statement, for one entry that is redacted; 0: none */
	const struct through *through; /* of a search hit; NULL: it fits by itself */
};

struct found_list {
	struct found *v;
	size_t count;
	uint64_t total;   /* matches in all */
	uint64_t linked;  /* of them so many, the last ones, are found through another record */
	uint64_t offset;  /* of the first given, in all; by a cursor where that stands */
	const char *next; /* a selection: the cursor of what follows; NULL: nothing does */
};
