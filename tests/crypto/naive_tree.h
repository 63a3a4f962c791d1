/* naive_tree: the definitions of RFC 6962 and of the subtree draft, word for word and slowly, for the tests to compare
 * with; and everything near a proof that must not verify.
 *
 * Include after cmocka.h.  Leaves are the hashes of the numbers 0, 1, 2 ... as the machine writes them.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "crypto/tree.h"

enum { LEAVES = 1100, SMALL = 70 };

static struct hasher *h;
static struct hash leaves[LEAVES];

static inline int make_leaves(void **state)
{
	h = hasher_new();
	for (uint32_t i = 0; i < LEAVES; i++)
		leaves[i] = hash_leaf(h, bytes_of(&i, sizeof i));
	return 0;
}

static inline int close_hasher(void **state)
{
	hasher_free(h);
	return 0;
}

static uint64_t seed = 20260301;

static inline uint64_t random_below(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

/* ---- the texts, word for word ---- */

/* RFC 6962 2.1: the largest power of two smaller than n. */
static inline size_t split(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

static inline struct hash mth(const struct hash *d, size_t n)
{
	if (n == 1)
		return d[0];
	size_t k = split(n);
	struct hash left = mth(d, k), right = mth(d + k, n - k);
	return hash_node(h, &left, &right);
}

static inline void push(struct tree_proof *p, struct hash hash)
{
	assert_true(p->count < PROOF_HASHES_MAX);
	p->hashes[p->count++] = hash;
}

/* RFC 6962 2.1.1, PATH(m, D[n]). */
static inline void path(size_t m, const struct hash *d, size_t n, struct tree_proof *out)
{
	if (n == 1)
		return;
	size_t k = split(n);
	if (m < k) {
		path(m, d, k, out);
		push(out, mth(d + k, n - k));
	} else {
		path(m - k, d + k, n - k, out);
		push(out, mth(d, k));
	}
}

/* RFC 6962 2.1.2, SUBPROOF(m, D[n], b). */
static inline void subproof(size_t m, const struct hash *d, size_t n, bool b, struct tree_proof *out)
{
	if (m == n) {
		if (!b)
			push(out, mth(d, n));
		return;
	}
	size_t k = split(n);
	if (m <= k) {
		subproof(m, d, k, b, out);
		push(out, mth(d + k, n - k));
	} else {
		subproof(m - k, d + k, n - k, false, out);
		push(out, mth(d, k));
	}
}

/* draft-ietf-plants-merkle-tree-certs, SUBTREE_SUBPROOF(start, end, D_n, b). */
static inline void subtree_subproof(size_t start, size_t end, const struct hash *d, size_t n, bool b,
                                    struct tree_proof *out)
{
	if (start == 0 && end == n) {
		if (!b)
			push(out, mth(d, n));
		return;
	}
	size_t k = split(n);
	if (end <= k) {
		subtree_subproof(start, end, d, k, b, out);
		push(out, mth(d + k, n - k));
	} else if (k <= start) {
		subtree_subproof(start - k, end - k, d + k, n - k, b, out);
		push(out, mth(d, k));
	} else {
		subtree_subproof(0, end - k, d + k, n - k, false, out);
		push(out, mth(d, k));
	}
}

/* The draft's definition of a valid subtree. */
static inline bool naive_valid(uint64_t start, uint64_t end)
{
	uint64_t ceiling = 1;
	if (start >= end)
		return false;
	while (ceiling < end - start)
		ceiling *= 2;
	return start % ceiling == 0;
}

/* ---- sources ---- */

/* Answers everything, from all the leaves. */
static inline int read_naive(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	if (level > 10 || (index + 1) << level > LEAVES)
		return ERR_NOT_FOUND;
	*out = mth(leaves + (index << level), (size_t)1 << level);
	return OK;
}

static const struct tree_source naive = { .read = read_naive };

static inline struct tree *grow(size_t n)
{
	struct tree *t = tree_new(h);
	for (size_t i = 0; i < n; i++)
		tree_append(t, &leaves[i]);
	return t;
}

/* ---- verifying ---- */

static inline bool verifies(const struct tree_proof *p, uint64_t start, uint64_t end, uint64_t n,
                            const struct hash *node, const struct hash *root)
{
	/* Exactly as many hashes as are said, so that a sanitizer sees a read past them. */
	struct hash *copy = malloc(p->count * sizeof *copy + (p->count == 0));
	assert_non_null(copy);
	memcpy(copy, p->hashes, p->count * sizeof *copy);
	int rc = tree_verify(h, copy, p->count, start, end, n, node, root);
	free(copy);
	assert_true(rc == OK || rc == ERR_UNTRUSTED);
	return rc == OK;
}

/* Nothing that differs from the proof in one place verifies.  all: every bit, else one bit of each hash. */
static inline void no_other_proof_verifies(const struct tree_proof *good, uint64_t start, uint64_t end, uint64_t n,
                                           struct hash node, struct hash root, bool all)
{
	struct tree_proof p = *good;
	for (size_t i = 0; i < good->count; i++) {
		for (size_t bit = all ? 0 : random_below(256); bit < 256; bit += all ? 1 : 256) {
			p.hashes[i].b[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(verifies(&p, start, end, n, &node, &root));
			p.hashes[i].b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		/* Without this hash; with it twice; changed for its neighbour. */
		struct tree_proof q = p;
		q.count--;
		memmove(&q.hashes[i], &p.hashes[i + 1], (q.count - i) * sizeof *q.hashes);
		assert_false(verifies(&q, start, end, n, &node, &root));
		if (p.count < PROOF_HASHES_MAX) {
			q.count = p.count + 1;
			memmove(&q.hashes[i + 1], &p.hashes[i], (p.count - i) * sizeof *q.hashes);
			q.hashes[i] = p.hashes[i];
			assert_false(verifies(&q, start, end, n, &node, &root));
		}
		if (i > 0) {
			q = p;
			q.hashes[i] = p.hashes[i - 1];
			q.hashes[i - 1] = p.hashes[i];
			assert_false(verifies(&q, start, end, n, &node, &root));
		}
	}
	p.hashes[p.count++] = root;
	assert_false(verifies(&p, start, end, n, &node, &root));
	p.hashes[p.count - 1] = (struct hash){ 0 };
	assert_false(verifies(&p, start, end, n, &node, &root));
	p.count--;
	size_t bit = random_below(256);
	node.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	assert_false(verifies(&p, start, end, n, &node, &root));
	node.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	root.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	assert_false(verifies(&p, start, end, n, &node, &root));
}

/* One subtree of one size: made, compared, verified, and spoilt. */
static inline void check_proof(struct tree_source source, size_t start, size_t end, size_t n, const struct hash *root,
                               bool all)
{
	struct tree_proof expected = { .count = 0 }, got;
	struct hash node = mth(leaves + start, end - start), hash;
	subtree_subproof(start, end, leaves, n, true, &expected);
	assert_int_equal(tree_prove(h, source, start, end, n, &got), OK);
	assert_int_equal(got.count, expected.count);
	assert_memory_equal(got.hashes, expected.hashes, got.count * sizeof *got.hashes);
	assert_int_equal(tree_subtree_hash(h, source, start, end, &hash), OK);
	assert_true(hash_equal(&hash, &node));
	assert_true(verifies(&got, start, end, n, &node, root));
	no_other_proof_verifies(&got, start, end, n, node, *root, all);
}
