/* verify_bundle: a bundle file checked against a policy, without a node; normlink verify for such files.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"
#include "node/cli/bundle_input.h"

/* Check the file, and say what it holds, on standard output; else why it does not hold (refusal.h).  Reads in to its
 * end; the caller closes it.  Gives the exit code. */
int verify_bundle(struct bytes policy, struct bundle_input *in, bool json);
