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

/* Append the expression for words; *terms counts them, 0: nothing in words can be searched for (and nothing was
 * appended).  ERR_USAGE: longer than QUERY_MAX or more than QUERY_TERMS_MAX terms. */
CHECKED int match_build(const char *words, struct buf *out, size_t *terms, struct err *err);

/* Append the expression of a clause on words: of its column, as its relation says: all, any or next to one another.
 * ERR_USAGE likewise, and where nothing can be searched for. */
CHECKED int match_clause(const struct condition *clause, struct buf *out, struct err *err);
/* That of a tree of such clauses. */
CHECKED int match_tree(const struct condition *tree, struct buf *out, struct err *err);
