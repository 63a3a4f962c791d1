#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "node/base/must.h"

enum { MAC_BLOCK = 64 };

struct hasher {
	EVP_MD *sha256;
	EVP_MD_CTX *ctx;
};

struct hasher *hasher_new(void)
{
	struct hasher *h = calloc(1, sizeof *h);
	must(h != NULL);
	h->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	h->ctx = EVP_MD_CTX_new();
	must(h->sha256 != NULL && h->ctx != NULL);
	return h;
}

void hasher_free(struct hasher *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->sha256);
	free(h);
}

struct hash hash_sum_parts(struct hasher *h, const struct bytes *parts, size_t count)
{
	struct hash out;
	unsigned len = 0;
	/* SHA-256 in memory has no way to fail once it was fetched. */
	must(EVP_DigestInit_ex2(h->ctx, h->sha256, NULL) == 1);
	for (size_t i = 0; i < count; i++)
		must(EVP_DigestUpdate(h->ctx, parts[i].data, parts[i].len) == 1);
	must(EVP_DigestFinal_ex(h->ctx, out.b, &len) == 1 && len == HASH_SIZE);
	return out;
}

struct hash hash_sum(struct hasher *h, struct bytes data)
{
	return hash_sum_parts(h, &data, 1);
}

void hash_begin(struct hasher *h)
{
	must(EVP_DigestInit_ex2(h->ctx, h->sha256, NULL) == 1);
}

void hash_more(struct hasher *h, struct bytes data)
{
	must(EVP_DigestUpdate(h->ctx, data.data, data.len) == 1);
}

struct hash hash_end(struct hasher *h)
{
	struct hash out;
	unsigned len = 0;
	must(EVP_DigestFinal_ex(h->ctx, out.b, &len) == 1 && len == HASH_SIZE);
	return out;
}

struct hash hash_leaf(struct hasher *h, struct bytes entry)
{
	const struct bytes parts[] = { bytes_of("\x00", 1), entry };
	return hash_sum_parts(h, parts, 2);
}

struct hash hash_node(struct hasher *h, const struct hash *left, const struct hash *right)
{
	uint8_t input[1 + 2 * HASH_SIZE];
	input[0] = 0x01;
	memcpy(input + 1, left->b, HASH_SIZE);
	memcpy(input + 1 + HASH_SIZE, right->b, HASH_SIZE);
	return hash_sum(h, bytes_of(input, sizeof input));
}

struct hash hash_empty(struct hasher *h)
{
	return hash_sum(h, bytes_of(NULL, 0));
}

struct hash hash_mac(struct hasher *h, struct bytes key, struct bytes data)
{
	uint8_t inner[MAC_BLOCK], outer[MAC_BLOCK];
	must(key.len <= MAC_BLOCK);
	memset(inner, 0x36, sizeof inner);
	memset(outer, 0x5c, sizeof outer);
	for (size_t i = 0; i < key.len; i++) {
		inner[i] ^= key.data[i];
		outer[i] ^= key.data[i];
	}
	const struct bytes first[] = { bytes_of(inner, sizeof inner), data };
	struct hash sum = hash_sum_parts(h, first, 2);
	const struct bytes second[] = { bytes_of(outer, sizeof outer), bytes_of(sum.b, HASH_SIZE) };
	sum = hash_sum_parts(h, second, 2);
	OPENSSL_cleanse(inner, sizeof inner);
	OPENSSL_cleanse(outer, sizeof outer);
	return sum;
}

bool hash_mac_equal(const struct hash *a, const struct hash *b)
{
	return CRYPTO_memcmp(a->b, b->b, HASH_SIZE) == 0;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_SIZE) == 0;
}
