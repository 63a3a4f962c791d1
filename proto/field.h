/* field: the fields of any message, by their descriptors, and the words of its code lists.
 *
 * For code that treats all messages alike: JSON, validation, words to search for, showing.  Knows what the schemas use:
 * optional and repeated fields of strings, bytes, messages, codes and whole numbers.
 * Thread: any; nothing here changes after the program has started.
 */
#pragma once

#include <stddef.h>

#include "proto/message.h"

enum { CODE_WORD_MAX = 32 };

/* The size of one item of a field in memory. */
size_t field_size(const ProtobufCFieldDescriptor *field);

/* How many items the message has in that field: of one that is not repeated 0 or 1. */
static inline size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	const char *base = (const char *)m;
	const void *quantifier = base + field->quantifier_offset;
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)quantifier;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)quantifier == field->id;
	if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const void *const *)(const void *)(base + field->offset) != NULL;
	return *(const protobuf_c_boolean *)quantifier != 0;
}

/* Where item i (below field_count) lies: a char *, ProtobufCMessage *, ProtobufCBinaryData, int or whole number. */
const void *field_item(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field, size_t i);

/* The word of a value of a code list of the schemas: its name without the list's prefix (up to the first '_'), lower
 * case, '-' for '_'.  NULL for a value that is not on the list. */
const char *code_word(const ProtobufCEnumDescriptor *list, int value);

/* The value of a word; 0 when the list has no such word. */
int code_of_word(const ProtobufCEnumDescriptor *list, const char *word);
