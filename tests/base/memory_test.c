/* buf and arena: growth, limits, moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/arena.h"
#include "node/base/buf.h"

static void buf_grows_and_keeps(void **state)
{
	struct buf b = { 0 };
	for (int i = 0; i < 10000; i++)
		buf_add_char(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_free(&b);
	assert_null(b.data);
	buf_free(&b);
	buf_free(NULL);
}

static void buf_writes_big_endian(void **state)
{
	struct buf b = { 0 };
	buf_add_u16(&b, 0x0102);
	buf_add_u32(&b, 0x03040506);
	buf_add_u64(&b, 0x0708090a0b0c0d0eULL);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], i + 1);
	assert_int_equal(b.len, 14);
	buf_free(&b);
}

static void buf_prints_and_drops(void **state)
{
	struct buf b = { 0 };
	buf_printf(&b, "%s-%d", "x", 42);
	assert_string_equal(buf_str(&b), "x-42");
	assert_int_equal(b.len, 4);
	buf_drop(&b, 2);
	assert_string_equal(buf_str(&b), "42");
	buf_drop(&b, 2);
	assert_int_equal(b.len, 0);
	buf_add(&b, NULL, 0);
	struct buf moved = buf_take(&b);
	assert_null(b.data);
	buf_free(&moved);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a = { 0 };
	for (size_t n = 1; n < 3000; n += 37) {
		unsigned char *p = arena_get(&a, n);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_free(&a);
	assert_int_equal(a.used, 0);
	arena_free(&a);
	arena_free(NULL);
}

static void arena_refuses_past_its_cap(void **state)
{
	struct arena a = { .cap = 1000 };
	assert_non_null(arena_try(&a, 600));
	assert_null(arena_try(&a, 401));
	assert_non_null(arena_try(&a, 400));
	assert_null(arena_try(&a, 1));
	assert_null(arena_try(&a, SIZE_MAX));
	arena_free(&a);
	assert_non_null(arena_try(&a, 1000));
	arena_free(&a);
}

static void arena_copies_text(void **state)
{
	struct arena a = { 0 };
	assert_string_equal(arena_str(&a, "质量"), "质量");
	assert_string_equal(arena_strn(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_printf(&a, "%05d", 42), "00042");
	struct bytes copy = arena_bytes(&a, bytes_str("xyz"));
	assert_true(bytes_equal(copy, bytes_str("xyz")));
	assert_false(bytes_equal(copy, bytes_str("xy")));
	assert_true(bytes_equal(bytes_of(NULL, 0), bytes_str("")));
	struct arena moved = arena_take(&a);
	assert_null(a.blocks);
	arena_free(&moved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_grows_and_keeps),        cmocka_unit_test(buf_writes_big_endian),
		cmocka_unit_test(buf_prints_and_drops),       cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_refuses_past_its_cap), cmocka_unit_test(arena_copies_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
