/* index: what is known about a log's index roots (proto/INDEX.md, clause 2.18): its own word for what is current in it,
 * and whether that is what its entries give.
 *
 * A root that differs is kept and shown, and nothing is proved by it; the log is not frozen.  A fork leaves two
 * histories of which one must be chosen before anything goes on.  Here there is one history, signed and held by
 * everybody, and a sentence in it that is wrong: whoever holds the log finds that by himself, so nothing has to be
 * spread, and the entries are as good as before.  Each can be shown to anybody all the same (PROTOCOL.md, clause 8.2).
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/limits.h"

enum index_verdict {
	INDEX_UNCHECKED, /* something that it covers is not here */
	INDEX_HOLDS,
	INDEX_DIFFERS,
};

/* "not checked", "holds", "differs". */
static inline const char *index_word(enum index_verdict verdict)
{
	return verdict == INDEX_HOLDS ? "holds" : verdict == INDEX_DIFFERS ? "differs" : "not checked";
}

/* A map: how many keys it has, and its root. */
struct index_sum {
	uint64_t keys;
	struct hash root;
};

/* The newest index root of a log, and how it was found. */
struct index_state {
	bool any;       /* there is one; else all of this is zero */
	uint64_t index; /* the statement's, and how many entries it covers */
	enum index_verdict verdict;
	struct index_sum said, found; /* found: what was computed here */
	uint64_t differing;           /* how many of the log's roots differ, in all, */
	uint64_t newest_differing;    /* and the newest of them */
};

/* An index root that differs: what it says of the entries before it, and what they give. */
struct index_false {
	uint64_t index;
	struct index_sum said, found;
};

struct index_false_list {
	struct index_false v[FORKS_SHOWN_MAX];
	size_t count;
};

/* What the next index root would say. */
struct index_next {
	uint64_t size; /* entries held: the index that the statement must get */
	struct index_sum sum;
	bool due; /* the newest root says something else, or there is none and there is something to say */
};
