#include <stdio.h>

#include "crypto/encode.h"
#include "node/base/must.h"
#include "proto/json.h"
#include "proto/json_map.h"

const char *enum_word(const ProtobufCEnumValue *value, char out[ENUM_WORD_MAX])
{
	const char *name = strchr(value->name, '_');
	must(name != NULL && strlen(name) <= ENUM_WORD_MAX);
	size_t n = 0;
	for (name++; *name != '\0'; name++)
		out[n++] = *name == '_' ? '-' : *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
	out[n] = '\0';
	return out;
}

size_t field_size(const ProtobufCFieldDescriptor *field)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_UINT32:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_UINT64:
		return sizeof(uint64_t);
	default:
		must(!"a type that the schemas do not use");
		return 0;
	}
}

static void add_base64(struct json *j, struct bytes data)
{
	struct buf text = { 0 };
	base64_add(&text, data);
	json_bytes(j, buf_bytes(&text));
	buf_free(&text);
}

static void add_enum(struct json *j, const ProtobufCEnumDescriptor *list, int value)
{
	char word[ENUM_WORD_MAX];
	const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(list, value);
	if (known != NULL)
		json_text(j, enum_word(known, word));
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

static bool is_present(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	const char *base = (const char *)m;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(const void *)(base + field->quantifier_offset) == field->id;
	if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const void *const *)(const void *)(base + field->offset) != NULL;
	return *(const protobuf_c_boolean *)(const void *)(base + field->quantifier_offset) != 0;
}

static void add_field(struct json *j, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	const char *at = (const char *)m + field->offset;
	if (field->label != PROTOBUF_C_LABEL_REPEATED) {
		if (!is_present(m, field))
			return;
		json_key(j, field->name);
		add_value(j, field, at);
		return;
	}
	size_t count = *(const size_t *)(const void *)((const char *)m + field->quantifier_offset);
	if (count == 0)
		return;
	const char *items = *(const char *const *)(const void *)at;
	json_key(j, field->name);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		add_value(j, field, items + i * field_size(field));
	json_array_end(j);
}

static void add_unknown(struct json *j, const ProtobufCMessage *m)
{
	if (m->n_unknown_fields == 0)
		return;
	json_key(j, JSON_UNKNOWN);
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
	add_unknown(j, m);
	json_object_end(j);
}

void json_of_message(const ProtobufCMessage *message, struct buf *out)
{
	struct json j = { .out = out };
	add_message(&j, message);
}
