#include "crypto/key.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "node/base/must.h"

static const char private_prefix[] = "PRIVATE+KEY+";
enum { ID_HEX = 8 };

struct skey {
	struct vkey public;
	uint8_t seed[KEY_SIZE];
	EVP_PKEY *pkey;
};

/* ---- names and key IDs ---- */

/* The Unicode white space characters (category Z and the controls that Go's unicode.IsSpace counts) in UTF-8. */
static bool has_space(struct bytes name)
{
	static const char *const spaces[] = {
		" ",        "\t",           "\n",           "\v",           "\f",           "\r",           "\xc2\x85",
		"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"
	};
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (memmem(name.data, name.len, spaces[i], strlen(spaces[i])) != NULL)
			return true;
	/* U+2000 to U+200A */
	for (size_t i = 0; i + 2 < name.len; i++)
		if (name.data[i] == 0xe2 && name.data[i + 1] == 0x80 && name.data[i + 2] >= 0x80 && name.data[i + 2] <= 0x8a)
			return true;
	return false;
}

int key_name_check(struct bytes name, struct err *err)
{
	if (name.len == 0)
		return err_set(err, ERR_INVALID, "signed-note: a key name is empty");
	if (name.len > NAME_MAX_BYTES)
		return err_set(err, ERR_INVALID, "signed-note: a key name has more than %d bytes", NAME_MAX_BYTES);
	if (!text_is_utf8(name))
		return err_set(err, ERR_INVALID, "signed-note: a key name is not UTF-8");
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] < 0x20)
			return err_set(err, ERR_INVALID, "signed-note: a key name has a control character");
	if (memchr(name.data, '+', name.len) != NULL || has_space(name))
		return err_set(err, ERR_INVALID, "signed-note: a key name has a space or '+'");
	return OK;
}

/* signed-note: SHA-256(name || 0x0A || type || key), the first four bytes, big-endian. */
static uint32_t key_id(struct bytes name, uint8_t type, struct bytes key)
{
	struct hasher *h = hasher_new();
	const struct bytes parts[] = { name, bytes_of("\n", 1), bytes_of(&type, 1), key };
	struct hash sum = hash_sum_parts(h, parts, 4);
	hasher_free(h);
	return (uint32_t)sum.b[0] << 24 | (uint32_t)sum.b[1] << 16 | (uint32_t)sum.b[2] << 8 | sum.b[3];
}

/* ---- text forms: NAME+HHHHHHHH+BASE64(type || 32 bytes) ---- */

struct key_text {
	struct bytes name;
	uint32_t id;
	uint8_t type;
	struct buf data; /* after the type byte; secret for signing keys */
};

static int split_text(struct bytes text, struct key_text *out, struct err *err)
{
	const uint8_t *plus = text.len > 0 ? memchr(text.data, '+', text.len) : NULL;
	if (plus == NULL)
		return err_set(err, ERR_INVALID, "signed-note: a key is NAME+HASH+BASE64");
	out->name = bytes_of(text.data, (size_t)(plus - text.data));
	size_t rest = text.len - out->name.len - 1;
	int rc = key_name_check(out->name, err);
	if (rc != OK)
		return rc;
	struct buf id = { 0 };
	if (rest < ID_HEX + 1 || plus[1 + ID_HEX] != '+' || hex_decode(bytes_of(plus + 1, ID_HEX), &id) != OK) {
		buf_free(&id);
		return err_set(err, ERR_INVALID, "signed-note: a key's ID is not 8 lower-case hex digits");
	}
	out->id = (uint32_t)id.data[0] << 24 | (uint32_t)id.data[1] << 16 | (uint32_t)id.data[2] << 8 | id.data[3];
	buf_free(&id);
	if (base64_decode(bytes_of(plus + 2 + ID_HEX, rest - ID_HEX - 1), &out->data) != OK || out->data.len < 2)
		return err_set(err, ERR_INVALID, "signed-note: a key is not base64 of its type and bytes");
	out->type = out->data.data[0];
	return OK;
}

static const char *type_name(uint8_t type)
{
	return type == 0x02 ? "ECDSA" : type == 0x05 ? "RFC 6962 tree head" : type == 0x06 ? "ML-DSA-44" : "unknown";
}

/* What both kinds of text must be: a type that is done here, of its size, and the ID that follows from it.  Other
 * types have other rules for their IDs (0x02 hashes its SPKI), so the type comes first. */
static int check_type(const struct key_text *t, struct err *err)
{
	if (t->type != KEY_ED25519 && t->type != KEY_COSIGNATURE)
		return err_set(err, ERR_UNSUPPORTED, "signed-note: keys of type 0x%02x (%s) are not supported", t->type,
		               type_name(t->type));
	if (t->data.len != 1 + KEY_SIZE)
		return err_set(err, ERR_INVALID, "signed-note: an Ed25519 key has 32 bytes, not %zu", t->data.len - 1);
	return OK;
}

/* Fill *out from t.  Of a type that is not done here the digest stands for the bytes: enough to tell two apart. */
static void take_text(const struct key_text *t, bool supported, struct vkey *out)
{
	struct bytes key = bytes_of(t->data.data + 1, t->data.len - 1);
	*out = (struct vkey){ .id = t->id, .type = (enum key_type)t->type };
	memcpy(out->name, t->name.data, t->name.len);
	if (supported) {
		memcpy(out->key, key.data, KEY_SIZE);
	} else {
		struct hasher *h = hasher_new();
		struct hash digest = hash_sum(h, key);
		memcpy(out->key, digest.b, KEY_SIZE);
		hasher_free(h);
	}
}

