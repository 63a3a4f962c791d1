/* kept: whole answers by their ETag, for whoever asks the same again: the tag stands for all that an answer depends on
 * (etag.h), so that none of them can become old.  One is kept when it was asked for a second time.
 *
 * An answer of which more is counted than its status (counted.h) has no tag, and so is not kept.
 * Only what the loop answers is kept, where a question costs everybody time (desk.h).
 * Owner: one thread; no two share one.  At most KEPT_BYTES_MAX of them.
 * Private to this room but for the first two.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"

struct answer;
struct kept;

struct kept *kept_new(void);
/* NULL is fine. */
void kept_free(struct kept *k);

/* The answer has its tag: is it kept?  Then its fields and recalled are set, borrowed until the next kept_keep, and
 * nothing else need be made of it. */
bool kept_find(struct answer *a);

/* Keep what it is: header lines that do not depend on the connection, then the body.  Nothing happens to one that
 * kept_find was not asked for, or that is too large. */
void kept_keep(const struct answer *a, struct bytes fields, struct bytes body);
