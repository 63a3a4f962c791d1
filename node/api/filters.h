/* filters: which records are asked for, by the parameters of a query.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/query.h"

/* The parameters that filters_read knows, for answer_parameters_known. */
#define FILTER_PARAMETERS "q", "ics", "status", "kind", "origin", "limit"

/* Read them; strings live in the request's arena.  False: the answer is a problem. */
bool filters_read(struct answer *a, struct query *q);
/* At the snapshot: is the origin that is asked for held here?  False: the answer is a problem. */
bool filters_origin(struct answer *a, const struct query *q);
