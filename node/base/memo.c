#include "node/base/memo.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"

enum {
	WAYS = 4,          /* places that a key can be in */
	PIECE_BYTES = 512, /* about the least that is worth being kept: so many bytes a place */
};

struct piece {
	uint64_t key;
	uint64_t used; /* the clock when it was asked for last */
	size_t len;
	uint8_t *data; /* NULL: free */
};

struct memo {
	size_t bytes_max, piece_max;
	size_t bytes;
	size_t sets, next; /* next: the place whose turn it is to be given up */
	uint64_t clock;
	struct piece v[];
};

struct memo *memo_new(size_t bytes_max, size_t piece_max)
{
	size_t sets = bytes_max / PIECE_BYTES / WAYS + 1;
	struct memo *m = calloc(1, sizeof *m + sets * WAYS * sizeof m->v[0]);
	must(m != NULL && piece_max <= bytes_max);
	m->bytes_max = bytes_max;
	m->piece_max = piece_max;
	m->sets = sets;
	return m;
}

static void give_up(struct memo *m, struct piece *p)
{
	m->bytes -= p->len;
	free(p->data);
	*p = (struct piece){ 0 };
}

void memo_forget(struct memo *m)
{
	for (size_t i = 0; m->bytes > 0 && i < m->sets * WAYS; i++)
		give_up(m, &m->v[i]);
}

void memo_free(struct memo *m)
{
	if (m != NULL)
		memo_forget(m);
	free(m);
}

/* Numbers that lie side by side go apart (splitmix64). */
static struct piece *set_of(struct memo *m, uint64_t key)
{
	uint64_t z = key + 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return &m->v[(z ^ (z >> 31)) % m->sets * WAYS];
}

bool memo_find(struct memo *m, uint64_t key, struct bytes *out)
{
	struct piece *set = set_of(m, key);
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].data == NULL || set[i].key != key)
			continue;
		set[i].used = ++m->clock;
		*out = bytes_of(set[i].data, set[i].len);
		return true;
	}
	return false;
}

/* Its own, else the one that was asked for longest ago; free ones were never. */
static struct piece *place_for(struct memo *m, uint64_t key)
{
	struct piece *set = set_of(m, key), *oldest = set;
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].data != NULL && set[i].key == key)
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	return oldest;
}

void memo_keep(struct memo *m, uint64_t key, const struct bytes *parts, size_t count)
{
	size_t len = 0;
	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	if (len == 0 || len > m->piece_max)
		return;
	struct piece *p = place_for(m, key);
	give_up(m, p);
	for (; m->bytes + len > m->bytes_max; m->next = (m->next + 1) % (m->sets * WAYS))
		give_up(m, &m->v[m->next]);
	*p = (struct piece){ .key = key, .used = ++m->clock, .len = len, .data = malloc(len) };
	must(p->data != NULL);
	m->bytes += len;
	uint8_t *at = p->data;
	for (size_t i = 0; i < count; at += parts[i++].len)
		if (parts[i].len > 0)
			memcpy(at, parts[i].data, parts[i].len);
}
