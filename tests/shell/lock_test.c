/* lock: one holder at a time, and nothing stale. */
#include "tests/shell/world.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "node/shell/lock.h"

static void test_second_is_refused(void **state)
{
	struct world *w = *state;
	struct lock first, second;
	struct err err = { 0 };
	char pid[32];
	(void)snprintf(pid, sizeof pid, "pid %ld ", (long)getpid());
	assert_int_equal(lock_take(w->root, &first, &err), OK);
	assert_int_equal(lock_take(w->root, &second, &err), ERR_BUSY);
	assert_non_null(strstr(err.text, pid));
	assert_true(second.fd < 0);
	lock_release(&second);
	assert_int_equal(lock_take(w->root, &second, &err), ERR_BUSY);
	lock_release(&first);
	assert_int_equal(lock_take(w->root, &second, &err), OK);
	lock_release(&second);
	lock_release(&second);
}

/* Closing another descriptor of the file must not give the lock away. */
static void test_reading_it_changes_nothing(void **state)
{
	struct world *w = *state;
	struct lock held, other;
	struct buf text = { 0 };
	char path[600];
	(void)snprintf(path, sizeof path, "%s/lock", w->root);
	assert_int_equal(lock_take(w->root, &held, NULL), OK);
	assert_int_equal(file_read(path, 64, &text, NULL), OK);
	assert_int_equal(strtol(buf_str(&text), NULL, 10), getpid());
	assert_int_equal(lock_take(w->root, &other, NULL), ERR_BUSY);
	lock_release(&held);
	buf_free(&text);
}

static void test_dies_with_its_process(void **state)
{
	struct world *w = *state;
	struct lock lock;
	int ready[2];
	char byte = 0;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct lock mine;
		byte = lock_take(w->root, &mine, NULL) == OK ? 'y' : 'n';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(lock_take(w->root, &lock, NULL), ERR_BUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(lock_take(w->root, &lock, NULL), OK);
	lock_release(&lock);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void test_no_folder(void **state)
{
	struct world *w = *state;
	struct lock lock;
	struct err err = { 0 };
	char path[600];
	(void)snprintf(path, sizeof path, "%s/absent", w->root);
	assert_int_equal(lock_take(path, &lock, &err), ERR_NOT_FOUND);
	/* A link where the lock should be could make us write elsewhere. */
	(void)snprintf(path, sizeof path, "%s/lock", w->root);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_not_equal(lock_take(w->root, &lock, &err), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_second_is_refused, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_reading_it_changes_nothing, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_dies_with_its_process, world_up, world_down),
		cmocka_unit_test_setup_teardown(test_no_folder, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
