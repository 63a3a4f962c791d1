/* tree: roots at every size, what a tree keeps and can answer, and the ends of the numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/tree.h"
#include "tests/crypto/naive_tree.h"

/* ---- golden vectors ---- */

static void assert_base64(const struct hash *got, const char *expected)
{
	struct buf text = { 0 };
	base64_add(&text, bytes_of(got->b, HASH_SIZE));
	assert_string_equal(buf_str(&text), expected);
	buf_free(&text);
}

/* The leaves that every implementation of RFC 6962 is tried with. */
static void roots_of_eight_sizes(void **state)
{
	static const char *const entries[] = {
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
	};
	static const char *const roots[] = { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		                                 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		                                 "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		                                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		                                 "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		                                 "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		                                 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		                                 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" };
	struct tree *t = tree_new(h);
	struct hash root = tree_root(t);
	assert_base64(&root, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	for (size_t i = 0; i < 8; i++) {
		struct buf entry = { 0 }, hex = { 0 };
		assert_int_equal(hex_decode(bytes_str(entries[i]), &entry), OK);
		struct hash leaf = hash_leaf(h, buf_bytes(&entry));
		tree_append(t, &leaf);
		root = tree_root(t);
		hex_add(&hex, bytes_of(root.b, HASH_SIZE));
		assert_string_equal(buf_str(&hex), roots[i]);
		buf_free(&entry);
		buf_free(&hex);
	}
	tree_free(t);
}

static void assert_golden(struct tree *t, uint64_t start, uint64_t end, const char *node, const char *const *hashes,
                          size_t count)
{
	struct tree_proof p;
	struct hash got, root = tree_root(t);
	assert_int_equal(tree_subtree_hash(h, tree_as_source(t), start, end, &got), OK);
	assert_base64(&got, node);
	assert_int_equal(tree_prove(h, tree_as_source(t), start, end, tree_size(t), &p), OK);
	assert_int_equal(p.count, count);
	for (size_t i = 0; i < count; i++)
		assert_base64(&p.hashes[i], hashes[i]);
	assert_int_equal(tree_verify(h, p.hashes, p.count, start, end, tree_size(t), &got, &root), OK);
}

/* Leaves are the ASCII numbers "0" to "13". */
static void golden_subtrees_of_fourteen(void **state)
{
	static const char *const p48[] = { "n0o/wg1BYtw31OI9kHhIcxp2BD//9taSiL8av7z/R44=",
		                               "HOqCT6ldN22Q60j8gL6lHsa2kndj/hxGL1y+LUCUznc=" };
	static const char *const p813[] = {
		"FNf/Bsl9rs+tenSfTlkGp0roYG1y0Mkml7f5/oxaa7Q=", "v+6H65Sid4vaZygsoQXhY3/r5r0hsHS9pW5/0U0Z3Gg=",
		"W2Y6NiYBvj87rGQx+fYVRv7BEfYpyWRD17Z8wL3VyUU=", "O4WpYmwcy2TGuV7H+mSIje/izxLjnnfhCBLOX8uctY4="
	};
	static const char *const p06[] = {
		"0nN9zop98dfVz01fUtJ0gCxxv+IKLgeGguccGC05jJA=", "84SgD/FIOtEjwFy1A1yb+kai2SVUil+jas8Xdsmw9Eg=",
		"n0o/wg1BYtw31OI9kHhIcxp2BD//9taSiL8av7z/R44=", "HOqCT6ldN22Q60j8gL6lHsa2kndj/hxGL1y+LUCUznc="
	};
	struct tree *t = tree_new(h);
	for (int i = 0; i < 14; i++) {
		struct buf text = { 0 };
		buf_printf(&text, "%d", i);
		struct hash leaf = hash_leaf(h, buf_bytes(&text));
		tree_append(t, &leaf);
		buf_free(&text);
	}
	struct hash root = tree_root(t);
	assert_base64(&root, "sphdzDhsAFSv7H6wJvveiYhPlMDozGSzp4z9BR0tpxs=");
	assert_golden(t, 4, 8, "MfKXOrY+GTdd/g0WWpLr2aE9KLXm/HgHLEBovXu/vDc=", p48, 2);
	assert_golden(t, 8, 13, "lrKcl0YcDB3/eh4FKLL4DtcOel02OhJn9J9qqCLOIK4=", p813, 4);
	assert_golden(t, 0, 6, "MoBcxelBNHQ9CqWA7y7jMmh7aH/C5OL3L+4cxxLgugw=", p06, 4);
	tree_free(t);
}

/* ---- growth ---- */

static void roots_are_those_of_the_text(void **state)
{
	struct tree *t = tree_new(h);
	for (size_t n = 1; n <= LEAVES; n++) {
		tree_append(t, &leaves[n - 1]);
		assert_int_equal(tree_size(t), n);
		if (n > SMALL && n % 256 > 3 && n % 256 < 253 && n % 37 != 0)
			continue;
		struct hash expected = mth(leaves, n), got = tree_root(t), again = tree_hash_leaves(h, leaves, n);
		assert_true(hash_equal(&got, &expected));
		assert_true(hash_equal(&again, &expected));
	}
	/* Any size that once was, from the present nodes. */
	for (size_t n = 0; n <= LEAVES; n += 1 + random_below(40)) {
		struct hash got, expected = n > 0 ? mth(leaves, n) : hash_empty(h);
		assert_int_equal(tree_root_at(h, naive, n, &got), OK);
		assert_true(hash_equal(&got, &expected));
	}
	tree_free(t);
	tree_free(NULL);
}

static void a_restored_tree_goes_on(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 255, 256, 257, 511, 512, 513, 700, 768, 1000, 1024, 1025 };
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		size_t n = sizes[k], count;
		struct tree *t = grow(n);
		struct tree_source source = tree_as_source(t);
		struct hash roots[LEAVES / BUNDLE_ENTRIES + 1];
		for (uint64_t i = 0; i < n / BUNDLE_ENTRIES; i++)
			assert_int_equal(source.read(source.ctx, TILE_HEIGHT, i, &roots[i]), OK);
		const struct hash *tail = tree_tail(t, &count);
		assert_int_equal(count, n % BUNDLE_ENTRIES);
		struct tree *r = tree_restore(h, n, roots, count > 0 ? tail : NULL);
		assert_int_equal(tree_size(r), n);
		struct hash a = tree_root(t), b = tree_root(r);
		assert_true(hash_equal(&a, &b));
		for (size_t i = n; i < LEAVES; i++)
			tree_append(r, &leaves[i]);
		a = mth(leaves, LEAVES);
		b = tree_root(r);
		assert_true(hash_equal(&a, &b));
		tree_free(t);
		tree_free(r);
	}
}

