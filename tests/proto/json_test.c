/* json: records both ways without loss, what is refused, and the writer. */
#include "node/base/limits.h"
#include "proto/json.h"
#include "tests/proto/kit.h"

/* ---- random records ---- */

struct maker {
	uint64_t seed;
	struct arena arena;
};

static char *random_string(struct maker *m)
{
	static const char *const pieces[] = { "a",
		                                  "Z9",
		                                  " ",
		                                  "\"",
		                                  "\\",
		                                  "/",
		                                  "\n",
		                                  "\t",
		                                  "\x01",
		                                  "\x1f",
		                                  "\x7f",
		                                  "é",
		                                  "质量",
		                                  "が",
		                                  "\xf0\x9f\x98\x80",
		                                  "\xe2\x80\xa8",
		                                  "<&>",
		                                  "{}[],:" };
	struct buf b = { 0 };
	for (size_t n = kit_below(&m->seed, 12); n > 0; n--)
		buf_add_str(&b, pieces[kit_below(&m->seed, sizeof pieces / sizeof *pieces)]);
	char *text = arena_strn(&m->arena, b.data, b.len);
	buf_free(&b);
	return text;
}

static ProtobufCBinaryData random_bytes(struct maker *m)
{
	size_t n = kit_below(&m->seed, 20);
	uint8_t *data = arena_get(&m->arena, n + 1);
	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)kit_random(&m->seed);
	return (ProtobufCBinaryData){ .len = n, .data = data };
}

static void fill(struct maker *m, ProtobufCMessage *message);

static void random_value(struct maker *m, const ProtobufCFieldDescriptor *field, void *at)
{
	const ProtobufCEnumDescriptor *list = field->descriptor;
	ProtobufCMessage *inner;
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(char **)at = random_string(m);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		*(ProtobufCBinaryData *)at = random_bytes(m);
		return;
	case PROTOBUF_C_TYPE_ENUM:
		*(int *)at = kit_below(&m->seed, 5) == 0 ? (int)(int32_t)kit_random(&m->seed)
		                                         : list->values[kit_below(&m->seed, list->n_values)].value;
		return;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)at = (uint32_t)kit_random(&m->seed);
		return;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)at = kit_random(&m->seed) >> kit_below(&m->seed, 64);
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		inner = arena_get(&m->arena, ((const ProtobufCMessageDescriptor *)field->descriptor)->sizeof_message);
		protobuf_c_message_init(field->descriptor, inner);
		fill(m, inner);
		*(ProtobufCMessage **)at = inner;
		return;
	default:
		fail_msg("field type %d", (int)field->type);
	}
}

static size_t size_of(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_BYTES                                           ? sizeof(ProtobufCBinaryData)
	       : field->type == PROTOBUF_C_TYPE_ENUM || field->type == PROTOBUF_C_TYPE_UINT32 ? 4
	                                                                                      : 8;
}

static void random_list(struct maker *m, const ProtobufCFieldDescriptor *field, char *base)
{
	size_t count = kit_below(&m->seed, 4), size = size_of(field);
	char *items = arena_array(&m->arena, count, size);
	for (size_t i = 0; i < count; i++)
		random_value(m, field, items + i * size);
	*(char **)(void *)(base + field->offset) = items;
	*(size_t *)(void *)(base + field->quantifier_offset) = count;
}

/* Unknown fields of each wire type, under tags that no schema uses. */
static void random_unknown(struct maker *m, ProtobufCMessage *message)
{
	static const struct {
		ProtobufCWireType type;
		const char *data;
		size_t len;
	} values[] = { { PROTOBUF_C_WIRE_TYPE_VARINT, "\x80\x80\x01", 3 },
		           { PROTOBUF_C_WIRE_TYPE_VARINT, "\x80\x00", 2 }, /* not the shortest, and kept */
		           { PROTOBUF_C_WIRE_TYPE_64BIT, "12345678", 8 },
		           { PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, "\x03\x00\xff\x80", 4 },
		           { PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, "\x00", 1 },
		           { PROTOBUF_C_WIRE_TYPE_32BIT, "1234", 4 } };
	size_t count = kit_below(&m->seed, 3);
	message->n_unknown_fields = (unsigned)count;
	message->unknown_fields = arena_array(&m->arena, count, sizeof *message->unknown_fields);
	for (size_t i = 0; i < count; i++) {
		size_t v = kit_below(&m->seed, sizeof values / sizeof *values);
		message->unknown_fields[i] = (ProtobufCMessageUnknownField){
			.tag = 100 + (uint32_t)kit_below(&m->seed, 1000000),
			.wire_type = values[v].type,
			.len = values[v].len,
			.data = (uint8_t *)arena_strn(&m->arena, values[v].data, values[v].len),
		};
	}
}

