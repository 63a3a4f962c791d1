/* upload: entries of a peer's log that somebody brings: peers bring them, with their payloads, while the upload waits.
 */
#include "tests/core/uploads.h"

/* How many entries with their payloads alice still takes; then nothing more comes. */
static int bundles_left;

static int few_bundles(size_t to, struct buf *frame)
{
	return to == 0 && frame->len > 10000 && bundles_left-- <= 0;
}

static void peers_bring_what_an_upload_waits_for(void **state)
{
	assert_int_equal(upload(0, 700, 99), ANSWER_UNPROVED); /* nothing is pending */
	promise(0, 700);
	struct upload u = make(0, 700, 99);
	bring(&u);
	run();
	assert_int_equal(nodes[0].answers, 0);
	assert_int_equal(held(), 0); /* it came without payloads */
	connect_nodes(0, 1);
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	check_answer(700);
	const struct toy_log *log = toy_log(&nodes[0], origin);
	assert_true(held() >= 700);
	for (uint64_t i = 0; i < 700; i++)
		assert_int_equal(log->entries[i].state, PAYLOAD_PRESENT);
	/* What is held already is answered at once. */
	assert_int_equal(held(), ENTRIES);
	assert_int_equal(upload(ENTRIES, ENTRIES, 0), ANSWER_OK);
	check_signed(ENTRIES);
	assert_int_equal(upload(ENTRIES - 10, ENTRIES, 1), ANSWER_OK);
	assert_int_equal(upload(700, 700, 0), ANSWER_CONFLICT); /* it never goes back */
	assert_int_equal(nodes[0].answer_size, ENTRIES);
	assert_int_equal(nodes[0].answer_next, ENTRIES);
}

static void nobody_brings_it_in_time(void **state)
{
	promise(0, ENTRIES);
	struct upload u = make(0, ENTRIES, 99);
	bring(&u);
	wait_ms(UPLOAD_WAIT_MS - 1);
	assert_int_equal(nodes[0].answers, 0);
	assert_true(core_next_tick(nodes[0].core) <= now_ms + 1);
	wait_ms(1);
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_PARTIAL);
	assert_int_equal(nodes[0].answer_size, ENTRIES);
	assert_int_equal(nodes[0].answer_next, 0);
	/* Two bundles come, and then no more: what is durable is said. */
	bundles_left = 2;
	tamper = few_bundles;
	u = make(0, ENTRIES, 99);
	bring(&u);
	connect_nodes(0, 1);
	assert_int_equal(nodes[0].answers, 0);
	wait_ms(UPLOAD_WAIT_MS);
	assert_int_equal(nodes[0].outcome, ANSWER_PARTIAL);
	assert_int_equal(nodes[0].answer_next, 512);
	assert_int_equal(held(), 512);
	assert_int_equal(status_of(0, origin).head_size, 0);
	/* A beginning of it, which is there already, waits for nothing. */
	assert_int_equal(upload(300, ENTRIES, 1), ANSWER_CONFLICT);
	assert_int_equal(upload(512, ENTRIES, 0), ANSWER_MALFORMED);
	tamper = NULL;
	u = make(512, ENTRIES, 1);
	bring(&u);
	wait_ms(REQUEST_TIMEOUT_MS);
	wait_ms(0);
	assert_int_equal(nodes[0].outcome, ANSWER_PARTIAL);
}

static void a_wrong_package_of_a_peers_log(void **state)
{
	promise(0, ENTRIES);
	struct upload u = make(0, ENTRIES, 99);
	u.packages[1].proof.hashes[0].b[0] ^= 1;
	bring(&u);
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	u = make(0, ENTRIES, 99);
	((struct bytes *)(uintptr_t)u.packages[0].entries)[9] = bytes_str("another");
	bring(&u);
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	assert_int_equal(held(), 0);
}

static void a_peers_log_forks_meanwhile(void **state)
{
	promise(0, 700);
	struct upload u = make(0, 700, 99);
	bring(&u);
	run();
	struct event e = { .kind = EV_CHECKPOINT };
	struct tree_proof proof = { .count = 0 };
	struct buf note = { 0 }, text = { 0 };
	struct hash root = hash_leaf(hasher, bytes_str("a second history"));
	checkpoint_write(origin, 700, &root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_sign(signer, buf_bytes(&text), &note);
	e.u.checkpoint.op = 9;
	e.u.checkpoint.old_size = 700;
	e.u.checkpoint.proof = &proof;
	e.u.checkpoint.note = buf_bytes(&note);
	step(0, &e);
	run();
	assert_int_equal(nodes[0].answers, 2); /* the checkpoint is refused, and the upload too */
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	assert_int_equal(upload(0, 700, 99), ANSWER_UNPROVED);
	assert_int_equal(status_of(0, origin).fork, FORK_FROZEN);
	buf_free(&note);
	buf_free(&text);
}

static void only_so_many_wait(void **state)
{
	promise(0, ENTRIES);
	struct upload u = make(0, ENTRIES, 1);
	struct event e = { .kind = EV_UPLOAD };
	nodes[0].answers = 0;
	e.u.upload.upload = &u;
	for (uint64_t i = 0; i < UPLOADS_WAITING_MAX; i++) {
		e.u.upload.op = i + 1;
		step(0, &e);
	}
	assert_int_equal(nodes[0].answers, 0);
	e.u.upload.op = 1000;
	step(0, &e);
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_BUSY);
	wait_ms(UPLOAD_WAIT_MS);
	assert_int_equal(nodes[0].answers, 1 + UPLOADS_WAITING_MAX);
	assert_int_equal(nodes[0].outcome, ANSWER_PARTIAL);
	step(0, &e); /* some wait when the core is freed */
	arena_free(&u.arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bobs, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(peers_bring_what_an_upload_waits_for),
		TEST(nobody_brings_it_in_time),
		TEST(a_wrong_package_of_a_peers_log),
		TEST(a_peers_log_forks_meanwhile),
		TEST(only_so_many_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
