/* question_words: what a person types as words, as clauses: phrases, prefixes, fields.  For question.c alone.
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/err.h"
#include "node/core/condition.h"

/* Clauses for the words, joined by AND, in the arena.  ERR_USAGE: nothing to search for, more than QUERY_MAX bytes or
 * QUERY_TERMS_MAX words. */
CHECKED int question_words(const char *text, struct arena *arena, const struct condition **out, struct err *err);
