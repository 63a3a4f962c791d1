/* forks: an origin that signs two histories, and what an operator decides about it. */
#include "crypto/evidence.h"
#include "proto/record.h"
#include "tests/core/world.h"

/* Alice has two bodies with one key; nodes[0] is the one that is reached. */
static struct toy other_alice;

static void cut_alice(void)
{
	for (size_t k = 1; k < NODES_MAX; k++)
		if (nodes[0].links[k] != 0)
			cut(0, k, k);
	run();
}

static void swap_alice(void)
{
	cut_alice();
	struct toy now = nodes[0];
	if (other_alice.core == NULL) {
		node_make(0, "alice");
		for (size_t k = 1; k < NODES_MAX; k++)
			assert_int_equal(core_add_peer(nodes[0].core, &nodes[k].card, &nodes[0].peers[k], NULL), OK);
		wait_ms(0);
		wait_ms(GUARD_WAIT_MS); /* out of everybody's reach */
	} else {
		nodes[0] = other_alice;
	}
	other_alice = now;
}

/* She does not want to hear of it, nor of what others hold of her log. */
static int deaf_alice(size_t to, struct buf *frame)
{
	struct arena arena = { 0 };
	struct bytes raw;
	size_t used;
	Normlink__Frame *f = NULL;
	bool hers =
	    to == 0 && frame_split(buf_bytes(frame), &raw, &used, NULL) == OK && frame_decode(raw, &arena, &f, NULL) == OK;
	bool drop = hers && f->body_case == NORMLINK__FRAME__BODY_EVIDENCE;
	if (hers && f->body_case == NORMLINK__FRAME__BODY_HELLO) {
		f->hello->has_your_checkpoint = 0;
		buf_reset(frame);
		frame_write(f, frame);
	}
	arena_free(&arena);
	return drop;
}

static void decide(size_t node, const char *origin, bool abandon, const char *reason)
{
	struct event e = { .kind = EV_VERDICT };
	e.u.verdict.op = 77;
	e.u.verdict.origin = origin;
	e.u.verdict.abandon = abandon;
	e.u.verdict.reason = reason;
	nodes[node].reply_code = -1;
	step(node, &e);
	run();
}

static enum fork_state fork_of(size_t node)
{
	return status_of(node, alices).fork;
}

static void part_bob_and_carol(void)
{
	push(2, WORK_DOWN)->link = nodes[2].links[1];
	cut(1, 2, 1);
	run();
}

/* Bob holds 5 entries of one history, carol 7 of another; both have found out, and alice is silent. */
static void fork_alice(void)
{
	tamper = deaf_alice;
	publish(0, 5, "one");
	connect_nodes(0, 1);
	swap_alice();
	publish(0, 7, "another");
	connect_nodes(0, 2);
	cut_alice();
	connect_nodes(1, 2);
	assert_int_equal(fork_of(1), FORK_FROZEN);
	assert_int_equal(fork_of(2), FORK_FROZEN);
	part_bob_and_carol();
	nodes[1].closes = nodes[2].closes = 0;
}

static int make_world(void **state)
{
	other_alice = (struct toy){ 0 };
	return set_up(state);
}

static int end_world(void **state)
{
	tear_down(state);
	if (other_alice.core != NULL)
		node_free(&other_alice);
	return 0;
}

/* ---- tests ---- */

static void what_is_kept_is_an_evidence_file(void **state)
{
	fork_alice();
	struct evidence e;
	struct hasher *h = hasher_new();
	struct bytes file = buf_bytes(&toy_log(&nodes[1], alices)->evidence);
	assert_int_equal(evidence_parse(file, &e, NULL), OK);
	assert_int_equal(evidence_verify(h, &e, &nodes[0].card.log, NULL), OK);
	assert_int_equal(e.smaller_size, 5);
	assert_int_equal(e.larger_size, 7);
	assert_true(bytes_equal(file, buf_bytes(&toy_log(&nodes[2], alices)->evidence)));
	hasher_free(h);
}

