/* sru_term: terms of CQL, their masks and anchors; what the files that map a query share.  Private to them.
 * Thread: any.
 */
#pragma once

#include "node/api/sru_map.h"

struct mapping {
	struct arena *arena;
	struct sru_fault *fault;
};

/* Note a diagnostic, and give false. */
bool mapping_refuse(struct mapping *m, int code, const char *details);

/* Likewise, where the details are a number: a limit, or a place. */
bool mapping_refuse_at(struct mapping *m, int code, size_t number);

/* A name without the prefix of CQL's own set. */
const char *mapping_bare(const char *name);

struct term {
	char *text;        /* without escapes and masks */
	bool open;         /* a '*' stood at its end */
	char *pattern;     /* as word_pattern has it: with its masks, escapes before those that are meant themselves */
	bool masked;       /* there are other masks than that one */
	bool begins, ends; /* '^' stood there */
};

/* Where a mask or an anchor may stand depends on what the term is of. */
enum masks { MASKS_NONE, MASKS_AT_END, MASKS_IN_WORDS };

/* Read one as it was sent.  Diagnostics 23, 26, 27, 28, 31, 32, 49. */
bool term_read(struct mapping *m, const char *raw, enum masks masks, struct term *out);
/* Can its masks be searched for?  Diagnostics 28, 29. */
bool term_fits_masks(struct mapping *m, const struct term *t);
/* It as a pattern, in the arena. */
const struct word_pattern *term_pattern(struct mapping *m, const struct term *t);

/* A clause of CQL (sru_map.c), and two of them near one another (sru_prox.c). */
bool map_clause(struct mapping *m, const struct cql_node *n, const struct condition **out);
bool map_prox(struct mapping *m, const struct cql_node *n, const struct condition **out);
