#include "proto/field.h"

#include <stdbool.h>
#include <string.h>

#include "node/base/must.h"

/* ---- fields ---- */

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

const void *field_item(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field, size_t i)
{
	const char *at = (const char *)m + field->offset;
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		return at;
	return *(const char *const *)(const void *)at + i * field_size(field);
}

/* ---- words ---- */

enum { LISTS_MAX = 64, WORDS_MAX = 512 };

struct list {
	const ProtobufCEnumDescriptor *type;
	size_t first; /* of its words */
};

/* Made before main() begins, from the schema alone. */
static struct list lists[LISTS_MAX];
static size_t list_count;
static char words[WORDS_MAX][CODE_WORD_MAX];
static size_t word_count;

static const struct list *find_list(const ProtobufCEnumDescriptor *type)
{
	for (size_t i = 0; i < list_count; i++)
		if (lists[i].type == type)
			return &lists[i];
	return NULL;
}

static void add_word(const char *value)
{
	const char *name = strchr(value, '_');
	must(name != NULL && strlen(name) <= CODE_WORD_MAX && word_count < WORDS_MAX);
	char *out = words[word_count++];
	for (name++; *name != '\0'; name++)
		*out++ = *name == '_' ? '-' : *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
}

static void add_list(const ProtobufCEnumDescriptor *type)
{
	if (find_list(type) != NULL)
		return;
	must(list_count < LISTS_MAX);
	lists[list_count++] = (struct list){ .type = type, .first = word_count };
	for (unsigned i = 0; i < type->n_values; i++)
		add_word(type->values[i].name);
}

/* As deep as the schema, which has no recursive type. */
static void add_lists(const ProtobufCMessageDescriptor *type)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		if (type->fields[i].type == PROTOBUF_C_TYPE_ENUM)
			add_list(type->fields[i].descriptor);
		else if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			add_lists(type->fields[i].descriptor);
	}
}

__attribute__((constructor)) static void make_words(void)
{
	add_lists(&normlink__record__descriptor);
	add_lists(&normlink__signed_record__descriptor);
	add_lists(&normlink__proof_extra__descriptor);
	add_lists(&normlink__frame__descriptor);
	add_lists(&normlink__bundle_part__descriptor);
	add_lists(&normlink__handover__descriptor);
	add_lists(&normlink__submission_answer__descriptor);
	add_lists(&normlink__feedback_request__descriptor);
}

const char *code_word(const ProtobufCEnumDescriptor *type, int value)
{
	const struct list *list = find_list(type);
	const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);
	must(list != NULL);
	return known != NULL ? words[list->first + (size_t)(known - type->values)] : NULL;
}

int code_of_word(const ProtobufCEnumDescriptor *type, const char *word)
{
	const struct list *list = find_list(type);
	must(list != NULL);
	for (unsigned i = 0; i < type->n_values; i++)
		if (strcmp(words[list->first + i], word) == 0)
			return type->values[i].value;
	return 0;
}
