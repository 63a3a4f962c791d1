/* row: conditions that the row of a doc alone decides: status, kind, origin, ICS codes, date; so that what other
 * clauses find is checked one by one instead of being joined with all that has such a status. Thread: any.
 */
#pragma once

#include "node/store/clause.h"

struct row_test {
	enum { ROW_IS, ROW_AND, ROW_OR, ROW_NOT, ROW_ALWAYS } op; /* NOT: the left one does not hold */
	const struct row_test *left, *right;
	enum record_field field;
	int64_t code;          /* status, kind, slot (0: of none) */
	struct bytes ics;      /* this code, */
	bool below;            /* and those below it */
	uint32_t low, high;    /* that is, by number: from low (included) to high (not included) */
	const char *from, *to; /* likewise dates */
};

/* What of a doc it may look at. */
struct doc_row {
	int64_t doc, status, kind;
	struct bytes ics;      /* codes, blanks between; or, not NULL, */
	const uint32_t *codes; /* their numbers */
	size_t code_count;
	struct bytes date; /* empty: none */
};

/* An ICS code as a number, in the order of codes, what is below one right behind it; 0: it is none. */
uint32_t row_code(struct bytes code);

/* The condition as a test, in the arena of f; NULL: a row does not decide it, or it cannot be read. */
const struct row_test *row_test_of(struct finding *f, const struct condition *c);
/* Both; either may be NULL. */
const struct row_test *row_test_and(struct finding *f, const struct row_test *a, const struct row_test *b);
const struct row_test *row_test_not(struct finding *f, const struct row_test *a);

/* NULL: it does. */
bool row_fits(const struct row_test *t, const struct doc_row *row);

/* Leave of the docs what can be seen and fits. */
CHECKED int row_filter(struct finding *f, const struct row_test *t, struct docs *docs);
