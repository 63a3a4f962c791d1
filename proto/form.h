/* form: what one value of a record's field must look like (proto/README.md, clauses 2.2 to 2.4; KINDS.md, 2.11).
 *
 * Dates, ICS and stage codes have their predicates in record.h, for other rooms use them too.
 * Thread: any.
 */
#pragma once

#include "proto/message.h"
#include "proto/place.h"

enum form {
	FORM_MESSAGE, /* has rules of its own */
	FORM_KEPT,    /* whatever it is; or the kind's own function looks at it */
	FORM_CODE,    /* a value of a list; one above this version's is kept: a later version may have written it */
	FORM_WHOLE,
	FORM_INDEX,  /* of an entry */
	FORM_DIGEST, /* 32 bytes */
	FORM_SPKI,   /* a public key */
	FORM_LABEL,  /* one line of at most LABEL_MAX bytes */
	FORM_TEXT,   /* lines, of at most TEXT_MAX bytes */
	FORM_DATE,
	FORM_STAGE,
	FORM_ICS,
	FORM_CCS,
	FORM_LANGUAGE,
	FORM_REGION, /* ISO 3166: CN, CN-11; EU */
	FORM_DESIGNATOR,
	FORM_DATED,   /* a designator with a year */
	FORM_SUBJECT, /* a designator, or the subject of a record of any kind */
	FORM_DECIMAL,
	FORM_UNIT,  /* UCUM */
	FORM_MEDIA, /* type/subtype */
	FORM_URL,
	FORM_ORIGIN,
	FORM_KIND, /* the word of a kind that is no log statement */
};

/* The value at item, as field_item() gives it.  clause: of the field, for forms that have none of their own. */
CHECKED int form_check(enum form form, const void *item, const char *clause, const struct place *at, struct err *err);
