/* check_root: does a file about a false index root (proto/PROTOCOL.md, clause 8.2) hold, under a policy?  No I/O, no
 * clock: the bytes decide, and what was recounted from the log where it is at hand.
 *
 * In this order, and a failure names its step:
 *
 *     evidence   the file can be read (clause 8.2)
 *     ...        the proof of the statement holds: the steps of check.h; the log's own signature is enough
 *     root       it is an index root that counts: public, of version 1, the entry that it names (clause 2.18)
 *     claim      it says something else than the file's maker says that he computed
 *
 * and with the log
 *
 *     log        the entries at hand are the ones before the statement, and all that counts is there
 *     claim      the root says something else than they give
 *     found      the file's maker computed the same from them
 *
 * Thread: any.
 */
#pragma once

#include "crypto/index_evidence.h"
#include "node/cli/check.h"
#include "proto/recount.h"

struct check_root {
	const char *step; /* the one that failed, or the last */
	struct index_evidence file;
	struct check statement; /* its record's index is what was said */
	bool recounted;         /* it is false, whoever says so; else only that the log has said it is proved */
};

/* OK: the log has said it; everything in *c is set.  Else why not, and c->step.  Borrows both until check_root_close,
 * which is called in either case. */
CHECKED int check_root(struct check_root *c, struct bytes policy, struct bytes file, struct err *err);

/* After that, with all entries before the statement, c->statement.proof.index of them.  OK: it is false. */
CHECKED int check_root_recounted(struct check_root *c, struct recount *r, struct err *err);

void check_root_close(struct check_root *c);