/* ---- sources ---- */

static int read_node(struct tree *t, unsigned level, uint64_t index)
{
	struct tree_source source = tree_as_source(t);
	struct hash hash;
	return source.read(source.ctx, level, index, &hash);
}

static void sources_refuse_what_is_not_there(void **state)
{
	struct tree *t = grow(700);
	struct tree_bundle_source bundle = { .tree = t, .bundle_index = 1, .leaves = leaves + 256, .count = 100 };
	const struct tree_source sources[] = { tree_as_source(t), tree_bundle_as_source(&bundle) };
	static const struct {
		unsigned level;
		uint64_t index;
	} absent[] = { { 0, 700 }, { 0, UINT64_MAX }, { 0, 0 },          { 0, 356 },        { 1, 350 },
		           { 5, 21 },  { 6, 5 },          { 8, 2 },          { 8, UINT64_MAX }, { 9, 1 },
		           { 10, 0 },  { 63, 0 },         { 63, 1 },         { 63, 2 },         { 64, 0 },
		           { 255, 0 }, { UINT32_MAX, 0 }, { 7, UINT64_MAX }, { 1, 1ULL << 63 } };
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
		struct hash hash;
		for (size_t k = 0; k < 2; k++)
			assert_int_equal(sources[k].read(sources[k].ctx, absent[i].level, absent[i].index, &hash), ERR_NOT_FOUND);
	}
	tree_free(t);
	/* A number so large that its leaves would wrap round to the first ones. */
	t = grow(100);
	for (unsigned level = 1; level < TILE_HEIGHT; level++) {
		assert_int_equal(read_node(t, level, UINT64_MAX / 2 + 1), ERR_NOT_FOUND);
		assert_int_equal(read_node(t, level, 0), level < 7 ? OK : ERR_NOT_FOUND);
	}
	tree_free(t);
}

