/* utf8: what is and what is not. */
#include "proto/utf8.h"
#include "tests/proto/kit.h"

static void every_code_goes_out_and_in(void **state)
{
	char out[UTF8_MAX];
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		uint32_t back = ~c;
		size_t n = utf8_write(c, out);
		if (utf8_read(bytes_of(out, n), &back) != n || back != c)
			fail_msg("U+%04X", (unsigned)c);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(utf8_read(bytes_of(out, cut), &back), 0);
		if (utf8_valid(bytes_of(out, n)) != (c != 0))
			fail_msg("U+%04X valid", (unsigned)c);
	}
}

static void bad_bytes_are_found_at_every_place(void **state)
{
	static const char *const bad[] = {
		"\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xc2",
		"\xc2\x41",     "\xe0\x9f\xbf", "\xe0\xa0",         "\xed\xa0\x80",     "\xed\xbf\xbf",
		"\xe4\xb8",     "\xe4\xb8\xc0", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80",     "\xf4\x90\x80\x80",
		"\xf5\x80\x80", "\xff",         "\xfe\xff",         "\xf0\x9f\x98\x41", "\xf8\x88\x80\x80\x80",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		for (size_t before = 0; before < 20; before++)
			for (size_t after = 0; after < 20; after++) {
				uint8_t text[64];
				size_t n = strlen(bad[i]);
				memset(text, 'a', sizeof text);
				memcpy(text + before, bad[i], n);
				if (utf8_valid(bytes_of(text, before + n + after)))
					fail_msg("bad[%zu] after %zu before %zu", i, before, after);
			}
}

static void a_nul_is_found_at_every_place(void **state)
{
	uint8_t text[40];
	for (size_t len = 1; len <= sizeof text; len++)
		for (size_t at = 0; at < len; at++) {
			memset(text, 'a', sizeof text);
			assert_true(utf8_valid(bytes_of(text, len)));
			text[at] = 0;
			assert_false(utf8_valid(bytes_of(text, len)));
		}
}

static void what_is_cut_ends_with_a_character(void **state)
{
	struct bytes text = bytes_str("a\xc3\xa9\xe8\xb4\xa8\xf0\x9f\x98\x80");
	static const size_t kept[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };
	for (size_t max = 0; max < sizeof kept / sizeof *kept; max++)
		assert_int_equal(utf8_cut(text, max), kept[max]);
	assert_int_equal(utf8_cut(bytes_of(NULL, 0), 3), 0);
}

static void nothing_is_valid(void **state)
{
	assert_true(utf8_valid(bytes_of(NULL, 0)));
	assert_true(utf8_valid(bytes_str("质量管理体系 ÀÉ \xf0\x9f\x98\x80 ok")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_goes_out_and_in),
		cmocka_unit_test(bad_bytes_are_found_at_every_place),
		cmocka_unit_test(a_nul_is_found_at_every_place),
		cmocka_unit_test(what_is_cut_ends_with_a_character),
		cmocka_unit_test(nothing_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
