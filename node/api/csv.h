/* csv: a cell of a table of comma-separated values (RFC 4180).  Private to this room.
 *
 * Who opens a table in a spreadsheet runs what looks like a formula there, and texts come from anybody who publishes:
 * one that begins with '=', '+', '-', '@', a tab or a CR has an apostrophe in front of it, which spreadsheets do not
 * show. Thread: any.
 */
#pragma once

#include "node/base/buf.h"

/* Append the cell, in quotes where it needs them, without a comma. */
void csv_put(struct buf *out, const char *text);
