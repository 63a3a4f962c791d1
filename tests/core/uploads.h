/* uploads: what tests of uploads say: a log with every node of its tree at hand, its promises, its packages.
 */
#pragma once

#include "crypto/note.h"
#include "node/base/must.h"
#include "node/core/upload.h"
#include "tests/core/world.h"

enum { ENTRIES = 1200 };

/* The log outside, or bob's, with every node of its tree at hand. */
static struct skey *log_key;
static struct hasher *hasher;
static struct hash *nodes_of[16];
static const char outside[] = "outside.example/log";
static const char *origin;
static const struct skey *signer;
static bool bobs;

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
	if (bobs)
		return toy_log(&nodes[1], origin)->entries[n].envelope;
	numbers[n] = n * 7919;
	return bytes_of((const uint8_t *)&numbers[n], sizeof numbers[n]);
}

static void grow_tree(void)
{
	size_t n = ENTRIES;
	for (size_t level = 0; level < 16; level++)
		free(nodes_of[level]);
	nodes_of[0] = calloc(ENTRIES, sizeof(struct hash));
	for (uint64_t i = 0; i < ENTRIES; i++)
		nodes_of[0][i] = hash_leaf(hasher, entry_of(i));
	for (size_t level = 1; level < 16; level++) {
		n /= 2;
		nodes_of[level] = calloc(n + 1, sizeof(struct hash));
		for (size_t i = 0; i < n; i++)
			nodes_of[level][i] = hash_node(hasher, &nodes_of[level - 1][2 * i], &nodes_of[level - 1][2 * i + 1]);
	}
}

static int open_world(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 99 };
	assert_int_equal(set_up(state), 0);
	assert_int_equal(skey_from_seed(outside, KEY_ED25519, seed, &log_key, NULL), OK);
	assert_int_equal(core_add_log(nodes[0].core, skey_public(log_key), NULL), OK);
	hasher = hasher_new();
	origin = outside;
	signer = log_key;
	bobs = false;
	grow_tree();
	return 0;
}

/* Bob has published; alice, who has no link to him, knows nothing of it. */
static int open_bobs(void **state)
{
	assert_int_equal(open_world(state), 0);
	for (int i = 0; i < 4; i++)
		publish(1, ENTRIES / 4, "of bob's");
	origin = nodes[1].card.origin;
	signer = nodes[1].log_key;
	bobs = true;
	grow_tree();
	return 0;
}
static int close_world(void **state)
{
	for (size_t level = 0; level < 16; level++) {
		free(nodes_of[level]);
		nodes_of[level] = NULL;
	}
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
	checkpoint_write(origin, size, &root, &text);
	buf_add_bytes(&note, buf_bytes(&text));
	buf_add_char(&note, '\n');
	note_sign(signer, buf_bytes(&text), &note);
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
	(void)snprintf(u.origin, sizeof u.origin, "%s", origin);
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
	return toy_log(&nodes[0], origin)->count;
}

/* The answer is the mirror's cosignature on that head. */
static void check_answer(uint64_t size)
{
	struct buf raw = { 0 };
	struct note note;
	struct hash root = root_of(size);
	checkpoint_write(origin, size, &root, &raw);
	buf_add_char(&raw, '\n');
	buf_add_bytes(&raw, buf_bytes(&nodes[0].answer_text));
	assert_int_equal(note_parse(buf_bytes(&raw), &note, NULL), OK);
	assert_int_equal(note.count, 1);
	assert_int_equal(note_verify(&note, &nodes[0].card.mirror, NULL), OK);
	buf_free(&raw);
}

/* And the stored head has it. */
static void check_signed(uint64_t size)
{
	struct note note;
	const struct toy_log *log = toy_log(&nodes[0], origin);
	check_answer(size);
	assert_int_equal(note_parse(buf_bytes(&log->head), &note, NULL), OK);
	assert_int_equal(note_verify(&note, &nodes[0].card.mirror, NULL), OK);
	assert_int_equal(note_verify(&note, &nodes[0].card.witness, NULL), OK);
	assert_int_equal(note_verify(&note, skey_public(signer), NULL), OK);
	assert_int_equal(log->head_size, size);
}
