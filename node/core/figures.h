/* figures: what is counted over the records of a view (proto/STATISTICS.md says what each means, so that anybody can
 * count again).
 *
 * Every figure is a row of two whole numbers: nothing is rounded before it is shown, and nothing in it depends on the
 * node that counts.
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* In the order in which they are given. */
enum figure {
	FIGURE_AUTHORITY,
	FIGURE_LEVEL,
	FIGURE_STATUS,
	FIGURE_OBLIGATION,
	FIGURE_ICS,
	FIGURE_YEAR,
	FIGURE_MARKET,
	FIGURE_ADOPTION,
	FIGURE_DEGREE,
	FIGURE_DEVELOPMENT,
	FIGURE_AGE,
	FIGURE_TRANSLATION,
	FIGURE_STANDING,
	FIGURE_FEEDBACK,
	FIGURE_CLOSING,
	FIGURE_OVERDUE,
	FIGURES
};

/* What is counted. */
struct figure_question {
	const char *origin;   /* what this log says, whoever speaks for it; NULL: all logs, less what is third-party */
	const char *opinions; /* what this log says about others counts as our own log's does (authority.h); NULL: no log */
	int64_t day;          /* YYYYMMDD */
};

struct figure_row {
	enum figure figure;
	const char *key; /* "national", "03", "2015"; "" where a figure has one row */
	uint64_t numerator, denominator;
};

struct figure_list {
	struct figure_row *v;
	size_t count;
};
