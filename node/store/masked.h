/* masked: what a clause on words finds whose pattern says more than its text (condition.h of the core), and the words
 * of the index in order.
 *
 * The index is asked for docs that have all the words, masked ones spelt out from its vocabulary; where places matter,
 * each is then read and checked (pattern.h).
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* Add what it finds, with scores.  ERR_USAGE: the pattern is none; ERR_LIMIT: its masks stand for more than
 * PATTERN_TERMS_MAX words; others as clause_find. */
CHECKED int masked_find(struct finding *f, const struct condition *clause, struct docs *out);

/* Words of current records in the column of the field (NULL: in any) around a text, as query.h says of values: a word
 * that only hidden records have is none where the public asks. */
CHECKED int masked_around(struct finding *f, const char *column, const char *text, size_t before, size_t after,
                          struct arena *arena, struct value_list *out);
