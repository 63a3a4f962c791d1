/* listing: every current record of one kind in one log, asked for part by part.
 *
 * The log may grow meanwhile: a record that is revised then may come twice, the newer one later; none is missed.
 * Thread: the owner's of the client.
 */
#pragma once

#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/cli/client.h"

struct listing {
	const char *origin;     /* NULL: the node's own */
	const char *kind;       /* its word */
	const char *collection; /* NULL: the public records */
};

/* One record as a line of JSON (clause 3), without its line feed; borrowed.  A code other than OK ends the walk. */
typedef int (*listing_cb)(void *arg, struct bytes line, struct err *err);

/* ERR_NOT_FOUND: no such log there, or the node's own has no entry yet; or what client_get or the callback said. */
CHECKED int listing_walk(struct client *client, const struct listing *what, listing_cb line_cb, void *arg,
                         struct err *err);
