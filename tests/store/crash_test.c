/* crash: what was acknowledged is there after kill -9, a full disk, and on a medium that cannot be written. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/store/fixture.h"

enum { ROUNDS = 12, ENTRIES_MAX = 40000 };

static int set_up(void **state)
{
	scratch_make(&scratch);
	return 0;
}

static int tear_down(void **state)
{
	(void)chmod(scratch.dir, 0700);
	scratch_remove(&scratch);
	return 0;
}

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* A maker whose log has size entries already. */
static void maker_resume(struct maker *m, const char *origin, uint64_t size)
{
	maker_init(m, origin);
	m->subjects = 500;
	if (size > 0)
		write_free(maker_numbered(m, 0, (size_t)size));
}

static uint64_t size_of(struct store *s, const char *origin)
{
	struct origin_state o;
	int rc = store_load(s, origin, &o, NULL);
	assert_true(rc == OK || rc == ERR_NOT_FOUND);
	uint64_t size = rc == OK ? o.size : 0;
	if (rc == OK)
		arena_free(&o.arena);
	return size;
}

static void print_problem(void *arg, const char *line)
{
	print_message("%s\n", line);
}

static void expect_sound(struct store *s)
{
	struct fsck_report report;
	struct err err = { 0 };
	int rc = store_fsck(s, NULL, print_problem, NULL, NULL, &report, &err);
	if (rc != OK)
		fail_msg("store_fsck: %s", err.text);
	assert_int_equal(report.problems, 0);
}

/* ---- kill -9 ---- */

/* The child: append for ever, in steps of many sizes, and tell the size after each. */
static _Noreturn void append_for_ever(uint64_t size, uint64_t seed, int pipe_fd)
{
	struct store *s = NULL;
	struct maker m;
	if (store_open(scratch.dir, STORE_WRITE, &s, NULL) != OK)
		_exit(1);
	maker_resume(&m, "iso.example/log", size);
	while (tree_size(m.tree) < ENTRIES_MAX) {
		size_t n = next(&seed) % 8 == 0 ? 1 + next(&seed) % 300 : 1 + next(&seed) % 9;
		struct store_write *w = maker_numbered(&m, (unsigned)tree_size(m.tree), n);
		int code = ERR_INTERNAL;
		if (store_apply(s, &w, 1, &code, NULL) != OK || code != OK)
			_exit(2);
		write_free(w);
		uint64_t held = tree_size(m.tree);
		if (write(pipe_fd, &held, sizeof held) != sizeof held)
			_exit(3);
		if (next(&seed) % 3 == 0)
			store_idle(s);
	}
	_exit(0);
}

/* Let it append, kill it at some moment, and give the last size that it told of. */
static uint64_t append_and_kill(uint64_t size, uint64_t *seed)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(fds[0]);
		append_for_ever(size, *seed, fds[1]);
	}
	close(fds[1]);
	uint64_t told = size, held;
	for (uint64_t acks = 1 + next(seed) % 60; acks > 0 && read(fds[0], &held, sizeof held) == sizeof held; acks--)
		told = held;
	/* Somewhere inside the next ones. */
	struct pollfd nothing = { .fd = -1 };
	(void)poll(&nothing, 1, (int)(next(seed) % 6));
	assert_int_equal(kill(child, SIGKILL), 0);
	while (read(fds[0], &held, sizeof held) == sizeof held)
		told = held;
	close(fds[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return told;
}

/* Which handle recovers the WAL must not matter. */
static void killed_writers_lose_nothing_acknowledged(void **state)
{
	uint64_t seed = 20250301, size = 0;
	store_close(scratch_open(&scratch, STORE_CREATE));
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t told = append_and_kill(size, &seed);
		struct store *s = scratch_open(&scratch, round % 2 == 0 ? STORE_READ : STORE_WRITE);
		size = size_of(s, "iso.example/log");
		assert_true(size >= told);
		assert_true(size <= told + 300); /* at most the one that was not acknowledged any more */
		expect_sound(s);
		struct maker m;
		maker_resume(&m, "iso.example/log", size);
		struct origin_state o;
		if (size > 0) {
			assert_int_equal(store_load(s, m.origin, &o, NULL), OK);
			struct tree *t = tree_restore(m.hasher, o.size, o.roots, o.tail);
			struct hash expected = tree_root(m.tree), found = tree_root(t);
			assert_true(hash_equal(&expected, &found));
			tree_free(t);
			arena_free(&o.arena);
		}
		maker_close(&m);
		store_close(s);
	}
	print_message("%d kills, %llu entries kept\n", ROUNDS, (unsigned long long)size);
}

/* ---- a full disk ---- */

