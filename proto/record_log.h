/* record_log: the bodies of log statements, records that speak about a log instead of a standard
 * (proto/README.md, clause 2.7).  One function and one case for each kind.
 *
 * Thread: any.
 */
#pragma once

#include "proto/record.h"

/* Subject and body of a record whose kind is KIND_LOG_FIRST or above and whose body is there. */
CHECKED int log_statement_check(const Normlink__Record *r, struct err *err);

/* What people may search for in it, NULL when there is nothing.  Borrowed from r. */
const char *log_statement_text(const Normlink__Record *r);
