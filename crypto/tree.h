/* tree: an RFC 6962 Merkle tree that is appended to, and its proofs.
 *
 * The tree keeps in memory every complete-subtree hash of level TILE_HEIGHT (8) and above
 * (32 bytes for each 256 leaves, twice that in all) and the leaf hashes of the last, incomplete
 * bundle.  Hashes below level 8 of older bundles are the caller's to fetch: proofs and roots
 * read nodes through a tree_source.  Node (level, index) is the hash of the leaves
 * [index << level, (index+1) << level), always complete.
 *
 * Knows: RFC 6962 section 2.1; subtrees and their proofs as tlog-mirror uses them
 * (draft-ietf-plants-merkle-tree-certs section 4).  Must not know: files, entries.
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/err.h"
#include "node/base/limits.h"

struct tree;

/* An empty tree; borrows the hasher, which must outlive it. */
struct tree *tree_new(struct hasher *hasher);
void tree_free(struct tree *t);

/* A tree of size leaves from what a store kept: roots are the floor(size/256) hashes of
 * level 8 in order, tail the (size mod 256) leaf hashes after them.  Copies both. */
struct tree *tree_restore(struct hasher *hasher, uint64_t size, const struct hash *roots, const struct hash *tail);

uint64_t tree_size(const struct tree *t);

/* Append one leaf's hash. */
void tree_append(struct tree *t, const struct hash *leaf);

/* The root at the present size; of the empty tree SHA-256(""). */
struct hash tree_root(const struct tree *t);

/* The leaf hashes of the last incomplete bundle: *count is size mod 256.  Borrowed until the
 * next change. */
const struct hash *tree_tail(const struct tree *t, size_t *count);

/* Where proofs get complete-subtree hashes from.  read fills *out with node (level, index)
 * and returns OK, or ERR_NOT_FOUND when this source has no such node. */
struct tree_source {
	int (*read)(void *ctx, unsigned level, uint64_t index, struct hash *out);
	void *ctx;
};

/* A source over a tree alone: level >= 8, and whatever lies in its tail. */
struct tree_source tree_as_source(struct tree *t);

/* A tree beside the leaf hashes of one more bundle, fetched from a store: answers also for
 * every node inside bundle number bundle_index, of which count leading leaf hashes are given.
 * The caller owns it and what it borrows. */
struct tree_bundle_source {
	struct tree *tree;
	uint64_t bundle_index;
	const struct hash *leaves;
	size_t count;
};
struct tree_source tree_bundle_as_source(struct tree_bundle_source *s);

/* The bundle whose leaf hashes are needed to compute a root or proof edge at size n, when
 * n is not a multiple of 256: true and *bundle_index, else false. */
bool tree_edge_bundle(uint64_t n, uint64_t *bundle_index);

/* The right edge of a tree: all that is needed to go on from there without what lies before it.  Whoever extends it to
 * a signed root has checked it. */
struct tree_frontier {
	uint64_t size;
	struct hash peaks[64 - TILE_HEIGHT]; /* the complete subtrees that the whole bundles make, larger ones first */
	size_t peak_count;                   /* tree_frontier_peaks(size) */
	struct hash tail[BUNDLE_ENTRIES];    /* the size mod 256 leaf hashes after them */
};

/* The frontier of the first size leaves.  ERR_NOT_FOUND when the source lacks a node. */
CHECKED int tree_frontier(struct tree_source source, uint64_t size, struct tree_frontier *out);
size_t tree_frontier_peaks(uint64_t size);

/* A tree that goes on from there.  It gives roots and proofs for its size and every later one; what a proof needs of
 * the bundle at the edge of an older size is the caller's to add.  Copies. */
struct tree *tree_resume(struct hasher *hasher, const struct tree_frontier *from);

/* The root of the first n leaves.  ERR_NOT_FOUND when the source lacks a node. */
CHECKED int tree_root_at(struct hasher *h, struct tree_source source, uint64_t n, struct hash *out);

/* The hash of leaves [start, end), which must be a valid subtree. */
CHECKED int tree_subtree_hash(struct hasher *h, struct tree_source source, uint64_t start, uint64_t end,
                              struct hash *out);

struct tree_proof {
	struct hash hashes[PROOF_HASHES_MAX];
	size_t count;
};

/* start < end and start is a multiple of the smallest power of two not below end - start. */
bool tree_subtree_valid(uint64_t start, uint64_t end);

/* The proof that the tree of size n contains subtree [start, end).  start 0 is the RFC 6962
 * consistency proof from end to n; end = start + 1 the inclusion proof of leaf start.
 * ERR_INVALID: not a valid subtree, end > n, or n so near 2^64 that the proof has more than
 * PROOF_HASHES_MAX hashes.  ERR_NOT_FOUND: the source lacks a node. */
CHECKED int tree_prove(struct hasher *h, struct tree_source source, uint64_t start, uint64_t end, uint64_t n,
                       struct tree_proof *out);

/* The one verifier: OK when hashes prove that a tree of size n and this root contains subtree
 * [start, end) with hash node; ERR_UNTRUSTED otherwise. */
CHECKED int tree_verify(struct hasher *h, const struct hash *hashes, size_t count, uint64_t start, uint64_t end,
                        uint64_t n, const struct hash *node, const struct hash *root);

/* The root of the first start + 1 leaves, by an inclusion proof of leaf start that tree_verify found good: what lies
 * left of the leaf is in it whole. */
struct hash tree_root_to(struct hasher *h, const struct hash *hashes, size_t count, uint64_t start, uint64_t n,
                         const struct hash *leaf);

/* The hash of leaves given one after another (1 <= count <= 2^32), as the top of a subtree that
 * begins at a multiple of a power of two >= count. */
struct hash tree_hash_leaves(struct hasher *h, const struct hash *leaves, size_t count);
