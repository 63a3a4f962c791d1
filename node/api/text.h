/* text: words for a terminal: how wide they are, and nothing in them that a terminal would obey.
 *
 * What an outsider wrote (a title from another continent) may hold control characters or marks that turn the direction
 * of writing around; they are shown as U+FFFD.  Han, Kana, Hangul and full-width forms take two columns.
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"

/* Lines for a terminal have at most so many columns. */
enum { TERMINAL_WIDTH = 100 };

/* Columns that text takes, as text_put writes it. */
size_t text_width(struct bytes text);
/* The larger of width and that. */
size_t text_widest(size_t width, const char *text);

/* Append text, made harmless. */
void text_put(struct buf *out, const char *text);
void text_put_bytes(struct buf *out, struct bytes text);

/* The same, and blanks up to width columns. */
void text_pad(struct buf *out, const char *text, size_t width);

/* Text in lines of at most width columns, each but the first after indent blanks; the caller wrote the first indent.
 * Breaks at blanks, or between any two wide characters.  Ends with LF. */
void text_wrap(struct buf *out, const char *text, size_t indent, size_t width);

/* "1 entry", "2 entries". */
void text_count(struct buf *out, uint64_t n, const char *one, const char *many);
