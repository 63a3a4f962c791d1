/* current: files that show what a log's newest statement on a subject is, or that there is none (proto/PROTOCOL.md,
 * clause 10): the key's way through a Merkle map, a proof of the statement that has the map's root, and one of the
 * entry that the map names.
 *
 * Reading checks the form alone; who believes what stands in it checks the proofs under a policy, and what the two
 * entries say.
 *
 * Thread: any.
 */
#pragma once

#include "crypto/map.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct current {
	uint32_t kind;
	struct bytes subject;   /* what is asked about; these borrow the file's bytes */
	struct map_proof map;   /* its key's way */
	struct bytes statement; /* a tlog-proof of the statement that has the root */
	struct bytes entry;     /* a tlog-proof of the newest entry; empty: there is none */
};

/* Do the bytes begin as such a file? */
bool current_begins(struct bytes raw);

void current_write(const struct current *c, struct buf *out);

/* Read one; what is read would be written as the same bytes.  ERR_INVALID names the rule; ERR_LIMIT: more than
 * PROOF_FILE_MAX bytes. */
CHECKED int current_parse(struct bytes raw, struct current *out, struct err *err);

/* Does the way lead from this root to what the file says: to the entry at map.value, or to nothing?  ERR_UNTRUSTED:
 * neither; ERR_INVALID: an entry comes with a way that shows that there is none, or the other way round. */
CHECKED int current_check(struct hasher *h, const struct current *c, const struct hash *root, struct err *err);
