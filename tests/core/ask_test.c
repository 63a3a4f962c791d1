/* ask: a witness outside that is asked for its cosignature, by hand: what it is sent, and what its answers lead to. */
#include "crypto/note.h"
#include "crypto/witness_request.h"
#include "tests/core/world.h"

static struct skey *witness;
static struct hasher *hasher;

static int open_world(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 55 };
	assert_int_equal(set_up(state), 0);
	hasher = hasher_new();
	assert_int_equal(skey_from_seed("w.example", KEY_COSIGNATURE, seed, &witness, NULL), OK);
	assert_int_equal(core_add_witness(nodes[0].core, "w", skey_public(witness), "http://w.example/sub", NULL), OK);
	return 0;
}

static int close_world(void **state)
{
	skey_free(witness);
	hasher_free(hasher);
	return tear_down(state);
}

static void reply(int code, int status, struct bytes body)
{
	struct event e = { .kind = EV_ASKED };
	e.u.asked.op = nodes[0].ask_op;
	e.u.asked.code = code;
	e.u.asked.status = status;
	e.u.asked.body = body;
	e.u.asked.text = "no route";
	step(0, &e);
	run();
}

/* What was asked last is a good request from old to size; gives the checkpoint's text. */
static struct bytes asked(uint64_t old, uint64_t size)
{
	static struct witness_request request;
	static struct note note;
	struct checkpoint cp;
	assert_string_equal(nodes[0].ask_url, "http://w.example/sub/add-checkpoint");
	assert_int_equal(witness_request_parse(buf_bytes(&nodes[0].ask_body), &request, NULL), OK);
	assert_int_equal(checkpoint_open(request.checkpoint, skey_public(nodes[0].log_key), &note, &cp, NULL), OK);
	assert_int_equal(request.old_size, old);
	assert_int_equal(cp.size, size);
	const struct toy_log *log = toy_log(&nodes[0], alices);
	if (old > 0) {
		struct hash root = tree_hash_leaves(hasher, log->leaves, old);
		assert_int_equal(tree_verify(hasher, request.proof.hashes, request.proof.count, 0, old, size, &root, &cp.root),
		                 OK);
	} else {
		assert_int_equal(request.proof.count, 0);
	}
	return note.text;
}

static void cosign(struct bytes text)
{
	struct buf lines = { 0 };
	note_cosign(witness, text, 1700000001, &lines);
	reply(OK, 200, buf_bytes(&lines));
	buf_free(&lines);
}

static bool in_head(void)
{
	const struct toy_log *log = toy_log(&nodes[0], alices);
	return memmem(log->head.data, log->head.len, "w.example", 9) != NULL;
}

static struct witness_status status(void)
{
	static struct arena arena;
	struct core_status s;
	arena_free(&arena);
	core_status(nodes[0].core, now_ms, now_ms, &arena, &s);
	assert_int_equal(s.asked_count, 1);
	return s.asked[0];
}

/* Our own log, as the node tells of it. */
static struct origin_status own_log(void)
{
	static struct arena arena;
	struct core_status s;
	arena_free(&arena);
	core_status(nodes[0].core, now_ms, now_ms, &arena, &s);
	assert_true(s.origins[0].own);
	return s.origins[0];
}

/* ---- tests ---- */

static void a_head_is_sent_and_its_cosignature_kept(void **state)
{
	wait_ms(1);
	assert_int_equal(nodes[0].asks, 0);
	publish(0, 5, "x");
	assert_int_equal(nodes[0].reply_code, OK); /* long before */
	assert_int_equal(nodes[0].asks, 1);
	cosign(asked(0, 5));
	assert_true(in_head());
	assert_int_equal(nodes[0].asks, 1);
	assert_true(status().last_ok_ms > 0);
	/* The next one is proved from there, over more than one bundle. */
	publish(0, 600, "y");
	assert_int_equal(nodes[0].asks, 2);
	cosign(asked(5, 605));
	assert_true(in_head());
	/* A peer takes the line along. */
	connect_nodes(0, 1);
	assert_int_equal(status_of(0, alices).cosignatures, 2);
	assert_true(in_head());
}

/* Two peers and one outside: two of the three are a majority. */
static void it_counts_in_our_quorum_and_is_missed(void **state)
{
	publish(0, 5, "x");
	struct origin_status own = own_log();
	assert_int_equal(own.witnesses, 3);
	assert_int_equal(own.mirror_peers, 2);
	assert_int_equal(own.missing_count, 3);
	assert_string_equal(own.missing[2], "w");
	connect_nodes(0, 1);
	assert_int_equal(own_log().cosignatures, 1);
	assert_int_equal(own_log().cosigned_size, 0);
	assert_true(own_log().uncosigned_since_ms > 0);
	cosign(asked(0, 5));
	own = own_log();
	assert_int_equal(own.cosignatures, 2);
	assert_int_equal(own.cosigned_size, 5);
	assert_int_equal(own.uncosigned_since_ms, 0);
	assert_int_equal(own.missing_count, 1);
	assert_string_equal(own.missing[0], "carol");
	/* It is asked about nobody else's log. */
	publish(1, 5, "y");
	assert_int_equal(status_of(0, "bob.example/log").witnesses, 2);
}

