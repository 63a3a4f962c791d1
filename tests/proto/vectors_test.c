/* vectors: records of every kind in files, good ones and bad ones with the field and the reason of their refusal; and
 * the examples of the specification.  Run from the top of the tree. */
#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>

#include "proto/designator.h"
#include "proto/field.h"
#include "tests/proto/kit.h"

#define GOOD "tests/vectors/good"
#define BAD "tests/vectors/bad"
#define SPECIFICATION "proto/KINDS.md"

enum { NAMES_MAX = 64, BAD_MIN = 10, GOOD_MIN = 2 };

/* ---- files ---- */

struct names {
	char *v[NAMES_MAX];
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct names list(const char *folder)
{
	struct names n = { 0 };
	DIR *d = opendir(folder);
	if (d == NULL)
		fail_msg("%s: cannot be listed", folder);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.') {
			assert_true(n.count < NAMES_MAX);
			n.v[n.count++] = strdup(e->d_name);
		}
	closedir(d);
	qsort(n.v, n.count, sizeof *n.v, compare);
	return n;
}

static void names_free(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->v[i]);
}

static json_t *load(const char *path)
{
	json_error_t why;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		fail_msg("%s: line %d: %s", path, why.line, why.text);
	return root;
}

static char *dump(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);
	assert_non_null(text);
	return text;
}

/* ---- good ones ---- */

static void check_bytes(const Normlink__Record *r, struct arena *arena, const char *where)
{
	struct buf raw = { 0 }, json = { 0 }, again = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	Normlink__Record *back = NULL;
	struct designator d;
	if (record_encode(r, &raw, &err) != OK || record_decode(buf_bytes(&raw), arena, &back, &err) != OK)
		fail_msg("%s: %s", where, err.text);
	json_of_message(&back->base, &json);
	if (json_to_message(&normlink__record__descriptor, buf_bytes(&json), arena, &m, &err) != OK)
		fail_msg("%s: %s\n%s", where, err.text, buf_str(&json));
	assert_int_equal(record_encode((Normlink__Record *)m, &again, &err), OK);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	assert_int_equal(record_subject((int)r->kind, r->subject, &d, &err), OK);
	assert_string_equal(d.canonical, r->subject);
	buf_free(&raw);
	buf_free(&json);
	buf_free(&again);
}

/* With fields of a later version at the top and in the body, it is as valid, and keeps them. */
static void check_unknown(Normlink__Record *r, struct arena *arena, const char *where)
{
	static uint8_t value[] = { 2, 'h', 'i' };
	const ProtobufCFieldDescriptor *body =
	    protobuf_c_message_descriptor_get_field_by_name(&normlink__record__descriptor, kind_word((int)r->kind));
	ProtobufCMessage *m = *(ProtobufCMessage *const *)field_item(&r->base, body, 0);
	ProtobufCMessageUnknownField outer = { .tag = 200, .wire_type = 2, .len = sizeof value, .data = value };
	ProtobufCMessageUnknownField inner = { .tag = 99, .wire_type = 2, .len = sizeof value, .data = value };
	struct buf raw = { 0 };
	struct err err = { 0 };
	Normlink__Record *back = NULL;
	r->base.unknown_fields = &outer;
	m->unknown_fields = &inner;
	r->base.n_unknown_fields = m->n_unknown_fields = 1;
	check_bytes(r, arena, where);
	assert_int_equal(record_encode(r, &raw, &err), OK);
	assert_int_equal(record_decode(buf_bytes(&raw), arena, &back, &err), OK);
	m = *(ProtobufCMessage *const *)field_item(&back->base, body, 0);
	assert_int_equal(back->base.n_unknown_fields, 1);
	assert_int_equal(m->n_unknown_fields, 1);
	assert_memory_equal(m->unknown_fields[0].data, value, sizeof value);
	buf_free(&raw);
}

static int check_good(const json_t *value, const char *where)
{
	struct arena arena = { 0 };
	char *text = dump(value);
	Normlink__Record *r = kit_record(&arena, text);
	check_bytes(r, &arena, where);
	check_unknown(r, &arena, where);
	int kind = (int)r->kind;
	free(text);
	arena_free(&arena);
	return kind;
}