static void fill(struct maker *m, ProtobufCMessage *message)
{
	char *base = (char *)message;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			random_list(m, field, base);
			continue;
		}
		uint32_t *which = (uint32_t *)(void *)(base + field->quantifier_offset);
		bool oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
		if (kit_below(&m->seed, 3) == 0 || (oneof && *which != 0))
			continue;
		if (oneof)
			*which = field->id;
		else if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
			*(protobuf_c_boolean *)(void *)(base + field->quantifier_offset) = 1;
		random_value(m, field, base + field->offset);
	}
	random_unknown(m, message);
}

static void check_round_trip(const ProtobufCMessageDescriptor *type, uint64_t seed)
{
	struct maker m = { .seed = seed };
	struct buf raw = { 0 }, json = { 0 }, raw_again = { 0 }, json_again = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *made = arena_get(&m.arena, type->sizeof_message), *back = NULL, *decoded = NULL;
	protobuf_c_message_init(type, made);
	fill(&m, made);
	message_encode(made, &raw);
	json_of_message(made, &json);
	if (json_to_message(type, buf_bytes(&json), &m.arena, &back, &err) != OK)
		fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, err.text, buf_str(&json));
	message_encode(back, &raw_again);
	if (!bytes_equal(buf_bytes(&raw), buf_bytes(&raw_again)))
		fail_msg("seed %llu: other bytes\n%s", (unsigned long long)seed, buf_str(&json));
	assert_int_equal(message_decode(type, buf_bytes(&raw), &m.arena, &decoded, &err), OK);
	json_of_message(decoded, &json_again);
	assert_string_equal(buf_str(&json), buf_str(&json_again));
	assert_null(memchr(json.data, '\n', json.len));
	buf_free(&raw);
	buf_free(&json);
	buf_free(&raw_again);
	buf_free(&json_again);
	arena_free(&m.arena);
}

static void any_message_goes_out_and_in_unchanged(void **state)
{
	for (uint64_t seed = 1; seed <= 2000; seed++)
		check_round_trip(&normlink__record__descriptor, seed);
	for (uint64_t seed = 1; seed <= 500; seed++) {
		check_round_trip(&normlink__frame__descriptor, seed);
		check_round_trip(&normlink__signed_record__descriptor, seed);
		check_round_trip(&normlink__envelope__descriptor, seed);
	}
}

static void a_record_looks_as_people_write_it(void **state)
{
	struct arena arena = { 0 };
	struct buf out = { 0 };
	json_of_message(&kit_record(&arena, kit_good)->base, &out);
	assert_string_equal(buf_str(&out), kit_good);
	arena_free(&arena);
	buf_free(&out);
}

/* ---- what is refused ---- */

static int read(struct bytes text, struct err *err)
{
	struct arena arena = { 0 };
	ProtobufCMessage *m = NULL;
	int rc = json_to_message(&normlink__record__descriptor, text, &arena, &m, err);
	assert_true((rc == OK) == (m != NULL));
	arena_free(&arena);
	return rc;
}

