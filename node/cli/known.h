/* known: whom a node's folder knows by its cards and its own keys.
 *
 * Thread: any.
 */
#pragma once

#include "node/shell/node_dir.h"

/* The log key of an origin, its own or a peer's; NULL: no card names it.  Borrowed from dir. */
const struct vkey *known_log(const struct node_dir *dir, const char *origin);

/* The name of the node that signs bundle files with this key; NULL: a stranger. */
const char *known_exporter(const struct node_dir *dir, const struct vkey *key);
