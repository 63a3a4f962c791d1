/* links: whoever is not the peer that it should be, or does not speak as one. */
#include "tests/shell/stranger.h"

#include <errno.h>

/* ---- no TLS at all ---- */

/* What comes until the node ends the connection. */
static size_t bytes_to_the_end(int fd)
{
	uint8_t some[4096];
	size_t count = 0;
	ssize_t got;
	while ((got = recv(fd, some, sizeof some, 0)) > 0)
		count += (size_t)got;
	assert_true(got == 0 || errno == ECONNRESET);
	return count;
}

static void test_rubbish_bytes(void **state)
{
	static const char *const rubbish[] = {
		"GET / HTTP/1.1\r\nHost: node\r\n\r\n",
		"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
		"\x15\x03\x03\x00\x02\x02\x28",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	node_make(w, 0);
	n->options.link_timeout_ms = 500; /* for what looks like the beginning of something */
	node_up(n);
	for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++) {
		struct ask ask;
		assert_int_equal(ask_open(&ask, shell_peer_address(n->shell), ASK_MS, NULL), OK);
		(void)send(ask.fd, rubbish[i], strlen(rubbish[i]), MSG_NOSIGNAL);
		(void)bytes_to_the_end(ask.fd);
		ask_close(&ask);
	}
	still_well(n);
}

static void test_random_bytes(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	uint64_t seed = 20011;
	node_make(w, 0);
	n->options.link_timeout_ms = 200;
	node_up(n);
	for (int round = 0; round < 40; round++) {
		struct ask ask;
		uint8_t noise[600];
		for (size_t i = 0; i < sizeof noise; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			noise[i] = (uint8_t)(seed >> 56);
		}
		if (round % 2 == 0)
			memcpy(noise, "\x16\x03\x01\x02\x00\x01", 6); /* begins like a ClientHello */
		assert_int_equal(ask_open(&ask, shell_peer_address(n->shell), ASK_MS, NULL), OK);
		(void)send(ask.fd, noise, sizeof noise, MSG_NOSIGNAL);
		ask_close(&ask);
	}
	still_well(n);
}

static void test_silent_connection(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct ask ask;
	node_make(w, 0);
	n->options.link_timeout_ms = 100;
	node_up(n);
	assert_int_equal(ask_open(&ask, shell_peer_address(n->shell), ASK_MS, NULL), OK);
	(void)bytes_to_the_end(ask.fd);
	ask_close(&ask);
	still_well(n);
}

/* Strangers hold so many connections and no more; when they are gone there is room again. */
static void test_too_many_strangers(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct ask ask[LINKS_UNAUTHENTICATED_MAX + 16];
	size_t count = sizeof ask / sizeof ask[0];
	node_make(w, 0);
	n->options.link_timeout_ms = PATIENCE_MS * 2;
	node_up(n);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ask_open(&ask[i], shell_peer_address(n->shell), ASK_MS, NULL), OK);
	for (size_t i = LINKS_UNAUTHENTICATED_MAX; i < count; i++)
		assert_int_equal(bytes_to_the_end(ask[i].fd), 0);
	for (size_t i = 0; i < count; i++)
		ask_close(&ask[i]);
	still_well(n);
}

/* ---- TLS, by the wrong party ---- */

static void test_unknown_party(void **state)
{
	struct world *w = *state;
	struct stranger s;
	struct err err = { 0 };
	node_make(w, 0);
	node_make(w, 1);
	node_up(&w->nodes[0]);
	assert_int_equal(node_dir_open(w->nodes[1].path, &w->nodes[1].dir, &err), OK);
	stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
	/* TLS 1.3: the client is done first, and then hears that it is not welcome. */
	assert_int_equal(stranger_wait_for_end(&s, &err), ERR_UNTRUSTED);
	assert_non_null(strstr(err.text, "refuses our certificate"));
	stranger_free(&s);
	still_well(&w->nodes[0]);
	node_dir_close(&w->nodes[1].dir);
}

