/* tls: two sessions talk to each other in memory; whom they refuse, and what rubbish does to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/tls.h"

enum { DAY_S = 86400, TURNS_MAX = 64, RECORD_PLAIN_MAX = 16384 };

/* An identity, and the context made of it. */
struct party {
	struct buf key, cert;
	struct hash pin;
	struct tls_ctx *ctx;
};

/* One end of a link: whom it expects, what it has heard, what went wrong. */
struct end {
	struct tls *tls;
	struct hash expected;
	struct buf plain;
	struct err err;
	int rc;
	int asked; /* how often accept_cb was called */
};

static struct party alice, bob, stale, early;

static int64_t now_s(void)
{
	return (int64_t)time(NULL);
}

static void party_make(struct party *p, const char *name, int64_t from_s, int days)
{
	assert_int_equal(tls_identity_new(name, from_s, days, &p->key, &p->cert, NULL), OK);
	assert_int_equal(tls_pin_of(buf_bytes(&p->cert), &p->pin, NULL), OK);
	assert_int_equal(tls_ctx_new(buf_bytes(&p->key), buf_bytes(&p->cert), &p->ctx, NULL), OK);
}

static void party_close(struct party *p)
{
	tls_ctx_free(p->ctx);
	secret_free(&p->key);
	buf_free(&p->cert);
}

static int make_parties(void **state)
{
	party_make(&alice, "alice.example", now_s(), 365);
	party_make(&bob, "bob.example", now_s(), 365);
	party_make(&stale, "stale.example", now_s() - (int64_t)400 * DAY_S, 365);
	party_make(&early, "early.example", now_s() + (int64_t)2 * DAY_S, 365);
	return 0;
}

static int close_parties(void **state)
{
	party_close(&alice);
	party_close(&bob);
	party_close(&stale);
	party_close(&early);
	return 0;
}

static bool expect_pin(void *arg, const struct hash *pin)
{
	struct end *e = arg;
	e->asked++;
	return hash_equal(&e->expected, pin);
}

static void end_open(struct end *e, const struct party *self, bool server, const struct party *other)
{
	*e = (struct end){ .expected = other->pin };
	e->tls = tls_new(self->ctx, server, expect_pin, e);
}

static void end_close(struct end *e)
{
	tls_free(e->tls);
	buf_free(&e->plain);
}

/* Feed what one end wants to send to the other, step bytes at a time (0: at once); false when there was nothing. */
static bool carry(struct end *from, struct end *to, size_t step)
{
	struct buf wire = { 0 };
	tls_drain(from->tls, &wire);
	bool moved = wire.len > 0;
	for (size_t at = 0; at < wire.len && to->rc == OK;) {
		size_t n = step == 0 || step > wire.len - at ? wire.len - at : step;
		/* A copy of its own that is gone at once: a session keeps no pointer into it. */
		uint8_t *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, wire.data + at, n);
		to->rc = tls_feed(to->tls, bytes_of(copy, n), &to->plain, &to->err);
		free(copy);
		at += n;
	}
	buf_free(&wire);
	return moved;
}

/* Until neither has anything to say. */
static void converse(struct end *client, struct end *server, size_t step)
{
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		bool there = carry(client, server, step);
		bool back = carry(server, client, step);
		if (!there && !back)
			return;
	}
	fail_msg("the two never fall silent");
}

static void open_pair(struct end *client, struct end *server, size_t step)
{
	end_open(client, &alice, false, &bob);
	end_open(server, &bob, true, &alice);
	assert_int_equal(tls_start(client->tls, NULL), OK);
	converse(client, server, step);
}

static void close_pair(struct end *client, struct end *server)
{
	end_close(client);
	end_close(server);
}

static void assert_says(const struct end *e, int rc, const char *words)
{
	if (e->rc != rc || strstr(e->err.text, words) == NULL)
		fail_msg("expected %s with '%s', got %s: %s", err_name(rc), words, err_name(e->rc), e->err.text);
}

/* ---- what works ---- */

