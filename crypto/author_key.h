/* author_key: keys with which authors sign records (proto/README.md, clause 1.3): Ed25519, ECDSA P-256 with SHA-256,
 * SM2 with SM3 (GB/T 32918.2 with the usual identifier 1234567812345678).
 *
 * A public key is its SubjectPublicKeyInfo in DER, in the one form that each algorithm has here: with a named curve and
 * an uncompressed point.  Signatures are 64 bytes of Ed25519, else DER of two numbers.
 * Knows: keys and signatures.  Must not know: whose they are, what is signed.
 * Thread: any; a secret is immutable once read.
 */
#pragma once

#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* The numbers of proto/entry.proto. */
enum author_algorithm { AUTHOR_ED25519 = 1, AUTHOR_ECDSA_P256 = 2, AUTHOR_SM2_SM3 = 3 };

enum {
	AUTHOR_SPKI_MAX = 91,
	AUTHOR_SIGNATURE_MAX = 72,
	AUTHOR_KEY_ID_SIZE = 8,
	AUTHOR_KEY_FILE_MAX = 4096 /* a key in PEM, with what people write around it */
};

/* "ed25519", "ecdsa-p256", "sm2-sm3"; NULL: none of them. */
const char *author_algorithm_word(int algorithm);

/* Is this a public key, and of which algorithm?  ERR_INVALID: not in the form above, or no point of its curve. */
CHECKED int author_key_check(struct bytes spki, enum author_algorithm *out, struct err *err);

/* Read a public key, of a file in PEM (a private key's public half, too) or DER; appended to spki.  As above. */
CHECKED int author_key_read(struct bytes file, enum author_algorithm *algorithm, struct buf *spki, struct err *err);

/* Clause 1.3: the first 8 bytes of the SHA-256 of the key. */
void author_key_id(struct bytes spki, uint8_t out[AUTHOR_KEY_ID_SIZE]);

/* OK, or ERR_UNTRUSTED: also when spki is no key of that algorithm. */
CHECKED int author_verify(enum author_algorithm algorithm, struct bytes spki, struct bytes message,
                          struct bytes signature);

struct author_secret; /* a private key; wiped when freed */

/* From PEM or DER (PKCS #8, SEC 1).  Gives *out.  ERR_INVALID: none, encrypted, or of another algorithm. */
CHECKED int author_secret_read(struct bytes file, struct author_secret **out, struct err *err);
void author_secret_free(struct author_secret *s);

/* Borrowed, lives as long as s. */
struct bytes author_secret_public(const struct author_secret *s);
enum author_algorithm author_secret_algorithm(const struct author_secret *s);

/* Append the signature. */
void author_sign(const struct author_secret *s, struct bytes message, struct buf *signature);
