/* tree: every proof against a naive reading of the texts, and everything near it that must not verify. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/tree.h"
#include "tests/crypto/naive_tree.h"

/* The proofs that RFC 6962 itself defines are the same hashes. */
static void check_rfc6962(struct tree_source source, size_t at, size_t n)
{
	struct tree_proof expected = { .count = 0 }, got;
	path(at, leaves, n, &expected);
	assert_int_equal(tree_prove(h, source, at, at + 1, n, &got), OK);
	assert_int_equal(got.count, expected.count);
	assert_memory_equal(got.hashes, expected.hashes, got.count * sizeof *got.hashes);
	expected.count = 0;
	subproof(at + 1, leaves, n, true, &expected);
	assert_int_equal(tree_prove(h, source, 0, at + 1, n, &got), OK);
	assert_int_equal(got.count, expected.count);
	assert_memory_equal(got.hashes, expected.hashes, got.count * sizeof *got.hashes);
}

static void every_subtree_of_every_small_tree(void **state)
{
	size_t made = 0;
	for (size_t n = 1; n <= SMALL; n++) {
		struct tree *t = grow(n);
		struct hash root = tree_root(t);
		for (size_t start = 0; start < n; start++) {
			check_rfc6962(tree_as_source(t), start, n);
			for (size_t end = start + 1; end <= n; end++) {
				assert_int_equal(tree_subtree_valid(start, end), naive_valid(start, end));
				if (!naive_valid(start, end))
					continue;
				check_proof(tree_as_source(t), start, end, n, &root, n <= 9);
				made++;
			}
		}
		tree_free(t);
	}
	assert_int_equal(made, 8909);
}

/* The root of the leaves up to one is in that leaf's path. */
static void a_path_gives_the_root_up_to_its_leaf(void **state)
{
	for (size_t n = 1; n <= SMALL; n++)
		for (size_t at = 0; at < n; at++) {
			struct tree_proof p;
			assert_int_equal(tree_prove(h, naive, at, at + 1, n, &p), OK);
			struct hash root = tree_root_to(h, p.hashes, p.count, at, n, &leaves[at]), expected = mth(leaves, at + 1);
			assert_true(hash_equal(&root, &expected));
		}
	static const size_t places[][2] = { { 255, 700 }, { 256, 700 }, { 257, 512 },
		                                { 511, 512 }, { 640, 641 }, { 699, 1025 } };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct tree_proof p;
		size_t at = places[i][0];
		assert_int_equal(tree_prove(h, naive, at, at + 1, places[i][1], &p), OK);
		struct hash root = tree_root_to(h, p.hashes, p.count, at, places[i][1], &leaves[at]),
		            expected = mth(leaves, at + 1);
		assert_true(hash_equal(&root, &expected));
	}
	/* Whatever the hashes are, it ends. */
	(void)tree_root_to(h, leaves, PROOF_HASHES_MAX, 0, UINT64_MAX, &leaves[0]);
	(void)tree_root_to(h, leaves, PROOF_HASHES_MAX, UINT64_MAX - 1, UINT64_MAX, &leaves[0]);
}

static void subtrees_around_whole_bundles(void **state)
{
	static const size_t sizes[] = { 255, 256, 257, 511, 512, 513, 700, 767, 768, 769, 1000, 1024, 1025 };
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		size_t n = sizes[k];
		struct hash root = mth(leaves, n);
		for (int round = 0; round < 60; round++) {
			size_t ceiling = (size_t)1 << random_below(11), start, end;
			do {
				start = random_below(n / ceiling + 1) * ceiling;
				end = start + 1 + random_below(ceiling);
				end = end > n ? n : end;
			} while (!naive_valid(start, end));
			check_proof(naive, start, end, n, &root, false);
		}
		check_rfc6962(naive, random_below(n), n);
		check_proof(naive, 0, n, n, &root, false);
		check_proof(naive, n - 1, n, n, &root, false);
		check_proof(naive, 0, 1, n, &root, false);
	}
}