static void one_request_at_a_time(void **state)
{
	publish(0, 5, "x");
	publish(0, 5, "y");
	publish(0, 5, "z");
	assert_int_equal(nodes[0].asks, 1);
	cosign(asked(0, 5)); /* of a head that is past: its size is remembered */
	assert_false(in_head());
	assert_int_equal(nodes[0].asks, 2);
	cosign(asked(5, 15));
	assert_true(in_head());
}

static void a_conflict_tells_the_size(void **state)
{
	publish(0, 5, "x");
	publish(0, 7, "y");
	(void)asked(0, 5);
	reply(OK, 409, bytes_str("3\n"));
	assert_int_equal(nodes[0].asks, 2);
	cosign(asked(3, 12));
	assert_true(in_head());
	/* More than there is: that is trouble, and is said. */
	publish(0, 1, "z");
	(void)asked(12, 13);
	reply(OK, 409, bytes_str("99\n"));
	assert_int_equal(nodes[0].asks, 3);
	assert_non_null(strstr(status().last_error, "99"));
}

static void a_witness_that_never_agrees_is_not_asked_in_a_hurry(void **state)
{
	publish(0, 50, "x");
	char body[16];
	for (int i = 1; i < 20; i++) {
		(void)snprintf(body, sizeof body, "%d\n", i);
		reply(OK, 409, bytes_str(body));
	}
	assert_true(nodes[0].asks <= 3);
}

static void what_is_no_cosignature_is_not_kept(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 56 };
	struct skey *other = NULL;
	struct buf lines = { 0 };
	publish(0, 5, "x");
	assert_int_equal(skey_from_seed("w.example", KEY_COSIGNATURE, seed, &other, NULL), OK);
	note_cosign(other, asked(0, 5), 1700000001, &lines);
	reply(OK, 200, buf_bytes(&lines));
	assert_false(in_head());
	assert_non_null(strstr(status().last_error, "no cosignature"));
	buf_reset(&lines);
	note_cosign(witness, bytes_str("alice.example/log\n9\nAAAA\n"), 1700000001, &lines);
	wait_ms(60000);
	reply(OK, 200, buf_bytes(&lines));
	assert_false(in_head());
	wait_ms(60000);
	reply(OK, 200, bytes_str("<html>\n"));
	assert_false(in_head());
	skey_free(other);
	buf_free(&lines);
}

static void failures_are_retried_ever_later(void **state)
{
	publish(0, 5, "x");
	reply(ERR_TIMEOUT, 0, bytes_of(NULL, 0));
	assert_int_equal(nodes[0].asks, 1);
	assert_string_equal(status().last_error, "no route");
	assert_true(status().next_try_ms > 0);
	wait_ms(2000);
	assert_int_equal(nodes[0].asks, 2);
	for (unsigned i = 0; i < 12; i++) {
		reply(OK, 500, bytes_of(NULL, 0));
		wait_ms(10 * 60 * 1000);
	}
	unsigned before = nodes[0].asks;
	reply(OK, 500, bytes_of(NULL, 0));
	wait_ms(60 * 1000);
	assert_int_equal(nodes[0].asks, before);
	wait_ms(10 * 60 * 1000);
	assert_int_equal(nodes[0].asks, before + 1);
	cosign(asked(0, 5));
	assert_true(in_head());
	assert_string_equal(status().last_error, "");
	assert_true(core_next_tick(nodes[0].core) > now_ms);
}

static void keys_must_not_clash(void **state)
{
	struct err err = { 0 };
	struct core *core = nodes[0].core;
	assert_int_equal(core_add_witness(core, "w", skey_public(witness), "", &err), ERR_EXISTS);
	assert_int_equal(core_add_witness(core, "bob", &nodes[1].card.witness, "", &err), ERR_EXISTS);
	assert_int_equal(core_add_witness(core, "self", &nodes[0].card.mirror, "", &err), ERR_EXISTS);
	assert_int_equal(core_add_witness(core, "log", &nodes[1].card.log, "", &err), ERR_UNSUPPORTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_head_is_sent_and_its_cosignature_kept),
		TEST(it_counts_in_our_quorum_and_is_missed),
		TEST(one_request_at_a_time),
		TEST(a_conflict_tells_the_size),
		TEST(a_witness_that_never_agrees_is_not_asked_in_a_hurry),
		TEST(what_is_no_cosignature_is_not_kept),
		TEST(failures_are_retried_ever_later),
		TEST(keys_must_not_clash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