static void a_released_origin_is_followed_on(void **state)
{
	fork_alice();
	swap_alice();
	publish(0, 3, "one more");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 5);
	assert_int_equal(nodes[1].closes, 0);
	decide(1, alices, false, "alice explained it");
	assert_int_equal(nodes[1].reply_code, OK);
	assert_int_equal(fork_of(1), FORK_RELEASED);
	/* Her head had been put aside: nobody needs to say it again. */
	assert_int_equal(status_of(1, alices).head_size, 8);
	publish(0, 2, "and more");
	assert_int_equal(status_of(1, alices).head_size, 10);
	assert_int_equal(status_of(1, alices).cosignatures, 1);
	assert_true(toy_log(&nodes[1], alices)->evidence.len > 0);
	/* The verdict is an entry of bob's own log, and says what was held. */
	const struct toy_log *bobs = toy_log(&nodes[1], "bob.example/log");
	struct arena arena = { 0 };
	Normlink__Record *r = NULL;
	struct hasher *h = hasher_new();
	struct hash digest = hash_sum(h, buf_bytes(&toy_log(&nodes[1], alices)->evidence));
	assert_int_equal(bobs->count, 1);
	assert_int_equal(payload_open(bobs->entries[0].payload, &arena, &r, NULL), OK);
	assert_int_equal(r->kind, NORMLINK__KIND__KIND_VERDICT);
	assert_string_equal(r->subject, alices);
	assert_string_equal(r->verdict->reason, "alice explained it");
	assert_int_equal(r->verdict->size, 5);
	assert_true(bytes_equal(message_bytes(r->verdict->evidence_digest), bytes_of(digest.b, HASH_SIZE)));
	hasher_free(h);
	arena_free(&arena);
}

static void the_other_branch_is_refused_without_a_word(void **state)
{
	fork_alice();
	decide(1, alices, false, "this branch");
	decide(2, alices, false, "that branch");
	swap_alice();
	publish(0, 3, "one more");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 8);
	connect_nodes(1, 2);
	wait_ms(2000);
	assert_int_equal(fork_of(1), FORK_RELEASED);
	assert_int_equal(fork_of(2), FORK_RELEASED);
	assert_int_equal(status_of(1, alices).head_size, 8);
	assert_int_equal(status_of(2, alices).head_size, 7);
	assert_int_equal(nodes[1].closes + nodes[2].closes, 0);
	/* Another link, the same evidence: it is known, and stays where it is. */
	part_bob_and_carol();
	connect_nodes(1, 2);
	assert_int_equal(fork_of(1), FORK_RELEASED);
	assert_int_equal(nodes[1].closes + nodes[2].closes, 0);
}

static void who_goes_on_with_both_branches_is_frozen_again(void **state)
{
	fork_alice();
	decide(1, alices, false, "this branch");
	decide(2, alices, false, "that branch");
	struct buf first = { 0 };
	buf_add_bytes(&first, buf_bytes(&toy_log(&nodes[1], alices)->evidence));
	swap_alice();
	publish(0, 4, "one more");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 9);
	swap_alice();
	publish(0, 3, "another more");
	connect_nodes(0, 2);
	assert_int_equal(status_of(2, alices).head_size, 10);
	cut_alice();
	connect_nodes(1, 2);
	assert_int_equal(fork_of(1), FORK_FROZEN);
	assert_int_equal(fork_of(2), FORK_FROZEN);
	assert_false(bytes_equal(buf_bytes(&first), buf_bytes(&toy_log(&nodes[1], alices)->evidence)));
	/* A new verdict on the new evidence. */
	decide(1, alices, false, "once more");
	assert_int_equal(fork_of(1), FORK_RELEASED);
	buf_free(&first);
}

static void a_verdict_holds_after_a_restart(void **state)
{
	fork_alice();
	decide(1, alices, false, "this branch");
	restart(1);
	assert_int_equal(fork_of(1), FORK_RELEASED);
	wait_ms(0);
	wait_ms(GUARD_WAIT_MS); /* before it may sign */
	decide(1, alices, true, "she did it again, they say");
	assert_int_equal(nodes[1].reply_code, OK);
	assert_int_equal(fork_of(1), FORK_ABANDONED);
	restart(1);
	assert_int_equal(fork_of(1), FORK_ABANDONED);
	restart(2);
	assert_int_equal(fork_of(2), FORK_FROZEN);
}

static void an_abandoned_origin_is_left_alone_until_released(void **state)
{
	fork_alice();
	decide(1, alices, true, "no more of this");
	assert_int_equal(fork_of(1), FORK_ABANDONED);
	swap_alice();
	publish(0, 3, "one more");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 5);
	assert_int_equal(status_of(1, alices).cosignatures, 1);
	decide(1, alices, false, "after all");
	assert_int_equal(fork_of(1), FORK_RELEASED);
	assert_int_equal(status_of(1, alices).head_size, 8);
	assert_int_equal(nodes[1].closes, 0);
}

