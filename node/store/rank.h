/* rank: how well a full-text hit fits, as a function that SQL calls: closeness(words, title_bytes); NULL of NULL.
 *
 * All terms occur in every hit, so that how rare a term is would hardly tell hits apart, and counting it would visit
 * every doc of every term.  What counts is where a term stands (reference, title, abstract), how often, and how long
 * the titles are.  Whole numbers, so that every node ranks alike.
 *
 * Where a term stands in a doc also fits into one number, which SQL's occurrences(words) gives for an expression of
 * one term, and from which the same rank follows without asking the index again.
 * Thread: any.
 */
#pragma once

#include <sqlite3.h>
#include <stdint.h>

#include "node/base/err.h"

/* Make them known to a connection whose FTS5 is api. */
CHECKED int rank_register(fts5_api *api, struct err *err);

/* How often a term stands in each column, as bits of one number; in none more often than these can count, or
 * occurrences() gives NULL. */
#define RANK_REFERENCE 0x0000003fu
#define RANK_TITLE 0x0000ffc0u
#define RANK_ABSTRACT 0xffff0000u
#define RANK_ANYWHERE 0xffffffffu

/* What one term adds to the rank of a doc that has these occurrences and titles of so many bytes; smaller is better, 0:
 * it does not occur. */
int64_t rank_of_term(uint32_t occurrences, int64_t title_bytes);
