/* words: docs that the full-text index finds, each with how well it fits (rank.h).
 *
 * SQL calls seen(doc), which tells whether it is one that is looked for before anything is counted in it: so a hit that
 * is not costs little.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/row.h"

/* Make it known to the handle's connection. */
CHECKED int words_register(struct store *s, struct err *err);

/* Add what an expression of FTS5 finds of what the reader may see, and fits (NULL: all does).  Each doc once. */
CHECKED int words_find(struct finding *f, struct bytes expression, const struct row_test *test, struct docs *out);
