#include "crypto/author_key.h"

#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "node/base/must.h"

static const char sm2_identifier[] = "1234567812345678"; /* GB/T 35276: where nothing else was agreed */

/* What stands before the key's own bytes: the same for every key of an algorithm. */
static const uint8_t ed25519_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
static const uint8_t p256_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
	                                 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };
static const uint8_t sm2_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
	                                0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00, 0x04 };

static const struct form {
	const char *word;
	const uint8_t *head;
	size_t head_len, len;
} forms[] = {
	[AUTHOR_ED25519] = { "ed25519", ed25519_head, sizeof ed25519_head, 44 },
	[AUTHOR_ECDSA_P256] = { "ecdsa-p256", p256_head, sizeof p256_head, AUTHOR_SPKI_MAX },
	[AUTHOR_SM2_SM3] = { "sm2-sm3", sm2_head, sizeof sm2_head, AUTHOR_SPKI_MAX },
};
enum { FORMS = sizeof forms / sizeof *forms };

struct author_secret {
	EVP_PKEY *key;
	enum author_algorithm algorithm;
	struct buf spki;
};

const char *author_algorithm_word(int algorithm)
{
	return algorithm >= 1 && algorithm < FORMS ? forms[algorithm].word : NULL;
}

/* ---- public keys ---- */

static bool has_form(struct bytes spki, enum author_algorithm *out)
{
	for (int i = 1; i < FORMS; i++) {
		if (spki.len == forms[i].len && memcmp(spki.data, forms[i].head, forms[i].head_len) == 0) {
			*out = (enum author_algorithm)i;
			return true;
		}
	}
	return false;
}

/* NULL: its point is not on the curve. */
static EVP_PKEY *load(struct bytes spki)
{
	const unsigned char *at = spki.data;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)spki.len);
	ERR_clear_error();
	return key;
}

int author_key_check(struct bytes spki, enum author_algorithm *out, struct err *err)
{
	if (!has_form(spki, out))
		return err_set(err, ERR_INVALID, "not a public key of Ed25519, P-256 or SM2 with an uncompressed point");
	EVP_PKEY *key = load(spki);
	EVP_PKEY_free(key);
	return key != NULL ? OK : err_set(err, ERR_INVALID, "not a point of its curve");
}

/* Any of the forms that a file may have; NULL. */
static EVP_PKEY *read_any(struct bytes file, bool *private)
{
	BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
	must(bio != NULL);
	char none[] = ""; /* an encrypted key is refused; nobody is asked for its password */
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, none);
	*private = key != NULL;
	if (key == NULL && BIO_reset(bio) >= 0)
		key = PEM_read_bio_PUBKEY(bio, NULL, NULL, none);
	BIO_free(bio);
	const unsigned char *at = file.data;
	if (key == NULL)
		key = d2i_PUBKEY(NULL, &at, (long)file.len);
	at = file.data;
	if (key == NULL) {
		key = d2i_AutoPrivateKey(NULL, &at, (long)file.len);
		*private = key != NULL;
	}
	ERR_clear_error();
	return key;
}

static int write_public(EVP_PKEY *key, enum author_algorithm *algorithm, struct buf *spki, struct err *err)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	ERR_clear_error();
	if (len <= 0)
		return err_set(err, ERR_INVALID, "a key without a public half");
	int rc = author_key_check(bytes_of(der, (size_t)len), algorithm, err);
	if (rc == OK)
		buf_add(spki, der, (size_t)len);
	OPENSSL_free(der);
	return rc;
}

int author_key_read(struct bytes file, enum author_algorithm *algorithm, struct buf *spki, struct err *err)
{
	bool private;
	EVP_PKEY *key = file.len > 0 && file.len <= AUTHOR_KEY_FILE_MAX ? read_any(file, &private) : NULL;
	if (key == NULL)
		return err_set(err, ERR_INVALID, "not a key in PEM or DER");
	int rc = write_public(key, algorithm, spki, err);
	EVP_PKEY_free(key);
	return rc;
}

