/* json_map: what writing and reading a message as JSON share (proto/README.md, clause 3).
 * Thread: any.  Inside proto/ only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "proto/message.h"

enum { ENUM_WORD_MAX = 32 };

/* Whole numbers above this are written as decimal strings: many readers of JSON keep numbers as doubles. */
#define JSON_WHOLE_MAX UINT64_C(9007199254740991)

#define JSON_UNKNOWN "_unknown"

/* The word of a value of a code list: its name without the list's prefix (up to the first '_'), lower case, '-' for
 * '_'.  Writes it to out and gives it back. */
const char *enum_word(const ProtobufCEnumValue *value, char out[ENUM_WORD_MAX]);

/* The size of one item of a field in memory. */
size_t field_size(const ProtobufCFieldDescriptor *field);
