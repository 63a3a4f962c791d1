/* filter: the conditions of a query other than its words, as what rows hold.
 * Thread: any.
 */
#pragma once

#include "node/core/query.h"
#include "node/store/entries.h"

struct filter {
	int64_t status, kind, slot; /* 0: any */
	const char *ics;            /* NULL: any; borrowed from the query */
	size_t ics_len;
	bool public;  /* what is hidden is not there */
	bool nothing; /* asks for an origin that is not here */
};

/* ERR_USAGE: a word or code that there is not. */
CHECKED int filter_read(const struct query *query, const struct origin_row *origins, size_t count, struct filter *out,
                        struct err *err);

/* Is one of these codes, with blanks between, the filter's or below it? */
bool filter_ics(struct bytes codes, const struct filter *f);
