/* high_water: the mark is whole, of one place, and only ever rises. */
#include "tests/shell/world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/shell/high_water.h"

static const struct hash root = { { 1, 2, 3 } };

static void path_of(const struct world *w, const char *dir, char out[700])
{
	(void)snprintf(out, 700, "%s%s/high-water", w->root, dir);
}

static void copy_mark(const char *from, const char *to)
{
	struct buf text = { 0 };
	struct err err = { 0 };
	assert_int_equal(file_read(from, 4096, &text, &err), OK);
	assert_int_equal(file_write(to, buf_bytes(&text), 0600, &err), OK);
	buf_free(&text);
}

static struct guard_facts read_in(const char *dir)
{
	struct guard_facts f;
	struct err err = { 0 };
	if (high_water_read(dir, &f, &err) != OK)
		fail_msg("%s", err.text);
	return f;
}

static void test_written_is_read(void **state)
{
	struct world *w = *state;
	struct guard_facts f = read_in(w->root);
	assert_false(f.marked);
	for (int word = GUARD_ORDINARY; word <= GUARD_WAS_RESUMED; word++) {
		assert_int_equal(high_water_write(w->root, (enum guard_word)word, UINT64_MAX, &root, NULL), OK);
		f = read_in(w->root);
		assert_true(f.marked && f.here && !f.deaf);
		assert_int_equal(f.word, word);
		assert_true(f.size == UINT64_MAX && hash_equal(&f.root, &root));
	}
}

static void test_a_copy_is_of_another_place(void **state)
{
	struct world *w = *state;
	char mark[700], other[700], folder[700];
	(void)snprintf(folder, sizeof folder, "%s/copy", w->root);
	assert_int_equal(mkdir(folder, 0700), 0);
	path_of(w, "", mark);
	path_of(w, "/copy", other);
	assert_int_equal(high_water_write(w->root, GUARD_ORDINARY, 7, &root, NULL), OK);
	copy_mark(mark, other);
	struct guard_facts f = read_in(folder);
	assert_true(f.marked && !f.here);
	assert_int_equal(f.size, 7);
	/* Renamed where it is, it is the same. */
	assert_int_equal(unlink(other), 0);
	assert_int_equal(rename(mark, other), 0);
	f = read_in(folder);
	assert_true(f.marked && f.here);
}

static void test_every_damaged_byte_is_seen(void **state)
{
	struct world *w = *state;
	struct buf text = { 0 };
	char mark[700], place[HIGH_WATER_PLACE];
	struct guard_facts f;
	path_of(w, "", mark);
	assert_int_equal(high_water_write(w->root, GUARD_ORDINARY, 4711, &root, NULL), OK);
	assert_int_equal(file_read(mark, 4096, &text, NULL), OK);
	assert_true(high_water_parse(buf_bytes(&text), &f, place));
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		assert_false(high_water_parse(buf_bytes(&text), &f, place));
		assert_false(f.marked);
		text.data[i] ^= 1;
		assert_false(high_water_parse(bytes_of(text.data, i), &f, place));
	}
	text.data[text.len / 2] ^= 1;
	assert_int_equal(file_write(mark, buf_bytes(&text), 0600, NULL), OK);
	assert_false(read_in(w->root).marked);
	buf_free(&text);
}

static void test_it_rises_in_place_and_never_falls(void **state)
{
	struct world *w = *state;
	struct high_water *h = NULL;
	char mark[700];
	struct stat before, after;
	path_of(w, "", mark);
	assert_int_equal(high_water_write(w->root, GUARD_ORDINARY, 9, &root, NULL), OK);
	struct guard_facts f = read_in(w->root);
	assert_int_equal(stat(mark, &before), 0);
	high_water_open(w->root, &f, &h);
	static const uint64_t sizes[] = { 8, 10, 100, 99, UINT64_MAX, 1 };
	uint64_t highest = 9;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		high_water_raise(h, sizes[i], &root);
		highest = sizes[i] > highest ? sizes[i] : highest;
		f = read_in(w->root);
		assert_true(f.marked && f.here && f.size == highest && f.word == GUARD_ORDINARY);
	}
	assert_int_equal(stat(mark, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	high_water_close(h);
}

/* Where there is no mark, or one of another place, nothing is written before somebody says so. */
static void test_a_word_makes_it_one_of_this_place(void **state)
{
	struct world *w = *state;
	struct high_water *h = NULL;
	struct guard_facts f = { 0 };
	high_water_open(w->root, &f, &h);
	high_water_raise(h, 5, &root);
	assert_false(read_in(w->root).marked);
	assert_int_equal(high_water_say(h, GUARD_WAS_RESUMED, NULL), OK);
	f = read_in(w->root);
	assert_true(f.marked && f.here && f.size == 5 && f.word == GUARD_WAS_RESUMED);
	high_water_raise(h, 6, &root); /* fetched back: the word stays */
	assert_int_equal(read_in(w->root).word, GUARD_WAS_RESUMED);
	assert_int_equal(high_water_say(h, GUARD_ORDINARY, NULL), OK);
	high_water_raise(h, 7, &root);
	f = read_in(w->root);
	assert_true(f.marked && f.here && f.size == 7 && f.word == GUARD_ORDINARY);
	high_water_close(h);
}

/* It is raised on where it is: one of another place would stop the next start. */
static void test_a_word_that_fails_leaves_it_of_this_place(void **state)
{
	struct world *w = *state;
	struct high_water *h = NULL;
	char mark[700], aside[700];
	path_of(w, "", mark);
	(void)snprintf(aside, sizeof aside, "%s/aside", w->root);
	assert_int_equal(high_water_write(w->root, GUARD_WAS_RESUMED, 9, &root, NULL), OK);
	struct guard_facts f = read_in(w->root);
	high_water_open(w->root, &f, &h);
	assert_int_equal(rename(mark, aside), 0);
	assert_int_equal(mkdir(mark, 0700), 0); /* nothing can be renamed onto it */
	assert_int_not_equal(high_water_say(h, GUARD_ORDINARY, NULL), OK);
	assert_int_equal(rmdir(mark), 0);
	assert_int_equal(rename(aside, mark), 0);
	high_water_raise(h, 10, &root);
	f = read_in(w->root);
	assert_true(f.marked && f.here && f.size == 10 && f.word == GUARD_WAS_RESUMED);
	high_water_close(h);
}

int main(void)
{
	log_set_level(LOG_NONE);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written_is_read, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_a_copy_is_of_another_place, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_every_damaged_byte_is_seen, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_it_rises_in_place_and_never_falls, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_a_word_makes_it_one_of_this_place, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_a_word_that_fails_leaves_it_of_this_place, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
