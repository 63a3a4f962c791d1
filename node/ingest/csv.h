/* csv: rows of a table of text (RFC 4180), one after another, from a stream of any length.
 *
 * Cells are separated by one character, enclosed in double quotes where they hold it, a quote (doubled) or a line end;
 * rows end with CR LF, LF or CR.  A quote inside a cell that does not begin with one is a letter like any other, as
 * programs write it.  Cells keep their bytes: nothing is trimmed, nothing checked to be UTF-8.
 * A row that is none is refused, and reading goes on with the line after the one where it began: a quote that is never
 * closed costs one line.
 *
 * Knows: rows and cells.  Must not know: what a column means.  Thread: the caller's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/charset.h"
#include "node/ingest/source.h"

/* Zeroed, then csv_open. */
struct csv {
	struct charset text;
	struct buf held; /* UTF-8, not yet given */
	size_t at;       /* in held: the next row begins here */
	bool ended;      /* nothing comes after what is held */
	bool passing;    /* the rest of a line that was refused is passed over */
	char separator;
	uint64_t line;    /* on which the row last given began, from 1 */
	uint64_t lines;   /* passed so far */
	struct buf bytes; /* of the row's cells */
	struct buf ends;  /* likewise: where each ends, size_t */
	struct buf cells; /* struct bytes, made from both */
};

struct csv_row {
	const struct bytes *cells;
	size_t count;
};

/* Begin.  told: the encoding, where it is known; separator: 0 for the one of , ; TAB | that one of the first lines has
 * most of.
 * As charset_open.  Close it in any case. */
CHECKED int csv_open(struct csv *c, struct stream *stream, enum charset_name told, char separator, struct err *err);
void csv_close(struct csv *c);

/* The next row, borrowed until the next call.  ERR_CLOSED: there is none.  ERR_INVALID (a quote that is not closed, or
 * is followed by text), ERR_LIMIT (longer than TABLE_ROW_MAX, more than TABLE_COLUMNS_MAX cells): it is refused and
 * passed over, go on.  Else what the stream said. */
CHECKED int csv_next(struct csv *c, struct csv_row *row, struct err *err);
