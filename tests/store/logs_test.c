/* logs: what tlog-tiles serves of a log is what its complete head covers, byte for byte, and nothing else. */
#include <sqlite3.h>

#include "tests/store/fixture.h"

static struct hash digest;

static int set_up(void **state)
{
	scratch_make(&scratch);
	maker_init(&maker, "iso.example/log");
	digest = hash_sum(maker.hasher, bytes_str(maker.origin));
	return 0;
}

static int tear_down(void **state)
{
	maker_close(&maker);
	scratch_remove(&scratch);
	return 0;
}

/* As far as the log goes now. */
static void sign(struct store *s)
{
	struct store_write *head = write_new(maker.origin, WRITE_HEAD);
	maker_sign(&maker, head);
	apply_one(s, head);
}

static void add(struct store *s, size_t count)
{
	apply_one(s, maker_numbered(&maker, (unsigned)tree_size(maker.tree), count));
}

/* Run SQL on the closed store, as damage, or a log too long to be made here, would be. */
static void tamper(const char *sql)
{
	sqlite3 *db;
	char *text = NULL;
	assert_int_equal(sqlite3_open(scratch.db, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &text) != SQLITE_OK)
		fail_msg("%s: %s", sql, text);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int ask_tile(struct store *s, unsigned level, uint64_t n, unsigned width, struct buf *out)
{
	struct view v = store_view(s);
	struct err err = { 0 };
	buf_reset(out);
	int rc = v.tile(v.ctx, &digest, level, n, width, out, &err);
	assert_true(rc == OK ? out->len == width * sizeof(struct hash) : out->len == 0 && err.text[0] != '\0');
	return rc;
}

static int ask_bundle(struct store *s, uint64_t n, unsigned width, struct buf *out)
{
	struct view v = store_view(s);
	struct err err = { 0 };
	buf_reset(out);
	int rc = v.bundle(v.ctx, &digest, n, width, out, &err);
	assert_true(rc == OK || (out->len == 0 && err.text[0] != '\0'));
	return rc;
}

/* ---- the log itself ---- */

static void a_log_is_found_by_its_digest(void **state)
{
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct view v = store_view(s);
	struct arena arena = { 0 };
	struct as_of log;
	struct err err = { 0 };
	assert_int_equal(v.log(v.ctx, &digest, &arena, &log, &err), ERR_NOT_FOUND);
	add(s, 10);
	assert_int_equal(v.log(v.ctx, &digest, &arena, &log, &err), OK);
	assert_string_equal(log.origin, maker.origin);
	assert_int_equal(log.size, 10);
	assert_int_equal(log.head.len, 0);
	assert_int_equal(log.head_size, 0);
	struct store_write *head = write_new(maker.origin, WRITE_HEAD);
	maker_sign(&maker, head);
	struct bytes note = arena_bytes(&arena, head->head);
	apply_one(s, head);
	add(s, 5);
	assert_int_equal(v.log(v.ctx, &digest, &arena, &log, &err), OK);
	assert_int_equal(log.size, 15);
	assert_int_equal(log.head_size, 10);
	assert_true(bytes_equal(log.head, note));
	struct hash root = tree_root(maker.tree), other = hash_sum(maker.hasher, bytes_str("sac.example/log"));
	assert_true(hash_equal(&log.root, &root));
	assert_int_equal(log.fork, FORK_NONE);
	assert_int_equal(v.log(v.ctx, &other, &arena, &log, &err), ERR_NOT_FOUND);
	arena_free(&arena);
	store_close(s);
}

/* ---- tiles and bundles ---- */

/* The parts of everything up to bundle n that its widths begin with. */
static void check_run(struct store *s, const struct store_write *all, uint64_t n, uint64_t covered)
{
	struct buf hashes = { 0 }, entries = { 0 }, got = { 0 };
	for (unsigned width = 1; width <= BUNDLE_ENTRIES; width++) {
		uint64_t at = n * BUNDLE_ENTRIES + width - 1;
		int due = at < covered ? OK : ERR_NOT_FOUND;
		assert_int_equal(ask_tile(s, 0, n, width, &got), due);
		if (due == OK) {
			buf_add(&hashes, all->leaves[at].b, HASH_SIZE);
			assert_true(bytes_equal(buf_bytes(&got), buf_bytes(&hashes)));
			buf_add_u16(&entries, (uint16_t)all->entries[at].envelope.len);
			buf_add_bytes(&entries, all->entries[at].envelope);
		}
		assert_int_equal(ask_bundle(s, n, width, &got), due);
		assert_true(due != OK || bytes_equal(buf_bytes(&got), buf_bytes(&entries)));
	}
	buf_free(&hashes);
	buf_free(&entries);
	buf_free(&got);
}

static void every_width_that_the_head_covers(void **state)
{
	static const size_t sizes[] = { 1, 255, 256, 257, 520 };
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct maker twin;
	maker_init(&twin, maker.origin);
	struct store_write *all = maker_numbered(&twin, 0, 620);
	struct buf got = { 0 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		add(s, sizes[i] - tree_size(maker.tree));
		sign(s);
		if (i == 4)
			add(s, 100); /* held, and not under the head: not to be had */
		for (uint64_t n = 0; n < 4; n++)
			check_run(s, all, n, sizes[i]);
		/* Level 1 holds the roots of full tiles alone. */
		for (unsigned width = 1; width <= 3; width++) {
			int due = width <= sizes[i] / BUNDLE_ENTRIES ? OK : ERR_NOT_FOUND;
			assert_int_equal(ask_tile(s, 1, 0, width, &got), due);
			for (unsigned k = 0; due == OK && k < width; k++) {
				struct hash root = tree_hash_leaves(twin.hasher, all->leaves + k * BUNDLE_ENTRIES, BUNDLE_ENTRIES);
				assert_memory_equal(got.data + k * HASH_SIZE, root.b, HASH_SIZE);
			}
		}
		assert_int_equal(ask_tile(s, 2, 0, 1, &got), ERR_NOT_FOUND);
	}
	buf_free(&got);
	write_free(all);
	maker_close(&twin);
	store_close(s);
}

/* tlog-tiles' own example: 70,000 entries are 273 full tiles and one of 112, one full and one of 17, one of 1. */
static void the_tree_of_seventy_thousand(void **state)
{
	static const struct {
		unsigned level;
		uint64_t n;
		unsigned width;
		int due;
	} asked[] = {
		{ 0, 272, 256, OK },
		{ 0, 273, 112, OK },
		{ 0, 273, 113, ERR_NOT_FOUND },
		{ 0, 273, 256, ERR_NOT_FOUND },
		{ 0, 274, 1, ERR_NOT_FOUND },
		{ 1, 0, 256, OK },
		{ 1, 1, 17, OK },
		{ 1, 1, 18, ERR_NOT_FOUND },
		{ 1, 2, 1, ERR_NOT_FOUND },
		{ 2, 0, 1, OK },
		{ 2, 0, 2, ERR_NOT_FOUND },
		{ 2, 1, 1, ERR_NOT_FOUND },
		{ 3, 0, 1, ERR_NOT_FOUND },
		{ 4, 0, 1, ERR_NOT_FOUND },
		{ 5, 0, 1, ERR_NOT_FOUND },
		{ 63, 0, 1, ERR_NOT_FOUND },
		{ 0, UINT64_C(1) << 36, 1, ERR_NOT_FOUND },
		{ 0, UINT64_C(999999999999999999), 256, ERR_NOT_FOUND },
	};
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	struct buf got = { 0 };
	add(s, 1);
	sign(s);
	store_close(s);
	tamper("DELETE FROM tile;"
	       "UPDATE origin SET size = 70000, head_size = 70000;"
	       "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 272)"
	       " INSERT INTO tile SELECT (1 << 40) + i, zeroblob(8192) FROM n;"
	       "INSERT INTO tile VALUES ((1 << 40) + 273, zeroblob(112 * 32)), ((1 << 40) + (1 << 36), zeroblob(8192)),"
	       " ((1 << 40) + (1 << 36) + 1, zeroblob(17 * 32)), ((1 << 40) + (2 << 36), zeroblob(32));");
	s = scratch_open(&scratch, STORE_READ);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (ask_tile(s, asked[i].level, asked[i].n, asked[i].width, &got) != asked[i].due)
			fail_msg("tile %u/%llu width %u", asked[i].level, (unsigned long long)asked[i].n, asked[i].width);
	assert_int_equal(ask_bundle(s, UINT64_C(999999999999999999), 1, &got), ERR_NOT_FOUND);
	buf_free(&got);
	store_close(s);
}

/* What the head covers and is not there is our loss, and is not told as the log's. */
static void damage_is_told(void **state)
{
	static const char *const damage[] = {
		"DELETE FROM tile WHERE id = (1 << 40) + 1; DELETE FROM bundle WHERE id = (1 << 40) + 1",
		"UPDATE tile SET hashes = substr(hashes, 1, 31); UPDATE bundle SET entries = x'00'",
		"UPDATE tile SET hashes = substr(hashes, 2); UPDATE bundle SET entries = substr(entries, 1, length(entries) - "
		"1)",
		"UPDATE tile SET hashes = zeroblob(0); UPDATE bundle SET entries = zeroblob(0)",
	};
	struct buf got = { 0 };
	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		struct store *s = scratch_open(&scratch, STORE_CREATE);
		add(s, 300);
		sign(s);
		store_close(s);
		tamper(damage[i]);
		s = scratch_open(&scratch, STORE_READ);
		assert_int_equal(ask_tile(s, 0, 1, 44, &got), ERR_CORRUPT);
		assert_int_equal(ask_bundle(s, 1, 44, &got), ERR_CORRUPT);
		assert_int_equal(ask_tile(s, 0, 1, 45, &got), ERR_NOT_FOUND);
		assert_int_equal(ask_bundle(s, 1, 45, &got), ERR_NOT_FOUND);
		store_close(s);
		(void)tear_down(NULL);
		(void)set_up(NULL);
	}
	buf_free(&got);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_log_is_found_by_its_digest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_width_that_the_head_covers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_tree_of_seventy_thousand, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
