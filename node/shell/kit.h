/* kit: what a thread answers questions with: a reading store handle, and what it remembers from one to the next.
 *
 * Owner: one thread; no two share one.
 */
#pragma once

#include <stdbool.h>

#include "node/base/err.h"

struct kit {
	struct store *store;
	struct packed *packed; /* packed.h, */
	struct memo *written;  /* written.h, */
	struct kept *kept;     /* kept.h; NULL: nothing is */
	struct heads *heads;   /* heads.h, */
	struct hasher *hasher;
};

/* Of the store in dir.  Fills *out, which kit_close empties, also after an error. */
CHECKED int kit_open(const char *dir, bool keeps, struct kit *out, struct err *err);
void kit_close(struct kit *k);
