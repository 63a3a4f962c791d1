/* plan: what a tree of clauses finds, in the cheapest way known.
 *
 * Words that AND, OR and NOT join are one question to the full-text index.  What a row decides (row.h) is checked on
 * what the other clauses find, and only where there is nothing else is it looked for by itself.  The rest is a set of
 * docs for each clause, joined.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/row.h"

/* Add what it finds.  Errors as query.h says of select. */
CHECKED int plan_find(struct finding *f, const struct condition *tree, struct docs *out);

/* The same tree in two: what asks for words, and all else that AND joins with it; either may be NULL. */
void plan_split(struct finding *f, const struct condition *tree, const struct condition **words,
                const struct condition **rest);
