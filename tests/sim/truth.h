/* truth: what the holder of an origin's key really put into its log.
 *
 * An honest origin has one branch.  One that forks has several, which may share a beginning.  Whatever a node keeps
 * of an origin must be the beginning of a branch; so the simulated disks keep a branch and a length, and no bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/tree.h"
#include "node/core/effect.h"
#include "node/core/keys.h"

enum { TRUTH_BRANCHES = 16 };

/* A statement about the log (classes.c): of a class 1 and up who may have it, of class 0 what is redacted. */
struct class_said {
	uint64_t index, target;
	unsigned class, mask;
};

/* An entry that is not public, by the digest of its payload. */
struct hidden {
	struct hash digest;
	uint32_t origin;
	unsigned class;
	uint64_t index;
};

struct world;

struct branch {
	uint64_t size;
	size_t cap;
	struct entry *entries; /* in the arena of the truth */
	struct hash *leaves;
	struct hash *roots; /* size + 1 of them: of the first n entries */
	struct tree *tree;
	struct class_said *said;
	size_t said_count, said_cap;
	struct keys keys; /* key statements among the entries */
};

struct truth {
	struct arena arena;
	struct branch *branches[TRUTH_BRANCHES];
	size_t count;
};

void truth_init(struct truth *t, struct hasher *h);
void truth_close(struct truth *t);

/* A new branch that begins with the first size entries of another (NULL: of nothing). */
struct branch *truth_branch(struct truth *t, struct hasher *h, const struct branch *from, uint64_t size);

/* Copies the entry. */
void branch_append(struct truth *t, struct hasher *h, struct branch *b, const struct entry *e);

/* Remember the newest entry of an origin's branch, when it is not public; find one again, NULL: it is public, or
 * nobody's.
 */
void truth_hide(struct world *w, uint32_t origin, const struct branch *b, unsigned class);
const struct hidden *truth_hidden(const struct world *w, const struct hash *digest);

/* Is entry number index of the branch this one, byte for byte? */
bool branch_has(const struct branch *b, uint64_t index, const struct entry *e);

/* Does a head (size, root) belong to the branch? */
bool branch_head(const struct branch *b, uint64_t size, const struct hash *root);

/* A branch to which both heads belong; NULL: they cannot both be true, or one of them never was. */
const struct branch *truth_both(const struct truth *t, uint64_t size1, const struct hash *root1, uint64_t size2,
                                const struct hash *root2);

/* Are there two branches that part from one another? */
bool truth_forked(const struct truth *t);

/* All complete subtrees of a branch, for proofs. */
struct branch_reader {
	const struct branch *branch;
	struct hasher *hasher;
};
struct tree_source branch_source(struct branch_reader *r);
