/* message: bytes in, inside limits; what is refused before decoding. */
#include "node/base/limits.h"
#include "proto/message.h"
#include "proto/wire.h"
#include "tests/proto/kit.h"

static void add_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_add_char(b, (char)(0x80 | (v & 0x7f)));
	buf_add_char(b, (char)v);
}

static void add_bytes(struct buf *b, unsigned tag, struct bytes content)
{
	add_varint(b, (uint64_t)tag << 3 | WIRE_BYTES);
	add_varint(b, content.len);
	buf_add_bytes(b, content);
}

static void add_number(struct buf *b, unsigned tag, uint64_t v)
{
	add_varint(b, (uint64_t)tag << 3 | WIRE_VARINT);
	add_varint(b, v);
}

static struct buf good(void)
{
	struct arena arena = { 0 };
	struct buf out = { 0 };
	message_encode(&kit_record(&arena, kit_good)->base, &out);
	arena_free(&arena);
	return out;
}

static int decode(struct bytes raw, size_t cap, struct err *err)
{
	struct arena arena = { .cap = cap };
	ProtobufCMessage *m = NULL;
	int rc = message_decode(&normlink__record__descriptor, raw, &arena, &m, err);
	assert_true((rc == OK) == (m != NULL));
	arena_free(&arena);
	return rc;
}

static void encode_and_decode_agree(void **state)
{
	struct buf raw = good(), again = { 0 };
	struct arena arena = { 0 };
	ProtobufCMessage *m = NULL;
	assert_int_equal(message_decode(&normlink__record__descriptor, buf_bytes(&raw), &arena, &m, NULL), OK);
	message_encode(m, &again);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	arena_free(&arena);
	buf_free(&raw);
	buf_free(&again);
}

static void nothing_is_an_empty_message(void **state)
{
	assert_int_equal(decode(bytes_of(NULL, 0), 0, NULL), OK);
}

/* A message cut anywhere inside its fields is not a message; at a boundary between fields it is another one. */
static void every_prefix_is_read_or_refused(void **state)
{
	struct buf raw = good();
	size_t refused = 0;
	for (size_t n = 0; n < raw.len; n++) {
		struct err err = { 0 };
		int rc = decode(bytes_of(raw.data, n), 0, &err);
		assert_true(rc == OK || rc == ERR_INVALID);
		refused += rc != OK;
	}
	assert_true(refused > raw.len - 20);
	buf_free(&raw);
}

static void every_cap_below_what_is_needed_is_a_limit(void **state)
{
	struct buf raw = good();
	add_number(&raw, 2000, 7);
	add_bytes(&raw, 2001, bytes_str("kept"));
	bool fits = false;
	size_t cap = 1;
	for (; !fits; cap++) {
		struct err err = { 0 };
		int rc = decode(buf_bytes(&raw), cap, &err);
		assert_true(rc == OK || rc == ERR_LIMIT);
		fits = rc == OK;
	}
	assert_true(cap > raw.len);
	assert_int_equal(decode(buf_bytes(&raw), cap + 1, NULL), OK);
	buf_free(&raw);
}

static void small_bytes_that_grow_large_meet_the_cap(void **state)
{
	struct buf raw = { 0 };
	while (raw.len < 400 * 1000)
		add_bytes(&raw, 3, bytes_of(NULL, 0));
	struct err err = { 0 };
	assert_int_equal(decode(buf_bytes(&raw), 4 * 1024 * 1024, &err), ERR_LIMIT);
	kit_expect_text(&err, "memory");
	buf_reset(&raw);
	while (raw.len <= FRAME_MAX)
		add_bytes(&raw, 3, bytes_of(NULL, 0));
	assert_int_equal(decode(buf_bytes(&raw), 0, &err), ERR_LIMIT);
	kit_expect_text(&err, "at most");
	buf_free(&raw);
}

static void unknown_fields_are_kept(void **state)
{
	struct buf raw = { 0 }, again = { 0 };
	struct arena arena = { 0 };
	ProtobufCMessage *m = NULL;
	add_bytes(&raw, 2, bytes_str("x"));
	add_number(&raw, 99, 300);
	add_bytes(&raw, 1000, bytes_str("later"));
	add_number(&raw, 99, 1);
	assert_int_equal(message_decode(&normlink__record__descriptor, buf_bytes(&raw), &arena, &m, NULL), OK);
	assert_int_equal(m->n_unknown_fields, 3);
	message_encode(m, &again);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	arena_free(&arena);
	buf_free(&raw);
	buf_free(&again);
}

static void expect_invalid(struct buf *raw, const char *part)
{
	struct err err = { 0 };
	assert_int_equal(decode(buf_bytes(raw), 0, &err), ERR_INVALID);
	kit_expect_text(&err, part);
	buf_free(raw);
}

