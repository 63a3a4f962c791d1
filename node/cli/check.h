/* check: does a proof file prove what it says, under a policy?  No I/O, no clock: the bytes decide.
 *
 * In this order, and a failure names its step:
 *
 *     policy     the policy can be read (tlog-policy)
 *     proof      the file can be read (tlog-proof)
 *     content    its extra line holds an envelope and a payload (clause 1.4)
 *     envelope   the envelope can be read (clause 1.1)
 *     signature  the head is signed by a log of the policy, and cosigned as its quorum asks
 *     inclusion  the envelope is that log's entry at the index
 *     payload    the payload is the one that the envelope names
 *     record     the payload holds a valid record
 *
 * A file without a payload proves the entry alone: the last two steps have nothing to look at.
 *
 * Thread: any.
 */
#pragma once

#include "crypto/policy.h"
#include "crypto/proof.h"
#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/author.h"
#include "proto/entry.h"
#include "proto/record.h"

struct check {
	const char *step; /* the one that failed, or the last */
	struct policy *policy;
	struct proof proof;
	bool parsed; /* proof is to be freed */
	struct policy_verdict verdict;
	bool log_alone;       /* the policy's quorum is not asked for */
	struct bytes entry;   /* the envelope's bytes; in the arena, as the next */
	struct bytes payload; /* empty: there is none */
	struct envelope envelope;
	enum payload_state state;       /* of the payload; the file's word when there is none */
	const Normlink__Record *record; /* in the arena; NULL: there is no payload */
	size_t signatures;              /* on the head, all of them */
	struct bytes record_bytes;      /* what authors have signed (clause 1.3); in the arena, as they are */
	struct author_line *authors;    /* beside the log's operator; whether they hold is not looked at */
	size_t author_count;
	struct arena arena;
};

/* OK: proved; everything in *c is set.  Else why not, and c->step.  Borrows both until check_close, which is called in
 * either case. */
CHECKED int check_proof(struct check *c, struct bytes policy, struct bytes proof, struct err *err);
/* The same, but for the witnesses: of what speaks against a log its own signature is enough. */
CHECKED int check_signed(struct check *c, struct bytes policy, struct bytes proof, struct err *err);
void check_close(struct check *c);

/* Has this author signed the record with this key (SubjectPublicKeyInfo)? */
bool check_author(const struct author_line *author, struct bytes record, struct bytes spki);
