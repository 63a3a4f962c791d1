/* snapshot: what every search needs of the snapshot that it reads: names of origins, what logs claim, how far the order
 * of arrival goes.  Read once for each snapshot, and remembered by the handle until another is read.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/core/authority.h"
#include "node/store/entries.h"
#include "node/store/schema.h"

struct snapshot {
	struct arena arena; /* everything */
	bool known;
	int64_t version, written; /* which one it is: changes by others, and by this handle */
	struct origin_row *origins;
	size_t origin_count;
	const struct origin_row *by_slot[SLOT_MAX + 1]; /* NULL: there is none */
	unsigned place[SLOT_MAX + 1];                   /* of the origin's name among all names */
	uint64_t changes[SLOT_MAX + 1];                 /* another number when docs came late into a log, or left it */
	struct claims claims;
	int64_t seq;    /* of the last step of arrival; 0: none */
	uint64_t check; /* pin_check() of it */
};

/* That of the handle, inside store_begin_read; borrowed until the next call.  Forgets nothing but itself. */
CHECKED int snapshot_read(struct store *s, const struct snapshot **out, struct err *err);

/* The origin of a doc.  ERR_CORRUPT: the view names one that is not stored. */
CHECKED int snapshot_origin(const struct snapshot *s, int64_t doc, const struct origin_row **out, struct err *err);

/* NULL is fine. */
void snapshot_free(struct snapshot *s);
