/* authors: who has signed a record beside the log's operator (proto/README.md, clause 1.3), and whether it holds by the
 * key that the same log had registered for that name when it took the record in (clause 2.15).  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/query.h"
#include "proto/record.h"

/* "authors": [...] of the open object; nothing when nobody has signed it, or it is not here.  record: of that entry. */
void authors_json(struct answer *a, const struct found *f, const Normlink__Record *record, struct json *j);
/* The same as lines for a terminal. */
void authors_text(struct answer *a, const struct found *f, const Normlink__Record *record);
