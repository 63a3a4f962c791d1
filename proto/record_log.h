/* record_log: what statements about logs have beside rules.h: their subjects, which are no designators, and key
 * statements (proto/README.md, clause 2.7).
 *
 * Thread: any.
 */
#pragma once

#include "proto/record.h"

/* The subject, which is there, of a record whose kind is KIND_LOG_FIRST or above and whose body is there. */
CHECKED int log_subject_check(const Normlink__Record *r, struct err *err);

/* The body of a key statement. */
CHECKED int log_key_check(const Normlink__Record *r, struct err *err);
