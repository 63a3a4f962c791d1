/* uploads over HTTP: types, codings, sizes, and bodies that end before their end, by a real node. */
#include "tests/shell/outside.h"

#include "node/api/add_entries.h"
#include "node/api/gzip.h"

/* An upload of [start, end) of a log whose entries are these, as bytes. */
static void upload_bytes(struct foreign *f, const struct bytes *entries, uint64_t start, uint64_t end, struct buf *out)
{
	struct upload_package p = { .entries = entries + start, .count = (size_t)(end - start) };
	struct upload u = { .start = start, .end = end, .packages = &p, .count = start < end ? 1 : 0 };
	(void)snprintf(u.origin, sizeof u.origin, "%s", foreign_origin(f));
	assert_true(end < BUNDLE_ENTRIES);
	if (end > 0)
		assert_int_equal(tree_prove(f->hasher, tree_as_source(f->tree), 0, end, end, &p.proof), OK);
	add_entries_write(&u, out);
}

static int send_upload(struct node *n, const char *headers, struct bytes body, struct buf *answer)
{
	struct ask ask;
	struct err err = { 0 };
	struct buf request = { 0 };
	ssize_t got;
	assert_int_equal(ask_open(&ask, shell_http_address(n->shell), ASK_MS, &err), OK);
	buf_printf(&request,
	           "POST /mirror/add-entries HTTP/1.1\r\nHost: node\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n",
	           headers, body.len);
	buf_add_bytes(&request, body);
	for (size_t sent = 0; sent < request.len; sent += (size_t)got) {
		got = send(ask.fd, request.data + sent, request.len - sent, MSG_NOSIGNAL);
		assert_true(got > 0);
	}
	read_to_end(&ask, answer);
	buf_free(&request);
	return (int)strtol(buf_str(answer) + 9, NULL, 10);
}

static const char octets[] = "Content-Type: application/octet-stream\r\n";
static const char packed_octets[] = "Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\n";

/* Entries of every size that a log may have, none of them an envelope. */
static void make_entries(struct foreign *f, struct bytes entries[12], struct buf *room)
{
	static const size_t sizes[12] = { 0, 1, 511, 512, 513, 4096, 65535, 65535, 7, 65534, 65535, 100 };
	memset(buf_reserve(room, ENTRY_MAX), 'e', ENTRY_MAX);
	for (size_t i = 0; i < 12; i++) {
		entries[i] = bytes_of(room->data, sizes[i]);
		struct hash leaf = hash_leaf(f->hasher, entries[i]);
		tree_append(f->tree, &leaf);
	}
}

