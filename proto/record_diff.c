#include "proto/record_diff.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/must.h"
#include "proto/field.h"
#include "proto/json.h"
#include "proto/json_map.h"

struct walk {
	struct arena arena;
	struct buf path, before, after;
	difference_cb note_cb;
	void *arg;
};

/* ---- one difference ---- */

/* Makes room for a name behind the path; gives the length to go back to. */
static size_t path_name(struct walk *w, const char *name)
{
	size_t back = w->path.len;
	buf_printf(&w->path, "%s%s", back > 0 ? "." : "", name);
	return back;
}

static size_t path_index(struct walk *w, size_t index)
{
	size_t back = w->path.len;
	buf_printf(&w->path, "[%zu]", index);
	return back;
}

static void give(struct walk *w)
{
	struct difference d = { .path = buf_str(&w->path), .before = buf_bytes(&w->before), .after = buf_bytes(&w->after) };
	w->note_cb(w->arg, &d);
}

/* NULL: it is not there. */
static void report(struct walk *w, const ProtobufCFieldDescriptor *field, const void *before, const void *after)
{
	buf_reset(&w->before);
	buf_reset(&w->after);
	if (before != NULL)
		json_of_item(field, before, &w->before);
	if (after != NULL)
		json_of_item(field, after, &w->after);
	give(w);
}

/* ---- items of lists ---- */

struct item {
	struct bytes raw; /* its value */
	struct bytes key; /* what it speaks of; empty: itself alone */
	size_t index;
	const void *at;
	bool matched;
};

static struct bytes packed_of(struct walk *w, const ProtobufCMessage *m)
{
	struct buf packed = { 0 };
	message_encode(m, &packed);
	struct bytes copy = arena_bytes(&w->arena, buf_bytes(&packed));
	buf_free(&packed);
	return copy;
}

/* The bytes of a value: two are the same when these are.  In the walk's arena, or where the value lies. */
static struct bytes raw_of(struct walk *w, const ProtobufCFieldDescriptor *field, const void *at)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return bytes_str(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return message_bytes(*(const ProtobufCBinaryData *)at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return packed_of(w, *(const ProtobufCMessage *const *)at);
	default:
		return bytes_of(at, field_size(field));
	}
}

/* The fields by which two items are about the same. */
static const struct {
	const ProtobufCMessageDescriptor *type;
	const char *fields[2];
} keys[] = {
	{ &normlink__text__descriptor, { "role", "lang" } },      { &normlink__event__descriptor, { "type", "stage" } },
	{ &normlink__adopts__descriptor, { "target" } },          { &normlink__adopted__descriptor, { "target" } },
	{ &normlink__deviation__descriptor, { "clause" } },       { &normlink__compared__descriptor, { "indicator" } },
	{ &normlink__cited__descriptor, { "target", "clause" } }, { &normlink__claim__descriptor, { "indicator" } },
	{ &normlink__party__descriptor, { "origin" } },           { &normlink__body__code__descriptor, { "scheme" } },
};

static struct bytes key_of(struct walk *w, const ProtobufCFieldDescriptor *list, const void *at)
{
	struct buf key = { 0 };
	for (size_t k = 0; list->type == PROTOBUF_C_TYPE_MESSAGE && k < sizeof keys / sizeof *keys; k++) {
		if (keys[k].type != list->descriptor)
			continue;
		const ProtobufCMessage *m = *(const ProtobufCMessage *const *)at;
		for (size_t f = 0; f < 2 && keys[k].fields[f] != NULL; f++) {
			const ProtobufCFieldDescriptor *field =
			    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, keys[k].fields[f]);
			must(field != NULL);
			if (field_count(m, field) > 0)
				buf_add_bytes(&key, raw_of(w, field, field_item(m, field, 0)));
			buf_add_char(&key, '\0');
		}
	}
	struct bytes copy = arena_bytes(&w->arena, buf_bytes(&key));
	buf_free(&key);
	return copy;
}

static struct item *items_of(struct walk *w, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field,
                             size_t count)
{
	struct item *items = arena_array(&w->arena, count + 1, sizeof *items);
	for (size_t i = 0; i < count; i++) {
		const void *at = field_item(m, field, i);
		items[i] = (struct item){ .raw = raw_of(w, field, at), .key = key_of(w, field, at), .index = i, .at = at };
	}
	return items;
}

static int compare_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_index(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	return (a->index > b->index) - (a->index < b->index);
}

static int by_raw(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = compare_bytes(a->raw, b->raw);
	return order != 0 ? order : by_index(left, right);
}

/* Those that are matched stand last. */
static int by_key(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	if (a->matched != b->matched)
		return a->matched ? 1 : -1;
	int order = compare_bytes(a->key, b->key);
	return order != 0 ? order : by_index(left, right);
}

/* ---- two messages ---- */

static void compare_message(struct walk *w, const ProtobufCMessage *a, const ProtobufCMessage *b);

