/* door: checkpoints that somebody brings to be witnessed: each answer of the specification, in its order. */
#include "crypto/note.h"
#include "tests/core/world.h"

/* A log outside, which only this test can sign for. */
static struct skey *log_key;
static struct hasher *hasher;
static struct tree *history; /* at most 255 entries, so that every node is at hand */
static const char outside[] = "outside.example/log";

static int open_world(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 99 };
	assert_int_equal(set_up(state), 0);
	assert_int_equal(skey_from_seed(outside, KEY_ED25519, seed, &log_key, NULL), OK);
	assert_int_equal(core_add_log(nodes[0].core, skey_public(log_key), NULL), OK);
	hasher = hasher_new();
	history = tree_new(hasher);
	return 0;
}

static int close_world(void **state)
{
	tree_free(history);
	hasher_free(hasher);
	skey_free(log_key);
	return tear_down(state);
}

static void grow(uint64_t size)
{
	while (tree_size(history) < size) {
		uint64_t n = tree_size(history);
		struct hash leaf = hash_leaf(hasher, bytes_of((const uint8_t *)&n, sizeof n));
		tree_append(history, &leaf);
	}
}

static struct hash root_of(uint64_t size)
{
	struct hash root;
	assert_int_equal(tree_root_at(hasher, tree_as_source(history), size, &root), OK);
	return root;
}

static struct tree_proof proof_of(uint64_t from, uint64_t to)
{
	struct tree_proof proof = { .count = 0 };
	if (from > 0)
		assert_int_equal(tree_prove(hasher, tree_as_source(history), 0, from, to, &proof), OK);
	return proof;
}

static struct buf sign(const struct skey *key, const char *origin, uint64_t size, const struct hash *root)
{
	struct buf note = { 0 };
	checkpoint_write(origin, size, root, &note);
	struct buf text = { 0 };
	buf_add_bytes(&text, buf_bytes(&note));
	buf_add_char(&note, '\n');
	note_sign(key, buf_bytes(&text), &note);
	buf_free(&text);
	return note;
}

/* Bring it, and leave the store its work. */
static void bring(size_t node, uint64_t old, const struct tree_proof *proof, struct bytes note)
{
	struct event e = { .kind = EV_CHECKPOINT };
	e.u.checkpoint.op = 7;
	e.u.checkpoint.old_size = old;
	e.u.checkpoint.proof = proof;
	e.u.checkpoint.note = note;
	nodes[node].answers = 0;
	step(node, &e);
}

/* A head of the outside log with this root, and with the proof that honesty would give. */
static enum answer_outcome ask_root(uint64_t old, uint64_t size, const struct hash *root)
{
	struct tree_proof proof = { .count = 0 };
	if (old <= size)
		proof = proof_of(old, size);
	struct buf note = sign(log_key, outside, size, root);
	bring(0, old, &proof, buf_bytes(&note));
	run();
	buf_free(&note);
	assert_int_equal(nodes[0].answers, 1);
	return nodes[0].outcome;
}

static enum answer_outcome ask(uint64_t old, uint64_t size)
{
	grow(size);
	struct hash root = root_of(size);
	return ask_root(old, size, &root);
}

/* The answer is one line by the node's witness over that head; gives its time. */
static uint64_t check_lines(size_t node, const struct skey *key, uint64_t size, const struct hash *root)
{
	struct buf raw = { 0 };
	struct note note;
	uint64_t time_s = 0;
	checkpoint_write(skey_public(key)->name, size, root, &raw);
	buf_add_char(&raw, '\n');
	buf_add_bytes(&raw, buf_bytes(&nodes[node].answer_text));
	assert_int_equal(note_parse(buf_bytes(&raw), &note, NULL), OK);
	assert_int_equal(note.count, 1);
	assert_int_equal(note_verify(&note, &nodes[node].card.witness, &time_s), OK);
	buf_free(&raw);
	return time_s;
}

/* ---- tests ---- */