int vkey_parse(struct bytes text, struct vkey *out, struct err *err)
{
	struct key_text t = { 0 };
	int rc = split_text(text, &t, err);
	if (rc == OK) {
		rc = check_type(&t, err);
		if (rc == OK && key_id(t.name, t.type, bytes_of(t.data.data + 1, KEY_SIZE)) != t.id)
			rc = err_set(err, ERR_INVALID, "signed-note: the key's ID is not that of its name and bytes");
		if (rc == OK || rc == ERR_UNSUPPORTED)
			take_text(&t, rc == OK, out);
	}
	buf_free(&t.data);
	return rc;
}

static bool is_supported(const struct vkey *k)
{
	return k->type == KEY_ED25519 || k->type == KEY_COSIGNATURE;
}

static void write_text(const struct vkey *k, const uint8_t bytes[KEY_SIZE], struct buf *out)
{
	uint8_t data[1 + KEY_SIZE];
	data[0] = (uint8_t)k->type;
	memcpy(data + 1, bytes, KEY_SIZE);
	buf_printf(out, "%s+%08x+", k->name, k->id);
	base64_add(out, bytes_of(data, sizeof data));
	OPENSSL_cleanse(data, sizeof data);
}

void vkey_write(const struct vkey *k, struct buf *out)
{
	must(is_supported(k));
	write_text(k, k->key, out);
}

int vkey_verify(const struct vkey *k, struct bytes message, const uint8_t signature[SIGNATURE_SIZE])
{
	if (!is_supported(k))
		return ERR_UNTRUSTED;
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->key, KEY_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	must(ctx != NULL);
	bool good = pkey != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	            EVP_DigestVerify(ctx, signature, SIGNATURE_SIZE, message.data, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return good ? OK : ERR_UNTRUSTED;
}

/* ---- signing keys ---- */

int skey_from_seed(const char *name, enum key_type type, const uint8_t seed[KEY_SIZE], struct skey **out,
                   struct err *err)
{
	must(type == KEY_ED25519 || type == KEY_COSIGNATURE);
	int rc = key_name_check(bytes_str(name), err);
	if (rc != OK)
		return rc;
	struct skey *k = calloc(1, sizeof *k);
	must(k != NULL);
	k->public.type = type;
	memcpy(k->public.name, name, strlen(name));
	memcpy(k->seed, seed, KEY_SIZE);
	k->pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_SIZE);
	size_t len = KEY_SIZE;
	must(k->pkey != NULL && EVP_PKEY_get_raw_public_key(k->pkey, k->public.key, &len) == 1);
	k->public.id = key_id(bytes_str(name), (uint8_t)type, bytes_of(k->public.key, KEY_SIZE));
	*out = k;
	return OK;
}

int skey_generate(const char *name, enum key_type type, struct skey **out, struct err *err)
{
	uint8_t seed[KEY_SIZE];
	random_fill(seed, sizeof seed);
	int rc = skey_from_seed(name, type, seed, out, err);
	OPENSSL_cleanse(seed, sizeof seed);
	return rc;
}

int skey_parse(struct bytes text, struct skey **out, struct err *err)
{
	size_t prefix = sizeof private_prefix - 1;
	if (text.len < prefix || memcmp(text.data, private_prefix, prefix) != 0)
		return err_set(err, ERR_INVALID, "signed-note: a signing key begins with %s", private_prefix);
	struct key_text t = { 0 };
	int rc = split_text(bytes_of(text.data + prefix, text.len - prefix), &t, err);
	if (rc == OK)
		rc = check_type(&t, err);
	if (rc == OK) {
		char name[NAME_MAX_BYTES + 1] = { 0 };
		memcpy(name, t.name.data, t.name.len);
		rc = skey_from_seed(name, (enum key_type)t.type, t.data.data + 1, out, err);
	}
	if (rc == OK && (*out)->public.id != t.id) {
		skey_free(*out);
		*out = NULL;
		rc = err_set(err, ERR_INVALID, "signed-note: the key's ID is not that of its name and bytes");
	}
	secret_free(&t.data);
	return rc;
}

void skey_write(const struct skey *k, struct buf *out)
{
	/* Room for all of it at once: a buffer that moves would leave a copy of the seed behind. */
	(void)buf_reserve(out, sizeof private_prefix + NAME_MAX_BYTES + 128);
	buf_add_str(out, private_prefix);
	write_text(&k->public, k->seed, out);
}

void skey_free(struct skey *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	OPENSSL_cleanse(k, sizeof *k);
	free(k);
}

const struct vkey *skey_public(const struct skey *k)
{
	return &k->public;
}

struct hash skey_derive(const struct skey *k, struct hasher *h, const char *label)
{
	return hash_mac(h, bytes_of(k->seed, KEY_SIZE), bytes_str(label));
}

void skey_sign(const struct skey *k, struct bytes message, uint8_t signature[SIGNATURE_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = SIGNATURE_SIZE;
	must(ctx != NULL);
	must(EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->pkey) == 1);
	must(EVP_DigestSign(ctx, signature, &len, message.data, message.len) == 1 && len == SIGNATURE_SIZE);
	EVP_MD_CTX_free(ctx);
}
