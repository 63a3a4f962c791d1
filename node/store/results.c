#include "node/store/results.h"

#include <stdlib.h>

#include "node/base/must.h"

struct results {
	/* What is looked through for each question, apart from the rest: of the keys a number each, and when the list was
	 * used last. */
	uint64_t numbers[RESULTS_KEPT_MAX], used[RESULTS_KEPT_MAX];
	struct result v[RESULTS_KEPT_MAX];
	size_t count;
	size_t docs; /* in all of them */
	uint64_t clock;
};

void result_free(struct result *r)
{
	free(r->docs);
	arena_free(&r->arena);
	*r = (struct result){ 0 };
}

static void drop(struct results *all, size_t i)
{
	struct result *r = &all->v[i];
	all->docs -= r->count;
	result_free(r);
	all->v[i] = all->v[--all->count];
	all->numbers[i] = all->numbers[all->count];
	all->used[i] = all->used[all->count];
	all->v[all->count] = (struct result){ 0 };
}

static bool fits(const struct result *r, const struct snapshot *n, const uint64_t *pin)
{
	if (pin != NULL)
		return r->pin == *pin;
	return !r->pinned && r->version == n->version && r->written == n->written;
}

const struct result *results_find(struct store *s, struct bytes key, const struct snapshot *n, const uint64_t *pin)
{
	struct results *all = s->results;
	uint64_t number = bytes_hash(key, 0);
	for (size_t i = 0; all != NULL && i < all->count; i++) {
		struct result *r = &all->v[i];
		if (all->numbers[i] != number || !fits(r, n, pin) || !bytes_equal(r->key, key))
			continue;
		all->used[i] = ++all->clock;
		return r;
	}
	return NULL;
}

static size_t oldest(const struct results *all)
{
	size_t at = 0;
	for (size_t i = 1; i < all->count; i++)
		if (all->used[i] < all->used[at])
			at = i;
	return at;
}

const struct result *results_put(struct store *s, struct result *r)
{
	struct results *all = s->results;
	if (all == NULL) {
		all = s->results = calloc(1, sizeof *all);
		must(all != NULL);
	}
	uint64_t number = bytes_hash(r->key, 0);
	for (size_t i = all->count; i-- > 0;)
		if (all->numbers[i] == number && all->v[i].pin == r->pin && bytes_equal(all->v[i].key, r->key))
			drop(all, i);
	while (all->count == RESULTS_KEPT_MAX || (all->count > 0 && all->docs + r->count > RESULTS_DOCS_MAX))
		drop(all, oldest(all));
	all->numbers[all->count] = number;
	all->used[all->count] = ++all->clock;
	struct result *kept = &all->v[all->count++];
	*kept = *r;
	all->docs += kept->count;
	*r = (struct result){ 0 };
	return kept;
}

void results_free(struct results *all)
{
	while (all != NULL && all->count > 0)
		drop(all, all->count - 1);
	free(all);
}
