#include "crypto/tree.h"

#include <stdlib.h>

#include "node/base/must.h"

enum {
	LEVELS = 64,
	TAIL = BUNDLE_ENTRIES,
	BASE = TILE_HEIGHT,
};

/* Complete-subtree hashes of one level; those before first were never known (tree_resume). */
struct level {
	struct hash *v;
	uint64_t first;
	size_t count, cap;
};

struct tree {
	struct hasher *hasher; /* borrowed */
	uint64_t size;
	struct level levels[LEVELS - BASE]; /* levels BASE and up */
	struct hash tail[TAIL];
};

struct tree *tree_new(struct hasher *hasher)
{
	struct tree *t = calloc(1, sizeof *t);
	must(t != NULL);
	t->hasher = hasher;
	return t;
}

void tree_free(struct tree *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < LEVELS - BASE; i++)
		free(t->levels[i].v);
	free(t);
}

static void level_push(struct level *l, const struct hash *h)
{
	if (l->count == l->cap) {
		l->cap = l->cap == 0 ? 4 : l->cap * 2;
		l->v = realloc(l->v, l->cap * sizeof *l->v);
		must(l->v != NULL);
	}
	l->v[l->count++] = *h;
}

/* A bundle is whole: its root enters level BASE, and with every second one the level above grows. */
static void push_bundle(struct tree *t, struct hash root)
{
	for (size_t i = 0;; i++) {
		struct level *l = &t->levels[i];
		level_push(l, &root);
		if ((l->first + l->count) % 2 != 0)
			return;
		root = hash_node(t->hasher, &l->v[l->count - 2], &l->v[l->count - 1]);
	}
}

struct tree *tree_restore(struct hasher *hasher, uint64_t size, const struct hash *roots, const struct hash *tail)
{
	struct tree *t = tree_new(hasher);
	for (uint64_t i = 0; i < size / TAIL; i++)
		push_bundle(t, roots[i]);
	if (size % TAIL > 0)
		memcpy(t->tail, tail, size % TAIL * sizeof *tail);
	t->size = size;
	return t;
}

/* Bit i of the number of whole bundles says that a subtree of 2^i of them stands at the right edge. */
int tree_frontier(struct tree_source source, uint64_t size, struct tree_frontier *out)
{
	uint64_t bundles = size / TAIL;
	*out = (struct tree_frontier){ .size = size };
	int rc = OK;
	for (unsigned i = LEVELS - BASE; rc == OK && i-- > 0;)
		if ((bundles >> i & 1) != 0)
			rc = source.read(source.ctx, BASE + i, (bundles >> i) - 1, &out->peaks[out->peak_count++]);
	for (size_t i = 0; rc == OK && i < size % TAIL; i++)
		rc = source.read(source.ctx, 0, bundles * TAIL + i, &out->tail[i]);
	return rc;
}

struct tree *tree_resume(struct hasher *hasher, const struct tree_frontier *from)
{
	struct tree *t = tree_new(hasher);
	uint64_t bundles = from->size / TAIL;
	size_t peak = 0;
	for (unsigned i = LEVELS - BASE; i-- > 0;) {
		t->levels[i].first = bundles >> i;
		if ((bundles >> i & 1) == 0)
			continue;
		t->levels[i].first--;
		must(peak < from->peak_count);
		level_push(&t->levels[i], &from->peaks[peak++]);
	}
	must(peak == from->peak_count);
	memcpy(t->tail, from->tail, sizeof t->tail);
	t->size = from->size;
	return t;
}

size_t tree_frontier_peaks(uint64_t size)
{
	return (size_t)__builtin_popcountll(size / TAIL);
}

uint64_t tree_size(const struct tree *t)
{
	return t->size;
}

void tree_append(struct tree *t, const struct hash *leaf)
{
	t->tail[t->size % TAIL] = *leaf;
	t->size++;
	if (t->size % TAIL == 0)
		push_bundle(t, tree_hash_leaves(t->hasher, t->tail, TAIL));
}

const struct hash *tree_tail(const struct tree *t, size_t *count)
{
	*count = t->size % TAIL;
	return t->tail;
}

