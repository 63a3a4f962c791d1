/* question_tree: a tree of clauses as the name=value text of question.h, for doors that ask in another language and
 * must ask peers, who understand that text alone.
 *
 * What can be said: clauses that AND joins: words (all, or a phrase; the last one may be a beginning) of any field of
 * words; of a code several values that OR joins; one publisher or committee; a range of dates; one reference each that
 * is it, that it adopts, replaces, cites, is cited by.  Each name once.  The text says across=0: it selects what the
 * tree does, and not also what is found through editions in other languages.
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/core/condition.h"

/* Append the text (question_write).  ERR_UNSUPPORTED: the tree asks for more than the text can say, and nothing is
 * appended; the text of the error says what.  Borrows where for the call; scratch memory comes from the arena. */
CHECKED int question_tree(const struct condition *where, struct arena *arena, struct buf *out, struct err *err);
