/* charset: a stream of text in one of the encodings that tables come in, as UTF-8.
 *
 * UTF-8, GB 18030 (with GBK and GB 2312, which it contains) and UTF-16.  A byte order mark decides, then what the
 * caller was told, then the text itself: what begins as UTF-8, but for slips, is that, else it is GB 18030.  Bytes that
 * are no character of the encoding come out as a byte that is not UTF-8: whoever checks cells refuses that cell and no
 * other.
 *
 * Knows: bytes, iconv of the C library.  Must not know: what the text is.  Thread: the caller's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/ingest/source.h"

enum charset_name { CHARSET_FOUND_OUT, CHARSET_UTF8, CHARSET_GB18030, CHARSET_UTF16LE, CHARSET_UTF16BE };

struct charset {
	struct stream *stream; /* borrowed */
	struct buf raw;        /* read, and not yet given */
	void *iconv;           /* NULL: the text is UTF-8 as it comes */
	enum charset_name name;
	uint64_t bytes; /* read from the stream */
	bool ended;     /* so has the stream */
};

/* "utf-8", "gb18030", "gbk", "gb2312", "utf-16": in any case of letters; CHARSET_FOUND_OUT for another. */
enum charset_name charset_of_word(const char *word);

/* Read the beginning, and find out.  ERR_UNSUPPORTED: this system's C library cannot; or what the stream said. */
CHECKED int charset_open(struct charset *c, struct stream *stream, enum charset_name told, struct err *err);
void charset_close(struct charset *c);

/* Append some more text; *ended: there is none.  What the stream said. */
CHECKED int charset_read(struct charset *c, struct buf *out, bool *ended, struct err *err);