/* The largest power of two below n (n >= 2): where RFC 6962 2.1 splits. */
static uint64_t split(uint64_t n)
{
	return 1ULL << (63 - __builtin_clzll(n - 1));
}

struct hash tree_hash_leaves(struct hasher *h, const struct hash *leaves, size_t count)
{
	must(count >= 1);
	/* The binary counter: stack[i] is the hash of a complete subtree, larger ones first. */
	struct hash stack[LEVELS];
	size_t depth = 0;
	for (size_t i = 0; i < count; i++) {
		stack[depth++] = leaves[i];
		for (size_t n = i + 1; n % 2 == 0; n /= 2, depth--)
			stack[depth - 2] = hash_node(h, &stack[depth - 2], &stack[depth - 1]);
	}
	for (; depth > 1; depth--)
		stack[depth - 2] = hash_node(h, &stack[depth - 2], &stack[depth - 1]);
	return stack[0];
}

/* ---- sources ---- */

/* Node (level, index) from leaf hashes that begin at leaf first. */
static int read_leaves(struct hasher *h, const struct hash *leaves, uint64_t first, size_t count, unsigned level,
                       uint64_t index, struct hash *out)
{
	uint64_t start = index << level, width = 1ULL << level;
	if (start < first || start - first > count || count - (start - first) < width)
		return ERR_NOT_FOUND;
	*out = tree_hash_leaves(h, leaves + (start - first), width);
	return OK;
}

static int tree_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct tree *t = ctx;
	if (level >= LEVELS || (level > 0 && index > UINT64_MAX >> level))
		return ERR_NOT_FOUND;
	if (level >= BASE) {
		const struct level *l = &t->levels[level - BASE];
		if (index < l->first || index - l->first >= l->count)
			return ERR_NOT_FOUND;
		*out = l->v[index - l->first];
		return OK;
	}
	return read_leaves(t->hasher, t->tail, t->size / TAIL * TAIL, t->size % TAIL, level, index, out);
}

struct tree_source tree_as_source(struct tree *t)
{
	return (struct tree_source){ .read = tree_read, .ctx = t };
}

static int bundle_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct tree_bundle_source *s = ctx;
	int rc = tree_read(s->tree, level, index, out);
	if (rc == OK || level > BASE || index > UINT64_MAX >> level)
		return rc;
	return read_leaves(s->tree->hasher, s->leaves, s->bundle_index * TAIL, s->count, level, index, out);
}

struct tree_source tree_bundle_as_source(struct tree_bundle_source *s)
{
	return (struct tree_source){ .read = bundle_read, .ctx = s };
}

bool tree_edge_bundle(uint64_t n, uint64_t *bundle_index)
{
	*bundle_index = n / TAIL;
	return n % TAIL != 0;
}

/* ---- roots and proofs ----
 *
 * A range [start, end) whose start is a multiple of a power of two not below its width is made of complete subtrees,
 * one for each bit of its width, larger ones first.
 */

bool tree_subtree_valid(uint64_t start, uint64_t end)
{
	if (start >= end)
		return false;
	uint64_t width = end - start;
	if (width > 1ULL << 63)
		return start == 0;
	uint64_t ceiling = width == 1 ? 1 : split(width) * 2;
	return start % ceiling == 0;
}

static int range_hash(struct hasher *h, struct tree_source source, uint64_t start, uint64_t end, struct hash *out)
{
	struct hash parts[LEVELS];
	size_t count = 0;
	for (uint64_t at = start, left = end - start; left > 0; count++) {
		unsigned level = 63 - (unsigned)__builtin_clzll(left);
		int rc = source.read(source.ctx, level, at >> level, &parts[count]);
		if (rc != OK)
			return rc;
		at += 1ULL << level;
		left -= 1ULL << level;
	}
	for (; count > 1; count--)
		parts[count - 2] = hash_node(h, &parts[count - 2], &parts[count - 1]);
	*out = parts[0];
	return OK;
}

int tree_subtree_hash(struct hasher *h, struct tree_source source, uint64_t start, uint64_t end, struct hash *out)
{
	if (!tree_subtree_valid(start, end))
		return ERR_INVALID;
	return range_hash(h, source, start, end, out);
}

