#include "node/api/xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/base/must.h"
#include "proto/utf8.h"

void xml_declaration(struct xml *x)
{
	must(x->depth == 0);
	buf_add_str(x->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void close_tag(struct xml *x)
{
	if (x->in_tag)
		buf_add_char(x->out, '>');
	x->in_tag = false;
}

void xml_begin(struct xml *x, const char *name)
{
	must(x->depth < XML_NESTING_MAX);
	close_tag(x);
	buf_add_char(x->out, '<');
	buf_add_str(x->out, name);
	x->open[x->depth++] = name;
	x->in_tag = true;
}

void xml_end(struct xml *x)
{
	must(x->depth > 0);
	const char *name = x->open[--x->depth];
	if (x->in_tag) {
		buf_add_str(x->out, "/>");
	} else {
		buf_add_str(x->out, "</");
		buf_add_str(x->out, name);
		buf_add_char(x->out, '>');
	}
	x->in_tag = false;
}

/* Production 2 of XML 1.0. */
static bool is_char(uint32_t code)
{
	return code == 0x9 || code == 0xa || code == 0xd || (code >= 0x20 && code <= 0xd7ff) ||
	       (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

/* What cannot stand as it is; NULL: it can.  Ends of lines and tabs in attributes, and CR anywhere, would be
 * normalised away by a reader. */
static const char *escape_of(uint32_t code, bool in_attribute)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return in_attribute ? "&quot;" : NULL;
	case '\t':
		return in_attribute ? "&#9;" : NULL;
	case '\n':
		return in_attribute ? "&#10;" : NULL;
	default:
		return is_char(code) ? NULL : "\xef\xbf\xbd";
	}
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '&' && c != '<' && c != '>' && c != '"';
}

/* What can stand as it is is copied in runs. */
static void put_escaped(struct buf *out, struct bytes text, bool in_attribute)
{
	size_t from = 0, at = 0;
	while (at < text.len) {
		uint32_t code = 0;
		size_t n = is_plain(text.data[at]) ? 1 : utf8_read(bytes_of(text.data + at, text.len - at), &code);
		const char *escape = is_plain(text.data[at]) ? NULL : escape_of(n > 0 ? code : 0, in_attribute);
		if (escape != NULL) {
			buf_add(out, text.data + from, at - from);
			buf_add_str(out, escape);
		}
		at += n > 0 ? n : 1;
		from = escape != NULL ? at : from;
	}
	if (at > from)
		buf_add(out, text.data + from, at - from);
}

void xml_escape(struct bytes text, struct buf *out)
{
	put_escaped(out, text, false);
}

void xml_attribute(struct xml *x, const char *name, const char *value)
{
	must(x->in_tag);
	if (value == NULL)
		return;
	buf_add_char(x->out, ' ');
	buf_add_str(x->out, name);
	buf_add_str(x->out, "=\"");
	put_escaped(x->out, bytes_str(value), true);
	buf_add_char(x->out, '"');
}

void xml_attribute_u64(struct xml *x, const char *name, uint64_t value)
{
	must(x->in_tag);
	buf_add_char(x->out, ' ');
	buf_add_str(x->out, name);
	buf_add_str(x->out, "=\"");
	buf_add_decimal(x->out, value);
	buf_add_char(x->out, '"');
}

void xml_bytes(struct xml *x, struct bytes text)
{
	must(x->depth > 0);
	close_tag(x);
	put_escaped(x->out, text, false);
}

void xml_text(struct xml *x, const char *text)
{
	if (text != NULL)
		xml_bytes(x, bytes_str(text));
}

void xml_raw(struct xml *x, struct bytes element)
{
	close_tag(x);
	buf_add_bytes(x->out, element);
}

void xml_put(struct xml *x, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	xml_begin(x, name);
	xml_text(x, text);
	xml_end(x);
}

void xml_put_u64(struct xml *x, const char *name, uint64_t value)
{
	xml_begin(x, name);
	close_tag(x);
	buf_add_decimal(x->out, value);
	xml_end(x);
}
