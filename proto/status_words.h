/* status_words: what the words and stage codes of standards bodies mean in the one lifecycle, enum Status
 * (proto/README.md, clause 2.4).
 *
 * The rows are data with their sources, in status_words.tsv.  A scheme is a body's own vocabulary: "iso", "iec", "jis",
 * "gb", "en", "astm", "ieee", "itu", or "relaton" for what that model says of any body.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct status_word_row {
	const char *word;    /* a word, a code XX.YY, or XX.* for the codes of that stage without a row of their own */
	const char *status;  /* a word of status_word() */
	const char *certain; /* "yes": the source says so; "no": it is this project's reading */
	const char *note;    /* what the body means by it */
	const char *scheme;
	const char *source; /* the document or page */
};

/* The whole table, scheme by scheme. */
const struct status_word_row *status_word_rows(size_t *count);

/* The row of a body's word; letters a-z in any case.  NULL: there is none, and nothing is known of its meaning. */
const struct status_word_row *status_word_find(const char *scheme, const char *word);

/* The value of enum Status that the row names; 0 when there is no row. */
int status_of_body_word(const char *scheme, const char *word);

/* Is there a row of that scheme? */
bool status_scheme_known(const char *scheme);
