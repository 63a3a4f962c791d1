#include "crypto/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/encode.h"
#include "crypto/tls_cert.h"
#include "node/base/limits.h"
#include "node/base/must.h"

enum { READ_CHUNK = 16 * 1024, WRITE_CHUNK = 1024 * 1024, REASON_MAX = 160, ALPN_LEN = 11 };

/* One protocol name, so that a stray TLS client is turned away in the handshake. */
static const unsigned char alpn[] = "\x0anormlink/1";

/* An identity as a client asks for it. */
struct identity {
	char name[64];
	SSL_CTX *ssl; /* one reference each */
};

struct tls_ctx {
	SSL_CTX *ssl;
	struct hash pin;
	struct identity former[TLS_FORMER_MAX];
	size_t former_count;
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	struct identity former[TLS_FORMER_MAX];
	size_t former_count;
	tls_pin_cb accept_cb;
	void *arg;
	bool established;
	struct hash pin;
	char refusal[REASON_MAX]; /* why our verify callback said no */
	struct err failed;        /* what ended the session, said again to whoever asks again */
};

/* ---- what the other side must be ---- */

/* code decides which alert the other side gets. */
static int refuse(struct tls *t, X509_STORE_CTX *store, int code, const char *why)
{
	(void)snprintf(t->refusal, sizeof t->refusal, "%s", why);
	X509_STORE_CTX_set_error(store, code);
	return 0;
}

/* The pin in the words of a node's card, so that an operator can compare. */
static int refuse_pin(struct tls *t, X509_STORE_CTX *store)
{
	struct buf why = { 0 };
	buf_add_str(&why, "pin refused: the certificate's is ");
	hex_add(&why, bytes_of(t->pin.b, HASH_SIZE));
	(void)refuse(t, store, X509_V_ERR_CERT_REJECTED, buf_str(&why));
	buf_free(&why);
	return 0;
}