static void a_head_is_cosigned_once_it_is_durable(void **state)
{
	grow(5);
	struct hash root = root_of(5);
	struct tree_proof none = { .count = 0 };
	struct buf note = sign(log_key, outside, 5, &root);
	bring(0, 0, &none, buf_bytes(&note));
	assert_int_equal(nodes[0].answers, 0);
	run();
	assert_int_equal(nodes[0].answers, 1);
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	assert_true(check_lines(0, log_key, 5, &root) > 0);
	assert_true(memmem(toy_log(&nodes[0], outside)->target.data, toy_log(&nodes[0], outside)->target.len,
	                   nodes[0].answer_text.data, nodes[0].answer_text.len) != NULL);
	assert_int_equal(status_of(0, outside).witnessed_size, 5);
	buf_free(&note);
	assert_int_equal(ask(5, 9), ANSWER_OK);
	assert_int_equal(ask(9, 200), ANSWER_OK);
}

static void only_known_logs_are_witnessed(void **state)
{
	struct hash root = hash_empty(hasher);
	struct tree_proof none = { .count = 0 };
	struct buf note = sign(log_key, "elsewhere.example/log", 0, &root);
	bring(0, 0, &none, buf_bytes(&note));
	assert_int_equal(nodes[0].outcome, ANSWER_UNKNOWN);
	/* A log is not its own witness. */
	publish(0, 3, "x");
	bring(0, 0, &none, buf_bytes(&toy_log(&nodes[0], alices)->head));
	assert_int_equal(nodes[0].outcome, ANSWER_UNKNOWN);
	/* An unknown log whose signature would fail too: unknown comes first. */
	bring(1, 0, &none, buf_bytes(&note));
	assert_int_equal(nodes[1].outcome, ANSWER_UNKNOWN);
	buf_free(&note);
}

static void a_signature_by_the_log_is_needed(void **state)
{
	struct tree_proof none = { .count = 0 };
	grow(3);
	struct hash root = root_of(3);
	struct buf by_another = sign(nodes[1].log_key, outside, 3, &root);
	bring(0, 0, &none, buf_bytes(&by_another));
	assert_int_equal(nodes[0].outcome, ANSWER_UNTRUSTED);
	struct buf broken = sign(log_key, outside, 3, &root);
	broken.data[broken.len - 8] ^= 1;
	bring(0, 9, &none, buf_bytes(&broken)); /* comes before the size */
	assert_int_equal(nodes[0].outcome, ANSWER_UNTRUSTED);
	/* Two lines by its name and key ID, one of which fails, spoil the note. */
	struct buf both = sign(log_key, outside, 3, &root);
	struct buf line = sign(log_key, outside, 2, &root);
	const uint8_t *dash = memmem(line.data, line.len, "\n\n", 2);
	assert_non_null(dash);
	buf_add(&both, dash + 2, line.len - (size_t)(dash + 2 - line.data));
	bring(0, 0, &none, buf_bytes(&both));
	assert_int_equal(nodes[0].outcome, ANSWER_UNTRUSTED);
	bring(0, 0, &none, bytes_str("no note\n"));
	assert_int_equal(nodes[0].outcome, ANSWER_MALFORMED);
	assert_int_equal(status_of(0, outside).witnessed_size, 0);
	buf_free(&by_another);
	buf_free(&broken);
	buf_free(&both);
	buf_free(&line);
}

static void sizes_must_fit(void **state)
{
	assert_int_equal(ask(0, 5), ANSWER_OK);
	assert_int_equal(ask(9, 8), ANSWER_MALFORMED);
	assert_int_equal(ask(0, 8), ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_size, 5);
	assert_int_equal(ask(4, 8), ANSWER_CONFLICT);
	assert_int_equal(ask(6, 8), ANSWER_CONFLICT);
	/* An older one, rightly proved: what was cosigned last stays. */
	assert_int_equal(ask(3, 4), ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_size, 5);
	assert_int_equal(status_of(0, outside).witnessed_size, 5);
}

static void proofs_must_hold(void **state)
{
	assert_int_equal(ask(0, 100), ANSWER_OK);
	grow(130);
	struct hash root = root_of(130);
	struct buf note = sign(log_key, outside, 130, &root);
	struct tree_proof proof = proof_of(100, 130);
	for (size_t i = 0; i < proof.count; i++) {
		struct tree_proof bad = proof;
		bad.hashes[i].b[31] ^= 1;
		bring(0, 100, &bad, buf_bytes(&note));
		assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
		bad = proof;
		bad.count = i;
		bring(0, 100, &bad, buf_bytes(&note));
		assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	}
	proof.count++;
	bring(0, 100, &proof, buf_bytes(&note));
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	root.b[0] ^= 1;
	assert_int_equal(ask_root(100, 130, &root), ANSWER_UNPROVED);
	assert_int_equal(status_of(0, outside).witnessed_size, 100);
	assert_false(fork_stops(status_of(0, outside).fork));
	assert_int_equal(ask(100, 130), ANSWER_OK);
	buf_free(&note);
}