static void both_sides_know_each_other(void **state)
{
	struct end client, server;
	struct hash pin;
	open_pair(&client, &server, 0);
	assert_true(tls_established(client.tls, &pin));
	assert_true(hash_equal(&pin, &bob.pin));
	assert_true(tls_established(server.tls, &pin));
	assert_true(hash_equal(&pin, &alice.pin));
	assert_int_equal(client.asked, 1);
	assert_int_equal(server.asked, 1);
	assert_int_equal(tls_write(client.tls, bytes_str("ni hao"), NULL), OK);
	assert_int_equal(tls_write(server.tls, bytes_str("konnichiwa"), NULL), OK);
	assert_int_equal(tls_write(server.tls, bytes_of(NULL, 0), NULL), OK);
	converse(&client, &server, 0);
	assert_true(bytes_equal(buf_bytes(&server.plain), bytes_str("ni hao")));
	assert_true(bytes_equal(buf_bytes(&client.plain), bytes_str("konnichiwa")));
	close_pair(&client, &server);
}

static void bytes_may_come_one_by_one(void **state)
{
	struct end client, server;
	open_pair(&client, &server, 1);
	assert_int_equal(tls_write(client.tls, bytes_str("slowly"), NULL), OK);
	assert_int_equal(tls_write(server.tls, bytes_str("but surely"), NULL), OK);
	converse(&client, &server, 1);
	assert_true(bytes_equal(buf_bytes(&server.plain), bytes_str("slowly")));
	assert_true(bytes_equal(buf_bytes(&client.plain), bytes_str("but surely")));
	close_pair(&client, &server);
}

static struct buf noise(size_t len, uint32_t seed)
{
	struct buf b = { 0 };
	uint8_t *to = buf_reserve(&b, len);
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		to[i] = (uint8_t)(seed >> 24);
	}
	b.len = len;
	return b;
}

static void large_data_goes_both_ways(void **state)
{
	struct end client, server;
	struct buf up = noise(3 * 1024 * 1024 + 17, 1), down = noise(5 * 1024 * 1024 + 1, 2);
	open_pair(&client, &server, 0);
	assert_int_equal(tls_write(client.tls, buf_bytes(&up), NULL), OK);
	assert_int_equal(tls_write(server.tls, buf_bytes(&down), NULL), OK);
	converse(&client, &server, 65536);
	assert_true(bytes_equal(buf_bytes(&server.plain), buf_bytes(&up)));
	assert_true(bytes_equal(buf_bytes(&client.plain), buf_bytes(&down)));
	buf_free(&up);
	buf_free(&down);
	close_pair(&client, &server);
}

/* RFC 8446 5.1: a record carries at most 2^14 bytes; a large write uses all of them. */
static void a_mebibyte_makes_full_records(void **state)
{
	struct end client, server;
	struct buf up = noise(1024 * 1024, 3), wire = { 0 };
	size_t records = 0;
	open_pair(&client, &server, 0);
	assert_int_equal(tls_write(client.tls, buf_bytes(&up), NULL), OK);
	tls_drain(client.tls, &wire);
	for (size_t at = 0; at < wire.len; records++) {
		assert_true(wire.len - at >= 5 && wire.data[at] == 23);
		size_t len = (size_t)wire.data[at + 3] << 8 | wire.data[at + 4];
		assert_true(len >= RECORD_PLAIN_MAX);
		at += 5 + len;
	}
	assert_int_equal(records, 1024 * 1024 / RECORD_PLAIN_MAX);
	buf_free(&up);
	buf_free(&wire);
	close_pair(&client, &server);
}

static void contexts_may_go_before_their_sessions(void **state)
{
	struct party carol = { 0 };
	struct end client, server;
	party_make(&carol, "carol.example", now_s(), 30);
	end_open(&client, &carol, false, &bob);
	end_open(&server, &bob, true, &carol);
	party_close(&carol);
	assert_int_equal(tls_start(client.tls, NULL), OK);
	converse(&client, &server, 0);
	assert_true(tls_established(server.tls, NULL));
	close_pair(&client, &server);
}

