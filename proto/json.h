/* json: records as JSON and back without loss (proto/README.md, clause 3), and a direct writer for
 * answers.
 *
 * Field names are the schema's; code lists are the words of proto/record.h; bytes are base64; fields that
 * this schema does not know are kept under "_unknown".  Reading refuses duplicate keys, unknown names,
 * more than JSON_DEPTH_MAX levels, and anything after the value.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

/* Append a message as one line of JSON, without a final LF. */
void json_of_message(const ProtobufCMessage *message, struct buf *out);

/* The same of one item of a field, as field_item() gives it, and of the fields that the schema does not know, as the
 * list under "_unknown". */
void json_of_item(const ProtobufCFieldDescriptor *field, const void *item, struct buf *out);
void json_of_unknown(const ProtobufCMessage *message, struct buf *out);

/* Read one.  ERR_INVALID names the place. */
CHECKED int json_to_message(const ProtobufCMessageDescriptor *type, struct bytes text, struct arena *arena,
                            ProtobufCMessage **out, struct err *err);

/* A writer of JSON text: commas and escapes are its business, nesting the caller's.  Strings that are
 * not UTF-8 have their bad bytes replaced by U+FFFD.  Its names keep clear of jansson's, which may be linked beside. */
struct json {
	struct buf *out; /* borrowed */
	bool comma;      /* a value stands before the next one at this level */
};

void json_object_begin(struct json *j); /* { */
void json_object_end(struct json *j);
void json_array_begin(struct json *j); /* [ */
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);     /* of the value that is written next */
void json_text(struct json *j, const char *value);  /* NULL writes null */
void json_bytes(struct json *j, struct bytes utf8); /* a string, from bytes */
void json_u64(struct json *j, uint64_t value);
void json_i64(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_nothing(struct json *j);                /* null */
void json_raw(struct json *j, struct bytes json); /* one value, already JSON */

/* A key and its value in one. */
void json_put_text(struct json *j, const char *key, const char *value);
void json_put_u64(struct json *j, const char *key, uint64_t value);
void json_put_bool(struct json *j, const char *key, bool value);
