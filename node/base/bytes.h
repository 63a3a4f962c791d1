/* bytes: a borrowed run of bytes.  Whoever holds one does not own what it points at; the
 * owner is named where the struct stands.  data may be NULL when len is 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){ .data = (const uint8_t *)data, .len = len };
}

static inline struct bytes bytes_str(const char *text)
{
	return bytes_of(text, strlen(text));
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* A number to find it by (FNV-1a), of it and of the number of what is before it (0: nothing); that it is the very same
 * is seen by comparing.  Not for what outsiders may choose to collide, where that costs more than a place. */
static inline uint64_t bytes_hash(struct bytes b, uint64_t before)
{
	uint64_t hash = 0xcbf29ce484222325u ^ before;
	for (size_t i = 0; i < b.len; i++)
		hash = (hash ^ b.data[i]) * 0x100000001b3u;
	return hash;
}
