/* pmh: one answer of an OAI-PMH 2.0 provider (ListRecords in oai_dc) to records of standards.
 *
 * Simple Dublin Core says little, and each provider says it in its own way: the reference is the first dc:identifier
 * that reads as a designator, else the first dc:identifier or dc:title that begins with one; relations count where they
 * begin with a word that says which.  What is not a standard by that is refused, by its identifier.
 *
 * Knows: elements of OAI-PMH and Dublin Core.  Must not know: connections, what came before.
 * Thread: any; everything lives in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* Whose facts these are. */
struct pmh_source {
	const char *name, *url, *licence; /* NULL: not said */
};

struct pmh_item {
	const char *identifier; /* of the provider; "" */
	struct bytes record;    /* serialised; empty: deleted there, or refused */
	bool deleted;
	const char *refused; /* why; NULL: it is not */
	uint64_t warnings;   /* facts left out */
};

struct pmh_page {
	struct pmh_item *v;
	size_t count;
	const char *token;       /* ""; more comes by it */
	const char *date;        /* responseDate; "" */
	const char *error;       /* code of the first error; NULL: none */
	const char *error_words; /* its text; "" */
};

/* ERR_INVALID: not an answer of that protocol; ERR_LIMIT: more than is read of one. */
CHECKED int pmh_read(struct bytes xml, const struct pmh_source *source, struct arena *arena, struct pmh_page *out,
                     struct err *err);
