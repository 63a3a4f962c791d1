/* pairs: which documents of one source were there already, and those that wait for a better one.
 *
 * A data set may hold the same document twice, from an older and from a newer crawl.  The newer one is given at once;
 * the older one waits, encoded, until the source has ended, and is given when no newer one came.  Memory is bounded:
 * 16 bytes for each subject (IMPORT_SUBJECTS_MAX), and IMPORT_HELD_MAX for what waits; whoever would pass that gives
 * what waits now.
 *
 * Knows: subjects and bytes.  Must not know: what a record is.  Thread: the caller's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct pair_key {
	uint8_t b[16]; /* of SHA-256: nobody can choose subjects that meet in one slot; all zero is an empty slot */
};

struct pairs {
	struct hasher *hasher;
	struct pair_key *slots;
	size_t used;
	size_t slot_count; /* a power of two, or 0 */
	struct buf waiting;
};

void pairs_init(struct pairs *p);
void pairs_close(struct pairs *p);

/* Remember a subject.  *fresh: it was not there before.  ERR_LIMIT. */
CHECKED int pairs_add(struct pairs *p, const char *subject, bool *fresh, struct err *err);

struct waiting {
	const char *subject;
	const char *file;  /* the name to report it under */
	uint64_t warnings; /* that it costs, if it is given */
	struct bytes record;
};

/* Is there room for one more that waits? */
bool pairs_has_room(const struct pairs *p, const struct waiting *w);

/* Let a record wait.  Copies.  There must be room. */
void pairs_hold(struct pairs *p, const struct waiting *w);

/* Walk what waits, in the order it came; *at begins as 0.  Borrowed until the next pairs_hold or pairs_forget. */
bool pairs_next(const struct pairs *p, size_t *at, struct waiting *out);
void pairs_forget(struct pairs *p);
