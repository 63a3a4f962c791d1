#include "node/ingest/csv.h"

#include <string.h>

#include "node/base/limits.h"

/* What comes of reading the bytes that are held as a row. */
enum outcome { ROW_WHOLE, ROW_CUT, ROW_BAD };

struct scan {
	struct csv *csv;
	const uint8_t *at, *end;
	bool final; /* nothing comes after end */
	const char *reason;
};

void csv_close(struct csv *c)
{
	charset_close(&c->text);
	buf_free(&c->held);
	buf_free(&c->bytes);
	buf_free(&c->ends);
	buf_free(&c->cells);
}

/* ---- one row -------------------------------------------------------------------------------------------------- */

static bool is_line_end(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* From after the quote that opens it to after the one that closes it. */
static enum outcome take_quoted(struct scan *s)
{
	for (;;) {
		const uint8_t *quote = memchr(s->at, '"', (size_t)(s->end - s->at));
		if (quote == NULL) {
			s->reason = "a quote is not closed";
			return s->final ? ROW_BAD : ROW_CUT;
		}
		buf_add(&s->csv->bytes, s->at, (size_t)(quote - s->at));
		s->at = quote + 1;
		if (s->at == s->end && !s->final)
			return ROW_CUT;
		if (s->at == s->end || *s->at != '"')
			return ROW_WHOLE;
		buf_add_char(&s->csv->bytes, '"');
		s->at++;
	}
}

static enum outcome take_cell(struct scan *s)
{
	const uint8_t *start = s->at;
	if (s->at < s->end && *s->at == '"') {
		s->at++;
		enum outcome quoted = take_quoted(s);
		if (quoted != ROW_WHOLE)
			return quoted;
		if (s->at < s->end && *s->at != (uint8_t)s->csv->separator && !is_line_end(*s->at)) {
			s->reason = "text after a closing quote";
			return ROW_BAD;
		}
	} else {
		while (s->at < s->end && *s->at != (uint8_t)s->csv->separator && !is_line_end(*s->at))
			s->at++;
		buf_add(&s->csv->bytes, start, (size_t)(s->at - start));
	}
	size_t cell_end = s->csv->bytes.len;
	buf_add(&s->csv->ends, &cell_end, sizeof cell_end);
	return s->at == s->end && !s->final ? ROW_CUT : ROW_WHOLE;
}

/* CR LF, LF, CR. */
static enum outcome take_line_end(struct scan *s)
{
	if (s->at == s->end)
		return ROW_WHOLE;
	bool cr = *s->at == '\r';
	s->at++;
	if (cr && s->at == s->end && !s->final)
		return ROW_CUT;
	if (cr && s->at < s->end && *s->at == '\n')
		s->at++;
	return ROW_WHOLE;
}

static enum outcome take_row(struct scan *s)
{
	buf_reset(&s->csv->bytes);
	buf_reset(&s->csv->ends);
	for (;;) {
		enum outcome cell = take_cell(s);
		if (cell != ROW_WHOLE)
			return cell;
		if (s->at == s->end || *s->at != (uint8_t)s->csv->separator)
			return take_line_end(s);
		s->at++;
		if (s->at == s->end && !s->final)
			return ROW_CUT;
	}
}

/* ---- rows ----------------------------------------------------------------------------------------------------- */

static uint64_t count_lines(const uint8_t *at, const uint8_t *end)
{
	uint64_t lines = 0;
	for (; at < end; at++)
		lines += *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n')) ? 1 : 0;
	return lines;
}

static void pass(struct csv *c, const uint8_t *to)
{
	const uint8_t *from = c->held.data + c->at;
	c->line = c->lines + 1;
	c->lines += count_lines(from, to);
	if (to == c->held.data + c->held.len && c->ended && to > from && !is_line_end(to[-1]))
		c->lines++;
	c->at += (size_t)(to - from);
}

static int give(struct csv *c, struct csv_row *row, struct err *err)
{
	size_t count = c->ends.len / sizeof(size_t), start = 0;
	if (count > TABLE_COLUMNS_MAX)
		return err_set(err, ERR_LIMIT, "a row of more than %d cells", TABLE_COLUMNS_MAX);
	buf_reset(&c->cells);
	for (size_t i = 0; i < count; i++) {
		size_t cell_end;
		memcpy(&cell_end, c->ends.data + i * sizeof cell_end, sizeof cell_end);
		struct bytes cell = bytes_of(c->bytes.len > 0 ? c->bytes.data + start : NULL, cell_end - start);
		buf_add(&c->cells, &cell, sizeof cell);
		start = cell_end;
	}
	*row = (struct csv_row){ (const struct bytes *)(const void *)c->cells.data, count };
	return OK;
}

/* Pass over the line that stands here, as far as it is held. */
static void pass_line(struct csv *c)
{
	const uint8_t *to = c->held.data + c->at, *end = c->held.data + c->held.len;
	while (to < end && !is_line_end(*to))
		to++;
	struct scan s = { .csv = c, .at = to, .end = end, .final = true };
	(void)take_line_end(&s);
	c->passing = to == end && !c->ended;
	pass(c, s.at);
}

/* The line where the row began is lost; the next one may begin another. */
static int refuse(struct csv *c, int code, const char *reason, struct err *err)
{
	pass_line(c);
	return err_set(err, code, "%s", reason);
}

static int fill(struct csv *c, struct err *err)
{
	buf_drop(&c->held, c->at);
	c->at = 0;
	return charset_read(&c->text, &c->held, &c->ended, err);
}

int csv_next(struct csv *c, struct csv_row *row, struct err *err)
{
	for (;;) {
		size_t len = c->held.len - c->at;
		if (len == 0 && c->ended)
			return ERR_CLOSED;
		if (len > 0 && c->passing) {
			uint64_t line = c->line;
			pass_line(c);
			c->line = line;
			continue;
		}
		const uint8_t *start = len > 0 ? c->held.data + c->at : NULL;
		struct scan s = { .csv = c, .at = start, .end = len > 0 ? start + len : NULL, .final = c->ended };
		enum outcome outcome = len > 0 ? take_row(&s) : ROW_CUT;
		if (outcome == ROW_WHOLE && (size_t)(s.at - start) <= TABLE_ROW_MAX) {
			pass(c, s.at);
			return give(c, row, err);
		}
		if (outcome == ROW_BAD)
			return refuse(c, ERR_INVALID, s.reason, err);
		if (outcome == ROW_WHOLE || len > TABLE_ROW_MAX)
			return refuse(c, ERR_LIMIT, "a row that is too long, or a quote that is not closed", err);
		int rc = fill(c, err);
		if (rc != OK)
			return rc;
	}
}

/* ---- the beginning -------------------------------------------------------------------------------------------- */

/* The one of which a line has most, outside quotes, among the first lines: above the heads may stand a title. */
static char most_frequent(struct bytes text)
{
	enum { LINES = 10 };
	static const char candidates[] = ",;\t|";
	size_t counts[sizeof candidates - 1] = { 0 }, most = 0, lines = 0;
	char best = candidates[0];
	bool quoted = false;
	for (size_t i = 0; i < text.len && lines < LINES; i++) {
		const char *c = memchr(candidates, text.data[i], sizeof candidates - 1);
		if (text.data[i] == '"')
			quoted = !quoted;
		if (!quoted && c != NULL && ++counts[c - candidates] > most) {
			most = counts[c - candidates];
			best = *c;
		}
		if (!quoted && is_line_end(text.data[i])) {
			memset(counts, 0, sizeof counts);
			lines++;
		}
	}
	return best;
}

int csv_open(struct csv *c, struct stream *stream, enum charset_name told, char separator, struct err *err)
{
	*c = (struct csv){ .separator = separator };
	int rc = charset_open(&c->text, stream, told, err);
	if (rc == OK)
		rc = fill(c, err);
	if (rc == OK && separator == 0)
		c->separator = most_frequent(buf_bytes(&c->held));
	return rc;
}
