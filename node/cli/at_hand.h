/* at_hand: the first entries of one log, from a bundle file or from a node's folder, for whoever recounts them
 * (proto/recount.h).
 *
 * Nothing is trusted: that the entries are the log's, the recount shows.
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>

#include "node/base/err.h"
#include "proto/recount.h"

/* Give r the first size entries of origin.  path: a bundle file ("-": standard input), read to its end, or a node's
 * folder, whether or not the node runs.  quiet: how far it has come is not told.  ERR_NOT_FOUND: no such file, or the
 * log is not in it; ERR_NOT_READY: not all of these entries are; ERR_INVALID, ERR_UNTRUSTED, ERR_CORRUPT: what is read
 * is damaged; ERR_IO. */
CHECKED int at_hand_read(const char *path, const char *origin, uint64_t size, bool quiet, struct recount *r,
                         struct err *err);
