/* core: nodes driven by hand, with a store in memory and frames carried at once.
 *
 * The simulator (tests/sim) explores; this shows the ordinary paths and the most important refusals in a form that can
 * be read.
 */
#include "crypto/note.h"
#include "tests/core/world.h"

/* ---- tests ---- */

static void a_record_reaches_the_peer_and_comes_back_cosigned(void **state)
{
	connect_nodes(0, 1);
	publish(0, 1, "x");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(nodes[0].reply_size, 1);
	struct origin_status s = status_of(1, alices);
	assert_int_equal(s.held, 1);
	assert_int_equal(s.head_size, 1);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_int_equal(status_of(0, alices).mirrors, 1);
	assert_true(bytes_equal(toy_log(&nodes[1], alices)->entries[0].payload, bytes_str("x 0")));
}

static void many_bundles_arrive_in_order(void **state)
{
	for (int i = 0; i < 3; i++)
		publish(0, 1000, "before");
	connect_nodes(0, 1);
	publish(0, 700, "after");
	struct origin_status s = status_of(1, alices);
	assert_int_equal(s.held, 3700);
	assert_int_equal(s.head_size, 3700);
	assert_int_equal(status_of(0, alices).cosignatures, 1);
	assert_memory_equal(toy_log(&nodes[0], alices)->leaves, toy_log(&nodes[1], alices)->leaves, 3700 * HASH_SIZE);
}

static void a_third_node_gets_it_from_the_second(void **state)
{
	publish(0, 600, "x");
	connect_nodes(0, 1);
	cut(0, 1, 0);
	connect_nodes(1, 2);
	assert_int_equal(status_of(2, alices).head_size, 600);
	assert_int_equal(status_of(2, alices).cosignatures, 2);
	connect_nodes(0, 1);
	wait_ms(2000);
	assert_int_equal(status_of(0, alices).cosignatures, 2);
}

static int flip_entries(size_t to, struct buf *frame)
{
	if (frame->len > 3000)
		frame->data[frame->len / 2] ^= 1;
	return 0;
}

static void a_wrong_byte_is_refused_and_nothing_kept(void **state)
{
	publish(0, 256, "x");
	tamper = flip_entries;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 0);
	assert_true(nodes[1].closes > 0);
	tamper = NULL;
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 256);
}

static bool says(const struct buf *note, const char *name)
{
	return memmem(note->data, note->len, name, strlen(name)) != NULL;
}

/* A witness vouches for what it has seen, a mirror for what it holds. */
static void a_head_is_witnessed_before_it_is_mirrored(void **state)
{
	const struct toy_log *log = toy_log(&nodes[1], alices);
	publish(0, 256, "x");
	tamper = flip_entries;
	connect_nodes(0, 1);
	assert_int_equal(log->count, 0);
	assert_true(says(&log->target, "bob.example/witness"));
	assert_false(says(&log->target, "bob.example/mirror"));
	tamper = NULL;
	connect_nodes(0, 1);
	assert_int_equal(log->count, 256);
	assert_true(says(&log->head, "bob.example/witness"));
	assert_true(says(&log->head, "bob.example/mirror"));
}

/* The clock of a node that starts again may be wrong. */
static void a_cosignature_is_not_dated_back(void **state)
{
	struct note first, second;
	struct buf before = { 0 };
	publish(0, 1, "x");
	connect_nodes(0, 1);
	buf_add_bytes(&before, buf_bytes(&toy_log(&nodes[1], alices)->head));
	restart(1);
	wall_base_ms -= 5000 * 1000;
	connect_nodes(0, 1);
	publish(0, 1, "y");
	assert_int_equal(note_parse(buf_bytes(&before), &first, NULL), OK);
	assert_int_equal(note_parse(buf_bytes(&toy_log(&nodes[1], alices)->head), &second, NULL), OK);
	for (size_t i = 0; i < 2; i++) {
		const struct vkey *key = i == 0 ? &nodes[1].card.witness : &nodes[1].card.mirror;
		uint64_t was = 0, is = 0;
		assert_int_equal(note_verify(&first, key, &was), OK);
		assert_int_equal(note_verify(&second, key, &is), OK);
		assert_int_equal(is, was);
	}
	wall_base_ms += 5000 * 1000;
	buf_free(&before);
}

