#include "proto/message.h"

#include <stdio.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/utf8.h"
#include "proto/wire.h"

enum {
	DEPTH_MAX = 8,   /* of the schemas; they have no recursive type */
	FIELDS_MAX = 64, /* in one message type: one bit each */
};

/* ---- the check before decoding (clause 1)
 * ----------------------------------------------------------------------------
 *
 * protobuf-c gives strings as C strings, where a NUL inside is no longer seen, takes any bytes for UTF-8, and merges
 * what occurs twice.  So the encoded bytes are walked first, by descriptor. */

struct level {
	const ProtobufCMessageDescriptor *type;
	const char *name; /* of the field that holds it */
	struct bytes rest;
	uint64_t seen; /* singular fields met, by index */
};

static int refuse(struct err *err, const struct level *levels, size_t depth, const char *field, const char *reason)
{
	char path[256];
	size_t n = 0;
	for (size_t i = 1; i <= depth; i++)
		n += (size_t)snprintf(path + n, sizeof path - n, "%s.", levels[i].name);
	path[n] = '\0';
	return err_set(err, ERR_INVALID, "%s: %s%s: %s", levels[0].type->short_name, path, field, reason);
}

/* Two readers that resolve a repetition differently would read two records out of the same signed bytes: none is
 * allowed.  Members of a oneof count as one field. */
static bool first_time(struct level *at, const ProtobufCFieldDescriptor *field)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return true;
	uint64_t bits = UINT64_C(1) << (field - at->type->fields);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		for (unsigned i = 0; i < at->type->n_fields; i++)
			if ((at->type->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
			    at->type->fields[i].quantifier_offset == field->quantifier_offset)
				bits |= UINT64_C(1) << i;
	bool first = (at->seen & bits) == 0;
	at->seen |= bits;
	return first;
}

static const char *fault_of(struct level *at, const ProtobufCFieldDescriptor *field, const struct wire_field *w)
{
	if (!first_time(at, field))
		return "occurs twice (clause 1)";
	if (field->type != PROTOBUF_C_TYPE_STRING || w->type != WIRE_BYTES)
		return NULL;
	return utf8_valid(w->content) ? NULL : "not UTF-8, or holds a NUL (clause 1)";
}

static int check(const ProtobufCMessageDescriptor *type, struct bytes raw, struct err *err)
{
	struct level levels[DEPTH_MAX] = { { .type = type, .rest = raw } };
	size_t depth = 0;
	for (;;) {
		struct level *at = &levels[depth];
		must(at->type->n_fields <= FIELDS_MAX);
		if (at->rest.len == 0) {
			if (depth-- == 0)
				return OK;
			continue;
		}
		struct wire_field w;
		if (wire_next(&at->rest, &w) != OK)
			return err_set(err, ERR_INVALID, "%s: not protobuf (clause 1)", type->short_name);
		const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(at->type, w.tag);
		if (field == NULL)
			continue;
		const char *fault = fault_of(at, field, &w);
		if (fault != NULL)
			return refuse(err, levels, depth, field->name, fault);
		if (field->type == PROTOBUF_C_TYPE_MESSAGE && w.type == WIRE_BYTES) {
			must(depth + 1 < DEPTH_MAX);
			levels[++depth] = (struct level){ .type = field->descriptor, .name = field->name, .rest = w.content };
		}
	}
}

/* ---- memory -------------------------------------------------------------------------------------------------------
 */

struct memory {
	struct arena *arena;
	bool full; /* the cap was met: tells "too large" from "not protobuf" */
};

static void *memory_alloc(void *arg, size_t n)
{
	struct memory *m = arg;
	void *place = arena_try(m->arena, n);
	if (place == NULL)
		m->full = true;
	return place;
}

static void memory_free(void *arg, void *place)
{
	(void)arg;
	(void)place; /* ends with the arena */
}

int message_decode(const ProtobufCMessageDescriptor *type, struct bytes raw, struct arena *arena,
                   ProtobufCMessage **out, struct err *err)
{
	static const uint8_t nothing[1];
	if (raw.len > FRAME_MAX)
		return err_set(err, ERR_LIMIT, "%s: %zu bytes, at most %d (clause 1)", type->short_name, raw.len, FRAME_MAX);
	int rc = check(type, raw, err);
	if (rc != OK)
		return rc;
	struct memory memory = { .arena = arena };
	ProtobufCAllocator allocator = { .alloc = memory_alloc, .free = memory_free, .allocator_data = &memory };
	ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, raw.len, raw.len > 0 ? raw.data : nothing);
	if (memory.full)
		return err_set(err, ERR_LIMIT, "%s: needs more memory than a reader gives (clause 1)", type->short_name);
	if (message == NULL)
		return err_set(err, ERR_INVALID, "%s: a field has the wrong wire type (clause 1)", type->short_name);
	*out = message;
	return OK;
}

void message_encode(const ProtobufCMessage *message, struct buf *out)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *place = buf_reserve(out, n);
	must(protobuf_c_message_pack(message, place) == n);
	out->len += n;
}
