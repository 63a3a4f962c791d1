#include "proto/utf8.h"

#include "node/base/must.h"

static bool tail(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

/* Unicode, table 3-7: only the second byte's range depends on the first. */
static bool second_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return tail(second);
	}
}

size_t utf8_read(struct bytes text, uint32_t *code)
{
	const uint8_t *p = text.data;
	if (text.len == 0)
		return 0;
	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	size_t n = p[0] >= 0xc2 && p[0] <= 0xdf   ? 2
	           : p[0] >= 0xe0 && p[0] <= 0xef ? 3
	           : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
	                                          : 0;
	if (n == 0 || text.len < n || !second_fits(p[0], p[1]))
		return 0;
	uint32_t c = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (!tail(p[i]))
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	*code = c;
	return n;
}

/* Eight bytes of ASCII without NUL at once: most of what is checked is that. */
static size_t plain_run(const uint8_t *p, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t at = 0;
	for (; len - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, p + at, 8);
		if ((word & tops) != 0 || ((word - ones) & tops) != 0)
			break;
	}
	return at;
}

bool utf8_valid(struct bytes text)
{
	size_t at = 0;
	while (at < text.len) {
		at += plain_run(text.data + at, text.len - at);
		if (at == text.len)
			break;
		uint32_t code;
		size_t n = utf8_read(bytes_of(text.data + at, text.len - at), &code);
		if (n == 0 || code == 0)
			return false;
		at += n;
	}
	return true;
}

size_t utf8_cut(struct bytes text, size_t max)
{
	size_t n = text.len < max ? text.len : max;
	while (n > 0 && n < text.len && tail(text.data[n]))
		n--;
	return n;
}

size_t utf8_write(uint32_t code, char out[UTF8_MAX])
{
	must(code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff));
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}
