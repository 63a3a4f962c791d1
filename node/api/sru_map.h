/* sru_map: a CQL tree as what the view can be asked.  What it cannot be asked gets its diagnostic, never an empty
 * answer.  Private to this room.
 * Thread: any.
 */
#pragma once

#include "node/api/cql.h"
#include "node/api/sru_index.h"
#include "node/core/condition.h"

/* One diagnostic of SRU's list (info:srw/diagnostic/1/CODE). */
struct sru_fault {
	int code; /* 0: none */
	char details[160];
};

/* Set code and details, and give false. */
bool sru_fault_set(struct sru_fault *fault, int code, const char *details);

/* where and sorts of *out are set; what they point at lives in the arena.  False: *fault says why. */
bool sru_map(const struct cql_query *query, struct arena *arena, struct selection *out, struct sru_fault *fault);

/* Likewise of words alone, as they are (queryType searchTerms): records that have all of them, anywhere. */
bool sru_map_terms(const char *text, struct arena *arena, struct selection *out, struct sru_fault *fault);

/* The value that a term of an index stands for, as scan begins from it: without its escapes.  NULL: *fault says why. */
const char *sru_map_term(const char *term, struct arena *arena, struct sru_fault *fault);
