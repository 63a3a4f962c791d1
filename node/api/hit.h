/* hit: how one record that was found reads, whatever found it: words, a filter, a change, a peer.  Private to this
 * room.
 *
 * Knows: the facts of a record in short, and what an answer may say about how it was found.  Must not know: what was
 * asked for, nor in which order hits come.
 * The answer has what logs claim (answer_claims) and its snapshot is open.  Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/api/statement.h"
#include "node/core/query.h"

enum hit_proof {
	HIT_PROOF_NONE,
	HIT_PROOF_LINK, /* "proof": where it is */
	HIT_PROOF_FILE, /* besides, "proof_file": itself, a C2SP tlog-proof as text, whose extra data is the entry; null
	                   where it cannot be made, as of a log that forked or before the first head, and after
	                   ANSWER_PROOFS_MAX bytes of the answer */
};

/* The record was not found by its own words but by those of another, which it is linked with. */
struct hit_through {
	const char *origin; /* of the log that says so, and the number of its entry */
	uint64_t index;
	const char *subject;  /* of the record whose words were found: "GB/T 19001-2016" */
	const char *relation; /* what that one is to the hit: "adopts", "translation-of" */
	const char *degree;   /* of an adoption: "IDT"; NULL */
};

/* A way on which a hit came; several where more than one node gave it. */
struct hit_path {
	const char *node; /* the origin of the node that gave it; NULL: what is held here */
	uint64_t size;    /* of the record's log, as that node had it */
};

/* What an answer says of a hit besides its facts; zeroed: nothing. */
struct hit_more {
	enum hit_proof proof;
	bool cosigned;                     /* the proof is under the newest head that a quorum has cosigned */
	struct bytes proof_file;           /* when it is here already, as of a hit that a peer gave; empty: it is made */
	const struct hit_through *through; /* NULL: found by its own words */
	const struct hit_path *paths;
	size_t path_count; /* 0: nothing is said about them */
};

/* The parameters that hit_more_read knows, for answer_parameters_known:
 *     proofs=1         each hit with its proof
 *     head=cosigned    of the proofs: under the newest head that a quorum has cosigned */
#define HIT_PARAMETERS "proofs", "head"

/* Read them.  False: the answer is a problem. */
bool hit_more_read(struct answer *a, struct hit_more *more);

/* Into the open object: kind, subject, titles, status, date and ICS: what the payload alone decides, so that whoever
 * has verified one writes the same, and compares. */
void hit_facts(const struct statement *s, struct json *j);
/* The beginning of the line for a terminal, without its titles: subject, in a column of that width, gist and date. */
void hit_line(const struct statement *s, size_t width, struct buf *line);

/* Into the open object.  more: NULL is fine. */
void hit_json(struct answer *a, const struct statement *s, const struct hit_more *more, struct json *j);

/* Likewise of what was found, which is read only when it is not remembered how it reads.  False: that failed, and the
 * answer is a problem. */
bool hit_put(struct answer *a, struct found *found, const struct hit_more *more, struct json *j);

/* As lines for a terminal: no proof.  width is the first column's (hit_widest).  more: NULL is fine. */
void hit_text(struct answer *a, const struct statement *s, const struct hit_more *more, size_t width, struct buf *out);

/* The width of the first column: of the widest subject that does not push the rest too far to the right. */
size_t hit_widest(const struct found *v, size_t count);
