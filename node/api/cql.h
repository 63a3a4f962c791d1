/* cql: the Contextual Query Language, 1.2 and 2.0 (LoC CQL 1.2; OASIS searchRetrieve part 5), from bytes to a tree.
 *
 * Knows: the grammar alone.  Must not know: which indexes, relations and modifiers there are (sru_map.h decides).
 * Words are as they were sent: an escape stays in a term, for it tells a mask from a star (CQL 1.2, "Masking").
 *
 * Thread: any.  Everything of a tree lives in the caller's arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* "/name", "/name=value"; in the order in which they were written. */
struct cql_modifier {
	const char *name;
	const char *comparison; /* a symbol; NULL: none, and no value */
	const char *value;
	const struct cql_modifier *next;
};

/* "> name = uri"; the innermost first. */
struct cql_prefix {
	const char *name; /* NULL: what names without a prefix mean */
	const char *uri;
	const struct cql_prefix *outer;
};

enum cql_operator { CQL_CLAUSE, CQL_AND, CQL_OR, CQL_NOT, CQL_PROX };

struct cql_node {
	enum cql_operator op;
	const struct cql_modifier *modifiers; /* of the relation, or of the boolean */
	/* a boolean's */
	const struct cql_node *left, *right;
	/* a clause's */
	const char *index;    /* NULL: only a term was written */
	const char *relation; /* likewise */
	const char *term;
	const struct cql_prefix *prefixes; /* in force here */
};

struct cql_key {
	const char *index;
	const struct cql_modifier *modifiers;
	const struct cql_key *next;
};

struct cql_query {
	const struct cql_node *root;
	const struct cql_key *sort; /* sortBy, NULL: none */
	const struct cql_prefix *prefixes;
};

/* Why a query was refused. */
struct cql_fault {
	int diagnostic; /* of SRU's list: 10, 12 or 38 */
	size_t at;      /* the byte where it shows */
	char text[96];
};

/* Read a whole query.  Every tree has at most CQL_NODES_MAX nodes, of which each may be walked by recursion.
 * ERR_INVALID: not CQL; ERR_LIMIT: too long, too deep, too many clauses.  Then *fault says why. */
CHECKED int cql_parse(struct bytes text, struct arena *arena, struct cql_query *out, struct cql_fault *fault);

/* Append the query as XCQL (CQL 1.2, "XCQL"), without an XML declaration or a namespace of its own. */
void cql_xcql(const struct cql_query *query, struct buf *out);

/* "and", "or", "not", "prox". */
const char *cql_operator_word(enum cql_operator op);