/* The party at the address that a card names shows another key than the card's. */
static void test_wrong_pin(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1], *c = &w->nodes[2];
	for (size_t i = 0; i < 3; i++) {
		node_make(w, i);
		node_up(&w->nodes[i]);
	}
	struct card of_b = card_of(b);
	struct card of_c = card_of(c);
	(void)snprintf(of_b.address, sizeof of_b.address, "%s", of_c.address);
	assert_int_equal(trust(a, &of_b), 200);
	WAIT_FOR(operator_sees(a, "pin refused"));
	/* The wrong party is a peer itself: it is still not the one that was dialed. */
	node_down(a);
	char card[1300];
	(void)snprintf(card, sizeof card, "%s/peers/iso.card", a->path);
	assert_int_equal(unlink(card), 0);
	node_up(a);
	struct card of_c_elsewhere = of_c;
	of_c_elsewhere.address[0] = '\0';
	assert_int_equal(trust(a, &of_c_elsewhere), 200);
	assert_int_equal(trust(a, &of_b), 200);
	WAIT_FOR(operator_sees(a, "pin refused"));
	still_well(a);
}

/* Give a node a certificate that ended yesterday, in memory. */
static void expire(struct node *n)
{
	struct node_identity *identity = &n->dir.keys.identities[0];
	struct err err = { 0 };
	node_identity_free(identity);
	int64_t then = (int64_t)time(NULL) - INT64_C(400) * 86400;
	assert_int_equal(tls_identity_new("expired", then, 365, &identity->key_pem, &identity->cert_pem, &err), OK);
	assert_int_equal(tls_pin_of(buf_bytes(&identity->cert_pem), &identity->pin, &err), OK);
	n->dir.pin = identity->pin;
}

static void test_expired_certificate(void **state)
{
	struct world *w = *state;
	struct node *a = &w->nodes[0], *b = &w->nodes[1];
	struct err err = { 0 };
	node_make(w, 0);
	node_make(w, 1);
	node_up(a);
	assert_int_equal(node_dir_open(b->path, &b->dir, &err), OK);
	expire(b);
	node_up_as_is(b);
	befriend(a, b);
	/* Both dial, and neither way is the certificate good enough: a sees it, b is told. */
	WAIT_FOR(operator_sees(a, "expired"));
	WAIT_FOR(operator_sees(b, "refuses our certificate"));
	publish(b, "expired", 1, 1);
	still_well(a);
	assert_false(answers_with(a, "/api/v1/search?q=expired", "ISO 1:2015"));
}

/* ---- the right party, saying wrong things ---- */

static void test_garbage_frames(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} garbage[] = {
		{ "\x00\x00\x00\x00", 4 },                   /* a frame of nothing */
		{ "\xff\xff\xff\xff", 4 },                   /* one of 4 GiB */
		{ "\x00\x10\x00\x01", 4 },                   /* one byte above the limit */
		{ "\x00\x00\x00\x05hello", 9 },              /* not protobuf */
		{ "\x00\x00\x00\x02\x5a\x00", 6 },           /* a ping before hello */
		{ "GET / HTTP/1.1\r\nHost: n\r\n\r\n", 27 }, /* another protocol */
	};
	struct world *w = *state;
	node_and_its_peer(w);
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		struct stranger s;
		struct err err = { 0 };
		stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
		stranger_shake_hands(&s);
		say(&s, garbage[i].bytes, garbage[i].len);
		assert_int_equal(stranger_wait_for_end(&s, &err), ERR_CLOSED);
		stranger_free(&s);
	}
	WAIT_FOR(operator_sees(&w->nodes[0], "clause"));
	still_well(&w->nodes[0]);
	node_dir_close(&w->nodes[1].dir);
}

