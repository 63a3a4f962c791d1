/* redact: which entries of our log a request to redact is about, and the statements that take them away.
 *
 * Knows: the query of POST /local/v1/redactions (shell.h), what the view holds.  Must not know: the core, the loop.
 * Thread: the one that has the store handle.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/err.h"
#include "node/shell/screen.h"
#include "node/store/store.h"

/* out->payloads are the statements to append, out->refusals a line for each entry.  ERR_INVALID: the query, or a log
 * statement is meant; ERR_NOT_FOUND, ERR_EXISTS (it is redacted already), ERR_LIMIT, or what the store said.  *out is
 * to be freed in any case. */
CHECKED int redact_screen(struct store *store, const char *origin, const struct http_request *request,
                          struct screen *out, struct err *err);
