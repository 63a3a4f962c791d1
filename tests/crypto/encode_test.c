/* encode: one text for each run of bytes, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"

static void base64_vectors(void **state)
{
	/* RFC 4648 section 10. */
	static const char *const pairs[][2] = { { "", "" },
		                                    { "f", "Zg==" },
		                                    { "fo", "Zm8=" },
		                                    { "foo", "Zm9v" },
		                                    { "foob", "Zm9vYg==" },
		                                    { "fooba", "Zm9vYmE=" },
		                                    { "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf text = { 0 }, data = { 0 };
		base64_add(&text, bytes_str(pairs[i][0]));
		assert_string_equal(buf_str(&text), pairs[i][1]);
		assert_int_equal(base64_decode(bytes_str(pairs[i][1]), &data), OK);
		assert_true(bytes_equal(buf_bytes(&data), bytes_str(pairs[i][0])));
		buf_free(&text);
		buf_free(&data);
	}
}

/* Every byte in every place, appended after what is there. */
static void round_trips(void **state)
{
	uint8_t all[256 + 2];
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof all; len++) {
		struct buf text = { 0 }, data = { 0 };
		buf_add_str(&data, "kept");
		base64_add(&text, bytes_of(all, len));
		assert_int_equal(text.len, (len + 2) / 3 * 4);
		assert_int_equal(base64_decode(buf_bytes(&text), &data), OK);
		hex_add(&data, bytes_of(all, len));
		struct buf back = { 0 };
		assert_int_equal(hex_decode(bytes_of(data.data + 4 + len, 2 * len), &back), OK);
		assert_true(bytes_equal(buf_bytes(&back), bytes_of(all, len)));
		assert_memory_equal(data.data, "kept", 4);
		if (len > 0)
			assert_memory_equal(data.data + 4, all, len);
		buf_free(&text);
		buf_free(&data);
		buf_free(&back);
	}
}

static void base64_that_is_refused(void **state)
{
	static const char *const bad[] = {
		"Z",    "Zg",     "Zg=",      "Z===",        "====",     "=",       "Zh==", /* the last: trailing bits */
		"Zm9=", "Zm8=Zg", "Zg==Zg==", "Zm8=Zm9v",    "Zm9v\n",   " Zm9v",   "Zm 9", "Zm9v    ",
		"Zm-_", "Zm9v=",  "Zm9v====", "Zm9\xc3\xa9", "Zg=\x3d=", "Zm9vZm9", "Z=g=",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = { 0 };
		buf_add_str(&out, "kept");
		assert_int_equal(base64_decode(bytes_str(bad[i]), &out), ERR_INVALID);
		assert_true(bytes_equal(buf_bytes(&out), bytes_str("kept")));
		buf_free(&out);
	}
	struct buf out = { 0 };
	assert_int_equal(base64_decode(bytes_of("Zm\0v", 4), &out), ERR_INVALID);
	buf_free(&out);
}

/* A text is read only when it is what its bytes are written as: all 64^2 * 65 ways to end. */
static void only_the_canonical_form_is_read(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t taken = 0;
	for (size_t a = 0; a < 65; a++) {
		for (size_t b = 0; b < 65; b++) {
			char text[5] = { 'Q', alphabet[a], alphabet[b], '=', '\0' };
			struct buf data = { 0 }, again = { 0 };
			if (base64_decode(bytes_str(text), &data) == OK) {
				base64_add(&again, buf_bytes(&data));
				assert_string_equal(buf_str(&again), text);
				taken++;
			}
			buf_free(&data);
			buf_free(&again);
		}
	}
	/* Two bytes: 10 free bits after Q's six.  One byte: two free bits. */
	assert_int_equal(taken, 1024 + 4);
}

static void hex_that_is_refused(void **state)
{
	static const char *const bad[] = { "0", "0g", "AB", "aB", "0x", " 1", "1 ", "12\n", "\xc3\xa9", "--" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = { 0 };
		buf_add_str(&out, "kept");
		assert_int_equal(hex_decode(bytes_str(bad[i]), &out), ERR_INVALID);
		assert_true(bytes_equal(buf_bytes(&out), bytes_str("kept")));
		buf_free(&out);
	}
}

static void what_is_utf8(void **state)
{
	static const char *const good[] = { "",
		                                "a",
		                                "\x7f",
		                                "\xc2\x80",
		                                "\xdf\xbf",
		                                "\xe0\xa0\x80",
		                                "\xed\x9f\xbf",
		                                "\xee\x80\x80",
		                                "\xef\xbf\xbf",
		                                "\xf0\x90\x80\x80",
		                                "\xf4\x8f\xbf\xbf",
		                                "质量 — ok" };
	static const char *const bad[] = {
		"\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",     "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xff",         "\xc2",         "\xe4\xb8",         "\xf0\x90\x80",     "\xc2\xc2\x80",     "a\xe4\xb8",
		"\xe4\xb8z"
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(text_is_utf8(bytes_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(text_is_utf8(bytes_str(bad[i])));
	assert_true(text_is_utf8(bytes_of("\0", 1)));
	assert_true(text_is_utf8(bytes_of(NULL, 0)));
}

static void random_bytes_differ(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	random_fill(a, sizeof a);
	random_fill(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

static void a_secret_is_freed_once(void **state)
{
	struct buf b = { 0 };
	secret_free(&b);
	secret_free(NULL);
	buf_add_str(&b, "secret");
	secret_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	secret_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_vectors),         cmocka_unit_test(round_trips),
		cmocka_unit_test(base64_that_is_refused), cmocka_unit_test(only_the_canonical_form_is_read),
		cmocka_unit_test(hex_that_is_refused),    cmocka_unit_test(what_is_utf8),
		cmocka_unit_test(random_bytes_differ),    cmocka_unit_test(a_secret_is_freed_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
