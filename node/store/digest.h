/* digest: what the view holds, as one hash for each origin and table, computed in an order that does not depend on how
 * it came there: by origin name and index, whatever slots the origins have.
 *
 * Thread: the owner's of the db.
 */
#pragma once

#include "crypto/hash.h"
#include "node/store/db.h"
#include "node/store/entries.h"

enum view_table {
	TABLE_DOC,
	TABLE_SUBJECT,
	TABLE_FACET,
	TABLE_LINK,
	TABLE_TERM,
	TABLE_TALLY,
	TABLE_REDACTION,
	TABLE_MEASURE,
	TABLE_INDEX_MAP,
	TABLE_INDEX_BUCKET,
	TABLE_WORDS,
	VIEW_TABLES
};

/* The table's name, for problem lines. */
const char *view_table_name(enum view_table table);

/* out[i][t] for origins[i] and table t.  ERR_CORRUPT: a row belongs to none of the origins. */
CHECKED int digest_view(struct db *db, struct hasher *hasher, const struct origin_row *origins, size_t count,
                        struct hash (*out)[VIEW_TABLES], struct err *err);
