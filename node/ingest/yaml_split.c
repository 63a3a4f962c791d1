#include "node/ingest/yaml_split.h"

#include <string.h>

#include "node/base/limits.h"

enum { CHUNK = 64 * 1024 };

void yaml_split_close(struct yaml_split *s)
{
	buf_free(&s->held);
}

static bool is_mark(const uint8_t *line, size_t len)
{
	return len >= 3 && memcmp(line, "---", 3) == 0 && (len == 3 || strchr(" \t\r\n", line[3]) != NULL);
}

/* Nothing of a document yet: blank, a comment, a directive. */
static bool is_before(const uint8_t *line, size_t len)
{
	size_t i = 0;
	if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < len && strchr(" \t\r\n", line[i]) != NULL)
		i++;
	return i == len || line[i] == '#' || line[0] == '%';
}

/* One that is being looked for the end of. */
struct scan {
	size_t at;    /* of held: the line that is looked at begins here */
	bool begun;   /* there is something of it before that */
	bool dropped; /* it is too large: what was read of it is gone */
	uint64_t lines;
};

/* Look at lines that have ended.  True: a document ends at scan->at. */
static bool find_end(struct yaml_split *s, struct scan *scan)
{
	while (scan->at < s->held.len) {
		const uint8_t *line = s->held.data + scan->at;
		size_t rest = s->held.len - scan->at;
		if (scan->begun && is_mark(line, rest) && (rest > 3 || s->ended))
			return true;
		const uint8_t *lf = memchr(line, '\n', rest);
		if (lf == NULL && !s->ended)
			return false;
		size_t len = lf != NULL ? (size_t)(lf - line) + 1 : rest;
		if (is_mark(line, len) || !is_before(line, len))
			scan->begun = true;
		scan->at += len;
		scan->lines++;
	}
	return s->ended;
}

static int read_more(struct yaml_split *s, struct err *err)
{
	size_t got = 0;
	uint8_t *place = buf_reserve(&s->held, CHUNK);
	int rc = s->stream->read_cb(s->stream->arg, place, CHUNK, &got, err);
	s->bytes += got;
	s->held.len += got;
	s->ended = rc == OK && got == 0;
	return rc;
}

/* It will not be given: what was looked at can go, and of a line that has not ended all but its front. */
static void drop_excess(struct yaml_split *s, struct scan *scan)
{
	enum { FRONT = 4 };
	if (s->held.len <= DOCUMENT_MAX)
		return;
	buf_drop(&s->held, scan->at);
	scan->at = 0;
	scan->dropped = scan->begun = true;
	if (s->held.len > FRONT) {
		s->held.len = FRONT;
		s->held.data[0] = '#'; /* it was no mark, or is the one that the document begins with */
	}
}

static int give(struct yaml_split *s, const struct scan *scan, struct bytes *document, struct err *err)
{
	bool first = s->count == 0;
	s->given = scan->at;
	s->line = s->lines + 1;
	s->lines += scan->lines;
	if (!scan->begun && s->ended && !(first && !scan->dropped))
		return err_set(err, ERR_CLOSED, "no more documents");
	s->count++;
	if (scan->dropped || scan->at > DOCUMENT_MAX)
		return err_set(err, ERR_LIMIT, "larger than %d bytes", DOCUMENT_MAX);
	*document = bytes_of(s->held.data, scan->at);
	return OK;
}

int yaml_split_next(struct yaml_split *s, struct bytes *document, struct err *err)
{
	struct scan scan = { 0 };
	buf_drop(&s->held, s->given);
	s->given = 0;
	if (s->ended && s->held.len == 0 && s->count > 0)
		return err_set(err, ERR_CLOSED, "no more documents");
	while (!find_end(s, &scan)) {
		drop_excess(s, &scan);
		int rc = read_more(s, err);
		if (rc != OK)
			return rc;
	}
	return give(s, &scan, document, err);
}
