/* rows: what of a doc decides whether a reader may see it and how well it fits, kept by the handle from one question to
 * the next: to find it in its table takes as long as all that full-text search does for a hit.
 *
 * Read when it is first asked for; forgotten when the database has changed (recent.h).
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/handle.h"

enum { ROW_CODES = 3, ROW_DATE = 10 };

struct row {
	const uint8_t *ics;        /* codes with blanks between, when they are not in: */
	uint32_t codes[ROW_CODES]; /* row_code() of them */
	uint32_t title_bytes;
	uint16_t ics_len, year; /* 0: none */
	uint8_t code_count, date_len;
	char date[ROW_DATE];
	uint8_t kind, status;
	bool here : 1; /* there is a row; else nothing here is set */
	bool current : 1, retracted : 1, hidden : 1;
	bool leads : 1; /* it says that it adopts or translates another */
	bool known : 1; /* rows.c's */
};

/* Inside store_begin_read; borrowed until the next call. */
CHECKED int rows_find(struct store *s, int64_t doc, const struct row **out, struct err *err);

/* Forget all; free all.  NULL is fine. */
void rows_forget(struct rows *r);
void rows_free(struct rows *r);
