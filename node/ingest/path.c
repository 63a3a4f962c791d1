#include "node/ingest/path.h"

#include <string.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "proto/field.h"

static const ProtobufCFieldDescriptor *last(const struct path *f)
{
	return f->steps[f->count - 1];
}

/* ---- finding -------------------------------------------------------------------------------------------------- */

static bool takes_text(const ProtobufCFieldDescriptor *field)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return field->type == PROTOBUF_C_TYPE_STRING;
	return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_ENUM ||
	       field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_BYTES;
}

static int add_step(struct path *f, const ProtobufCFieldDescriptor *field, bool marked, bool ends, struct err *err)
{
	bool message = field->type == PROTOBUF_C_TYPE_MESSAGE;
	bool list = message && field->label == PROTOBUF_C_LABEL_REPEATED;
	if (ends ? message || !takes_text(field) : !message)
		return err_set(err, ERR_INVALID, "%s: a text cannot fill it", f->path);
	if (list != marked)
		return err_set(err, ERR_INVALID, "%s: %s is %s", f->path, field->name,
		               list ? "a list: write [] behind it" : "no list of things with fields: leave [] out");
	if (f->count == PATH_STEPS_MAX || (list && f->item != 0))
		return err_set(err, ERR_INVALID, "%s: a list inside a list", f->path);
	f->steps[f->count++] = field;
	if (list)
		f->item = f->count;
	return OK;
}

int path_find(const ProtobufCMessageDescriptor *type, const char *path, struct path *out, struct err *err)
{
	*out = (struct path){ .path = path };
	for (const char *at = path;;) {
		char name[64];
		size_t len = strcspn(at, ".["), whole = strcspn(at, ".");
		bool marked = whole == len + 2 && memcmp(at + len, "[]", 2) == 0;
		bool ends = at[whole] == '\0';
		if (len == 0 || len >= sizeof name || (whole != len && !marked))
			return err_set(err, ERR_INVALID, "%.200s: not the path of a field", path);
		memcpy(name, at, len);
		name[len] = '\0';
		const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type, name);
		if (field == NULL)
			return err_set(err, ERR_INVALID, "%.200s: there is no field %s", path, name);
		int rc = add_step(out, field, marked, ends, err);
		if (rc != OK || ends)
			return rc;
		type = field->descriptor;
		at += whole + 1;
	}
}

bool path_is_code(const struct path *f)
{
	return last(f)->type == PROTOBUF_C_TYPE_ENUM;
}

bool path_is_list(const struct path *f)
{
	return last(f)->label == PROTOBUF_C_LABEL_REPEATED;
}

/* ---- setting -------------------------------------------------------------------------------------------------- */

static void *member(ProtobufCMessage *m, unsigned offset)
{
	return (char *)m + offset;
}

static ProtobufCMessage *make(const ProtobufCMessageDescriptor *type, struct arena *arena)
{
	ProtobufCMessage *m = arena_get(arena, type->sizeof_message);
	protobuf_c_message_init(type, m);
	return m;
}

/* One more pointer at the end of a list: its room is the next power of two. */
static bool append(const ProtobufCFieldDescriptor *field, ProtobufCMessage *m, void *item, struct arena *arena)
{
	size_t *count = member(m, field->quantifier_offset);
	void ***list = member(m, field->offset);
	if (*count == RECORD_LIST_MAX)
		return false;
	if ((*count & (*count - 1)) == 0) {
		void **more = arena_array(arena, *count == 0 ? 1 : *count * 2, sizeof *more);
		if (*count > 0)
			memcpy(more, *list, *count * sizeof *more);
		*list = more;
	}
	(*list)[(*count)++] = item;
	return true;
}

const ProtobufCMessageDescriptor *path_item_type(const struct path *f, const ProtobufCMessageDescriptor *root)
{
	size_t holder = f->item > 0 ? f->item : f->count - 1;
	return holder > 0 ? f->steps[holder - 1]->descriptor : root;
}

ProtobufCMessage *path_place(const struct path *f, ProtobufCMessage *root, struct arena *arena, ProtobufCMessage **item)
{
	ProtobufCMessage *at = root, *made = NULL;
	for (size_t i = 0; i + 1 < f->count; i++) {
		const ProtobufCFieldDescriptor *step = f->steps[i];
		if (i + 1 == f->item) {
			made = make(step->descriptor, arena);
			if (!append(step, at, made, arena))
				return NULL;
			at = made;
			continue;
		}
		ProtobufCMessage **inner = member(at, step->offset);
		if (*inner == NULL)
			*inner = make(step->descriptor, arena);
		at = *inner;
	}
	*item = made != NULL ? made : at;
	return at;
}

static int set_number(void *at, struct bytes value, struct err *err)
{
	uint64_t number = 0;
	if (value.len == 0 || value.len > 18)
		return err_set(err, ERR_INVALID, "not a number");
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return err_set(err, ERR_INVALID, "not a number");
		number = number * 10 + (uint64_t)(value.data[i] - '0');
	}
	*(uint64_t *)at = number;
	return OK;
}

static int set_hex(ProtobufCBinaryData *at, struct bytes value, struct arena *arena, struct err *err)
{
	at->len = value.len / 2;
	at->data = arena_get(arena, at->len + 1);
	for (size_t i = 0; i < value.len; i += 2) {
		int high = hex_value(value.data[i]), low = i + 1 < value.len ? hex_value(value.data[i + 1]) : -1;
		if (high < 0 || low < 0)
			return err_set(err, ERR_INVALID, "not hexadecimal digits");
		at->data[i / 2] = (uint8_t)(high << 4 | low);
	}
	return OK;
}

int path_set(const struct path *f, ProtobufCMessage *at, struct bytes value, struct arena *arena, struct err *err)
{
	const ProtobufCFieldDescriptor *field = last(f);
	void *place = member(at, field->offset);
	char *text = arena_strn(arena, value.data, value.len);
	int code, rc = OK;
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return append(field, at, text, arena) ? OK : err_set(err, ERR_LIMIT, "more than %d values", RECORD_LIST_MAX);
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(char **)place = text;
		return OK;
	case PROTOBUF_C_TYPE_ENUM:
		code = code_of_word(field->descriptor, text);
		if (code == 0)
			return err_set(err, ERR_INVALID, "a word that is not in the list");
		*(int *)place = code;
		break;
	case PROTOBUF_C_TYPE_UINT64:
		rc = set_number(place, value, err);
		break;
	default:
		rc = set_hex(place, value, arena, err);
	}
	if (rc == OK)
		*(protobuf_c_boolean *)member(at, field->quantifier_offset) = 1;
	return rc;
}

bool path_is_set(const struct path *f, const ProtobufCMessage *root)
{
	const char *at = (const char *)root;
	for (size_t i = 0; i < f->count; i++) {
		const ProtobufCFieldDescriptor *step = f->steps[i];
		if (step->label == PROTOBUF_C_LABEL_REPEATED)
			return *(const size_t *)(const void *)(at + step->quantifier_offset) > 0;
		if (step->type != PROTOBUF_C_TYPE_STRING && step->type != PROTOBUF_C_TYPE_MESSAGE)
			return *(const protobuf_c_boolean *)(const void *)(at + step->quantifier_offset) != 0;
		at = *(const char *const *)(const void *)(at + step->offset);
		if (at == NULL)
			return false;
	}
	return true;
}
