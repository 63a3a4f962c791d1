#include "proto/json.h"

#include <inttypes.h>

#include "proto/utf8.h"

static void value_begins(struct json *j)
{
	if (j->comma)
		buf_add_char(j->out, ',');
	j->comma = true;
}

void json_object_begin(struct json *j)
{
	value_begins(j);
	buf_add_char(j->out, '{');
	j->comma = false;
}

void json_object_end(struct json *j)
{
	buf_add_char(j->out, '}');
	j->comma = true;
}

void json_array_begin(struct json *j)
{
	value_begins(j);
	buf_add_char(j->out, '[');
	j->comma = false;
}

void json_array_end(struct json *j)
{
	buf_add_char(j->out, ']');
	j->comma = true;
}

/* ---- strings ------------------------------------------------------------------------------------------------------
 */

static bool plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void add_escape(struct buf *out, uint8_t c)
{
	static const char short_forms[] = "\b"
	                                  "b\f"
	                                  "f\n"
	                                  "n\r"
	                                  "r\t"
	                                  "t\"\"\\\\";
	for (size_t i = 0; i < sizeof short_forms - 1; i += 2)
		if (c == (uint8_t)short_forms[i]) {
			buf_add_char(out, '\\');
			buf_add_char(out, short_forms[i + 1]);
			return;
		}
	buf_printf(out, "\\u%04x", (unsigned)c);
}

/* One character that is not plain ASCII, or one bad byte; gives the bytes that it took. */
static size_t add_special(struct buf *out, struct bytes rest)
{
	uint32_t code;
	size_t n = utf8_read(rest, &code);
	if (n == 1) {
		add_escape(out, (uint8_t)code);
	} else if (n > 1) {
		buf_add(out, rest.data, n);
	} else {
		buf_add_str(out, "\xef\xbf\xbd");
		n = 1;
	}
	return n;
}

static void add_quoted(struct buf *out, struct bytes text)
{
	buf_add_char(out, '"');
	for (size_t at = 0; at < text.len;) {
		size_t n = 0;
		while (at + n < text.len && plain(text.data[at + n]))
			n++;
		buf_add(out, text.data + at, n);
		at += n;
		if (at < text.len)
			at += add_special(out, bytes_of(text.data + at, text.len - at));
	}
	buf_add_char(out, '"');
}

void json_bytes(struct json *j, struct bytes utf8)
{
	value_begins(j);
	add_quoted(j->out, utf8);
}

void json_text(struct json *j, const char *value)
{
	if (value == NULL)
		json_nothing(j);
	else
		json_bytes(j, bytes_str(value));
}

void json_key(struct json *j, const char *key)
{
	value_begins(j);
	add_quoted(j->out, bytes_str(key));
	buf_add_char(j->out, ':');
	j->comma = false;
}

/* ---- the rest -----------------------------------------------------------------------------------------------------
 */

void json_u64(struct json *j, uint64_t value)
{
	value_begins(j);
	buf_add_decimal(j->out, value);
}

void json_i64(struct json *j, int64_t value)
{
	value_begins(j);
	if (value < 0)
		buf_add_char(j->out, '-');
	buf_add_decimal(j->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_bool(struct json *j, bool value)
{
	value_begins(j);
	buf_add_str(j->out, value ? "true" : "false");
}

void json_nothing(struct json *j)
{
	value_begins(j);
	buf_add_str(j->out, "null");
}

void json_raw(struct json *j, struct bytes json)
{
	value_begins(j);
	buf_add_bytes(j->out, json);
}

void json_put_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_text(j, value);
}

void json_put_u64(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_u64(j, value);
}

void json_put_bool(struct json *j, const char *key, bool value)
{
	json_key(j, key);
	json_bool(j, value);
}
