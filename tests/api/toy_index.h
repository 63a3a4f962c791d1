/* toy_index: a toy's index root, and the map of its first entries, as the questions of query.h.
 */
#pragma once

#include "node/core/query.h"
#include "tests/api/toy.h"

/* The newest of the first size entries on each subject; the ones that values name stand at items. */
static inline size_t toy_map(const struct toy *t, uint64_t size, struct map_item *items, uint64_t *values)
{
	size_t count = 0;
	for (uint64_t i = size; i-- > 0;) {
		size_t at = 0;
		struct hash key = map_key(t->hasher, (uint32_t)t->v[i].kind, bytes_str(t->v[i].subject));
		if (t->v[i].kind == NORMLINK__KIND__KIND_INDEX)
			continue;
		while (at < count && map_compare(&items[at].key, &key) < 0)
			at++;
		if (at < count && map_compare(&items[at].key, &key) == 0)
			continue;
		memmove(&items[at + 1], &items[at], (count - at) * sizeof *items);
		memmove(&values[at + 1], &values[at], (count - at) * sizeof *values);
		items[at] = (struct map_item){ key, map_leaf(t->hasher, &key, i) };
		values[at] = i;
		count++;
	}
	return count;
}

static inline struct index_sum toy_sum(const struct toy *t, uint64_t size)
{
	struct map_item items[TOY_MAX + 1];
	uint64_t values[TOY_MAX + 1];
	size_t count = toy_map(t, size, items, values);
	return (struct index_sum){ count, map_root(t->hasher, items, count) };
}

static inline int toy_indexed(void *ctx, const char *origin, struct index_state *out, struct err *err)
{
	const struct toy *t = ctx;
	*out = t->root;
	return t->fail != OK ? err_set(err, t->fail, "the store cannot be read") : OK;
}

/* The newest that differs, alone. */
static inline int toy_false_roots(void *ctx, const char *origin, uint64_t upto, struct index_false_list *out,
                                  struct err *err)
{
	const struct toy *t = ctx;
	*out = (struct index_false_list){ 0 };
	if (t->fail != OK)
		return err_set(err, t->fail, "the store cannot be read");
	if (strcmp(origin, TOY_ORIGIN) != 0 || t->root.differing == 0 || t->root.newest_differing > upto)
		return OK;
	out->v[0] = (struct index_false){ t->root.newest_differing, t->root.said, t->root.found };
	out->count = 1;
	return OK;
}

static inline int toy_current(void *ctx, const char *origin, int kind, const char *subject, struct index_state *state,
                              struct map_proof *out, struct err *err)
{
	const struct toy *t = ctx;
	struct map_item items[TOY_MAX + 1];
	uint64_t values[TOY_MAX + 1];
	size_t count = toy_map(t, t->root.index, items, values);
	struct hash key = map_key(t->hasher, (uint32_t)kind, bytes_str(subject));
	*state = t->root;
	*out = (struct map_proof){ .empty = count == 0 };
	if (!t->root.any)
		return err_set(err, ERR_NOT_FOUND, "there is no index root");
	if (t->root.verdict == INDEX_DIFFERS)
		return err_set(err, ERR_NOT_READY, "it is not what the entries give");
	if (count > 0) {
		size_t at = map_prove(t->hasher, items, count, &key, out);
		out->key = items[at].key;
		out->value = values[at];
	}
	return OK;
}
