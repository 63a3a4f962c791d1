/* foreign: a small log of somebody else's, for tests and benchmarks of the witness: it grows, signs and proves.
 *
 * At most 255 entries, so that every node of its tree is at hand.
 * Thread: the owner's.
 */
#pragma once

#include "crypto/note.h"
#include "crypto/witness_request.h"
#include "node/base/must.h"

struct foreign {
	struct skey *key;
	struct hasher *hasher;
	struct tree *tree;
};

static inline void foreign_open(struct foreign *f, const char *origin, uint8_t seed_byte)
{
	const uint8_t seed[KEY_SIZE] = { 77, seed_byte };
	must(skey_from_seed(origin, KEY_ED25519, seed, &f->key, NULL) == OK);
	f->hasher = hasher_new();
	f->tree = tree_new(f->hasher);
}

static inline void foreign_close(struct foreign *f)
{
	tree_free(f->tree);
	hasher_free(f->hasher);
	skey_free(f->key);
}

static inline const char *foreign_origin(const struct foreign *f)
{
	return skey_public(f->key)->name;
}

static inline void foreign_grow(struct foreign *f, uint64_t size)
{
	must(size < BUNDLE_ENTRIES);
	while (tree_size(f->tree) < size) {
		uint64_t n = tree_size(f->tree);
		struct hash leaf = hash_leaf(f->hasher, bytes_of((const uint8_t *)&n, sizeof n));
		tree_append(f->tree, &leaf);
	}
}

/* Its checkpoint at that size, without the signature. */
static inline void foreign_text(struct foreign *f, uint64_t size, struct buf *out)
{
	struct hash root;
	foreign_grow(f, size);
	must(tree_root_at(f->hasher, tree_as_source(f->tree), size, &root) == OK);
	checkpoint_write(foreign_origin(f), size, &root, out);
}

static inline void foreign_note(struct foreign *f, uint64_t size, struct buf *out)
{
	struct buf text = { 0 };
	foreign_text(f, size, &text);
	buf_add_bytes(out, buf_bytes(&text));
	buf_add_char(out, '\n');
	note_sign(f->key, buf_bytes(&text), out);
	buf_free(&text);
}

/* The body of an add-checkpoint request. */
static inline void foreign_request(struct foreign *f, uint64_t old, uint64_t size, struct buf *out)
{
	struct buf note = { 0 };
	struct tree_proof proof = { .count = 0 };
	foreign_note(f, size, &note);
	if (old > 0 && old <= size)
		must(tree_prove(f->hasher, tree_as_source(f->tree), 0, old, size, &proof) == OK);
	witness_request_write(old, &proof, buf_bytes(&note), out);
	buf_free(&note);
}