/* No other leaf's proof, and no proof under another number. */
static void a_leaf_is_where_it_is(void **state)
{
	for (size_t n = 1; n <= 33; n++) {
		struct hash root = mth(leaves, n);
		for (size_t i = 0; i < n; i++) {
			struct tree_proof p;
			assert_int_equal(tree_prove(h, naive, i, i + 1, n, &p), OK);
			for (size_t k = 0; k < n + 2; k++)
				assert_int_equal(verifies(&p, k, k + 1, n, &leaves[i], &root), k == i);
			for (size_t k = 0; k < n; k++)
				assert_int_equal(verifies(&p, i, i + 1, n, &leaves[k], &root), k == i);
		}
	}
}

/* The path of a larger tree's last leaf has only left neighbours: said to be a smaller tree's, it is too long. */
static void a_path_is_not_for_a_smaller_tree(void **state)
{
	for (size_t n = 2; n <= SMALL; n++) {
		struct hash root = mth(leaves, n);
		for (size_t i = 0; i < n; i++) {
			struct tree_proof p;
			assert_int_equal(tree_prove(h, naive, i, i + 1, n, &p), OK);
			assert_false(verifies(&p, 0, 1, 1, &leaves[i], &root));
			for (size_t smaller = 1; p.count > 0 && smaller < (size_t)1 << (p.count - 1); smaller++)
				assert_false(verifies(&p, smaller - 1, smaller, smaller, &leaves[i], &root));
		}
	}
}

/* Two trees that differ in an old leaf: neither's proofs lead from one to the other. */
static void a_fork_has_no_proof(void **state)
{
	struct hash forked[SMALL];
	struct tree *t = tree_new(h);
	memcpy(forked, leaves, sizeof forked);
	forked[20] = leaves[21];
	for (size_t i = 0; i < SMALL; i++)
		tree_append(t, &forked[i]);
	struct hash theirs = mth(leaves, SMALL), ours = tree_root(t);
	for (size_t m = 21; m <= SMALL; m++) {
		struct tree_proof honest, false_one;
		struct hash old_theirs = mth(leaves, m), old_ours = mth(forked, m);
		assert_int_equal(tree_prove(h, naive, 0, m, SMALL, &honest), OK);
		assert_int_equal(tree_prove(h, tree_as_source(t), 0, m, SMALL, &false_one), OK);
		assert_true(verifies(&honest, 0, m, SMALL, &old_theirs, &theirs));
		assert_true(verifies(&false_one, 0, m, SMALL, &old_ours, &ours));
		assert_false(verifies(&honest, 0, m, SMALL, &old_ours, &theirs));
		assert_false(verifies(&honest, 0, m, SMALL, &old_theirs, &ours));
		assert_false(verifies(&false_one, 0, m, SMALL, &old_ours, &theirs));
		assert_false(verifies(&false_one, 0, m, SMALL, &old_theirs, &ours));
	}
	tree_free(t);
}

/* ---- from what a tree keeps, and a bundle beside it ---- */

/* The first of two that answers. */
struct pair {
	struct tree_source a, b;
};

static int read_pair(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct pair *p = ctx;
	int rc = p->a.read(p->a.ctx, level, index, out);
	return rc == OK ? OK : p->b.read(p->b.ctx, level, index, out);
}

static void a_tree_alone_lacks_old_leaves(void **state)
{
	struct tree *t = grow(700);
	struct tree_source alone = tree_as_source(t);
	struct tree_proof p;
	struct hash hash;
	assert_int_equal(tree_prove(h, alone, 699, 700, 700, &p), OK);
	assert_int_equal(tree_prove(h, alone, 0, 512, 700, &p), OK);
	assert_int_equal(tree_prove(h, alone, 3, 4, 700, &p), ERR_NOT_FOUND);
	assert_int_equal(tree_root_at(h, alone, 300, &hash), ERR_NOT_FOUND);
	assert_int_equal(tree_root_at(h, alone, 701, &hash), ERR_NOT_FOUND);
	assert_int_equal(tree_subtree_hash(h, alone, 4, 8, &hash), ERR_NOT_FOUND);

	struct tree_bundle_source bundle = { .tree = t, .bundle_index = 0, .leaves = leaves, .count = 256 };
	struct tree_source source = tree_bundle_as_source(&bundle);
	struct hash root = tree_root(t);
	for (size_t i = 0; i < 256; i += 1 + i % 7)
		check_proof(source, i, i + 1, 700, &root, false);
	check_proof(source, 64, 128, 700, &root, false);
	/* The next bundle is not that one. */
	assert_int_equal(tree_prove(h, source, 256, 257, 700, &p), ERR_NOT_FOUND);
	tree_free(t);
}

