/* A log over HTTP: what an origin serves of itself and what a mirror serves of it are the same bytes, and make the tree
 * that the checkpoint is signed over. */
#include "tests/shell/talk.h"

#include "crypto/encode.h"
#include "crypto/note.h"
#include "crypto/tree.h"

enum { ENTRIES = 600, FULL = ENTRIES / BUNDLE_ENTRIES, LAST = ENTRIES % BUNDLE_ENTRIES };

/* "/mirror/HASH" of an origin. */
static void mirror_prefix(const char *origin, char out[128])
{
	struct hasher *hasher = hasher_new();
	struct hash digest = hash_sum(hasher, bytes_str(origin));
	struct buf hex = { 0 };
	hex_add(&hex, bytes_of(digest.b, sizeof digest.b));
	(void)snprintf(out, 128, "/mirror/%s", buf_str(&hex));
	buf_free(&hex);
	hasher_free(hasher);
}

static int get_below(struct node *n, const char *prefix, const char *rest, struct buf *answer)
{
	char target[256];
	(void)snprintf(target, sizeof target, "%s/%s", prefix, rest);
	return get(n, target, answer);
}

/* The checkpoint below a prefix: its size, 0 when there is none; *root. */
static uint64_t checkpoint_of(struct node *n, const char *prefix, const struct vkey *key, struct hash *root)
{
	struct buf answer = { 0 };
	struct note note;
	struct checkpoint checkpoint = { 0 };
	struct err err = { 0 };
	if (get_below(n, prefix, "checkpoint", &answer) == 200) {
		if (checkpoint_open(buf_bytes(&answer), key, &note, &checkpoint, &err) != OK)
			fail_msg("%s: %s", prefix, err.text);
		*root = checkpoint.root;
	}
	uint64_t size = checkpoint.size;
	buf_free(&answer);
	return size;
}

static void same_below(struct node *a, const char *of_a, struct node *b, const char *of_b, const char *rest)
{
	struct buf x = { 0 }, y = { 0 };
	if (get_below(a, of_a, rest, &x) != 200 || get_below(b, of_b, rest, &y) != 200)
		fail_msg("%s is missing", rest);
	if (!bytes_equal(buf_bytes(&x), buf_bytes(&y)))
		fail_msg("%s differs", rest);
	buf_free(&x);
	buf_free(&y);
}

/* A client's work: every entry from the bundles, the tree from the entries; beside them the tiles. */
static void tree_is_that_of(struct node *n, const char *prefix, const struct hash *root)
{
	static const char *const parts[][2] = { { "tile/entries/000", "tile/0/000" },
		                                    { "tile/entries/001", "tile/0/001" },
		                                    { "tile/entries/002.p/88", "tile/0/002.p/88" } };
	struct hasher *hasher = hasher_new();
	struct tree *tree = tree_new(hasher);
	struct buf entries = { 0 }, hashes = { 0 };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		assert_int_equal(get_below(n, prefix, parts[i][0], &entries), 200);
		assert_int_equal(get_below(n, prefix, parts[i][1], &hashes), 200);
		size_t count = 0;
		for (size_t at = 0; at < entries.len; count++) {
			size_t len = (size_t)entries.data[at] << 8 | entries.data[at + 1];
			struct hash leaf = hash_leaf(hasher, bytes_of(entries.data + at + 2, len));
			assert_memory_equal(hashes.data + count * HASH_SIZE, leaf.b, HASH_SIZE);
			tree_append(tree, &leaf);
			at += 2 + len;
		}
		assert_int_equal(hashes.len, count * HASH_SIZE);
	}
	struct hash computed = tree_root(tree);
	assert_int_equal(tree_size(tree), ENTRIES);
	assert_true(hash_equal(&computed, root));
	buf_free(&entries);
	buf_free(&hashes);
	tree_free(tree);
	hasher_free(hasher);
}

static void test_origin_and_mirror(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1];
	struct buf answer = { 0 };
	struct hash root, mirrored;
	char mirror[128], own[128];
	static const char *const parts[] = {
		"tile/0/000",       "tile/0/000.p/1",        "tile/0/002.p/88",      "tile/0/002.p/7", "tile/1/000.p/2",
		"tile/entries/000", "tile/entries/002.p/88", "tile/entries/002.p/7", "payload/000",    "payload/599",
	};
	static const char *const absent[] = {
		"tile/0/002",       "tile/0/002.p/89",       "tile/0/003.p/1", "tile/1/000.p/3", "tile/2/000.p/1",
		"tile/entries/002", "tile/entries/002.p/89", "payload/600",    "tile/0/2",
	};
	assert_int_equal(FULL, 2);
	assert_int_equal(LAST, 88);
	node_make(w, 0);
	node_make(w, 1);
	node_up(a);
	node_up(b);
	assert_int_equal(get(a, "/log/checkpoint", &answer), 404);
	publish(a, "tile", 1, ENTRIES);
	befriend(a, b);
	mirror_prefix("sac.example/log", mirror);
	const struct vkey *key = skey_public(a->dir.log_key);
	WAIT_FOR(checkpoint_of(b, mirror, key, &mirrored) == ENTRIES);
	assert_int_equal(checkpoint_of(a, "/log", key, &root), ENTRIES);
	assert_true(hash_equal(&root, &mirrored));
	/* tlog-mirror: the mirror's line is there, and made with the mirror's key. */
	struct note note;
	assert_int_equal(get_below(b, mirror, "checkpoint", &answer), 200);
	assert_int_equal(note_parse(buf_bytes(&answer), &note, NULL), OK);
	assert_int_equal(note_verify(&note, skey_public(b->dir.mirror_key), NULL), OK);
	tree_is_that_of(a, "/log", &root);
	tree_is_that_of(b, mirror, &root);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		same_below(a, "/log", b, mirror, parts[i]);
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
		assert_int_equal(get_below(a, "/log", absent[i], &answer), 404);
		assert_int_equal(get_below(b, mirror, absent[i], &answer), 404);
	}
	/* Nobody mirrors himself, and b has published nothing. */
	assert_int_equal(get_below(a, mirror, "checkpoint", &answer), 404);
	mirror_prefix("iso.example/log", own);
	assert_int_equal(get_below(a, own, "checkpoint", &answer), 404);
	assert_int_equal(get(b, "/log/checkpoint", &answer), 404);
	buf_free(&answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_origin_and_mirror, world_up, world_down),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
