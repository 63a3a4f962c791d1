/* heads: the digest of what logs look like when an answer is made, remembered, for they are the same for many answers.
 *
 * Owner: one thread; no two share one.
 */
#pragma once

#include "crypto/hash.h"
#include "node/core/query.h"

struct heads;

struct heads *heads_new(void);
/* NULL is fine. */
void heads_free(struct heads *known);

/* Of their sizes, roots, signed heads, and of what was made of forks and found out about index roots.  known NULL:
 * nothing is remembered. */
struct hash heads_digest(struct heads *known, struct hasher *hasher, const struct as_of *logs, size_t count);
