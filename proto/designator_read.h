/* designator_read: what the families of references share: a place in the text, and the parts found so far.
 *
 * The text is one that designator.c has folded: blanks single and none around - : /, dashes '-', ASCII letters
 * upper case.  A reader of a family takes what it knows from the front and says whether that was well formed; the
 * text is of its family only when nothing is left.
 * Thread: any.  Inside proto/ only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/limits.h"

struct scan {
	const char *at;    /* the next character; NUL at the end */
	const char *upper; /* the whole text, as scanned */
	const char *plain; /* the same text before letters were raised: byte for byte parallel */
};

struct parts {
	char prefix[32];
	char number_sign; /* between the two: NUL means a blank */
	char number[64];
	int year;
	char year_sign;             /* '-' or ':' before the year */
	char year_mark[2];          /* "R" after it, or nothing */
	char tail[SUBJECT_MAX + 1]; /* supplements and the like in canonical form: "/Amd 1:2024" */
	bool supplement;
};

/* Readers of families: true when the text begins like a reference of the family. */
bool designator_iso_read(struct scan *s, struct parts *out);
bool designator_jis_read(struct scan *s, struct parts *out);
bool designator_gb_read(struct scan *s, struct parts *out);

/* ---- what they are made of ---- */

/* Take the word (letters as written) when it stands here and no letter follows it. */
bool scan_word(struct scan *s, const char *word);
bool scan_char(struct scan *s, char c);
/* Letters and digits from here, not taken. */
size_t scan_letters(const struct scan *s);
size_t scan_digits(const struct scan *s);
size_t scan_alnum(const struct scan *s);

/* Append to a field of parts; false when it would not fit. */
bool parts_add(char *field, size_t size, const char *text, size_t len);

/* The year that stands in these four (or, with short_years, two) digits; 0 when they are none. */
int scan_year(const char *digits, size_t count, bool short_years);

/* Take the parts after a number: "-1", "-1-2", "-A01", and the year behind '-' or ':' with its month.  True also when
 * there is nothing to take. */
bool scan_parts_and_year(struct scan *s, struct parts *out, bool short_years);

/* Would the number's last part be read as a year when nothing stands behind it?  Then the reference is not ours to tell
 * apart: undated it would be another one. */
bool parts_end_like_year(const struct parts *p, bool short_years);

/* Take "/Amd 1:2024", "/CD Cor 2", again and again. */
bool scan_supplements(struct scan *s, struct parts *out);
