#include "node/cli/holding.h"

#include "crypto/evidence.h"
#include "crypto/note.h"
#include "crypto/tree.h"
#include "node/base/must.h"
#include "node/core/keys.h"

static int read_head(struct bytes raw, struct checkpoint *out, struct err *err)
{
	struct note note;
	*out = (struct checkpoint){ 0 };
	if (raw.len == 0)
		return OK;
	int rc = note_parse(raw, &note, err);
	return rc == OK ? checkpoint_parse(note.text, out, err) : rc;
}

int holding_read(struct store *store, const char *origin, struct holding *out, struct err *err)
{
	struct origin_state state;
	struct checkpoint head, target;
	*out = (struct holding){ 0 };
	memcpy(out->origin, origin, strlen(origin) + 1);
	int rc = store_load(store, origin, &state, NULL);
	if (rc == ERR_NOT_FOUND)
		return OK;
	if (rc != OK)
		return store_load(store, origin, &state, err); /* for its words */
	rc = read_head(state.head, &head, err);
	if (rc == OK)
		rc = read_head(state.target, &target, err);
	if (rc == OK) {
		out->size = state.size;
		out->head_size = head.size;
		out->head_root = head.root;
		out->target_size = target.size;
		buf_add_bytes(&out->evidence, state.evidence);
		buf_add_bytes(&out->head, state.head);
	}
	origin_state_free(&state);
	return rc;
}

void holding_free(struct holding *h)
{
	buf_free(&h->head);
	buf_free(&h->evidence);
}

size_t holding_bases(const struct holding *h, uint64_t sizes[2])
{
	size_t count = 0;
	uint64_t seen = h->target_size > 0 ? h->target_size : h->head_size;
	if (seen > 0)
		sizes[count++] = seen;
	if (h->size > 0 && h->size != seen)
		sizes[count++] = h->size;
	return count;
}

/* ---- an older head ---- */

/* The stored tree, and beside it the leaves at the edges of two sizes. */
struct stored_tree {
	struct tree *tree;
	struct read_answer answers[2];
	struct tree_bundle_source edges[2];
};

static int stored_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct stored_tree *t = ctx;
	for (size_t i = 0; i < 2; i++) {
		struct tree_source source = tree_bundle_as_source(&t->edges[i]);
		if (source.read(source.ctx, level, index, out) == OK)
			return OK;
	}
	return ERR_NOT_FOUND;
}

static int open_edge(struct store *store, const char *origin, uint64_t size, struct stored_tree *t, size_t i,
                     struct err *err)
{
	struct store_read read = { .want_leaves = true };
	t->edges[i] = (struct tree_bundle_source){ .tree = t->tree };
	if (!tree_edge_bundle(size, &read.leaves_bundle))
		return OK;
	memcpy(read.origin, origin, strlen(origin) + 1);
	int rc = store_read(store, &read, &t->answers[i], err);
	if (rc == OK)
		t->edges[i] =
		    (struct tree_bundle_source){ t->tree, read.leaves_bundle, t->answers[i].leaves, t->answers[i].leaf_count };
	return rc;
}

/* The log key that is due for a head of ours, by the statements held; any key of the log's leads to it. */
static struct vkey key_of(const struct origin_state *state, const struct vkey *any, uint64_t size)
{
	struct keys keys = { 0 };
	struct key_line line;
	for (size_t i = 0; i < state->key_count; i++)
		(void)keys_add(&keys, state->keys[i].index, state->keys[i].payload);
	keys_line(&keys, KEY_OF_LOG, any, &line);
	struct vkey found = *keys_of_head(&line, size);
	keys_free(&keys);
	return found;
}

int holding_contradiction(struct store *store, const struct holding *h, struct bytes head, uint64_t size,
                          const struct hash *root, const struct vkey *key, bool *contradicts, struct buf *evidence,
                          struct err *err)
{
	struct origin_state state;
	struct stored_tree t = { 0 };
	struct tree_source source = { stored_read, &t };
	struct tree_proof proof;
	struct hash ours;
	must(size > 0 && size < h->head_size);
	int rc = store_load(store, h->origin, &state, err);
	if (rc != OK)
		return rc;
	struct hasher *hasher = hasher_new();
	t.tree = tree_restore(hasher, state.size, state.roots, state.tail);
	rc = open_edge(store, h->origin, size, &t, 0, err);
	if (rc == OK)
		rc = open_edge(store, h->origin, h->head_size, &t, 1, err);
	if (rc == OK && (tree_root_at(hasher, source, size, &ours) != OK ||
	                 tree_prove(hasher, source, 0, size, h->head_size, &proof) != OK))
		rc = err_set(err, ERR_CORRUPT, "%s: the hashes of the tree are not all there", h->origin);
	*contradicts = rc == OK && !hash_equal(&ours, root);
	struct vkey ours_by = key_of(&state, key, h->head_size);
	if (*contradicts)
		evidence_write(key, &ours_by, head, buf_bytes(&h->head), &ours, proof.hashes, proof.count, evidence);
	for (size_t i = 0; i < 2; i++)
		arena_free(&t.answers[i].arena);
	tree_free(t.tree);
	hasher_free(hasher);
	origin_state_free(&state);
	return rc;
}
