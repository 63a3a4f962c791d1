/* verify_root: does a file about a false index root (proto/PROTOCOL.md, clause 8.2) hold (check_root.h)?  The answer is
 * printed.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"

/* log: where the log's entries are (at_hand.h); NULL: not at hand, and then only what the log has signed is shown.
 * Gives the exit code: 0 when a log of the policy has stated the root, and, with log, it is false. */
int verify_root(struct bytes policy, struct bytes file, const char *log, bool json);
