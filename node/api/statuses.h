/* statuses: the table of status words (proto/status_words.h) as an answer, for the network and for the command line.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"

/* Append the rows of a scheme (NULL: of all), as one JSON object or as text for a terminal.  False: there is no such
 * scheme, and nothing was appended. */
bool statuses_put(const char *scheme, bool json, struct buf *out);
