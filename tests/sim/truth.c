#include "tests/sim/truth.h"

#include <stdlib.h>

#include "node/base/must.h"
#include "tests/sim/world.h"

void truth_init(struct truth *t, struct hasher *h)
{
	*t = (struct truth){ 0 };
	(void)truth_branch(t, h, NULL, 0);
}

static void branch_free(struct branch *b)
{
	free(b->entries);
	free(b->leaves);
	free(b->roots);
	free(b->said);
	tree_free(b->tree);
	keys_free(&b->keys);
	free(b);
}

void truth_close(struct truth *t)
{
	for (size_t i = 0; i < t->count; i++)
		branch_free(t->branches[i]);
	arena_free(&t->arena);
}

static void branch_grow(struct branch *b)
{
	if (b->size + 1 < b->cap)
		return;
	b->cap = b->cap == 0 ? 64 : b->cap * 2;
	b->entries = realloc(b->entries, b->cap * sizeof *b->entries);
	b->leaves = realloc(b->leaves, b->cap * sizeof *b->leaves);
	b->roots = realloc(b->roots, b->cap * sizeof *b->roots);
	must(b->entries != NULL && b->leaves != NULL && b->roots != NULL);
}

/* The entry's bytes are the truth's already. */
static void branch_push(struct branch *b, const struct entry *e, const struct hash *leaf)
{
	branch_grow(b);
	b->entries[b->size] = *e;
	b->leaves[b->size] = *leaf;
	tree_append(b->tree, leaf);
	(void)keys_add_entry(&b->keys, b->size, e);
	b->size++;
	b->roots[b->size] = tree_root(b->tree);
}

struct branch *truth_branch(struct truth *t, struct hasher *h, const struct branch *from, uint64_t size)
{
	must(t->count < TRUTH_BRANCHES && (from == NULL || size <= from->size));
	struct branch *b = calloc(1, sizeof *b);
	must(b != NULL);
	b->tree = tree_new(h);
	branch_grow(b);
	b->roots[0] = tree_root(b->tree);
	for (uint64_t i = 0; from != NULL && i < size; i++)
		branch_push(b, &from->entries[i], &from->leaves[i]);
	for (size_t i = 0; from != NULL && i < from->said_count; i++) {
		if (from->said[i].index >= size)
			break;
		b->said = realloc(b->said, (i + 1) * sizeof *b->said);
		must(b->said != NULL);
		b->said[i] = from->said[i];
		b->said_count = b->said_cap = i + 1;
	}
	t->branches[t->count++] = b;
	return b;
}

void branch_append(struct truth *t, struct hasher *h, struct branch *b, const struct entry *e)
{
	struct entry copy = { .envelope = arena_bytes(&t->arena, e->envelope),
		                  .payload = arena_bytes(&t->arena, e->payload),
		                  .state = e->state };
	struct hash leaf = hash_leaf(h, e->envelope);
	branch_push(b, &copy, &leaf);
}

/* By the first bytes of the digest, in a table that is a power of two and at most half full. */
static struct hidden *hidden_place(struct hidden *v, size_t cap, const struct hash *digest)
{
	size_t at = ((size_t)digest->b[0] | (size_t)digest->b[1] << 8 | (size_t)digest->b[2] << 16) % cap;
	while (v[at].class != 0 && !hash_equal(&v[at].digest, digest))
		at = (at + 1) % cap;
	return &v[at];
}

static void hidden_grow(struct world *w)
{
	size_t cap = w->hidden_cap == 0 ? 256 : w->hidden_cap * 2;
	struct hidden *v = calloc(cap, sizeof *v);
	must(v != NULL);
	for (size_t i = 0; i < w->hidden_cap; i++)
		if (w->hidden[i].class != 0)
			*hidden_place(v, cap, &w->hidden[i].digest) = w->hidden[i];
	free(w->hidden);
	w->hidden = v;
	w->hidden_cap = cap;
}

void truth_hide(struct world *w, uint32_t origin, const struct branch *b, unsigned class)
{
	struct hash digest = hash_sum(w->hasher, b->entries[b->size - 1].payload);
	if (class == 0)
		return;
	if (2 * (w->hidden_count + 1) > w->hidden_cap)
		hidden_grow(w);
	struct hidden *h = hidden_place(w->hidden, w->hidden_cap, &digest);
	w->hidden_count += h->class == 0;
	*h = (struct hidden){ .digest = digest, .origin = origin, .class = class, .index = b->size - 1 };
}

const struct hidden *truth_hidden(const struct world *w, const struct hash *digest)
{
	const struct hidden *h = w->hidden_cap > 0 ? hidden_place(w->hidden, w->hidden_cap, digest) : NULL;
	return h != NULL && h->class != 0 ? h : NULL;
}

bool branch_has(const struct branch *b, uint64_t index, const struct entry *e)
{
	if (index >= b->size || !bytes_equal(b->entries[index].envelope, e->envelope))
		return false;
	return e->state != PAYLOAD_PRESENT || bytes_equal(b->entries[index].payload, e->payload);
}

bool branch_head(const struct branch *b, uint64_t size, const struct hash *root)
{
	return size <= b->size && hash_equal(&b->roots[size], root);
}

const struct branch *truth_both(const struct truth *t, uint64_t size1, const struct hash *root1, uint64_t size2,
                                const struct hash *root2)
{
	for (size_t i = 0; i < t->count; i++)
		if (branch_head(t->branches[i], size1, root1) && branch_head(t->branches[i], size2, root2))
			return t->branches[i];
	return NULL;
}

bool truth_forked(const struct truth *t)
{
	for (size_t i = 0; i < t->count; i++)
		for (size_t j = i + 1; j < t->count; j++) {
			const struct branch *a = t->branches[i], *b = t->branches[j];
			uint64_t size = a->size < b->size ? a->size : b->size;
			if (!hash_equal(&a->roots[size], &b->roots[size]))
				return true;
		}
	return false;
}

static int branch_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct branch_reader *r = ctx;
	if (level >= 32 || (index + 1) << level > r->branch->size)
		return ERR_NOT_FOUND;
	*out = tree_hash_leaves(r->hasher, &r->branch->leaves[index << level], (size_t)1 << level);
	return OK;
}

struct tree_source branch_source(struct branch_reader *r)
{
	return (struct tree_source){ .read = branch_read, .ctx = r };
}
