/* tiles: logs as tlog-tiles serves them, over a toy view of three entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "node/api/gzip.h"
#include "tests/api/world.h"

static struct bytes body_of(const struct world *w)
{
	size_t at = (size_t)(w->body - (const char *)w->answer.data);
	return bytes_of(w->answer.data + at, w->answer.len - at);
}

static void body_is(const struct world *w, struct bytes expected)
{
	assert_true(bytes_equal(body_of(w), expected));
}

/* The toy's log as somebody else's, mirrored here. */
static const char *as_mirror(struct world *w, const char *rest)
{
	static const struct hash other = { { 9 } };
	static char path[256];
	struct buf hex = { 0 };
	w->context.own_log = &other;
	hex_add(&hex, bytes_of(w->toy.digest.b, HASH_SIZE));
	(void)snprintf(path, sizeof path, "/mirror/%s%s", buf_str(&hex), rest);
	buf_free(&hex);
	return path;
}

static void a_checkpoint(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/log/checkpoint"), 200);
	SAYS(w, "Content-Type: text/plain; charset=utf-8\r\n");
	SAYS(w, "Cache-Control: public, max-age=2\r\n");
	body_is(w, buf_bytes(&w->toy.head));
	assert_int_equal(ask(w, "/log/checkpoint?head=cosigned"), 404);
	assert_int_equal(ask(w, "/log/checkpoint?head=any"), 400);
	w->toy.cosigned = true;
	assert_int_equal(ask(w, "/log/checkpoint?head=cosigned"), 200);
	body_is(w, buf_bytes(&w->toy.head));
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 200);
	body_is(w, buf_bytes(&w->toy.head));
	/* tlog-mirror: no checkpoint that the mirror has not signed; of our own log every one that is there. */
	w->context.mirror = skey_public(w->toy.log);
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 200);
	w->context.mirror = NULL;
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 404);
	struct vkey other = *skey_public(w->toy.witness);
	other.id ^= 1; /* its key has changed since */
	w->context.mirror = &other;
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 200);
	other.name[0]++;
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 404);
	SAYS(w, "has not signed");
	assert_int_equal(ask(w, as_mirror(w, "/tile/0/000.p/3")), 200);
	w->context.own_log = &w->toy.digest;
	assert_int_equal(ask(w, "/log/checkpoint"), 200);
	buf_reset(&w->toy.head);
	assert_int_equal(ask(w, "/log/checkpoint"), 404);
	SAYS(w, "has no checkpoint yet");
}

static void tiles_of_any_width(void **state)
{
	struct world *w = *state;
	struct buf hashes = { 0 }, entries = { 0 };
	w->toy.covered = 2; /* the head lags */
	for (unsigned width = 1; width <= 4; width++) {
		char path[64];
		(void)snprintf(path, sizeof path, "/log/tile/0/000.p/%u", width);
		assert_int_equal(ask(w, path), width <= 2 ? 200 : 404);
		if (width <= 2) {
			struct hash leaf = hash_leaf(w->toy.hasher, buf_bytes(&w->toy.v[width - 1].envelope));
			buf_add(&hashes, leaf.b, sizeof leaf.b);
			body_is(w, buf_bytes(&hashes));
			SAYS(w, "Content-Type: application/octet-stream\r\n");
			SAYS(w, "Cache-Control: public, max-age=31536000, immutable\r\n");
			assert_false(says(w, "Vary"));
		}
		(void)snprintf(path, sizeof path, "/log/tile/entries/000.p/%u", width);
		assert_int_equal(ask(w, path), width <= 2 ? 200 : 404);
		if (width <= 2) {
			buf_add_u16(&entries, (uint16_t)w->toy.v[width - 1].envelope.len);
			buf_add_bytes(&entries, buf_bytes(&w->toy.v[width - 1].envelope));
			body_is(w, buf_bytes(&entries));
			SAYS(w, "Content-Type: application/octet-stream\r\n");
			SAYS(w, "Cache-Control: public, max-age=31536000, immutable\r\n");
			SAYS(w, "Vary: Accept-Encoding\r\n");
			assert_int_equal(ask(w, as_mirror(w, path + strlen("/log"))), 200);
			body_is(w, buf_bytes(&entries));
			w->context.own_log = &w->toy.digest;
		}
	}
	assert_int_equal(ask(w, "/log/tile/0/000"), 404);
	SAYS(w, "Cache-Control: no-store\r\n"); /* it may come to be */
	assert_int_equal(ask(w, "/log/tile/entries/000"), 404);
	assert_int_equal(ask(w, "/log/tile/1/000.p/1"), 404);
	assert_int_equal(ask(w, "/log/tile/0/001.p/1"), 404);
	buf_free(&hashes);
	buf_free(&entries);
}