/* No file may grow above so many bytes; 0 takes the limit away. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes != 0 ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_disk_refuses_and_keeps(void **state)
{
	static const rlim_t room[] = { 1, 20000, 100000, 400000, 1500000 };
	struct maker m;
	struct err err = { 0 };
	maker_init(&m, "iso.example/log");
	(void)signal(SIGXFSZ, SIG_IGN);
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	int full = 0;
	for (size_t i = 0; i < sizeof room / sizeof room[0]; i++) {
		struct stat info = { 0 };
		char wal[320];
		(void)snprintf(wal, sizeof wal, "%s-wal", scratch.db);
		assert_true(stat(wal, &info) == 0 || errno == ENOENT);
		uint64_t held = tree_size(m.tree);
		struct store_write *w[] = { maker_numbered(&m, (unsigned)held, 1000),
			                        maker_numbered(&m, (unsigned)held, 3000) };
		int codes[2] = { OK, OK };
		limit_files((rlim_t)info.st_size + room[i]);
		int rc = store_apply(s, w, 2, codes, &err);
		limit_files(0);
		assert_int_equal(rc, ERR_FULL);
		assert_int_equal(codes[0], ERR_FULL);
		assert_int_equal(codes[1], ERR_FULL);
		assert_int_equal(size_of(s, m.origin), held);
		full++;
		if (i % 2 == 1) { /* every other time the process goes away in between */
			store_close(s);
			s = scratch_open(&scratch, STORE_WRITE);
		}
		assert_int_equal(store_apply(s, w, 2, codes, &err), OK);
		assert_true(codes[0] == OK && codes[1] == OK);
		write_free(w[0]);
		write_free(w[1]);
		assert_int_equal(size_of(s, m.origin), held + 4000);
	}
	expect_sound(s);
	store_close(s);
	maker_close(&m);
	print_message("full %d times\n", full);
}

/* A checkpoint that finds no room loses nothing either: the WAL keeps what the file could not take. */
static void full_disk_while_idle(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	(void)signal(SIGXFSZ, SIG_IGN);
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&m, 0, 4000));
	limit_files(65536);
	for (int i = 0; i < 10; i++)
		store_idle(s);
	store_close(s);
	limit_files(0);
	s = scratch_open(&scratch, STORE_WRITE);
	assert_int_equal(size_of(s, m.origin), 4000);
	expect_sound(s);
	store_close(s);
	maker_close(&m);
}

/* ---- a folder that cannot be written ---- */

/* Run in a child that has no rights over the folder, for root may write anywhere. */
static int without_rights(int (*body)(void))
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(90);
		_exit(body());
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int read_sees_all(void)
{
	struct store *s = NULL;
	struct err err = { 0 };
	struct fsck_report report;
	int rc = store_open(scratch.dir, STORE_READ, &s, &err);
	if (rc != OK)
		return 10 + rc;
	int code = size_of(s, "iso.example/log") == 300 ? 0 : 1;
	if (store_fsck(s, NULL, NULL, NULL, NULL, &report, NULL) != OK || report.problems != 0)
		code = 2;
	store_close(s);
	return code;
}

static int write_is_refused(void)
{
	struct store *s = NULL;
	struct err err = { 0 };
	int rc = store_open(scratch.dir, STORE_WRITE, &s, &err);
	return rc == ERR_IO && err.text[0] != '\0' ? 0 : 10 + rc;
}

static int create_is_refused(void)
{
	struct store *s = NULL;
	struct err err = { 0 };
	int rc = store_open(scratch.dir, STORE_CREATE, &s, &err);
	return rc == ERR_IO && err.text[0] != '\0' ? 0 : 10 + rc;
}

/* The rights of everything in the folder, for people of whom we are none. */
static void set_rights(mode_t dir, mode_t file)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	assert_int_equal(chmod(scratch.dir, 0700), 0);
	for (size_t i = 0; i < 3; i++) {
		char path[320];
		(void)snprintf(path, sizeof path, "%s%s", scratch.db, ends[i]);
		assert_true(chmod(path, file) == 0 || errno == ENOENT);
	}
	assert_int_equal(chmod(scratch.dir, dir), 0);
}

static void read_only_folder(void **state)
{
	struct maker m;
	maker_init(&m, "iso.example/log");
	assert_int_equal(chmod(scratch.dir, 0555), 0);
	assert_int_equal(without_rights(create_is_refused), 0);
	assert_int_equal(chmod(scratch.dir, 0700), 0);
	struct store *s = scratch_open(&scratch, STORE_CREATE);
	apply_one(s, maker_numbered(&m, 0, 300));
	store_close(s);
	set_rights(0555, 0444);
	assert_int_equal(without_rights(read_sees_all), 0);
	assert_int_equal(without_rights(write_is_refused), 0);
	set_rights(0700, 0600);
	maker_close(&m);
}

static _Noreturn void apply_and_die(void)
{
	struct store *s = NULL;
	struct maker m;
	maker_init(&m, "iso.example/log");
	if (store_open(scratch.dir, STORE_CREATE, &s, NULL) != OK)
		_exit(1);
	struct store_write *w = maker_numbered(&m, 0, 300);
	int code = ERR_INTERNAL;
	if (store_apply(s, &w, 1, &code, NULL) != OK || code != OK)
		_exit(1);
	(void)raise(SIGKILL);
	_exit(1);
}

/* The WAL of a killed writer on a medium that cannot be written: read from where it is, or refused in clear words
 * when even that is not possible; never the state before it. */
static void read_only_folder_after_a_crash(void **state)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		apply_and_die();
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	set_rights(0555, 0444);
	assert_int_equal(without_rights(read_sees_all), 0);
	char shm[320];
	(void)snprintf(shm, sizeof shm, "%s-shm", scratch.db);
	assert_int_equal(chmod(scratch.dir, 0700), 0);
	assert_int_equal(unlink(shm), 0);
	set_rights(0555, 0444);
	assert_int_equal(without_rights(read_sees_all), 10 + ERR_IO);
	set_rights(0700, 0600);
	assert_int_equal(read_sees_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed_writers_lose_nothing_acknowledged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk_refuses_and_keeps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk_while_idle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(read_only_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(read_only_folder_after_a_crash, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
