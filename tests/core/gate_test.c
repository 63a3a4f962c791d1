/* gate: a node whose disk was put back, and two peers that know better. */
#include "crypto/note.h"
#include "tests/core/world.h"

/* Alice's core stops and starts again with what stands in her store, which may be less than she had. */
static void alice_restarts(const struct guard_facts *facts, size_t entries, const struct buf *head, uint64_t head_size)
{
	struct toy *t = &nodes[0];
	struct origin_state s;
	for (size_t i = 1; i < NODES_MAX; i++)
		if (t->links[i] != 0)
			cut(0, i, i);
	run();
	core_free(t->core);
	struct core_config config = {
		.log_key = t->log_key, .witness_key = t->witness_key, .mirror_key = t->mirror_key, .guard = *facts
	};
	memcpy(config.name, "alice", 6);
	t->core = core_new(&config);
	t->opened = 0;
	for (size_t k = 1; k < NODES_MAX; k++)
		assert_int_equal(core_add_peer(t->core, &nodes[k].card, &t->peers[k], NULL), OK);
	struct toy_log *log = toy_log(t, alices);
	log->count = entries;
	keep(&log->head, buf_bytes(head));
	buf_reset(&log->cosigned);
	log->head_size = head_size;
	load_state(t, alices, &s);
	assert_int_equal(core_load(t->core, &s, NULL), OK);
	origin_state_free(&s);
	now_ms += 1000;
	wait_ms(0);
}

static struct buf old_head; /* of what alice goes back to */
static struct hash old_root;

static void remember(void)
{
	buf_reset(&old_head);
	buf_add_bytes(&old_head, buf_bytes(&toy_log(&nodes[0], alices)->head));
	old_root = status_of(0, alices).head_root;
}

/* Alice has 700 entries, bob and carol hold them; then she has 300 again.  The mark says what the caller wants. */
static void alice_is_put_back(struct guard_facts facts)
{
	struct origin_status s;
	connect_nodes(0, 1);
	connect_nodes(0, 2);
	publish(0, 300, "x");
	remember();
	publish(0, 400, "y");
	s = status_of(0, alices);
	assert_int_equal(s.head_size, 700);
	facts.root = facts.size == 700 ? s.head_root : old_root;
	alice_restarts(&facts, 300, &old_head, 300);
}

static int close_world(void **state)
{
	buf_free(&old_head);
	return tear_down(state);
}

static void expect_state(enum guard_state due)
{
	enum guard_state found = core_guard(nodes[0].core);
	if (found != due)
		fail_msg("%s, and not %s", guard_name(found), guard_name(due));
}

static void no_fork(void)
{
	for (size_t i = 0; i < NODES_MAX; i++)
		assert_int_equal(status_of(i, alices).fork, FORK_NONE);
}

static void publishes_and_all_follow(uint64_t size)
{
	publish(0, 1, "z");
	assert_int_equal(nodes[0].reply_code, OK);
	for (size_t i = 0; i < NODES_MAX; i++)
		assert_int_equal(status_of(i, alices).head_size, size);
	no_fork();
}

static void resume(void)
{
	struct event e = { .kind = EV_RESUME };
	step(0, &e);
	run();
}

/* ---- tests ---- */

static void an_older_database_is_brought_up_by_peers(void **state)
{
	alice_is_put_back((struct guard_facts){ .marked = true, .here = true, .size = 700 });
	expect_state(GUARD_OLDER);
	publish(0, 1, "too early");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_non_null(strstr(nodes[0].reply_text, "older"));
	connect_nodes(0, 1);
	wait_ms(0);
	assert_int_equal(status_of(0, alices).head_size, 700);
	wait_ms(GUARD_WAIT_MS);
	expect_state(GUARD_OPEN);
	assert_int_equal(nodes[0].opened, 1);
	assert_null(strstr(buf_str(&toy_log(&nodes[0], alices)->head), "alice.example/witness"));
	assert_non_null(strstr(buf_str(&toy_log(&nodes[0], alices)->head), "bob.example/witness"));
	assert_memory_equal(toy_log(&nodes[0], alices)->leaves, toy_log(&nodes[1], alices)->leaves, 700 * HASH_SIZE);
	connect_nodes(0, 2);
	publishes_and_all_follow(701);
}

