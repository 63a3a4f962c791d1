#include <jansson.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/field.h"
#include "proto/json.h"
#include "proto/json_map.h"
#include "proto/wire.h"

/* ---- where, for messages ------------------------------------------------------------------------------------------
 */

struct reader {
	struct arena *arena;
	struct err *err;
};

/* A chain from a value up to the whole, along the call stack. */
struct where {
	const struct where *up;
	const char *name; /* NULL: an item of a list */
	size_t index;
};

static void add_path(const struct where *w, struct buf *out)
{
	if (w->up != NULL)
		add_path(w->up, out);
	if (w->name == NULL)
		buf_printf(out, "[%zu]", w->index);
	else
		buf_printf(out, "%s%.64s", out->len > 0 ? "." : "", w->name);
}

static int refuse_code(const struct reader *r, int code, const struct where *w, const char *reason)
{
	struct buf path = { 0 };
	if (w != NULL)
		add_path(w, &path);
	int rc = err_set(r->err, code, "%s%s%s (clause 3)", buf_str(&path), path.len > 0 ? ": " : "", reason);
	buf_free(&path);
	return rc;
}

static int refuse(const struct reader *r, const struct where *w, const char *reason)
{
	return refuse_code(r, ERR_INVALID, w, reason);
}

static int too_large(const struct reader *r, const struct where *w)
{
	return refuse_code(r, ERR_LIMIT, w, "needs more memory than a reader gives");
}

/* ---- values -------------------------------------------------------------------------------------------------------
 */

static int read_string(const struct reader *r, const struct where *w, const json_t *value, char **out)
{
	if (!json_is_string(value))
		return refuse(r, w, "not a string");
	size_t n = json_string_length(value);
	*out = arena_try(r->arena, n + 1);
	if (*out == NULL)
		return too_large(r, w);
	memcpy(*out, json_string_value(value), n);
	return OK;
}

static int read_base64(const struct reader *r, const struct where *w, const json_t *value, ProtobufCBinaryData *out)
{
	struct buf data = { 0 };
	if (!json_is_string(value) ||
	    base64_decode(bytes_of(json_string_value(value), json_string_length(value)), &data) != OK) {
		buf_free(&data);
		return refuse(r, w, "not base64 in a string");
	}
	out->len = data.len;
	out->data = data.len > 0 ? arena_try(r->arena, data.len) : NULL;
	bool fits = data.len == 0 || out->data != NULL;
	if (out->data != NULL)
		memcpy(out->data, data.data, data.len);
	buf_free(&data);
	return fits ? OK : too_large(r, w);
}

static bool whole_of_string(const char *text, uint64_t *out)
{
	uint64_t value = 0;
	size_t n = strlen(text);
	if (n == 0 || (text[0] == '0' && n > 1))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(unsigned char)text[i] - '0';
		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

static int read_whole(const struct reader *r, const struct where *w, const json_t *value, uint64_t max, uint64_t *out)
{
	bool good = false;
	if (json_is_integer(value)) {
		good = json_integer_value(value) >= 0;
		*out = (uint64_t)json_integer_value(value);
	} else if (json_is_string(value)) {
		good = whole_of_string(json_string_value(value), out);
	}
	return good && *out <= max ? OK : refuse(r, w, "not a whole number, or too large");
}

/* A word of the list; a number is how a code that a later version knows came here. */
static int read_enum(const struct reader *r, const struct where *w, const json_t *value,
                     const ProtobufCEnumDescriptor *list, int *out)
{
	if (json_is_integer(value) && json_integer_value(value) >= INT32_MIN && json_integer_value(value) <= INT32_MAX) {
		*out = (int)json_integer_value(value);
		return OK;
	}
	if (!json_is_string(value))
		return refuse(r, w, "not a word");
	*out = code_of_word(list, json_string_value(value));
	return *out != 0 ? OK : refuse(r, w, "a word that is not in the list");
}

static int read_message(const struct reader *r, const struct where *w, const json_t *value,
                        const ProtobufCMessageDescriptor *type, ProtobufCMessage **out);

static int read_value(const struct reader *r, const struct where *w, const json_t *value,
                      const ProtobufCFieldDescriptor *field, void *at)
{
	uint64_t whole = 0;
	int rc;
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return read_string(r, w, value, at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return read_message(r, w, value, field->descriptor, at);
	case PROTOBUF_C_TYPE_BYTES:
		return read_base64(r, w, value, at);
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(r, w, value, field->descriptor, at);
	case PROTOBUF_C_TYPE_UINT32:
		rc = read_whole(r, w, value, UINT32_MAX, &whole);
		*(uint32_t *)at = (uint32_t)whole;
		return rc;
	case PROTOBUF_C_TYPE_UINT64:
		return read_whole(r, w, value, UINT64_MAX, at);
	default:
		must(!"a type that the schemas do not use");
		return ERR_INTERNAL;
	}
}

/* ---- fields -------------------------------------------------------------------------------------------------------
 */

static void *member(ProtobufCMessage *m, unsigned offset)
{
	return (char *)m + offset;
}

static int read_list(const struct reader *r, const struct where *w, const json_t *value,
                     const ProtobufCFieldDescriptor *field, ProtobufCMessage *m)
{
	if (!json_is_array(value))
		return refuse(r, w, "not a list");
	size_t count = json_array_size(value);
	if (count > RECORD_LIST_MAX)
		return refuse_code(r, ERR_LIMIT, w, "too many items");
	char *items = arena_try(r->arena, count * field_size(field));
	if (items == NULL)
		return too_large(r, w);
	for (size_t i = 0; i < count; i++) {
		struct where item = { .up = w, .index = i };
		int rc = read_value(r, &item, json_array_get(value, i), field, items + i * field_size(field));
		if (rc != OK)
			return rc;
	}
	*(void **)member(m, field->offset) = items;
	*(size_t *)member(m, field->quantifier_offset) = count;
	return OK;
}

static int read_field(const struct reader *r, const struct where *w, const json_t *value,
                      const ProtobufCFieldDescriptor *field, ProtobufCMessage *m)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return read_list(r, w, value, field, m);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		uint32_t *which = member(m, field->quantifier_offset);
		if (*which != 0)
			return refuse(r, w, "stands beside another that excludes it");
		*which = field->id;
	} else if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE) {
		*(protobuf_c_boolean *)member(m, field->quantifier_offset) = 1;
	}
	return read_value(r, w, value, field, member(m, field->offset));
}

