#include "node/core/sharing.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"

static void share_free(struct share *s)
{
	if (s != NULL)
		free(s->origins);
	free(s);
}

void sharing_close(struct sharing *s)
{
	for (size_t i = 0; i < s->count; i++)
		share_free(s->v[i]);
	*s = (struct sharing){ 0 };
}

static struct share *share_new(struct hasher *h, uint64_t index, const Normlink__Record *r)
{
	struct share *s = calloc(1, sizeof *s);
	must(s != NULL && strlen(r->subject) < sizeof s->collection);
	memcpy(s->collection, r->subject, strlen(r->subject) + 1);
	s->index = index;
	s->count = r->sharing->n_origins;
	s->origins = calloc(s->count + 1, sizeof *s->origins);
	must(s->origins != NULL);
	for (size_t i = 0; i < s->count; i++)
		s->origins[i] = hash_sum(h, bytes_str(r->sharing->origins[i]));
	return s;
}

static struct share *find(const struct sharing *s, struct bytes collection)
{
	for (size_t i = 0; i < s->count; i++)
		if (bytes_equal(bytes_str(s->v[i]->collection), collection))
			return s->v[i];
	return NULL;
}

/* Where a statement goes: over the older one on its collection, at the end, over the oldest of all; SIZE_MAX: nowhere,
 * it is old itself. */
static size_t place_for(const struct sharing *s, const char *collection, uint64_t index)
{
	size_t oldest = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->v[i]->collection, collection) == 0)
			return s->v[i]->index < index ? i : SIZE_MAX;
		if (s->v[i]->index < s->v[oldest]->index)
			oldest = i;
	}
	if (s->count < SHARING_COLLECTIONS_MAX)
		return s->count;
	return s->v[oldest]->index < index ? oldest : SIZE_MAX;
}

bool sharing_take(struct sharing *s, struct hasher *h, uint64_t index, struct bytes payload)
{
	struct arena arena = { 0 };
	Normlink__Record *r = NULL;
	size_t at = SIZE_MAX;
	if (payload_kind(payload) != NORMLINK__KIND__KIND_SHARING)
		return false;
	if (payload_open(payload, &arena, &r, NULL) == OK && r->kind == NORMLINK__KIND__KIND_SHARING)
		at = place_for(s, r->subject, index);
	if (at != SIZE_MAX) {
		if (at == s->count)
			s->v[s->count++] = NULL;
		share_free(s->v[at]);
		s->v[at] = share_new(h, index, r);
	}
	arena_free(&arena);
	return at != SIZE_MAX;
}

static bool lists(const struct share *s, const struct hash *reader)
{
	for (size_t i = 0; i < s->count; i++)
		if (hash_equal(&s->origins[i], reader))
			return true;
	return false;
}

bool sharing_allows(const struct sharing *s, struct hasher *h, struct bytes collection, const char *author,
                    const char *reader)
{
	if (bytes_equal(collection, bytes_str(COLLECTION_PUBLIC)) || strcmp(author, reader) == 0)
		return true;
	const struct share *share = find(s, collection);
	struct hash digest = hash_sum(h, bytes_str(reader));
	return share != NULL && lists(share, &digest);
}

const char *sharing_next(const struct sharing *s, struct hasher *h, const char *reader, size_t *at)
{
	struct hash digest = hash_sum(h, bytes_str(reader != NULL ? reader : ""));
	while (*at < s->count) {
		const struct share *share = s->v[(*at)++];
		if (reader == NULL || lists(share, &digest))
			return share->collection;
	}
	return NULL;
}