static void an_older_database_without_peers_stays_closed(void **state)
{
	alice_is_put_back((struct guard_facts){ .marked = true, .here = true, .size = 700 });
	wait_ms(GUARD_WAIT_MS);
	wait_ms(24 * 3600 * 1000);
	expect_state(GUARD_OLDER);
	resume();
	expect_state(GUARD_OLDER);
	assert_int_equal(nodes[0].opened, 0);
}

static void a_copied_folder_talks_to_nobody_before_the_word(void **state)
{
	struct guard_facts facts = { .marked = true, .size = 700 };
	alice_is_put_back(facts);
	expect_state(GUARD_MOVED);
	connect_nodes(0, 1);
	assert_true(nodes[0].closes > 0);
	publish(0, 1, "no");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_non_null(strstr(nodes[0].reply_text, "normlink resume DIR"));
	resume();
	expect_state(GUARD_OLDER);
	connect_nodes(0, 1);
	wait_ms(GUARD_WAIT_MS);
	assert_int_equal(status_of(0, alices).head_size, 700);
	expect_state(GUARD_RESUMED); /* one of two is no majority */
	wait_ms(60 * 1000);
	expect_state(GUARD_RESUMED);
	publish(0, 1, "no");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_non_null(strstr(nodes[0].reply_text, "1 of 2 spoke, 2 must"));
	connect_nodes(0, 1); /* the minute without a word has ended the first */
	connect_nodes(0, 2);
	expect_state(GUARD_OPEN);
	publishes_and_all_follow(701);
}

static void a_restored_backup_is_withheld_until_peers_were_asked(void **state)
{
	struct arena arena = { 0 };
	struct core_status s;
	alice_is_put_back((struct guard_facts){ .marked = true, .here = true, .word = GUARD_WAS_RESTORED, .size = 300 });
	expect_state(GUARD_RESTORED);
	core_status(nodes[0].core, now_ms, now_ms, &arena, &s);
	assert_true(core_withheld(nodes[0].core));
	assert_string_equal(s.closed, "restored");
	assert_non_null(strstr(s.closed_text, "0 of 2 spoke"));
	wait_ms(GUARD_WAIT_MS);
	wait_ms(3600 * 1000);
	expect_state(GUARD_RESTORED);
	connect_nodes(0, 1);
	connect_nodes(0, 2);
	wait_ms(0);
	assert_int_equal(status_of(0, alices).head_size, 700);
	expect_state(GUARD_OPEN);
	core_status(nodes[0].core, now_ms, now_ms, &arena, &s);
	assert_false(core_withheld(nodes[0].core));
	assert_null(s.closed);
	arena_free(&arena);
	publishes_and_all_follow(701);
}

/* A machine put back whole has its mark put back too: only peers know. */
static void a_machine_put_back_whole_is_stopped_by_a_peer(void **state)
{
	alice_is_put_back((struct guard_facts){ .marked = true, .here = true, .size = 300 });
	expect_state(GUARD_ASKING);
	publish(0, 1, "waits");
	assert_int_equal(toy_log(&nodes[0], alices)->count, 300);
	connect_nodes(0, 2);
	expect_state(GUARD_TWICE);
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_non_null(strstr(nodes[0].reply_text, "carol has 700 entries"));
	assert_int_equal(status_of(0, alices).held, 300); /* nothing is fetched without a word: another may be signing */
	/* A restart out of everybody's reach does not forget it. */
	alice_restarts(&(struct guard_facts){ .marked = true, .here = true, .size = 300, .root = old_root }, 300, &old_head,
	               300);
	wait_ms(GUARD_WAIT_MS);
	expect_state(GUARD_TWICE);
	resume();
	connect_nodes(0, 1);
	connect_nodes(0, 2);
	wait_ms(0);
	expect_state(GUARD_OPEN);
	publishes_and_all_follow(701);
}

