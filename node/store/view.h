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
#include "node/store/index.h"
#include "node/store/statement.h"
#include "proto/designator.h"
#include "proto/entry.h"

struct viewer;

/* Does this redaction statement, entry index of its log, say something (clause 2.8)?  *valid is set. */
typedef int (*viewer_judge_cb)(void *arg, int64_t slot, uint64_t index, const Normlink__Record *record, bool *valid,
                               struct err *err);

/* All are asked with arg, of logs in the store that the entries are of; the last two as index.h has them, and
 * differs_cb may be NULL.  Borrows all of them. */
struct viewer *viewer_new(struct db *db, struct hasher *hasher, viewer_judge_cb judge_cb, index_whole_cb whole_cb,
                          index_differs_cb differs_cb, void *arg);
void viewer_free(struct viewer *v);

/* Put one entry in, inside the caller's write transaction.  Each comes once; in order is cheapest.  hidden: it is not
 * in the public collection. */
CHECKED int viewer_put(struct viewer *v, int64_t slot, uint64_t index, bool hidden, const struct statement *statement,
                       struct err *err);

/* An entry whose record does not validate, or whose payload is not here, is counted and left out. */
void viewer_count_invalid(struct viewer *v, int64_t slot);
void viewer_count_missing(struct viewer *v, int64_t slot);

/* Whichever of these is right for a payload that nobody has opened yet. */
CHECKED int viewer_add(struct viewer *v, int64_t slot, uint64_t index, bool hidden, enum payload_state state,
                       struct bytes payload, struct err *err);

/* How many valid redaction statements were put in since this was asked last.  They are to be carried out before an
 * index root is put in. */
size_t viewer_redactions(struct viewer *v);

/* Take an entry out again, whose payload is about to go; from now on it is counted as missing.  *stands as
 * chain_remove has it. */
CHECKED int viewer_remove(struct viewer *v, int64_t slot, uint64_t index, struct bytes payload, int64_t *stands,
                          struct err *err);

/* The payload of an entry that was counted as missing is about to be put in. */
void viewer_arrived(struct viewer *v, int64_t slot);

/* Write what was only counted, and what is put in sorted; before the commit. */
CHECKED int viewer_flush(struct viewer *v, struct err *err);

/* The transaction was not kept, or the tables are made anew. */
void viewer_forget(struct viewer *v);
