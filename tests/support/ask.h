/* ask: a small blocking HTTP/1.1 client for tests and benchmarks; one connection, one request after another.
 *
 * Knows answers with Content-Length only.  Every call has the deadline given to ask_open.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct ask {
	int fd;
	struct buf in;
};

/* Connect to host:port (IPv4 or a path to a unix socket when it has a '/'). */
CHECKED int ask_open(struct ask *a, const char *address, int timeout_ms, struct err *err);
void ask_close(struct ask *a);

/* Send a request, and have no answer yet: of several nodes, one after another, before all of theirs. */
CHECKED int ask_put(struct ask *a, const char *method, const char *target, const char *accept, struct bytes body,
                    struct err *err);
/* The answer to what was put. */
CHECKED int ask_get(struct ask *a, int *status, struct buf *answer, struct err *err);

/* Both: send a request; *status and the body of the answer (body is reset first).  accept may be NULL. */
CHECKED int ask_send(struct ask *a, const char *method, const char *target, const char *accept, struct bytes body,
                     int *status, struct buf *answer, struct err *err);
