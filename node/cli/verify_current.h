/* verify_current: does a file about what is current hold (check_current.h)?  The answer is printed.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"

/* Gives the exit code: 0 when it is shown that the entry is the newest on its subject, or that there is none. */
int verify_current(struct bytes policy, struct bytes file, bool json);
