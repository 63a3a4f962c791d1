/* upload: entries of a log outside that somebody brings: each answer of tlog-mirror, and what is kept. */
#include "tests/core/uploads.h"

static void entries_are_mirrored_and_then_signed(void **state)
{
	promise(0, 600);
	struct upload u = make(0, 600, 99);
	bring(&u);
	assert_int_equal(nodes[0].answers, 0); /* nothing is durable yet */
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	assert_int_equal(held(), 600);
	check_signed(600);
	for (uint64_t i = 0; i < 600; i++)
		assert_true(bytes_equal(toy_log(&nodes[0], outside)->entries[i].envelope, entry_of(i)));
	promise(600, 1000);
	assert_int_equal(upload(600, 1000, 99), ANSWER_OK);
	check_signed(1000);
	/* Nothing new: the cosignature that is there. */
	assert_int_equal(upload(1000, 1000, 0), ANSWER_OK);
	check_signed(1000);
}

static void a_beginning_is_kept_and_the_rest_asked_for(void **state)
{
	promise(0, 1100);
	assert_int_equal(upload(0, 1100, 2), ANSWER_PARTIAL);
	assert_int_equal(nodes[0].answer_size, 1100);
	assert_int_equal(nodes[0].answer_next, 512);
	assert_int_equal(held(), 512);
	assert_int_equal(status_of(0, outside).head_size, 0);
	assert_int_equal(upload(512, 1100, 99), ANSWER_OK);
	check_signed(1100);
}

static void an_older_pending_checkpoint_will_do(void **state)
{
	promise(0, 300);
	promise(300, 700);
	promise(700, 900);
	assert_int_equal(upload(0, 700, 99), ANSWER_OK);
	check_signed(700);
	assert_int_equal(status_of(0, outside).witnessed_size, 900);
	/* Behind the mirror's checkpoint: it never goes back. */
	assert_int_equal(upload(300, 300, 0), ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_size, 900);
	assert_int_equal(nodes[0].answer_next, 700);
	assert_int_equal(upload(512, 900, 99), ANSWER_OK); /* what is held already is skipped */
	check_signed(900);
	assert_int_equal(held(), 900);
}

static void ranges_that_do_not_fit(void **state)
{
	assert_int_equal(upload(0, 100, 9), ANSWER_UNPROVED); /* nothing is pending */
	promise(0, 700);
	assert_int_equal(upload(0, 650, 9), ANSWER_CONFLICT); /* not a pending checkpoint */
	assert_int_equal(nodes[0].answer_size, 700);
	assert_int_equal(nodes[0].answer_next, 0);
	assert_int_equal(upload(1, 700, 9), ANSWER_CONFLICT); /* a gap */
	assert_int_equal(nodes[0].answer_size, 700);
	struct upload backwards = { .start = 701, .end = 700 };
	(void)snprintf(backwards.origin, sizeof backwards.origin, "%s", outside);
	bring(&backwards);
	assert_int_equal(nodes[0].outcome, ANSWER_MALFORMED);
	assert_int_equal(upload(0, 700, 0), ANSWER_MALFORMED); /* no whole package */
	assert_int_equal(upload(0, 700, 2), ANSWER_PARTIAL);
	assert_int_equal(upload(511, 700, 9), ANSWER_CONFLICT); /* an older bundle: too much of what is held */
	assert_int_equal(nodes[0].answer_next, 512);
	struct upload unknown = make(0, 0, 0);
	(void)snprintf(unknown.origin, sizeof unknown.origin, "elsewhere.example/log");
	bring(&unknown);
	assert_int_equal(nodes[0].outcome, ANSWER_UNKNOWN);
	/* Nobody but its own node adds to a log. */
	struct upload own = make(0, 0, 0);
	(void)snprintf(own.origin, sizeof own.origin, "%s", nodes[0].card.origin);
	bring(&own);
	assert_int_equal(nodes[0].outcome, ANSWER_UNKNOWN);
}

static void a_package_that_is_not_in_the_tree_ends_it(void **state)
{
	promise(0, 1100);
	struct upload u = make(0, 1100, 99);
	struct bytes *entries = arena_array(&u.arena, BUNDLE_ENTRIES, sizeof *entries);
	memcpy(entries, u.packages[2].entries, BUNDLE_ENTRIES * sizeof *entries);
	entries[7] = entry_of(3);
	u.packages[2].entries = entries;
	bring(&u);
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	assert_int_equal(held(), 512); /* what was proved before it stays */
	struct upload proof = make(512, 1100, 99);
	proof.packages[0].proof.hashes[0].b[0] ^= 1;
	bring(&proof);
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	assert_int_equal(held(), 512);
	assert_int_equal(upload(512, 1100, 99), ANSWER_OK);
	check_signed(1100);
}