static void test_entries_are_mirrored(void **state)
{
	struct node *n = one_node(state);
	struct buf answer = { 0 }, body = { 0 }, packed = { 0 }, room = { 0 };
	struct bytes entries[12];
	make_entries(&elsewhere, entries, &room);
	assert_int_equal(bring(n, &elsewhere, 0, 4, &answer), 200);
	upload_bytes(&elsewhere, entries, 0, 4, &body);
	assert_int_equal(send_upload(n, "Content-Type: text/plain\r\n", buf_bytes(&body), &answer), 415);
	assert_int_equal(
	    send_upload(n, "Content-Type: application/octet-stream\r\nContent-Encoding: br\r\n", buf_bytes(&body), &answer),
	    415);
	assert_non_null(strstr(buf_str(&answer), "\r\nAccept-Encoding: gzip\r\n"));
	assert_int_equal(send_upload(n, packed_octets, buf_bytes(&body), &answer), 400); /* it is not packed */
	assert_int_equal(send_upload(n, octets, bytes_of(body.data, 9), &answer), 400);
	assert_int_equal(send_upload(n, octets, bytes_of(body.data, body.len - 1), &answer), 400);
	assert_int_equal(send_upload(n, octets, buf_bytes(&body), &answer), 200);
	assert_non_null(strstr(buf_str(&answer), "sac.example/mirror"));
	assert_null(strstr(buf_str(&answer), "sac.example/witness"));
	assert_non_null(strstr(buf_str(&answer), "\r\nAccept-Encoding: gzip\r\n"));
	/* The rest, which is larger than other bodies may be, packed. */
	assert_int_equal(bring(n, &elsewhere, 4, 12, &answer), 200);
	buf_reset(&body);
	upload_bytes(&elsewhere, entries, 5, 12, &body);
	assert_int_equal(send_upload(n, octets, buf_bytes(&body), &answer), 409); /* a gap */
	assert_non_null(strstr(buf_str(&answer), "\r\nContent-Type: text/x.tlog.mirror-info\r\n"));
	assert_non_null(strstr(buf_str(&answer), "\r\n\r\n12\n4\n\n"));
	buf_reset(&body);
	upload_bytes(&elsewhere, entries, 4, 12, &body);
	gzip_pack(buf_bytes(&body), &packed);
	assert_true(body.len > HTTP_PUBLIC_BODY_MAX);
	assert_int_equal(send_upload(n, packed_octets, buf_bytes(&packed), &answer), 200);
	assert_int_equal(send_upload(n, octets, buf_bytes(&body), &answer), 200); /* once more, plain */
	assert_true(answers_with(n, "/api/v1/status",
	                         "\"origin\":\"elsewhere.example/log\",\"own\":false,\"outside\":true,\"held\":12"));
	assert_true(answers_with(n, "/api/v1/heads", "elsewhere.example/log"));
	/* No record and nothing missing comes of them. */
	assert_true(answers_with(n, "/api/v1/status", "\"records\":0,\"entries\":12,\"invalid\":0,\"missing\":0"));
	node_down(n);
	node_up(n);
	assert_true(answers_with(n, "/api/v1/status", "\"outside\":true,\"held\":12"));
	assert_int_equal(send_upload(n, octets, buf_bytes(&body), &answer), 200);
	buf_free(&answer);
	buf_free(&body);
	buf_free(&packed);
	buf_free(&room);
}

static void test_large_bodies_are_few(void **state)
{
	struct node *n = one_node(state);
	struct ask asks[UPLOADS_MAX];
	struct buf answer = { 0 };
	struct err err = { 0 };
	char head[200];
	(void)snprintf(head, sizeof head, "POST /mirror/add-entries HTTP/1.1\r\nHost: node\r\nContent-Length: %d\r\n\r\nx",
	               UPLOAD_BODY_MAX);
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		assert_int_equal(ask_open(&asks[i], shell_http_address(n->shell), ASK_MS, &err), OK);
		assert_int_equal(send(asks[i].fd, head, strlen(head), MSG_NOSIGNAL), (ssize_t)strlen(head));
	}
	struct buf big = { 0 };
	memset(buf_reserve(&big, HTTP_PUBLIC_BODY_MAX + 1), 0, HTTP_PUBLIC_BODY_MAX + 1);
	big.len = HTTP_PUBLIC_BODY_MAX + 1;
	WAIT_FOR(send_upload(n, octets, buf_bytes(&big), &answer) == 503);
	assert_int_equal(send_upload(n, octets, bytes_str("small"), &answer), 400);
	for (size_t i = 0; i < UPLOADS_MAX; i++)
		ask_close(&asks[i]);
	WAIT_FOR(send_upload(n, octets, buf_bytes(&big), &answer) == 404); /* whose origin is "" */
	assert_int_equal(raw_ask(n, "POST", witness_path, buf_bytes(&big), &answer), 413);
	buf_free(&big);
	buf_free(&answer);
}

/* ---- bodies that end before their end ---- */

enum { LONG_LOG = 300, KEPT = BUNDLE_ENTRIES };

/* A log of two packages, known to the node, its checkpoint pending there.  The upload of all of it, and how much of it
 * the head and the first package are. */
