/* tls: keys that sign records, and servers that still have an older identity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/tls.h"

enum { TURNS_MAX = 16, PARTIES = 4 };

struct party {
	struct buf key, cert;
	struct hash pin;
	struct tls_ctx *ctx;
};

static struct party parties[PARTIES];

static int make_parties(void **state)
{
	for (size_t i = 0; i < PARTIES; i++) {
		struct party *p = &parties[i];
		assert_int_equal(tls_identity_new("a.example", (int64_t)time(NULL), 30, &p->key, &p->cert, NULL), OK);
		assert_int_equal(tls_pin_of(buf_bytes(&p->cert), &p->pin, NULL), OK);
		assert_int_equal(tls_ctx_new(buf_bytes(&p->key), buf_bytes(&p->cert), &p->ctx, NULL), OK);
	}
	return 0;
}

static int close_parties(void **state)
{
	for (size_t i = 0; i < PARTIES; i++) {
		tls_ctx_free(parties[i].ctx);
		secret_free(&parties[i].key);
		buf_free(&parties[i].cert);
	}
	return 0;
}

static void a_tls_key_signs_and_its_pin_is_of_the_signer(void **state)
{
	struct buf spki = { 0 }, signature = { 0 };
	struct bytes message = bytes_str("what is signed");
	assert_int_equal(tls_key_sign(buf_bytes(&parties[0].key), message, &spki, &signature, NULL), OK);
	struct hasher *h = hasher_new();
	struct hash pin = hash_sum(h, buf_bytes(&spki));
	hasher_free(h);
	assert_true(hash_equal(&pin, &parties[0].pin));
	assert_int_equal(tls_key_verify(buf_bytes(&spki), message, buf_bytes(&signature)), OK);
	assert_int_equal(tls_key_verify(buf_bytes(&spki), bytes_str("something else"), buf_bytes(&signature)),
	                 ERR_UNTRUSTED);
	/* What stands before the point may have a second form; a pin has not. */
	for (size_t i = spki.len - 64; i < spki.len; i++) {
		spki.data[i] ^= 1;
		assert_int_equal(tls_key_verify(buf_bytes(&spki), message, buf_bytes(&signature)), ERR_UNTRUSTED);
		spki.data[i] ^= 1;
		assert_int_equal(tls_key_verify(bytes_of(spki.data, i), message, buf_bytes(&signature)), ERR_UNTRUSTED);
	}
	buf_add_char(&spki, 0);
	assert_int_equal(tls_key_verify(buf_bytes(&spki), message, buf_bytes(&signature)), ERR_UNTRUSTED);
	assert_int_equal(tls_key_sign(bytes_str("no key"), message, &spki, &signature, NULL), ERR_INVALID);
	buf_free(&spki);
	buf_free(&signature);
}

static bool any(void *arg, const struct hash *pin)
{
	return true;
}

/* Whose certificate a client sees that names a pin, or none. */
static struct hash seen(struct tls_ctx *server_ctx, const struct hash *named)
{
	struct tls *server = tls_new(server_ctx, true, any, NULL), *client = tls_new(parties[3].ctx, false, any, NULL);
	struct buf plain = { 0 };
	struct hash pin = { { 0 } };
	if (named != NULL)
		tls_expect(client, named);
	assert_int_equal(tls_start(client, NULL), OK);
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct buf there = { 0 }, back = { 0 };
		tls_drain(client, &there);
		assert_int_equal(tls_feed(server, buf_bytes(&there), &plain, NULL), OK);
		tls_drain(server, &back);
		assert_int_equal(tls_feed(client, buf_bytes(&back), &plain, NULL), OK);
		buf_free(&there);
		buf_free(&back);
	}
	assert_true(tls_established(client, &pin));
	assert_true(tls_established(server, NULL));
	tls_free(client);
	tls_free(server);
	buf_free(&plain);
	return pin;
}

static void assert_sees(struct tls_ctx *server, const struct hash *named, size_t party)
{
	struct hash pin = seen(server, named);
	assert_true(hash_equal(&pin, &parties[party].pin));
}

static void a_server_shows_the_identity_that_is_asked_for(void **state)
{
	struct tls_ctx *now, *before;
	const struct party *p = &parties[2];
	assert_int_equal(tls_ctx_new(buf_bytes(&p->key), buf_bytes(&p->cert), &now, NULL), OK);
	assert_int_equal(tls_ctx_new(buf_bytes(&parties[1].key), buf_bytes(&parties[1].cert), &before, NULL), OK);
	tls_ctx_remember(now, parties[0].ctx);
	tls_ctx_remember(now, before);
	tls_ctx_free(before); /* what is needed of it was kept */
	assert_sees(now, NULL, 2);
	assert_sees(now, &parties[2].pin, 2);
	assert_sees(now, &parties[1].pin, 1);
	assert_sees(now, &parties[0].pin, 0);
	assert_sees(now, &parties[3].pin, 2); /* it was never ours */
	assert_sees(parties[0].ctx, &parties[1].pin, 0);
	struct tls *session = tls_new(now, true, any, NULL);
	tls_ctx_free(now);
	tls_free(session);
}

static void the_last_identities_are_remembered(void **state)
{
	struct tls_ctx *now;
	const struct party *p = &parties[2];
	assert_int_equal(tls_ctx_new(buf_bytes(&p->key), buf_bytes(&p->cert), &now, NULL), OK);
	tls_ctx_remember(now, parties[0].ctx);
	for (size_t i = 0; i < TLS_FORMER_MAX; i++)
		tls_ctx_remember(now, parties[1].ctx);
	assert_sees(now, &parties[0].pin, 2);
	assert_sees(now, &parties[1].pin, 1);
	tls_ctx_free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tls_key_signs_and_its_pin_is_of_the_signer),
		cmocka_unit_test(a_server_shows_the_identity_that_is_asked_for),
		cmocka_unit_test(the_last_identities_are_remembered),
	};
	return cmocka_run_group_tests(tests, make_parties, close_parties);
}
