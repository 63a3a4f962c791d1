/* subject: what a record of each kind is about (proto/README.md, clause 2.2; KINDS.md, clause 2.11): a designator or
 * another text in canonical form, and for some kinds '#' and a fragment that tells several about one thing apart.
 * record_subject() of record.h is defined here.
 *
 * Thread: any.
 */
#pragma once

#include "proto/place.h"
#include "proto/record.h"

#define SUBJECT_PERSONAL "personal" /* the fragment of feedback that says who it was */

/* Is it canonical for that kind, which is no log statement? */
CHECKED int subject_check(int kind, const char *subject, const struct place *at, struct err *err);
/* Is it canonical for one kind or another? */
CHECKED int subject_check_any(const char *subject, const struct place *at, struct err *err);

/* What stands before '#' in a valid subject of a kind that has fragments, else the whole. out has room for SUBJECT_MAX
 * and NUL.  Gives the fragment, "" where there is none; borrowed from subject. */
const char *subject_split(int kind, const char *subject, char *out);
