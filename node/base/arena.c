#include "node/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { BLOCK_MIN = 4096, PRINTED_MIN = 256 };

struct arena_block {
	struct arena_block *next;
	size_t len;
	size_t cap;
	alignas(max_align_t) unsigned char data[];
};

void *arena_try(struct arena *a, size_t n)
{
	size_t cap = a->cap != 0 ? a->cap : (size_t)ARENA_CAP;
	size_t align = alignof(max_align_t);
	if (n > cap || a->used > cap - n)
		return NULL;
	size_t rounded = (n + align - 1) / align * align;
	struct arena_block *block = a->blocks;
	if (block == NULL || block->cap - block->len < rounded) {
		/* Grow with use, so that a large arena has few blocks and a small one stays small. */
		size_t size = a->used < BLOCK_MIN ? BLOCK_MIN : a->used < (1u << 20) ? a->used : (1u << 20);
		if (size < rounded)
			size = rounded;
		block = malloc(sizeof *block + size);
		must(block != NULL);
		*block = (struct arena_block){ .next = a->blocks, .cap = size };
		a->blocks = block;
	}
	void *place = block->data + block->len;
	block->len += rounded;
	a->used += n;
	memset(place, 0, rounded);
	return place;
}

void *arena_get(struct arena *a, size_t n)
{
	void *place = arena_try(a, n);
	must(place != NULL);
	return place;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	must(size == 0 || count <= SIZE_MAX / size);
	return arena_get(a, count * size);
}

char *arena_strn(struct arena *a, const void *text, size_t len)
{
	must(len < SIZE_MAX);
	char *copy = arena_get(a, len + 1);
	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *arena_str(struct arena *a, const char *text)
{
	return arena_strn(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char printed[PRINTED_MIN];
	va_start(args, format);
	int n = vsnprintf(printed, sizeof printed, format, args);
	va_end(args);
	must(n >= 0);
	if ((size_t)n < sizeof printed)
		return arena_strn(a, printed, (size_t)n);
	char *place = arena_get(a, (size_t)n + 1);
	va_start(args, format);
	(void)vsnprintf(place, (size_t)n + 1, format, args);
	va_end(args);
	return place;
}

struct bytes arena_bytes(struct arena *a, struct bytes from)
{
	return bytes_of(arena_strn(a, from.data, from.len), from.len);
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	for (struct arena_block *b = a->blocks, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
	a->used = 0;
}

struct arena arena_take(struct arena *from)
{
	struct arena taken = *from;
	from->blocks = NULL;
	from->used = 0;
	return taken;
}
