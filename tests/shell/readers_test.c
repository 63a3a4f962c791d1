/* readers: who waits for whom, and how what runs is ended. */
#include "tests/shell/world.h"

#include "node/base/limits.h"
#include "node/shell/readers.h"

enum { READERS = 2, MANY = 200 };

struct test {
	struct world *world;
	uv_loop_t loop;
	struct readers *readers;
	unsigned done;
};

/* A job that asks the store until that fails, or one that asks once. */
struct task {
	struct reader_job job; /* first */
	struct test *test;
	bool endless;
	bool on_loop; /* (out) where it was done */
	int again;    /* how often it was begun anew */
	atomic_bool begun;
	int rc;
	unsigned done; /* the how manieth */
};

static uv_thread_t loop_thread;

static void on_told(void *arg)
{
	(void)arg;
}

static void task_run(struct reader_job *job, struct store *store)
{
	struct task *t = (struct task *)job;
	struct view view = store_view(store);
	struct view_figures figures;
	atomic_store(&t->begun, true);
	do
		t->rc = view.figures(view.ctx, &figures, NULL);
	while (t->rc == OK && t->endless);
}

static void task_done(struct reader_job *job)
{
	struct task *t = (struct task *)job;
	t->done = ++t->test->done;
}

static void push(struct test *w, struct task *t, uint64_t client, enum reader_rank rank, bool endless)
{
	*t = (struct task){ .test = w, .endless = endless };
	t->job.run_cb = task_run;
	t->job.done_cb = task_done;
	t->job.client = client;
	readers_push(w->readers, &t->job, rank);
	readers_wake(w->readers);
}

static const _Atomic uint64_t turns; /* of a writer that does nothing */

static void await_task(struct test *w, const struct task *t)
{
	int64_t until = now_ms() + PATIENCE_MS;
	while (t->done == 0) {
		if (now_ms() > until)
			fail_msg("a job did not come back");
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
		(void)poll(NULL, 0, 1);
	}
}

static void open_up(void **state, struct test *w, int count)
{
	struct err err = { 0 };
	*w = (struct test){ .world = *state };
	node_make(w->world, 0);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	if (readers_start(&w->loop, w->world->nodes[0].path, count, &turns, on_told, NULL, &w->readers, &err) != OK)
		fail_msg("%s", err.text);
}

