/* addresses: DIR/addresses tells other programs where a running node listens, with the real port numbers:
 *
 *     peer: 127.0.0.1:40001
 *     http: 127.0.0.1:40002
 *
 * A line is left out when the node does not listen there.  Thread: any.
 */
#pragma once

#include "node/base/err.h"

/* Put the file in place as a whole.  Empty strings: not listening. */
CHECKED int addresses_write(const char *dir, const char *peer, const char *http, struct err *err);

/* Remove it, and the socket beside it. */
void addresses_remove(const char *dir);
