/* equivalents: the local editions of a standard everywhere: up to what it adopts, and down to all that adopt these, to
 * any depth; documents that are the same, or recognised, count on the way.
 *
 *     asked ──adopts──> ... ──adopts──> source ──adopted by──> ... ──adopted by──> equivalent
 *
 * A walk never goes up again once it went down: what else an adoption adopts is another matter.  Each standard is
 * reached by the fewest steps; of as few by the best degree, then by name.  The degree of a path is that of its steps
 * put together (graph.h).  First only what is said with authority, or about what nobody claims, is walked; what is
 * reached through other statements alone comes after it, marked.
 * Thread: any.
 */
#pragma once

#include "node/core/graph.h"

struct equivalent {
	const struct node *node;
	const struct fact *said;        /* graph_best(); NULL: no log here has a record of it */
	enum relation relation;         /* of the whole path */
	bool undated;                   /* somewhere on the path stands an undated reference */
	enum authority authority;       /* the worst of the path's */
	const struct step *const *path; /* from one of those asked for */
	size_t path_count;
};

struct equivalents {
	const struct node **asked; /* the reference, and for an undated one its editions */
	size_t asked_count;
	struct equivalent *v; /* with authority first, then by steps, relation and name */
	size_t count;
};

enum equivalents_scope {
	EQUIVALENTS_ALL,
	EQUIVALENTS_BELOW, /* what depends on it: the same documents, and down; nothing that is only recognised */
};

/* Everything lives in the graph.  ERR_INVALID: no reference; those of the view. */
CHECKED int equivalents_find(struct graph *g, const char *reference, enum equivalents_scope scope,
                             struct equivalents *out);
