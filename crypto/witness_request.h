/* witness_request: the body of a request to a witness, and of its answers.
 *
 *     old 20852014          the size of the head that the proof starts from
 *     PlRNCrwHpq...         the proof's hashes, one a line, at most 63
 *                           an empty line
 *     example.com/...       the checkpoint, a signed note
 *
 * C2SP tlog-witness (draft, commit 5ba5ee8), "add-checkpoint"; tlog-mirror takes the same.  Whether the note is a
 * checkpoint, whose, and what it proves is for others to say.
 * Thread: any.
 */
#pragma once

#include "crypto/note.h"
#include "crypto/tree.h"

struct witness_request {
	uint64_t old_size;
	struct tree_proof proof;
	struct bytes checkpoint; /* borrows the body */
};

/* ERR_INVALID or ERR_LIMIT, with the rule that was broken; NOTE_MAX bounds the checkpoint alone. */
CHECKED int witness_request_parse(struct bytes body, struct witness_request *out, struct err *err);
void witness_request_write(uint64_t old_size, const struct tree_proof *proof, struct bytes checkpoint, struct buf *out);

/* The body of a 409: the size that the witness has.  ERR_INVALID. */
CHECKED int witness_size_parse(struct bytes body, uint64_t *size, struct err *err);

/* The body of a 200, signature lines, by one key over text: the line that verifies is appended to out and its time goes
 * to *time_s.  Lines of other keys are passed over.  ERR_INVALID: not signature lines; ERR_LIMIT; ERR_NOT_FOUND: none
 * by this key; ERR_UNTRUSTED: one that does not verify. */
CHECKED int witness_lines_parse(struct bytes body, struct bytes text, const struct vkey *key, struct buf *out,
                                uint64_t *time_s, struct err *err);
