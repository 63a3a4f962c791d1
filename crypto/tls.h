/* tls: TLS 1.3 sessions over memory, and the identities they rest on.
 *
 * A context holds our certificate and key.  A session turns plain bytes into wire bytes and back;
 * it owns no socket: the shell feeds what arrived and sends what it drains.  A peer's identity is
 * the SHA-256 digest of its certificate's SubjectPublicKeyInfo (its pin); chains, names and
 * authorities do not count, the validity dates do.  Early data, renegotiation, tickets: off.
 * A client offers the one protocol name "normlink/1" (ALPN); a server turns away whoever offers
 * only others.
 *
 * Thread: a context is immutable and may be shared; a session belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* A new P-256 key and a self-signed certificate for it, PEM, valid for days from an hour before
 * now_s; common_name is informative.  Appends; free key_pem with secret_free (encode.h).
 * ERR_INVALID: a name that is not UTF-8 of 1 to 64 characters, dates outside 1970 to 9999. */
CHECKED int tls_identity_new(const char *common_name, int64_t now_s, int days, struct buf *key_pem,
                             struct buf *cert_pem, struct err *err);

/* The pin of a certificate (PEM).  ERR_INVALID. */
CHECKED int tls_pin_of(struct bytes cert_pem, struct hash *pin, struct err *err);

/* When the certificate (PEM) ends, in seconds since 1970.  ERR_INVALID. */
CHECKED int tls_cert_expiry(struct bytes cert_pem, int64_t *expiry_s, struct err *err);

/* Sign message with the key (PEM): ECDSA on P-256 with SHA-256, in DER.  spki is its public key (SubjectPublicKeyInfo,
 * DER), whose SHA-256 is its pin.  Appends to both.  ERR_INVALID: it does not load; ERR_UNSUPPORTED: another kind of
 * key. */
CHECKED int tls_key_sign(struct bytes key_pem, struct bytes message, struct buf *spki, struct buf *signature,
                         struct err *err);
/* OK, or ERR_UNTRUSTED: also when spki is no P-256 key. */
CHECKED int tls_key_verify(struct bytes spki, struct bytes message, struct bytes signature);

struct tls_ctx;

/* Called inside the handshake with the pin of the certificate that the other side shows and whose
 * dates hold: true accepts it.  That it owns the certificate's key is proved right after: act on
 * the pin only when tls_established says so. */
typedef bool (*tls_pin_cb)(void *arg, const struct hash *pin);

/* A context for both directions.  ERR_INVALID: key and certificate do not load or match, or the key
 * is encrypted. */
CHECKED int tls_ctx_new(struct bytes key_pem, struct bytes cert_pem, struct tls_ctx **out, struct err *err);
void tls_ctx_free(struct tls_ctx *ctx);

enum { TLS_FORMER_MAX = 8 };

/* Before the first session: a client that asks ctx for the pin of former (tls_expect) gets that identity from now on,
 * so that a peer that knows an older key of ours only still gets in touch.  Of more than TLS_FORMER_MAX the last count.
 * Keeps what it needs of former. */
void tls_ctx_remember(struct tls_ctx *ctx, const struct tls_ctx *former);

struct tls;

/* A mutually authenticated session; it keeps what it needs of ctx.  accept_cb decides on the other side's pin and lives
 * as long as the session; a server asks for a certificate and fails without one. */
struct tls *tls_new(struct tls_ctx *ctx, bool server, tls_pin_cb accept_cb, void *arg);
void tls_free(struct tls *t);

/* Take wire bytes that arrived; append to plain what they decrypt to.
 * ERR_UNTRUSTED: certificate missing, expired or pin refused, by us or (its alert says so) by the
 * other side.  ERR_PROTOCOL: broken TLS.  ERR_CLOSED: the other side ended the session in order;
 * plain is still valid.  After an error the session sends at most its alert (tls_drain), says the
 * same again, and is then freed; after ERR_CLOSED it can still write. */
CHECKED int tls_feed(struct tls *t, struct bytes wire, struct buf *plain, struct err *err);

/* Encrypt plain, in records as large as TLS allows.  ERR_NOT_READY before the handshake is done;
 * ERR_CLOSED after tls_shutdown; else what ended the session. */
CHECKED int tls_write(struct tls *t, struct bytes plain, struct err *err);

/* Client, before tls_start: say which identity is expected, as the server name "p-<32 hex digits of the pin>.normlink".
 */
void tls_expect(struct tls *t, const struct hash *pin);

/* Begin the handshake (client), say goodbye. */
CHECKED int tls_start(struct tls *t, struct err *err);
void tls_shutdown(struct tls *t);

/* Move the wire bytes that wait to be sent to the end of out. */
void tls_drain(struct tls *t, struct buf *out);

/* The handshake is done and the peer accepted; *pin (may be NULL) is the peer's.  A client knows
 * only later, from tls_feed, when the server refuses its certificate. */
bool tls_established(const struct tls *t, struct hash *pin);
