/* tokenizer: gives SQLite's full-text index the terms of proto/fold.h.
 *
 * Text that is stored is folded.  Text of a query was folded by match.h already: each quoted string of a MATCH
 * expression is one term, taken as it stands.
 * Thread: any.
 */
#pragma once

#include "node/base/err.h"
#include "node/store/db.h"

/* Make the tokenizer known to a connection by the name that the schema uses ("normlink"). */
CHECKED int tokenizer_register(struct db *db, struct err *err);
