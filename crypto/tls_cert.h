/* tls_cert: the certificates behind tls.h; for this room only, since it speaks OpenSSL's types. */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "crypto/hash.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* From PEM; NULL when it does not parse.  The caller frees. */
EVP_PKEY *cert_read_key(struct bytes pem);
X509 *cert_read(struct bytes pem);

/* SHA-256 of the SubjectPublicKeyInfo.  ERR_INVALID. */
CHECKED int cert_pin(const X509 *cert, struct hash *pin);

/* Does now lie between the certificate's dates?  If not, why says so with the date. */
bool cert_valid_now(const X509 *cert, char *why, size_t size);