static size_t long_upload(struct node *n, struct foreign *f, const char *name, struct buf *body)
{
	struct buf line = { 0 }, note = { 0 }, request = { 0 }, answer = { 0 };
	struct bytes entries[LONG_LOG];
	struct upload_package p[2] = { { .entries = entries, .count = KEPT },
		                           { .entries = entries + KEPT, .count = LONG_LOG - KEPT } };
	struct upload u = { .end = LONG_LOG, .packages = p, .count = 2 };
	struct tree_proof none = { .count = 0 };
	static uint8_t seed = 100;
	foreign_open(f, name, ++seed);
	for (size_t i = 0; i < LONG_LOG; i++) {
		entries[i] = bytes_str(name);
		struct hash leaf = hash_leaf(f->hasher, entries[i]);
		tree_append(f->tree, &leaf);
	}
	struct hash root = tree_root(f->tree);
	allow_line(f, &line);
	if (ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer) != 200)
		fail_msg("%s", buf_str(&answer));
	checkpoint_write(name, LONG_LOG, &root, &note);
	buf_reset(&line);
	buf_add_bytes(&line, buf_bytes(&note));
	buf_add_char(&note, '\n');
	note_sign(f->key, buf_bytes(&line), &note);
	witness_request_write(0, &none, buf_bytes(&note), &request);
	assert_int_equal(ask_once(shell_http_address(n->shell), "POST", witness_path, buf_bytes(&request), &answer), 200);
	(void)snprintf(u.origin, sizeof u.origin, "%s", name);
	assert_int_equal(tree_prove(f->hasher, tree_as_source(f->tree), 0, KEPT, LONG_LOG, &p[0].proof), OK);
	assert_int_equal(tree_prove(f->hasher, tree_as_source(f->tree), KEPT, LONG_LOG, LONG_LOG, &p[1].proof), OK);
	u.count = 1;
	add_entries_write(&u, body);
	size_t first = body->len;
	buf_reset(body);
	u.count = 2;
	add_entries_write(&u, body);
	buf_free(&line);
	buf_free(&note);
	buf_free(&request);
	buf_free(&answer);
	return first;
}

static void open_and_send(struct node *n, struct ask *ask, const struct buf *request)
{
	struct err err = { 0 };
	assert_int_equal(ask_open(ask, shell_http_address(n->shell), ASK_MS, &err), OK);
	for (size_t sent = 0; sent < request->len;) {
		ssize_t got = send(ask->fd, request->data + sent, request->len - sent, MSG_NOSIGNAL);
		assert_true(got > 0);
		sent += (size_t)got;
	}
}

/* The next attempt begins where the whole packages ended, and the log is mirrored. */
static void goes_on(struct node *n, const char *name, const struct buf *body, size_t first)
{
	struct buf answer = { 0 }, rest = { 0 };
	char held[100];
	(void)snprintf(held, sizeof held, "\"origin\":\"%s\",\"own\":false,\"outside\":true,\"held\":%d,", name, KEPT);
	WAIT_FOR(answers_with(n, "/api/v1/status", held));
	assert_int_equal(send_upload(n, octets, buf_bytes(body), &answer), 409);
	assert_non_null(strstr(buf_str(&answer), "\r\n\r\n300\n256\n\n"));
	/* The same header, but for the start. */
	size_t at = 2 + strlen(name);
	buf_add(&rest, body->data, at);
	buf_add_u64(&rest, KEPT);
	buf_add(&rest, body->data + at + 8, 10);
	buf_add(&rest, body->data + first, body->len - first);
	assert_int_equal(send_upload(n, octets, buf_bytes(&rest), &answer), 200);
	buf_free(&answer);
	buf_free(&rest);
}

/* What comes of it before the connection ends: so many bytes; packed, all that came of the packed ones. */
static void cut_request(const struct buf *body, size_t cut, const char *name, struct buf *out)
{
	bool packed = strstr(name, "packed") != NULL, chunked = strstr(name, "chunks") != NULL;
	struct buf all = { 0 };
	if (packed) {
		gzip_pack(bytes_of(body->data, cut), &all);
		all.len -= 8; /* RFC 1952 2.3.1: the checksum and the length */
	} else {
		buf_add(&all, body->data, cut);
	}
	buf_printf(out, "POST /mirror/add-entries HTTP/1.1\r\nHost: node\r\n%s", packed ? packed_octets : octets);
	if (chunked)
		buf_printf(out, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", body->len);
	else
		buf_printf(out, "Content-Length: %zu\r\n\r\n", body->len);
	buf_add_bytes(out, buf_bytes(&all));
	buf_free(&all);
}

static void test_a_cut_connection(void **state)
{
	static const char *const names[] = { "closed.example/log", "chunks.example/log", "packed.example/log",
		                                 "packed-chunks.example/log" };
	struct node *n = one_node(state);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct foreign f;
		struct buf body = { 0 }, request = { 0 };
		struct ask ask;
		size_t first = long_upload(n, &f, names[i], &body);
		cut_request(&body, body.len - 1, names[i], &request);
		open_and_send(n, &ask, &request);
		ask_close(&ask);
		goes_on(n, names[i], &body, first);
		foreign_close(&f);
		buf_free(&body);
		buf_free(&request);
	}
}

