#include "crypto/tls_cert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/tls.h"
#include "node/base/must.h"

enum { SERIAL_BYTES = 16, BEFORE_S = 3600 };

static BIO *reader(struct bytes pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	must(bio != NULL);
	return bio;
}

EVP_PKEY *cert_read_key(struct bytes pem)
{
	BIO *bio = reader(pem);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

X509 *cert_read(struct bytes pem)
{
	BIO *bio = reader(pem);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
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

static void set_names(X509 *cert, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(cert);
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) == 1);
	must(X509_set_issuer_name(cert, name) == 1);
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

static void add_pem(BIO *bio, struct buf *out)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	buf_add(out, data, (size_t)len);
	BIO_free(bio);
}

int tls_identity_new(const char *common_name, int64_t now_s, int days, struct buf *key_pem, struct buf *cert_pem,
                     struct err *err)
{
	if (common_name[0] == '\0' || strlen(common_name) > 64)
		return err_set(err, ERR_INVALID, "a certificate's common name has 1 to 64 bytes");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *key_bio = BIO_new(BIO_s_secmem()), *cert_bio = BIO_new(BIO_s_mem());
	must(key != NULL && cert != NULL && key_bio != NULL && cert_bio != NULL);
	time_t from = (time_t)now_s - BEFORE_S, until = (time_t)now_s + (time_t)days * 86400;
	must(X509_set_version(cert, X509_VERSION_3) == 1 && X509_set_pubkey(cert, key) == 1);
	must(ASN1_TIME_set(X509_getm_notBefore(cert), from) != NULL);
	must(ASN1_TIME_set(X509_getm_notAfter(cert), until) != NULL);
	set_serial(cert);
	set_names(cert, common_name);
	must(X509_sign(cert, key, EVP_sha256()) > 0);
	must(PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) == 1);
	must(PEM_write_bio_X509(cert_bio, cert) == 1);
	add_pem(key_bio, key_pem);
	add_pem(cert_bio, cert_pem);
	X509_free(cert);
	EVP_PKEY_free(key);
	return OK;
}