static void payloads(void **state)
{
	struct world *w = *state;
	struct toy_entry *e = &w->toy.v[1];
	assert_int_equal(ask(w, "/log/payload/001"), 200);
	SAYS(w, "Content-Type: application/octet-stream\r\n");
	SAYS(w, "Cache-Control: public, max-age=3600\r\n");
	body_is(w, buf_bytes(&e->payload));
	e->state = PAYLOAD_REDACTED;
	assert_int_equal(ask(w, "/log/payload/001"), 410);
	SAYS(w, "HTTP/1.1 410 Gone\r\n");
	e->state = PAYLOAD_WITHHELD;
	assert_int_equal(ask(w, "/log/payload/001"), 404);
	/* Not of the public collection: whatever its state. */
	buf_reset(&e->envelope);
	envelope_write(w->toy.hasher, buf_bytes(&e->payload), 1767225600000, "members", &e->envelope);
	assert_int_equal(ask(w, "/log/payload/001"), 403);
	e->state = PAYLOAD_PRESENT;
	assert_int_equal(ask(w, "/log/payload/001"), 403);
	assert_false(says(w, "Quality"));
	buf_reset(&e->envelope); /* the log of somebody whose entries are no envelopes */
	buf_add_str(&e->envelope, "example\n");
	assert_int_equal(ask(w, "/log/payload/001"), 404);
	assert_int_equal(ask(w, "/log/payload/003"), 404);
	w->toy.covered = 2;
	assert_int_equal(ask(w, "/log/payload/002"), 404);
	SAYS(w, "does not cover");
	assert_int_equal(ask(w, as_mirror(w, "/payload/000")), 200);
	body_is(w, buf_bytes(&w->toy.v[0].payload));
}

static void only_these_addresses(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = {
		"/log",
		"/log/",
		"/log/checkpoint/",
		"/log//checkpoint",
		"/log/%63heckpoint",
		"/log/tile/0/0",
		"/log/tile/00/000",
		"/log/tile/0/000.p/0",
		"/log/tile/0/000.p/256",
		"/log/tile/0/x000/000",
		"/log/tile/entries/0",
		"/log/payload/0",
		"/log/x",
		"/mirror",
		"/mirror/",
		"/mirror/checkpoint",
		"/mirror/00/checkpoint",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (ask(w, bad[i]) != 404)
			fail_msg("%d: %s", w->status_code, bad[i]);
	assert_int_equal(ask(w, "/log/checkpoint?at=1"), 400);
	assert_int_equal(ask(w, as_mirror(w, "")), 404);
	assert_int_equal(ask(w, as_mirror(w, "/")), 404);
	assert_int_equal(ask(w, as_mirror(w, "0/checkpoint")), 404);
	assert_int_equal(ask(w, as_mirror(w, "/checkpoint")), 200);
	char path[256];
	(void)snprintf(path, sizeof path, "%s", as_mirror(w, "/checkpoint"));
	path[8] = path[8] == '0' ? '1' : '0';
	assert_int_equal(ask(w, path), 404); /* a log that is not here */
	(void)snprintf(path, sizeof path, "%s", as_mirror(w, "/checkpoint"));
	for (char *c = path + 8; c < path + 8 + 2 * HASH_SIZE; c++)
		*c = (char)(*c >= 'a' && *c <= 'f' ? *c - 32 : *c);
	assert_int_equal(ask(w, path), 404); /* hex in lower case, says tlog-mirror */
	(void)snprintf(path, sizeof path, "%s", as_mirror(w, "/checkpoint"));
	w->context.own_log = &w->toy.digest;
	assert_int_equal(ask(w, path), 404); /* our own has one address */
	assert_int_equal(ask(w, "/log/checkpoint"), 200);
}

static void methods(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/log/tile/entries/000.p/3"), 200);
	char length[64];
	(void)snprintf(length, sizeof length, "Content-Length: %zu\r\n", body_of(w).len);
	assert_int_equal(ask_with(w, "HEAD", "/log/tile/entries/000.p/3", ""), 200);
	SAYS(w, length);
	assert_int_equal(body_of(w).len, 0);
	assert_int_equal(ask_with(w, "POST", "/log/checkpoint", ""), 405);
	SAYS(w, "Allow: GET, HEAD\r\n");
	assert_int_equal(ask_with(w, "PUT", as_mirror(w, "/checkpoint"), ""), 405);
}

static void a_failing_store(void **state)
{
	struct world *w = *state;
	static const char *const paths[] = { "/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1",
		                                 "/log/payload/000" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		w->toy.fail = ERR_CORRUPT;
		assert_int_equal(ask(w, paths[i]), 500);
		SAYS(w, "Cache-Control: no-store\r\n");
		w->toy.fail = OK;
		w->context.view = NULL;
		assert_int_equal(ask(w, paths[i]), 503);
		w->context.view = &w->view;
	}
	w->context.own_log = NULL;
	assert_int_equal(ask(w, paths[0]), 404);
}

/* ---- gzip ---- */

/* RFC 9110 12.5.3. */
static void who_gets_it_packed(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *headers;
		bool packed;
	} asked[] = {
		{ "", false },
		{ "Accept-Encoding: gzip\r\n", true },
		{ "accept-encoding: GZIP\r\n", true },
		{ "Accept-Encoding: gzip, identity\r\n", true },
		{ "Accept-Encoding: gzip, deflate, br\r\n", true },
		{ "Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1\r\n", true },
		{ "Accept-Encoding: *\r\n", true },
		{ "Accept-Encoding: identity;q=0, *\r\n", true },
		{ "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n", true },
		{ "Accept-Encoding: gzip;q=0.001\r\n", true },
		{ "Accept-Encoding:\r\n", false },
		{ "Accept-Encoding: identity\r\n", false },
		{ "Accept-Encoding: gzip;q=0\r\n", false },
		{ "Accept-Encoding: gzip;q=0.000\r\n", false },
		{ "Accept-Encoding: *, gzip;q=0\r\n", false },
		{ "Accept-Encoding: gzip;q=0, *\r\n", false },
		{ "Accept-Encoding: *;q=0\r\n", false },
		{ "Accept-Encoding: gzip;q=0.5, identity\r\n", false },
		{ "Accept-Encoding: gzip;q=0.5, identity;q=0.6\r\n", false },
		{ "Accept-Encoding: deflate, br\r\n", false },
		{ "Accept-Encoding: gzipped\r\n", false },
		{ "Accept-Encoding: gzip;q=nonsense\r\n", false },
	};
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		assert_int_equal(ask_with(w, "GET", "/log/payload/002", asked[i].headers), 200);
		if (says(w, "Content-Encoding: gzip\r\n") != asked[i].packed)
			fail_msg("packed should be %d: %s", (int)asked[i].packed, asked[i].headers);
		SAYS(w, "Vary: Accept-Encoding\r\n");
		struct bytes payload = buf_bytes(&w->toy.v[2].payload);
		struct buf plain = { 0 };
		if (asked[i].packed)
			assert_int_equal(gzip_open(body_of(w), PAYLOAD_MAX, &plain, NULL), OK);
		else
			buf_add_bytes(&plain, body_of(w));
		assert_true(bytes_equal(buf_bytes(&plain), payload));
		buf_free(&plain);
	}
}

