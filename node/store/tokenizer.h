/* tokenizer: gives SQLite's full-text index the terms of proto/fold.h.
 *
 * Text that is stored is folded.  Text of a query was folded by match.h already: each quoted string of a MATCH
 * expression is one term, taken as it stands.
 * Thread: any.
 */
#pragma once

#include <sqlite3.h>

#include "node/base/err.h"

/* As the schema's tokenize= names it. */
#define TOKENIZER_NAME "normlink"

/* Make it known to a connection, and the ranking function of rank.h with it.  ERR_UNSUPPORTED: SQLite without FTS5. */
CHECKED int tokenizer_register(sqlite3 *conn, struct err *err);
