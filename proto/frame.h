/* frame: the peer protocol's messages on the wire (proto/PROTOCOL.md, clause 4.1): a 4-byte big-endian length,
 * then a Frame of at most FRAME_MAX bytes.
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

enum { FRAME_PREFIX = 4 };

/* Append length and frame.  The caller keeps it within FRAME_MAX (must). */
void frame_write(const Normlink__Frame *frame, struct buf *out);

/* Is a whole frame at the beginning of stream?  OK: *frame (the protobuf bytes, borrowed) and *used (with
 * the prefix) are set.  ERR_NOT_READY: more bytes are needed.  ERR_PROTOCOL: announces more than FRAME_MAX, or
 * nothing. */
CHECKED int frame_split(struct bytes stream, struct bytes *frame, size_t *used, struct err *err);

/* Decode what frame_split gave.  ERR_PROTOCOL names the clause: not a Frame, no body, a missing field, a hash
 * that is not 32 bytes, a list above its limit.  A frame whose body this version does not know is
 * ERR_UNSUPPORTED, with *out set as far as it was read (clause 4.2: answered with Failure, not fatal). */
CHECKED int frame_decode(struct bytes raw, struct arena *arena, Normlink__Frame **out, struct err *err);

/* The same for bodies that travel by other ways too: fields there, lists and sizes within limits (clause 4.5). */
CHECKED int frame_check_entries(const Normlink__EntriesResponse *m, struct err *err);
CHECKED int frame_check_evidence(const Normlink__Evidence *m, struct err *err);