int tree_root_at(struct hasher *h, struct tree_source source, uint64_t n, struct hash *out)
{
	if (n == 0) {
		*out = hash_empty(h);
		return OK;
	}
	return range_hash(h, source, 0, n, out);
}

struct hash tree_root(const struct tree *t)
{
	struct hash root;
	/* The tree's own nodes are all there. */
	must(tree_root_at(t->hasher, (struct tree_source){ tree_read, (void *)(uintptr_t)t }, t->size, &root) == OK);
	return root;
}

/* SUBTREE_SUBPROOF of the draft, from the root down; the hashes come out root-side first. */
int tree_prove(struct hasher *h, struct tree_source source, uint64_t start, uint64_t end, uint64_t n,
               struct tree_proof *out)
{
	if (!tree_subtree_valid(start, end) || end > n)
		return ERR_INVALID;
	struct {
		uint64_t start, end;
	} parts[LEVELS + 2];
	size_t count = 0;
	uint64_t low = 0, high = n; /* the subtree of the tree that we are in */
	bool known = true;          /* the verifier has the hash of [start, high) when high == end */
	while (start != low || end != high) {
		uint64_t middle = low + split(high - low);
		if (end <= middle) {
			parts[count].start = middle;
			parts[count++].end = high;
			high = middle;
		} else if (start >= middle) {
			parts[count].start = low;
			parts[count++].end = middle;
			low = middle;
		} else {
			/* start == low: what is asked for covers the left side, and part of the right one. */
			parts[count].start = low;
			parts[count++].end = middle;
			start = low = middle;
			known = false;
		}
	}
	if (!known) {
		parts[count].start = low;
		parts[count++].end = high;
	}
	if (count > PROOF_HASHES_MAX)
		return ERR_INVALID;
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		int rc = range_hash(h, source, parts[count - 1 - i].start, parts[count - 1 - i].end, &out->hashes[i]);
		if (rc != OK)
			return rc;
	}
	return OK;
}

/* draft-ietf-plants-merkle-tree-certs 4.4, for any 64-bit size. */
int tree_verify(struct hasher *h, const struct hash *hashes, size_t count, uint64_t start, uint64_t end, uint64_t n,
                const struct hash *node, const struct hash *root)
{
	if (!tree_subtree_valid(start, end) || end > n)
		return ERR_UNTRUSTED;
	uint64_t fn = start, sn = end - 1, tn = n - 1;
	if (sn == tn) {
		while (fn != sn)
			fn >>= 1, sn >>= 1, tn >>= 1;
	} else {
		while (fn != sn && (sn & 1) != 0)
			fn >>= 1, sn >>= 1, tn >>= 1;
	}
	size_t used = 0;
	if (fn != sn && count == 0)
		return ERR_UNTRUSTED;
	struct hash fr = fn == sn ? *node : hashes[used++];
	struct hash sr = fr;
	for (; used < count; used++) {
		const struct hash *c = &hashes[used];
		if (tn == 0)
			return ERR_UNTRUSTED;
		if ((sn & 1) != 0 || sn == tn) {
			if (fn < sn)
				fr = hash_node(h, c, &fr);
			sr = hash_node(h, c, &sr);
			while ((sn & 1) == 0 && sn != 0)
				fn >>= 1, sn >>= 1, tn >>= 1;
		} else {
			sr = hash_node(h, &sr, c);
		}
		fn >>= 1, sn >>= 1, tn >>= 1;
	}
	return tn == 0 && hash_equal(&fr, node) && hash_equal(&sr, root) ? OK : ERR_UNTRUSTED;
}

/* Of RFC 6962's way from the leaf to the root only the steps that join something on the left. */
struct hash tree_root_to(struct hasher *h, const struct hash *hashes, size_t count, uint64_t start, uint64_t n,
                         const struct hash *leaf)
{
	must(start < n);
	struct hash root = *leaf;
	uint64_t at = start, last = n - 1;
	for (size_t i = 0; i < count; i++) {
		while (at == last && (at & 1) == 0 && at != 0) /* alone on its level */
			at >>= 1, last >>= 1;
		if ((at & 1) != 0)
			root = hash_node(h, &hashes[i], &root);
		at >>= 1, last >>= 1;
	}
	return root;
}