static void a_verdict_counts_once_it_is_durable(void **state)
{
	fork_alice();
	nodes[1].disk_full = true;
	decide(1, alices, false, "this branch");
	assert_int_equal(nodes[1].reply_code, ERR_FULL);
	assert_int_equal(fork_of(1), FORK_FROZEN);
	nodes[1].disk_full = false;
	wait_ms(2000);
	decide(1, alices, false, "this branch");
	assert_int_equal(nodes[1].reply_code, OK);
	assert_int_equal(fork_of(1), FORK_RELEASED);
}

static void what_cannot_be_judged_is_refused(void **state)
{
	decide(1, alices, false, "nothing happened yet");
	assert_int_equal(nodes[1].reply_code, ERR_NOT_FOUND);
	fork_alice();
	decide(1, "nobody.example/log", false, "unknown");
	assert_int_equal(nodes[1].reply_code, ERR_NOT_FOUND);
	decide(1, "carol.example/log", false, "did not fork");
	assert_int_equal(nodes[1].reply_code, ERR_NOT_FOUND);
	decide(1, alices, false, "");
	assert_int_equal(nodes[1].reply_code, ERR_INVALID);
	decide(1, alices, false, "two\nlines");
	assert_int_equal(nodes[1].reply_code, ERR_INVALID);
	char longer[LABEL_MAX + 2];
	memset(longer, 'x', sizeof longer - 1);
	longer[LABEL_MAX + 1] = '\0';
	decide(1, alices, false, longer);
	assert_int_equal(nodes[1].reply_code, ERR_LIMIT);
	assert_int_equal(fork_of(1), FORK_FROZEN);
	assert_int_equal(toy_log(&nodes[1], "bob.example/log")->count, 0);
}

static void nobody_releases_a_log_of_his_own(void **state)
{
	fork_alice();
	tamper = NULL;
	connect_nodes(0, 1);
	assert_int_equal(fork_of(0), FORK_FROZEN);
	decide(0, alices, false, "it was a mistake");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_int_equal(fork_of(0), FORK_FROZEN);
}

/* A verdict that came with an import binds as one that was asked for: the log says it. */
static void a_verdict_is_read_from_the_log(void **state)
{
	fork_alice();
	decide(1, alices, true, "no more of this");
	const struct toy_log *bobs = toy_log(&nodes[1], "bob.example/log");
	struct bytes same = bobs->entries[0].payload;
	decide(1, alices, false, "after all");
	assert_int_equal(fork_of(1), FORK_RELEASED);
	struct event e = { .kind = EV_SUBMIT };
	e.u.submit.op = 1;
	e.u.submit.count = 1;
	e.u.submit.payloads = &same;
	step(1, &e);
	run();
	assert_int_equal(fork_of(1), FORK_ABANDONED);
	/* In another's log it says what that node does. */
	connect_nodes(1, 2);
	assert_int_equal(status_of(2, "bob.example/log").head_size, 3);
	assert_int_equal(fork_of(2), FORK_FROZEN);
}

static void an_undecided_fork_is_said_again_in_an_hour(void **state)
{
	fork_alice();
	wait_ms(60 * 1000);
	unsigned before = nodes[1].notes;
	wait_ms(60 * 1000);
	assert_int_equal(nodes[1].notes, before);
	wait_ms(FORK_REMIND_MS);
	assert_int_equal(nodes[1].notes, before + 1);
	assert_string_equal(nodes[1].last_note, "fork_undecided");
	decide(1, alices, true, "no more of this");
	before = nodes[1].notes;
	wait_ms(FORK_REMIND_MS);
	assert_int_equal(nodes[1].notes, before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, end_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_kept_is_an_evidence_file),
		TEST(a_released_origin_is_followed_on),
		TEST(the_other_branch_is_refused_without_a_word),
		TEST(who_goes_on_with_both_branches_is_frozen_again),
		TEST(a_verdict_holds_after_a_restart),
		TEST(an_abandoned_origin_is_left_alone_until_released),
		TEST(a_verdict_counts_once_it_is_durable),
		TEST(what_cannot_be_judged_is_refused),
		TEST(nobody_releases_a_log_of_his_own),
		TEST(a_verdict_is_read_from_the_log),
		TEST(an_undecided_fork_is_said_again_in_an_hour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
