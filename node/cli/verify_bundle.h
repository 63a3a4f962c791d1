/* verify_bundle: a bundle file checked against a policy, without a node; normlink verify for such files.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

/* Check the file (- for standard input) against the policy in another, and say what it holds, on standard output; why
 * it does not hold, as an error line.  Gives the exit code. */
int verify_bundle(const char *policy_file, const char *path, bool json);
