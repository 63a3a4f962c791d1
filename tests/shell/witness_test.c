/* the witness over HTTP: what the specification says of status codes, bodies and types, by a real node. */
#include "tests/shell/outside.h"

#include "crypto/encode.h"

static void hash_path(const char *origin, struct buf *out)
{
	struct hasher *h = hasher_new();
	struct hash hash = hash_sum(h, bytes_str(origin));
	hasher_free(h);
	buf_reset(out);
	buf_add_str(out, "/witness/");
	hex_add(out, bytes_of(hash.b, HASH_SIZE));
	buf_add_str(out, "/checkpoint");
}

/* ---- tests ---- */

static void test_cosigned_kept_and_shown(void **state)
{
	struct node *n = one_node(state);
	struct buf answer = { 0 }, path = { 0 }, text = { 0 }, line = { 0 };
	const struct vkey *witness = skey_public(n->dir.witness_key);
	struct note note;
	struct checkpoint cp;
	uint64_t time_s = 0;
	hash_path(foreign_origin(&elsewhere), &path);
	assert_int_equal(get(n, buf_str(&path), &answer), 404);
	assert_int_equal(bring(n, &elsewhere, 0, 5, &answer), 200);
	foreign_text(&elsewhere, 5, &text);
	assert_int_equal(witness_lines_parse(buf_bytes(&answer), buf_bytes(&text), witness, &line, &time_s, NULL), OK);
	assert_true(time_s > 1700000000);
	assert_int_equal(bring(n, &elsewhere, 5, 7, &answer), 200);
	assert_int_equal(get(n, buf_str(&path), &answer), 200);
	assert_int_equal(checkpoint_open(buf_bytes(&answer), skey_public(elsewhere.key), &note, &cp, NULL), OK);
	assert_int_equal(cp.size, 7);
	assert_int_equal(note_verify(&note, witness, &time_s), OK);
	/* It survives a restart. */
	node_down(n);
	node_up(n);
	assert_int_equal(get(n, buf_str(&path), &answer), 200);
	assert_int_equal(bring(n, &elsewhere, 5, 9, &answer), 409);
	assert_string_equal(buf_str(&answer), "7\n");
	assert_int_equal(bring(n, &elsewhere, 7, 9, &answer), 200);
	assert_true(answers_with(n, "/api/v1/status", "\"outside\":true"));
	assert_true(answers_with(n, "/metrics", "normlink_log_witnessed_size{origin=\"elsewhere.example/log\"} 9\n"));
	assert_true(answers_with(n, "/metrics", "normlink_add_checkpoint_requests_total{outcome=\"conflict\"} 1\n"));
	/* No answer is computed from what is only witnessed. */
	assert_false(answers_with(n, "/api/v1/heads", "elsewhere.example"));
	buf_free(&answer);
	buf_free(&path);
	buf_free(&text);
	buf_free(&line);
}

static void test_every_code(void **state)
{
	struct node *n = one_node(state);
	struct buf answer = { 0 }, body = { 0 };
	struct foreign unknown, impostor;
	foreign_open(&unknown, "unknown.example/log", 2);
	foreign_open(&impostor, "elsewhere.example/log", 3);
	assert_int_equal(bring(n, &unknown, 0, 3, &answer), 404);
	assert_int_equal(bring(n, &impostor, 0, 3, &answer), 403);
	assert_int_equal(bring(n, &elsewhere, 4, 3, &answer), 400);
	assert_int_equal(bring(n, &elsewhere, 0, 3, &answer), 200);
	foreign_request(&elsewhere, 0, 4, &body);
	assert_int_equal(raw_ask(n, "POST", witness_path, buf_bytes(&body), &answer), 409);
	assert_non_null(strstr(buf_str(&answer), "\r\nContent-Type: text/x.tlog.size\r\n"));
	assert_non_null(strstr(buf_str(&answer), "\r\n\r\n3\n"));
	buf_reset(&body);
	foreign_request(&elsewhere, 3, 9, &body);
	body.data[8] = body.data[8] == 'A' ? 'B' : 'A'; /* in the first hash of the proof */
	assert_int_equal(raw_ask(n, "POST", witness_path, buf_bytes(&body), &answer), 422);
	static const char *const malformed[] = { "\n", "old 3", "old 03\n\nx\n", "old 3\n\n", "old 3\nnonsense\n\nx\n" };
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
		assert_int_equal(raw_ask(n, "POST", witness_path, bytes_str(malformed[i]), &answer), 400);
	assert_int_equal(raw_ask(n, "POST", witness_path, bytes_of(NULL, 0), &answer), 400);
	assert_int_equal(raw_ask(n, "GET", witness_path, bytes_of(NULL, 0), &answer), 405);
	assert_non_null(strstr(buf_str(&answer), "\r\nAllow: POST\r\n"));
	assert_int_equal(raw_ask(n, "HEAD", witness_path, bytes_of(NULL, 0), &answer), 405);
	assert_string_equal(strstr(buf_str(&answer), "\r\n\r\n"), "\r\n\r\n");
	foreign_close(&unknown);
	foreign_close(&impostor);
	buf_free(&answer);
	buf_free(&body);
}

