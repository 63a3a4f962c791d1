/* rotate: our own keys while the node runs: which TLS identity is shown to whom, and how a new key comes into force.
 *
 *     new key file ──> key statement submitted ──> durable ──> (TLS: new context)
 *
 * A signing key changes inside the core, in the step that appends the statement.  A crash between two of these leaves
 * a key file that nobody uses, which the next start reports.
 * Thread: the loop's.
 */
#pragma once

#include "crypto/tls.h"
#include "node/shell/node_keys.h"
#include "proto/key_change.h"

struct shell;

struct rotation {
	enum key_role role;
	uint64_t overlap_ms;
	struct key_change change; /* once begun */
};

/* What was made since the start, and the identities that are shown.  Owned by the shell. */
struct own_keys {
	struct skey **made;
	size_t made_count;
	struct node_identity *made_identities;
	size_t made_identity_count;
	struct tls_ctx *now; /* the newest identity; older ones are shown to who asks for them */
	struct tls_ctx *older[TLS_FORMER_MAX];
	size_t older_count;
	unsigned turn[256]; /* by peer: which identity its next dial shows */
};

/* At the start, once the logs are loaded: keys that nothing names are reported, and the identity is chosen.
 * ERR_INVALID: a TLS key or certificate that does not load. */
CHECKED int rotate_start(struct shell *s, struct err *err);
void rotate_close(struct shell *s);

/* The context for a new link, and what to do when a peer that we dialed has turned us away: another identity next time.
 */
struct tls_ctx *rotate_context(const struct shell *s, bool dialed, uint32_t peer);
void rotate_turned_away(struct shell *s, uint32_t peer);

/* Make the new key, durable, and the statement that names the next entry of our log.  Appends the payload. */
CHECKED int rotate_begin(struct shell *s, struct rotation *r, struct buf *payload, struct err *err);
/* The statement is durable. */
void rotate_done(struct shell *s, const struct rotation *r);
