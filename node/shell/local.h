/* local: what only the local socket can ask: POST /local/v1/records, redactions, peers, outside, verdicts, handover,
 * resume, keys, submitters, feedback, index (shell.h).
 *
 * Thread: the loop's.
 */
#pragma once

#include <stdbool.h>

#include "node/shell/exchange.h"

/* Answer the request, now or later, if it is for one of those; false: it is not. */
bool local_take(struct exchange *x);

/* The line "KEY VALUE" at the front of *rest, taken off it; false: it is another, or its value does not fit. */
bool local_line(struct bytes *rest, const char *key, char *value, size_t size);