static void test_paths_have_one_form(void **state)
{
	struct node *n = one_node(state);
	struct buf answer = { 0 }, path = { 0 };
	assert_int_equal(bring(n, &elsewhere, 0, 3, &answer), 200);
	hash_path(foreign_origin(&elsewhere), &path);
	assert_int_equal(get(n, buf_str(&path), &answer), 200);
	for (char *p = (char *)path.data; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'f' && p > (char *)path.data + 9 && p < (char *)path.data + 73)
			*p = (char)(*p - 0x20);
	assert_int_equal(get(n, buf_str(&path), &answer), 404);
	static const char *const wrong[] = { "/witness//checkpoint", "/witness/checkpoint", "/witness/00/checkpoint",
		                                 "/witness/", "/witness/elsewhere.example/log/checkpoint" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(get(n, wrong[i], &answer), 404);
	/* Our own log is not witnessed here. */
	publish(n, "own", 1, 1);
	hash_path(n->dir.config.origin, &path);
	assert_int_equal(get(n, buf_str(&path), &answer), 404);
	buf_free(&answer);
	buf_free(&path);
}

static void test_added_while_running(void **state)
{
	struct node *n = one_node(state);
	struct buf answer = { 0 }, line = { 0 };
	struct foreign late;
	foreign_open(&late, "late.example/log", 4);
	assert_int_equal(bring(n, &late, 0, 3, &answer), 404);
	allow_line(&late, &line);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer), 200);
	assert_string_equal(buf_str(&answer), "added\n");
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer), 200);
	assert_string_equal(buf_str(&answer), "known\n");
	assert_int_equal(bring(n, &late, 0, 3, &answer), 200);
	/* Its own log's key, a line that is none, and two lines. */
	buf_reset(&line);
	buf_add_str(&line, "log ");
	vkey_write(skey_public(n->dir.log_key), &line);
	buf_add_char(&line, '\n');
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer), 409);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", bytes_str("nonsense\n"), &answer), 400);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", bytes_str("quorum none\n"), &answer), 400);
	/* What was refused is not in the file: the node starts again. */
	node_down(n);
	node_up(n);
	assert_int_equal(bring(n, &late, 3, 4, &answer), 200);
	assert_int_equal(bring(n, &elsewhere, 0, 4, &answer), 200);
	/* The public side cannot add any. */
	assert_int_equal(ask_once(shell_http_address(n->shell), "POST", "/local/v1/outside", buf_bytes(&line), &answer),
	                 404);
	foreign_close(&late);
	buf_free(&answer);
	buf_free(&line);
}

/* Many requests on one connection, sent before any is answered: the order holds, and each sees the one before. */
static void test_pipelined(void **state)
{
	struct node *n = one_node(state);
	struct ask ask;
	struct err err = { 0 };
	struct buf all = { 0 }, body = { 0 }, answer = { 0 };
	assert_int_equal(ask_open(&ask, shell_http_address(n->shell), ASK_MS, &err), OK);
	for (uint64_t i = 0; i < 40; i++) {
		buf_reset(&body);
		foreign_request(&elsewhere, i, i + 1, &body);
		buf_printf(&all, "POST %s HTTP/1.1\r\nHost: node\r\n%sContent-Length: %zu\r\n\r\n", witness_path,
		           i == 39 ? "Connection: close\r\n" : "", body.len);
		buf_add_bytes(&all, buf_bytes(&body));
	}
	assert_int_equal(send(ask.fd, all.data, all.len, MSG_NOSIGNAL), (ssize_t)all.len);
	read_to_end(&ask, &answer);
	unsigned good = 0;
	for (const char *at = buf_str(&answer); (at = strstr(at, "HTTP/1.1 200")) != NULL; at++)
		good++;
	assert_int_equal(good, 40);
	buf_free(&all);
	buf_free(&body);
	buf_free(&answer);
}

