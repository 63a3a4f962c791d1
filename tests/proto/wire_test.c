/* wire: fields without a schema. */
#include "proto/wire.h"
#include "tests/proto/kit.h"

static void fields_are_taken_one_by_one(void **state)
{
	static const uint8_t raw[] = { 0x08, 0x96, 0x01,                           /* 1: 150 */
		                           0x12, 0x02, 'h',  'i',                      /* 2: "hi" */
		                           0x19, 1,    2,    3,    4,    5,   6, 7, 8, /* 3: 64 bits */
		                           0x25, 1,    2,    3,    4,                  /* 4: 32 bits */
		                           0xfa, 0xff, 0xff, 0xff, 0x0f, 0x00 };       /* 2^29 - 1: "" */
	static const struct {
		uint32_t tag;
		enum wire_type type;
		size_t raw, content;
	} expected[] = { { 1, WIRE_VARINT, 2, 2 },
		             { 2, WIRE_BYTES, 3, 2 },
		             { 3, WIRE_64BIT, 8, 8 },
		             { 4, WIRE_32BIT, 4, 4 },
		             { WIRE_TAG_MAX, WIRE_BYTES, 1, 0 } };
	struct bytes rest = bytes_of(raw, sizeof raw);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct wire_field f;
		assert_int_equal(wire_next(&rest, &f), OK);
		assert_int_equal(f.tag, expected[i].tag);
		assert_int_equal(f.type, expected[i].type);
		assert_int_equal(f.raw.len, expected[i].raw);
		assert_int_equal(f.content.len, expected[i].content);
	}
	assert_int_equal(rest.len, 0);
}

/* Every field, cut anywhere, is refused; the bytes behind the cut are not looked at. */
static void a_field_that_is_cut_is_refused(void **state)
{
	static const struct bytes whole[] = { { (const uint8_t *)"\x08\x96\x01", 3 },
		                                  { (const uint8_t *)"\x12\x02hi", 4 },
		                                  { (const uint8_t *)"\x12\x01x", 3 },
		                                  { (const uint8_t *)"\x19\x01\x02\x03\x04\x05\x06\x07\x08", 9 },
		                                  { (const uint8_t *)"\x25\x01\x02\x03\x04", 5 },
		                                  { (const uint8_t *)"\xfa\xff\xff\xff\x0f\x00", 6 },
		                                  { (const uint8_t *)"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 } };
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		struct wire_field f;
		for (size_t n = 0; n <= whole[i].len; n++) {
			struct bytes rest = bytes_of(whole[i].data, n);
			assert_int_equal(wire_next(&rest, &f), n < whole[i].len ? ERR_INVALID : OK);
		}
	}
}

static void a_length_counts_from_behind_itself(void **state)
{
	struct wire_field f;
	for (unsigned len = 0; len < 128; len++) {
		uint8_t raw[130] = { (uint8_t)len };
		struct bytes rest = bytes_of(raw, 1 + len);
		assert_int_equal(wire_value(&rest, WIRE_BYTES, &f), OK);
		assert_int_equal(f.content.len, len);
		rest = bytes_of(raw, len);
		assert_int_equal(wire_value(&rest, WIRE_BYTES, &f), ERR_INVALID);
	}
	struct bytes huge = bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01xyz", 13);
	assert_int_equal(wire_value(&huge, WIRE_BYTES, &f), ERR_INVALID);
}

static void what_does_not_exist_is_refused(void **state)
{
	struct wire_field f;
	for (unsigned type = 0; type < 8; type++) {
		uint8_t raw[10] = { (uint8_t)(8 | type), 1, 1, 1, 1, 1, 1, 1, 1, 1 };
		struct bytes rest = bytes_of(raw, sizeof raw);
		bool good = type == WIRE_VARINT || type == WIRE_64BIT || type == WIRE_BYTES || type == WIRE_32BIT;
		assert_int_equal(wire_next(&rest, &f), good ? OK : ERR_INVALID);
		raw[0] = (uint8_t)type; /* tag 0 */
		rest = bytes_of(raw, sizeof raw);
		assert_int_equal(wire_next(&rest, &f), ERR_INVALID);
	}
	struct bytes large = bytes_of("\x80\x80\x80\x80\x10\x00", 6); /* tag 2^29 */
	assert_int_equal(wire_next(&large, &f), ERR_INVALID);
	struct bytes longest = bytes_of("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12);
	assert_int_equal(wire_next(&longest, &f), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_taken_one_by_one),
		cmocka_unit_test(a_field_that_is_cut_is_refused),
		cmocka_unit_test(a_length_counts_from_behind_itself),
		cmocka_unit_test(what_does_not_exist_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
