#include "node/ingest/clean.h"

#include <string.h>

#include "proto/utf8.h"

enum sort { SORT_LETTER, SORT_BLANK, SORT_LINE_END, SORT_NOTHING };

static enum sort sort_of(uint32_t c)
{
	switch (c) {
	case '\n':
	case '\r':
	case 0x2028:
	case 0x2029:
		return SORT_LINE_END;
	case ' ':
	case '\t':
	case 0xa0:
	case 0x1680:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return SORT_BLANK;
	case 0x200b:
	case 0x2060:
	case 0xfeff:
		return SORT_NOTHING;
	default:
		if (c >= 0x2000 && c <= 0x200a)
			return SORT_BLANK;
		return c < 0x20 || (c >= 0x7f && c <= 0x9f) ? SORT_BLANK : SORT_LETTER;
	}
}

/* What Windows-1252 has where Latin-1 has controls; 0 for nothing. */
static uint32_t mend(uint32_t c)
{
	static const uint16_t table[32] = {
		0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
		0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
		0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
	};
	return c >= 0x80 && c < 0xa0 && table[c - 0x80] != 0 ? table[c - 0x80] : c;
}

/* The bytes of the character at the front: bytes that are none count as a blank. */
static size_t read_char(struct bytes text, uint32_t *code)
{
	if (text.data[0] < 0x80) {
		*code = text.data[0];
		return 1;
	}
	size_t n = utf8_read(text, code);
	*code = n > 0 ? mend(*code) : ' ';
	return n > 0 ? n : 1;
}

/* What is waiting to be written before the next letter. */
enum gap { GAP_NONE, GAP_BLANK, GAP_LINE };

static struct bytes fold(struct arena *arena, struct bytes text, bool keep_lines, bool narrow)
{
	/* A mended control of two bytes may need three. */
	char *out = arena_get(arena, text.len + text.len / 2 + UTF8_MAX);
	size_t len = 0;
	enum gap gap = GAP_NONE;
	for (struct bytes rest = text; rest.len > 0;) {
		uint32_t code;
		size_t n = read_char(rest, &code);
		enum sort sort = sort_of(code);
		if (sort == SORT_LINE_END && keep_lines)
			gap = GAP_LINE;
		else if (sort == SORT_LINE_END || sort == SORT_BLANK)
			gap = gap == GAP_NONE ? GAP_BLANK : gap;
		if (sort == SORT_LETTER) {
			if (gap != GAP_NONE && len > 0)
				out[len++] = gap == GAP_LINE ? '\n' : ' ';
			gap = GAP_NONE;
			if (narrow && code >= 0xff01 && code <= 0xff5e)
				out[len++] = (char)(code - 0xff01 + '!');
			else if (code < 0x80)
				out[len++] = (char)code;
			else
				len += utf8_write(code, out + len);
		}
		rest = bytes_of(rest.data + n, rest.len - n);
	}
	out[len] = '\0';
	return bytes_of(out, len);
}

struct bytes clean_line(struct arena *arena, struct bytes text)
{
	return fold(arena, text, false, false);
}

struct bytes clean_lines(struct arena *arena, struct bytes text)
{
	return fold(arena, text, true, false);
}

struct bytes clean_code(struct arena *arena, struct bytes text)
{
	return fold(arena, text, false, true);
}

struct bytes clean_code_lines(struct arena *arena, struct bytes text)
{
	return fold(arena, text, true, true);
}

bool clean_next_line(struct arena *arena, struct bytes *rest, struct bytes *line)
{
	while (rest->len > 0) {
		const uint8_t *end = memchr(rest->data, '\n', rest->len);
		size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;
		*line = clean_line(arena, bytes_of(rest->data, n));
		if (end != NULL)
			n++;
		*rest = bytes_of(rest->data + n, rest->len - n);
		if (line->len > 0)
			return true;
	}
	return false;
}
