/* clean: foreign text to the text of a record.
 *
 * Sources copy cells of web pages and spreadsheets: CR LF between the names of one cell, runs of blanks, no-break and
 * ideographic spaces, byte order marks in the middle, full-width digits in codes, and C1 controls (U+0080 to U+009F)
 * where somebody took Windows-1252 for Latin-1: those become the characters that were meant, as in HTML.  Nothing else
 * here changes a letter.
 *
 * Knows: characters.  Must not know: fields, formats.  Thread: any; results belong to the arena.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"

/* One line: each run of blanks and line ends is one space, none at the ends, control and zero-width characters gone.
 * text is UTF-8. */
struct bytes clean_line(struct arena *arena, struct bytes text);

/* The same with the lines kept: one LF for each run of line ends, no blank line at the ends. */
struct bytes clean_lines(struct arena *arena, struct bytes text);

/* A code or date: one line, full-width forms (U+FF01 to U+FF5E) as ASCII. */
struct bytes clean_code(struct arena *arena, struct bytes text);

/* Several of them: a line each. */
struct bytes clean_code_lines(struct arena *arena, struct bytes text);

/* Take the next line from *rest, cleaned; false when none is left.  Lines of nothing but blanks are passed over. */
bool clean_next_line(struct arena *arena, struct bytes *rest, struct bytes *line);
