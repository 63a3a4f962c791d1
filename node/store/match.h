/* match: a person's words as a MATCH expression of FTS5.
 *
 * The words are folded as stored text is; every term is quoted, so that nothing a person writes is syntax.  All terms
 * must occur; the pairs of one CJK run must stand together (a phrase); a CJK character alone finds what begins
 * with it.
 * Thread: any.
 */
#pragma once

#include <stddef.h>

#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/core/condition.h"
#include "node/store/groups.h"

/* Append the expression for words; *terms counts them, 0: nothing in words can be searched for (and nothing was
 * appended).  ERR_USAGE: longer than QUERY_MAX or more than QUERY_TERMS_MAX terms. */
CHECKED int match_build(const char *words, struct buf *out, size_t *terms, struct err *err);

/* What trees of clauses on words ask for, in both ways.  Zeroed: nothing yet. */
struct match {
	struct buf expression; /* of FTS5 */
	struct groups groups;
};

/* Docs must have what the tree says too; or must not: never the first.  A clause is of its column, as its relation
 * says: all terms, any, or next to one another.  ERR_USAGE as above, and where nothing can be searched for. */
CHECKED int match_and(struct match *m, const struct condition *tree, struct err *err);
CHECKED int match_not(struct match *m, const struct condition *tree, struct err *err);

/* How deep the parentheses of a tree's expression lie in one another.  FTS5's parser has a stack of 100 symbols, of
 * which each takes up to three, and a clause some more: a tree deeper than MATCH_DEPTH_MAX is not to be asked for at
 * once. */
enum { MATCH_DEPTH_MAX = 24 };
size_t match_depth(const struct condition *tree);

/* A CJK character alone, which stands for what begins with it? */
bool match_is_beginning(const char *term, size_t len);

/* One term as an expression, whatever is in it. */
void match_quote(const char *term, size_t len, struct buf *out);
