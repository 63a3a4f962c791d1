/* tree: a tree that goes on from a frontier is the tree that it was taken from, for everything from there on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/tree.h"
#include "tests/crypto/naive_tree.h"

static const size_t edges[] = { 0,   1,   2,   255, 256, 257,  300,  511,  512,  513,
	                            600, 767, 768, 769, 895, 1023, 1024, 1025, 1099, 1100 };
enum { EDGES = sizeof edges / sizeof *edges };

static struct tree *resumed(size_t since, size_t size)
{
	struct tree_frontier f;
	assert_int_equal(tree_frontier(naive, since, &f), OK);
	assert_int_equal(f.peak_count, tree_frontier_peaks(since));
	struct tree *t = tree_resume(h, &f);
	for (size_t i = since; i < size; i++)
		tree_append(t, &leaves[i]);
	assert_int_equal(tree_size(t), size);
	return t;
}

static void it_grows_to_the_same_roots(void **state)
{
	for (size_t i = 0; i < EDGES; i++) {
		for (size_t k = i; k < EDGES; k++) {
			struct tree *t = resumed(edges[i], edges[k]);
			struct hash root = tree_root(t), expected = edges[k] > 0 ? mth(leaves, edges[k]) : hash_empty(h);
			assert_true(hash_equal(&root, &expected));
			tree_free(t);
		}
	}
}

/* From every size since then, with the leaves of the bundle at that size's edge. */
static void it_proves_what_came_since(void **state)
{
	for (size_t i = 0; i < EDGES; i++) {
		for (size_t k = i; k < EDGES; k++) {
			size_t since = edges[i], old = edges[k], first = old / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
			struct tree *t = resumed(since, LEAVES);
			struct tree_bundle_source edge = { t, old / BUNDLE_ENTRIES, leaves + first, old - first };
			if (LEAVES - first >= BUNDLE_ENTRIES)
				edge.count = BUNDLE_ENTRIES;
			struct hash root = tree_root(t);
			if (old > 0)
				check_proof(tree_bundle_as_source(&edge), 0, old, LEAVES, &root, false);
			/* Whole bundles need no leaves but those of the last one. */
			for (size_t at = since / BUNDLE_ENTRIES * BUNDLE_ENTRIES; at < LEAVES; at += BUNDLE_ENTRIES)
				check_proof(tree_as_source(t), at, at + BUNDLE_ENTRIES < LEAVES ? at + BUNDLE_ENTRIES : LEAVES, LEAVES,
				            &root, false);
			tree_free(t);
		}
	}
}

static void it_does_not_know_what_came_before(void **state)
{
	struct tree *t = resumed(768, LEAVES);
	struct tree_source source = tree_as_source(t);
	struct tree_proof proof;
	struct hash out;
	assert_int_equal(source.read(source.ctx, 8, 0, &out), ERR_NOT_FOUND);
	assert_int_equal(source.read(source.ctx, 8, 2, &out), OK); /* a peak */
	assert_int_equal(source.read(source.ctx, 9, 0, &out), OK);
	assert_int_equal(tree_prove(h, source, 0, 256, LEAVES, &proof), ERR_NOT_FOUND);
	tree_free(t);
}

static void any_frontier_goes_on(void **state)
{
	for (int round = 0; round < 200; round++) {
		size_t since = random_below(LEAVES), size = since + random_below(LEAVES - since) + 1;
		struct tree *t = resumed(since, size);
		struct hash root = tree_root(t), expected = mth(leaves, size);
		assert_true(hash_equal(&root, &expected));
		struct tree_frontier f, g;
		if (tree_frontier(tree_as_source(t), size, &f) != OK || tree_frontier(naive, size, &g) != OK)
			fail();
		assert_memory_equal(f.peaks, g.peaks, f.peak_count * sizeof *f.peaks);
		assert_memory_equal(f.tail, g.tail, size % BUNDLE_ENTRIES * sizeof *f.tail);
		tree_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_grows_to_the_same_roots),
		cmocka_unit_test(it_proves_what_came_since),
		cmocka_unit_test(it_does_not_know_what_came_before),
		cmocka_unit_test(any_frontier_goes_on),
	};
	return cmocka_run_group_tests(tests, make_leaves, close_hasher);
}
