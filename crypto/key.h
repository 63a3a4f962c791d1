/* key: Ed25519 signing keys and verifier keys in the text forms of signed-note.
 *
 * A verifier key (vkey) is NAME+HHHHHHHH+BASE64(type || key); a signing key is
 * PRIVATE+KEY+NAME+HHHHHHHH+BASE64(type || seed).  Types here: 0x01 Ed25519 (a log's head),
 * 0x04 timestamped Ed25519 cosignature (a witness).  Others are recognised and ERR_UNSUPPORTED.
 *
 * Implements C2SP signed-note (verifier keys, key IDs).  Thread: a key is immutable after it is
 * made and may be shared.
 */
#pragma once

#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

enum key_type {
	KEY_ED25519 = 0x01,
	KEY_COSIGNATURE = 0x04,
};

enum { KEY_SIZE = 32, SIGNATURE_SIZE = 64 };

struct vkey {
	char name[NAME_MAX_BYTES + 1]; /* non-empty, no Unicode space, no '+' */
	uint32_t id;
	enum key_type type;
	uint8_t key[KEY_SIZE];
};

struct skey; /* a signing key; its bytes are wiped when freed */

/* Reads one vkey with nothing around it.  ERR_INVALID (the text says what).  ERR_UNSUPPORTED: a type
 * that is not done here; *out then has its name, ID and type, and in place of the key a digest that
 * tells two apart; it verifies nothing. */
CHECKED int vkey_parse(struct bytes text, struct vkey *out, struct err *err);
/* k is of a type that is done here. */
void vkey_write(const struct vkey *k, struct buf *out);

/* OK, or ERR_UNTRUSTED. */
CHECKED int vkey_verify(const struct vkey *k, struct bytes message, const uint8_t signature[SIGNATURE_SIZE]);

/* Gives a new random key.  ERR_INVALID: the name breaks signed-note's rules. */
CHECKED int skey_generate(const char *name, enum key_type type, struct skey **out, struct err *err);
/* The key whose seed is given: for tests and the simulator. */
CHECKED int skey_from_seed(const char *name, enum key_type type, const uint8_t seed[KEY_SIZE], struct skey **out,
                           struct err *err);
/* ERR_INVALID, ERR_UNSUPPORTED. */
CHECKED int skey_parse(struct bytes text, struct skey **out, struct err *err);
/* Append the secret's text form; free out with secret_free (encode.h). */
void skey_write(const struct skey *k, struct buf *out);
void skey_free(struct skey *k);

/* Borrowed, lives as long as k. */
const struct vkey *skey_public(const struct skey *k);

void skey_sign(const struct skey *k, struct bytes message, uint8_t signature[SIGNATURE_SIZE]);

/* A secret for one purpose that lasts as long as the key and tells nothing of it: HMAC-SHA-256 of the label under the
 * seed. */
struct hash skey_derive(const struct skey *k, struct hasher *h, const char *label);

/* signed-note: key names are non-empty UTF-8 without Unicode spaces or '+'. */
CHECKED int key_name_check(struct bytes name, struct err *err);
