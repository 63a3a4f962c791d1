/* author_key: known answers of each algorithm, the openssl command both ways, and what is no key or signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/author_key.h"
#include "crypto/encode.h"

struct known {
	enum author_algorithm algorithm;
	const char *spki, *message, *signature; /* the key and signature in hex */
};

static const struct known answers[] = {
	/* RFC 8032, 7.1, TEST 2 */
	{ AUTHOR_ED25519,
	  "302a300506032b6570032100"
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	  "\x72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	/* RFC 6979, A.2.5, SHA-256, message "sample" */
	{ AUTHOR_ECDSA_P256,
	  "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
	  "sample",
	  "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	  "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	/* GB/T 32918.5-2017, A.2 */
	{ AUTHOR_SM2_SM3,
	  "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
	  "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
	  "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
	  "message digest",
	  "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
	  "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa" },
};
enum { ANSWERS = sizeof answers / sizeof *answers };

static struct buf unhex(const char *text)
{
	struct buf out = { 0 };
	assert_int_equal(hex_decode(bytes_str(text), &out), OK);
	return out;
}

static void known_answers(void **state)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct known *k = &answers[i];
		struct buf spki = unhex(k->spki), signature = unhex(k->signature), again = { 0 };
		enum author_algorithm algorithm;
		struct bytes message = bytes_str(k->message);
		assert_int_equal(author_key_check(buf_bytes(&spki), &algorithm, NULL), OK);
		assert_int_equal(algorithm, k->algorithm);
		assert_int_equal(author_verify(algorithm, buf_bytes(&spki), message, buf_bytes(&signature)), OK);
		assert_int_equal(author_key_read(buf_bytes(&spki), &algorithm, &again, NULL), OK);
		assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&spki)));
		buf_free(&spki);
		buf_free(&signature);
		buf_free(&again);
	}
}

/* Each bit of the signature, of the key and of the message counts; nothing may follow. */
static void one_bit_spoils_it(void **state)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct known *k = &answers[i];
		struct buf spki = unhex(k->spki), signature = unhex(k->signature), message = { 0 };
		buf_add_str(&message, k->message);
		struct buf *parts[] = { &spki, &signature, &message };
		for (size_t part = 0; part < 3; part++) {
			for (size_t bit = 0; bit < parts[part]->len * 8; bit++) {
				parts[part]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
				assert_int_equal(
				    author_verify(k->algorithm, buf_bytes(&spki), buf_bytes(&message), buf_bytes(&signature)),
				    ERR_UNTRUSTED);
				parts[part]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			}
		}
		for (size_t len = 0; len < signature.len; len++)
			assert_int_equal(
			    author_verify(k->algorithm, buf_bytes(&spki), buf_bytes(&message), bytes_of(signature.data, len)),
			    ERR_UNTRUSTED);
		buf_add_char(&signature, '\0');
		assert_int_equal(author_verify(k->algorithm, buf_bytes(&spki), buf_bytes(&message), buf_bytes(&signature)),
		                 ERR_UNTRUSTED);
		buf_free(&spki);
		buf_free(&signature);
		buf_free(&message);
	}
}

/* A key counts for its own algorithm alone. */
static void another_algorithm_is_none(void **state)
{
	for (size_t i = 0; i < ANSWERS; i++) {
		struct buf spki = unhex(answers[i].spki), signature = unhex(answers[i].signature);
		for (int a = 0; a < 6; a++)
			assert_int_equal(author_verify((enum author_algorithm)a, buf_bytes(&spki), bytes_str(answers[i].message),
			                               buf_bytes(&signature)),
			                 a == (int)answers[i].algorithm ? OK : ERR_UNTRUSTED);
		buf_free(&spki);
		buf_free(&signature);
	}
}

static void what_is_no_key(void **state)
{
	enum author_algorithm algorithm;
	struct author_secret *secret = NULL;
	struct err err = { 0 };
	struct buf out = { 0 };
	for (size_t i = 0; i < ANSWERS; i++) {
		struct buf spki = unhex(answers[i].spki);
		for (size_t len = 0; len < spki.len; len++)
			assert_int_equal(author_key_check(bytes_of(spki.data, len), &algorithm, &err), ERR_INVALID);
		assert_int_equal(author_secret_read(buf_bytes(&spki), &secret, &err), ERR_INVALID);
		buf_add_char(&spki, 0);
		assert_int_equal(author_key_check(buf_bytes(&spki), &algorithm, &err), ERR_INVALID);
		spki.data[30] ^= 1; /* of P-256 and SM2: a point beside the curve */
		if (answers[i].algorithm != AUTHOR_ED25519)
			assert_int_equal(author_key_check(bytes_of(spki.data, spki.len - 1), &algorithm, &err), ERR_INVALID);
		buf_free(&spki);
	}
	assert_int_equal(author_key_read(bytes_str("hello"), &algorithm, &out, &err), ERR_INVALID);
	assert_int_equal(author_key_read(bytes_str(""), &algorithm, &out, &err), ERR_INVALID);
	assert_int_equal(author_secret_read(bytes_str("-----BEGIN PRIVATE KEY-----\n"), &secret, &err), ERR_INVALID);
	assert_null(secret);
	assert_int_equal(out.len, 0);
	assert_null(author_algorithm_word(0));
	assert_null(author_algorithm_word(4));
	assert_string_equal(author_algorithm_word(AUTHOR_SM2_SM3), "sm2-sm3");
}

