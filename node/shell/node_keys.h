/* node_keys: the key files of a data directory.
 *
 *     keys/log.key, witness.key, mirror.key, tls.key and tls.crt      the first of each role, made by init
 *     keys/log-1f0e22b7.key, tls-9f86d081.key and tls-9f86d081.crt    later ones, by key ID or the pin's first digits
 *
 * Files never move; the node's own log says which of them is in force (proto/README.md, clause 2.10).  An old one may
 * be removed once nobody needs it: the first key of a role that is there then stands for the first. Thread: any.
 */
#pragma once

#include "crypto/key.h"
#include "crypto/tls.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "proto/key_change.h"

/* A TLS key with its certificate. */
struct node_identity {
	struct buf key_pem, cert_pem;
	struct hash pin;
};

void node_identity_free(struct node_identity *identity);

/* Keys of one folder, each role's first file first. */
struct node_keys {
	struct skey **v[KEY_OF_TLS]; /* by role */
	size_t count[KEY_OF_TLS];
	struct node_identity *identities;
	size_t identity_count;
};

/* Read every key file of the folder DIR/keys.  ERR_NOT_FOUND: a role has none; ERR_UNTRUSTED: a file that others may
 * read; ERR_INVALID: one that is no key of its role.  *out is to be freed in any case. */
CHECKED int node_keys_read(const char *dir, struct node_keys *out, struct err *err);
void node_keys_free(struct node_keys *keys);

/* A new signing key of that role and name, on disk (0600, durable) before it is given. */
CHECKED int node_keys_make(const char *dir, enum key_role role, const char *name, struct skey **out, struct err *err);
/* A new TLS key and certificate likewise. */
CHECKED int node_keys_make_identity(const char *dir, const char *name, struct node_identity *out, struct err *err);