/* The kinds that files are called by: a correction and a retraction are of any. */
static bool named_so(const char *file, int kind)
{
	size_t n = strcspn(file, ".");
	const char *word = kind_word(kind);
	return (strlen(word) == n && strncmp(file, word, n) == 0) || strncmp(file, "correction", n) == 0 ||
	       strncmp(file, "retraction", n) == 0;
}

static void good_records_keep_their_bytes(void **state)
{
	struct names files = list(GOOD);
	uint32_t kinds = 0;
	for (size_t i = 0; i < files.count; i++) {
		char path[128];
		(void)snprintf(path, sizeof path, GOOD "/%s", files.v[i]);
		json_t *root = load(path);
		assert_true(json_array_size(root) >= GOOD_MIN);
		for (size_t n = 0; n < json_array_size(root); n++) {
			int kind = check_good(json_array_get(root, n), path);
			if (!named_so(files.v[i], kind))
				fail_msg("%s: a record of another kind", path);
			kinds |= kind < KIND_LOG_FIRST ? UINT32_C(1) << kind : 0;
		}
		json_decref(root);
	}
	assert_int_equal(kinds, 0xfffe);
	assert_int_equal(files.count, 15 + 5);
	names_free(&files);
}

/* ---- bad ones ---- */

static void check_bad(const char *path)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct buf raw = { 0 };
	ProtobufCMessage *m = NULL;
	json_t *root = load(path);
	const char *field = json_string_value(json_object_get(root, "field"));
	const char *reason = json_string_value(json_object_get(root, "reason"));
	char *text = dump(json_object_get(root, "record"));
	assert_non_null(field);
	assert_non_null(reason);
	int rc = json_to_message(&normlink__record__descriptor, bytes_str(text), &arena, &m, &err);
	if (rc == OK)
		rc = record_encode((Normlink__Record *)m, &raw, &err);
	if (rc != ERR_INVALID && rc != ERR_LIMIT)
		fail_msg("%s: passed", path);
	char expected[ERR_TEXT_MAX];
	(void)snprintf(expected, sizeof expected, "%s: %s (clause ", field, reason);
	if (strncmp(err.text, expected, strlen(expected)) != 0)
		fail_msg("%s: expected \"%s\", not \"%s\"", path, expected, err.text);
	assert_int_equal(raw.len, 0);
	free(text);
	json_decref(root);
	arena_free(&arena);
}

static void bad_records_are_refused_by_field_and_reason(void **state)
{
	struct names good = list(GOOD);
	size_t count = 0;
	for (size_t i = 0; i < good.count; i++) {
		char folder[64], path[160];
		(void)snprintf(folder, sizeof folder, BAD "/%.*s", (int)strcspn(good.v[i], "."), good.v[i]);
		struct names files = list(folder);
		if (files.count < BAD_MIN)
			fail_msg("%s: %zu bad records, at least %d are wanted", folder, files.count, BAD_MIN);
		for (size_t n = 0; n < files.count; n++) {
			(void)snprintf(path, sizeof path, "%s/%s", folder, files.v[n]);
			check_bad(path);
			count++;
		}
		names_free(&files);
	}
	print_message("%zu bad records\n", count);
	names_free(&good);
}

/* ---- the specification's examples ---- */

static void the_examples_of_the_specification_are_valid(void **state)
{
	struct buf text = { 0 };
	char line[1024];
	uint64_t kinds = 0;
	bool inside = false;
	FILE *f = fopen(SPECIFICATION, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (!inside && strcmp(line, "```json\n") == 0) {
			inside = true;
			buf_reset(&text);
		} else if (inside && strcmp(line, "```\n") == 0) {
			json_error_t why;
			json_t *root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &why);
			if (root == NULL)
				fail_msg("%s:%s", why.text, buf_str(&text));
			int kind = check_good(root, buf_str(&text));
			kinds |= UINT64_C(1) << (kind < KIND_LOG_FIRST ? kind : kind - KIND_LOG_FIRST + 32);
			json_decref(root);
			inside = false;
		} else if (inside) {
			buf_add_str(&text, line);
		}
	}
	(void)fclose(f);
	buf_free(&text);
	assert_false(inside);
	/* The fifteen, authority and submitter. */
	assert_int_equal(kinds, 0xfffe | (UINT64_C(3) << (32 + 105 - KIND_LOG_FIRST)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_records_keep_their_bytes),
		cmocka_unit_test(bad_records_are_refused_by_field_and_reason),
		cmocka_unit_test(the_examples_of_the_specification_are_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
