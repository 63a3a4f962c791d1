/* edges: what a record says about other things, one at a time and whatever its kind (proto/README.md, clause 2.16).
 *
 * A graph over all records is made of these alone.  The target is a designator or a subject in canonical form; it need
 * not be held anywhere.
 * Thread: any.
 */
#pragma once

#include "node/base/err.h"
#include "proto/record.h"

/* Below EDGE_FIRST the values of the schema's LinkType.  Numbers are stored in views, and never change. */
enum edge_type {
	EDGE_FIRST = 100,
	EDGE_ADOPTS = 100, /* detail: the degree, 0 where it is not known */
	EDGE_MAKES,        /* a project, its standard */
	EDGE_MAY_ADOPT,    /* a project, what its standard is to adopt; detail: the degree */
	EDGE_INDICATES,    /* an indicator, its standard */
	EDGE_TESTED_BY,    /* an indicator, the standard of its method */
	EDGE_COMPARES,     /* a comparison, both of its standards; detail: 1 the first, 2 the second */
	EDGE_RECOGNISES,   /* a recognition, each standard; detail: the number of its group, from 1 */
	EDGE_TRANSLATES,   /* a translation, the standard; detail: 1 the edition that was translated, where that is said */
	EDGE_BEARS_ON,     /* a declaration of patents, each standard */
	EDGE_REGULATES,    /* an act, each standard that it cites; detail: the effect */
	EDGE_DECLARES,     /* an enterprise's declaration, each standard */
	EDGE_REVIEWS,      /* a review, the standard */
	EDGE_ABOUT,        /* feedback, what it is about */
	EDGE_HOLDS,        /* a deposit, the standard */
	EDGE_PART_OF,      /* a body, its parent */
	EDGE_CONCERNS,     /* a notice, what it is about */
	EDGE_LAST = EDGE_CONCERNS,
};

struct edge {
	int type;           /* of LinkType or edge_type */
	int detail;         /* as the type has it, else 0 */
	const char *target; /* borrowed until the callback returns */
};

/* A code other than OK ends the walk and is given back. */
typedef int (*edge_cb)(void *arg, const struct edge *edge, struct err *err);

/* Each edge of a valid record, in the order of the schema's fields.  A retraction has none. */
CHECKED int record_edges(const Normlink__Record *r, edge_cb visit_cb, void *arg, struct err *err);

/* Its name, lower case: "replaces", "adopts", "regulates"; NULL for a value that is not on the list. */
const char *edge_word(int type);
