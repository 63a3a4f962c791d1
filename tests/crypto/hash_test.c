/* hash: SHA-256 as FIPS 180-4 and RFC 6962 2.1 say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/hash.h"

static struct hasher *h;

static int open_hasher(void **state)
{
	h = hasher_new();
	return 0;
}

static int close_hasher(void **state)
{
	hasher_free(h);
	hasher_free(NULL);
	return 0;
}

static void assert_hash(struct hash got, const char *hex)
{
	struct buf text = { 0 };
	hex_add(&text, bytes_of(got.b, HASH_SIZE));
	assert_string_equal(buf_str(&text), hex);
	buf_free(&text);
}

static void known_digests(void **state)
{
	assert_hash(hash_sum(h, bytes_str("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash(hash_sum(h, bytes_of(NULL, 0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* What a witness names a log by (tlog-witness): the digest of its origin. */
	assert_hash(hash_sum(h, bytes_str("example.com/behind-the-sofa")),
	            "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4");
}

static void a_million_bytes(void **state)
{
	uint8_t *a = malloc(1000000);
	assert_non_null(a);
	memset(a, 'a', 1000000);
	assert_hash(hash_sum(h, bytes_of(a, 1000000)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

static void parts_are_one_text(void **state)
{
	const struct bytes parts[] = { bytes_str("a"), bytes_of(NULL, 0), bytes_str("b"), bytes_str("c") };
	struct hash whole = hash_sum(h, bytes_str("abc")), pieces = hash_sum_parts(h, parts, 4);
	struct hash nothing = hash_sum_parts(h, NULL, 0), empty = hash_empty(h);
	assert_true(hash_equal(&whole, &pieces));
	assert_true(hash_equal(&nothing, &empty));
}

static void leaves_and_nodes_are_set_apart(void **state)
{
	struct hash empty = hash_leaf(h, bytes_of(NULL, 0)), zero = hash_leaf(h, bytes_of("\0", 1));
	assert_hash(empty, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	assert_hash(hash_node(h, &empty, &zero), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
	/* The order counts, and a leaf that spells out a node is not that node. */
	struct hash there = hash_node(h, &empty, &zero), back = hash_node(h, &zero, &empty);
	assert_false(hash_equal(&there, &back));
	uint8_t both[2 * HASH_SIZE];
	memcpy(both, empty.b, HASH_SIZE);
	memcpy(both + HASH_SIZE, zero.b, HASH_SIZE);
	struct hash forged = hash_leaf(h, bytes_of(both, sizeof both));
	assert_false(hash_equal(&there, &forged));
}

static void pieces_are_one_text(void **state)
{
	static const char text[] = "pieces of any size, empty ones among them";
	struct hash whole = hash_sum(h, bytes_of(text, sizeof text));
	for (size_t step = 1; step <= sizeof text; step++) {
		hash_begin(h);
		for (size_t at = 0; at < sizeof text; at += step)
			hash_more(h, bytes_of(text + at, sizeof text - at < step ? sizeof text - at : step));
		hash_more(h, bytes_of(NULL, 0));
		struct hash got = hash_end(h);
		assert_true(hash_equal(&got, &whole));
	}
}

static void the_root_of_nothing(void **state)
{
	struct hash empty = hash_empty(h);
	struct buf text = { 0 };
	base64_add(&text, bytes_of(empty.b, HASH_SIZE));
	assert_string_equal(buf_str(&text), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	buf_free(&text);
}

/* RFC 4231, cases 1 and 2. */
static void known_macs(void **state)
{
	static const uint8_t key[20] = { 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11 };
	struct hash mac = hash_mac(h, bytes_of(key, sizeof key), bytes_str("Hi There")), other = mac;
	assert_hash(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_hash(hash_mac(h, bytes_str("Jefe"), bytes_str("what do ya want for nothing?")),
	            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_true(hash_mac_equal(&mac, &other));
	other.b[31] ^= 1;
	assert_false(hash_mac_equal(&mac, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_macs),
		cmocka_unit_test(known_digests),
		cmocka_unit_test(a_million_bytes),
		cmocka_unit_test(parts_are_one_text),
		cmocka_unit_test(leaves_and_nodes_are_set_apart),
		cmocka_unit_test(the_root_of_nothing),
		cmocka_unit_test(pieces_are_one_text),
	};
	return cmocka_run_group_tests(tests, open_hasher, close_hasher);
}
