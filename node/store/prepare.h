/* prepare: what can be done to entries before the database is needed: their payloads packed, their records opened.
 *
 * That is a third of the work of storing them.  For large batches a helper thread does it, one run of entries ahead of
 * the writer; it touches neither the database nor anything else that is shared: it is handed a run, and hands back what
 * it made of it.
 * Thread: the writer's; the helper is hidden in here.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/core/effect.h"
#include "node/store/pack.h"
#include "node/store/statement.h"

enum { PREPARE_ENTRIES = BUNDLE_ENTRIES };

/* One entry. */
struct ready {
	enum {
		READY_NONE,    /* an entry of a log outside: no payload and no record */
		READY_MISSING, /* its payload is not present */
		READY_VALID,
		READY_INVALID,
		READY_ALONE, /* large: to be opened by itself, for want of memory here */
	} verdict;
	const struct statement *statement; /* READY_VALID */
	size_t packed_at, packed_len;      /* in the run's packed bytes */
	int64_t packing;
};

struct prepared {
	struct ready v[PREPARE_ENTRIES];
	size_t count;
	struct buf packed;
	struct arena arena;
};

struct preparer;

struct preparer *preparer_new(void);
/* Nothing may be begun. */
void preparer_free(struct preparer *p);

/* Begin a run of at most PREPARE_ENTRIES, on the helper thread or (when it is ended) on this one.  Borrows the entries
 * and the dictionary (may be NULL) until preparer_end. */
void preparer_begin(struct preparer *p, const struct entry *entries, size_t count, const struct dictionary *dictionary,
                    bool on_helper);

/* Wait for what was begun.  Borrowed until the next but one preparer_begin. */
const struct prepared *preparer_end(struct preparer *p);