/* Who says no more but listens is told how far it got. */
static void test_a_body_that_stops(void **state)
{
	struct node *n = one_node(state);
	struct foreign f;
	struct buf body = { 0 }, request = { 0 }, answer = { 0 };
	struct ask ask;
	size_t first = long_upload(n, &f, "half.example/log", &body);
	cut_request(&body, first + 3, "half.example/log", &request);
	open_and_send(n, &ask, &request);
	assert_int_equal(shutdown(ask.fd, SHUT_WR), 0);
	read_to_end(&ask, &answer);
	assert_int_equal(strncmp(buf_str(&answer), "HTTP/1.1 202", 12), 0);
	assert_non_null(strstr(buf_str(&answer), "\r\n\r\n300\n256\n\n"));
	goes_on(n, "half.example/log", &body, first);
	foreign_close(&f);
	/* Not one whole package. */
	buf_reset(&body);
	buf_reset(&request);
	first = long_upload(n, &f, "less.example/log", &body);
	cut_request(&body, first - 1, "less.example/log", &request);
	open_and_send(n, &ask, &request);
	assert_int_equal(shutdown(ask.fd, SHUT_WR), 0);
	read_to_end(&ask, &answer);
	assert_int_equal(strncmp(buf_str(&answer), "HTTP/1.1 400", 12), 0);
	foreign_close(&f);
	buf_free(&body);
	buf_free(&request);
	buf_free(&answer);
}

/* One that is slow is not waited for; one that is too large is taken as far as it may go. */
static void test_slow_and_large(void **state)
{
	struct node *n = one_node(state);
	struct foreign slow, large;
	struct buf body = { 0 }, request = { 0 }, answer = { 0 };
	struct ask ask;
	node_down(n);
	n->options.http_body_timeout_ms = 100;
	node_up(n);
	size_t first = long_upload(n, &slow, "slow.example/log", &body);
	cut_request(&body, first, "slow.example/log", &request);
	open_and_send(n, &ask, &request);
	read_to_end(&ask, &answer);
	assert_int_equal(strncmp(buf_str(&answer), "HTTP/1.1 202", 12), 0);
	assert_non_null(strstr(buf_str(&answer), "\r\nConnection: close\r\n"));
	goes_on(n, "slow.example/log", &body, first);
	node_down(n);
	n->options.http_body_timeout_ms = 0;
	node_up(n);
	buf_reset(&body);
	first = long_upload(n, &large, "large.example/log", &body);
	struct buf huge = { 0 };
	size_t size = UPLOAD_BODY_MAX + 1000;
	buf_add(&huge, body.data, first);
	memset(buf_reserve(&huge, size - first), 0xff, size - first);
	huge.len = size;
	assert_int_equal(send_upload(n, octets, buf_bytes(&huge), &answer), 202);
	buf_reset(&request);
	gzip_pack(buf_bytes(&huge), &request);
	assert_int_equal(send_upload(n, packed_octets, buf_bytes(&request), &answer), 409);
	goes_on(n, "large.example/log", &body, first);
	foreign_close(&slow);
	foreign_close(&large);
	buf_free(&huge);
	buf_free(&body);
	buf_free(&request);
	buf_free(&answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_entries_are_mirrored), TEST(test_large_bodies_are_few), TEST(test_a_cut_connection),
		TEST(test_a_body_that_stops),    TEST(test_slow_and_large),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
