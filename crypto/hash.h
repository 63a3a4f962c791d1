/* hash: SHA-256, and the two ways RFC 6962 (2.1) uses it.
 *
 * A hasher holds OpenSSL's digest and one context, fetched once, because fetching for each
 * call costs four times the hash.  Thread: one hasher, one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"
#include "node/base/err.h"

enum { HASH_SIZE = 32 };

struct hash {
	uint8_t b[HASH_SIZE];
};

struct hasher;

/* Gives a hasher; aborts when OpenSSL has no SHA-256 (a broken installation). */
struct hasher *hasher_new(void);
void hasher_free(struct hasher *h);

/* SHA-256 of data; of the runs one after another. */
struct hash hash_sum(struct hasher *h, struct bytes data);
struct hash hash_sum_parts(struct hasher *h, const struct bytes *parts, size_t count);

/* SHA-256 of what comes piece by piece.  Between begin and end this hasher does nothing else. */
void hash_begin(struct hasher *h);
void hash_more(struct hasher *h, struct bytes data);
struct hash hash_end(struct hasher *h);

/* RFC 6962 2.1: SHA-256(0x00 || entry), SHA-256(0x01 || left || right). */
struct hash hash_leaf(struct hasher *h, struct bytes entry);
struct hash hash_node(struct hasher *h, const struct hash *left, const struct hash *right);

/* The root of the empty tree: SHA-256(""). */
struct hash hash_empty(struct hasher *h);

/* HMAC-SHA-256 (RFC 2104); key is at most a block, 64 bytes. */
struct hash hash_mac(struct hasher *h, struct bytes key, struct bytes data);
/* In the same time whatever they are, so that nobody can guess one byte after another. */
bool hash_mac_equal(const struct hash *a, const struct hash *b);

bool hash_equal(const struct hash *a, const struct hash *b);