static void from_nothing_no_proof(void **state)
{
	grow(4);
	struct hash root = root_of(4);
	struct buf note = sign(log_key, outside, 4, &root);
	struct tree_proof one = { .count = 1 };
	bring(0, 0, &one, buf_bytes(&note));
	assert_int_equal(nodes[0].outcome, ANSWER_UNPROVED);
	buf_free(&note);
}

static void the_empty_tree_has_one_root(void **state)
{
	struct hash wrong = { { 1 } }, empty = hash_empty(hasher);
	assert_int_equal(ask_root(0, 0, &wrong), ANSWER_UNPROVED);
	assert_int_equal(ask_root(0, 0, &empty), ANSWER_OK);
	assert_true(check_lines(0, log_key, 0, &empty) > 0);
	assert_int_equal(ask_root(0, 0, &empty), ANSWER_OK);
	assert_int_equal(ask(0, 3), ANSWER_OK);
	assert_int_equal(ask_root(0, 0, &empty), ANSWER_CONFLICT);
	/* A peer's log too. */
	struct tree_proof none = { .count = 0 };
	struct buf note = sign(nodes[1].log_key, nodes[1].card.origin, 0, &empty);
	bring(0, 0, &none, buf_bytes(&note));
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	buf_free(&note);
	publish(1, 3, "x");
	connect_nodes(0, 1);
	assert_int_equal(status_of(0, nodes[1].card.origin).head_size, 3);
}

static void the_same_head_again_is_cosigned_anew(void **state)
{
	assert_int_equal(ask(0, 5), ANSWER_OK);
	struct hash root = root_of(5);
	uint64_t first = check_lines(0, log_key, 5, &root);
	assert_int_equal(ask(5, 5), ANSWER_OK);
	assert_int_equal(check_lines(0, log_key, 5, &root), first);
	wait_ms(3000);
	assert_int_equal(ask(5, 5), ANSWER_OK);
	assert_int_equal(check_lines(0, log_key, 5, &root), first + 3);
	assert_true(memmem(toy_log(&nodes[0], outside)->target.data, toy_log(&nodes[0], outside)->target.len,
	                   nodes[0].answer_text.data, nodes[0].answer_text.len) != NULL);
}

static void a_fork_through_the_door_is_evidence(void **state)
{
	/* Another node that knows this log hears of it. */
	assert_int_equal(core_add_log(nodes[1].core, skey_public(log_key), NULL), OK);
	connect_nodes(0, 1);
	assert_int_equal(ask(0, 5), ANSWER_OK);
	struct hash other = { { 5 } };
	assert_int_equal(ask_root(5, 5, &other), ANSWER_UNPROVED);
	assert_true(fork_stops(status_of(0, outside).fork));
	assert_true(toy_log(&nodes[0], outside)->evidence.len > 0);
	assert_true(fork_stops(status_of(1, outside).fork));
	/* Nothing of it is cosigned any more. */
	assert_int_equal(ask(5, 8), ANSWER_UNTRUSTED);
	assert_int_equal(status_of(0, outside).witnessed_size, 5);
}

static void two_at_once_are_one_after_the_other(void **state)
{
	assert_int_equal(ask(0, 5), ANSWER_OK);
	grow(9);
	struct hash root = root_of(9), root7 = root_of(7);
	struct tree_proof proof = proof_of(5, 9), proof7 = proof_of(5, 7);
	struct buf note = sign(log_key, outside, 9, &root), note7 = sign(log_key, outside, 7, &root7);
	bring(0, 5, &proof, buf_bytes(&note));
	bring(0, 5, &proof7, buf_bytes(&note7)); /* sets answers to 0; both are to come */
	assert_int_equal(nodes[0].answers, 0);
	run();
	assert_int_equal(nodes[0].answers, 2);
	assert_int_equal(nodes[0].outcome, ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_size, 9);
	assert_int_equal(status_of(0, outside).witnessed_size, 9);
	buf_free(&note);
	buf_free(&note7);
}

