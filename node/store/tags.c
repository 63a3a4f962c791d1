#include "node/store/tags.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"

static int compare(struct bytes tag, const char *other)
{
	size_t len = strlen(other);
	int order = memcmp(tag.data, other, tag.len < len ? tag.len : len);
	return order != 0 ? order : (tag.len > len) - (tag.len < len);
}

/* The place of the tag, or where it would stand. */
static size_t find(const struct tags *t, struct bytes tag, bool *found)
{
	size_t low = 0, high = t->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(tag, t->v[middle].tag);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	*found = false;
	return low;
}

/* What had to go once stands behind all that is kept, and so never comes back. */
static void make_room(struct tags *t)
{
	if (t->v == NULL) {
		t->v = calloc(t->limit, sizeof *t->v);
		must(t->v != NULL);
	}
	if (t->count < t->limit)
		return;
	struct tag_count *last = &t->v[--t->count];
	t->others += last->count;
	free(last->tag);
}

void tags_add(struct tags *t, struct bytes tag)
{
	bool found;
	size_t at = find(t, tag, &found);
	if (found) {
		t->v[at].count++;
		return;
	}
	if (at == t->limit) {
		t->others++;
		return;
	}
	make_room(t);
	memmove(&t->v[at + 1], &t->v[at], (t->count - at) * sizeof *t->v);
	t->count++;
	t->v[at] = (struct tag_count){ .tag = strndup((const char *)tag.data, tag.len), .count = 1 };
	must(t->v[at].tag != NULL);
}

void tags_free(struct tags *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->v[i].tag);
	free(t->v);
	*t = (struct tags){ 0 };
}
