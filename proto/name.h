/* name: names as people type them, made comparable: heads of columns, words of a form.
 *
 * Full-width and half-width letters, brackets of either width, capitals and blanks make no difference: the name is
 * NFKC, case folded, without blanks and without what is not seen.
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/bytes.h"

enum { NAME_IN_MAX = 16 * 1024 };

/* The comparable form, in the arena.  Empty when text is not UTF-8, longer than NAME_IN_MAX, or has nothing in it. */
const char *name_fold(struct bytes text, struct arena *arena);