/* ---- endings ---- */

static void a_goodbye_is_closed_and_keeps_what_was_said(void **state)
{
	struct end client, server;
	open_pair(&client, &server, 0);
	assert_int_equal(tls_write(client.tls, bytes_str("last words"), NULL), OK);
	tls_shutdown(client.tls);
	assert_true(carry(&client, &server, 0));
	assert_says(&server, ERR_CLOSED, "in order");
	assert_true(bytes_equal(buf_bytes(&server.plain), bytes_str("last words")));
	/* The other direction is still open. */
	assert_int_equal(tls_write(server.tls, bytes_str("farewell"), NULL), OK);
	tls_shutdown(server.tls);
	assert_true(carry(&server, &client, 0));
	assert_says(&client, ERR_CLOSED, "in order");
	assert_true(bytes_equal(buf_bytes(&client.plain), bytes_str("farewell")));
	close_pair(&client, &server);
}

static void nothing_is_written_after_our_goodbye(void **state)
{
	struct end client, server;
	struct err err;
	open_pair(&client, &server, 0);
	tls_shutdown(client.tls);
	tls_shutdown(client.tls);
	assert_int_equal(tls_write(client.tls, bytes_str("one more thing"), &err), ERR_CLOSED);
	close_pair(&client, &server);
}

static void nothing_is_written_before_the_handshake(void **state)
{
	struct end client, server;
	struct err err;
	end_open(&client, &alice, false, &bob);
	end_open(&server, &bob, true, &alice);
	assert_int_equal(tls_write(client.tls, bytes_str("x"), &err), ERR_NOT_READY);
	assert_int_equal(tls_write(server.tls, bytes_str("x"), &err), ERR_NOT_READY);
	assert_false(tls_established(client.tls, NULL));
	tls_shutdown(client.tls);
	struct buf wire = { 0 };
	tls_drain(client.tls, &wire);
	assert_int_equal(wire.len, 0);
	assert_int_equal(tls_start(client.tls, NULL), OK);
	assert_true(carry(&client, &server, 0));
	assert_int_equal(tls_write(server.tls, bytes_str("x"), &err), ERR_NOT_READY);
	assert_false(tls_established(server.tls, NULL));
	buf_free(&wire);
	close_pair(&client, &server);
}

/* ---- whom we refuse ---- */

static void run(struct end *client, const struct party *who, const struct party *client_expects, struct end *server,
                const struct party *whom, const struct party *server_expects)
{
	end_open(client, who, false, client_expects);
	end_open(server, whom, true, server_expects);
	assert_int_equal(tls_start(client->tls, NULL), OK);
	converse(client, server, 0);
}

static void a_server_with_another_pin_is_refused(void **state)
{
	struct end client, server;
	struct buf pin = { 0 };
	run(&client, &alice, &stale, &server, &bob, &alice);
	hex_add(&pin, bytes_of(bob.pin.b, HASH_SIZE));
	assert_says(&client, ERR_UNTRUSTED, "pin refused");
	assert_says(&client, ERR_UNTRUSTED, buf_str(&pin));
	assert_false(tls_established(client.tls, NULL));
	/* The alert tells the other side who was wrong. */
	assert_says(&server, ERR_UNTRUSTED, "refuses our certificate");
	assert_false(tls_established(server.tls, NULL));
	buf_free(&pin);
	close_pair(&client, &server);
}

static void a_client_with_another_pin_is_refused(void **state)
{
	struct end client, server;
	run(&client, &alice, &bob, &server, &bob, &stale);
	assert_says(&server, ERR_UNTRUSTED, "pin refused");
	assert_false(tls_established(server.tls, NULL));
	assert_says(&client, ERR_UNTRUSTED, "refuses our certificate");
	/* It stays refused, and says so again. */
	struct err err = { 0 };
	assert_int_equal(tls_feed(server.tls, bytes_str("more"), &server.plain, &err), ERR_UNTRUSTED);
	assert_non_null(strstr(err.text, "pin refused"));
	assert_int_equal(tls_write(client.tls, bytes_str("x"), &err), ERR_UNTRUSTED);
	assert_int_equal(tls_feed(client.tls, bytes_str("more"), &client.plain, NULL), ERR_UNTRUSTED);
	close_pair(&client, &server);
}

