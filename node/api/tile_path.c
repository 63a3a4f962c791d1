#include "node/api/tile_path.h"

#include <string.h>

#include "node/base/limits.h"

enum {
	LEVEL_MAX = 63,
	GROUP_DIGITS = 3,
	GROUPS_MAX = 6, /* 10^18 is more than any log holds */
};

/* Does text begin with word?  Then take it off. */
static bool take(struct bytes *text, const char *word)
{
	size_t len = strlen(word);
	if (text->len < len || memcmp(text->data, word, len) != 0)
		return false;
	*text = bytes_of(text->data + len, text->len - len);
	return true;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A decimal of at most three digits without leading zeroes. */
static bool take_small(struct bytes *text, unsigned min, unsigned max, unsigned *out)
{
	size_t len = 0;
	unsigned value = 0;
	while (len < text->len && len < GROUP_DIGITS && is_digit(text->data[len]))
		value = value * 10 + (unsigned)(text->data[len++] - '0');
	if (len == 0 || (len > 1 && text->data[0] == '0') || value < min || value > max)
		return false;
	*text = bytes_of(text->data + len, text->len - len);
	*out = value;
	return true;
}

static bool take_group(struct bytes *text, uint64_t *n)
{
	if (text->len < GROUP_DIGITS)
		return false;
	for (size_t i = 0; i < GROUP_DIGITS; i++) {
		if (!is_digit(text->data[i]))
			return false;
		*n = *n * 10 + (uint64_t)(text->data[i] - '0');
	}
	*text = bytes_of(text->data + GROUP_DIGITS, text->len - GROUP_DIGITS);
	return true;
}

/* tlog-tiles: zero-padded 3-digit path elements, all but the last beginning with an x: 1234067 is x001/x234/067.  No
 * first element is x000: that would be a second spelling. */
static bool take_index(struct bytes *text, uint64_t *n)
{
	*n = 0;
	for (unsigned groups = 1; groups <= GROUPS_MAX; groups++) {
		bool more = take(text, "x");
		if (!take_group(text, n))
			return false;
		if (!more)
			return true;
		if (*n == 0 || !take(text, "/"))
			return false;
	}
	return false;
}

/* The end of a tile's path, with or without the width of a partial one. */
static bool take_width(struct bytes *text, unsigned *width)
{
	*width = BUNDLE_ENTRIES;
	return text->len == 0 || (take(text, ".p/") && take_small(text, 1, BUNDLE_ENTRIES - 1, width) && text->len == 0);
}

bool tile_path_read(struct bytes path, struct tile_path *out)
{
	*out = (struct tile_path){ 0 };
	if (bytes_equal(path, bytes_str("checkpoint"))) {
		out->kind = TILE_CHECKPOINT;
		return true;
	}
	if (take(&path, "payload/")) {
		out->kind = TILE_PAYLOAD;
		return take_index(&path, &out->n) && path.len == 0;
	}
	if (!take(&path, "tile/"))
		return false;
	out->kind = take(&path, "entries/") ? TILE_ENTRIES : TILE_HASHES;
	if (out->kind == TILE_HASHES && !(take_small(&path, 0, LEVEL_MAX, &out->level) && take(&path, "/")))
		return false;
	return take_index(&path, &out->n) && take_width(&path, &out->width);
}
