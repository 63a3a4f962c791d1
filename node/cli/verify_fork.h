/* verify_fork: does an evidence file (proto/PROTOCOL.md, clause 8.1) hold, under a policy?  The bytes decide; the
 * answer is printed.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"

/* Gives the exit code: 0 when a log of the policy signed both heads and they contradict each other. */
int verify_fork(struct bytes policy, struct bytes file, bool json);
