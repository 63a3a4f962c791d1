/* gzip: what was packed is had back; what is not exactly one whole member is refused; nothing grows beyond its limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/gzip.h"

/* Bytes that pack somewhat: numbered lines, or nearly not at all. */
static void fill(struct buf *b, size_t size, bool random)
{
	uint32_t x = 1;
	for (size_t i = 0; b->len < size; i++) {
		x = x * 1664525 + 1013904223;
		if (random)
			buf_add_u16(b, (uint16_t)(x >> 16));
		else
			buf_printf(b, "line %zu of the sample\n", i);
	}
	b->len = size;
}

static void there_and_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 100, 12288, 65535, 65536, 65537, 300000 };
	for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
		struct buf plain = { 0 }, packed = { 0 }, back = { 0 };
		struct err err = { 0 };
		size_t size = sizes[i / 2];
		fill(&plain, size, i % 2 == 1);
		buf_add_str(&back, "before");
		gzip_pack(buf_bytes(&plain), &packed);
		assert_true(packed.len >= 18 && packed.data[0] == 0x1f && packed.data[1] == 0x8b);
		if (i % 2 == 0 && size > 1000)
			assert_true(packed.len < size / 2);
		/* The limit is met exactly, and from above. */
		for (int more = 0; more < 2; more++) {
			if (gzip_open(buf_bytes(&packed), size + (size_t)more * 1000, &back, &err) != OK)
				fail_msg("%zu bytes: %s", size, err.text);
			assert_int_equal(back.len, 6 + size);
			assert_memory_equal(back.data, "before", 6);
			assert_true(size == 0 || memcmp(back.data + 6, plain.data, size) == 0);
			back.len = 6;
		}
		if (size > 0)
			assert_int_equal(gzip_open(buf_bytes(&packed), size - 1, &back, &err), ERR_LIMIT);
		assert_int_equal(back.len, 6 + (size > 0 ? size - 1 : 0));
		buf_free(&plain);
		buf_free(&packed);
		buf_free(&back);
	}
}

/* Pieces make one member, whatever they hold, and it is that of the whole. */
static void piece_by_piece(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 0, 12288, 300000, 65536, 7, 0 };
	(void)state;
	for (int random = 0; random < 2; random++) {
		struct gzip_member member = { 0 };
		struct buf plain = { 0 }, packed = { 0 }, back = { 0 };
		struct err err = { 0 };
		size_t count = sizeof sizes / sizeof *sizes;
		for (size_t i = 0; i < count; i++) {
			struct buf piece = { 0 };
			fill(&piece, sizes[i], random != 0);
			buf_add_bytes(&plain, buf_bytes(&piece));
			gzip_piece(&member, buf_bytes(&piece), i + 1 == count, &packed);
			if (i + 1 < count) /* not before its end */
				assert_int_equal(gzip_open(buf_bytes(&packed), 1000000, &back, &err), ERR_INVALID);
			buf_reset(&back);
			buf_free(&piece);
		}
		if (gzip_open(buf_bytes(&packed), plain.len, &back, &err) != OK)
			fail_msg("%s", err.text);
		assert_true(bytes_equal(buf_bytes(&plain), buf_bytes(&back)));
		assert_true(random || packed.len < plain.len / 2);
		buf_free(&plain);
		buf_free(&packed);
		buf_free(&back);
	}
}

static void refused(struct bytes packed, const char *why)
{
	struct buf out = { 0 };
	struct err err = { 0 };
	buf_add_str(&out, "as before");
	int rc = gzip_open(packed, 100000, &out, &err);
	if (rc != ERR_INVALID || err.text[0] == '\0')
		fail_msg("%s: %s %s", why, err_name(rc), err.text);
	assert_true(out.len >= 9);
	assert_memory_equal(out.data, "as before", 9);
	buf_free(&out);
}

static void every_prefix_is_cut_short(void **state)
{
	struct buf plain = { 0 }, packed = { 0 };
	fill(&plain, 3000, false);
	gzip_pack(buf_bytes(&plain), &packed);
	for (size_t len = 0; len < packed.len; len++) {
		struct buf out = { 0 };
		refused(bytes_of(packed.data, len), "a prefix");
		/* What came of it is there. */
		assert_int_equal(gzip_open(bytes_of(packed.data, len), 100000, &out, NULL), ERR_INVALID);
		assert_true(out.len <= plain.len && (out.len == 0 || memcmp(out.data, plain.data, out.len) == 0));
		assert_true(len < packed.len - 8 || out.len == plain.len);
		buf_free(&out);
	}
	buf_free(&plain);
	buf_free(&packed);
}

static void not_exactly_one_member(void **state)
{
	static const uint8_t zlib[] = { 0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62 }; /* "a", RFC 1950 */
	static const uint8_t raw[] = { 0x4b, 0x04, 0x00 };                                      /* "a", RFC 1951 */
	struct buf plain = { 0 }, packed = { 0 }, wrong = { 0 };
	fill(&plain, 3000, false);
	gzip_pack(buf_bytes(&plain), &packed);
	refused(bytes_of(zlib, sizeof zlib), "zlib's wrapping");
	refused(bytes_of(raw, sizeof raw), "no wrapping");
	refused(buf_bytes(&plain), "not packed at all");
	buf_add_bytes(&wrong, buf_bytes(&packed));
	buf_add_char(&wrong, '\0');
	refused(buf_bytes(&wrong), "a byte behind it");
	wrong.len = packed.len;
	buf_add_bytes(&wrong, buf_bytes(&packed));
	refused(buf_bytes(&wrong), "two members");
	wrong.len = packed.len;
	for (size_t back = 1; back <= 8; back++) { /* the checksum and the length */
		wrong.data[packed.len - back] ^= 1;
		refused(buf_bytes(&wrong), "a wrong trailer");
		wrong.data[packed.len - back] ^= 1;
	}
	wrong.data[3] |= 0xe0; /* RFC 1952 2.3.1: reserved flags must be zero */
	refused(buf_bytes(&wrong), "reserved flags");
	buf_free(&plain);
	buf_free(&packed);
	buf_free(&wrong);
}

/* A hundred megabytes of zeroes in a hundred kilobytes cost no more than the limit. */
static void a_bomb_stops_at_the_limit(void **state)
{
	enum { BOMB = 100 * 1000 * 1000, MAX = 1000 * 1000 };
	struct buf packed = { 0 }, out = { 0 };
	struct err err = { 0 };
	uint8_t *zeroes = calloc(1, BOMB);
	assert_non_null(zeroes);
	gzip_pack(bytes_of(zeroes, BOMB), &packed);
	free(zeroes);
	assert_true(packed.len < BOMB / 100);
	assert_int_equal(gzip_open(buf_bytes(&packed), MAX, &out, &err), ERR_LIMIT);
	assert_int_equal(out.len, MAX);
	assert_true(out.cap <= 4 * MAX);
	buf_reset(&out);
	assert_int_equal(gzip_open(buf_bytes(&packed), 0, &out, &err), ERR_LIMIT);
	buf_free(&packed);
	buf_free(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(piece_by_piece),
		cmocka_unit_test(every_prefix_is_cut_short),
		cmocka_unit_test(not_exactly_one_member),
		cmocka_unit_test(a_bomb_stops_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
