/* table: rows of one table to records, as a mapping says.
 *
 * What a cell says and the field cannot have (a word that no table knows, a date that is none) is left out, counted,
 * and kept as an oddity of the record; what would make the record false (no subject, bytes that are no text, more or
 * fewer cells than columns) refuses the row.
 *
 * Knows: mappings, cells.  Must not know: files.  Thread: the caller's; the mapping is only read.
 */
#pragma once

#include "node/base/buf.h"
#include "node/ingest/csv.h"
#include "node/ingest/mapping.h"

/* One table: which column each rule reads. */
struct table {
	const struct mapping *mapping; /* borrowed */
	struct arena arena;
	size_t columns;   /* in the table */
	size_t *of_rule;  /* rule -> column; NO_COLUMN */
	size_t **of_with; /* rule, with -> column */
	size_t subject, fragment;
	struct buf unused; /* names of columns that no rule reads, with ", " between; likewise: */
	struct buf absent; /* fields whose columns the table does not have */
};

#define NO_COLUMN SIZE_MAX

/* Does the table have the columns that the mapping wants?  Without a reason: only yes or no. */
bool table_fits(const struct mapping *m, const struct csv_row *head);

/* Begin with the row of heads.  ERR_INVALID: a column is missing, or stands there twice; the text says which and what
 * to do.  table_close in any case. */
CHECKED int table_open(struct table *t, const struct mapping *m, const struct csv_row *head, struct err *err);
void table_close(struct table *t);

/* Does the row have nothing but blanks? */
bool table_row_empty(const struct csv_row *row);

/* The record of one row, encoded, is appended to out; its subject, in the arena, to *subject.  ERR_INVALID, ERR_LIMIT
 * with the reason (out is then as it was).  *warnings counts facts left out. */
CHECKED int table_record(const struct table *t, const struct csv_row *row, struct arena *arena, struct buf *out,
                         const char **subject, uint64_t *warnings, struct err *err);
