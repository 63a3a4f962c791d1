/* card: what a peer needs to know of a node, as text; and the same lines for a node's configuration.
 *
 *     normlink-card: 1
 *     name: sac
 *     origin: sac.example/log
 *     log: sac.example/log+8c9d7d4e+AQ...
 *     witness: sac.example/witness+1f0e...+BA...
 *     mirror: sac.example/mirror+77ab...+BA...
 *     pin: 9f86d081...  (lower-case hex, SHA-256 of the public key in the certificate)
 *     address: node.sac.example:7443
 *
 * proto/PROTOCOL.md, clause 6.  Lines end in LF; '#' begins a comment line; unknown keys are refused.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "crypto/key.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

struct card {
	char name[CODE_MAX + 1]; /* a-z 0-9 - . ; begins with a letter or digit */
	char origin[NAME_MAX_BYTES + 1];
	struct vkey log;     /* KEY_ED25519, named as the origin */
	struct vkey witness; /* KEY_COSIGNATURE */
	struct vkey mirror;  /* likewise */
	struct hash pin;
	char address[NAME_MAX_BYTES + 1]; /* host:port or [v6]:port; empty: we do not dial this peer */
};

/* ERR_INVALID: not a card (the text names the line); ERR_LIMIT: larger than CARD_MAX. */
CHECKED int card_parse(struct bytes text, struct card *out, struct err *err);
/* Append it. */
void card_write(const struct card *card, struct buf *out);
/* Do both say the same? */
bool card_equal(const struct card *a, const struct card *b);

/* "line N: key: value" documents in general: calls line_cb for each pair; what it returns ends the reading
 * and is given back.  key and value are terminated copies, trimmed. */
typedef int (*field_cb)(void *arg, const char *key, const char *value, struct err *err);
CHECKED int fields_parse(struct bytes text, field_cb line_cb, void *arg, struct err *err);

/* Node names: 1 to CODE_MAX of a-z 0-9 - . beginning with a letter or digit. */
CHECKED int node_name_check(const char *name, struct err *err);
/* host:port, [v6]:port; port 0 is allowed (the system chooses). */
CHECKED int address_check(const char *address, struct err *err);
/* Split it: host without brackets. */
CHECKED int address_split(const char *address, char host[NAME_MAX_BYTES + 1], uint16_t *port, struct err *err);
