/* postings: in which docs a term stands and how often, as the full-text index has it, kept by the handle from one
 * question to the next: to walk the index anew costs several times what to walk such a list does.
 *
 * A list grows with its logs: only what is new is read.  What came late into a log or left it (the tally's changes)
 * makes that log's part be read again.  A term that stands in many docs is kept once it is asked for again; one that
 * stands in too many never is.
 * Knows: that a log's docs come by number.  Must not know: who may see what, and how well it fits.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

struct posting {
	uint32_t index;       /* of the entry */
	uint32_t occurrences; /* rank.h */
};

/* The docs of one log, ascending. */
struct posting_run {
	int64_t slot;
	uint64_t upto, changes; /* what of the log it is of: entries, and the tally's count */
	struct posting *v;
	size_t count, cap;
};

struct term_postings {
	struct posting_run *runs; /* by slot, of each log that has entries */
	size_t run_count;
};

/* Lists may be given up for others: once, before the first of those that one question needs at a time. */
void postings_begin(struct store *s);

/* The list of a term at the finding's snapshot, borrowed until the next postings_begin; NULL: it is not kept, so that
 * the index has to be asked.  What is read for it is paid for. */
CHECKED int postings_find(struct finding *f, const char *term, size_t len, const struct term_postings **out);

/* NULL is fine. */
void postings_free(struct postings *p);
