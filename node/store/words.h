/* words: docs that have words, each with how well it fits (rank.h): from kept postings where these suffice (grouped.h),
 * else from the full-text index.
 *
 * SQL calls seen(doc), which tells whether it is one that is looked for before anything is counted in it: so a hit that
 * is not costs little.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/match.h"
#include "node/store/row.h"
#include "node/store/rows.h"

/* Make it known to the handle's connection. */
CHECKED int words_register(struct store *s, struct err *err);

/* Add what is found of what the reader may see, and fits (NULL: all does).  Each doc once. */
CHECKED int words_find(struct finding *f, const struct match *m, const struct row_test *test, struct docs *out);

/* Is the doc of that row one of them, if it has the words? */
bool words_seen(const struct finding *f, const struct row_test *test, int64_t doc, const struct row *row);
