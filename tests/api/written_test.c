/* written: what is remembered is given for the very same payload in the very same form, and for nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/written.h"
#include "node/base/limits.h"
#include "node/base/memo.h"

static struct written_key key_of(const char *form, const char *origin, uint64_t index, uint64_t mark)
{
	return (struct written_key){ form, origin, index, mark };
}

static bool gives(struct memo *w, struct written_key key, const char *what)
{
	struct bytes out;
	return written_find(w, &key, &out) && bytes_equal(out, bytes_str(what));
}

static bool keeps_still(struct memo *w, struct written_key key)
{
	struct bytes out;
	return written_find(w, &key, &out);
}

static void the_very_same(void **state)
{
	struct memo *w = written_new();
	struct written_key key = key_of("dc", "a.example/log", 7, 3);
	assert_false(keeps_still(w, key));
	written_keep(w, &key, bytes_str("as it reads"));
	assert_true(gives(w, key, "as it reads"));
	assert_false(keeps_still(w, key_of("marc", "a.example/log", 7, 3)));
	assert_false(keeps_still(w, key_of("dc", "b.example/log", 7, 3)));
	assert_false(keeps_still(w, key_of("dc", "a.example/log", 8, 3)));
	assert_false(keeps_still(w, key_of("dc", "a.example/log", 7, 4)));
	/* Lengths are no part of the bytes: what moves from one part to the next is another key. */
	assert_false(keeps_still(w, key_of("dca", ".example/log", 7, 3)));
	written_keep(w, &key, bytes_str("anew"));
	assert_true(gives(w, key, "anew"));
	/* What has no mark may be anything. */
	struct written_key unmarked = key_of("dc", "a.example/log", 7, 0);
	written_keep(w, &unmarked, bytes_str("as it reads"));
	assert_false(keeps_still(w, unmarked));
	memo_free(w);
}

static void of_nobody_nothing(void **state)
{
	struct written_key key = key_of("dc", "a.example/log", 7, 3);
	written_keep(NULL, &key, bytes_str("as it reads"));
	assert_false(keeps_still(NULL, key));
}

/* Ten times as much as there is room for: what is given is right, and the newest is there. */
static void there_is_an_end(void **state)
{
	static uint8_t value[WRITTEN_PIECE_MAX + 1];
	struct memo *w = written_new();
	struct bytes out;
	size_t left = 0, len = WRITTEN_PIECE_MAX - 64, count = (size_t)10 * WRITTEN_BYTES_MAX / len;
	for (uint64_t i = 0; i < count; i++) {
		struct written_key key = { "dc", "a.example/log", i, 1 };
		memcpy(value, &i, sizeof i);
		written_keep(w, &key, bytes_of(value, len));
		assert_true(written_find(w, &key, &out) && bytes_equal(out, bytes_of(value, len)));
	}
	for (uint64_t i = 0; i < count; i++)
		left += keeps_still(w, (struct written_key){ "dc", "a.example/log", i, 1 });
	assert_true(left > 0 && left * len <= WRITTEN_BYTES_MAX);
	struct written_key large = { "dc", "a.example/log", count, 1 };
	written_keep(w, &large, bytes_of(value, sizeof value));
	assert_false(keeps_still(w, large));
	memo_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_very_same),
		cmocka_unit_test(of_nobody_nothing),
		cmocka_unit_test(there_is_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
