/* key_change: another key in place of one of a log's operator, as a record in that log, signed by both keys
 * (proto/README.md, clause 2.10).
 *
 * Whoever knows either key can check it without the log.  Whether it takes effect depends on the log: node/core/keys.h.
 * Thread: any.
 */
#pragma once

#include "crypto/key.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

enum key_role { KEY_OF_LOG, KEY_OF_WITNESS, KEY_OF_MIRROR, KEY_OF_TLS };
enum { KEY_ROLES = 4 };

struct key_change {
	enum key_role role;
	struct vkey old, new; /* of a TLS key .key is its pin, and nothing else is set */
	uint64_t until_ms;    /* both count until then */
	uint64_t index;       /* of the entry that says so */
};

/* "log", "witness", "mirror", "tls": the subjects.  The second form: ERR_NOT_FOUND. */
const char *key_role_word(enum key_role role);
CHECKED int key_role_of_word(const char *word, enum key_role *out);

/* The key as a statement names it: a verifier key, or a pin in hex. */
void key_text(enum key_role role, const struct vkey *key, struct buf *out);

/* The body of a record of KIND_KEY.  ERR_INVALID, ERR_LIMIT as record_validate; says nothing about signatures. */
CHECKED int key_change_read(const Normlink__Record *r, struct key_change *out, struct err *err);

/* The whole payload, with both signatures.  ERR_UNTRUSTED: one is missing or fails; ERR_INVALID, ERR_LIMIT: not a key
 * statement. */
CHECKED int key_change_open(struct bytes payload, struct key_change *out, struct err *err);

/* What signs for one of the two keys: key, or of TLS its private key (PEM).  Borrowed. */
struct key_signer {
	const struct skey *key;
	struct bytes tls_pem;
};

/* Append the payload.  ERR_INVALID: the change breaks clause 2.10, or a TLS key does not load. */
CHECKED int key_change_write(const struct key_change *k, const struct key_signer *old, const struct key_signer *new,
                             const uint8_t nonce[NONCE_SIZE], struct buf *payload, struct err *err);
