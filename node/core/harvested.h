/* harvested: records as harvesters list them (OAI-PMH), whoever answers: four questions of struct view.
 *
 * harvest   items in the order of their arrival, as of upto: the list does not change while the log grows, except that
 *           what is redacted is left out.  Public ones alone.  ERR_CONFLICT: upto is another node's, or of what was put
 *           back since; ERR_USAGE: a word or code that there is not.
 * item      the one with that number.  ERR_NOT_FOUND.
 * codes     the ICS codes of public current records after that one ("": all), in order, at most limit of them.
 * earliest  when the first entry came, in seconds since 1970; 0: none has.
 *
 * Answers live in the caller's arena.  Thread: the view's.
 */
#pragma once

#include "node/core/query.h"

/* What is harvested: one item for each origin, kind and subject, known by the index of its oldest statement, as its
 * newest public one has it.  What was redacted is an item that is gone: nothing but its number is known of it. */
struct harvest {
	/* origin, kind, status, ics, and nothing else of it; status or ics "": has any. */
	const struct query *filter;
	int only_kind;            /* besides; 0: any.  What was redacted may have been of it, and is told */
	uint64_t from_s, until_s; /* when it arrived here, both included */
	uint64_t upto;            /* of the order of arrival only so far; 0: all, as it is now */
	uint32_t check;           /* that the answer gave with upto */
	uint64_t seq, index;      /* where to go on; 0, 0 at the beginning */
	size_t limit;             /* at least 1 */
};

struct harvested {
	struct found found;
	uint64_t first;   /* the item's number in its origin */
	uint64_t time_s;  /* when this came here */
	bool deleted;     /* retracted or redacted */
	int kind, status; /* 0: not known */
	const char *ics;  /* codes, blanks between; of what is retracted those that it had */
};

struct harvest_list {
	struct harvested *v;
	size_t count;
	uint64_t upto; /* for the next of the same list */
	uint32_t check;
	uint64_t seq, index;
	bool more;
	uint64_t total; /* of the whole list; only told for its beginning; 0: more than were counted */
};
