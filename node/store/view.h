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
#include "proto/designator.h"
#include "proto/entry.h"

enum { VIEW_DIGEST_BYTES = 16, PREVIOUS_NONE = -1 };

struct viewer;

/* Borrows both. */
struct viewer *viewer_new(struct db *db, struct hasher *hasher);
void viewer_free(struct viewer *v);

/* Put one entry in, inside the caller's write transaction.  Entries of one origin come in order, each once.  A record
 * that does not validate is counted and left out; so is a payload that is not present. */
CHECKED int viewer_add(struct viewer *v, int64_t slot, uint64_t index, enum payload_state state, struct bytes payload,
                       struct err *err);

/* Write what viewer_add has only counted; before the commit. */
CHECKED int viewer_flush(struct viewer *v, struct err *err);

/* The transaction was not kept. */
void viewer_forget(struct viewer *v);

/* The current doc of an origin for a kind and subject.  ERR_NOT_FOUND. */
CHECKED int view_current(struct db *db, int64_t slot, int kind, const struct designator *subject, int64_t *doc,
                         struct err *err);

/* The part of its SHA-256 that a doc row keeps of a record. */
struct bytes view_record_digest(struct hasher *hasher, struct bytes record, struct hash *memory);
