/* What is asked of a handle may be ended anywhere, and does no harm to what is asked next. */
#include "node/core/condition.h"
#include "tests/store/fixture.h"

enum { RECORDS = 600 };

static struct view view;

static int up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	maker_init(&maker, "iso.example/log");
	apply_one(store, maker_numbered(&maker, 0, RECORDS));
	store_close(store);
	store = scratch_open(&scratch, STORE_READ);
	view = store_view(store);
	return 0;
}

static int down(void **state)
{
	maker_close(&maker);
	store_close(store);
	scratch_remove(&scratch);
	return 0;
}

/* Words with counts and an order, a listing, figures: a little of everything.  *found: how many the words find. */
static int ask(uint64_t *found, struct err *err)
{
	const struct condition words = { .field = FIELD_TITLE, .relation = COMPARE_ALL, .text = "screw threads" };
	struct count_wish wish = { .field = FIELD_ICS, .limit = 10 };
	const struct selection s = { .where = &words,
		                         .sorts = { { .field = FIELD_DATE } },
		                         .sort_count = 1,
		                         .wishes = &wish,
		                         .wish_count = 1,
		                         .limit = 20 };
	struct arena arena = { 0 };
	struct found_list list;
	struct figure_list figures;
	const struct figure_question everybodys = { .day = 20260101 };
	int rc = view.select(view.ctx, &s, &arena, &list, err);
	*found = list.total;
	if (rc == OK)
		rc = view.listing(view.ctx, "iso.example/log", 1, NULL, 0, 100, &arena, &list, err);
	if (rc == OK)
		rc = view.statistics(view.ctx, &everybodys, &arena, &figures, err);
	arena_free(&arena);
	return rc;
}

static void must_answer_as_ever(void)
{
	struct err err = { 0 };
	uint64_t found = 0;
	store_budget(store, 0, NULL, NULL);
	if (ask(&found, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(found, RECORDS);
}

static void so_much_work(void **state)
{
	struct err err = { 0 };
	uint64_t found, work = 1;
	int rc = ERR_LIMIT;
	for (; rc == ERR_LIMIT; work += work / 4 + 1) {
		store_budget(store, work, NULL, NULL);
		rc = ask(&found, &err);
		if (rc == ERR_LIMIT)
			assert_int_equal(ask(&found, NULL), ERR_LIMIT); /* nothing more is to be had */
		must_answer_as_ever();
	}
	assert_int_equal(rc, OK);
	assert_true(work > RECORDS);
}

static bool is_over(void *left)
{
	unsigned *n = left;
	return *n == 0 || --*n == 0;
}

static void so_much_time(void **state)
{
	struct err err = { 0 };
	uint64_t found;
	int rc = ERR_TIMEOUT;
	unsigned ended = 0;
	for (unsigned n = 1; rc == ERR_TIMEOUT; n++) {
		unsigned left = n;
		store_budget(store, 0, is_over, &left);
		rc = ask(&found, &err);
		ended += rc == ERR_TIMEOUT;
		must_answer_as_ever();
	}
	assert_int_equal(rc, OK);
	assert_true(ended > 10); /* it was looked at often enough */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(so_much_work, up, down),
		cmocka_unit_test_setup_teardown(so_much_time, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
