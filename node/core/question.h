/* question: what records are asked for, as name=value pairs: one form for every door.
 *
 * REST has the pairs in its query string, the command line in its options; between peers a question is the same text
 * ("q=quality&ics=03.120").  What comes out is a struct selection (condition.h).  SRU has CQL, which it maps itself.
 *
 *   q                   words, all of which must occur in titles, abstracts or the reference, in any script.
 *                       "Quoted words" stand next to one another, prefix* begins a word; title: reference: abstract:
 *                       before a word or a phrase say where.  Words that are a reference give its records first
 *   ref                 a reference, typed loosely; without a year all its editions
 *   ics ccs             a code, and what lies below it
 *   status stage level kind lang origin degree
 *                       a word or code; stage 60 is 60.00 to 60.99, lang zh also zh-Hans
 *   body committee      who published it; who made it: a committee, and those below it
 *   published_from published_to
 *                       YYYY[-MM[-DD]], both included: the date by which people know the record
 *   adopts replaces cites
 *                       a reference: of what it adopts, replaces, cites
 *   cited_by            a reference: of what cites it
 *   sort                relevance, date, reference, title, ics, stage, level, status, kind, origin, body, committee,
 *                       with commas between; -date: the newest first.  By relevance when absent
 *   facets facet_limit  fields to count by, with commas between; so many values of each (10)
 *   limit offset        so many records (20) from that one on
 *   cursor              in the place of an offset, the text that an answer gave: what follows there, whatever has come
 *                       since
 *   across              0: no records that are only found through an edition in another language
 *
 * ics, ccs, status, stage, level, kind, lang, origin and degree take several values with commas between: any of them.
 *
 * Must not know: which logs are held, what the view can do.
 * Thread: any.  A struct question belongs to its caller; texts are borrowed until it is not used any more.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/core/condition.h"

/* In the order in which question_write writes them; those from QUESTION_FACETS on say how much of the answer is wanted,
 * not what is asked. */
enum question_name {
	QUESTION_Q,
	QUESTION_REF,
	QUESTION_ICS,
	QUESTION_CCS,
	QUESTION_STATUS,
	QUESTION_STAGE,
	QUESTION_LEVEL,
	QUESTION_BODY,
	QUESTION_ORIGIN,
	QUESTION_KIND,
	QUESTION_LANG,
	QUESTION_PUBLISHED_FROM,
	QUESTION_PUBLISHED_TO,
	QUESTION_COMMITTEE,
	QUESTION_ADOPTS,
	QUESTION_REPLACES,
	QUESTION_CITES,
	QUESTION_CITED_BY,
	QUESTION_DEGREE,
	QUESTION_SORT,
	QUESTION_FACETS,
	QUESTION_FACET_LIMIT,
	QUESTION_LIMIT,
	QUESTION_OFFSET,
	QUESTION_CURSOR,
	QUESTION_ACROSS,
	QUESTION_NAMES,
};

struct question {
	const char *values[QUESTION_NAMES]; /* as given; NULL: not, or empty */
	bool given[QUESTION_NAMES];         /* also when empty */
	const char *wrong;                  /* the name that an error is about; NULL: about none */
	struct count_wish wishes[SELECT_WISHES_MAX];
	const char *facets[SELECT_WISHES_MAX]; /* the names of the wishes */
	/* (out) of question_finish; public_only is the caller's to set.  It points into wishes: do not copy it. */
	struct selection selection;
};

/* Its name in a query string; NULL at QUESTION_NAMES. */
const char *question_name(enum question_name name);

/* One pair of a zeroed question, decoded; borrows both, an empty value counts as none.  ERR_USAGE: no such name (the
 * text lists them), given twice, too long. */
CHECKED int question_add(struct question *q, const char *name, const char *value, struct err *err);

/* The pairs of a percent-encoded text of at most QUERY_WIRE_MAX bytes, added; they live in the arena.  ERR_USAGE also
 * for what is not percent-encoded UTF-8. */
CHECKED int question_read(struct question *q, struct bytes text, struct arena *arena, struct err *err);

/* Make the selection, in the arena.  ERR_USAGE: a value that the name cannot have; the text says what it can be. */
CHECKED int question_finish(struct question *q, struct arena *arena, struct err *err);

/* Append as such a text what is asked, and in which order; not how much of it. */
void question_write(const struct question *q, struct buf *out);