static void close_down(struct test *w)
{
	readers_stop(&w->readers);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

/* All readers have what does not end by itself; a question of somebody else, whose clients left, is done at once. */
static void who_leaves_frees_its_reader(void **state)
{
	static struct task slow[MANY];
	struct test w;
	struct task quick;
	open_up(state, &w, READERS);
	for (int i = 0; i < MANY; i++)
		push(&w, &slow[i], 1, READ_PUBLIC, true);
	WAIT_FOR(atomic_load(&slow[0].begun));
	for (int i = 0; i < MANY; i++)
		readers_give_up(w.readers, &slow[i].job);
	push(&w, &quick, 2, READ_PUBLIC, false);
	await_task(&w, &quick);
	assert_int_equal(quick.rc, OK);
	for (int i = 0; i < MANY; i++)
		await_task(&w, &slow[i]);
	assert_int_equal(slow[0].rc, ERR_TIMEOUT);
	assert_true(slow[MANY - 1].job.cancelled);
	assert_false(atomic_load(&slow[MANY - 1].begun));
	assert_int_equal(readers_pending(w.readers), 0);
	close_down(&w);
}

static void time_and_work_have_an_end(void **state)
{
	struct test w;
	struct task t, late;
	open_up(state, &w, READERS);
	t = (struct task){ .test = &w, .endless = true };
	t.job.run_cb = task_run;
	t.job.done_cb = task_done;
	t.job.until_ns = uv_hrtime() + 20 * UINT64_C(1000000);
	readers_push(w.readers, &t.job, READ_PUBLIC);
	readers_wake(w.readers);
	await_task(&w, &t);
	assert_int_equal(t.rc, ERR_TIMEOUT);
	assert_true(t.job.spent_ns > 0);
	late = (struct task){ .test = &w };
	late.job.run_cb = task_run;
	late.job.done_cb = task_done;
	late.job.until_ns = 1;
	readers_push(w.readers, &late.job, READ_PUBLIC);
	readers_wake(w.readers);
	await_task(&w, &late);
	assert_true(late.job.cancelled);
	assert_false(atomic_load(&late.begun));
	t.done = 0;
	t.job.until_ns = 0;
	t.job.work_max = 100 * 1000;
	readers_push(w.readers, &t.job, READ_PUBLIC);
	readers_wake(w.readers);
	await_task(&w, &t);
	assert_int_equal(t.rc, ERR_LIMIT);
	push(&w, &late, 1, READ_PUBLIC, false); /* the next starts anew */
	await_task(&w, &late);
	assert_int_equal(late.rc, OK);
	close_down(&w);
}

/* One client's many questions do not make another wait for all of them. */
static void many_questions_of_one(void **state)
{
	static struct task of_one[MANY];
	struct test w;
	struct task other;
	open_up(state, &w, 1);
	for (int i = 0; i < MANY; i++) {
		of_one[i] = (struct task){ .test = &w };
		of_one[i].job.run_cb = task_run;
		of_one[i].job.done_cb = task_done;
		of_one[i].job.client = 1;
		readers_push(w.readers, &of_one[i].job, READ_PUBLIC);
	}
	push(&w, &other, 2, READ_PUBLIC, false); /* wakes the readers, too */
	for (int i = 0; i < MANY; i++)
		await_task(&w, &of_one[i]);
	await_task(&w, &other);
	assert_int_equal(other.done, 2);
	close_down(&w);
}

static void the_public_does_not_keep_the_house_waiting(void **state)
{
	struct test w;
	struct task slow[READERS + 2], house[2], core;
	open_up(state, &w, READERS);
	for (int i = 0; i < READERS + 2; i++)
		push(&w, &slow[i], (uint64_t)i, READ_PUBLIC, true);
	for (int i = 0; i < READERS; i++)
		WAIT_FOR(atomic_load(&slow[i].begun));
	push(&w, &house[0], 0, READ_HOUSE, false);
	await_task(&w, &house[0]);
	push(&w, &house[1], 0, READ_HOUSE, true); /* the operator's own takes its time as well */
	WAIT_FOR(atomic_load(&house[1].begun));
	push(&w, &core, 0, READ_CORE, false);
	await_task(&w, &core);
	assert_int_equal(core.rc, OK);
	assert_int_equal(slow[0].done, 0);
	close_down(&w); /* and a stop ends what does not end */
	assert_int_equal(slow[0].rc, ERR_TIMEOUT);
	assert_true(slow[READERS + 1].job.cancelled);
}

/* Whoever asked what took long gets all readers but one. */
static void slow_clients_leave_a_reader(void **state)
{
	struct test w;
	struct task first, slow[READERS + 2], quick;
	open_up(state, &w, READERS);
	push(&w, &first, 1, READ_PUBLIC, true);
	WAIT_FOR(atomic_load(&first.begun));
	clock_t long_enough = clock() + 3 * QUESTION_SLOW_MS * (CLOCKS_PER_SEC / 1000); /* of this process's time */
	WAIT_FOR(clock() > long_enough);
	for (int i = 0; i < READERS + 2; i++)
		push(&w, &slow[i], 1, READ_PUBLIC, true);
	readers_give_up(w.readers, &first.job);
	await_task(&w, &first);
	WAIT_FOR(atomic_load(&slow[0].begun));
	push(&w, &quick, 2, READ_PUBLIC, false);
	await_task(&w, &quick);
	int begun = 0;
	for (int i = 0; i < READERS + 2; i++)
		begun += atomic_load(&slow[i].begun);
	assert_int_equal(begun, READERS - 1);
	close_down(&w);
}

/* ---- what the loop answers itself ---- */

enum { SHAPE = 7 };

/* On a reader it is done at once; on the loop, if it is endless, it asks until that fails. */
static void quick_run(struct reader_job *job, struct store *store)
{
	struct task *t = (struct task *)job;
	uv_thread_t me = uv_thread_self();
	bool on_loop = uv_thread_equal(&me, &loop_thread) != 0;
	t->rc = OK;
	if (on_loop && t->endless)
		task_run(job, store);
	t->on_loop = on_loop;
}

static void quick_again(struct reader_job *job)
{
	((struct task *)job)->again++;
}

static void push_quick(struct test *w, struct task *t, bool endless)
{
	*t = (struct task){ .test = w, .endless = endless };
	t->job.run_cb = quick_run;
	t->job.done_cb = task_done;
	t->job.again_cb = quick_again;
	t->job.shape = SHAPE;
	readers_push(w->readers, &t->job, READ_PUBLIC);
}

/* Some of that shape are asked and found to be quick. */
static void open_quick(void **state, struct test *w)
{
	struct task t;
	loop_thread = uv_thread_self();
	open_up(state, w, READERS);
	do {
		push_quick(w, &t, false);
		(void)readers_answer(w->readers);
		readers_wake(w->readers);
		await_task(w, &t);
		assert_int_equal(t.rc, OK);
	} while (!t.on_loop);
}

static void what_is_quick_is_answered_at_once(void **state)
{
	struct test w;
	struct task t, long_one, other;
	open_quick(state, &w);
	push_quick(&w, &t, false);
	assert_true(readers_answer(w.readers));
	assert_int_not_equal(t.done, 0);
	/* One that turns out to take long is given to a reader; the next one follows from within none of it. */
	push_quick(&w, &long_one, true);
	push(&w, &other, 1, READ_PUBLIC, false);
	await_task(&w, &other);
	assert_false(other.on_loop);
	await_task(&w, &long_one);
	push_quick(&w, &long_one, true);
	assert_false(readers_answer(w.readers));
	assert_int_equal(long_one.again, 1);
	assert_int_equal(long_one.rc, ERR_TIMEOUT);
	readers_wake(w.readers);
	await_task(&w, &long_one);
	assert_int_equal(long_one.rc, OK);
	assert_false(long_one.on_loop);
	close_down(&w);
}

static void done_and_the_next_given_up(struct reader_job *job)
{
	struct task *t = (struct task *)job;
	task_done(job);
	readers_give_up(t->test->readers, &t[1].job);
}

/* What comes of one answer may be that nobody waits for the next, which is there already. */
static void given_up_by_the_one_before(void **state)
{
	struct test w;
	struct task t[2];
	open_quick(state, &w);
	push_quick(&w, &t[0], false);
	t[0].job.done_cb = done_and_the_next_given_up;
	push_quick(&w, &t[1], false);
	assert_true(readers_answer(w.readers));
	assert_true(t[0].on_loop && t[0].done < t[1].done);
	assert_true(t[1].job.until_ns != 0 && uv_hrtime() >= t[1].job.until_ns);
	close_down(&w);
}

static void as_much_room_as_is_left(void **state)
{
	static struct task tasks[READ_QUEUE_MAX];
	struct test w;
	bool all = true;
	size_t n = 0;
	open_up(state, &w, READERS);
	for (uint64_t who = 1; who <= 2; who++)
		while (readers_have_room(w.readers, who, &all))
			push(&w, &tasks[n++], who, READ_PUBLIC, true);
	assert_false(all);
	assert_int_equal(readers_held(w.readers, READ_PUBLIC, 1), READ_QUEUE_MAX / 2);
	assert_int_equal(readers_held(w.readers, READ_PUBLIC, 2), READ_QUEUE_MAX / 4);
	for (uint64_t who = 3; readers_have_room(w.readers, who, &all); who++)
		push(&w, &tasks[n++], who, READ_PUBLIC, true);
	assert_true(all);
	assert_int_equal(n, READ_QUEUE_MAX);
	close_down(&w);
	assert_int_equal(w.done, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_leaves_frees_its_reader, world_up, world_down),
		cmocka_unit_test_setup_teardown(time_and_work_have_an_end, world_up, world_down),
		cmocka_unit_test_setup_teardown(many_questions_of_one, world_up, world_down),
		cmocka_unit_test_setup_teardown(the_public_does_not_keep_the_house_waiting, world_up, world_down),
		cmocka_unit_test_setup_teardown(slow_clients_leave_a_reader, world_up, world_down),
		cmocka_unit_test_setup_teardown(what_is_quick_is_answered_at_once, world_up, world_down),
		cmocka_unit_test_setup_teardown(given_up_by_the_one_before, world_up, world_down),
		cmocka_unit_test_setup_teardown(as_much_room_as_is_left, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
