/* checkpoint: what a log's head looks like, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/note.h"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void checkpoints_that_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
		size_t extensions;
	} good[] = {
		{ "a\n0\n" ROOT, 0, 0 },
		{ "a\n18446744073709551615\n" ROOT, UINT64_MAX, 0 },
		{ "an origin with spaces + more\n1\n" ROOT, 1, 0 },
		{ "a\n1\n" ROOT "extension\n", 1, 1 },
		{ "a\n1\n" ROOT "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", 1, 13 },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct checkpoint c;
		assert_int_equal(checkpoint_parse(bytes_str(good[i].text), &c, NULL), OK);
		assert_int_equal(c.size, good[i].size);
		assert_int_equal(c.extensions, good[i].extensions);
		assert_int_equal(c.root.b[0], 0x0a);
	}
}

static void checkpoints_that_are_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *words;
	} bad[] = {
		{ "", ERR_INVALID, "origin" },
		{ "\n1\n" ROOT, ERR_INVALID, "origin" },
		{ "a", ERR_INVALID, "origin" },
		{ "a\n", ERR_INVALID, "size" },
		{ "a\n\n" ROOT, ERR_INVALID, "size" },
		{ "a\n01\n" ROOT, ERR_INVALID, "size" },
		{ "a\n00\n" ROOT, ERR_INVALID, "size" },
		{ "a\n-1\n" ROOT, ERR_INVALID, "size" },
		{ "a\n+1\n" ROOT, ERR_INVALID, "size" },
		{ "a\n 1\n" ROOT, ERR_INVALID, "size" },
		{ "a\n1 \n" ROOT, ERR_INVALID, "size" },
		{ "a\n0x1\n" ROOT, ERR_INVALID, "size" },
		{ "a\n1e3\n" ROOT, ERR_INVALID, "size" },
		{ "a\n18446744073709551616\n" ROOT, ERR_INVALID, "size" },
		{ "a\n28446744073709551615\n" ROOT, ERR_INVALID, "size" },
		{ "a\n99999999999999999999\n" ROOT, ERR_INVALID, "size" },
		{ "a\n100000000000000000000\n" ROOT, ERR_INVALID, "size" },
		{ "a\n1\n", ERR_INVALID, "root" },
		{ "a\n1\n\n", ERR_INVALID, "root" },
		{ "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", ERR_INVALID, "root" },
		{ "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", ERR_INVALID, "root" },
		{ "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2Ix\n", ERR_INVALID, "root" },
		{ "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", ERR_INVALID, "root" },
		{ "a\n1\n " ROOT, ERR_INVALID, "root" },
		{ "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", ERR_INVALID, "root" },
		{ "a\n1\n" ROOT "\n", ERR_INVALID, "extension" },
		{ "a\n1\n" ROOT "x\n\ny\n", ERR_INVALID, "extension" },
		{ "a\n1\n" ROOT "x", ERR_INVALID, "last line" },
		{ "a\n1\n" ROOT "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n", ERR_LIMIT, "lines" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct checkpoint c;
		struct err err = { 0 };
		assert_int_equal(checkpoint_parse(bytes_str(bad[i].text), &c, &err), bad[i].code);
		assert_non_null(strstr(err.text, "tlog-checkpoint: "));
		if (strstr(err.text, bad[i].words) == NULL)
			fail_msg("expected '%s', got '%s'", bad[i].words, err.text);
	}
	struct buf b = { 0 };
	struct checkpoint c;
	for (size_t i = 0; i <= NAME_MAX_BYTES; i++)
		buf_add_char(&b, 'o');
	buf_add_str(&b, "\n1\n" ROOT);
	assert_int_equal(checkpoint_parse(buf_bytes(&b), &c, NULL), ERR_LIMIT);
	buf_free(&b);
	assert_int_equal(checkpoint_parse(bytes_of(NULL, 0), &c, NULL), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints_that_are_read),
		cmocka_unit_test(checkpoints_that_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
