/* recent: what a reader keeps between questions is what a reader without memory would see. */
#include "tests/store/fixture.h"
#include "tests/store/seek.h"

static void add(const char *subject, const char *title)
{
	const struct text texts[] = { { 1, "en", title }, { 0, NULL, NULL } };
	const struct sample sample = { .subject = subject, .texts = texts };
	apply_sample(store, &maker, &sample);
}

/* Hits, each with its payload, at a snapshot that has as many entries as the log. */
static uint64_t hits(struct store *s)
{
	struct arena arena = { 0 };
	struct found_list list;
	struct as_of *as_of;
	size_t count;
	struct view v = store_view(s);
	const struct query query = { .words = "wood", .limit = 10 };
	assert_int_equal(v.begin(v.ctx, &arena, &as_of, &count, NULL), OK);
	assert_int_equal(seek(&v, &query, &arena, &list, NULL), OK);
	v.end(v.ctx);
	assert_int_equal(count, 1);
	assert_int_equal(as_of[0].size, tree_size(maker.tree));
	for (size_t i = 0; i < list.count; i++)
		assert_true(list.v[i].state == PAYLOAD_PRESENT && list.v[i].payload.len > 0);
	arena_free(&arena);
	return list.total;
}

static void a_reader_sees_what_came(void **state)
{
	add("ISO 1:2000", "Wood");
	struct store *reader = scratch_open(&scratch, STORE_READ);
	for (uint64_t n = 1; n < 5; n++) {
		char subject[24];
		assert_int_equal(hits(reader), n);
		assert_int_equal(hits(reader), n);
		assert_int_equal(hits(store), n);
		(void)snprintf(subject, sizeof subject, "ISO %d:2000", (int)n + 1);
		add(subject, "More wood");
	}
	store_close(reader);
}

/* What was found once is another's revision now, and then is taken up again. */
static void a_reader_sees_what_was_revised(void **state)
{
	add("ISO 1:2000", "Wood");
	add("ISO 2:2000", "Wood");
	struct store *reader = scratch_open(&scratch, STORE_READ);
	assert_int_equal(hits(reader), 2);
	add("ISO 1:2000", "Timber");
	assert_int_equal(hits(reader), 1);
	add("ISO 1:2000", "Wood and timber");
	assert_int_equal(hits(reader), 2);
	store_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_sees_what_came, log_up, log_down),
		cmocka_unit_test_setup_teardown(a_reader_sees_what_was_revised, log_up, log_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
