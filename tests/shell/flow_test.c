/* flow: who asks much and reads nothing costs little, and loses nothing once it reads; a full disk is said, not hidden.
 */
#include "tests/shell/stranger.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>

#include "proto/frame.h"

enum { REQUESTS = 60, BUNDLE_TITLE = 4000 };

static void publish_bundle(struct node *n)
{
	static char title[BUNDLE_TITLE + 1];
	struct buf body = { 0 };
	struct buf answer = { 0 };
	memset(title, 'x', BUNDLE_TITLE);
	for (unsigned i = 0; i < BUNDLE_ENTRIES; i++) {
		char subject[64];
		(void)snprintf(subject, sizeof subject, "ISO %u:2015", i);
		body_add(&body, subject, title);
	}
	assert_int_equal(post(n, &body, &answer), 200);
	buf_free(&body);
	buf_free(&answer);
}

static void say_hello(struct stranger *s)
{
	Normlink__Frame frame = NORMLINK__FRAME__INIT;
	Normlink__Hello hello = NORMLINK__HELLO__INIT;
	struct buf out = { 0 };
	hello.has_version = 1;
	hello.version = 1;
	hello.name = (char *)(uintptr_t) "iso";
	hello.has_requests_in_flight = 1;
	hello.requests_in_flight = REQUESTS_IN_FLIGHT_MAX;
	frame.body_case = NORMLINK__FRAME__BODY_HELLO;
	frame.hello = &hello;
	frame_write(&frame, &out);
	say(s, out.data, out.len);
	buf_free(&out);
}

static void ask_for_bundle(struct stranger *s, unsigned first, unsigned count)
{
	struct buf out = { 0 };
	for (unsigned i = 0; i < count; i++) {
		Normlink__Frame frame = NORMLINK__FRAME__INIT;
		Normlink__EntriesRequest ask = NORMLINK__ENTRIES_REQUEST__INIT;
		ask.origin = (char *)(uintptr_t) "sac.example/log";
		ask.has_start = ask.has_end = ask.has_size = 1;
		ask.end = ask.size = BUNDLE_ENTRIES;
		frame.has_id = 1;
		frame.id = first + i;
		frame.body_case = NORMLINK__FRAME__BODY_ENTRIES_REQUEST;
		frame.entries_request = &ask;
		frame_write(&frame, &out);
	}
	say(s, out.data, out.len);
	buf_free(&out);
}

/* Count the answers among the frames that are whole, and drop those. */
static unsigned take_answers(struct stranger *s)
{
	unsigned answers = 0;
	size_t used = 0;
	struct bytes raw;
	size_t n = 0;
	while (s->plain.len > used &&
	       frame_split(bytes_of(s->plain.data + used, s->plain.len - used), &raw, &n, NULL) == OK) {
		struct arena arena = { 0 };
		Normlink__Frame *frame = NULL;
		assert_int_equal(frame_decode(raw, &arena, &frame, NULL), OK);
		answers += frame->body_case == NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
		assert_int_not_equal(frame->body_case, NORMLINK__FRAME__BODY_FAILURE);
		arena_free(&arena);
		used += n;
	}
	buf_drop(&s->plain, used);
	return answers;
}

static void read_answers(struct stranger *s, unsigned wanted)
{
	struct err err = { 0 };
	unsigned answers = take_answers(s);
	while (answers < wanted) {
		if (stranger_read(s, &err) != OK)
			fail_msg("after %u answers: %s", answers, err.text);
		answers += take_answers(s);
	}
	assert_int_equal(answers, wanted);
}

/* 30 MB of answers are queued for a peer that does not read; it is not read from meanwhile, and goes on afterwards. */
static void test_peer_that_reads_late(void **state)
{
	struct world *w = *state;
	struct stranger s;
	node_and_its_peer(w);
	publish_bundle(&w->nodes[0]);
	stranger_make(&s, &w->nodes[1].dir, &w->nodes[0]);
	stranger_shake_hands(&s);
	say_hello(&s);
	ask_for_bundle(&s, 1, REQUESTS);
	/* Others are served, and published for, all the while. */
	for (unsigned i = 0; i < 20; i++)
		still_well(&w->nodes[0]);
	ask_for_bundle(&s, 1 + REQUESTS, REQUESTS);
	read_answers(&s, 2 * REQUESTS);
	ask_for_bundle(&s, 1 + 2 * REQUESTS, 1);
	read_answers(&s, 1);
	stranger_free(&s);
	node_dir_close(&w->nodes[1].dir);
}

