/* bundle_file: the bytes of a bundle file: one line, then parts, each a 4-byte big-endian length and a BundlePart.
 *
 * Knows: the form of each part (proto/PROTOCOL.md, clause 9.1).  Must not know: who is trusted, what is held; whether
 * the parts are true is bundle_verify.h's.
 *
 * Thread: any.
 */
#pragma once

#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/tree.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

#define BUNDLE_MAGIC "normlink bundle 1\n"
enum { BUNDLE_PREFIX = 4 };

/* Append a part with its prefix.  It must fit into FRAME_MAX. */
void bundle_part_write(const Normlink__BundlePart *part, struct buf *out);

/* Take one part from the front of a stream: *framed has its prefix, *used is the bytes taken.  ERR_NOT_READY: more
 * bytes are needed.  ERR_PROTOCOL: an impossible length. */
CHECKED int bundle_part_split(struct bytes stream, struct bytes *framed, size_t *used, struct err *err);

/* Decode a part that bundle_part_split gave, and check its form.  ERR_PROTOCOL names the clause. */
CHECKED int bundle_part_decode(struct bytes framed, struct arena *arena, Normlink__BundlePart **out, struct err *err);

/* Append the part that begins an origin (clause 9.1); evidence is a file (clause 8.1), or empty. */
void bundle_log_write(const char *origin, const struct tree_frontier *since, struct bytes head, struct bytes keys,
                      struct bytes evidence, struct buf *out);

/* The frontier of a part whose form was checked. */
void bundle_log_frontier(const Normlink__BundleLog *log, struct tree_frontier *out);

/* Clause 9.2: what the exporter signs, and the last part. */
void bundle_end_text(const struct hash *digest, struct buf *out);
void bundle_end_write(const struct skey *key, const struct hash *digest, struct buf *out);
