/* piece: what several answers hold: times, envelopes, heads, proofs.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/query.h"
#include "proto/entry.h"

/* "key": "2026-03-01T09:30:00Z", null for 0. */
void piece_time(struct answer *a, struct json *j, const char *key, uint64_t wall_ms);

/* "envelope": {...}; null when its payload_size is 0: there is none. */
void piece_envelope(struct answer *a, const struct envelope *e, struct json *j);

/* "head": {...} with its cosigners, at the answer's snapshot. */
void piece_head(struct answer *a, const char *origin, struct json *j);
/* The same as lines for a terminal; says when the head does not reach the entry yet. */
void piece_head_text(struct answer *a, const char *origin, uint64_t index);

/* Append a proof file of this entry; as below. */
CHECKED int piece_proof_file(struct answer *a, const struct found *chosen, bool cosigned, struct buf *out,
                             struct err *err);
/* A name for who saves it: letters, digits and '-' only. */
const char *piece_proof_name(struct arena *arena, const char *subject);
/* Make the answer a proof file of this entry; name is for who saves it.  Of a payload that is withheld or redacted the
 * file has the envelope alone.  cosigned: in the newest head that a quorum has cosigned. */
void piece_proof(struct answer *a, const char *name, const struct found *chosen, bool cosigned);

/* ?head=signed or cosigned, for piece_proof.  False: the answer is a problem. */
bool piece_proof_head(struct answer *a, bool *cosigned);
