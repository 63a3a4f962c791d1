/* stranger: a peer made by hand, on a blocking socket, that says whatever a test wants over TLS.
 *
 * Thread: the test's.
 */
#pragma once

#include <errno.h>

#include "crypto/tls.h"
#include "tests/shell/talk.h"

struct stranger {
	int fd;
	struct tls_ctx *ctx;
	struct tls *tls;
	struct hash expected; /* the node's pin */
	struct buf plain;
};

UNUSED static bool is_expected(void *arg, const struct hash *pin)
{
	const struct stranger *s = arg;
	return hash_equal(pin, &s->expected);
}

UNUSED static void stranger_make(struct stranger *s, const struct node_dir *identity, struct node *to)
{
	struct ask ask;
	struct err err = { 0 };
	*s = (struct stranger){ .expected = to->dir.pin };
	assert_int_equal(ask_open(&ask, shell_peer_address(to->shell), ASK_MS, &err), OK);
	s->fd = ask.fd;
	assert_int_equal(tls_ctx_new(buf_bytes(&identity->keys.identities[0].key_pem),
	                             buf_bytes(&identity->keys.identities[0].cert_pem), &s->ctx, &err),
	                 OK);
	s->tls = tls_new(s->ctx, false, is_expected, s);
	assert_int_equal(tls_start(s->tls, &err), OK);
}

UNUSED static void stranger_free(struct stranger *s)
{
	(void)close(s->fd);
	tls_free(s->tls);
	tls_ctx_free(s->ctx);
	buf_free(&s->plain);
}

/* What the session has to send; a node that is gone already is no failure here. */
UNUSED static void stranger_flush(struct stranger *s)
{
	struct buf wire = { 0 };
	tls_drain(s->tls, &wire);
	if (wire.len > 0)
		(void)send(s->fd, wire.data, wire.len, MSG_NOSIGNAL);
	buf_free(&wire);
}

/* Read once.  OK, ERR_CLOSED at the end of the connection, or what TLS says. */
UNUSED static int stranger_read(struct stranger *s, struct err *err)
{
	static uint8_t wire[65536];
	stranger_flush(s);
	ssize_t n = recv(s->fd, wire, sizeof wire, 0);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		fail_msg("the node keeps the connection open");
	if (n <= 0)
		return err_set(err, ERR_CLOSED, "the node ended the connection");
	return tls_feed(s->tls, bytes_of(wire, (size_t)n), &s->plain, err);
}

UNUSED static void stranger_shake_hands(struct stranger *s)
{
	struct err err = { 0 };
	while (!tls_established(s->tls, NULL))
		if (stranger_read(s, &err) != OK)
			fail_msg("%s", err.text);
	stranger_flush(s);
}

/* Until the node ends it; gives the last error. */
UNUSED static int stranger_wait_for_end(struct stranger *s, struct err *err)
{
	int rc;
	while ((rc = stranger_read(s, err)) == OK)
		buf_reset(&s->plain);
	return rc;
}

/* Two nodes' folders, the first of which runs and trusts the second. */
UNUSED static void node_and_its_peer(struct world *w)
{
	struct err err = { 0 };
	node_make(w, 0);
	node_make(w, 1);
	node_up(&w->nodes[0]);
	assert_int_equal(node_dir_open(w->nodes[1].path, &w->nodes[1].dir, &err), OK);
	struct card card = card_of(&w->nodes[1]);
	assert_int_equal(trust(&w->nodes[0], &card), 200);
}

UNUSED static void say(struct stranger *s, const void *data, size_t len)
{
	struct err err = { 0 };
	assert_int_equal(tls_write(s->tls, bytes_of(data, len), &err), OK);
	stranger_flush(s);
}
