/* sru_index: the indexes that CQL can name here, in their context sets: one table that explain shows, and that
 * searching, scanning, sorting and counting go by.  Private to this room. Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/api/cql.h"
#include "node/core/condition.h"

struct sru_set {
	const char *name; /* as a prefix, where a query assigns none */
	const char *uri;
	const char *title;
};

/* How a term of it is to be read. */
enum sru_shape {
	SRU_WORDS,     /* text in any language */
	SRU_REFERENCE, /* words, or with == a designator */
	SRU_CODE,      /* codes with an order, of which one may lie below another: 03.120 below 03 */
	SRU_NAME,      /* one value, blanks and all */
	SRU_WORD,      /* a word of a list */
	SRU_STANDARD,  /* a designator */
	SRU_ENTRY,     /* an identifier of rec.id */
	SRU_NOTHING,   /* the term is not looked at */
};

struct sru_index {
	const char *set; /* its name */
	const char *name;
	const char *title;
	enum record_field field;
	enum sru_shape shape;
	bool scan, sort, facet;
};

extern const struct sru_set SRU_SETS[];
extern const size_t SRU_SET_COUNT;
extern const struct sru_index SRU_INDEXES[];
extern const size_t SRU_INDEX_COUNT;

/* By the name that a query gives it, under the prefixes that are in force there.  NULL: *diagnostic is 15, 16 or 50. */
const struct sru_index *sru_index_find(const char *name, const struct cql_prefix *prefixes, int *diagnostic);