/* ---- the openssl command ---- */

static char folder[] = "/tmp/normlink-author.XXXXXX";

__attribute__((format(printf, 1, 2))) static int shell(const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	return system(line); /* NOLINT: the words are this file's */
}

static struct buf read_file(const char *name)
{
	char path[64];
	struct buf out = { 0 };
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	uint8_t *room = buf_reserve(&out, AUTHOR_KEY_FILE_MAX);
	out.len = fread(room, 1, AUTHOR_KEY_FILE_MAX, f);
	(void)fclose(f);
	return out;
}

static void write_file(const char *name, struct bytes data)
{
	char path[64];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data.data, 1, data.len, f), data.len);
	(void)fclose(f);
}

static void both_ways(const char *make, const char *options, enum author_algorithm expected)
{
	struct author_secret *secret = NULL;
	enum author_algorithm algorithm;
	struct buf spki = { 0 }, signature = { 0 };
	assert_int_equal(shell("cd %s && openssl %s -out key.pem 2>/dev/null && openssl pkey -in key.pem -pubout -out "
	                       "public.pem && openssl pkey -in key.pem -outform DER -out key.der",
	                       folder, make),
	                 0);
	struct buf pem = read_file("key.pem"), der = read_file("key.der"), public = read_file("public.pem");
	assert_int_equal(author_secret_read(buf_bytes(&pem), &secret, NULL), OK);
	assert_int_equal(author_secret_algorithm(secret), expected);
	assert_int_equal(author_key_read(buf_bytes(&public), &algorithm, &spki, NULL), OK);
	assert_true(bytes_equal(buf_bytes(&spki), author_secret_public(secret)));
	author_sign(secret, bytes_str("what is said"), &signature);
	assert_int_equal(author_verify(expected, buf_bytes(&spki), bytes_str("what is said"), buf_bytes(&signature)), OK);
	write_file("text", bytes_str("what is said"));
	write_file("ours", buf_bytes(&signature));
	assert_int_equal(shell("cd %s && openssl pkeyutl -verify -rawin %s -pubin -inkey public.pem -in text -sigfile ours "
	                       ">/dev/null && openssl pkeyutl -sign -rawin %s -inkey key.pem -in text -out theirs",
	                       folder, options, options),
	                 0);
	struct buf theirs = read_file("theirs");
	assert_int_equal(author_verify(expected, buf_bytes(&spki), bytes_str("what is said"), buf_bytes(&theirs)), OK);
	author_secret_free(secret);
	secret = NULL;
	assert_int_equal(author_secret_read(buf_bytes(&der), &secret, NULL), OK);
	author_secret_free(secret);
	assert_int_equal(author_secret_read(buf_bytes(&public), &secret, NULL), ERR_INVALID);
	struct buf *all[] = { &pem, &der, &public, &spki, &signature, &theirs };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}

static void the_openssl_command(void **state)
{
	if (system("openssl version >/dev/null 2>&1") != 0) { /* NOLINT */
		print_message("skipped: there is no openssl command\n");
		skip();
	}
	assert_non_null(mkdtemp(folder));
	both_ways("genpkey -algorithm ed25519", "", AUTHOR_ED25519);
	both_ways("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-digest sha256", AUTHOR_ECDSA_P256);
	both_ways("genpkey -algorithm SM2", "-digest sm3 -pkeyopt distid:1234567812345678", AUTHOR_SM2_SM3);
	assert_int_equal(shell("cd %s && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem "
	                       "2>/dev/null && openssl genpkey -algorithm ed25519 -aes256 -pass pass:x -out locked.pem",
	                       folder),
	                 0);
	struct author_secret *secret = NULL;
	struct buf other = read_file("key.pem"), locked = read_file("locked.pem");
	assert_int_equal(author_secret_read(buf_bytes(&other), &secret, NULL), ERR_INVALID);
	assert_int_equal(author_secret_read(buf_bytes(&locked), &secret, NULL), ERR_INVALID);
	buf_free(&other);
	buf_free(&locked);
	assert_int_equal(shell("rm -rf %s", folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(one_bit_spoils_it),
		cmocka_unit_test(another_algorithm_is_none),
		cmocka_unit_test(what_is_no_key),
		cmocka_unit_test(the_openssl_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