/* The connection breaks in the middle of a frame, or of a TLS record. */
static void test_cut_anywhere(void **state)
{
	struct world *w = *state;
	node_and_its_peer(w);
	for (size_t cut = 0; cut < 12; cut++) {
		struct stranger s;
		stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
		stranger_shake_hands(&s);
		if (cut % 2 == 0) {
			say(&s, "\x00\x00\x01\x00half a frame", cut < 4 ? cut : 16);
		} else {
			struct err err = { 0 };
			struct buf wire = { 0 };
			assert_int_equal(tls_write(s.tls, bytes_str("half a record"), &err), OK);
			tls_drain(s.tls, &wire);
			(void)send(s.fd, wire.data, cut, MSG_NOSIGNAL);
			buf_free(&wire);
		}
		stranger_free(&s);
	}
	still_well(&w->nodes[0]);
	node_dir_close(&w->nodes[1].dir);
}

/* Ends its half in order, while the node has something to say. */
static void test_goodbye(void **state)
{
	struct world *w = *state;
	struct stranger s;
	struct err err = { 0 };
	node_and_its_peer(w);
	stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
	stranger_shake_hands(&s);
	tls_shutdown(s.tls);
	stranger_flush(&s);
	assert_int_equal(stranger_wait_for_end(&s, &err), ERR_CLOSED);
	stranger_free(&s);
	WAIT_FOR(operator_sees(&w->nodes[0], "ended in order"));
	still_well(&w->nodes[0]);
	node_dir_close(&w->nodes[1].dir);
}

/* A node that stops says goodbye to a peer that only listens. */
static void test_node_says_goodbye(void **state)
{
	struct world *w = *state;
	struct stranger s;
	struct err err = { 0 };
	node_and_its_peer(w);
	stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
	stranger_shake_hands(&s);
	assert_int_equal(stranger_read(&s, &err), OK); /* its hello: the link is up there too */
	shell_stop(w->nodes[0].shell);
	assert_int_equal(stranger_wait_for_end(&s, &err), ERR_CLOSED);
	assert_non_null(strstr(err.text, "ended in order"));
	stranger_free(&s);
	node_join(&w->nodes[0]);
	node_dir_close(&w->nodes[1].dir);
}

/* ---- nobody there ---- */

static void new_key(const char *name, enum key_type type, struct vkey *out)
{
	struct skey *key = NULL;
	assert_int_equal(skey_generate(name, type, &key, NULL), OK);
	*out = *skey_public(key);
	skey_free(key);
}

static void rename_card(struct card *card, size_t i)
{
	char witness[64], mirror[64];
	(void)snprintf(card->name, sizeof card->name, "peer%zu", i);
	(void)snprintf(card->origin, sizeof card->origin, "peer%zu.example/log", i);
	(void)snprintf(witness, sizeof witness, "peer%zu.example/witness", i);
	new_key(card->origin, KEY_ED25519, &card->log);
	new_key(witness, KEY_COSIGNATURE, &card->witness);
	(void)snprintf(mirror, sizeof mirror, "peer%zu.example/mirror", i);
	new_key(mirror, KEY_COSIGNATURE, &card->mirror);
}

static void test_unreachable_peers(void **state)
{
	static const char *const addresses[] = { "127.0.0.1:1", "[::1]:1", "no-such-host.invalid:7443" };
	struct world *w = *state;
	struct node *a = &w->nodes[0];
	struct err err = { 0 };
	node_make(w, 0);
	node_up(a);
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		node_make(w, 1);
		struct node *b = &w->nodes[1];
		assert_int_equal(node_dir_open(b->path, &b->dir, &err), OK);
		struct card card = card_of(b);
		node_dir_close(&b->dir);
		file_remove_tree(b->path, 4);
		rename_card(&card, i);
		(void)snprintf(card.address, sizeof card.address, "%s", addresses[i]);
		assert_int_equal(trust(a, &card), 200);
	}
	WAIT_FOR(operator_sees(a, "refused"));
	still_well(a);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
	const struct CMUnitTest tests[] = {
		TEST(test_rubbish_bytes),       TEST(test_random_bytes),
		TEST(test_silent_connection),   TEST(test_too_many_strangers),
		TEST(test_unknown_party),       TEST(test_wrong_pin),
		TEST(test_expired_certificate), TEST(test_garbage_frames),
		TEST(test_cut_anywhere),        TEST(test_goodbye),
		TEST(test_node_says_goodbye),   TEST(test_unreachable_peers),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
