/* known: whom a node's folder knows by its cards and its own keys.
 *
 * Thread: any.
 */
#pragma once

#include "node/core/keys.h"
#include "node/shell/node_dir.h"
#include "node/store/store.h"
#include "proto/bundle_verify.h"

/* The log key of an origin, its own or a peer's; NULL: no card names it.  Borrowed from dir. */
const struct vkey *known_log(const struct node_dir *dir, const char *origin);

/* The key statements of that log in the store; none is OK.  To be freed with keys_free in any case. */
CHECKED int known_keys(struct store *store, const char *origin, struct keys *out, struct err *err);

/* Is this head of a bundle file's log signed by the key that is due, as the store and the file say?  *key is that one.
 * ERR_NOT_FOUND: no card names the origin; ERR_UNTRUSTED: it is not; others as the store. */
CHECKED int known_head(const struct node_dir *dir, struct store *store, const struct bundle_log *log, struct bytes raw,
                       struct vkey *key, struct err *err);
/* Does this evidence about it hold: are both heads so signed, and do they contradict each other?  Errors likewise. */
CHECKED int known_evidence(const struct node_dir *dir, struct store *store, const struct bundle_log *log,
                           const struct evidence *e, struct err *err);

/* The name of the node that signs bundle files with this key at now_ms, by the store and by what is told of its mirror
 * key (keys_pack); NULL: a stranger. */
const char *known_exporter(const struct node_dir *dir, struct store *store, const struct vkey *key, struct bytes told,
                           uint64_t now_ms);
