/* tls: identities and the contexts made of them, and the peers that are not ours: plain OpenSSL at the other end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "crypto/encode.h"
#include "crypto/tls.h"
#include "node/base/limits.h"

#define NOW_S ((int64_t)time(NULL))

struct identity {
	struct buf key, cert;
	struct hash pin;
};

static struct identity own, other;

static void identity_make(struct identity *i, const char *name)
{
	assert_int_equal(tls_identity_new(name, NOW_S, 30, &i->key, &i->cert, NULL), OK);
	assert_int_equal(tls_pin_of(buf_bytes(&i->cert), &i->pin, NULL), OK);
}

static void identity_close(struct identity *i)
{
	secret_free(&i->key);
	buf_free(&i->cert);
}

static int make_identities(void **state)
{
	identity_make(&own, "own.example");
	identity_make(&other, "other.example");
	return 0;
}

static int close_identities(void **state)
{
	identity_close(&own);
	identity_close(&other);
	return 0;
}

static void two_identities_are_never_the_same(void **state)
{
	assert_false(hash_equal(&own.pin, &other.pin));
	assert_false(bytes_equal(buf_bytes(&own.key), buf_bytes(&other.key)));
}

/* The pin is what `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl sha256` prints. */
static void a_pin_is_the_digest_of_the_public_key(void **state)
{
	static const char cert[] = "-----BEGIN CERTIFICATE-----\n"
	                           "MIIBgTCCASegAwIBAgIUdI2P5u0PH/cEvrUCPaCXzRTp4oAwCgYIKoZIzj0EAwIw\n"
	                           "FjEUMBIGA1UEAwwLcGluLmV4YW1wbGUwHhcNMjYxMTI0MDQ1MTEyWhcNMjYxMjI0\n"
	                           "MDQ1MTEyWjAWMRQwEgYDVQQDDAtwaW4uZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG\n"
	                           "SM49AwEHA0IABPdW/3DLeM2lS5JrL1xA86tNjqLrBV1VXiFVAZuzwaTDvPZkKZIF\n"
	                           "HyzbGiN8NxFNsJY3oYJaUp7EdAd1Y/9ZejejUzBRMB0GA1UdDgQWBBRBmcDwDim5\n"
	                           "X2a2OSo/617fB7672zAfBgNVHSMEGDAWgBRBmcDwDim5X2a2OSo/617fB7672zAP\n"
	                           "BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCTiN9LlNgwNtTeJlV6\n"
	                           "ycvn8YQdsg9r0zcF7gIrYI7PggIgC8Sqq2Xg1RlbZdvS2o4Miin1AHaMtyzbbBIp\n"
	                           "97a4bPM=\n"
	                           "-----END CERTIFICATE-----\n";
	struct hash pin;
	struct buf hex = { 0 };
	int64_t expiry_s;
	assert_int_equal(tls_pin_of(bytes_str(cert), &pin, NULL), OK);
	hex_add(&hex, bytes_of(pin.b, HASH_SIZE));
	assert_string_equal(buf_str(&hex), "4107824c0d5fa3c863062b62562817eedd04de0aee539961c64d444f4b8ace35");
	assert_int_equal(tls_cert_expiry(bytes_str(cert), &expiry_s, NULL), OK);
	assert_int_equal(expiry_s, 1798087872);
	buf_free(&hex);
}

