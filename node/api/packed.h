/* packed: bundles as gzip.h has packed them, remembered: to pack one costs many times what to send it does.
 *
 * A full bundle is the same for ever, whatever is redacted or found out about its log.  Whether it is to be given is
 * the view's to say, each time: here is only how its bytes are packed.
 * Owner: one reader, for its life; no two threads share one.  At most PACKED_SLOTS of PACKED_BUNDLE_MAX bytes.
 */
#pragma once

#include "crypto/hash.h"
#include "node/base/buf.h"

struct packed;

struct packed *packed_new(void);
void packed_free(struct packed *packed);

/* Bundle n of the log whose name has that digest: append it; false: it is not remembered. */
bool packed_find(const struct packed *packed, const struct hash *log, uint64_t n, struct buf *out);

/* Remember it in the place of another; one that is too large is not. */
void packed_keep(struct packed *packed, const struct hash *log, uint64_t n, struct bytes bytes);
