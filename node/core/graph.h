/* graph: the standards of all logs as one graph, loaded family by family while it is walked.
 *
 * A node is a standard under its reference, dated or not; a step leads from one to another and names every statement
 * that says so, the best first: own before unclaimed, contested and third-party (authority.h), then those that give a
 * degree, then by origin and index.  Slots and the order of arrival have no part in it: at the same heads every node
 * walks alike.
 *
 * A link to an undated reference means the whole family: steps through it are marked undated.  What third parties say
 * is walked only when asked for (loose).
 *
 * Walks themselves: edition.h, equivalents.h, drift.h, impact.h.
 * Thread: any; one graph for each question, inside one begin and end of the view.
 */
#pragma once

#include "node/core/query.h"

/* ISO/IEC Guide 21, and what else two references may be to one another; a larger one prevails over a smaller. */
enum relation {
	RELATION_SAME, /* one document under two references */
	RELATION_IDT,
	RELATION_RECOGNISED, /* accepted in place of one another, by mutual recognition */
	RELATION_MOD,
	RELATION_UNKNOWN, /* an adoption whose degree nobody tells */
	RELATION_NEQ,     /* prevails: what is not equivalent at one step is not at the end */
};

enum step_type {
	STEP_ADOPTS = 1,
	STEP_ADOPTED_BY,
	STEP_IDENTICAL,   /* a link between identical documents, or the parts of a joint reference */
	STEP_JOINT,       /* issued jointly: a recognition in effect */
	STEP_RECOGNISED,  /* mutual recognition in effect */
	STEP_EDITION,     /* from an undated reference to one of its editions */
	STEP_REPLACED_BY, /* said by one of the two */
	STEP_NEWER,       /* to the next edition of the same number */
	STEP_AMENDED_BY,
	STEP_CORRECTED_BY,
};

/* What a walk may go along, as a set of bits. */
enum { STEPS_UP = 1, STEPS_DOWN = 2, STEPS_SAME = 4, STEPS_EDITIONS = 8, STEPS_NEXT = 16, STEPS_SUPPLEMENTS = 32 };

struct said {
	const struct fact *fact;
	enum authority authority; /* of the fact for this step */
	int degree;               /* of an adoption; 0: not told */
};

struct node {
	const char *name; /* canonical */
	const char *undated;
	int year;
	bool supplement;
	const struct family *family;
	struct node *next; /* of the table */
};

struct step {
	const struct node *from, *to;
	enum step_type type;
	enum relation relation;
	bool undated;
	enum authority authority; /* of said[0]; of a recognition that of the whole */
	struct said *said;        /* none: nobody needs to say it (an edition, a part of a joint reference) */
	size_t said_count;
	size_t needed; /* so many of them together show the step: 1, of a recognition every party's */
};

struct step_list {
	struct step *v;
	size_t count;
};

enum { GRAPH_BUCKETS = 1024 };

struct graph {
	const struct view *view;
	struct fact_question question;
	struct arena arena; /* everything */
	struct claims claims;
	struct node *nodes[GRAPH_BUCKETS];
	size_t node_count, family_count;
	size_t looked_at; /* edges, of GRAPH_EDGES_MAX */
	bool cut;         /* a limit was reached: there may be more */
	struct err *err;
};

/* Borrows the view, *question and err until graph_close, which is called in either case. */
CHECKED int graph_open(struct graph *g, const struct view *view, const struct fact_question *question, struct err *err);
/* The same with claims that were read before, borrowed likewise: for who opens many. */
void graph_open_with(struct graph *g, const struct view *view, const struct fact_question *question,
                     const struct claims *claims, struct err *err);
void graph_close(struct graph *g);

/* The node of a reference, its family loaded.  ERR_INVALID: no reference; ERR_LIMIT: the graph is cut.  Those of the
 * view. */
CHECKED int graph_node(struct graph *g, const char *reference, const struct node **out);

/* The next node along steps of those sets, each with its step.  loose: third-party and contested statements count,
 * too; else only where nothing better is said is nothing said. */
CHECKED int graph_steps(struct graph *g, const struct node *from, unsigned steps, bool loose, struct step_list *out);

/* The statement on a standard that counts; NULL: no log here has one. */
const struct fact *graph_best(const struct node *node);
/* The status that it gives; 0: none. */
int graph_status(const struct node *node);

/* Have all parties of a recognition, one of those that point at the family, said the very same? */
bool graph_in_effect(const struct family *family, const struct fact *recognition);

/* Order of names: by family, then by year, then by text. */
int graph_compare(const struct node *a, const struct node *b);

/* "same", "idt", "recognised", "mod", "unknown", "neq". */
const char *relation_word(enum relation relation);
enum relation relation_of_degree(int degree);
enum relation relation_compose(enum relation a, enum relation b);

/* "adopts", "adopted-by", "identical", "joint", "recognised", "edition", "replaced-by", "newer-edition", "amended-by",
 * "corrected-by". */
const char *step_word(enum step_type type);