/* One field that the schema does not know: it must be one that encodes as itself. */
static int read_unknown_field(const struct reader *r, const struct where *w, const json_t *value,
                              const ProtobufCMessageDescriptor *type, ProtobufCMessageUnknownField *out)
{
	uint64_t tag = 0, wire = 0;
	ProtobufCBinaryData data = { 0 };
	if (!json_is_object(value) || json_object_size(value) != 3)
		return refuse(r, w, "not an object of tag, wire and data");
	int rc = read_whole(r, w, json_object_get(value, "tag"), WIRE_TAG_MAX, &tag);
	if (rc == OK)
		rc = read_whole(r, w, json_object_get(value, "wire"), WIRE_32BIT, &wire);
	if (rc == OK)
		rc = read_base64(r, w, json_object_get(value, "data"), &data);
	if (rc != OK)
		return rc;
	if (tag == 0 || protobuf_c_message_descriptor_get_field(type, (unsigned)tag) != NULL)
		return refuse(r, w, "a tag of a field that has a name, or none at all");
	struct wire_field field;
	struct bytes rest = message_bytes(data);
	if (wire_value(&rest, (unsigned)wire, &field) != OK || rest.len != 0)
		return refuse(r, w, "data is not one value of that wire type");
	*out = (ProtobufCMessageUnknownField){
		.tag = (uint32_t)tag, .wire_type = (ProtobufCWireType)wire, .len = data.len, .data = data.data
	};
	return OK;
}

static int read_unknown(const struct reader *r, const struct where *w, const json_t *value, ProtobufCMessage *m)
{
	if (!json_is_array(value))
		return refuse(r, w, "not a list");
	size_t count = json_array_size(value);
	if (count > RECORD_LIST_MAX)
		return refuse_code(r, ERR_LIMIT, w, "too many items");
	ProtobufCMessageUnknownField *fields = arena_try(r->arena, count * sizeof *fields);
	if (fields == NULL)
		return too_large(r, w);
	for (size_t i = 0; i < count; i++) {
		struct where item = { .up = w, .index = i };
		int rc = read_unknown_field(r, &item, json_array_get(value, i), m->descriptor, &fields[i]);
		if (rc != OK)
			return rc;
	}
	m->unknown_fields = fields;
	m->n_unknown_fields = (unsigned)count;
	return OK;
}

/* As deep as the schema, which has no recursive type. */
static int read_message(const struct reader *r, const struct where *w, const json_t *value,
                        const ProtobufCMessageDescriptor *type, ProtobufCMessage **out)
{
	if (!json_is_object(value))
		return refuse(r, w, "not an object");
	ProtobufCMessage *m = arena_try(r->arena, type->sizeof_message);
	if (m == NULL)
		return too_large(r, w);
	protobuf_c_message_init(type, m);
	for (void *i = json_object_iter((json_t *)(uintptr_t)value); i != NULL;
	     i = json_object_iter_next((json_t *)(uintptr_t)value, i)) {
		struct where at = { .up = w, .name = json_object_iter_key(i) };
		const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type, at.name);
		int rc;
		if (field != NULL)
			rc = read_field(r, &at, json_object_iter_value(i), field, m);
		else if (strcmp(at.name, JSON_UNKNOWN) == 0)
			rc = read_unknown(r, &at, json_object_iter_value(i), m);
		else
			rc = refuse(r, &at, "not a field of the schema");
		if (rc != OK)
			return rc;
	}
	*out = m;
	return OK;
}

/* ---- text ---------------------------------------------------------------------------------------------------------
 */

bool json_too_deep(struct bytes text)
{
	int depth = 0;
	bool string = false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']'))
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

int json_to_message(const ProtobufCMessageDescriptor *type, struct bytes text, struct arena *arena,
                    ProtobufCMessage **out, struct err *err)
{
	struct reader r = { .arena = arena, .err = err };
	json_error_t why;
	if (text.len == 0)
		return refuse(&r, NULL, "no JSON: empty");
	if (text.len > JSON_MAX)
		return refuse_code(&r, ERR_LIMIT, NULL, "longer than a reader takes");
	if (json_too_deep(text))
		return refuse_code(&r, ERR_LIMIT, NULL, "nested too deep");
	json_t *root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		return err_set(err, ERR_INVALID, "line %d, column %d: %s (clause 3)", why.line, why.column, why.text);
	int rc = read_message(&r, NULL, root, type, out);
	json_decref(root);
	return rc;
}