static void compare_item(struct walk *w, const ProtobufCFieldDescriptor *field, const void *a, const void *b)
{
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		compare_message(w, *(const ProtobufCMessage *const *)a, *(const ProtobufCMessage *const *)b);
	else if (!bytes_equal(raw_of(w, field, a), raw_of(w, field, b)))
		report(w, field, a, b);
}

static void report_item(struct walk *w, const ProtobufCFieldDescriptor *field, size_t index, const void *a,
                        const void *b)
{
	size_t back = path_index(w, index);
	if (a != NULL && b != NULL)
		compare_item(w, field, a, b);
	else
		report(w, field, a, b);
	w->path.len = back;
}

struct list {
	struct item *v;
	size_t count;
};

static void sort(struct list l, int (*order)(const void *, const void *))
{
	if (l.count > 1)
		qsort(l.v, l.count, sizeof *l.v, order);
}

/* Items that are the same, wherever they stand. */
static void match_same(struct list a, struct list b)
{
	sort(a, by_raw);
	sort(b, by_raw);
	for (size_t i = 0, j = 0; i < a.count && j < b.count;) {
		int order = compare_bytes(a.v[i].raw, b.v[j].raw);
		if (order == 0)
			a.v[i].matched = b.v[j].matched = true;
		i += order <= 0;
		j += order >= 0;
	}
}

/* Of the rest, items that speak of the same: what changed in them. */
static void compare_related(struct walk *w, const ProtobufCFieldDescriptor *field, struct list a, struct list b)
{
	sort(a, by_key);
	sort(b, by_key);
	for (size_t i = 0, j = 0; i < a.count && j < b.count && !a.v[i].matched && !b.v[j].matched;) {
		int order = compare_bytes(a.v[i].key, b.v[j].key);
		if (order == 0 && a.v[i].key.len > 0) {
			a.v[i].matched = b.v[j].matched = true;
			report_item(w, field, b.v[j].index, a.v[i].at, b.v[j].at);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void compare_set(struct walk *w, const ProtobufCFieldDescriptor *field, struct list a, struct list b)
{
	match_same(a, b);
	compare_related(w, field, a, b);
	sort(a, by_index);
	sort(b, by_index);
	for (size_t i = 0; i < a.count; i++)
		if (!a.v[i].matched)
			report_item(w, field, i, a.v[i].at, NULL);
	for (size_t i = 0; i < b.count; i++)
		if (!b.v[i].matched)
			report_item(w, field, i, NULL, b.v[i].at);
}

static void compare_sequence(struct walk *w, const ProtobufCFieldDescriptor *field, struct list a, struct list b)
{
	for (size_t i = 0; i < a.count || i < b.count; i++)
		report_item(w, field, i, i < a.count ? a.v[i].at : NULL, i < b.count ? b.v[i].at : NULL);
}

static bool is_sequence(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_MESSAGE && field->descriptor == &normlink__step__descriptor;
}

static void compare_list(struct walk *w, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *a,
                         const ProtobufCMessage *b)
{
	struct list before = { .count = field_count(a, field) }, after = { .count = field_count(b, field) };
	before.v = items_of(w, a, field, before.count);
	after.v = items_of(w, b, field, after.count);
	if (is_sequence(field))
		compare_sequence(w, field, before, after);
	else
		compare_set(w, field, before, after);
}

static void compare_field(struct walk *w, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *a,
                          const ProtobufCMessage *b)
{
	bool before = field_count(a, field) > 0, after = field_count(b, field) > 0;
	if (!before && !after)
		return;
	size_t back = path_name(w, field->name);
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		compare_list(w, field, a, b);
	else if (before && after)
		compare_item(w, field, field_item(a, field, 0), field_item(b, field, 0));
	else
		report(w, field, before ? field_item(a, field, 0) : NULL, after ? field_item(b, field, 0) : NULL);
	w->path.len = back;
}

static void compare_unknown(struct walk *w, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	buf_reset(&w->before);
	buf_reset(&w->after);
	if (a->n_unknown_fields > 0)
		json_of_unknown(a, &w->before);
	if (b->n_unknown_fields > 0)
		json_of_unknown(b, &w->after);
	if (bytes_equal(buf_bytes(&w->before), buf_bytes(&w->after)))
		return;
	size_t back = path_name(w, JSON_UNKNOWN);
	give(w);
	w->path.len = back;
}

/* As deep as the schema, which has no recursive type. */
static void compare_message(struct walk *w, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	must(a->descriptor == b->descriptor);
	for (unsigned i = 0; i < a->descriptor->n_fields; i++)
		compare_field(w, &a->descriptor->fields[i], a, b);
	compare_unknown(w, a, b);
}

void record_diff(const ProtobufCMessage *before, const ProtobufCMessage *after, difference_cb note_cb, void *arg)
{
	struct walk w = { .note_cb = note_cb, .arg = arg };
	compare_message(&w, before, after);
	buf_free(&w.path);
	buf_free(&w.before);
	buf_free(&w.after);
	arena_free(&w.arena);
}