static void an_expired_certificate_is_refused(void **state)
{
	struct end client, server;
	char text[64], date[16];
	time_t end = (time_t)(now_s() - (int64_t)400 * DAY_S - 3600 + (int64_t)365 * DAY_S);
	struct tm tm;
	int64_t expiry_s;
	assert_int_equal(tls_cert_expiry(buf_bytes(&stale.cert), &expiry_s, NULL), OK);
	assert_true(expiry_s >= (int64_t)end - 5 && expiry_s <= (int64_t)end + 5);
	end = (time_t)expiry_s;
	assert_true(strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&end, &tm)) > 0);
	(void)snprintf(text, sizeof text, "certificate expired on %s", date);

	run(&client, &alice, &stale, &server, &stale, &alice);
	assert_says(&client, ERR_UNTRUSTED, text);
	assert_int_equal(client.asked, 0);
	assert_says(&server, ERR_UNTRUSTED, "expired");
	close_pair(&client, &server);

	run(&client, &stale, &bob, &server, &bob, &stale);
	assert_says(&server, ERR_UNTRUSTED, text);
	assert_says(&client, ERR_UNTRUSTED, "expired");
	close_pair(&client, &server);
}

static void a_certificate_of_the_future_is_refused(void **state)
{
	struct end client, server;
	run(&client, &early, &bob, &server, &bob, &early);
	assert_says(&server, ERR_UNTRUSTED, "certificate not valid before 20");
	assert_false(tls_established(server.tls, NULL));
	close_pair(&client, &server);
}

/* ---- rubbish ---- */

#define LITERAL(text)                                                                                                  \
	{                                                                                                                  \
		(const uint8_t *)(text), sizeof(text) - 1                                                                      \
	}

