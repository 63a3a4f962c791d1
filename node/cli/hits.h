/* hits: an answer of a search (/api/v1/search?proofs=1), checked hit by hit.  No I/O, no clock: the bytes decide.
 *
 * The node that gave the answer is not believed.  A hit is verified when its proof holds under the policy (check.h), is
 * of the very log and entry that the answer names, and what the answer shows of the record (node/api/hit.h: hit_facts)
 * is what the proved payload says; and when the answer's as-of does not contradict the signed head.  What is printed of
 * a verified hit is read from its payload.  What no proof decides stays the node's word: that these are all, and that
 * nothing newer was said.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct hits {
	size_t verified, failed;
	uint64_t total; /* matches in all, as the node says */
};

/* Append what to print, as JSON or text.  OK whatever the hits are.  ERR_PROTOCOL: not an answer of a search;
 * ERR_INVALID: the policy cannot be read. */
CHECKED int hits_check(struct bytes policy, struct bytes answer, bool json, struct hits *out, struct buf *print,
                       struct err *err);
