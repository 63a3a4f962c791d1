/* evidence: two checkpoints of one log that cannot both be true, in a file that anybody can check
 * (proto/PROTOCOL.md, clause 8.1).
 *
 * The smaller one states a root for its size; the hashes prove that as many first entries of the larger one's tree
 * have another.  That both are signed by the log is all that needs trust.
 * Thread: any; a hasher belongs to one.
 */
#pragma once

#include "crypto/note.h"
#include "crypto/policy.h"
#include "crypto/tree.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct evidence {
	char origin[NAME_MAX_BYTES + 1];
	struct bytes smaller, larger; /* the signed notes; borrow the file's bytes */
	uint64_t smaller_size, larger_size;
	struct hash smaller_root, larger_root;
	struct hash root;        /* of the larger tree's first smaller_size entries */
	struct tree_proof proof; /* from smaller_size to larger_size */
};

/* Does a file begin as one of these does? */
bool evidence_begins(struct bytes raw);

/* Append a file.  smaller and larger are whole signed notes, each by that key of the log (which may have changed
 * between them); of their signatures only that key's are taken over, so that every byte of the file is authenticated.
 */
void evidence_write(const struct vkey *smaller_key, const struct vkey *larger_key, struct bytes smaller,
                    struct bytes larger, const struct hash *root, const struct hash *hashes, size_t count,
                    struct buf *out);

/* Read one.  ERR_INVALID names the rule of clause 8.1, or that of the C2SP document that a part breaks; ERR_LIMIT.
 * Says nothing about signatures. */
CHECKED int evidence_parse(struct bytes raw, struct evidence *out, struct err *err);

/* Do they contradict each other, whoever has signed them?  ERR_UNTRUSTED with the reason. */
CHECKED int evidence_contradicts(struct hasher *h, const struct evidence *e, struct err *err);

/* Did this log sign both, and do they contradict each other?  ERR_UNTRUSTED with the reason. */
CHECKED int evidence_verify(struct hasher *h, const struct evidence *e, const struct vkey *log, struct err *err);

/* The same by a policy, whose log keys count and whose quorum does not; *log gets the key that signed the larger one,
 * which lives as long as the policy. */
CHECKED int evidence_judge(struct hasher *h, const struct evidence *e, const struct policy *policy,
                           const struct vkey **log, struct err *err);