/* Old heads: a root or a proof at size n needs the bundle that n cuts, or what of it there is. */
static void an_edge_bundle_gives_old_roots(void **state)
{
	struct tree *t = grow(LEAVES);
	for (size_t n = 1; n <= LEAVES; n += 1 + random_below(23)) {
		uint64_t index;
		struct hash expected = mth(leaves, n), got;
		if (!tree_edge_bundle(n, &index)) {
			assert_int_equal(n % BUNDLE_ENTRIES, 0);
			assert_int_equal(tree_root_at(h, tree_as_source(t), n, &got), OK);
			assert_true(hash_equal(&got, &expected));
			continue;
		}
		assert_int_equal(index, n / BUNDLE_ENTRIES);
		struct tree_bundle_source edge = {
			.tree = t, .bundle_index = index, .leaves = leaves + index * BUNDLE_ENTRIES, .count = n % BUNDLE_ENTRIES
		};
		assert_int_equal(tree_root_at(h, tree_bundle_as_source(&edge), n, &got), OK);
		assert_true(hash_equal(&got, &expected));
		/* With a second bundle, any leaf of that old tree has its proof. */
		size_t leaf = random_below(n), first = leaf / BUNDLE_ENTRIES * BUNDLE_ENTRIES;
		struct tree_bundle_source inner = { .tree = t,
			                                .bundle_index = first / BUNDLE_ENTRIES,
			                                .leaves = leaves + first };
		inner.count = LEAVES - first < BUNDLE_ENTRIES ? LEAVES - first : BUNDLE_ENTRIES;
		struct pair both = { tree_bundle_as_source(&inner), tree_bundle_as_source(&edge) };
		check_proof((struct tree_source){ read_pair, &both }, leaf, leaf + 1, n, &expected, false);
	}
	tree_free(t);
}

/* Rubbish of every length at every size ends, and is refused. */
static void rubbish_never_verifies(void **state)
{
	struct tree_proof p;
	for (size_t i = 0; i < PROOF_HASHES_MAX; i++)
		p.hashes[i] = leaves[i];
	for (int round = 0; round < 20000; round++) {
		uint64_t n = UINT64_MAX >> random_below(64);
		n = random_below(3) == 0 ? n : n - random_below(n > 1u << 30 ? 1u << 30 : n);
		uint64_t ceiling = 1ULL << random_below(63), start = random_below(2) == 0 ? 0 : n / ceiling * ceiling;
		uint64_t end = start + 1 + random_below(ceiling > 1u << 30 ? 1u << 30 : ceiling);
		p.count = random_below(PROOF_HASHES_MAX + 1);
		assert_false(verifies(&p, start, end, n, &leaves[70], &leaves[71]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_subtree_of_every_small_tree),
		cmocka_unit_test(a_path_gives_the_root_up_to_its_leaf),
		cmocka_unit_test(subtrees_around_whole_bundles),
		cmocka_unit_test(a_leaf_is_where_it_is),
		cmocka_unit_test(a_path_is_not_for_a_smaller_tree),
		cmocka_unit_test(a_fork_has_no_proof),
		cmocka_unit_test(a_tree_alone_lacks_old_leaves),
		cmocka_unit_test(an_edge_bundle_gives_old_roots),
		cmocka_unit_test(rubbish_never_verifies),
	};
	return cmocka_run_group_tests(tests, make_leaves, close_hasher);
}
