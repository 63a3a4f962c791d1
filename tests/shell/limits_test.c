/* What one address may have of a node, and what is left for others. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "node/base/limits.h"
#include "tests/shell/talk.h"

static void configured(struct world *w, int client_rate)
{
	struct node *n = &w->nodes[0];
	struct err err = { 0 };
	node_make(w, 0);
	if (node_dir_open(n->path, &n->dir, &err) != OK)
		fail_msg("%s", err.text);
	n->dir.config.client_rate = client_rate;
	node_up_as_is(n);
}

/* A connection from 127.0.0.<who>. */
static int from(struct node *n, unsigned who)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000 + who) };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *port = strchr(shell_http_address(n->shell), ':');
	struct timeval patience = { .tv_sec = ASK_MS / 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0 && port != NULL);
	there.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&there, sizeof there), 0);
	return fd;
}

/* One more request on it; the answer's head and body, empty when the node has ended the connection. */
static void say(int fd, const char *target, struct buf *answer)
{
	char request[256];
	size_t length = SIZE_MAX;
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: node\r\n\r\n", target);
	buf_reset(answer);
	if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		return;
	while (answer->len < length) {
		ssize_t got = recv(fd, buf_reserve(answer, 65536), 65536, 0);
		if (got <= 0)
			return;
		answer->len += (size_t)got;
		const char *end = strstr(buf_str(answer), "\r\n\r\n"), *has = strstr(buf_str(answer), "Content-Length: ");
		if (end != NULL && has != NULL)
			length = (size_t)(end + 4 - buf_str(answer)) + strtoul(has + 16, NULL, 10);
	}
}

static int status_of(struct buf *answer)
{
	return answer->len > 9 ? (int)strtol(buf_str(answer) + 9, NULL, 10) : 0;
}

static void a_share_is_used_up(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	configured(w, 1); /* a burst is CLIENT_BURST_S ms: a hundred of the cheapest */
	int one = from(n, 2), other = from(n, 3), status = 200;
	for (int i = 0; i < 1000 && status == 200; i++) {
		say(one, "/api/v1/search?q=x", &answer);
		status = status_of(&answer);
	}
	assert_int_equal(status, 429);
	assert_non_null(strstr(buf_str(&answer), "\r\nRetry-After: "));
	assert_non_null(strstr(buf_str(&answer), "application/problem+json"));
	say(other, "/api/v1/search?q=x", &answer);
	assert_int_equal(status_of(&answer), 200);
	say(other, "/metrics", &answer);
	assert_non_null(strstr(buf_str(&answer), "normlink_http_limited_total 1\n"));
	assert_int_equal(ask_once(n->socket, "GET", "/api/v1/search?q=x", bytes_of(NULL, 0), &answer), 200);
	(void)close(one);
	(void)close(other);
	buf_free(&answer);
}

/* Unless node.conf says so, this machine itself is not limited. */
static void nobody_here_is_limited(void **state)
{
	struct world *w = *state;
	struct buf answer = { 0 };
	configured(w, 0);
	int fd = from(&w->nodes[0], 2);
	for (int i = 0; i < 1000; i++) {
		say(fd, "/healthz", &answer);
		assert_int_equal(status_of(&answer), 200);
	}
	(void)close(fd);
	buf_free(&answer);
}

static void connections_are_shared(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	int fds[HTTP_CONNECTIONS_MAX], taken = 0;
	configured(w, 0);
	for (int i = 0; i < HTTP_CONNECTIONS_MAX; i++)
		fds[i] = from(n, 2);
	int other = from(n, 3);
	say(other, "/healthz", &answer);
	assert_int_equal(status_of(&answer), 200);
	for (int i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
		say(fds[i], "/healthz", &answer);
		taken += status_of(&answer) == 200;
		(void)close(fds[i]);
	}
	assert_int_equal(taken, HTTP_CONNECTIONS_MAX / 2);
	(void)close(other);
	buf_free(&answer);
}

/* Ask so much on a connection that takes nothing that 64 large answers fill what may wait for it.
 */
