/* desk: from which state of the store the loop answers. */
#include <sqlite3.h>

#include "node/shell/desk.h"
#include "tests/shell/world.h"

struct test {
	char path[700];
	uv_loop_t loop;
	struct desk *desk;
	_Atomic uint64_t turns; /* the writer's, that there would be */
	unsigned again;
};

struct task {
	struct reader_job job; /* first */
	struct test *test;
	uint64_t moment;
	int rc;
};

static void task_run(struct reader_job *job, struct store *store)
{
	struct task *t = (struct task *)job;
	struct view view = store_view(store);
	t->rc = view.moment(view.ctx, &t->moment, NULL);
}

static void task_again(struct reader_job *job)
{
	((struct task *)job)->test->again++;
}

/* The moment of the state that is answered from; asked until it is answered, should the machine be slow. */
static uint64_t moment_of(struct test *w)
{
	struct task t;
	int64_t until = now_ms() + PATIENCE_MS;
	for (bool done = false; !done;) {
		if (now_ms() > until)
			fail_msg("no question is quick enough");
		t = (struct task){ .test = w };
		t.job.run_cb = task_run;
		t.job.again_cb = task_again;
		desk_begin(w->desk);
		done = desk_answer(w->desk, &t.job);
		desk_end(w->desk);
	}
	assert_int_equal(t.rc, OK);
	return t.moment;
}

static void let_something_arrive(const struct test *w)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "INSERT INTO arrival(slot, first, last, time_s) VALUES (1, 0, 0, 0)", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
}

static void open_up(void **state, struct test *w)
{
	struct world *world = *state;
	struct err err = { 0 };
	*w = (struct test){ 0 };
	node_make(world, 0);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	(void)snprintf(w->path, sizeof w->path, "%s/normlink.db", world->nodes[0].path);
	if (desk_open(&w->loop, world->nodes[0].path, &w->turns, &w->desk, &err) != OK)
		fail_msg("%s", err.text);
}

static void close_down(struct test *w)
{
	desk_close(&w->desk);
	assert_null(w->desk);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

/* What the writer did is seen by the next question. */
static void what_is_written_is_seen(void **state)
{
	struct test w;
	open_up(state, &w);
	uint64_t moment = moment_of(&w);
	atomic_fetch_add(&w.turns, 1);
	assert_int_equal(moment_of(&w), moment);
	let_something_arrive(&w);
	assert_int_equal(moment_of(&w), moment + 1); /* as long as it writes, what was found does not stand */
	atomic_fetch_add(&w.turns, 1);
	let_something_arrive(&w);
	atomic_fetch_add(&w.turns, 2);
	assert_int_equal(moment_of(&w), moment + 2);
	close_down(&w);
}

/* While it does nothing, nothing is looked at anew; nor is what was found held for longer than a moment. */
static void one_state_for_a_moment(void **state)
{
	struct test w;
	open_up(state, &w);
	uint64_t moment = moment_of(&w);
	let_something_arrive(&w);
	uint64_t now = moment_of(&w);
	if (w.again == 0) /* else it was interrupted, and let go */
		assert_int_equal(now, moment);
	WAIT_FOR(uv_run(&w.loop, UV_RUN_NOWAIT) >= 0 && moment_of(&w) == moment + 1);
	close_down(&w);
}

/* Of what writes nobody waits for what the loop holds. */
static void the_writer_is_not_kept_waiting(void **state)
{
	struct test w;
	sqlite3 *db;
	int frames, done;
	open_up(state, &w);
	atomic_fetch_add(&w.turns, 1);
	(void)moment_of(&w);
	let_something_arrive(&w);
	(void)moment_of(&w);
	assert_int_equal(sqlite3_open(w.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, &frames, &done), SQLITE_OK);
	sqlite3_close(db);
	close_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_is_seen, world_up, world_down),
		cmocka_unit_test_setup_teardown(one_state_for_a_moment, world_up, world_down),
		cmocka_unit_test_setup_teardown(the_writer_is_not_kept_waiting, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
