#include "node/api/text.h"

#include <inttypes.h>

#include "proto/utf8.h"

/* The next character; *len is how many bytes it takes.  What is not UTF-8 is U+FFFD, a byte at a time. */
static uint32_t next_char(struct bytes text, size_t *len)
{
	uint32_t c;
	*len = utf8_read(text, &c);
	if (*len > 0)
		return c;
	*len = 1;
	return 0xfffd;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Unicode TR 11, "W" and "F", joined into the blocks that matter here. */
static bool is_wide(uint32_t c)
{
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },
		{ 0x4e00, 0xa4cf },   { 0xa960, 0xa97c },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x17000, 0x18cd5 },
		{ 0x1b000, 0x1b2fb }, { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};
	return c >= 0x1100 && in_ranges(c, wide, sizeof wide / sizeof *wide);
}

/* Marks that stand on the letter before them. */
static bool is_mark(uint32_t c)
{
	static const struct range marks[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f }, { 0x0e34, 0x0e3a },
		{ 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff },
		{ 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
	};
	return c >= 0x0300 && in_ranges(c, marks, sizeof marks / sizeof *marks);
}

/* Controls (C0, DEL, C1), line and paragraph separators, and what reverses the direction of writing. */
static bool is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* What text_put makes of a character: white space of any kind is a blank. */
static uint32_t shown(uint32_t c)
{
	if (c == '\n' || c == '\t' || c == '\r')
		return ' ';
	return is_harmful(c) ? 0xfffd : c;
}

static size_t columns(uint32_t c)
{
	return is_mark(c) ? 0 : is_wide(c) ? 2 : 1;
}

size_t text_width(struct bytes text)
{
	size_t width = 0;
	for (size_t i = 0, len = 0; i < text.len; i += len)
		width += columns(shown(next_char(bytes_of(text.data + i, text.len - i), &len)));
	return width;
}

size_t text_widest(size_t width, const char *text)
{
	size_t own = text_width(bytes_str(text));
	return own > width ? own : width;
}

void text_put_bytes(struct buf *out, struct bytes text)
{
	for (size_t i = 0, len = 0; i < text.len; i += len) {
		uint32_t c = shown(next_char(bytes_of(text.data + i, text.len - i), &len));
		if (c == 0xfffd)
			buf_add_str(out, "\xef\xbf\xbd");
		else if (c == ' ')
			buf_add_char(out, ' ');
		else
			buf_add(out, text.data + i, len);
	}
}

void text_put(struct buf *out, const char *text)
{
	text_put_bytes(out, bytes_str(text));
}

static void put_blanks(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_char(out, ' ');
}

void text_pad(struct buf *out, const char *text, size_t width)
{
	size_t own = text_width(bytes_str(text));
	text_put(out, text);
	put_blanks(out, own < width ? width - own : 0);
}

/* How many bytes of text go on a line of that many columns; at least one character. */
static size_t line_bytes(struct bytes text, size_t width)
{
	size_t used = 0;
	size_t fit = 0; /* the last place where the line may end */
	for (size_t i = 0, len = 0; i < text.len; i += len) {
		uint32_t c = shown(next_char(bytes_of(text.data + i, text.len - i), &len));
		if (c == ' ' || (is_wide(c) && i > 0))
			fit = i;
		used += columns(c);
		if (used > width && i > 0)
			return fit > 0 ? fit : i;
	}
	return text.len;
}

void text_wrap(struct buf *out, const char *text, size_t indent, size_t width)
{
	struct bytes rest = bytes_str(text);
	size_t room = width > indent + 20 ? width - indent : 20;
	for (bool first = true; first || rest.len > 0; first = false) {
		size_t len = line_bytes(rest, room);
		if (!first)
			put_blanks(out, indent);
		text_put_bytes(out, bytes_of(rest.data, len));
		buf_add_char(out, '\n');
		rest = bytes_of(rest.data + len, rest.len - len);
		while (rest.len > 0 && shown(rest.data[0]) == ' ')
			rest = bytes_of(rest.data + 1, rest.len - 1);
	}
}

void text_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	buf_printf(out, "%" PRIu64 " %s", n, n == 1 ? one : many);
}
