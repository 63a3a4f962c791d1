/* check_current: does a file about what is current (proto/INDEX.md, clause 10) show what it says, under a policy?  No
 * I/O, no clock: the bytes decide.
 *
 * In this order, and a failure names its step:
 *
 *     file       the file can be read (clause 10)
 *     ...        the proof of the index root holds: the steps of check.h
 *     root       it is an index root that counts: public, of version 1, the entry that it names (clause 2.18)
 *     way        the steps lead from its root to what the file says
 *     ...        the proof of the entry holds, under the same head
 *     entry      it is what the map names, and speaks about what was asked
 *
 * Thread: any.
 */
#pragma once

#include "crypto/current.h"
#include "node/cli/check.h"

struct check_current {
	const char *step; /* the one that failed, or the last */
	struct current file;
	struct check statement;
	struct check entry; /* zero: there is nothing on the subject */
	uint64_t size;      /* of the first so many entries it is shown */
	uint64_t later;     /* entries under the head that came after the index root */
};

/* OK: shown; everything in *c is set.  Else why not, and c->step.  Borrows both until check_current_close, which is
 * called in either case. */
CHECKED int check_current(struct check_current *c, struct bytes policy, struct bytes file, struct err *err);
void check_current_close(struct check_current *c);
