/* relay: distance between programs of one machine: what one says reaches the other a fixed time later.
 *
 * Knows: TCP on 127.0.0.1, a thread of its own.  Must not know: what passes.
 * Bytes and the end of each direction are late, in both directions alike; a connection is opened at once, and a broken
 * one is broken at once.  Who says more than the other takes is not read from meanwhile.
 * A connection that is one too many (64), or whose target does not answer, is ended at once.
 * Owner: whoever started it; one thread calls.  Out of memory aborts, and so does a thread that cannot be started.
 */
#pragma once

#include <stddef.h>

#include "node/base/err.h"

enum { RELAY_TARGETS_MAX = 16, RELAY_ADDRESS = 128 };

struct relay;

/* Let each target ("127.0.0.1:port", copied) be reached from afar, at addresses[i] (out; the system gives the port).
 * ERR_USAGE: no targets or too many; ERR_IO: as the system says.  On an error *out is NULL. */
CHECKED int relay_start(struct relay **out, const char *const targets[], char (*addresses)[RELAY_ADDRESS], size_t count,
                        unsigned delay_ms, struct err *err);
/* End all its connections and its thread, whatever is still under way; takes r, which may be NULL. */
void relay_stop(struct relay *r);
