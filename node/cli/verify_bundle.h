/* verify_bundle: a bundle file checked against a policy, without a node; normlink verify for such files.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

/* Check it and say what it holds, on standard output.  Gives the exit code. */
int verify_bundle(const char *policy_file, const char *path, bool json);
