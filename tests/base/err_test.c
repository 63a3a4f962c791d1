/* err: codes, texts and the exit codes that scripts rely on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/err.h"
#include "node/base/log.h"

static void set_gives_the_code_back(void **state)
{
	struct err e = { 0 };
	assert_int_equal(err_set(&e, ERR_LIMIT, "%d bytes", 7), ERR_LIMIT);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.text, "7 bytes");
	assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
}

static void text_is_one_printable_line(void **state)
{
	struct err e = { 0 };
	(void)err_set(&e, ERR_INVALID,
	              "\xc2\x9b"
	              "31m \xc2\xa0 \xe8\xc2\x9b");
	assert_string_equal(e.text, "??31m \xc2\xa0 \xe8??");
	(void)err_set(&e, ERR_INVALID, "a\nb\x1b[31mc");
	assert_string_equal(e.text, "a?b?[31mc");
}

static void long_text_is_cut_between_characters(void **state)
{
	char text[3 * ERR_TEXT_MAX + 1];
	for (size_t i = 0; i < ERR_TEXT_MAX; i++)
		memcpy(text + 3 * i, "\xe8\xb4\xa8", 3);
	text[3 * ERR_TEXT_MAX] = '\0';
	for (size_t shift = 0; shift < 3; shift++) {
		struct err e = { 0 };
		(void)err_set(&e, ERR_INVALID, "%.*s%s", (int)shift, "xxx", text);
		assert_true(strlen(e.text) < ERR_TEXT_MAX);
		assert_int_equal((strlen(e.text) - shift) % 3, 0);
	}
}

static void wrap_puts_context_before(void **state)
{
	struct err e = { 0 };
	int rc = err_set(&e, ERR_NOT_FOUND, "no such file");
	assert_int_equal(err_wrap(&e, rc, "reading %s", "x.card"), ERR_NOT_FOUND);
	assert_string_equal(e.text, "reading x.card: no such file");
}

static void errno_becomes_a_code(void **state)
{
	struct err e = { 0 };
	assert_int_equal(err_errno(&e, ENOSPC, "write"), ERR_FULL);
	assert_int_equal(err_errno(&e, ENOENT, "open"), ERR_NOT_FOUND);
	assert_int_equal(err_errno(&e, EACCES, "open"), ERR_IO);
	assert_non_null(strstr(e.text, "open: "));
}

static void exit_codes_are_stable(void **state)
{
	assert_int_equal(err_exit(OK), 0);
	assert_int_equal(err_exit(ERR_NOT_FOUND), 1);
	assert_int_equal(err_exit(ERR_UNTRUSTED), 1);
	assert_int_equal(err_exit(ERR_USAGE), 2);
	assert_int_equal(err_exit(ERR_INVALID), 3);
	assert_int_equal(err_exit(ERR_FULL), 4);
	assert_int_equal(err_exit(ERR_PROTOCOL), 5);
	assert_int_equal(err_exit(12345), 70);
	for (int code = OK; code < ERR_CODES; code++)
		assert_string_not_equal(err_name(code), "unknown");
	assert_string_equal(err_name(-1), "unknown");
}

static void log_values_cannot_forge_a_line(void **state)
{
	char out[64];
	assert_string_equal(log_value("plain", out, sizeof out), "plain");
	assert_string_equal(log_value("", out, sizeof out), "\"\"");
	assert_string_equal(log_value("a\nlevel=info", out, sizeof out), "\"a\\x0alevel=info\"");
	assert_string_equal(log_value("say \"x\"", out, sizeof out), "\"say \\\"x\\\"\"");
	char tiny[8];
	(void)log_value("a very long value", tiny, sizeof tiny);
	assert_true(strlen(tiny) < sizeof tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_gives_the_code_back),
		cmocka_unit_test(text_is_one_printable_line),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(wrap_puts_context_before),
		cmocka_unit_test(errno_becomes_a_code),
		cmocka_unit_test(exit_codes_are_stable),
		cmocka_unit_test(log_values_cannot_forge_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