/* Begin inside a bundle: what stands before it in the bundle is ours. */
static void packages_need_not_begin_with_a_bundle(void **state)
{
	promise(0, 100);
	assert_int_equal(upload(0, 100, 9), ANSWER_OK);
	promise(100, 250);
	assert_int_equal(upload(50, 250, 9), ANSWER_OK);
	promise(250, 700);
	assert_int_equal(upload(250, 700, 9), ANSWER_OK);
	check_signed(700);
	assert_int_equal(held(), 700);
}

static void two_uploads_at_once(void **state)
{
	promise(0, 600);
	struct upload one = make(0, 600, 99), two = make(0, 600, 99);
	struct event e = { .kind = EV_UPLOAD };
	nodes[0].answers = 0;
	e.u.upload.op = 5;
	e.u.upload.upload = &one;
	step(0, &e);
	/* The second finds everything checked and on its way: it begins too far back now, and is told where to go on. */
	e.u.upload.op = 6;
	e.u.upload.upload = &two;
	step(0, &e);
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_next, 600);
	struct upload three = make(600, 600, 0);
	e.u.upload.op = 7;
	e.u.upload.upload = &three;
	step(0, &e);
	assert_int_equal(nodes[0].answers, 1); /* not signed before the entries are durable */
	run();
	assert_int_equal(nodes[0].answers, 3);
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	check_signed(600);
	arena_free(&one.arena);
	arena_free(&two.arena);
	arena_free(&three.arena);
}

static void a_full_disk_signs_nothing(void **state)
{
	promise(0, 600);
	nodes[0].disk_full = true;
	assert_int_equal(upload(0, 600, 99), ANSWER_BUSY);
	assert_int_equal(upload(0, 600, 99), ANSWER_BUSY);
	assert_int_equal(held(), 0);
	nodes[0].disk_full = false;
	for (int i = 0; i < 5; i++)
		wait_ms(1500);
	assert_int_equal(upload(0, 600, 99), ANSWER_OK);
	check_signed(600);
}

static void a_restart_goes_on(void **state)
{
	promise(0, 600);
	assert_int_equal(upload(0, 600, 1), ANSWER_PARTIAL);
	core_free(nodes[0].core);
	struct core_config config = { .log_key = nodes[0].log_key,
		                          .witness_key = nodes[0].witness_key,
		                          .mirror_key = nodes[0].mirror_key,
		                          .name = "alice" };
	struct origin_state s;
	nodes[0].core = core_new(&config);
	assert_int_equal(core_add_log(nodes[0].core, skey_public(log_key), NULL), OK);
	load_state(&nodes[0], outside, &s);
	assert_int_equal(core_load(nodes[0].core, &s, NULL), OK);
	origin_state_free(&s);
	assert_int_equal(upload(0, 600, 1), ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_next, 256);
	assert_int_equal(upload(256, 600, 9), ANSWER_OK);
	check_signed(600);
}

/* They have none: an answer that says of each that it is in no state would break the link. */
static void no_peer_gets_payloads_of_a_log_outside(void **state)
{
	uint64_t index = 7;
	char from[] = "outside.example/log";
	struct buf frame = { 0 };
	promise(0, 600);
	assert_int_equal(upload(0, 600, 99), ANSWER_OK);
	connect_nodes(1, 0);
	Normlink__Frame f = NORMLINK__FRAME__INIT;
	Normlink__PayloadsRequest m = NORMLINK__PAYLOADS_REQUEST__INIT;
	m.origin = from;
	m.indexes = &index;
	m.n_indexes = 1;
	f.has_id = 1;
	f.id = 99;
	f.body_case = NORMLINK__FRAME__BODY_PAYLOADS_REQUEST;
	f.payloads_request = &m;
	frame_write(&f, &frame);
	struct event e = { .kind = EV_FRAME };
	e.u.frame.link = nodes[0].links[1];
	e.u.frame.raw = bytes_of(frame.data + FRAME_PREFIX, frame.len - FRAME_PREFIX);
	step(0, &e);
	run();
	buf_free(&frame);
	assert_int_equal(nodes[0].refusals + nodes[1].refusals, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_are_mirrored_and_then_signed),
		TEST(a_beginning_is_kept_and_the_rest_asked_for),
		TEST(an_older_pending_checkpoint_will_do),
		TEST(ranges_that_do_not_fit),
		TEST(a_package_that_is_not_in_the_tree_ends_it),
		TEST(packages_need_not_begin_with_a_bundle),
		TEST(two_uploads_at_once),
		TEST(a_full_disk_signs_nothing),
		TEST(a_restart_goes_on),
		TEST(no_peer_gets_payloads_of_a_log_outside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
