/* proof: C2SP tlog-proof files: what is needed to check one entry offline.
 *
 * Thread: any.
 */
#pragma once

#include "crypto/note.h"
#include "crypto/policy.h"
#include "crypto/tree.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct proof {
	struct buf extra; /* decoded; empty when there is none */
	uint64_t index;
	struct tree_proof path;
	struct bytes checkpoint; /* the whole signed note; borrows the file's bytes */
};

/* Write a file; extra may be empty. */
void proof_write(struct bytes extra, uint64_t index, const struct tree_proof *path, struct bytes checkpoint,
                 struct buf *out);

/* Read one.  ERR_INVALID names the rule of tlog-proof; ERR_LIMIT. On OK free with proof_free. */
CHECKED int proof_parse(struct bytes raw, struct proof *out, struct err *err);
void proof_free(struct proof *p);

/* Is entry (the leaf's bytes) at p->index of the tree of that size and root?  ERR_UNTRUSTED. */
CHECKED int proof_includes(struct hasher *h, const struct proof *p, struct bytes entry, uint64_t size,
                           const struct hash *root, struct err *err);

/* Check entry (the leaf's bytes) against the proof and the policy: the checkpoint is signed by one
 * of the policy's logs whose name is its origin, cosigned as the quorum asks, and contains the
 * entry at p->index.  *verdict says by whom.  ERR_UNTRUSTED or ERR_INVALID with the reason. */
CHECKED int proof_verify(struct hasher *h, const struct proof *p, struct bytes entry, const struct policy *policy,
                         struct policy_verdict *verdict, struct err *err);
