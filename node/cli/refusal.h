/* refusal: a file that does not verify, told to whoever asked.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/err.h"

/* Print the step that failed ("policy": the policy itself cannot be read) and why: an error line, and JSON on standard
 * output when json.  Gives the exit code: not verified, unless it is the system that failed. */
int refusal_tell(const char *step, const struct err *why, bool json);
