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

/* Trust the peer that a card is of: written to the directory first, then into the core, or nowhere.  *known: this very
 * card was there, and nothing was done.  With core NULL (nobody serves the directory) the whole is checked and written
 * only.  ERR_EXISTS: it has a name, key or pin of somebody else's, or is another card of a peer that is trusted;
 * ERR_LIMIT, ERR_IO. */
CHECKED int trust_peer(const char *path, struct core *core, const struct card *card, bool *known, struct err *err);

/* Write a card in place of that of the peer of its name and origin.  A process that serves the directory goes on with
 * the old one until it is started again.  ERR_NOT_FOUND: there is none; others as above. */
CHECKED int trust_peer_anew(const char *path, const struct card *card, struct err *err);

/* Take over a line of DIR/outside (a log or a witness, whose key goes to *key): written first, then into the core, or
 * nowhere. *known: it was there. With core NULL (nobody serves the directory) the whole is checked and written only.
 * ERR_INVALID, ERR_EXISTS, ERR_LIMIT, ERR_UNSUPPORTED, ERR_IO. */
CHECKED int trust_line(const char *path, struct core *core, struct bytes line, struct vkey *key, bool *known,
                       struct err *err);