/* In chunks of every size, and in pieces that do not end where the chunks do; another request follows. */
static void test_in_chunks(void **state)
{
	struct node *n = one_node(state);
	struct buf body = { 0 }, answer = { 0 };
	uint64_t size = 0;
	for (size_t chunk = 1; chunk < 400; chunk = chunk * 3 + 1) {
		struct buf request = { 0 };
		struct ask ask;
		struct err err = { 0 };
		buf_reset(&body);
		foreign_request(&elsewhere, size, size + 3, &body);
		size += 3;
		buf_printf(&request, "POST %s HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\n\r\n", witness_path);
		for (size_t at = 0; at < body.len; at += chunk) {
			size_t len = body.len - at < chunk ? body.len - at : chunk;
			buf_printf(&request, "%zx\r\n", len);
			buf_add(&request, body.data + at, len);
			buf_add_str(&request, "\r\n");
		}
		buf_add_str(&request, "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
		assert_int_equal(ask_open(&ask, shell_http_address(n->shell), ASK_MS, &err), OK);
		for (size_t at = 0; at < request.len; at += 97) {
			size_t len = request.len - at < 97 ? request.len - at : 97;
			assert_int_equal(send(ask.fd, request.data + at, len, MSG_NOSIGNAL), (ssize_t)len);
		}
		read_to_end(&ask, &answer);
		assert_int_equal(strncmp(buf_str(&answer), "HTTP/1.1 200", 12), 0);
		assert_non_null(strstr(buf_str(&answer), "sac.example/witness"));
		assert_non_null(strstr(buf_str(&answer) + 12, "HTTP/1.1 200"));
		buf_free(&request);
	}
	buf_free(&body);
	buf_free(&answer);
}

/* A peer's log is witnessed too, and one that forks there is frozen. */
static void test_a_peers_log(void **state)
{
	struct world *w = *state;
	struct node *n = one_node(state);
	struct node *peer = &w->nodes[1];
	struct buf answer = { 0 }, path = { 0 };
	node_make(w, 1);
	node_up(peer);
	befriend(n, peer);
	publish(peer, "peer", 1, 20);
	WAIT_FOR(answers_with(n, "/api/v1/status",
	                      "{\"origin\":\"iso.example/log\",\"own\":false,\"outside\":false,\"held\":20"));
	hash_path("iso.example/log", &path);
	WAIT_FOR(answers_with(n, buf_str(&path), "sac.example/witness"));
	assert_int_equal(get(n, buf_str(&path), &answer), 200);
	buf_free(&answer);
	buf_free(&path);
}

/* ---- asking others ---- */

static void witness_line(struct node *of, struct buf *line)
{
	buf_add_str(line, "witness w ");
	vkey_write(skey_public(of->dir.witness_key), line);
	buf_printf(line, " http://%s/witness/\n", shell_http_address(of->shell));
}

/* One node is the other's witness, without being its peer. */
static void test_a_node_asks_a_witness_outside(void **state)
{
	struct world *w = *state;
	struct node *witness = one_node(state), *n = &w->nodes[1];
	struct buf answer = { 0 }, line = { 0 };
	node_make(w, 1);
	node_up(n);
	publish(n, "before", 1, 3);
	witness_line(witness, &line);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer), 200);
	assert_int_equal(ask_once(n->socket, "POST", "/local/v1/outside", buf_bytes(&line), &answer), 200);
	assert_string_equal(buf_str(&answer), "known\n");
	/* The witness does not know this log: that is said, and hinders nothing. */
	WAIT_FOR(ask_once(n->socket, "GET", "/api/v1/status", bytes_of(NULL, 0), &answer) == 200 &&
	         strstr(buf_str(&answer), "it answers with status 404") != NULL);
	publish(n, "more", 10, 3);
	struct buf log = { 0 };
	buf_add_str(&log, "log ");
	vkey_write(skey_public(n->dir.log_key), &log);
	buf_add_char(&log, '\n');
	assert_int_equal(ask_once(witness->socket, "POST", "/local/v1/outside", buf_bytes(&log), &answer), 200);
	WAIT_FOR(answers_with(n, "/api/v1/heads", "sac.example/witness") ||
	         (get(n, "/metrics", &answer) == 200 &&
	          strstr(buf_str(&answer), "witness_outside_size{witness=\"w\"} 6") != NULL));
	publish(n, "after", 20, 300);
	WAIT_FOR(answers_with(n, "/metrics", "witness_outside_size{witness=\"w\"} 306\n"));
	/* A restart forgets what size the witness has, and is told. */
	node_down(n);
	node_up(n);
	publish(n, "again", 400, 1);
	WAIT_FOR(answers_with(n, "/metrics", "witness_outside_size{witness=\"w\"} 307\n"));
	/* A witness that is gone: publishing goes on, and so does stopping. */
	node_down(witness);
	publish(n, "alone", 500, 1);
	WAIT_FOR(answers_with(n, "/metrics", "witness_outside_failing{witness=\"w\"} 1\n"));
	buf_free(&answer);
	buf_free(&line);
	buf_free(&log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cosigned_kept_and_shown),
		TEST(test_every_code),
		TEST(test_paths_have_one_form),
		TEST(test_added_while_running),
		TEST(test_pipelined),
		TEST(test_in_chunks),
		TEST(test_a_peers_log),
		TEST(test_a_node_asks_a_witness_outside),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
