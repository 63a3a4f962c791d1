#include <stdio.h>

#include "crypto/encode.h"
#include "node/base/must.h"
#include "proto/field.h"
#include "proto/json.h"
#include "proto/json_map.h"

static void add_base64(struct json *j, struct bytes data)
{
	struct buf text = { 0 };
	base64_add(&text, data);
	json_bytes(j, buf_bytes(&text));
	buf_free(&text);
}

static void add_enum(struct json *j, const ProtobufCEnumDescriptor *list, int value)
{
	const char *word = code_word(list, value);
	if (word != NULL)
		json_text(j, word);
	else
		json_i64(j, value);
}

static void add_whole(struct json *j, uint64_t value)
{
	char digits[24];
	if (value <= JSON_WHOLE_MAX) {
		json_u64(j, value);
		return;
	}
	(void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
	json_text(j, digits);
}

static void add_message(struct json *j, const ProtobufCMessage *m);

static void add_value(struct json *j, const ProtobufCFieldDescriptor *field, const void *at)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		json_text(j, *(char *const *)at);
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		add_message(j, *(const ProtobufCMessage *const *)at);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		add_base64(j, message_bytes(*(const ProtobufCBinaryData *)at));
		return;
	case PROTOBUF_C_TYPE_ENUM:
		add_enum(j, field->descriptor, *(const int *)at);
		return;
	case PROTOBUF_C_TYPE_UINT32:
		json_u64(j, *(const uint32_t *)at);
		return;
	case PROTOBUF_C_TYPE_UINT64:
		add_whole(j, *(const uint64_t *)at);
		return;
	default:
		must(!"a type that the schemas do not use");
	}
}

static void add_field(struct json *j, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	size_t count = field_count(m, field);
	if (count == 0)
		return;
	json_key(j, field->name);
	bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
	if (list)
		json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		add_value(j, field, field_item(m, field, i));
	if (list)
		json_array_end(j);
}

static void add_unknown(struct json *j, const ProtobufCMessage *m)
{
	json_array_begin(j);
	for (size_t i = 0; i < m->n_unknown_fields; i++) {
		const ProtobufCMessageUnknownField *u = &m->unknown_fields[i];
		json_object_begin(j);
		json_key(j, "tag");
		json_u64(j, u->tag);
		json_key(j, "wire");
		json_u64(j, (uint64_t)u->wire_type);
		json_key(j, "data");
		add_base64(j, bytes_of(u->data, u->len));
		json_object_end(j);
	}
	json_array_end(j);
}

/* As deep as the schema, which has no recursive type. */
static void add_message(struct json *j, const ProtobufCMessage *m)
{
	json_object_begin(j);
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		add_field(j, m, &m->descriptor->fields[i]);
	if (m->n_unknown_fields > 0) {
		json_key(j, JSON_UNKNOWN);
		add_unknown(j, m);
	}
	json_object_end(j);
}

void json_of_message(const ProtobufCMessage *message, struct buf *out)
{
	struct json j = { .out = out };
	add_message(&j, message);
}

void json_of_item(const ProtobufCFieldDescriptor *field, const void *item, struct buf *out)
{
	struct json j = { .out = out };
	add_value(&j, field, item);
}

void json_of_unknown(const ProtobufCMessage *message, struct buf *out)
{
	struct json j = { .out = out };
	add_unknown(&j, message);
}