/* ---- what is no subtree, and sizes at the end of 64 bits ---- */

static void invalid_subtrees(void **state)
{
	static const uint64_t bad[][3] = { { 0, 0, 5 },
		                               { 3, 3, 5 },
		                               { 4, 3, 5 },
		                               { 1, 3, 5 },
		                               { 2, 5, 8 },
		                               { 4, 9, 16 },
		                               { 0, 6, 5 },
		                               { 5, 6, 5 },
		                               { 0, 1, 0 },
		                               { 12, 17, 20 },
		                               { 1, UINT64_MAX, UINT64_MAX },
		                               { UINT64_MAX, 0, UINT64_MAX } };
	struct hash zero = { { 0 } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tree_proof p;
		assert_int_equal(tree_prove(h, naive, bad[i][0], bad[i][1], bad[i][2], &p), ERR_INVALID);
		p.count = 0;
		assert_int_equal(tree_verify(h, p.hashes, 0, bad[i][0], bad[i][1], bad[i][2], &zero, &zero), ERR_UNTRUSTED);
	}
	struct hash hash;
	assert_int_equal(tree_subtree_hash(h, naive, 3, 5, &hash), ERR_INVALID);
	assert_true(tree_subtree_valid(0, UINT64_MAX));
	assert_true(tree_subtree_valid(1ULL << 63, UINT64_MAX));
	assert_true(tree_subtree_valid(UINT64_MAX - 1, UINT64_MAX));
	assert_false(tree_subtree_valid(1, UINT64_MAX));
	assert_false(tree_subtree_valid(1ULL << 62, UINT64_MAX));
}

/* A forest whose leaves are all the same: node (level, index) depends on the level alone, so it has any size. */
static struct hash uniform[64];

static int read_uniform(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	*out = uniform[level];
	return OK;
}

static void sizes_at_the_end_of_the_numbers(void **state)
{
	static const uint64_t sizes[] = { 1ULL << 32,       (1ULL << 63) - 1, 1ULL << 63,
		                              (1ULL << 63) + 1, UINT64_MAX - 1,   UINT64_MAX };
	const struct tree_source source = { .read = read_uniform };
	uniform[0] = leaves[0];
	for (size_t level = 1; level < 64; level++)
		uniform[level] = hash_node(h, &uniform[level - 1], &uniform[level - 1]);
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		uint64_t n = sizes[k];
		uint64_t ranges[][2] = { { 0, 1 },     { n - 1, n },         { 0, n },          { 0, n - 1 },
			                     { 0, n / 2 }, { n / 2, n / 2 + 1 }, { 0, 1ULL << 32 }, { 1ULL << 31, 1ULL << 32 },
			                     { 0, n / 3 } };
		struct hash root;
		assert_int_equal(tree_root_at(h, source, n, &root), OK);
		for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
			struct tree_proof p;
			struct hash node;
			int rc = tree_prove(h, source, ranges[i][0], ranges[i][1], n, &p);
			assert_true(rc == OK || (rc == ERR_INVALID && n > 1ULL << 62)); /* more than 63 hashes */
			if (rc != OK)
				continue;
			assert_int_equal(tree_subtree_hash(h, source, ranges[i][0], ranges[i][1], &node), OK);
			assert_true(verifies(&p, ranges[i][0], ranges[i][1], n, &node, &root));
			root.b[0] ^= 1;
			assert_false(verifies(&p, ranges[i][0], ranges[i][1], n, &node, &root));
			root.b[0] ^= 1;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_eight_sizes),
		cmocka_unit_test(golden_subtrees_of_fourteen),
		cmocka_unit_test(roots_are_those_of_the_text),
		cmocka_unit_test(a_restored_tree_goes_on),
		cmocka_unit_test(sources_refuse_what_is_not_there),
		cmocka_unit_test(invalid_subtrees),
		cmocka_unit_test(sizes_at_the_end_of_the_numbers),
	};
	return cmocka_run_group_tests(tests, make_leaves, close_hasher);
}
