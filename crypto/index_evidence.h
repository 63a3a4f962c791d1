/* index_evidence: an index root that is not what its log's entries give, in a file that anybody with the log can check
 * (proto/PROTOCOL.md, clause 8.2).
 *
 * The proof shows that the log made the claim; whether the claim is false only the log's entries say.  So the file says
 * what its maker computed from them, for a reader to look at, and nobody has signed that: whoever has the log computes
 * it himself.
 *
 * Knows: the form.  Must not know: what is in the entry, whose signature counts.
 * Thread: any.
 */
#pragma once

#include "crypto/hash.h"
#include "crypto/tree.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct index_evidence {
	char origin[NAME_MAX_BYTES + 1];
	uint64_t keys;      /* what was computed: of so many keys */
	struct hash root;   /* this root */
	struct bytes proof; /* a tlog-proof of the entry that says something else; borrows the file's bytes */
};

/* Does a file begin as one of these does? */
bool index_evidence_begins(struct bytes raw);

/* Append a file.  extra holds the entry with its payload (clause 1.4), head is a whole signed note, of whose signatures
 * only the log's own are taken over, so that every byte but those of what was computed is authenticated.  ERR_INVALID:
 * head is no checkpoint. */
CHECKED int index_evidence_write(uint64_t keys, const struct hash *root, struct bytes extra, uint64_t index,
                                 const struct tree_proof *path, struct bytes head, struct buf *out, struct err *err);

/* Read one; what is read would be written as the same bytes.  ERR_INVALID names the rule of clause 8.2, or that of the
 * C2SP document that a part breaks; ERR_LIMIT: more than PROOF_FILE_MAX bytes.  Says nothing about signatures. */
CHECKED int index_evidence_parse(struct bytes raw, struct index_evidence *out, struct err *err);
