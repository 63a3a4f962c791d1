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

/* Likewise for words that stand in one column (NULL: in any), as relation says: all, any or next to one another.  open:
 * the last word is the beginning of one. */
CHECKED int match_build_in(const char *words, const char *column, enum compare relation, bool open, struct buf *out,
                           size_t *terms, struct err *err);
