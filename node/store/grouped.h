/* grouped: docs that have a term of each group, found in kept postings (postings.h): what words_find gives, in about
 * a quarter of the time.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/groups.h"
#include "node/store/row.h"

/* Add what is found, as words_find does.  *done: false: some list is not kept, and nothing was added. */
CHECKED int grouped_find(struct finding *f, const struct groups *g, const struct row_test *test, struct docs *out,
                         bool *done);
