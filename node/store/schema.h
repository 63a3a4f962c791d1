/* schema: the tables, and the versions that say whether this program may use them.
 *
 * Two families.  Log tables are the truth: origin, bundle, tile, payload, dictionary, evidence, and the audit:
 * delivered, refused.  View tables are derived from them and can be dropped: doc, subject, facet, link, label,
 * term, tally, redaction, measure, words, index_map, index_bucket. An entry's number in both is origin slot <<
 * SLOT_SHIFT | index in the log, so that a log's rows lie together and in order.
 *
 * Thread: the owner's of the db.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/err.h"
#include "node/store/db.h"

enum {
	SCHEMA_VERSION = 4, /* of the log tables; a change needs a migration */
	VIEW_VERSION = 9,   /* of the view tables and of what is put into them; a change rebuilds them at the next start */
	SLOT_SHIFT = 40,    /* a log has less than 2^40 entries */
	FACET_HIDDEN = 16,  /* more than a code has parts */
	SLOT_MAX = 256,     /* slots are given once each: ORIGINS_MAX */
};

static inline int64_t entry_id(int64_t slot, uint64_t index)
{
	return (int64_t)((uint64_t)slot << SLOT_SHIFT | index);
}
static inline int64_t id_slot(int64_t id)
{
	return id >> SLOT_SHIFT;
}
static inline uint64_t id_index(int64_t id)
{
	return (uint64_t)id & (((uint64_t)1 << SLOT_SHIFT) - 1);
}

/* Into an empty database: all tables, and the versions. */
CHECKED int schema_create(struct db *db, struct err *err);

/* View tables alone, into a database that has none. */
CHECKED int schema_create_view(struct db *db, struct err *err);

/* Drop the view tables, whatever version made them. */
CHECKED int schema_drop_view(struct db *db, struct err *err);

/* Note that the view was made by this program.  Inside the transaction that makes it. */
CHECKED int schema_stamp_view(struct db *db, struct err *err);

/* Bring the log tables of an older version up to this one's, in a transaction of its own. */
CHECKED int schema_migrate(struct db *db, struct err *err);

/* May this program use the database?  *view_fits: its view is as this program would make it.
 * ERR_CORRUPT: not ours.  ERR_UNSUPPORTED: made by a newer version, or by an older
 * one and not migrated. */
CHECKED int schema_check(struct db *db, bool *view_fits, struct err *err);
