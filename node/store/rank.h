/* rank: how well a full-text hit fits, as a function that SQL calls: closeness(words, title_bytes); NULL of NULL.
 *
 * All terms occur in every hit, so that how rare a term is would hardly tell hits apart, and counting it would visit
 * every doc of every term.  What counts is where a term stands (reference, title, abstract), how often, and how long
 * the titles are.  Whole numbers, so that every node ranks alike.
 * Thread: any.
 */
#pragma once

#include <sqlite3.h>

#include "node/base/err.h"

/* Make it known to a connection whose FTS5 is api. */
CHECKED int rank_register(fts5_api *api, struct err *err);