static int fill(struct node *n, unsigned who)
{
	struct buf requests = { 0 };
	int fd = from(n, who), small = 4096;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
	for (int i = 0; i < 64; i++)
		buf_add_str(&requests, "GET /openapi.json HTTP/1.1\r\nHost: node\r\n\r\n");
	assert_int_equal(send(fd, requests.data, requests.len, MSG_NOSIGNAL), requests.len);
	buf_free(&requests);
	return fd;
}

/* What a question of theirs is answered: one that waits in their lane, behind what they asked before.  Until the loop
 * has seen which of their connections are closed it may be 429, or nothing. */
static int asked_again(struct node *n, unsigned who, struct buf *answer)
{
	int64_t until = now_ms() + PATIENCE_MS;
	int status;
	do {
		int fd = from(n, who);
		say(fd, "/api/v1/statuses", answer);
		status = status_of(answer);
		(void)close(fd);
	} while (status != 200 && status != 503 && now_ms() < until);
	return status;
}

/* What was made and is not kept is not sent in front of the refusal either. */
static void who_takes_nothing_is_given_no_more(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	int fds[128], count = 0, status = 200;
	configured(w, 0);
	for (; status != 503 && count < 128; count++) {
		fds[count] = fill(n, 2);
		status = asked_again(n, 2, &answer);
	}
	assert_int_equal(status, 503);
	assert_non_null(strstr(buf_str(&answer), "too many answers wait"));
	int other = from(n, 3);
	say(other, "/healthz", &answer);
	assert_int_equal(status_of(&answer), 200);
	(void)close(other);
	while (count > 0)
		(void)close(fds[--count]);
	buf_free(&answer);
}

/* Begin a stream; gives its status. */
static int listen_to(struct node *n, unsigned who, int *fd)
{
	static const char request[] = "GET /api/v1/changes HTTP/1.1\r\nHost: node\r\nAccept: text/event-stream\r\n\r\n";
	char word[13] = { 0 };
	*fd = from(n, who);
	assert_int_equal(send(*fd, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
	assert_int_equal(recv(*fd, word, sizeof word - 1, MSG_WAITALL), sizeof word - 1);
	return (int)strtol(word + 9, NULL, 10);
}

static void streams_are_shared(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	int fds[STREAMS_MAX], count = 0, other, status = 200;
	configured(w, 0);
	for (; status == 200 && count < STREAMS_MAX; count++)
		status = listen_to(n, 2, &fds[count]);
	assert_int_equal(status, 429);
	assert_int_equal(count, STREAMS_MAX / 2 + 1);
	assert_int_equal(listen_to(n, 3, &other), 200);
	(void)close(other);
	while (count > 0)
		(void)close(fds[--count]);
}

/* A stream, or what peers are asked, costs its client what a question costs: here many times what it takes before. */
static void what_goes_on_is_paid_for(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf answer = { 0 };
	static const char *const targets[] = { "/api/v1/bulk", "/api/v1/search?q=paid&limit=200&peers=all" };
	configured(w, 1);
	publish(n, "paid", 1, 2000);
	for (unsigned i = 0; i < 2; i++) {
		int count = 0, status = 200;
		for (; status == 200 && count < 50; count++) {
			char request[128];
			int fd = from(n, 2 + i), len;
			len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n",
			               targets[i]);
			assert_int_equal(send(fd, request, (size_t)len, MSG_NOSIGNAL), len);
			buf_reset(&answer);
			for (ssize_t got; (got = recv(fd, buf_reserve(&answer, 65536), 65536, 0)) > 0;)
				answer.len += (size_t)got;
			status = status_of(&answer);
			(void)close(fd);
		}
		assert_int_equal(status, 429);
	}
	buf_free(&answer);
}

int main(void)
{
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_ERROR);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_share_is_used_up, world_up, world_down),
		cmocka_unit_test_setup_teardown(nobody_here_is_limited, world_up, world_down),
		cmocka_unit_test_setup_teardown(connections_are_shared, world_up, world_down),
		cmocka_unit_test_setup_teardown(streams_are_shared, world_up, world_down),
		cmocka_unit_test_setup_teardown(what_goes_on_is_paid_for, world_up, world_down),
		cmocka_unit_test_setup_teardown(who_takes_nothing_is_given_no_more, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