static void a_full_disk_cosigns_nothing(void **state)
{
	assert_int_equal(ask(0, 5), ANSWER_OK);
	nodes[0].disk_full = true;
	assert_int_equal(ask(5, 9), ANSWER_BUSY);
	assert_int_equal(ask(5, 9), ANSWER_BUSY);
	nodes[0].disk_full = false;
	wait_ms(5000);
	assert_int_equal(status_of(0, outside).witnessed_size, 5);
	assert_int_equal(ask(5, 9), ANSWER_OK);
}

static void a_restart_forgets_nothing(void **state)
{
	assert_int_equal(ask(0, 5), ANSWER_OK);
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
	assert_int_equal(ask(0, 7), ANSWER_CONFLICT);
	assert_int_equal(nodes[0].answer_size, 5);
	assert_int_equal(ask(5, 7), ANSWER_OK);
}

/* What a peer publishes is witnessed through the door and mirrored from the peer: one record of what was seen. */
static void a_peers_log_has_both_ways(void **state)
{
	struct tree_proof none = { .count = 0 };
	publish(1, 40, "x");
	const struct toy_log *bobs = toy_log(&nodes[1], nodes[1].card.origin);
	const struct toy_log *ours = toy_log(&nodes[0], nodes[1].card.origin);
	bring(0, 0, &none, buf_bytes(&bobs->head));
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	assert_int_equal(ours->count, 0);
	connect_nodes(0, 1);
	assert_int_equal(status_of(0, bobs->origin).head_size, 40);
	assert_int_equal(status_of(1, bobs->origin).cosignatures, 1);
	assert_int_equal(status_of(1, bobs->origin).mirrors, 1);
	/* Held whole: the next one starts from there, and the same one keeps the mirror's line. */
	wait_ms(3000);
	struct buf again = { 0 };
	buf_add_bytes(&again, buf_bytes(&bobs->head));
	struct tree_proof same = { .count = 0 };
	bring(0, 40, &same, buf_bytes(&again));
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	assert_non_null(memmem(ours->head.data, ours->head.len, "alice.example/mirror", 20));
	assert_non_null(memmem(ours->head.data, ours->head.len, nodes[0].answer_text.data, nodes[0].answer_text.len));
	buf_free(&again);
}

static void logs_outside_must_not_clash(void **state)
{
	struct err err = { 0 };
	uint32_t peer;
	assert_int_equal(core_add_log(nodes[0].core, skey_public(log_key), &err), ERR_EXISTS);
	assert_int_equal(core_add_log(nodes[0].core, &nodes[1].card.log, &err), ERR_EXISTS);
	assert_int_equal(core_add_log(nodes[0].core, &nodes[0].card.log, &err), ERR_EXISTS);
	assert_int_equal(core_add_log(nodes[0].core, &nodes[1].card.witness, &err), ERR_UNSUPPORTED);
	/* Nor a peer that comes later with the key of a log outside. */
	struct card card = nodes[1].card;
	memcpy(card.name, "dave", 5);
	memcpy(card.origin, outside, sizeof outside);
	card.log = *skey_public(log_key);
	card.witness.key[0] ^= 1;
	card.mirror.key[0] ^= 1;
	card.pin.b[0] ^= 77;
	(void)snprintf(card.witness.name, sizeof card.witness.name, "dave/witness");
	(void)snprintf(card.mirror.name, sizeof card.mirror.name, "dave/mirror");
	assert_int_equal(core_add_peer(nodes[0].core, &card, &peer, &err), ERR_EXISTS);
	assert_non_null(strstr(err.text, "outside"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_head_is_cosigned_once_it_is_durable),
		TEST(only_known_logs_are_witnessed),
		TEST(a_signature_by_the_log_is_needed),
		TEST(sizes_must_fit),
		TEST(proofs_must_hold),
		TEST(from_nothing_no_proof),
		TEST(the_empty_tree_has_one_root),
		TEST(the_same_head_again_is_cosigned_anew),
		TEST(a_fork_through_the_door_is_evidence),
		TEST(two_at_once_are_one_after_the_other),
		TEST(a_full_disk_cosigns_nothing),
		TEST(a_restart_forgets_nothing),
		TEST(a_peers_log_has_both_ways),
		TEST(logs_outside_must_not_clash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
