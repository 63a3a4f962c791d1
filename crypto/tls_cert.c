#include "crypto/tls_cert.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <time.h>

#include "crypto/tls.h"
#include "node/base/limits.h"
#include "node/base/must.h"

enum { SERIAL_BYTES = 16, BEFORE_S = 3600 };

/* NULL for what cannot be a PEM file. */
static BIO *reader(struct bytes pem)
{
	if (pem.len == 0 || pem.len > INT_MAX)
		return NULL;
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	must(bio != NULL);
	return bio;
}

/* An encrypted key does not load: without this OpenSSL would ask the terminal for its password. */
static int no_password(char *out, int size, int writing, void *unused)
{
	return -1;
}

EVP_PKEY *cert_read_key(struct bytes pem)
{
	BIO *bio = reader(pem);
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

X509 *cert_read(struct bytes pem)
{
	BIO *bio = reader(pem);
	X509 *cert = bio != NULL ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	return cert;
}

int cert_pin(const X509 *cert, struct hash *pin)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	if (len <= 0)
		return ERR_INVALID;
	SHA256(der, (size_t)len, pin->b);
	OPENSSL_free(der);
	return OK;
}

static void write_date(const ASN1_TIME *time, char *out, size_t size)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(time, &tm) != 1 || strftime(out, size, "%Y-%m-%d", &tm) == 0)
		(void)snprintf(out, size, "an unreadable date");
}

bool cert_valid_now(const X509 *cert, char *why, size_t size)
{
	const ASN1_TIME *before = X509_get0_notBefore(cert), *after = X509_get0_notAfter(cert);
	char date[32];
	if (X509_cmp_current_time(before) >= 0) {
		write_date(before, date, sizeof date);
		(void)snprintf(why, size, "certificate not valid before %s", date);
		return false;
	}
	if (X509_cmp_current_time(after) <= 0) {
		write_date(after, date, sizeof date);
		(void)snprintf(why, size, "certificate expired on %s", date);
		return false;
	}
	return true;
}

int tls_pin_of(struct bytes cert_pem, struct hash *pin, struct err *err)
{
	X509 *cert = cert_read(cert_pem);
	int rc = cert != NULL ? cert_pin(cert, pin) : ERR_INVALID;
	X509_free(cert);
	return rc == OK ? OK : err_set(err, ERR_INVALID, "the TLS certificate does not parse as PEM");
}

int tls_cert_expiry(struct bytes cert_pem, int64_t *expiry_s, struct err *err)
{
	X509 *cert = cert_read(cert_pem);
	struct tm tm;
	bool good = cert != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1;
	X509_free(cert);
	if (!good)
		return err_set(err, ERR_INVALID, "the TLS certificate does not parse as PEM");
	*expiry_s = (int64_t)timegm(&tm);
	return OK;
}

/* ---- making one ---- */

static int set_names(X509 *cert, const char *common_name, struct err *err)
{
	X509_NAME *name = X509_get_subject_name(cert);
	if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) != 1)
		return err_set(err, ERR_INVALID, "a certificate's common name is UTF-8 of 1 to 64 characters");
	must(X509_set_issuer_name(cert, name) == 1);
	return OK;
}

static int set_dates(X509 *cert, int64_t now_s, int days, struct err *err)
{
	if (days <= 0 || now_s < BEFORE_S || now_s > (int64_t)(TIME_MAX_MS / 1000))
		return err_set(err, ERR_INVALID, "a certificate cannot be valid for %d days from that time", days);
	time_t from = (time_t)now_s - BEFORE_S;
	/* OpenSSL counts in days and seconds, and refuses what lies after the year 9999. */
	if (X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &from) == NULL ||
	    X509_time_adj_ex(X509_getm_notAfter(cert), days, 0, &from) == NULL)
		return err_set(err, ERR_INVALID, "a certificate of %d days would end after the year 9999", days);
	return OK;
}

static void set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_BYTES];
	must(RAND_bytes(bytes, sizeof bytes) == 1);
	bytes[0] &= 0x7f;
	BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
	must(number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL);
	BN_free(number);
}

/* Append what a writer put into bio, and free it (which wipes). */
static void take_pem(BIO *bio, struct buf *out)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	must(len > 0);
	buf_add(out, data, (size_t)len);
	BIO_free(bio);
}

static void write_pems(X509 *cert, EVP_PKEY *key, struct buf *key_pem, struct buf *cert_pem)
{
	BIO *key_bio = BIO_new(BIO_s_secmem()), *cert_bio = BIO_new(BIO_s_mem());
	must(key_bio != NULL && cert_bio != NULL);
	must(PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) == 1);
	must(PEM_write_bio_X509(cert_bio, cert) == 1);
	take_pem(key_bio, key_pem);
	take_pem(cert_bio, cert_pem);
}

int tls_identity_new(const char *common_name, int64_t now_s, int days, struct buf *key_pem, struct buf *cert_pem,
                     struct err *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	must(key != NULL && cert != NULL);
	must(X509_set_version(cert, X509_VERSION_3) == 1 && X509_set_pubkey(cert, key) == 1);
	set_serial(cert);
	int rc = common_name[0] != '\0' ? set_names(cert, common_name, err)
	                                : err_set(err, ERR_INVALID, "a certificate's common name is empty");
	if (rc == OK)
		rc = set_dates(cert, now_s, days, err);
	if (rc == OK) {
		must(X509_sign(cert, key, EVP_sha256()) > 0);
		write_pems(cert, key, key_pem, cert_pem);
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return rc;
}

/* ---- signing with one ---- */

static bool is_p256(const EVP_PKEY *key)
{
	char group[32] = "";
	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && strcmp(group, "prime256v1") == 0;
}

static void add_spki(EVP_PKEY *key, struct buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	must(len > 0);
	buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
}

int tls_key_sign(struct bytes key_pem, struct bytes message, struct buf *spki, struct buf *signature, struct err *err)
{
	EVP_PKEY *key = cert_read_key(key_pem);
	int rc = key == NULL    ? err_set(err, ERR_INVALID, "the TLS key does not parse as PEM")
	         : is_p256(key) ? OK
	                        : err_set(err, ERR_UNSUPPORTED, "the TLS key is not a P-256 key: it cannot sign records");
	if (rc == OK) {
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		size_t len = (size_t)EVP_PKEY_get_size(key);
		uint8_t *place = buf_reserve(signature, len);
		must(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
		must(EVP_DigestSign(ctx, place, &len, message.data, message.len) == 1);
		signature->len += len;
		EVP_MD_CTX_free(ctx);
		add_spki(key, spki);
	}
	EVP_PKEY_free(key);
	return rc;
}

int tls_key_verify(struct bytes spki, struct bytes message, struct bytes signature)
{
	const unsigned char *at = spki.data;
	EVP_PKEY *key = spki.len <= LONG_MAX ? d2i_PUBKEY(NULL, &at, (long)spki.len) : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	must(ctx != NULL);
	bool good = is_p256(key) && at == spki.data + spki.len &&
	            EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? OK : ERR_UNTRUSTED;
}
