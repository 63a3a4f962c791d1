/* authority: which origin may speak for a reference or a body (proto/README.md, clause 2.12).  A pure decision.
 *
 * A log says in an authority statement on its own origin what it claims to speak for: prefixes of references, and
 * codes of bodies.  What a log says about another origin is its operator's opinion, and counts for the answers of the
 * node that publishes that log alone.  Only current statements of the public collection are asked for.
 *
 *     our log says something about origin O ──> that stands in the place of all that O claims (nothing listed: O
 *                                               speaks for nothing), and comes before what others claim
 *     our log says nothing about O          ──> what O claims
 *
 * A claim covers a text when it is the beginning of it and no letter or digit follows: "GB" covers "GB 3095-2012" and
 * "GB/T 19001-2016", not "GBZ 1-2010".  Letters of ASCII count alike, large and small.
 *
 * The longest claim that covers a text wins, so GB/T before GB; made by two origins it is contested, and nobody speaks
 * until our own log says who.  A claim that reaches beyond the code of a reference, into its number ("GB/T 19001"),
 * takes nothing from whoever claims the code: then, too, it is contested.  The code ends before the first blank that a
 * digit follows, without one before the last blank.
 *
 * Knows: statements as they were read.  Must not know: where from.  Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One authority statement.  All is borrowed from whoever read it. */
struct claim {
	const char *said_by; /* the origin of the log that it stands in */
	uint64_t index;      /* in that log */
	const char *about;   /* the origin that it is about */
	bool ours;           /* it stands in our own log */
	const char *const *prefixes;
	size_t prefix_count;
	const char *const *bodies;
	size_t body_count;
};

/* By said_by and index. */
struct claims {
	const struct claim *v;
	size_t count;
};

/* In the order in which answers put them. */
enum authority {
	AUTHORITY_OWN,         /* the origin speaks for it */
	AUTHORITY_UNCLAIMED,   /* nobody claims it */
	AUTHORITY_CONTESTED,   /* several do */
	AUTHORITY_THIRD_PARTY, /* another origin speaks for it */
};

struct speaker {
	const char *origin; /* who speaks; NULL: nobody */
	bool contested;     /* because several claim it */
	bool ours;          /* our own log decided */
};

/* Who speaks for a reference: any subject in canonical form; what follows a '#' does not count, and of a joint
 * reference (A | B) what follows the first part. */
struct speaker authority_speaker(const struct claims *claims, const char *reference);

/* Likewise for a body, by its code: ISO/TC 176 by whoever speaks for ISO, unless somebody claims more of it. */
struct speaker authority_speaker_of_body(const struct claims *claims, const char *code);

/* What a statement by origin is, given who speaks. */
enum authority authority_of(const struct speaker *speaker, const char *origin);

/* Both in one, for a record of that kind and subject; a joint reference is own when one of its
 * parts is, else what the worst of them is.  A statement about logs is its own log's to make; about another origin (a
 * verdict, an opinion) it is third-party. */
enum authority authority_decide(const struct claims *claims, const char *origin, int kind, const char *subject);

/* "own", "unclaimed", "contested", "third-party". */
const char *authority_word(enum authority authority);

/* May it be mixed with what its origin's peers say without a mark?  Own and unclaimed may. */
static inline bool authority_plain(enum authority authority)
{
	return authority <= AUTHORITY_UNCLAIMED;
}