static void bad_json_names_the_place(void **state)
{
	static const char *const bad[][2] = {
		{ "", "empty" },
		{ " ", "line 1" },
		{ "nul", "line 1" },
		{ "[]", "not an object (clause 3)" },
		{ "\"x\"", "line 1" },
		{ "{\"kind\":\"standard\"", "line 1" },
		{ "{\"kind\":\"standard\"} x", "line 1" },
		{ "{\"kind\":\"standard\"}{}", "line 1" },
		{ "{\"kind\":\"standard\",\"kind\":\"standard\"}", "duplicate" },
		{ "{\n\"subject\":\"a\\u0000b\"}", "line 2" },
		{ "{\"subject\":\"\\ud800\"}", "line 1" },
		{ "{\"subject\":\"\xff\"}", "line 1" },
		{ "{\"subject\":\"a\nb\"}", "line 1" },
		{ "{'subject':1}", "line 1" },
		{ "{\"subject\":1}", "subject: not a string (clause 3)" },
		{ "{\"subject\":null}", "subject: not a string" },
		{ "{\"colour\":1}", "colour: not a field of the schema" },
		{ "{\"Kind\":\"standard\"}", "Kind: not a field" },
		{ "{\"kind\":\"Standard\"}", "kind: a word that is not in the list" },
		{ "{\"kind\":\"KIND_STANDARD\"}", "kind: a word" },
		{ "{\"kind\":1.5}", "kind: not a word" },
		{ "{\"kind\":true}", "kind: not a word" },
		{ "{\"kind\":2147483648}", "kind: not a word" },
		{ "{\"kind\":99999999999999999999}", "line 1" },
		{ "{\"texts\":{}}", "texts: not a list" },
		{ "{\"texts\":[{},{\"lang\":7}]}", "texts[1].lang: not a string" },
		{ "{\"texts\":[[]]}", "texts[0]: not an object" },
		{ "{\"standard\":{\"links\":[{\"target\":\"x\"},{\"type\":\"worse-than\"}]}}",
		  "standard.links[1].type: a word" },
		{ "{\"standard\":{\"ics\":[\"03\",3]}}", "standard.ics[1]: not a string" },
		{ "{\"standard\":[]}", "standard: not an object" },
		{ "{\"_unknown\":{}}", "_unknown: not a list" },
		{ "{\"_unknown\":[1]}", "_unknown[0]: not an object of tag, wire and data" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0}]}", "_unknown[0]: not an object of" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0,\"dta\":\"AQ==\"}]}", "_unknown[0]: not base64" },
		{ "{\"_unknown\":[{\"tag\":0,\"wire\":0,\"data\":\"AQ==\"}]}", "none at all" },
		{ "{\"_unknown\":[{\"tag\":2,\"wire\":2,\"data\":\"AA==\"}]}", "a field that has a name" },
		{ "{\"_unknown\":[{\"tag\":536870912,\"wire\":0,\"data\":\"AQ==\"}]}", "too large" },
		{ "{\"_unknown\":[{\"tag\":-1,\"wire\":0,\"data\":\"AQ==\"}]}", "not a whole number" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":3,\"data\":\"AQ==\"}]}", "not one value" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":6,\"data\":\"AQ==\"}]}", "too large" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"AQE=\"}]}", "not one value" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"gA==\"}]}", "not one value" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"\"}]}", "not one value" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":2,\"data\":\"BQE=\"}]}", "not one value" },
		{ "{\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"A Q=\"}]}", "not base64" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		if (read(bytes_str(bad[i][0]), &err) != ERR_INVALID)
			fail_msg("taken: %s", bad[i][0]);
		kit_expect_text(&err, bad[i][1]);
		kit_expect_text(&err, "(clause 3)");
	}
}

static void numbers_stay_within_their_type(void **state)
{
	static const char *const bad[] = { "{\"version\":-1}",           "{\"version\":4294967296}",
		                               "{\"version\":\"x\"}",        "{\"time_ms\":\"18446744073709551616\"}",
		                               "{\"time_ms\":\"01\"}",       "{\"time_ms\":\"\"}",
		                               "{\"time_ms\":\" 1\"}",       "{\"time_ms\":1e3}",
		                               "{\"payload_digest\":\"x\"}", "{\"payload_digest\":7}" };
	struct arena arena = { 0 };
	ProtobufCMessage *m = NULL;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (json_to_message(&normlink__envelope__descriptor, bytes_str(bad[i]), &arena, &m, NULL) != ERR_INVALID)
			fail_msg("%s", bad[i]);
	assert_int_equal(json_to_message(&normlink__envelope__descriptor,
	                                 bytes_str("{\"version\":4294967295,\"time_ms\":\"18446744073709551615\"}"), &arena,
	                                 &m, NULL),
	                 OK);
	assert_true(((Normlink__Envelope *)m)->time_ms == UINT64_MAX);
	struct buf out = { 0 };
	json_of_message(m, &out);
	assert_string_equal(buf_str(&out), "{\"version\":4294967295,\"time_ms\":\"18446744073709551615\"}");
	buf_free(&out);
	arena_free(&arena);
}

static void a_oneof_takes_one(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	assert_int_equal(json_to_message(&normlink__frame__descriptor, bytes_str("{\"id\":1,\"ping\":{},\"pong\":{}}"),
	                                 &arena, &m, &err),
	                 ERR_INVALID);
	kit_expect_text(&err, "pong: stands beside another");
	arena_free(&arena);
}