static void strings_are_utf8_without_nul_at_every_depth(void **state)
{
	static const struct bytes bad[] = { { (const uint8_t *)"a\0b", 3 },
		                                { (const uint8_t *)"\0", 1 },
		                                { (const uint8_t *)"\xff", 1 },
		                                { (const uint8_t *)"\xed\xa0\x80", 3 } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf raw = { 0 }, inner = { 0 }, middle = { 0 };
		add_bytes(&raw, 2, bad[i]);
		expect_invalid(&raw, "Record: subject: not UTF-8");
		add_bytes(&inner, 2, bad[i]);
		add_bytes(&raw, 3, bytes_of(NULL, 0));
		add_bytes(&raw, 3, buf_bytes(&inner));
		expect_invalid(&raw, "Record: texts.lang: not UTF-8");
		add_bytes(&middle, 11, buf_bytes(&inner));
		add_bytes(&raw, 16, buf_bytes(&middle));
		expect_invalid(&raw, "Record: standard.links.target: not UTF-8");
		buf_reset(&middle);
		add_bytes(&middle, 6, bytes_str("03"));
		add_bytes(&middle, 6, bad[i]);
		add_bytes(&raw, 16, buf_bytes(&middle));
		expect_invalid(&raw, "Record: standard.ics: not UTF-8");
		buf_free(&inner);
		buf_free(&middle);
	}
}

static void a_singular_field_occurs_once(void **state)
{
	struct buf raw = { 0 };
	add_bytes(&raw, 2, bytes_str("a"));
	add_bytes(&raw, 2, bytes_str("b"));
	expect_invalid(&raw, "subject: occurs twice");
	add_number(&raw, 1, 1);
	add_number(&raw, 1, 1);
	expect_invalid(&raw, "kind: occurs twice");
	add_bytes(&raw, 16, bytes_of(NULL, 0));
	add_bytes(&raw, 16, bytes_of(NULL, 0));
	expect_invalid(&raw, "standard: occurs twice");
}

static void a_oneof_has_one_member(void **state)
{
	struct buf raw = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	add_bytes(&raw, 11, bytes_of(NULL, 0));
	add_bytes(&raw, 12, bytes_of(NULL, 0));
	assert_int_equal(message_decode(&normlink__frame__descriptor, buf_bytes(&raw), &arena, &m, &err), ERR_INVALID);
	kit_expect_text(&err, "pong: occurs twice");
	arena_free(&arena);
	buf_free(&raw);
}

static void what_is_not_protobuf_is_refused(void **state)
{
	static const struct {
		struct bytes raw;
		const char *why;
	} bad[] = {
		{ { (const uint8_t *)"\x00\x00", 2 }, "tag 0" },
		{ { (const uint8_t *)"\x13", 1 }, "a group begins" },
		{ { (const uint8_t *)"\x14", 1 }, "a group ends" },
		{ { (const uint8_t *)"\x16\x00", 2 }, "wire type 6" },
		{ { (const uint8_t *)"\x17\x00", 2 }, "wire type 7" },
		{ { (const uint8_t *)"\x12\x05"
		                     "abc",
		    5 },
		  "cut short" },
		{ { (const uint8_t *)"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 }, "a length near 2^64" },
		{ { (const uint8_t *)"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 }, "eleven bytes of length" },
		{ { (const uint8_t *)"\x08\x80", 2 }, "a varint without its end" },
		{ { (const uint8_t *)"\xf9\x7f\x01\x02", 4 }, "eight bytes, cut short" },
		{ { (const uint8_t *)"\xfd\x7f\x01\x02", 4 }, "four bytes, cut short" },
		{ { (const uint8_t *)"\x80\x80\x80\x80\x80\x01\x00", 7 }, "a tag above 2^29" },
		{ { (const uint8_t *)"\x10\x01", 2 }, "a number where the subject is" },
		{ { (const uint8_t *)"\x0a\x01x", 3 }, "a string where the kind is" },
		{ { (const uint8_t *)"\x18\x01", 2 }, "a number where a text is" },
		{ { (const uint8_t *)"\x1a\x02\x12\x05", 4 }, "a text whose inside is cut short" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		if (decode(bad[i].raw, 0, &err) != ERR_INVALID)
			fail_msg("taken: %s", bad[i].why);
		kit_expect_text(&err, "Record: ");
	}
}

static void damaged_messages_do_no_harm(void **state)
{
	struct buf raw = good();
	uint64_t seed = 42;
	size_t refused = 0;
	for (int i = 0; i < 20000; i++) {
		struct buf copy = { 0 };
		buf_add_bytes(&copy, buf_bytes(&raw));
		for (size_t k = 0; k <= kit_below(&seed, 3); k++)
			copy.data[kit_below(&seed, copy.len)] = (uint8_t)kit_random(&seed);
		int rc = decode(buf_bytes(&copy), 256 * 1024, NULL);
		assert_true(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
		refused += rc != OK;
		buf_free(&copy);
	}
	assert_true(refused > 1000);
	buf_free(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encode_and_decode_agree),
		cmocka_unit_test(nothing_is_an_empty_message),
		cmocka_unit_test(every_prefix_is_read_or_refused),
		cmocka_unit_test(every_cap_below_what_is_needed_is_a_limit),
		cmocka_unit_test(small_bytes_that_grow_large_meet_the_cap),
		cmocka_unit_test(unknown_fields_are_kept),
		cmocka_unit_test(strings_are_utf8_without_nul_at_every_depth),
		cmocka_unit_test(a_singular_field_occurs_once),
		cmocka_unit_test(a_oneof_has_one_member),
		cmocka_unit_test(what_is_not_protobuf_is_refused),
		cmocka_unit_test(damaged_messages_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