static void an_identity_needs_a_name_and_dates(void **state)
{
	struct buf key = { 0 }, cert = { 0 };
	struct err err = { 0 };
	char long_name[66];
	memset(long_name, 'n', sizeof long_name);
	long_name[65] = '\0';
	assert_int_equal(tls_identity_new("", NOW_S, 1, &key, &cert, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "name"));
	assert_int_equal(tls_identity_new(long_name, NOW_S, 1, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(tls_identity_new("\xff\xfe", NOW_S, 1, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(tls_identity_new("x", NOW_S, 0, &key, &cert, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "days"));
	assert_int_equal(tls_identity_new("x", NOW_S, -1, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(tls_identity_new("x", NOW_S, INT32_MAX, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(tls_identity_new("x", INT64_MAX, 1, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(tls_identity_new("x", INT64_MIN, 1, &key, &cert, &err), ERR_INVALID);
	assert_int_equal(key.len, 0);
	assert_int_equal(cert.len, 0);
	assert_int_equal(tls_identity_new("国家标准", NOW_S, 1, &key, &cert, &err), OK);
	secret_free(&key);
	buf_free(&cert);
}

static void a_context_needs_a_key_and_its_certificate(void **state)
{
	/* Made with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes128 -pass pass:x`. */
	static const char encrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	                                "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjhqn97+NjyfQICCAAw\n"
	                                "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEHTXclxqEx7A3xdQYaxDsfQEgZBj\n"
	                                "agQ+eoRVrHXCn8He9iPElLaDhNj1hV3qlfM1Uv86X1vYVTXX20LBnuObFr0trhTH\n"
	                                "8nle1sRXSo5xOwiWwXcTn+1Bvb5oN7+9ZoOcWkd8a+ZOY090jFx5ofrpUI8ldbxF\n"
	                                "CEciZ6RHp7TYtSOFfFcw6FhZI6Ofk9oCqYuDk3Hv5jNiIKCrQJIn+1xBGI1CukE=\n"
	                                "-----END ENCRYPTED PRIVATE KEY-----\n";
	struct bytes key = buf_bytes(&own.key), cert = buf_bytes(&own.cert), none = { 0 };
	const struct {
		struct bytes key, cert;
		const char *words;
	} bad[] = {
		{ buf_bytes(&other.key), cert, "not that of the certificate" },
		{ none, cert, "key does not parse" },
		{ key, none, "certificate does not parse" },
		{ cert, key, "key does not parse" },
		{ bytes_of(key.data, key.len / 2), cert, "key does not parse" },
		{ key, bytes_of(cert.data, cert.len / 2), "certificate does not parse" },
		{ bytes_str("rubbish"), bytes_str("rubbish"), "key does not parse" },
		{ bytes_str(encrypted), cert, "key does not parse" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tls_ctx *ctx = NULL;
		struct err err = { 0 };
		assert_int_equal(tls_ctx_new(bad[i].key, bad[i].cert, &ctx, &err), ERR_INVALID);
		assert_non_null(strstr(err.text, bad[i].words));
		assert_null(ctx);
	}
	struct hash pin;
	int64_t expiry_s;
	struct err err;
	assert_int_equal(tls_pin_of(none, &pin, &err), ERR_INVALID);
	assert_int_equal(tls_pin_of(key, &pin, &err), ERR_INVALID);
	assert_int_equal(tls_cert_expiry(none, &expiry_s, &err), ERR_INVALID);
	tls_ctx_free(NULL);
	tls_free(NULL);
}

/* ---- a stranger: any OpenSSL at the other end ---- */

struct stranger {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
	struct tls *ours;
	struct buf plain;
	struct err err;
	int rc, asked;
};

static bool count_and_accept(void *arg, const struct hash *pin)
{
	struct stranger *s = arg;
	s->asked++;
	return true;
}

/* A client without a certificate that believes any server; the test changes it before it connects. */
static void stranger_open(struct stranger *s, const SSL_METHOD *method, bool our_side_is_server)
{
	struct tls_ctx *ctx;
	*s = (struct stranger){ .ctx = SSL_CTX_new(method) };
	assert_non_null(s->ctx);
	SSL_CTX_set_verify(s->ctx, SSL_VERIFY_NONE, NULL);
	assert_int_equal(tls_ctx_new(buf_bytes(&own.key), buf_bytes(&own.cert), &ctx, NULL), OK);
	s->ours = tls_new(ctx, our_side_is_server, count_and_accept, s);
	tls_ctx_free(ctx);
}

static void stranger_give(struct stranger *s, const struct identity *who)
{
	BIO *key = BIO_new_mem_buf(who->key.data, (int)who->key.len),
	    *cert = BIO_new_mem_buf(who->cert.data, (int)who->cert.len);
	EVP_PKEY *k = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
	X509 *c = PEM_read_bio_X509(cert, NULL, NULL, NULL);
	assert_int_equal(SSL_CTX_use_certificate(s->ctx, c), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s->ctx, k), 1);
	EVP_PKEY_free(k);
	X509_free(c);
	BIO_free(key);
	BIO_free(cert);
}

/* Both talk until neither has more to say. */
static void stranger_converse(struct stranger *s, bool stranger_connects)
{
	char plain[256];
	s->ssl = SSL_new(s->ctx);
	s->in = BIO_new(BIO_s_mem());
	s->out = BIO_new(BIO_s_mem());
	SSL_set_bio(s->ssl, s->in, s->out);
	if (stranger_connects)
		SSL_set_connect_state(s->ssl);
	else
		SSL_set_accept_state(s->ssl);
	if (!stranger_connects)
		assert_int_equal(tls_start(s->ours, NULL), OK);
	for (int turn = 0; turn < 20; turn++) {
		struct buf wire = { 0 };
		(void)SSL_read(s->ssl, plain, sizeof plain);
		ERR_clear_error();
		size_t n = BIO_ctrl_pending(s->out);
		wire.len += (size_t)(n > 0 ? BIO_read(s->out, buf_reserve(&wire, n), (int)n) : 0);
		if (s->rc == OK && wire.len > 0)
			s->rc = tls_feed(s->ours, buf_bytes(&wire), &s->plain, &s->err);
		buf_reset(&wire);
		tls_drain(s->ours, &wire);
		if (wire.len > 0)
			(void)BIO_write(s->in, wire.data, (int)wire.len);
		buf_free(&wire);
	}
}

static void stranger_close(struct stranger *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	tls_free(s->ours);
	buf_free(&s->plain);
}

static void assert_turned_away(struct stranger *s, int rc, const char *words)
{
	assert_int_equal(s->rc, rc);
	if (strstr(s->err.text, words) == NULL)
		fail_msg("expected '%s', got '%s'", words, s->err.text);
	assert_false(tls_established(s->ours, NULL));
	stranger_close(s);
}

static void a_stranger_with_a_certificate_is_heard(void **state)
{
	struct stranger s;
	struct hash pin;
	stranger_open(&s, TLS_client_method(), true);
	stranger_give(&s, &other);
	stranger_converse(&s, true);
	assert_int_equal(s.rc, OK);
	assert_int_equal(s.asked, 1);
	assert_true(tls_established(s.ours, &pin));
	assert_true(hash_equal(&pin, &other.pin));
	assert_string_equal(SSL_get_version(s.ssl), "TLSv1.3");
	assert_false(SSL_session_reused(s.ssl));
	assert_false(SSL_SESSION_is_resumable(SSL_get_session(s.ssl)));
	assert_int_equal(SSL_SESSION_get_max_early_data(SSL_get_session(s.ssl)), 0);
	stranger_close(&s);
}

static void a_client_without_certificate_is_refused(void **state)
{
	struct stranger s;
	stranger_open(&s, TLS_client_method(), true);
	stranger_converse(&s, true);
	assert_int_equal(s.asked, 0);
	assert_turned_away(&s, ERR_UNTRUSTED, "shows no certificate");
}

static void a_server_that_asks_for_no_certificate_is_still_pinned(void **state)
{
	struct stranger s;
	stranger_open(&s, TLS_server_method(), false);
	stranger_give(&s, &other);
	stranger_converse(&s, false);
	assert_int_equal(s.asked, 1);
	assert_int_equal(s.rc, OK);
	stranger_close(&s);
}

static void old_versions_are_refused(void **state)
{
	for (int server = 0; server < 2; server++) {
		struct stranger s;
		stranger_open(&s, server ? TLS_client_method() : TLS_server_method(), server);
		stranger_give(&s, &other);
		assert_int_equal(SSL_CTX_set_max_proto_version(s.ctx, TLS1_2_VERSION), 1);
		stranger_converse(&s, server);
		assert_turned_away(&s, ERR_PROTOCOL, "TLS: ");
	}
}

static void a_client_of_another_protocol_is_refused(void **state)
{
	static const unsigned char web[] = "\x02h2\x08http/1.1", both[] = "\x02h2\x0anormlink/1";
	struct stranger s;
	stranger_open(&s, TLS_client_method(), true);
	stranger_give(&s, &other);
	assert_int_equal(SSL_CTX_set_alpn_protos(s.ctx, web, sizeof web - 1), 0);
	stranger_converse(&s, true);
	assert_turned_away(&s, ERR_PROTOCOL, "TLS: ");

	stranger_open(&s, TLS_client_method(), true);
	stranger_give(&s, &other);
	assert_int_equal(SSL_CTX_set_alpn_protos(s.ctx, both, sizeof both - 1), 0);
	stranger_converse(&s, true);
	assert_int_equal(s.rc, OK);
	stranger_close(&s);
}

/* Groups that would make a server compute for a stranger. */
static void costly_groups_are_refused(void **state)
{
	struct stranger s;
	stranger_open(&s, TLS_client_method(), true);
	stranger_give(&s, &other);
	int groups[] = { NID_ffdhe8192, NID_secp521r1 };
	assert_int_equal(SSL_CTX_set1_groups(s.ctx, groups, 2), 1);
	stranger_converse(&s, true);
	assert_turned_away(&s, ERR_PROTOCOL, "TLS: ");
}

/* A certificate of more than TLS_CERTIFICATE_MAX, swollen by a comment. */
static void a_huge_certificate_is_refused(void **state)
{
	struct stranger s;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	char *comment = malloc(TLS_CERTIFICATE_MAX + 1);
	assert_non_null(comment);
	memset(comment, 'x', TLS_CERTIFICATE_MAX);
	comment[TLS_CERTIFICATE_MAX] = '\0';
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, comment);
	assert_non_null(ext);
	X509_set_version(cert, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	assert_int_equal(X509_add_ext(cert, ext, -1), 1);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);

	stranger_open(&s, TLS_client_method(), true);
	assert_int_equal(SSL_CTX_use_certificate(s.ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s.ctx, key), 1);
	stranger_converse(&s, true);
	assert_int_equal(s.asked, 0);
	assert_turned_away(&s, ERR_PROTOCOL, "TLS: ");
	X509_EXTENSION_free(ext);
	X509_free(cert);
	EVP_PKEY_free(key);
	free(comment);
}

/* A key that says it is other's but holds own's secret: what a thief of certificates has. */
static EVP_PKEY *make_false_key(void)
{
	BIO *own_bio = BIO_new_mem_buf(own.key.data, (int)own.key.len);
	BIO *other_bio = BIO_new_mem_buf(other.key.data, (int)other.key.len);
	EVP_PKEY *mine = PEM_read_bio_PrivateKey(own_bio, NULL, NULL, NULL);
	EVP_PKEY *theirs = PEM_read_bio_PrivateKey(other_bio, NULL, NULL, NULL), *key = NULL;
	BIGNUM *secret = NULL;
	unsigned char public[128];
	size_t len;
	assert_int_equal(EVP_PKEY_get_bn_param(mine, OSSL_PKEY_PARAM_PRIV_KEY, &secret), 1);
	assert_int_equal(EVP_PKEY_get_octet_string_param(theirs, OSSL_PKEY_PARAM_PUB_KEY, public, sizeof public, &len), 1);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	assert_true(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
	            OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public, len) &&
	            OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret));
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params), 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(secret);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	BIO_free(own_bio);
	BIO_free(other_bio);
	return key;
}

/* The right certificate opens nothing without its key: the pin is asked for, and then the signature fails. */
static void a_stolen_certificate_is_refused(void **state)
{
	struct stranger s;
	EVP_PKEY *key = make_false_key();
	BIO *bio = BIO_new_mem_buf(other.cert.data, (int)other.cert.len);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	for (int server = 0; server < 2; server++) {
		stranger_open(&s, server ? TLS_client_method() : TLS_server_method(), server);
		assert_int_equal(SSL_CTX_use_certificate(s.ctx, cert), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey(s.ctx, key), 1);
		stranger_converse(&s, server);
		assert_int_equal(s.asked, 1);
		assert_turned_away(&s, ERR_PROTOCOL, "bad signature");
	}
	X509_free(cert);
	BIO_free(bio);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_identities_are_never_the_same),
		cmocka_unit_test(a_pin_is_the_digest_of_the_public_key),
		cmocka_unit_test(an_identity_needs_a_name_and_dates),
		cmocka_unit_test(a_context_needs_a_key_and_its_certificate),
		cmocka_unit_test(a_stranger_with_a_certificate_is_heard),
		cmocka_unit_test(a_client_without_certificate_is_refused),
		cmocka_unit_test(a_server_that_asks_for_no_certificate_is_still_pinned),
		cmocka_unit_test(old_versions_are_refused),
		cmocka_unit_test(a_client_of_another_protocol_is_refused),
		cmocka_unit_test(costly_groups_are_refused),
		cmocka_unit_test(a_huge_certificate_is_refused),
		cmocka_unit_test(a_stolen_certificate_is_refused),
	};
	return cmocka_run_group_tests(tests, make_identities, close_identities);
}