/* The same, but it never reads, and breaks off, or the node stops. */
static void test_peer_that_never_reads(void **state)
{
	struct world *w = *state;
	struct stranger s[2];
	node_and_its_peer(w);
	publish_bundle(&w->nodes[0]);
	for (size_t i = 0; i < 2; i++) {
		stranger_make(&s[i], &w->nodes[1].dir, &w->nodes[0]);
		stranger_shake_hands(&s[i]);
		say_hello(&s[i]);
		ask_for_bundle(&s[i], 1, REQUESTS);
		still_well(&w->nodes[0]);
		if (i == 0)
			stranger_free(&s[i]);
	}
	int64_t begun = now_ms();
	node_down(&w->nodes[0]);
	assert_true(now_ms() - begun < SHUTDOWN_MS + 1000);
	stranger_free(&s[1]);
	node_dir_close(&w->nodes[1].dir);
}

/* ---- no room ---- */

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Files may not grow: as on a full disk.  What is refused was not kept, and afterwards all is as before. */
static void test_full_disk(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct buf body = { 0 };
	struct buf answer = { 0 };
	node_make(w, 0);
	node_up(n);
	publish(n, "roomy", 1, 10);
	body_add(&body, "ISO 100:2015", "no room");
	limit_files(4096);
	assert_int_equal(post(n, &body, &answer), 503);
	assert_int_equal(get(n, "/readyz", &answer), 503);
	assert_int_equal(get(n, "/healthz", &answer), 200);
	assert_true(answers_with(n, "/api/v1/search?q=roomy", "ISO 10:2015"));
	assert_false(answers_with(n, "/api/v1/search?q=room", "ISO 100:2015"));
	limit_files(RLIM_INFINITY);
	WAIT_FOR(post(n, &body, &answer) == 200);
	assert_string_equal(buf_str(&answer), "added 1\nrevised 0\nunchanged 0\nrefused 0\nsize 11\n");
	assert_int_equal(get(n, "/readyz", &answer), 200);
	buf_free(&body);
	buf_free(&answer);
}

static void limit_descriptors(rlim_t count)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* No descriptors left: who is connected is served, who comes now is served when there are some again. */
static void test_no_descriptors(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct ask early, late = { 0 };
	struct rlimit before;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct buf answer = { 0 };
	struct err err = { 0 };
	int status = 0;
	node_make(w, 0);
	node_up(n);
	assert_int_equal(ask_open(&early, shell_http_address(n->shell), ASK_MS, &err), OK);
	assert_int_equal(ask_send(&early, "GET", "/healthz", NULL, bytes_of(NULL, 0), &status, &answer, &err), OK);
	to.sin_port = htons((uint16_t)strtoul(strrchr(shell_http_address(n->shell), ':') + 1, NULL, 10));
	late.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit_descriptors(3);
	/* The kernel takes the connection; the node cannot have a descriptor for it. */
	assert_int_equal(connect(late.fd, (const struct sockaddr *)&to, sizeof to), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ask_send(&early, "GET", "/healthz", NULL, bytes_of(NULL, 0), &status, &answer, &err), OK);
		assert_int_equal(status, 200);
	}
	limit_descriptors(before.rlim_cur);
	assert_int_equal(ask_send(&late, "GET", "/healthz", NULL, bytes_of(NULL, 0), &status, &answer, &err), OK);
	assert_int_equal(status, 200);
	ask_close(&early);
	ask_close(&late);
	buf_free(&answer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
	const struct CMUnitTest tests[] = {
		TEST(test_peer_that_reads_late),
		TEST(test_peer_that_never_reads),
		TEST(test_full_disk),
		TEST(test_no_descriptors),
	};
	(void)signal(SIGXFSZ, SIG_IGN);
	log_set_level(getenv("SHELL_TEST_LOG") != NULL ? LOG_INFO : LOG_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
