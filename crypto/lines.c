#include "crypto/lines.h"

#include "crypto/encode.h"

enum { DIGITS_MAX = 20, HASH_CHARS = 44 };

bool lines_next(struct bytes *rest, struct bytes *line)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	if (end == NULL)
		return false;
	*line = bytes_of(rest->data, (size_t)(end - rest->data));
	*rest = bytes_of(end + 1, rest->len - line->len - 1);
	return true;
}

bool lines_decimal(struct bytes text, uint64_t *out)
{
	uint64_t n = 0;
	if (text.len == 0 || text.len > DIGITS_MAX || (text.data[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';
		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

bool lines_hash(struct bytes text, struct hash *out)
{
	if (text.len != HASH_CHARS)
		return false;
	struct buf hash = { 0 };
	bool good = base64_decode(text, &hash) == OK && hash.len == HASH_SIZE;
	if (good)
		memcpy(out->b, hash.data, HASH_SIZE);
	buf_free(&hash);
	return good;
}
