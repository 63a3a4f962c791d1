#include "node/ingest/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "proto/utf8.h"

enum {
	CHUNK = 64 * 1024,
	NO_UTF8 = 0xff, /* stands for bytes that are no character */
};

enum charset_name charset_of_word(const char *word)
{
	static const struct {
		const char *word;
		enum charset_name name;
	} table[] = {
		{ "utf-8", CHARSET_UTF8 },       { "utf8", CHARSET_UTF8 },        { "gb18030", CHARSET_GB18030 },
		{ "gb 18030", CHARSET_GB18030 }, { "gbk", CHARSET_GB18030 },      { "gb2312", CHARSET_GB18030 },
		{ "utf-16", CHARSET_UTF16LE },   { "utf-16le", CHARSET_UTF16LE }, { "utf-16be", CHARSET_UTF16BE },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcasecmp(table[i].word, word) == 0)
			return table[i].name;
	return CHARSET_FOUND_OUT;
}

/* ---- which one ------------------------------------------------------------------------------------------------ */

/* Is it UTF-8, but for a slip here and there?  Of GB 18030 text about every seventh character looks like UTF-8. */
static bool looks_like_utf8(struct bytes text)
{
	size_t good = 0, bad = 0;
	for (size_t n; text.len > 0; text = bytes_of(text.data + n, text.len - n)) {
		uint32_t code = 0;
		n = text.data[0] < 0x80 ? 1 : utf8_read(text, &code);
		good += n > 1;
		if (n == 0) {
			bad += text.len >= UTF8_MAX; /* the end may cut one */
			n = 1;
		}
	}
	return good >= 4 * bad;
}

static enum charset_name take_mark(struct buf *raw)
{
	static const struct {
		const char *mark;
		size_t len;
		enum charset_name name;
	} table[] = {
		{ "\xef\xbb\xbf", 3, CHARSET_UTF8 },
		{ "\xff\xfe", 2, CHARSET_UTF16LE },
		{ "\xfe\xff", 2, CHARSET_UTF16BE },
		{ "\x84\x31\x95\x33", 4, CHARSET_GB18030 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (raw->len < table[i].len || memcmp(raw->data, table[i].mark, table[i].len) != 0)
			continue;
		buf_drop(raw, table[i].len);
		return table[i].name;
	}
	return CHARSET_FOUND_OUT;
}

static int fill(struct charset *c, struct err *err)
{
	size_t got;
	uint8_t *place = buf_reserve(&c->raw, CHUNK);
	int rc = c->stream->read_cb(c->stream->arg, place, CHUNK, &got, err);
	if (rc != OK)
		return rc;
	c->raw.len += got;
	c->bytes += got;
	c->ended = got == 0;
	return OK;
}

static int open_iconv(struct charset *c, struct err *err)
{
	static const char *const names[] = {
		[CHARSET_GB18030] = "GB18030", [CHARSET_UTF16LE] = "UTF-16LE", [CHARSET_UTF16BE] = "UTF-16BE"
	};
	if (c->name == CHARSET_UTF8)
		return OK;
	iconv_t with = iconv_open("UTF-8", names[c->name]);
	if (with == (iconv_t)-1)
		return err_set(err, ERR_UNSUPPORTED, "this system's C library does not read %s", names[c->name]);
	c->iconv = with;
	return OK;
}

int charset_open(struct charset *c, struct stream *stream, enum charset_name told, struct err *err)
{
	*c = (struct charset){ .stream = stream };
	int rc = OK;
	while (rc == OK && !c->ended && c->raw.len < CHUNK)
		rc = fill(c, err);
	if (rc != OK)
		return rc;
	c->name = take_mark(&c->raw);
	if (c->name == CHARSET_FOUND_OUT)
		c->name = told;
	if (c->name == CHARSET_FOUND_OUT)
		c->name = looks_like_utf8(buf_bytes(&c->raw)) ? CHARSET_UTF8 : CHARSET_GB18030;
	return open_iconv(c, err);
}

void charset_close(struct charset *c)
{
	if (c->iconv != NULL)
		(void)iconv_close(c->iconv);
	buf_free(&c->raw);
	*c = (struct charset){ 0 };
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

/* What of raw is whole characters is appended; a character that the end cuts stays for the next time. */
static void convert(struct charset *c, struct buf *out)
{
	size_t used = 0;
	while (used < c->raw.len) {
		char *from = (char *)c->raw.data + used;
		size_t from_left = c->raw.len - used;
		size_t room = from_left * 3 + 16;
		char *place = (char *)buf_reserve(out, room), *to = place;
		size_t rc = iconv(c->iconv, &from, &from_left, &to, &room);
		int why = errno;
		out->len += (size_t)(to - place);
		used = c->raw.len - from_left;
		if (rc != (size_t)-1 || (why == EINVAL && !c->ended))
			break;
		if (why == E2BIG)
			continue;
		buf_add_char(out, (char)NO_UTF8);
		size_t step = c->name == CHARSET_GB18030 ? 1 : 2;
		used += step < from_left ? step : from_left;
	}
	buf_drop(&c->raw, used);
}

int charset_read(struct charset *c, struct buf *out, bool *ended, struct err *err)
{
	/* A character that was cut waits for the rest of it. */
	if (!c->ended && c->raw.len < UTF8_MAX) {
		int rc = fill(c, err);
		if (rc != OK)
			return rc;
	}
	*ended = c->raw.len == 0 && c->ended;
	if (c->iconv != NULL) {
		convert(c, out);
	} else {
		buf_add_bytes(out, buf_bytes(&c->raw));
		buf_reset(&c->raw);
	}
	return OK;
}
