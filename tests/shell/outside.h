/* outside: a node, and a log outside that it knows: what tests of its doors say.
 *
 * Thread: the test's.
 */
#pragma once

#include "node/shell/trust.h"
#include "tests/shell/talk.h"
#include "tests/support/foreign.h"

static struct foreign elsewhere;
static const char witness_path[] = "/witness/add-checkpoint";

UNUSED static void allow_line(const struct foreign *f, struct buf *line)
{
	buf_add_str(line, "log ");
	vkey_write(skey_public(f->key), line);
	buf_add_char(line, '\n');
}

/* A node that knows the log elsewhere before it starts. */
UNUSED static struct node *one_node(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf line = { 0 };
	struct vkey key;
	bool known = false;
	struct err err = { 0 };
	node_make(w, 0);
	allow_line(&elsewhere, &line);
	if (trust_line(n->path, NULL, buf_bytes(&line), &key, &known, &err) != OK)
		fail_msg("%s", err.text);
	assert_false(known);
	assert_int_equal(trust_line(n->path, NULL, buf_bytes(&line), &key, &known, &err), OK);
	assert_true(known);
	buf_free(&line);
	node_up(n);
	return n;
}

UNUSED static int open_world(void **state)
{
	foreign_open(&elsewhere, "elsewhere.example/log", 1);
	return world_up(state);
}

UNUSED static int close_world(void **state)
{
	foreign_close(&elsewhere);
	return world_down(state);
}

UNUSED static void read_to_end(struct ask *ask, struct buf *out)
{
	ssize_t got;
	buf_reset(out);
	while ((got = recv(ask->fd, buf_reserve(out, 65536), 65536, 0)) > 0)
		out->len += (size_t)got;
	assert_int_equal(got, 0);
	ask_close(ask);
}

/* The whole answer, head and body. */
UNUSED static int raw_ask(struct node *n, const char *method, const char *target, struct bytes body, struct buf *out)
{
	struct ask ask;
	struct err err = { 0 };
	struct buf request = { 0 };
	assert_int_equal(ask_open(&ask, shell_http_address(n->shell), ASK_MS, &err), OK);
	buf_printf(&request, "%s %s HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", method,
	           target, body.len);
	buf_add_bytes(&request, body);
	assert_int_equal(send(ask.fd, request.data, request.len, MSG_NOSIGNAL), (ssize_t)request.len);
	read_to_end(&ask, out);
	buf_free(&request);
	return (int)strtol(buf_str(out) + 9, NULL, 10);
}

UNUSED static int bring(struct node *n, struct foreign *f, uint64_t old, uint64_t size, struct buf *answer)
{
	struct buf body = { 0 };
	foreign_request(f, old, size, &body);
	int status = ask_once(shell_http_address(n->shell), "POST", witness_path, buf_bytes(&body), answer);
	buf_free(&body);
	return status;
}
