/* merge: keeps the full-text index in few segments, for every search visits each.
 *
 * A transaction leaves at least one segment.  Merging inside large transactions would cost them a tenth and more, so
 * they do none; small ones merge a little each, and idle time does the rest.
 * Thread: the writer's.
 */
#pragma once

#include "node/store/handle.h"

/* A handle that writes is new: what did the last one leave? */
CHECKED int merge_look(struct store *s, struct err *err);

/* A transaction puts rows into the index: inside it, before the commit. */
CHECKED int merge_on_commit(struct store *s, uint64_t rows, struct err *err);

/* Nothing else waits: a few milliseconds of merging, outside any transaction. */
void merge_when_idle(struct store *s);
