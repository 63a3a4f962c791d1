/* upload: entries of a log outside that somebody brings: each answer of tlog-mirror, and what is kept. */
#include "crypto/note.h"
#include "node/base/must.h"
#include "node/core/upload.h"
#include "tests/core/world.h"

enum { ENTRIES = 1200 };

/* The log outside, with every node of its tree at hand. */
static struct skey *log_key;
static struct hasher *hasher;
static struct hash *nodes_of[16];
static const char outside[] = "outside.example/log";

static int read_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	(void)ctx;
	*out = nodes_of[level][index];
	return OK;
}

static const struct tree_source source = { .read = read_node };

static struct bytes entry_of(uint64_t n)
{
	static uint64_t numbers[ENTRIES];
	numbers[n] = n * 7919;
	return bytes_of((const uint8_t *)&numbers[n], sizeof numbers[n]);
}

static int open_world(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 99 };
	assert_int_equal(set_up(state), 0);
	assert_int_equal(skey_from_seed(outside, KEY_ED25519, seed, &log_key, NULL), OK);
	assert_int_equal(core_add_log(nodes[0].core, skey_public(log_key), NULL), OK);
	hasher = hasher_new();
	nodes_of[0] = calloc(ENTRIES, sizeof(struct hash));
	for (uint64_t i = 0; i < ENTRIES; i++)
		nodes_of[0][i] = hash_leaf(hasher, entry_of(i));
	size_t n = ENTRIES;
	for (size_t level = 1; level < 16; level++) {
		n /= 2;
		nodes_of[level] = calloc(n + 1, sizeof(struct hash));
		for (size_t i = 0; i < n; i++)
			nodes_of[level][i] = hash_node(hasher, &nodes_of[level - 1][2 * i], &nodes_of[level - 1][2 * i + 1]);
	}
	return 0;
}

static int close_world(void **state)
{
	for (size_t level = 0; level < 16; level++)
		free(nodes_of[level]);
	hasher_free(hasher);
	skey_free(log_key);
	return tear_down(state);
}

static struct hash root_of(uint64_t size)
{
	struct hash root;
	assert_int_equal(tree_root_at(hasher, source, size, &root), OK);
	return root;
}

/* A pending checkpoint, through the door. */
static void promise(uint64_t old, uint64_t size)
{
	struct event e = { .kind = EV_CHECKPOINT };
	struct tree_proof proof = { .count = 0 };
	struct buf note = { 0 }, text = { 0 };
	struct hash root = root_of(size);
	if (old > 0)
		assert_int_equal(tree_prove(hasher, source, 0, old, size, &proof), OK);
	checkpoint_write(outside, size, &root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_sign(log_key, buf_bytes(&text), &note);
	e.u.checkpoint.op = 1;
	e.u.checkpoint.old_size = old;
	e.u.checkpoint.proof = &proof;
	e.u.checkpoint.note = buf_bytes(&note);
	step(0, &e);
	run();
	assert_int_equal(nodes[0].outcome, ANSWER_OK);
	buf_free(&note);
	buf_free(&text);
}

/* Bring at most so many packages of [start, end), as honesty would make them, and leave the store its work. */
static struct upload make(uint64_t start, uint64_t end, size_t most)
{
	struct upload u = { .start = start, .end = end };
	(void)snprintf(u.origin, sizeof u.origin, "%s", outside);
	u.packages = arena_array(&u.arena, ENTRIES / BUNDLE_ENTRIES + 2, sizeof *u.packages);
	while (start < end && u.count < most) {
		uint64_t first = start - start % BUNDLE_ENTRIES;
		uint64_t last = first + BUNDLE_ENTRIES < end ? first + BUNDLE_ENTRIES : end;
		struct upload_package *p = &u.packages[u.count++];
		struct bytes *entries = arena_array(&u.arena, BUNDLE_ENTRIES, sizeof *entries);
		for (uint64_t i = start; i < last; i++)
			entries[p->count++] = entry_of(i);
		p->entries = entries;
		if (end <= ENTRIES)
			assert_int_equal(tree_prove(hasher, source, first, last, end, &p->proof), OK);
		start = last;
	}
	return u;
}

static void bring(struct upload *u)
{
	struct event e = { .kind = EV_UPLOAD };
	nodes[0].answers = 0;
	e.u.upload.op = 5;
	e.u.upload.upload = u;
	step(0, &e);
	arena_free(&u->arena);
}

static enum answer_outcome upload(uint64_t start, uint64_t end, size_t most)
{
	struct upload u = make(start, end, most);
	bring(&u);
	run();
	assert_int_equal(nodes[0].answers, 1);
	return nodes[0].outcome;
}

static uint64_t held(void)
{
	return toy_log(&nodes[0], outside)->count;
}

/* The answer is the mirror's cosignature on that head, and the stored head has it. */
static void check_signed(uint64_t size)
{
	struct buf raw = { 0 };
	struct note note;
	struct hash root = root_of(size);
	const struct toy_log *log = toy_log(&nodes[0], outside);
	checkpoint_write(outside, size, &root, &raw);
	buf_add_char(&raw, '\n');
	buf_add_bytes(&raw, buf_bytes(&nodes[0].answer_text));
	assert_int_equal(note_parse(buf_bytes(&raw), &note, NULL), OK);
	assert_int_equal(note.count, 1);
	assert_int_equal(note_verify(&note, &nodes[0].card.mirror, NULL), OK);
	assert_int_equal(note_parse(buf_bytes(&log->head), &note, NULL), OK);
	assert_int_equal(note_verify(&note, &nodes[0].card.mirror, NULL), OK);
	assert_int_equal(note_verify(&note, &nodes[0].card.witness, NULL), OK);
	assert_int_equal(note_verify(&note, skey_public(log_key), NULL), OK);
	assert_int_equal(log->head_size, size);
	buf_free(&raw);
}

/* ---- tests ---- */

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
	/* A peer's log comes from peers, with its payloads. */
	struct upload peers = make(0, 0, 0);
	(void)snprintf(peers.origin, sizeof peers.origin, "%s", nodes[1].card.origin);
	bring(&peers);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
