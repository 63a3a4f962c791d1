#include "node/ingest/iso_text.h"

#include <string.h>
#include <strings.h>

#include "node/base/buf.h"
#include "node/ingest/clean.h"
#include "proto/utf8.h"

enum { TAG_MAX = 512, ENTITY_MAX = 10 };

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* The length of the tag that stands here; 0: it is none. */
static size_t tag_length(struct bytes text)
{
	size_t at = text.len > 1 && text.data[1] == '/' ? 2 : 1;
	if (text.len <= at || !is_letter(text.data[at]))
		return 0;
	const uint8_t *end = memchr(text.data, '>', text.len < TAG_MAX ? text.len : TAG_MAX);
	return end != NULL ? (size_t)(end - text.data) + 1 : 0;
}

static bool breaks_line(struct bytes tag)
{
	static const char *const names[] = { "p", "br", "li", "ul", "ol", "div", "tr", "table", "h1", "h2", "h3", "h4" };
	size_t at = tag.data[1] == '/' ? 2 : 1, n = 0;
	while (at + n < tag.len && (is_letter(tag.data[at + n]) || (tag.data[at + n] >= '0' && tag.data[at + n] <= '9')))
		n++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == n && strncasecmp(names[i], (const char *)tag.data + at, n) == 0)
			return true;
	return false;
}

static uint32_t number_of(const char *text, size_t len)
{
	bool hex = len > 1 && (text[1] | 0x20) == 'x';
	uint32_t value = 0;
	for (size_t i = hex ? 2 : 1; i < len; i++) {
		int c = text[i] | 0x20;
		uint32_t digit = text[i] >= '0' && text[i] <= '9' ? (uint32_t)(text[i] - '0')
		                 : hex && c >= 'a' && c <= 'f'    ? (uint32_t)(c - 'a' + 10)
		                                                  : 99;
		if (digit == 99 || value > 0x10ffff)
			return 0;
		value = value * (hex ? 16 : 10) + digit;
	}
	return value <= 0x10ffff && (value < 0xd800 || value > 0xdfff) ? value : 0;
}

/* The length of the entity that stands here, its character appended; 0: it is none. */
static size_t take_entity(struct bytes text, struct buf *out)
{
	static const struct {
		const char *name, *text;
	} table[] = {
		{ "amp", "&" },         { "lt", "<" },          { "gt", ">" },          { "quot", "\"" },
		{ "apos", "'" },        { "nbsp", " " },        { "ndash", "\u2013" },  { "mdash", "\u2014" },
		{ "lsquo", "\u2018" },  { "rsquo", "\u2019" },  { "ldquo", "\u201c" },  { "rdquo", "\u201d" },
		{ "hellip", "\u2026" }, { "deg", "\u00b0" },    { "micro", "\u00b5" },  { "times", "\u00d7" },
		{ "eacute", "\u00e9" }, { "egrave", "\u00e8" }, { "agrave", "\u00e0" },
	};
	const uint8_t *end = memchr(text.data, ';', text.len < ENTITY_MAX ? text.len : ENTITY_MAX);
	size_t len = end != NULL ? (size_t)(end - text.data) - 1 : 0;
	const char *name = (const char *)text.data + 1;
	if (len == 0)
		return 0;
	if (name[0] == '#') {
		char place[UTF8_MAX];
		uint32_t code = number_of(name, len);
		if (code == 0)
			return 0;
		buf_add(out, place, utf8_write(code, place));
		return len + 2;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (strlen(table[i].name) != len || memcmp(table[i].name, name, len) != 0)
			continue;
		buf_add_str(out, table[i].text);
		return len + 2;
	}
	return 0;
}

struct bytes iso_text_plain(struct arena *arena, struct bytes text)
{
	struct buf plain = { 0 };
	while (text.len > 0) {
		size_t used = 0;
		if (text.data[0] == '<' && (used = tag_length(text)) > 0) {
			if (breaks_line(bytes_of(text.data, used)))
				buf_add_char(&plain, '\n');
		} else if (text.data[0] == '&') {
			used = take_entity(text, &plain);
		}
		if (used == 0) {
			buf_add_char(&plain, (char)text.data[0]);
			used = 1;
		}
		text = bytes_of(text.data + used, text.len - used);
	}
	struct bytes lines = clean_lines(arena, buf_bytes(&plain));
	buf_free(&plain);
	return lines;
}
