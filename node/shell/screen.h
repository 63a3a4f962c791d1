/* screen: what of a batch of records is new, and ready to be appended.
 *
 * Knows: the body of POST /local/v1/records (shell.h), records, what the origin says already.  Must not know: HTTP,
 * the core, the loop.
 * Thread: one at a time; screen_run on the thread that has the store handle.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/store/store.h"

struct screen {
	struct bytes *payloads; /* to append, in order; borrow packed */
	size_t count;
	uint64_t added, revised, unchanged, refused;
	struct buf refusals; /* lines: "refusal <number> <reason>"; of a redaction "entry <index> <subject>" */
	bool dry;            /* a redaction that is only to be shown */
	struct buf packed;
};

/* Screen a batch for an origin; log statements are for the public collection alone, and what
 * says who a person is, for others alone.  A record that breaks a rule is
 * refused alone; ERR_INVALID: the body itself is not of its form; ERR_LIMIT: more than SUBMIT_ENTRIES_MAX; or what the
 * store said.  *out is to be freed in any case. */
CHECKED int screen_run(struct store *store, const char *origin, bool public, struct bytes body, struct screen *out,
                       struct err *err);
void screen_free(struct screen *s);
