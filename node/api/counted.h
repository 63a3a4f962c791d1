/* counted: what of an answer is counted for the metrics beside its status: verbs and errors of OAI-PMH, diagnostics of
 * SRU, what authors and the public sent.  Never what a stranger wrote.  Private to this room but for api_count (api.h).
 * Thread: any.
 */
#pragma once

#include "node/api/answer.h"

/* The answer has this error of OAI-PMH; NULL: none.  verb: as oai.h numbers them. */
void counted_oai(const struct answer *a, int verb, const char *code);
/* The answer has this diagnostic of SRU. */
void counted_sru(const struct answer *a, int code);

/* The lines of all of them. */
void counted_put(struct buf *out, const struct api_counters *counters);
