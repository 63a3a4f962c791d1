/* place: a field of a record, and the refusal that names it: "<path>: <reason> (clause 2.n)".
 *
 * For the files of this room that validate records.  Each check gives OK, ERR_INVALID or ERR_LIMIT.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/err.h"

/* A chain from a field up to the record, along the call stack: standard, events[2], date.  Written only when it is
 * refused. */
struct place {
	const struct place *up; /* NULL: a field of the record itself */
	const char *field;      /* may be a path: "key.old" */
	size_t index;
	bool item; /* of a list: index says which */
};

struct place place_of(const char *field);
struct place place_in(const struct place *up, const char *field);

/* value, where not NULL, is shown after the reason. */
int place_refuse(struct err *err, const struct place *at, const char *clause, const char *reason, const char *value);
int place_refuse_code(struct err *err, int code, const struct place *at, const char *clause, const char *reason,
                      const char *value);
/* ERR_INVALID with a text that ends with its clause: "empty (clause 2.2)". */
int place_refuse_inner(struct err *err, const struct place *at, const struct err *inner);

/* Clause 2.3: not empty, UTF-8 of at most max bytes, on one line unless lines are allowed. */
CHECKED int place_string(const char *value, size_t max, bool lines, const struct place *at, struct err *err);
/* Clause 2.2: canonical; *year, where not NULL, is that of the designator (0: undated). */
CHECKED int place_designator(const char *value, const struct place *at, int *year, struct err *err);
