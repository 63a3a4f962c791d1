/* purge: redacted bytes leave the database's files.
 *
 * A payload that is no longer in its row may still stand in pages that are free or were moved, its words in older
 * segments of the full-text index, parts of it in the dictionary that was trained from it, all of it in the WAL.  A
 * purge makes the index one segment, trains tainted dictionaries anew and packs what they packed again, writes the
 * whole file anew (VACUUM), and empties the WAL.  It takes its time (about a second for 50,000 records) and is
 * begun again after a crash.
 * Thread: the writer's, outside any transaction.
 */
#pragma once

#include "node/store/handle.h"

/* Inside the transaction that takes the bytes away: a purge is due once it is kept. */
CHECKED int purge_want(struct store *s, struct err *err);

/* At opening: is one due from before? */
CHECKED int purge_look(struct store *s, struct err *err);
