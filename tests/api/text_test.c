/* text: columns, wrapping, and nothing that a terminal would obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/text.h"

static void widths(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{ "", 0 },     { "abc", 3 }, { "质量管理", 8 },  { "GB/T 质", 7 },  { "か\xe3\x82\x99", 2 },
		{ "한국", 4 }, { "é", 1 },   { "e\xcc\x81", 1 }, { "ＧＢ", 4 },     { "ｱ", 1 },
		{ "𠀀", 2 },   { "—", 1 },   { "\xff\xfe", 2 },  { "\xe8\xb4", 2 }, { "\x1b[31m", 5 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(text_width(bytes_str(cases[i].text)), cases[i].width);
}

static void harmful_characters_are_shown_not_obeyed(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "a\x1b[2Jb", "a�[2Jb" },
		{ "a\nb\tc\r\n", "a b c  " },
		{ "\x7f\x08", "��" },
		{ "\xc2\x9b"
		  "31m",
		  "�31m" },
		{ "a\xe2\x80\xae"
		  "b",
		  "a�b" },
		{ "\xe2\x81\xa6x", "�x" },
		{ "\xff", "�" },
		{ "\xed\xa0\x80", NULL },
		{ "\xef\xbb\xbfx", "�x" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = { 0 };
		text_put(&out, cases[i].text);
		if (cases[i].shown != NULL)
			assert_string_equal(buf_str(&out), cases[i].shown);
		buf_free(&out);
	}
}

static void padding_counts_columns(void **state)
{
	(void)state;
	struct buf out = { 0 };
	text_pad(&out, "质量", 6);
	text_pad(&out, "toolong", 3);
	assert_string_equal(buf_str(&out), "质量  toolong");
	buf_free(&out);
}

static void wrapping(void **state)
{
	(void)state;
	struct buf out = { 0 };
	text_wrap(&out, "one two three four five six seven eight", 2, 22);
	assert_string_equal(buf_str(&out), "one two three four\n  five six seven eight\n");
	buf_reset(&out);
	/* Ten wide characters to a line of twenty columns; no blank to break at. */
	text_wrap(&out, "质量管理体系要求质量管理体系要求", 0, 20);
	assert_string_equal(buf_str(&out), "质量管理体系要求质量\n管理体系要求\n");
	buf_reset(&out);
	text_wrap(&out, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 20);
	assert_string_equal(buf_str(&out), "aaaaaaaaaaaaaaaaaaaa\naaaaaaaaaa\n");
	buf_reset(&out);
	text_wrap(&out, "", 4, 40);
	assert_string_equal(buf_str(&out), "\n");
	buf_free(&out);
}

/* Whatever the bytes: every line fits, and the end is reached. */
static void wrapping_any_bytes(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (int round = 0; round < 2000; round++) {
		char text[64] = { 0 };
		struct buf out = { 0 };
		for (size_t i = 0; i < sizeof text - 1; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24 | 1);
		}
		text_wrap(&out, text, 0, 24);
		struct bytes rest = buf_bytes(&out);
		while (rest.len > 0) {
			const uint8_t *lf = memchr(rest.data, '\n', rest.len);
			assert_non_null(lf);
			size_t len = (size_t)(lf - rest.data);
			assert_true(text_width(bytes_of(rest.data, len)) <= 24);
			rest = bytes_of(rest.data + len + 1, rest.len - len - 1);
		}
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(harmful_characters_are_shown_not_obeyed),
		cmocka_unit_test(padding_counts_columns),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(wrapping_any_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
