/* httpd: what connections may do, how much, and for how long. */
#include "tests/shell/talk.h"

#include <errno.h>
#include <sys/time.h>

static struct node *one_node(void **state)
{
	struct world *w = *state;
	node_make(w, 0);
	node_up(&w->nodes[0]);
	return &w->nodes[0];
}

static int raw_open(const char *address)
{
	struct ask ask;
	struct err err = { 0 };
	if (ask_open(&ask, address, ASK_MS, &err) != OK)
		fail_msg("%s", err.text);
	return ask.fd;
}

static void raw_send(int fd, const void *data, size_t len)
{
	assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void raw_say(int fd, const char *text)
{
	raw_send(fd, text, strlen(text));
}

/* Everything until the node ends the connection. */
static void raw_rest(int fd, struct buf *out)
{
	ssize_t n;
	while ((n = recv(fd, buf_reserve(out, 65536), 65536, 0)) > 0)
		out->len += (size_t)n;
	if (n < 0)
		fail_msg("the connection did not end: %s", strerror(errno));
	(void)buf_str(out);
}

static unsigned count_of(struct buf *text, const char *what)
{
	unsigned n = 0;
	for (const char *at = buf_str(text); (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

/* ---- what is asked ---- */

static void test_pipelined_in_order(void **state)
{
	struct node *n = one_node(state);
	struct buf text = { 0 };
	publish(n, "pipeline", 1, 60);
	int fd = raw_open(shell_http_address(n->shell));
	struct buf ask = { 0 };
	for (unsigned i = 1; i <= 60; i++)
		buf_printf(&ask, "GET /api/v1/records/ISO%%20%u:2015 HTTP/1.1\r\nHost: node\r\n%s\r\n", i,
		           i == 60 ? "Connection: close\r\n" : "");
	raw_send(fd, ask.data, ask.len);
	raw_rest(fd, &text);
	assert_int_equal(count_of(&text, "HTTP/1.1 200"), 60);
	const char *at = buf_str(&text);
	for (unsigned i = 1; i <= 60; i++) {
		char title[32];
		(void)snprintf(title, sizeof title, "\"pipeline %u\"", i);
		at = strstr(at, title);
		if (at == NULL)
			fail_msg("answer %u is not in its place", i);
	}
	(void)close(fd);
	buf_free(&ask);
	buf_free(&text);
}

/* One byte at a time, then two requests in one piece. */
static void test_split_anywhere(void **state)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n";
	static const char last[] = "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n"
	                           "GET /healthz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
	struct node *n = one_node(state);
	struct buf text = { 0 };
	int fd = raw_open(shell_http_address(n->shell));
	for (size_t i = 0; request[i] != '\0'; i++)
		raw_send(fd, request + i, 1);
	raw_say(fd, last);
	raw_rest(fd, &text);
	assert_int_equal(count_of(&text, "HTTP/1.1 200"), 3);
	(void)close(fd);
	buf_free(&text);
}

static void test_end_of_input_is_still_answered(void **state)
{
	struct node *n = one_node(state);
	struct buf text = { 0 };
	int fd = raw_open(shell_http_address(n->shell));
	raw_say(fd, "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\nGET /heal");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	raw_rest(fd, &text);
	assert_int_equal(count_of(&text, "HTTP/1.1 "), 1);
	(void)close(fd);
	buf_free(&text);
}

/* A client that is gone before its answer: nobody notices. */
static void test_gone_before_the_answer(void **state)
{
	struct node *n = one_node(state);
	for (int i = 0; i < 50; i++) {
		int fd = raw_open(i % 2 == 0 ? shell_http_address(n->shell) : n->socket);
		struct linger reset = { .l_onoff = 1 };
		raw_say(fd, "GET /api/v1/search?q=x HTTP/1.1\r\nHost: node\r\n\r\n"
		            "POST /local/v1/records HTTP/1.1\r\nHost: node\r\nContent-Length: 0\r\n\r\n");
		if (i % 4 < 2)
			(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		(void)close(fd);
	}
	assert_true(answers_with(n, "/healthz", ""));
}

/* RFC 9110 10.1.1: a client that waits for our word is not kept waiting. */
static void test_expect_continue(void **state)
{
	struct node *n = one_node(state);
	struct buf body = { 0 };
	struct buf text = { 0 };
	char head[200];
	char word[64] = { 0 };
	body_add(&body, "ISO 1:2015", "expected");
	(void)snprintf(head, sizeof head,
	               "POST /local/v1/records HTTP/1.1\r\nHost: node\r\nExpect: 100-continue\r\nConnection: close\r\n"
	               "Content-Length: %zu\r\n\r\n",
	               body.len);
	int fd = raw_open(n->socket);
	raw_say(fd, head);
	assert_int_equal(recv(fd, word, sizeof word - 1, 0), 25);
	assert_string_equal(word, "HTTP/1.1 100 Continue\r\n\r\n");
	raw_send(fd, body.data, body.len);
	raw_rest(fd, &text);
	assert_non_null(strstr(buf_str(&text), "added 1\n"));
	(void)close(fd);
	buf_free(&body);
	buf_free(&text);
}

/* It has no such word: who speaks HTTP/1.0 would take it for the answer. */
static void test_expect_of_the_old(void **state)
{
	struct node *n = one_node(state);
	struct buf body = { 0 };
	struct buf text = { 0 };
	char head[200];
	body_add(&body, "ISO 1:2015", "expected");
	(void)snprintf(head, sizeof head,
	               "POST /local/v1/records HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: %zu\r\n\r\n", body.len);
	int fd = raw_open(n->socket);
	raw_say(fd, head);
	raw_send(fd, body.data, body.len);
	raw_rest(fd, &text);
	assert_int_equal(strncmp(buf_str(&text), "HTTP/1.1 200 OK\r\n", 17), 0);
	(void)close(fd);
	buf_free(&body);
	buf_free(&text);
}

/* Batches pipelined on one connection, and a card between them: each in its turn. */
static void test_pipelined_batches(void **state)
{
	struct node *n = one_node(state);
	struct buf ask = { 0 };
	struct buf text = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		struct buf body = { 0 };
		body_add(&body, "ISO 1:2015", i == 2 ? "third" : "first");
		buf_printf(&ask, "POST /local/v1/records HTTP/1.1\r\nHost: node\r\nContent-Length: %zu\r\n\r\n", body.len);
		buf_add_bytes(&ask, buf_bytes(&body));
		buf_free(&body);
	}
	struct card own = card_of(n);
	struct buf card = { 0 };
	card_write(&own, &card);
	buf_printf(&ask, "POST /local/v1/peers HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
	           card.len);
	buf_add_bytes(&ask, buf_bytes(&card));
	int fd = raw_open(n->socket);
	raw_send(fd, ask.data, ask.len);
	raw_rest(fd, &text);
	const char *first = strstr(buf_str(&text), "added 1\nrevised 0\n");
	assert_non_null(first);
	const char *second = strstr(first, "added 0\nrevised 0\nunchanged 1\n");
	assert_non_null(second);
	const char *third = strstr(second, "added 0\nrevised 1\n");
	assert_non_null(third);
	assert_non_null(strstr(third, "HTTP/1.1 409"));
	(void)close(fd);
	buf_free(&ask);
	buf_free(&card);
	buf_free(&text);
}

/* ---- what is refused ---- */

static void refused(struct node *n, const char *address, const char *request, int status)
{
	struct buf text = { 0 };
	char line[32];
	int fd = raw_open(address);
	raw_say(fd, request);
	raw_rest(fd, &text);
	(void)snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
	if (strncmp(buf_str(&text), line, strlen(line)) != 0)
		fail_msg("%s is answered with %.60s", request, buf_str(&text));
	assert_int_equal(count_of(&text, "\r\nContent-Length:"), 1);
	(void)close(fd);
	buf_free(&text);
	assert_true(answers_with(n, "/healthz", ""));
}

static void test_refused_requests(void **state)
{
	static const struct {
		int status;
		const char *text;
	} bad[] = {
		{ 400, "GET / HTTP/1.1\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\nHost: node\n\n" },
		{ 400, "\x16\x03\x01\x02\x00\x01\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: node\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" },
		{ 505, "GET / HTTP/3.0\r\nHost: node\r\n\r\n" },
		/* The body is announced, larger than the public side takes. */
		{ 413, "POST /api/v1/search HTTP/1.1\r\nHost: node\r\nContent-Length: 131073\r\n\r\nabc" },
		{ 413, "POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 1099511627776\r\n\r\n" },
		/* What follows a refused request is not read as another. */
		{ 400, "GET / HTTP/1.1\r\nbad\r\n\r\nGET /healthz HTTP/1.1\r\nHost: node\r\n\r\n" },
	};
	struct node *n = one_node(state);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(n, shell_http_address(n->shell), bad[i].text, bad[i].status);
	refused(n, n->socket, "POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 16777217\r\n\r\n", 413);
}

static void test_head_too_large(void **state)
{
	struct node *n = one_node(state);
	struct buf head = { 0 };
	buf_add_str(&head, "GET / HTTP/1.1\r\nHost: node\r\nX: ");
	while (head.len < HTTP_HEAD_MAX + 1024)
		buf_add_char(&head, 'x');
	refused(n, shell_http_address(n->shell), buf_str(&head), 431);
	buf_free(&head);
}

/* A client that goes on sending its refused body sees the answer, not a reset. */
static void test_answer_survives_the_rest_of_the_body(void **state)
{
	struct node *n = one_node(state);
	struct buf text = { 0 };
	static char piece[256 * 1024];
	int fd = raw_open(shell_http_address(n->shell));
	raw_say(fd, "POST /api/v1/search HTTP/1.1\r\nHost: node\r\nContent-Length: 1048576\r\n\r\n");
	for (int i = 0; i < 4; i++)
		raw_send(fd, piece, sizeof piece);
	(void)shutdown(fd, SHUT_WR);
	raw_rest(fd, &text);
	assert_non_null(strstr(buf_str(&text), "HTTP/1.1 413"));
	(void)close(fd);
	buf_free(&text);
}

/* ---- how long ---- */

static struct node *impatient_node(void **state, int head_ms, int body_ms, int idle_ms)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	n->options.http_head_timeout_ms = head_ms;
	n->options.http_body_timeout_ms = body_ms;
	n->options.http_idle_timeout_ms = idle_ms;
	return one_node(state);
}

/* Bytes that dribble in do not extend the time for a head. */
static void test_slow_loris(void **state)
{
	static const char head[] = "GET /healthz HTTP/1.1\r\nHost: node\r\nX-Slow: ";
	struct node *n = impatient_node(state, 300, 60000, 60000);
	struct buf text = { 0 };
	int fd = raw_open(shell_http_address(n->shell));
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	int64_t begun = now_ms();
	for (size_t i = 0; poll(&answer, 1, 10) == 0; i++) {
		if (now_ms() - begun > PATIENCE_MS)
			fail_msg("a dribbling client is still served after %d ms", PATIENCE_MS);
		(void)send(fd, i < strlen(head) ? head + i : "x", 1, MSG_NOSIGNAL);
	}
	raw_rest(fd, &text);
	assert_non_null(strstr(buf_str(&text), "HTTP/1.1 408"));
	assert_true(answers_with(n, "/healthz", ""));
	(void)close(fd);
	buf_free(&text);
}

static void test_silent_client(void **state)
{
	struct node *n = impatient_node(state, 100, 60000, 60000);
	struct buf text = { 0 };
	int fd = raw_open(shell_http_address(n->shell));
	raw_rest(fd, &text);
	assert_int_equal(text.len, 0);
	(void)close(fd);
	buf_free(&text);
}

static void test_slow_body(void **state)
{
	struct node *n = impatient_node(state, 60000, 100, 60000);
	struct buf text = { 0 };
	int fd = raw_open(n->socket);
	raw_say(fd, "POST /local/v1/records HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n\r\nbegin");
	raw_rest(fd, &text);
	assert_non_null(strstr(buf_str(&text), "HTTP/1.1 408"));
	(void)close(fd);
	buf_free(&text);
}

static void test_idle_between_requests(void **state)
{
	struct node *n = impatient_node(state, 60000, 60000, 100);
	struct buf text = { 0 };
	int fd = raw_open(shell_http_address(n->shell));
	raw_say(fd, "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n");
	raw_rest(fd, &text);
	assert_int_equal(count_of(&text, "HTTP/1.1 200"), 1);
	(void)close(fd);
	buf_free(&text);
}

/* A client that asks and never reads: it is ended, and others are served meanwhile. */
static void test_client_that_never_reads(void **state)
{
	struct node *n = impatient_node(state, 60000, 60000, 200);
	static const char ask[] = "GET /api/v1/search?q=wall&limit=200 HTTP/1.1\r\nHost: node\r\n\r\n";
	publish(n, "wall", 1, 400);
	int fd = raw_open(shell_http_address(n->shell));
	struct timeval brief = { .tv_usec = 20 * 1000 };
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
	int64_t until = now_ms() + PATIENCE_MS;
	/* Sending ends in an error once the node has ended the connection. */
	while (send(fd, ask, strlen(ask), MSG_NOSIGNAL) > 0 || errno == EAGAIN || errno == EWOULDBLOCK) {
		assert_true(answers_with(n, "/healthz", ""));
		if (now_ms() > until)
			fail_msg("a client that never reads is still connected");
	}
	(void)close(fd);
}

/* One that takes a large answer slowly, but does take it, is waited for: here many times as long. */
static void test_client_that_reads_slowly(void **state)
{
	struct node *n = impatient_node(state, 60000, 60000, 400);
	static const char ask[] = "GET /api/v1/search?q=long&limit=200 HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
	static char title[60000], piece[128 * 1024];
	struct buf body = { 0 }, answer = { 0 };
	memset(title, 'x', sizeof title - 1);
	memcpy(title, "long ", 5);
	for (unsigned i = 1; i <= 200; i++) {
		char subject[64];
		(void)snprintf(subject, sizeof subject, "ISO %u:2015", i);
		body_add(&body, subject, title);
	}
	assert_int_equal(post(n, &body, &answer), 200);
	int fd = raw_open(shell_http_address(n->shell)), small = 16 * 1024;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
	raw_say(fd, ask);
	size_t taken = 0;
	for (ssize_t got; (got = recv(fd, piece, sizeof piece, MSG_WAITALL)) > 0; taken += (size_t)got) {
		int64_t since = now_ms();
		WAIT_FOR(now_ms() >= since + 15);
	}
	assert_true(taken > 200 * sizeof title);
	(void)close(fd);
	buf_free(&body);
	buf_free(&answer);
}

/* ---- how many ---- */

static void test_too_many_connections(void **state)
{
	struct node *n = impatient_node(state, PATIENCE_MS * 2, PATIENCE_MS, PATIENCE_MS);
	static int fds[HTTP_CONNECTIONS_MAX + 8];
	struct buf text = { 0 };
	for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
		fds[i] = raw_open(shell_http_address(n->shell));
	for (size_t i = HTTP_CONNECTIONS_MAX; i < HTTP_CONNECTIONS_MAX + 8; i++) {
		fds[i] = raw_open(shell_http_address(n->shell));
		raw_rest(fds[i], &text);
		assert_int_equal(text.len, 0);
	}
	/* The operator still gets through, and so do others when there is room again. */
	assert_int_equal(ask_once(n->socket, "GET", "/healthz", bytes_of(NULL, 0), &text), 200);
	for (size_t i = 0; i < HTTP_CONNECTIONS_MAX + 8; i++)
		(void)close(fds[i]);
	WAIT_FOR(answers_with(n, "/healthz", ""));
	buf_free(&text);
}

static void test_counters(void **state)
{
	struct node *n = one_node(state);
	struct buf text = { 0 };
	publish(n, "counted", 1, 7);
	assert_true(answers_with(n, "/api/v1/search?q=counted", "ISO 7:2015"));
	assert_int_equal(get(n, "/api/v1/nothing", &text), 404);
	assert_int_equal(get(n, "/metrics", &text), 200);
	assert_non_null(strstr(buf_str(&text), "normlink"));
	buf_free(&text);
}

/* What an operator may say of a fork, when there is none. */
static void test_verdicts_are_checked(void **state)
{
	static const struct {
		const char *body;
		int status;
	} cases[] = {
		{ "decision release\norigin iso.example/log\nreason x\n", 404 },
		{ "decision abandon\norigin sac.example/log\nreason x\n", 404 },
		{ "decision forgive\norigin iso.example/log\nreason x\n", 400 },
		{ "decision release\norigin iso.example/log\nreason x", 400 },
		{ "decision release\norigin iso.example/log\nreason x\nmore\n", 400 },
		{ "decision release\norigin iso.example/log\nreason\n", 400 },
		{ "origin iso.example/log\ndecision release\nreason x\n", 400 },
		{ "decision release\n", 400 },
		{ "x", 400 },
	};
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	node_make(w, 0);
	node_up(n);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int status = ask_once(n->socket, "POST", "/local/v1/verdicts", bytes_str(cases[i].body), &answer);
		if (status != cases[i].status)
			fail_msg("%d for %s: %s", status, cases[i].body, buf_str(&answer));
	}
	assert_int_equal(ask_once(n->socket, "GET", "/local/v1/verdicts", bytes_of(NULL, 0), &answer), 405);
	assert_int_equal(
	    ask_once(shell_http_address(n->shell), "POST", "/local/v1/verdicts", bytes_str(cases[0].body), &answer), 404);
	buf_free(&answer);
	still_well(n);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
	const struct CMUnitTest tests[] = {
		TEST(test_pipelined_in_order),
		TEST(test_split_anywhere),
		TEST(test_end_of_input_is_still_answered),
		TEST(test_gone_before_the_answer),
		TEST(test_expect_continue),
		TEST(test_expect_of_the_old),
		TEST(test_pipelined_batches),
		TEST(test_refused_requests),
		TEST(test_head_too_large),
		TEST(test_answer_survives_the_rest_of_the_body),
		TEST(test_slow_loris),
		TEST(test_silent_client),
		TEST(test_slow_body),
		TEST(test_idle_between_requests),
		TEST(test_client_that_never_reads),
		TEST(test_client_that_reads_slowly),
		TEST(test_too_many_connections),
		TEST(test_counters),
		TEST(test_verdicts_are_checked),
	};
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
