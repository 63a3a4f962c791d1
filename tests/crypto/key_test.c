/* key: verifier and signing keys in the text forms of signed-note, and all that is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "crypto/key.h"

/* signed-note, "Example". */
static const char example[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/* NAME+ID+BASE64 with the ID that belongs to it, of any type and size. */
static struct buf make_vkey(const char *name, uint8_t type, const uint8_t *key, size_t len)
{
	struct hasher *h = hasher_new();
	struct buf data = { 0 }, text = { 0 };
	buf_add_char(&data, (char)type);
	buf_add(&data, key, len);
	const struct bytes parts[] = { bytes_str(name), bytes_str("\n"), buf_bytes(&data) };
	struct hash id = hash_sum_parts(h, parts, 3);
	buf_printf(&text, "%s+", name);
	hex_add(&text, bytes_of(id.b, 4));
	buf_add_char(&text, '+');
	base64_add(&text, buf_bytes(&data));
	buf_free(&data);
	hasher_free(h);
	return text;
}

static void the_example_of_the_specification(void **state)
{
	struct vkey k;
	struct buf text = { 0 };
	assert_int_equal(vkey_parse(bytes_str(example), &k, NULL), OK);
	assert_string_equal(k.name, "example.com/foo");
	assert_int_equal(k.id, 0x530d903a);
	assert_int_equal(k.type, KEY_ED25519);
	vkey_write(&k, &text);
	assert_string_equal(buf_str(&text), example);
	buf_free(&text);
}

/* The pair in the documentation of Go's sumdb/note, which made it. */
static void a_key_of_another_implementation(void **state)
{
	static const char secret[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
	struct skey *k;
	struct buf text = { 0 };
	assert_int_equal(skey_parse(bytes_str(secret), &k, NULL), OK);
	vkey_write(skey_public(k), &text);
	assert_string_equal(buf_str(&text), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
	buf_reset(&text);
	skey_write(k, &text);
	assert_string_equal(buf_str(&text), secret);
	secret_free(&text);
	skey_free(k);
}

/* RFC 8032 7.1, tests 1 to 3: seed, public key, message, signature. */
static void known_signatures(void **state)
{
	static const char *const vectors[][4] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
		{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	};
	for (size_t i = 0; i < 3; i++) {
		struct buf part[4] = { { 0 } };
		uint8_t signature[SIGNATURE_SIZE];
		struct skey *k;
		for (size_t j = 0; j < 4; j++)
			assert_int_equal(hex_decode(bytes_str(vectors[i][j]), &part[j]), OK);
		assert_int_equal(skey_from_seed("rfc8032.example", KEY_ED25519, part[0].data, &k, NULL), OK);
		assert_memory_equal(skey_public(k)->key, part[1].data, KEY_SIZE);
		skey_sign(k, buf_bytes(&part[2]), signature);
		assert_memory_equal(signature, part[3].data, SIGNATURE_SIZE);
		assert_int_equal(vkey_verify(skey_public(k), buf_bytes(&part[2]), signature), OK);
		skey_free(k);
		for (size_t j = 0; j < 4; j++)
			buf_free(&part[j]);
	}
}

static void every_flipped_bit_fails(void **state)
{
	struct skey *k;
	uint8_t signature[SIGNATURE_SIZE], message[24] = "what was really said 123";
	assert_int_equal(skey_generate("flip.example", KEY_ED25519, &k, NULL), OK);
	skey_sign(k, bytes_of(message, sizeof message), signature);
	for (size_t bit = 0; bit < 8 * SIGNATURE_SIZE; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(vkey_verify(skey_public(k), bytes_of(message, sizeof message), signature), ERR_UNTRUSTED);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof message; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(vkey_verify(skey_public(k), bytes_of(message, sizeof message), signature), ERR_UNTRUSTED);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(vkey_verify(skey_public(k), bytes_of(message, sizeof message - 1), signature), ERR_UNTRUSTED);
	assert_int_equal(vkey_verify(skey_public(k), bytes_of(NULL, 0), signature), ERR_UNTRUSTED);
	/* RFC 8032 5.1.7: S + L is the same number modulo L, and must not pass for it. */
	static const uint8_t order[] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
		                             0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
		                             0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10 };
	for (unsigned i = 0, carry = 0; i < 32; i++) {
		carry += signature[32 + i] + order[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(vkey_verify(skey_public(k), bytes_of(message, sizeof message), signature), ERR_UNTRUSTED);
	skey_free(k);
}

static void texts_round_trip(void **state)
{
	static const enum key_type types[] = { KEY_ED25519, KEY_COSIGNATURE };
	for (size_t i = 0; i < 2; i++) {
		struct skey *k, *again;
		struct vkey v;
		struct buf secret = { 0 }, public = { 0 };
		uint8_t signature[SIGNATURE_SIZE];
		assert_int_equal(skey_generate("标准.example/log", types[i], &k, NULL), OK);
		skey_write(k, &secret);
		assert_memory_equal(secret.data, "PRIVATE+KEY+", 12);
		assert_int_equal(skey_parse(buf_bytes(&secret), &again, NULL), OK);
		vkey_write(skey_public(again), &public);
		assert_int_equal(vkey_parse(buf_bytes(&public), &v, NULL), OK);
		assert_memory_equal(&v, skey_public(k), sizeof v);
		skey_sign(again, bytes_str("x"), signature);
		assert_int_equal(vkey_verify(&v, bytes_str("x"), signature), OK);
		/* Nobody reads a secret as a public key, or the other way round. */
		assert_int_equal(vkey_parse(buf_bytes(&secret), &v, NULL), ERR_INVALID);
		struct skey *none = NULL;
		assert_int_equal(skey_parse(buf_bytes(&public), &none, NULL), ERR_INVALID);
		assert_null(none);
		secret_free(&secret);
		buf_free(&public);
		skey_free(k);
		skey_free(again);
	}
	skey_free(NULL);
}

/* signed-note: the type is part of the ID, so one key under two types is two. */
static void types_have_ids_of_their_own(void **state)
{
	static const uint8_t zero[KEY_SIZE];
	struct skey *log, *witness, *other;
	assert_int_equal(skey_from_seed("a.example", KEY_ED25519, zero, &log, NULL), OK);
	assert_int_equal(skey_from_seed("a.example", KEY_COSIGNATURE, zero, &witness, NULL), OK);
	assert_int_equal(skey_from_seed("b.example", KEY_ED25519, zero, &other, NULL), OK);
	assert_memory_equal(skey_public(log)->key, skey_public(witness)->key, KEY_SIZE);
	assert_int_not_equal(skey_public(log)->id, skey_public(witness)->id);
	assert_int_not_equal(skey_public(log)->id, skey_public(other)->id);
	skey_free(log);
	skey_free(witness);
	skey_free(other);
}

static void vkeys_that_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{ "", "NAME+HASH" },
		{ "example.com/foo", "NAME+HASH" },
		{ "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "empty" },
		{ "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "ID is not that" },
		{ "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "ID is not that" },
		{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l", "ID is not that" },
		{ "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "8 lower-case" },
		{ "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "8 lower-case" },
		{ "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "8 lower-case" },
		{ "example.com/foo+530d903a", "8 lower-case" },
		{ "example.com/foo+530d903a+", "base64" },
		{ "example.com/foo+530d903a+AQ==", "base64" },
		{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", "base64" },
		{ "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", "base64" },
		{ " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "space" },
		{ "exam\xc2\xa0ple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "space" },
		{ "exam\xffple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "UTF-8" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct vkey k;
		struct err err = { 0 };
		assert_int_equal(vkey_parse(bytes_str(bad[i].text), &k, &err), ERR_INVALID);
		assert_non_null(strstr(err.text, bad[i].words));
	}
	struct vkey k;
	assert_int_equal(vkey_parse(bytes_of(NULL, 0), &k, NULL), ERR_INVALID);
}

static void keys_of_the_wrong_size(void **state)
{
	static const uint8_t key[64];
	for (size_t len = 1; len <= sizeof key; len++) {
		struct buf text = make_vkey("size.example", KEY_ED25519, key, len);
		struct vkey k;
		assert_int_equal(vkey_parse(buf_bytes(&text), &k, NULL), len == KEY_SIZE ? OK : ERR_INVALID);
		buf_free(&text);
	}
}

static void other_types_are_known_and_not_done(void **state)
{
	static const uint8_t types[] = { 0x00, 0x02, 0x03, 0x05, 0x06, 0xfa, 0xfe, 0xff };
	uint8_t key[1312], signature[SIGNATURE_SIZE] = { 0 };
	memset(key, 7, sizeof key);
	for (size_t i = 0; i < sizeof types; i++) {
		struct buf text = make_vkey("other.example", types[i], key, sizeof key);
		struct vkey a, b;
		struct err err = { 0 };
		assert_int_equal(vkey_parse(buf_bytes(&text), &a, &err), ERR_UNSUPPORTED);
		assert_int_equal(a.type, types[i]);
		assert_string_equal(a.name, "other.example");
		assert_true(types[i] != 0x06 || strstr(err.text, "0x06 (ML-DSA-44)") != NULL);
		assert_int_equal(vkey_verify(&a, bytes_str("x"), signature), ERR_UNTRUSTED);
		buf_free(&text);
		/* Two such keys can be told apart, and the same one be found under another name. */
		text = make_vkey("third.example", types[i], key, sizeof key);
		assert_int_equal(vkey_parse(buf_bytes(&text), &b, NULL), ERR_UNSUPPORTED);
		assert_memory_equal(a.key, b.key, KEY_SIZE);
		buf_free(&text);
		key[1311] ^= 1;
		text = make_vkey("other.example", types[i], key, sizeof key);
		assert_int_equal(vkey_parse(buf_bytes(&text), &b, NULL), ERR_UNSUPPORTED);
		assert_memory_not_equal(a.key, b.key, KEY_SIZE);
		buf_free(&text);
	}
}

static void signing_keys_that_are_refused(void **state)
{
	static const uint8_t seed[KEY_SIZE] = { 1 };
	struct skey *k, *none = NULL;
	struct buf text = { 0 };
	assert_int_equal(skey_from_seed("s.example", KEY_ED25519, seed, &k, NULL), OK);
	skey_write(k, &text);
	for (size_t n = 0; n < text.len; n++)
		assert_int_equal(skey_parse(bytes_of(text.data, n), &none, NULL), ERR_INVALID);
	/* The private form hashes the public key, so that a damaged seed is noticed. */
	for (size_t at = 0; at < text.len; at++) {
		uint8_t old = text.data[at];
		text.data[at] = old == 'A' ? 'B' : 'A';
		assert_int_not_equal(skey_parse(buf_bytes(&text), &none, NULL), OK);
		assert_null(none);
		text.data[at] = old;
	}
	buf_add_char(&text, '\n');
	assert_int_equal(skey_parse(buf_bytes(&text), &none, NULL), ERR_INVALID);
	assert_int_equal(skey_parse(bytes_of(NULL, 0), &none, NULL), ERR_INVALID);
	secret_free(&text);
	skey_free(k);
}

static void names(void **state)
{
	/* Every Unicode white space; then what only looks like it. */
	static const char *const bad[] = { "",
		                               "a b",
		                               "a\tb",
		                               "a\nb",
		                               "a\vb",
		                               "a\fb",
		                               "a\rb",
		                               "a\x01",
		                               "a\x1f",
		                               "a+b",
		                               "+",
		                               " ",
		                               "a\xc2\x85",
		                               "a\xc2\xa0",
		                               "\xe1\x9a\x80",
		                               "\xe2\x80\x80",
		                               "\xe2\x80\x81",
		                               "\xe2\x80\x84",
		                               "\xe2\x80\x8a",
		                               "\xe2\x80\xa8",
		                               "\xe2\x80\xa9",
		                               "\xe2\x80\xaf",
		                               "\xe2\x81\x9f",
		                               "\xe3\x80\x80",
		                               "\x80",
		                               "\xc3",
		                               "\xed\xa0\x80" };
	static const char *const good[] = { "a", "sac.example/log", "\x7f", "\xe2\x80\x8b", "\xe1\x9a\x81", "国家标准", "é",
		                                "-" };
	struct err err;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct skey *k = NULL;
		assert_int_equal(key_name_check(bytes_str(bad[i]), &err), ERR_INVALID);
		assert_int_equal(skey_generate(bad[i], KEY_ED25519, &k, NULL), ERR_INVALID);
		assert_null(k);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(key_name_check(bytes_str(good[i]), &err), OK);
	char name[NAME_MAX_BYTES + 2];
	memset(name, 'n', sizeof name);
	assert_int_equal(key_name_check(bytes_of(name, NAME_MAX_BYTES), &err), OK);
	assert_int_equal(key_name_check(bytes_of(name, NAME_MAX_BYTES + 1), &err), ERR_INVALID);
	assert_int_equal(key_name_check(bytes_of("a\0b", 3), &err), ERR_INVALID);

	struct skey *k;
	struct buf text = { 0 };
	name[NAME_MAX_BYTES] = '\0';
	assert_int_equal(skey_generate(name, KEY_COSIGNATURE, &k, NULL), OK);
	vkey_write(skey_public(k), &text);
	struct vkey v;
	assert_int_equal(vkey_parse(buf_bytes(&text), &v, NULL), OK);
	assert_string_equal(v.name, name);
	buf_free(&text);
	skey_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification),
		cmocka_unit_test(a_key_of_another_implementation),
		cmocka_unit_test(known_signatures),
		cmocka_unit_test(every_flipped_bit_fails),
		cmocka_unit_test(texts_round_trip),
		cmocka_unit_test(types_have_ids_of_their_own),
		cmocka_unit_test(vkeys_that_are_refused),
		cmocka_unit_test(keys_of_the_wrong_size),
		cmocka_unit_test(other_types_are_known_and_not_done),
		cmocka_unit_test(signing_keys_that_are_refused),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