static int drop_entries(size_t to, struct buf *frame)
{
	return to == 1 && frame->len > 3000; /* envelopes with their payloads */
}

/* Bob keeps the head of 700 and none of its entries: what he says counts all the same. */
static void a_head_whose_holder_lacks_the_entries_counts(void **state)
{
	publish(0, 300, "x");
	remember();
	publish(0, 400, "y");
	tamper = drop_entries;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 0);
	alice_restarts(&(struct guard_facts){ .marked = true, .here = true, .size = 300, .root = old_root }, 300, &old_head,
	               300);
	tamper = NULL;
	expect_state(GUARD_ASKING);
	connect_nodes(0, 1);
	expect_state(GUARD_TWICE);
	assert_int_equal(status_of(0, alices).seen_size, 700);
}

static int lie_in_hello(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	struct bytes raw;
	size_t used;
	Normlink__Frame *f = NULL;
	assert_int_equal(frame_split(buf_bytes(frame), &raw, &used, NULL), OK);
	assert_int_equal(frame_decode(raw, &arena, &f, NULL), OK);
	if (to == 0 && f->body_case == NORMLINK__FRAME__BODY_HELLO) {
		/* A head of a million entries, signed with another key. */
		struct buf text = { 0 }, note = { 0 };
		checkpoint_write(alices, 1000000, &nodes[1].card.pin, &text);
		buf_add_bytes(&note, buf_bytes(&text));
		buf_add_char(&note, '\n');
		note_sign(nodes[1].log_key, buf_bytes(&text), &note);
		f->hello->has_your_checkpoint = 1;
		f->hello->your_checkpoint = message_field(buf_bytes(&note));
		buf_reset(frame);
		frame_write(f, frame);
		buf_free(&text);
		buf_free(&note);
	}
	arena_free(&arena);
	return 0;
}

static void a_peer_cannot_stop_a_log_with_a_head_that_we_did_not_sign(void **state)
{
	publish(0, 5, "x");
	tamper = lie_in_hello;
	connect_nodes(0, 1);
	tamper = NULL;
	expect_state(GUARD_OPEN);
	assert_int_equal(nodes[0].closes, 0);
	publish(0, 1, "y");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(status_of(1, alices).head_size, 6);
}

static void two_that_sign_at_once_are_stopped_and_told(void **state)
{
	publish(0, 5, "x");
	connect_nodes(0, 1);
	/* Somebody with alice's key publishes more, and bob hears of it. */
	remember();
	publish(0, 3, "elsewhere");
	alice_restarts(&(struct guard_facts){ .marked = true, .here = true, .size = 5, .root = old_root }, 5, &old_head, 5);
	wait_ms(GUARD_WAIT_MS);
	expect_state(GUARD_OPEN);
	connect_nodes(0, 1);
	expect_state(GUARD_TWICE);
	assert_string_equal(nodes[0].last_note, "log_closed");
	assert_non_null(strstr(nodes[0].last_text, "bob has 8 entries of this log, 5 are here"));
	publish(0, 1, "no");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	no_fork();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_older_database_is_brought_up_by_peers),
		TEST(an_older_database_without_peers_stays_closed),
		TEST(a_copied_folder_talks_to_nobody_before_the_word),
		TEST(a_restored_backup_is_withheld_until_peers_were_asked),
		TEST(a_machine_put_back_whole_is_stopped_by_a_peer),
		TEST(a_head_whose_holder_lacks_the_entries_counts),
		TEST(a_peer_cannot_stop_a_log_with_a_head_that_we_did_not_sign),
		TEST(two_that_sign_at_once_are_stopped_and_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
