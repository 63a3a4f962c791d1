/* backup: a copy of one moment, beside a writer that goes on. */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/store/fixture.h"

static struct scratch copy;
static struct store *writer, *reader;
static unsigned calls;

static int set_up(void **state)
{
	scratch_make(&scratch);
	scratch_make(&copy);
	maker_init(&maker, "iso.example/log");
	writer = scratch_open(&scratch, STORE_CREATE);
	reader = scratch_open(&scratch, STORE_READ);
	calls = 0;
	return 0;
}

static int tear_down(void **state)
{
	store_close(reader);
	store_close(writer);
	maker_close(&maker);
	scratch_remove(&scratch);
	scratch_remove(&copy);
	return 0;
}

static void append(size_t count)
{
	struct store_write *w = maker_numbered(&maker, (unsigned)tree_size(maker.tree), count);
	maker_sign(&maker, w);
	apply_one(writer, w);
}

static const struct vkey *key_of(void *arg, const char *origin)
{
	return skey_public(maker.key);
}

static void expect_whole_copy(uint64_t size)
{
	struct store *s = scratch_open(&copy, STORE_WRITE);
	struct origin_state o;
	struct fsck_report report;
	assert_int_equal(store_load(s, maker.origin, &o, NULL), OK);
	assert_int_equal(o.size, size);
	assert_true(o.head.len > 0);
	origin_state_free(&o);
	assert_int_equal(store_fsck(s, key_of, NULL, NULL, NULL, &report, NULL), OK);
	assert_int_equal(report.problems, 0);
	assert_int_equal(report.entries, size);
	store_close(s);
}

static void a_copy_is_whole_and_its_owners_alone(void **state)
{
	struct stat st;
	append(2000);
	assert_int_equal(store_backup(reader, copy.dir, NULL, NULL, NULL), OK);
	assert_int_equal(stat(copy.db, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect_whole_copy(2000);
}

/* Each call of the progress callback is a moment between two steps: the writer commits in all of them. */
static bool append_meanwhile(void *arg, uint64_t done, uint64_t total)
{
	assert_true(done <= total && total > 0);
	calls++;
	append(10);
	return true;
}

static void a_writer_beside_it_neither_shows_nor_delays(void **state)
{
	append(20000);
	assert_int_equal(store_backup(reader, copy.dir, append_meanwhile, NULL, NULL), OK);
	assert_true(calls > 2 && calls < 100);
	expect_whole_copy(20000);
	struct origin_state o;
	assert_int_equal(store_load(writer, maker.origin, &o, NULL), OK);
	assert_int_equal(o.size, 20000 + 10 * calls);
	origin_state_free(&o);
}

static bool stop_at_once(void *arg, uint64_t done, uint64_t total)
{
	return false;
}

static void what_is_stopped_or_fails_leaves_nothing(void **state)
{
	struct err err = { 0 };
	append(20000);
	assert_int_equal(store_backup(reader, copy.dir, stop_at_once, NULL, &err), ERR_CLOSED);
	assert_int_equal(access(copy.db, F_OK), -1);
	assert_int_equal(store_backup(reader, "/no/such/folder", NULL, NULL, &err), ERR_NOT_FOUND);
	/* The reader is as before. */
	assert_int_equal(store_backup(reader, copy.dir, NULL, NULL, NULL), OK);
	expect_whole_copy(20000);
}

static void another_database_is_not_touched(void **state)
{
	struct err err = { 0 };
	append(1);
	int fd = open(copy.db, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0 && write(fd, "precious", 8) == 8);
	close(fd);
	assert_int_equal(store_backup(reader, copy.dir, NULL, NULL, &err), ERR_EXISTS);
	struct stat st;
	assert_int_equal(stat(copy.db, &st), 0);
	assert_int_equal(st.st_size, 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_is_whole_and_its_owners_alone),
		TEST(a_writer_beside_it_neither_shows_nor_delays),
		TEST(what_is_stopped_or_fails_leaves_nothing),
		TEST(another_database_is_not_touched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
