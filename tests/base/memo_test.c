/* memo: what is kept is given as it was, what was asked for lately outlives the rest, and there is an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/memo.h"

enum { BYTES = 64 * 1024, PIECE = 1024 };

static void keep(struct memo *m, uint64_t key, const char *a, const char *b)
{
	const struct bytes parts[] = { bytes_str(a), bytes_str(b) };
	memo_keep(m, key, parts, 2);
}

static bool gives(struct memo *m, uint64_t key, const char *what)
{
	struct bytes out;
	return memo_find(m, key, &out) && bytes_equal(out, bytes_str(what));
}

static void as_it_was(void **state)
{
	struct memo *m = memo_new(BYTES, PIECE);
	assert_false(gives(m, 0, ""));
	keep(m, 0, "no", "ught");
	keep(m, 1, "one", "");
	keep(m, 2, "", "two");
	keep(m, 3, "", "");
	assert_true(gives(m, 0, "nought"));
	assert_true(gives(m, 1, "one"));
	assert_true(gives(m, 2, "two"));
	assert_false(gives(m, 3, ""));
	keep(m, 1, "another", "");
	assert_true(gives(m, 1, "another"));
	memo_forget(m);
	assert_false(gives(m, 1, "another"));
	keep(m, 1, "one", "");
	assert_true(gives(m, 1, "one"));
	memo_free(m);
	memo_free(NULL);
}

static void there_is_an_end(void **state)
{
	static uint8_t bytes[PIECE + 1];
	struct memo *m = memo_new(BYTES, PIECE);
	struct bytes out, part = bytes_of(bytes, PIECE);
	size_t left = 0;
	for (uint64_t key = 0; key < 1000; key++) {
		memcpy(bytes, &key, sizeof key);
		memo_keep(m, key, &part, 1);
		assert_true(memo_find(m, key, &out));
	}
	for (uint64_t key = 0; key < 1000; key++)
		if (memo_find(m, key, &out)) {
			assert_memory_equal(out.data, &key, sizeof key);
			left++;
		}
	assert_true(left > 0 && left * PIECE <= BYTES);
	part.len++;
	memo_keep(m, 1000, &part, 1);
	assert_false(memo_find(m, 1000, &out));
	memo_free(m);
}

/* Small ones, of which there is room for all in bytes: places are what they compete for. */
static void what_is_asked_for_stays(void **state)
{
	struct memo *m = memo_new(BYTES, PIECE);
	keep(m, 7, "asked for", "");
	for (uint64_t key = 1000; key < 3000; key++) {
		assert_true(gives(m, 7, "asked for"));
		keep(m, key, "x", "");
	}
	memo_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_it_was),
		cmocka_unit_test(there_is_an_end),
		cmocka_unit_test(what_is_asked_for_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