void author_key_id(struct bytes spki, uint8_t out[AUTHOR_KEY_ID_SIZE])
{
	struct hasher *h = hasher_new();
	struct hash sum = hash_sum(h, spki);
	hasher_free(h);
	memcpy(out, sum.b, AUTHOR_KEY_ID_SIZE);
}

/* ---- signatures ---- */

/* SM2 hashes who signs and with which key before the message; the context keeps its own of the key. */
static bool prepare(EVP_MD_CTX *ctx, EVP_PKEY *key, enum author_algorithm algorithm, EVP_PKEY_CTX **of_key)
{
	*of_key = NULL;
	if (algorithm != AUTHOR_SM2_SM3)
		return true;
	*of_key = EVP_PKEY_CTX_new(key, NULL);
	if (*of_key == NULL || EVP_PKEY_CTX_set1_id(*of_key, sm2_identifier, (int)sizeof sm2_identifier - 1) <= 0)
		return false;
	EVP_MD_CTX_set_pkey_ctx(ctx, *of_key);
	return true;
}

static const EVP_MD *digest_of(enum author_algorithm algorithm)
{
	return algorithm == AUTHOR_ED25519 ? NULL : algorithm == AUTHOR_ECDSA_P256 ? EVP_sha256() : EVP_sm3();
}

static bool verify(EVP_PKEY *key, enum author_algorithm algorithm, struct bytes message, struct bytes signature)
{
	EVP_PKEY_CTX *of_key;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	must(ctx != NULL);
	bool good = prepare(ctx, key, algorithm, &of_key) &&
	            EVP_DigestVerifyInit(ctx, NULL, digest_of(algorithm), NULL, key) == 1 &&
	            EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(of_key);
	ERR_clear_error();
	return good;
}

int author_verify(enum author_algorithm algorithm, struct bytes spki, struct bytes message, struct bytes signature)
{
	enum author_algorithm own;
	if (!has_form(spki, &own) || own != algorithm || signature.len == 0 || signature.len > AUTHOR_SIGNATURE_MAX)
		return ERR_UNTRUSTED;
	EVP_PKEY *key = load(spki);
	bool good = key != NULL && verify(key, algorithm, message, signature);
	EVP_PKEY_free(key);
	return good ? OK : ERR_UNTRUSTED;
}

/* ---- private keys ---- */

int author_secret_read(struct bytes file, struct author_secret **out, struct err *err)
{
	bool private = false;
	EVP_PKEY *key = file.len > 0 && file.len <= AUTHOR_KEY_FILE_MAX ? read_any(file, &private) : NULL;
	if (key == NULL || !private) {
		EVP_PKEY_free(key);
		return err_set(err, ERR_INVALID,
		               key != NULL ? "a public key, where the private one is needed"
		                           : "not a private key in PEM or DER, or an encrypted one");
	}
	struct author_secret *s = calloc(1, sizeof *s);
	must(s != NULL);
	s->key = key;
	int rc = write_public(key, &s->algorithm, &s->spki, err);
	if (rc == OK)
		*out = s;
	else
		author_secret_free(s);
	return rc;
}

void author_secret_free(struct author_secret *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);
	buf_free(&s->spki);
	free(s);
}

struct bytes author_secret_public(const struct author_secret *s)
{
	return buf_bytes(&s->spki);
}

enum author_algorithm author_secret_algorithm(const struct author_secret *s)
{
	return s->algorithm;
}

void author_sign(const struct author_secret *s, struct bytes message, struct buf *signature)
{
	EVP_PKEY_CTX *of_key;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t out[AUTHOR_SIGNATURE_MAX + 8];
	size_t len = sizeof out;
	must(ctx != NULL);
	must(prepare(ctx, s->key, s->algorithm, &of_key));
	must(EVP_DigestSignInit(ctx, NULL, digest_of(s->algorithm), NULL, s->key) == 1);
	must(EVP_DigestSign(ctx, out, &len, message.data, message.len) == 1);
	must(len <= AUTHOR_SIGNATURE_MAX);
	buf_add(signature, out, len);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(of_key);
}