static void assert_heads(size_t node, uint64_t head, uint64_t cosigned, size_t missing)
{
	struct origin_status s = status_of(node, alices);
	assert_int_equal(s.head_size, head);
	assert_int_equal(s.cosigned_size, cosigned);
	assert_int_equal(s.missing_count, missing);
	assert_int_equal(s.uncosigned_since_ms != 0, cosigned < head);
}

static void a_head_is_cosigned_once_its_quorum_has_signed(void **state)
{
	publish(0, 5, "x");
	assert_heads(0, 5, 0, 2);
	connect_nodes(0, 1);
	assert_heads(0, 5, 0, 1);
	connect_nodes(0, 2);
	assert_heads(0, 5, 5, 0);
	assert_heads(1, 5, 5, 0); /* bob, of whom one line is, and carol */
	cut(0, 1, 1);
	cut(0, 2, 2);
	run();
	uint64_t since = now_ms;
	publish(0, 1, "y");
	assert_heads(0, 6, 5, 2);
	assert_true(status_of(0, alices).uncosigned_since_ms >= since);
	restart(0);
	assert_int_equal(status_of(0, alices).cosigned_size, 5);
	connect_nodes(0, 1);
	connect_nodes(0, 2);
	assert_heads(0, 6, 6, 0);
}

/* Carol signs the older head where alice does not see it, who has signed two more meanwhile. */
static void a_quorum_that_comes_late_counts_for_the_older_head(void **state)
{
	publish(0, 5, "x");
	connect_nodes(0, 1);
	cut(0, 1, 1);
	run();
	publish(0, 1, "y");
	publish(0, 1, "z");
	connect_nodes(1, 2);
	assert_heads(1, 5, 5, 0);
	assert_heads(0, 7, 0, 2);
	cut(1, 2, 2);
	run();
	connect_nodes(0, 1); /* he announces 5 with both lines, and then follows to 7 */
	assert_heads(0, 7, 5, 1);
	restart(0);
	assert_int_equal(status_of(0, alices).cosigned_size, 5);
	connect_nodes(0, 2);
	assert_heads(0, 7, 7, 0);
}

static void a_full_disk_keeps_what_was_acknowledged_and_recovers(void **state)
{
	publish(0, 10, "x");
	nodes[0].disk_full = true;
	publish(0, 10, "y");
	assert_int_equal(nodes[0].reply_code, ERR_FULL);
	publish(0, 10, "z");
	assert_int_equal(nodes[0].reply_code, ERR_BUSY);
	nodes[0].disk_full = false;
	wait_ms(2000);
	publish(0, 10, "z");
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(nodes[0].reply_size, 20);
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 20);
}

static void a_mirror_with_a_full_disk_catches_up(void **state)
{
	nodes[1].disk_full = true;
	publish(0, 300, "x");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).held, 0);
	nodes[1].disk_full = false;
	for (int i = 0; i < 10; i++)
		wait_ms(1500);
	assert_int_equal(status_of(1, alices).head_size, 300);
}

static void a_fork_is_found_spread_and_freezes(void **state)
{
	publish(0, 5, "one");
	connect_nodes(0, 1);
	cut(0, 1, 1);
	run();
	replace_alice();
	wait_ms(0);
	wait_ms(GUARD_WAIT_MS); /* out of everybody's reach, for as long as it asks */
	publish(0, 7, "another");
	connect_nodes(0, 2);
	assert_int_equal(status_of(1, alices).head_size, 5);
	assert_int_equal(status_of(2, alices).head_size, 7);
	connect_nodes(1, 2);
	assert_int_equal(status_of(1, alices).fork, FORK_FROZEN);
	assert_int_equal(status_of(2, alices).fork, FORK_FROZEN);
	assert_true(toy_log(&nodes[1], alices)->evidence.len > 0);
	assert_int_equal(status_of(1, alices).head_size, 5);
	assert_string_equal(nodes[1].last_note, "fork");
	/* and alice is told of it: nothing is signed any more */
	assert_int_equal(status_of(0, alices).fork, FORK_FROZEN);
	publish(0, 1, "more");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
}

