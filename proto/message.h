/* message: protobuf messages in and out of bytes, inside limits.
 *
 * Decoding puts everything into an arena, so that a hostile message costs at most the arena's cap;
 * fields unknown to this schema are kept.  Nothing here re-encodes what was signed: whoever needs
 * the signed bytes keeps them.
 *
 * Thread: any; an arena belongs to its owner.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/bundle_file.pb-c.h"
#include "proto/entry.pb-c.h"
#include "proto/frame.pb-c.h"
#include "proto/record.pb-c.h"
#include "proto/submission.pb-c.h"

/* The message of that type that raw holds, in the arena.  ERR_INVALID: not protobuf, or a string
 * field that is not UTF-8 or has a NUL.  ERR_LIMIT: the arena's cap. */
CHECKED int message_decode(const ProtobufCMessageDescriptor *type, struct bytes raw, struct arena *arena,
                           ProtobufCMessage **out, struct err *err);

/* Append the serialised message. */
void message_encode(const ProtobufCMessage *message, struct buf *out);

/* Borrow a bytes field; make one (borrowing too). */
static inline struct bytes message_bytes(ProtobufCBinaryData data)
{
	return bytes_of(data.data, data.len);
}
static inline ProtobufCBinaryData message_field(struct bytes bytes)
{
	return (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)bytes.data, .len = bytes.len };
}
