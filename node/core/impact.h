/* impact: what depends on a standard: acts, recognitions, declarations, patents, translations, open feedback, projects
 * that will change it, standards that cite it; the same of every standard that adopts it, to any depth.
 *
 * Each standard has its own lists and counts.  What points at an undated reference depends on every edition: it is
 * listed with the edition that is asked for, or, when all are, with the undated reference alone. Thread: any.
 */
#pragma once

#include "node/core/equivalents.h"

enum impact_group {
	IMPACT_CITATIONS,
	IMPACT_RECOGNITIONS,
	IMPACT_DECLARATIONS,
	IMPACT_PATENTS,
	IMPACT_TRANSLATIONS,
	IMPACT_FEEDBACK, /* not closed yet */
	IMPACT_PROJECTS,
	IMPACT_CITED_BY, /* standards, normatively */
	IMPACT_GROUPS,
};

/* One standard: the one asked for, one of its editions, or what adopts it. */
struct impact_standard {
	const struct node *node;
	const struct fact *said;      /* graph_best(); NULL */
	const struct equivalent *via; /* how it depends; NULL: it was asked for */
	struct fact_list groups[IMPACT_GROUPS];
};

struct impact {
	struct impact_standard *v; /* what was asked for first, then as equivalents orders them */
	size_t count;
	size_t asked; /* of them */
};

/* limit: of each list.  Everything lives in the graph.  ERR_INVALID: no reference; those of the view. */
CHECKED int impact_find(struct graph *g, const char *reference, size_t limit, struct impact *out);

/* "citations", "recognitions", "declarations", "patents", "translations", "feedback", "projects", "cited-by". */
const char *impact_word(enum impact_group group);

/* Does anything depend on it: anything in any list, or an adoption? */
bool impact_any(const struct impact *impact);
