/* index_root: a log's statement of what is current in it (proto/INDEX.md, clause 2.18).
 *
 * Thread: any.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

#define INDEX_SUBJECT "current"
enum { INDEX_VERSION = 1 }; /* the rules that are known here */

/* The record of version 1, as the entry of that index. */
CHECKED int index_root_encode(uint64_t index, uint64_t keys, const struct hash *root, struct buf *record,
                              struct err *err);

/* The index that a payload's statement names for itself.  ERR_INVALID: it is no valid index root. */
CHECKED int index_root_place(struct bytes payload, uint64_t *index, struct err *err);