/* Takes the place of chain building: the pin decides, and the dates. */
static int verify_cert(X509_STORE_CTX *store, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);
	X509 *cert = X509_STORE_CTX_get0_cert(store);
	char why[REASON_MAX];
	if (cert == NULL || cert_pin(cert, &t->pin) != OK)
		return refuse(t, store, X509_V_ERR_UNSPECIFIED, "the certificate cannot be read");
	if (!cert_valid_now(cert, why, sizeof why))
		return refuse(t, store, X509_V_ERR_CERT_HAS_EXPIRED, why);
	if (!t->accept_cb(t->arg, &t->pin))
		return refuse_pin(t, store);
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *outlen, const unsigned char *in,
                       unsigned inlen, void *arg)
{
	for (unsigned i = 0; i < inlen && inlen - i > in[i]; i += 1u + in[i]) {
		if (in[i] == alpn[0] && memcmp(in + i + 1, alpn + 1, alpn[0]) == 0) {
			*out = in + i + 1;
			*outlen = alpn[0];
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* ---- older identities ---- */

static void pin_name(const struct hash *pin, char out[64])
{
	struct buf hex = { 0 };
	hex_add(&hex, bytes_of(pin->b, HASH_SIZE / 2));
	(void)snprintf(out, 64, "p-%s.normlink", buf_str(&hex));
	buf_free(&hex);
}

static void former_copy(const struct identity *from, size_t count, struct identity *to)
{
	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		must(SSL_CTX_up_ref(to[i].ssl) == 1);
	}
}

/* Server: the identity that the client's first message names, else the newest. */
static int choose_identity(SSL *ssl, int *alert, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	for (size_t i = 0; name != NULL && i < t->former_count; i++)
		if (strcmp(name, t->former[i].name) == 0)
			(void)SSL_set_SSL_CTX(ssl, t->former[i].ssl);
	return SSL_TLSEXT_ERR_OK;
}

void tls_ctx_remember(struct tls_ctx *ctx, const struct tls_ctx *former)
{
	struct identity one = { .ssl = former->ssl };
	if (ctx->former_count == TLS_FORMER_MAX) {
		SSL_CTX_free(ctx->former[0].ssl);
		memmove(&ctx->former[0], &ctx->former[1], --ctx->former_count * sizeof one);
	}
	pin_name(&former->pin, one.name);
	former_copy(&one, 1, &ctx->former[ctx->former_count++]);
	SSL_CTX_set_tlsext_servername_callback(ctx->ssl, choose_identity);
}

/* ---- contexts ---- */

static int load_identity(SSL_CTX *ctx, struct bytes key_pem, struct bytes cert_pem, struct hash *pin, struct err *err)
{
	EVP_PKEY *key = cert_read_key(key_pem);
	X509 *cert = cert_read(cert_pem);
	int rc = OK;
	if (key == NULL || cert == NULL)
		rc = err_set(err, ERR_INVALID, "the TLS %s does not parse as PEM", key == NULL ? "key" : "certificate");
	else if (SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
	         SSL_CTX_check_private_key(ctx) != 1)
		rc = err_set(err, ERR_INVALID, "the TLS key is not that of the certificate");
	else if (cert_pin(cert, pin) != OK)
		rc = err_set(err, ERR_INVALID, "the TLS certificate has no public key");
	EVP_PKEY_free(key);
	X509_free(cert);
	return rc;
}

/* What is negotiated, narrowed to what is needed.  Large finite-field groups would let a stranger make us compute. */
static void set_protocol(SSL_CTX *ctx)
{
	must(SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1);
	must(SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1);
	must(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"));
	int groups[] = { NID_X25519, NID_X9_62_prime256v1 };
	must(SSL_CTX_set1_groups(ctx, groups, 2) == 1);
	must(SSL_CTX_set_alpn_protos(ctx, alpn, ALPN_LEN) == 0);
	SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	must(SSL_CTX_set_num_tickets(ctx, 0) == 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	must(SSL_CTX_set_max_early_data(ctx, 0) == 1);
	SSL_CTX_set_max_cert_list(ctx, TLS_CERTIFICATE_MAX);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify_cert, NULL);
	/* Idle links are many; their buffers come back with the next record. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
}

int tls_ctx_new(struct bytes key_pem, struct bytes cert_pem, struct tls_ctx **out, struct err *err)
{
	ERR_clear_error();
	struct tls_ctx *ctx = calloc(1, sizeof *ctx);
	must(ctx != NULL);
	ctx->ssl = SSL_CTX_new(TLS_method());
	must(ctx->ssl != NULL);
	set_protocol(ctx->ssl);
	int rc = load_identity(ctx->ssl, key_pem, cert_pem, &ctx->pin, err);
	ERR_clear_error();
	if (rc != OK) {
		tls_ctx_free(ctx);
		return rc;
	}
	*out = ctx;
	return OK;
}

void tls_ctx_free(struct tls_ctx *ctx)
{
	if (ctx == NULL)
		return;
	for (size_t i = 0; i < ctx->former_count; i++)
		SSL_CTX_free(ctx->former[i].ssl);
	SSL_CTX_free(ctx->ssl);
	free(ctx);
}

/* ---- sessions ---- */

struct tls *tls_new(struct tls_ctx *ctx, bool server, tls_pin_cb accept_cb, void *arg)
{
	struct tls *t = calloc(1, sizeof *t);
	must(t != NULL);
	t->accept_cb = accept_cb;
	t->arg = arg;
	t->ssl = SSL_new(ctx->ssl);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	must(t->ssl != NULL && t->in != NULL && t->out != NULL);
	BIO_set_mem_eof_return(t->in, -1);
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_app_data(t->ssl, t);
	t->former_count = server ? ctx->former_count : 0;
	former_copy(ctx->former, t->former_count, t->former);
	if (server)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	for (size_t i = 0; i < t->former_count; i++)
		SSL_CTX_free(t->former[i].ssl);
	free(t);
}

/* Alerts by which the other side says that our certificate is the trouble (RFC 8446 6.2). */
static bool refuses_us(int reason)
{
	switch (reason) {
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return true;
	default:
		return false;
	}
}

/* The session's end as one of our codes: from our callback, or OpenSSL's reason for the last failure. */
static int classify(struct tls *t, int ssl_error)
{
	unsigned long queued = ERR_peek_last_error();
	int reason = ERR_GET_LIB(queued) == ERR_LIB_SSL ? ERR_GET_REASON(queued) : 0;
	const char *text = ERR_reason_error_string(queued);
	text = text != NULL ? text : "broken session";
	if (t->refusal[0] != '\0')
		return err_set(&t->failed, ERR_UNTRUSTED, "TLS: %s", t->refusal);
	if (ssl_error == SSL_ERROR_ZERO_RETURN || reason == SSL_R_PROTOCOL_IS_SHUTDOWN)
		return err_set(&t->failed, ERR_CLOSED, "TLS: the session was ended in order");
	if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		return err_set(&t->failed, ERR_UNTRUSTED, "TLS: the other side shows no certificate");
	if (refuses_us(reason))
		return err_set(&t->failed, ERR_UNTRUSTED, "TLS: the other side refuses our certificate (%s)", text);
	return err_set(&t->failed, ERR_PROTOCOL, "TLS: %s", text);
}

static int say_failure(const struct tls *t, struct err *err)
{
	return err_set(err, t->failed.code, "%s", t->failed.text);
}

static int session_error(struct tls *t, int ssl_error, struct err *err)
{
	(void)classify(t, ssl_error);
	ERR_clear_error();
	return say_failure(t, err);
}

static bool wants_more(int ssl_error)
{
	return ssl_error == SSL_ERROR_WANT_READ || ssl_error == SSL_ERROR_WANT_WRITE;
}

static int handshake(struct tls *t, struct err *err)
{
	ERR_clear_error();
	int n = SSL_do_handshake(t->ssl);
	if (n == 1) {
		t->established = true;
		return OK;
	}
	int ssl_error = SSL_get_error(t->ssl, n);
	return wants_more(ssl_error) ? OK : session_error(t, ssl_error, err);
}

void tls_expect(struct tls *t, const struct hash *pin)
{
	char name[64];
	pin_name(pin, name);
	must(SSL_set_tlsext_host_name(t->ssl, name) == 1);
}

int tls_start(struct tls *t, struct err *err)
{
	return t->failed.code != OK ? say_failure(t, err) : handshake(t, err);
}

int tls_feed(struct tls *t, struct bytes wire, struct buf *plain, struct err *err)
{
	must(wire.len <= INT32_MAX);
	if (t->failed.code != OK)
		return say_failure(t, err);
	if (wire.len > 0)
		must(BIO_write(t->in, wire.data, (int)wire.len) == (int)wire.len);
	if (!t->established) {
		int rc = handshake(t, err);
		if (rc != OK || !t->established)
			return rc;
	}
	for (;;) {
		ERR_clear_error();
		int n = SSL_read(t->ssl, buf_reserve(plain, READ_CHUNK), READ_CHUNK);
		if (n <= 0) {
			int ssl_error = SSL_get_error(t->ssl, n);
			return wants_more(ssl_error) ? OK : session_error(t, ssl_error, err);
		}
		plain->len += (size_t)n;
	}
}

int tls_write(struct tls *t, struct bytes plain, struct err *err)
{
	if (!t->established)
		return err_set(err, ERR_NOT_READY, "TLS: the handshake is not done");
	/* The other side's goodbye ends only what it says; we may still finish. */
	if (t->failed.code != OK && t->failed.code != ERR_CLOSED)
		return say_failure(t, err);
	while (plain.len > 0) {
		int want = plain.len > WRITE_CHUNK ? WRITE_CHUNK : (int)plain.len;
		ERR_clear_error();
		int n = SSL_write(t->ssl, plain.data, want);
		if (n <= 0)
			return session_error(t, SSL_get_error(t->ssl, n), err);
		plain = bytes_of(plain.data + n, plain.len - (size_t)n);
	}
	return OK;
}

void tls_shutdown(struct tls *t)
{
	/* SSL_shutdown must not follow a fatal error: the alert has said it already. */
	if (!t->established || (t->failed.code != OK && t->failed.code != ERR_CLOSED))
		return;
	ERR_clear_error();
	(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}

void tls_drain(struct tls *t, struct buf *out)
{
	size_t waiting = BIO_ctrl_pending(t->out);
	if (waiting == 0)
		return;
	int n = BIO_read(t->out, buf_reserve(out, waiting), (int)waiting);
	must(n == (int)waiting);
	out->len += waiting;
}

bool tls_established(const struct tls *t, struct hash *pin)
{
	if (t->established && pin != NULL)
		*pin = t->pin;
	return t->established;
}
