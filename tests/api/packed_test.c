/* packed: what is remembered is what was packed, of that very bundle; and no answer but the packing comes from there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "node/api/gzip.h"
#include "node/api/packed.h"
#include "node/base/limits.h"
#include "tests/api/world.h"

static bool finds(const struct packed *p, const struct hash *log, uint64_t n, const char *what)
{
	struct buf out = { 0 };
	bool found = packed_find(p, log, n, &out);
	if (found)
		assert_string_equal(buf_str(&out), what);
	else
		assert_int_equal(out.len, 0);
	buf_free(&out);
	return found;
}

static void of_that_very_bundle(void **state)
{
	static const struct hash one = { { 1 } }, same_first = { { 1, 0, 0, 0, 1 } };
	static const uint8_t large[PACKED_BUNDLE_MAX + 1];
	struct packed *p = packed_new();
	assert_false(finds(p, &one, 0, ""));
	packed_keep(p, &one, 7, bytes_str("seven"));
	packed_keep(p, &one, 8, bytes_str("eight"));
	assert_true(finds(p, &one, 7, "seven"));
	assert_true(finds(p, &one, 8, "eight"));
	assert_false(finds(p, &one, 7 + PACKED_SLOTS, ""));
	assert_false(finds(p, &same_first, 7, ""));
	packed_keep(p, &same_first, 7, bytes_str("another's"));
	assert_false(finds(p, &one, 7, ""));
	assert_true(finds(p, &same_first, 7, "another's"));
	packed_keep(p, &same_first, 7 + PACKED_SLOTS, bytes_str("farther on"));
	assert_false(finds(p, &same_first, 7, ""));
	packed_keep(p, &one, 8, bytes_of(large, sizeof large));
	assert_true(finds(p, &one, 8, "eight"));
	packed_free(p);
	packed_free(NULL);
}

static unsigned covered;

/* Bytes that follow from log, number and width. */
static int some_bundle(void *ctx, const struct hash *log, uint64_t n, unsigned width, struct buf *out, struct err *err)
{
	if (n * BUNDLE_ENTRIES + width > covered)
		return err_set(err, ERR_NOT_FOUND, "not covered");
	for (unsigned i = 0; i < width; i++)
		buf_printf(out, "entry %u of bundle %u of log %u\n", i, (unsigned)n, log->b[0]);
	return OK;
}

static void is(struct world *w, const char *path, struct hash log, uint64_t n, unsigned width)
{
	struct buf plain = { 0 }, expected = { 0 };
	assert_int_equal(ask_with(w, "GET", path, "Accept-Encoding: gzip\r\n"), 200);
	SAYS(w, "Content-Encoding: gzip\r\n");
	size_t at = (size_t)(w->body - (const char *)w->answer.data);
	assert_int_equal(gzip_open(bytes_of(w->answer.data + at, w->answer.len - at), PAYLOAD_MAX, &plain, NULL), OK);
	assert_int_equal(some_bundle(NULL, &log, n, width, &expected, NULL), OK);
	assert_true(bytes_equal(buf_bytes(&plain), buf_bytes(&expected)));
	buf_free(&plain);
	buf_free(&expected);
}

static void the_same_answers(void **state)
{
	struct world *w = *state;
	struct buf other = { 0 };
	static const struct hash mirrored = { { 9 } };
	w->view.bundle = some_bundle;
	w->context.packed = packed_new();
	covered = 600;
	buf_add_str(&other, "/mirror/");
	hex_add(&other, bytes_of(mirrored.b, HASH_SIZE));
	buf_add_str(&other, "/tile/entries/001");
	for (int again = 0; again < 3; again++) {
		is(w, "/log/tile/entries/000", w->toy.digest, 0, BUNDLE_ENTRIES);
		is(w, "/log/tile/entries/001", w->toy.digest, 1, BUNDLE_ENTRIES);
		is(w, "/log/tile/entries/001.p/200", w->toy.digest, 1, 200);
		is(w, "/log/tile/entries/002.p/88", w->toy.digest, 2, 88);
		is(w, buf_str(&other), mirrored, 1, BUNDLE_ENTRIES);
	}
	struct buf kept = { 0 };
	assert_true(packed_find(w->context.packed, &mirrored, 1, &kept));
	assert_false(packed_find(w->context.packed, &w->toy.digest, 2, &kept)); /* a partial one changes */
	/* Remembered or not: what the view does not give is not given. */
	covered = 300;
	assert_int_equal(ask_with(w, "GET", "/log/tile/entries/001", "Accept-Encoding: gzip\r\n"), 404);
	packed_free(w->context.packed);
	buf_free(&other);
	buf_free(&kept);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_that_very_bundle),
		cmocka_unit_test_setup_teardown(the_same_answers, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
