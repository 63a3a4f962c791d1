/* map: a Merkle map from keys to numbers, and its proofs that a key has a value, or has none.
 *
 * A binary trie without nodes of one child.  A leaf is a key and its value; an inner node stands where keys part: depth
 * is how many leading bits all keys below it share, and the bit after them says left (0) or right.  So the root depends
 * on the set alone, not on the order in which it came:
 *
 *     leaf    SHA-256(0x10 || key || value in 8 bytes, big-endian)
 *     inner   SHA-256(0x11 || depth in 1 byte || left || right)
 *     empty   SHA-256(0x12)                                          the root of a map without keys
 *
 * Whoever looks for a key goes by its bits at the depths of the inner nodes that it meets, and ends at one leaf: the
 * key's own if it is there.  If another key's is there, the key is nowhere: that is the whole proof of either.  It
 * holds for a root that was made from a set, by one who was honest or whom somebody recomputes.
 *
 * Knows: clause 2.18 of proto/KINDS.md.  Must not know: what a key stands for beyond kind and subject; where maps are
 * kept. Thread: the owner's of the hasher.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

enum { MAP_STEPS_MAX = 256 }; /* depths 0 to 255, each once */

/* SHA-256("normlink index v1" LF || kind in 4 bytes, big-endian || subject). */
struct hash map_key(struct hasher *h, uint32_t kind, struct bytes subject);

struct hash map_leaf(struct hasher *h, const struct hash *key, uint64_t value);
struct hash map_empty(struct hasher *h);

/* A leaf, or a whole subtree: some key below it, and its hash. */
struct map_item {
	struct hash key, hash;
};

/* Order of keys: as memcmp. */
int map_compare(const struct hash *a, const struct hash *b);

/* The root of what these make together.  Keys ascend strictly, and no key of one item parts from another's inside a
 * subtree; none: the empty map's. */
struct hash map_root(struct hasher *h, const struct map_item *items, size_t count);

struct map_step {
	uint8_t depth;
	struct hash sibling;
};

struct map_proof {
	bool empty;      /* the map has no key: there is neither leaf nor step */
	struct hash key; /* of the leaf at the end of the way */
	uint64_t value;
	struct map_step steps[MAP_STEPS_MAX]; /* from the root down */
	size_t count;
};

/* Append the steps on the way of this key to the item where it ends, whose number is returned; count >= 1.  For an item
 * that is a subtree the caller goes on with what that is made of. */
size_t map_prove(struct hasher *h, const struct map_item *items, size_t count, const struct hash *key,
                 struct map_proof *proof);

/* The one verifier: does the proof lead from this root along the key's way?  *found: the key is in the map, with
 * proof->value; else it is not.  ERR_UNTRUSTED: it proves nothing, and *found is false. */
CHECKED int map_verify(struct hasher *h, const struct map_proof *proof, const struct hash *key, const struct hash *root,
                       bool *found);
