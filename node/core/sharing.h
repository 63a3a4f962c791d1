/* sharing: which node may receive which payloads of a log (proto/README.md, clause 2.9).
 *
 * Of a log its newest sharing statement on each collection counts; of more than SHARING_COLLECTIONS_MAX collections
 * those whose statements stand furthest back in the log are shared with nobody.  Whoever serves an entry decides by
 * this, the origin itself and third nodes alike. Thread: any; each struct its owner's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/bytes.h"
#include "node/base/limits.h"

/* One statement.  Of the names only digests are kept: an origin may list many long ones. */
struct share {
	char collection[CODE_MAX + 1];
	uint64_t index;
	size_t count;
	struct hash *origins;
};

struct sharing {
	struct share *v[SHARING_COLLECTIONS_MAX];
	size_t count;
};

void sharing_close(struct sharing *s);

/* An entry of the log holds this payload.  True: it is a sharing statement, and says something new. */
bool sharing_take(struct sharing *s, struct hasher *h, uint64_t index, struct bytes payload);

/* May the node that publishes reader receive what is in this collection of author's log?  author itself always. */
bool sharing_allows(const struct sharing *s, struct hasher *h, struct bytes collection, const char *author,
                    const char *reader);

/* The next collection that is shared with reader (NULL: that was ever spoken of), from *at on, which moves on; NULL: no
 * more. */
const char *sharing_next(const struct sharing *s, struct hasher *h, const char *reader, size_t *at);
