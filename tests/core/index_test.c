/* index: an index root becomes the entry that it names, or none. */
#include "proto/index_root.h"
#include "tests/core/world.h"

static void root_payload(uint64_t index, struct buf *out)
{
	const struct hash root = { { 7 } };
	const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct buf record = { 0 };
	assert_int_equal(index_root_encode(index, 3, &root, &record, NULL), OK);
	payload_write(buf_bytes(&record), nonce, out);
	buf_free(&record);
}

/* So many of them at once, all for that entry. */
static int submit_roots(uint64_t index, size_t count)
{
	struct buf payload = { 0 };
	struct bytes all[2];
	struct event e = { .kind = EV_SUBMIT };
	root_payload(index, &payload);
	all[0] = all[1] = buf_bytes(&payload);
	e.u.submit.op = 1;
	e.u.submit.count = count;
	e.u.submit.payloads = all;
	step(0, &e);
	run();
	buf_free(&payload);
	return nodes[0].reply_code;
}

static void it_becomes_the_entry_that_it_names(void **state)
{
	publish(0, 3, "x");
	assert_int_equal(submit_roots(2, 1), ERR_CONFLICT);
	assert_int_equal(submit_roots(4, 1), ERR_CONFLICT);
	assert_int_equal(status_of(0, alices).held, 3);
	assert_int_equal(submit_roots(3, 1), OK);
	assert_int_equal(status_of(0, alices).held, 4);
	assert_int_equal(submit_roots(3, 1), ERR_CONFLICT); /* the same once more is another entry */
}

static void it_comes_alone(void **state)
{
	publish(0, 1, "x");
	assert_int_equal(submit_roots(1, 2), ERR_CONFLICT);
	assert_int_equal(status_of(0, alices).held, 1);
}

static void its_place_is_read_from_its_payload(void **state)
{
	struct buf payload = { 0 };
	uint64_t index = 0;
	root_payload(4711, &payload);
	assert_int_equal(index_root_place(buf_bytes(&payload), &index, NULL), OK);
	assert_int_equal(index, 4711);
	assert_int_equal(index_root_place(bytes_str("no payload"), &index, NULL), ERR_INVALID);
	for (size_t len = 0; len < payload.len; len++)
		assert_int_equal(index_root_place(bytes_of(payload.data, len), &index, NULL), ERR_INVALID);
	buf_free(&payload);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_becomes_the_entry_that_it_names),
		TEST(it_comes_alone),
		TEST(its_place_is_read_from_its_payload),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
