/* asked: which records a request asks for, by the parameters of its query (question.h), and what the view finds.
 * Private to this room.  Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/api/hit.h"
#include "node/core/question.h"

/* Read the question; its strings live in the request's arena.  others: parameters that are not part of it
 * (NULL-terminated).  False: the answer is a problem that names the parameter. */
bool asked_read(struct answer *a, const char *const *others, struct question *q);

/* At the open snapshot: find the records.  False: the answer is a problem: a log that is not held here, a cursor that
 * is not of this question, whatever the view says. */
bool asked_select(struct answer *a, struct question *q, struct found_list *out);

/* What was found of that record beside its facts, as hit.h has it: through which other one; kept by the arena. */
const struct hit_through *asked_through(struct answer *a, const struct found *found);
