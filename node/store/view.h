/* view: the tables derived from entries: what is put into them when an entry arrives, whichever way it came.
 *
 * Rows depend on the entries of their own origin alone, so that the order in which origins arrive does not matter.
 * Works on any db with view tables: the store's own, or a temporary one that fsck compares with.
 * Thread: the owner's.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/store/db.h"
#include "node/store/statement.h"
#include "proto/designator.h"
#include "proto/entry.h"

enum { PREVIOUS_NONE = -1 };

struct viewer;

/* Borrows both. */
struct viewer *viewer_new(struct db *db, struct hasher *hasher);
void viewer_free(struct viewer *v);

/* Put one entry in, inside the caller's write transaction.  Entries of one origin come in order, each once. */
CHECKED int viewer_put(struct viewer *v, int64_t slot, uint64_t index, const struct statement *statement,
                       struct err *err);

/* An entry whose record does not validate, or whose payload is not here, is counted and left out. */
void viewer_count_invalid(struct viewer *v, int64_t slot);
void viewer_count_missing(struct viewer *v, int64_t slot);

/* Whichever of these is right for a payload that nobody has opened yet. */
CHECKED int viewer_add(struct viewer *v, int64_t slot, uint64_t index, enum payload_state state, struct bytes payload,
                       struct err *err);

/* Write what was only counted; before the commit. */
CHECKED int viewer_flush(struct viewer *v, struct err *err);

/* The transaction was not kept. */
void viewer_forget(struct viewer *v);

/* The current doc of an origin for a kind and subject.  ERR_NOT_FOUND. */
CHECKED int view_current(struct db *db, int64_t slot, int kind, const struct designator *subject, int64_t *doc,
                         struct err *err);