static void depth_and_size_have_limits(void **state)
{
	struct buf text = { 0 };
	struct err err = { 0 };
	for (int depth = 1; depth <= 200000; depth = depth < 40 ? depth + 1 : depth * 10) {
		buf_reset(&text);
		for (int i = 0; i < depth; i++)
			buf_add_char(&text, i % 2 ? '{' : '[');
		int rc = read(buf_bytes(&text), &err);
		assert_int_equal(rc, depth <= JSON_DEPTH_MAX ? ERR_INVALID : ERR_LIMIT);
	}
	/* Brackets inside strings are no levels, and an escaped quote does not end one. */
	assert_int_equal(read(bytes_str("{\"subject\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[\"}"), &err), OK);
	buf_reset(&text);
	buf_add_str(&text, "{\"subject\":\"");
	while (text.len <= JSON_MAX)
		buf_add_char(&text, 'x');
	buf_add_str(&text, "\"}");
	assert_int_equal(read(buf_bytes(&text), &err), ERR_LIMIT);
	buf_reset(&text);
	buf_add_str(&text, "{\"texts\":[{}");
	for (int i = 0; i < RECORD_LIST_MAX; i++)
		buf_add_str(&text, ",{}");
	buf_add_str(&text, "]}");
	assert_int_equal(read(buf_bytes(&text), &err), ERR_LIMIT);
	kit_expect_text(&err, "texts: too many items");
	buf_free(&text);
}

static void every_cap_below_what_is_needed_is_a_limit(void **state)
{
	static const char text[] = "{\"subject\":\"abc\",\"texts\":[{\"value\":\"x\"}],\"standard\":{\"ics\":[\"03\"]},"
	                           "\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"AQ==\"}]}";
	int rc = ERR_LIMIT;
	for (size_t cap = 1; rc != OK; cap++) {
		struct arena arena = { .cap = cap };
		ProtobufCMessage *m = NULL;
		rc = json_to_message(&normlink__record__descriptor, bytes_str(text), &arena, &m, NULL);
		assert_true(rc == OK || rc == ERR_LIMIT);
		arena_free(&arena);
	}
}

static void every_prefix_is_refused(void **state)
{
	for (size_t n = 0; n < sizeof kit_good - 1; n++)
		assert_int_equal(read(bytes_of(kit_good, n), NULL), ERR_INVALID);
	assert_int_equal(read(bytes_str(kit_good), NULL), OK);
}

/* ---- the writer ---- */

static void the_writer_sets_commas(void **state)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };
	json_object_begin(&j);
	json_key(&j, "a");
	json_array_begin(&j);
	json_u64(&j, UINT64_MAX);
	json_i64(&j, INT64_MIN);
	json_array_begin(&j);
	json_array_end(&j);
	json_object_begin(&j);
	json_object_end(&j);
	json_array_end(&j);
	json_key(&j, "b\"");
	json_bool(&j, true);
	json_key(&j, "c");
	json_nothing(&j);
	json_key(&j, "d");
	json_text(&j, NULL);
	json_key(&j, "e");
	json_raw(&j, bytes_str("[1,2]"));
	json_key(&j, "f");
	json_text(&j, "");
	json_object_end(&j);
	assert_string_equal(buf_str(&out), "{\"a\":[18446744073709551615,-9223372036854775808,[],{}],\"b\\\"\":true,"
	                                   "\"c\":null,\"d\":null,\"e\":[1,2],\"f\":\"\"}");
	buf_free(&out);
}

static void the_writer_escapes(void **state)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };
	json_bytes(&j, bytes_of("\"\\/\b\f\n\r\t\0\x01\x1f\x7f质", 15));
	assert_string_equal(buf_str(&out), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\x7f质\"");
	buf_reset(&out);
	j.comma = false;
	json_bytes(&j, bytes_str("a\xff\xe8\xb4z\xed\xa0\x80\xc0\xaf"));
	assert_string_equal(buf_str(&out), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"
	                                   "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_message_goes_out_and_in_unchanged),
		cmocka_unit_test(a_record_looks_as_people_write_it),
		cmocka_unit_test(bad_json_names_the_place),
		cmocka_unit_test(numbers_stay_within_their_type),
		cmocka_unit_test(a_oneof_takes_one),
		cmocka_unit_test(depth_and_size_have_limits),
		cmocka_unit_test(every_cap_below_what_is_needed_is_a_limit),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(the_writer_sets_commas),
		cmocka_unit_test(the_writer_escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
