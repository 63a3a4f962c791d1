/* outside_line: one more line of DIR/outside, through the node that runs, or into the file when none does.
 *
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

/* *known: it was there already, and nothing was done. */
CHECKED int outside_line_add(const char *dir, struct bytes line, bool *known, struct err *err);
