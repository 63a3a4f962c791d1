/* trust: what a data directory says of whom to trust, put into a core.
 *
 * Thread: the caller's.
 */
#pragma once

#include "node/core/core.h"
#include "node/shell/node_dir.h"

/* A core that knows the directory's own keys, its peers, its logs and witnesses outside; those witnesses are asked
 * nothing unless ask.  guard is what stands beside the database; NULL: nothing.  Gives *out.
 * ERR_EXISTS: two of them clash (the text names the file); ERR_LIMIT, ERR_UNSUPPORTED. */
CHECKED int trust_core(const struct node_dir *dir, bool ask, const struct guard_facts *guard, struct core **out,
                       struct err *err);

/* Take over a line of DIR/outside (a log or a witness, whose key goes to *key): written first, then into the core, or
 * nowhere. *known: it was there. With core NULL (nobody serves the directory) the whole is checked and written only.
 * ERR_INVALID, ERR_EXISTS, ERR_LIMIT, ERR_UNSUPPORTED, ERR_IO. */
CHECKED int trust_line(const char *path, struct core *core, struct bytes line, struct vkey *key, bool *known,
                       struct err *err);