static void rubbish_breaks_the_session(void **state)
{
	static const struct bytes rubbish[] = {
		LITERAL("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		LITERAL("SSH-2.0-OpenSSH_9.2\r\n"),
		LITERAL("\x16\x03\x01\xff\xff\xff\xff\xff\xff"),           /* a record larger than any */
		LITERAL("\x80\x0b\x01\x00\x02\x00\x00\x00\x00\x00\x02xx"), /* SSL 2 */
		LITERAL("\x15\x03\x03\x00\x02\x02\x28"),                   /* an alert, before anything else */
		LITERAL("\x17\x03\x03\x00\x04"
		        "data"), /* data, before anything else */
	};
	for (size_t i = 0; i < 2 * (sizeof rubbish / sizeof *rubbish); i++) {
		struct end e;
		bool server = i % 2;
		end_open(&e, &bob, server, &alice);
		e.rc = tls_feed(e.tls, rubbish[i / 2], &e.plain, &e.err);
		assert_says(&e, ERR_PROTOCOL, "TLS: ");
		assert_int_equal(tls_feed(e.tls, bytes_str("again"), &e.plain, NULL), ERR_PROTOCOL);
		assert_int_equal(tls_start(e.tls, NULL), ERR_PROTOCOL);
		assert_int_equal(e.plain.len, 0);
		assert_int_equal(e.asked, 0);
		assert_false(tls_established(e.tls, NULL));
		end_close(&e);
	}
}

/* What the client says first, and what both say after, with one byte wrong at a time. */
static void one_wrong_byte_is_found(void **state)
{
	struct buf hello = { 0 };
	struct end client, server;
	open_pair(&client, &server, 0);
	assert_int_equal(tls_write(client.tls, bytes_str("a secret of state"), NULL), OK);
	tls_drain(client.tls, &hello);
	/* The type's and version's bytes are authenticated as well (RFC 8446 5.2), so any byte will do: try the last. */
	hello.data[hello.len - 1] ^= 1;
	server.rc = tls_feed(server.tls, buf_bytes(&hello), &server.plain, &server.err);
	assert_says(&server, ERR_PROTOCOL, "TLS: ");
	assert_int_equal(server.plain.len, 0);
	assert_true(carry(&server, &client, 0)); /* the alert */
	assert_int_equal(client.rc, ERR_PROTOCOL);
	/* A session that ended so says no goodbye. */
	tls_shutdown(server.tls);
	struct buf wire = { 0 };
	tls_drain(server.tls, &wire);
	assert_int_equal(wire.len, 0);
	buf_free(&hello);
	close_pair(&client, &server);
}

static void every_flipped_handshake_byte_is_refused(void **state)
{
	struct buf wire = { 0 };
	struct end client, server;
	end_open(&client, &alice, false, &bob);
	assert_int_equal(tls_start(client.tls, NULL), OK);
	tls_drain(client.tls, &wire);
	end_close(&client);
	for (size_t at = 0; at < wire.len; at++) {
		if (at == 1 || at == 2)
			continue; /* legacy_record_version: ignored for all purposes (RFC 8446 5.1) */
		/* The server may go on for a while (a flipped random byte is still random), but never to the end. */
		end_open(&client, &alice, false, &bob);
		end_open(&server, &bob, true, &alice);
		assert_int_equal(tls_start(client.tls, NULL), OK);
		struct buf hello = { 0 };
		tls_drain(client.tls, &hello);
		hello.data[at < hello.len ? at : hello.len - 1] ^= 0x40;
		server.rc = tls_feed(server.tls, buf_bytes(&hello), &server.plain, &server.err);
		if (server.rc == OK)
			converse(&client, &server, 0);
		assert_false(tls_established(server.tls, NULL));
		buf_free(&hello);
		close_pair(&client, &server);
	}
	buf_free(&wire);
}

/* Cut anywhere, a handshake waits; nothing is delivered and nothing is believed. */
static void a_truncated_handshake_waits(void **state)
{
	struct end client, server;
	struct buf hello = { 0 }, answer = { 0 };
	end_open(&client, &alice, false, &bob);
	assert_int_equal(tls_start(client.tls, NULL), OK);
	tls_drain(client.tls, &hello);
	for (size_t n = 0; n < hello.len; n++) {
		end_open(&server, &bob, true, &alice);
		assert_int_equal(tls_feed(server.tls, bytes_of(hello.data, n), &server.plain, NULL), OK);
		assert_false(tls_established(server.tls, NULL));
		tls_drain(server.tls, &answer);
		assert_int_equal(answer.len, 0);
		end_close(&server);
	}
	end_close(&client);
	buf_free(&hello);
	buf_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_know_each_other),
		cmocka_unit_test(bytes_may_come_one_by_one),
		cmocka_unit_test(large_data_goes_both_ways),
		cmocka_unit_test(a_mebibyte_makes_full_records),
		cmocka_unit_test(contexts_may_go_before_their_sessions),
		cmocka_unit_test(a_goodbye_is_closed_and_keeps_what_was_said),
		cmocka_unit_test(nothing_is_written_after_our_goodbye),
		cmocka_unit_test(nothing_is_written_before_the_handshake),
		cmocka_unit_test(a_server_with_another_pin_is_refused),
		cmocka_unit_test(a_client_with_another_pin_is_refused),
		cmocka_unit_test(an_expired_certificate_is_refused),
		cmocka_unit_test(a_certificate_of_the_future_is_refused),
		cmocka_unit_test(rubbish_breaks_the_session),
		cmocka_unit_test(one_wrong_byte_is_found),
		cmocka_unit_test(every_flipped_handshake_byte_is_refused),
		cmocka_unit_test(a_truncated_handshake_waits),
	};
	return cmocka_run_group_tests(tests, make_parties, close_parties);
}