static void a_rolled_back_log_signs_nothing(void **state)
{
	publish(0, 5, "x");
	connect_nodes(0, 1);
	cut(0, 1, 1);
	run();
	replace_alice(); /* an empty directory with the old keys */
	connect_nodes(0, 1);
	publish(0, 1, "y");
	assert_int_equal(nodes[0].reply_code, ERR_CONFLICT);
	assert_string_equal(nodes[0].last_note, "log_closed");
	assert_non_null(strstr(nodes[0].last_text, "reason=twice"));
	assert_int_equal(status_of(1, alices).fork, FORK_NONE);
}

static void a_restart_goes_on_where_it_stopped(void **state)
{
	publish(0, 700, "x");
	connect_nodes(0, 1);
	publish(0, 5, "y");
	restart(1);
	publish(0, 300, "z");
	connect_nodes(0, 1);
	assert_int_equal(status_of(1, alices).head_size, 1005);
}

static void nothing_is_said_before_hello_and_a_silent_peer_is_dropped(void **state)
{
	struct event up = { .kind = EV_LINK_UP };
	up.u.link.link = ++next_link;
	up.u.link.peer = nodes[0].peers[1];
	step(0, &up);
	wait_ms(HELLO_TIMEOUT_MS - 1);
	assert_int_equal(nodes[0].closes, 0);
	wait_ms(1);
	assert_int_equal(nodes[0].closes, 1);
}

static void cards_that_collide_are_refused(void **state)
{
	uint32_t peer;
	struct card card = nodes[1].card;
	assert_int_equal(core_add_peer(nodes[0].core, &card, &peer, NULL), ERR_EXISTS);
	memcpy(card.name, "dave", 5);
	assert_int_equal(core_add_peer(nodes[0].core, &card, &peer, NULL), ERR_EXISTS);
	assert_int_equal(core_add_peer(nodes[0].core, &nodes[0].card, &peer, NULL), ERR_EXISTS);
	assert_int_equal(core_find_pin(nodes[0].core, &nodes[2].card.pin, 1, &peer), OK);
	assert_string_equal(core_peer_card(nodes[0].core, peer)->name, "carol");
	assert_null(core_peer_card(nodes[0].core, 99));
}

/* What belongs together and is not for the same readers goes into one append. */
static void one_append_of_several_collections(void **state)
{
	const struct bytes payloads[] = { bytes_str("seen by all"), bytes_str("by few"), bytes_str("by all, too") };
	const char *const collections[] = { COLLECTION_PUBLIC, "members", NULL };
	struct event e = { .kind = EV_SUBMIT };
	e.u.submit.op = 1;
	e.u.submit.count = 3;
	e.u.submit.payloads = payloads;
	e.u.submit.collections = collections;
	connect_nodes(0, 1);
	step(0, &e);
	run();
	assert_int_equal(nodes[0].reply_code, OK);
	assert_int_equal(nodes[0].reply_size, 3);
	for (size_t i = 0; i < 3; i++) {
		struct envelope envelope;
		assert_int_equal(envelope_parse(toy_log(&nodes[0], alices)->entries[i].envelope, &envelope, NULL), OK);
		assert_string_equal(envelope.collection, i == 1 ? "members" : COLLECTION_PUBLIC);
		assert_int_equal(toy_log(&nodes[1], alices)->entries[i].state, i == 1 ? PAYLOAD_WITHHELD : PAYLOAD_PRESENT);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_reaches_the_peer_and_comes_back_cosigned),
		TEST(many_bundles_arrive_in_order),
		TEST(a_third_node_gets_it_from_the_second),
		TEST(a_wrong_byte_is_refused_and_nothing_kept),
		TEST(a_head_is_witnessed_before_it_is_mirrored),
		TEST(a_cosignature_is_not_dated_back),
		TEST(a_head_is_cosigned_once_its_quorum_has_signed),
		TEST(a_quorum_that_comes_late_counts_for_the_older_head),
		TEST(a_full_disk_keeps_what_was_acknowledged_and_recovers),
		TEST(a_mirror_with_a_full_disk_catches_up),
		TEST(a_fork_is_found_spread_and_freezes),
		TEST(a_rolled_back_log_signs_nothing),
		TEST(a_restart_goes_on_where_it_stopped),
		TEST(nothing_is_said_before_hello_and_a_silent_peer_is_dropped),
		TEST(cards_that_collide_are_refused),
		TEST(one_append_of_several_collections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
