/* own: what is under way about our own log.  For this room only.
 *
 * Owner: the core.
 */
#pragma once

#include "node/base/arena.h"
#include "node/core/guard.h"
#include "node/core/guests.h"

/* Records that wait to be appended to our log. */
struct submission {
	struct submission *next;
	uint64_t op;
	size_t count;
	struct bytes *payloads;
	const char **collections; /* of each */
	bool key_change;          /* one key statement, which must become the entry that it names */
	bool index_root;          /* likewise an index root */
	uint64_t first;           /* once in an append */
	struct arena arena;
};

/* Our newest verdict on an origin. */
struct verdict {
	char origin[NAME_MAX_BYTES + 1];
	struct buf payload;
};

/* May our log be signed?  guard.h decides, gate.c applies it. */
struct gate {
	struct guard_facts facts;
	enum guard_state state, told; /* told: what followed from it was done */
	bool begun, open;
	uint64_t since_ms; /* mono: of the start, or of the operator's word */
	struct head known; /* the largest head signed by our key that anybody has shown */
	char by[CODE_MAX + 1];
};