static void what_is_packed(void **state)
{
	struct world *w = *state;
	static const char gzip[] = "Accept-Encoding: gzip\r\n";
	struct buf plain = { 0 };
	assert_int_equal(ask(w, "/log/tile/entries/000.p/3"), 200);
	buf_add_bytes(&plain, body_of(w));
	/* Three envelopes or one need not become smaller; then they are sent as they are, and the same bytes either way. */
	assert_int_equal(ask_with(w, "GET", "/log/tile/entries/000.p/3", gzip), 200);
	SAYS(w, "Vary: Accept-Encoding\r\n");
	if (says(w, "Content-Encoding: gzip\r\n")) {
		struct buf open = { 0 };
		assert_true(body_of(w).len < plain.len);
		assert_int_equal(gzip_open(body_of(w), plain.len, &open, NULL), OK);
		assert_true(bytes_equal(buf_bytes(&open), buf_bytes(&plain)));
		buf_free(&open);
	} else {
		body_is(w, buf_bytes(&plain));
	}
	assert_int_equal(ask_with(w, "GET", "/log/tile/entries/000.p/1", gzip), 200);
	assert_false(says(w, "Content-Encoding"));
	/* Hashes do not become smaller; a checkpoint is small; a problem is a problem. */
	assert_int_equal(ask_with(w, "GET", "/log/tile/0/000.p/3", gzip), 200);
	assert_false(says(w, "Content-Encoding"));
	assert_int_equal(ask_with(w, "GET", "/log/checkpoint", gzip), 200);
	assert_false(says(w, "Content-Encoding"));
	assert_int_equal(ask_with(w, "GET", "/log/payload/009", gzip), 404);
	assert_false(says(w, "Content-Encoding"));
	buf_free(&plain);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_checkpoint, up, down),
		cmocka_unit_test_setup_teardown(tiles_of_any_width, up, down),
		cmocka_unit_test_setup_teardown(payloads, up, down),
		cmocka_unit_test_setup_teardown(only_these_addresses, up, down),
		cmocka_unit_test_setup_teardown(methods, up, down),
		cmocka_unit_test_setup_teardown(a_failing_store, up, down),
		cmocka_unit_test_setup_teardown(who_gets_it_packed, up, down),
		cmocka_unit_test_setup_teardown(what_is_packed, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
