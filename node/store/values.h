/* values: what docs that were found have in a field, in order: for sorting and counting.
 *
 * Also of docs that were superseded since a list was begun.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* One value of one doc. */
struct value {
	const char *text;
	size_t at; /* of the doc in the set */
};

struct values {
	struct arena arena; /* the texts */
	struct value *v;    /* by text, in its bytes' order, then by doc */
	size_t count, cap;
};

/* Of settled docs.  Free it in either case.  ERR_UNSUPPORTED: the field has no order; ERR_LIMIT. */
CHECKED int values_read(struct finding *f, enum record_field field, struct docs *docs, struct values *out);
void values_free(struct values *v);
