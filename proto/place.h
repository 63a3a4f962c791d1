/* place: a field of a record, and the refusal that names it: "<path>: <reason> (clause 2.n)".
 *
 * For the files of this room that validate records.  Each check gives OK, ERR_INVALID or ERR_LIMIT.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/err.h"

/* "standard.events", 2, "date" is standard.events[2].date.  Written only when it is refused. */
struct place {
	const char *list;
	size_t index;
	const char *field;
};

struct place place_of(const char *field);

/* Set the text of the refusal, with value after the reason where it is not NULL; gives ERR_INVALID. */
int place_refuse(struct err *err, const struct place *at, const char *clause, const char *reason, const char *value);

/* Clause 2.3: present, not empty, UTF-8 of at most max bytes, on one line unless lines are allowed. */
CHECKED int place_string(const char *value, size_t max, bool lines, const struct place *at, struct err *err);
/* The same up to LABEL_MAX on one line, and may be absent. */
CHECKED int place_label(const char *value, const struct place *at, struct err *err);
/* Clause 2.2: present and canonical. */
CHECKED int place_designator(const char *value, const struct place *at, struct err *err);
/* Clause 2.4: present and in the calendar. */
CHECKED int place_date(const char *value, const struct place *at, struct err *err);
/* Clause 2.1: present; a value above this version's list is kept: a later version may have written it. */
CHECKED int place_code(bool present, int value, const char *clause, const struct place *at, struct err *err);
CHECKED int place_list(size_t count, size_t max, const char *field, struct err *err);
