/* edition: from any reference to the edition in force, across logs.
 *
 * The walk follows what replaces a standard, said on either side; where nobody says so, the next edition of the same
 * number.  Of what it comes to, a standard is in force when its status is current and nothing in force comes after it;
 * a status that nobody tells counts as current at an end of the walk.  A reference without a year means its newest
 * current edition.  Statements of third parties are followed only where there are no others at all.
 * Thread: any.
 */
#pragma once

#include "node/core/graph.h"

struct edition {
	const struct node *node;
	const struct fact *said;        /* graph_best(); NULL: no log here has a record of it */
	const struct step *const *path; /* from the one asked for */
	size_t path_count;
	enum authority authority;     /* the worst of the path's */
	struct step_list supplements; /* amendments and corrigenda of it */
};

struct editions {
	const struct node *asked;
	struct edition *in_force; /* several: it was split.  None: nothing is in force */
	size_t in_force_count;
	struct edition *coming; /* replaces one of those, and is not in force yet */
	size_t coming_count;
	struct edition *ends; /* nothing is in force: where the walk ended; supplements are left out */
	size_t ends_count;
};

/* Everything lives in the graph.  ERR_INVALID: no reference; those of the view. */
CHECKED int edition_find(struct graph *g, const char *reference, struct editions *out);
