/* public: many who bring the same record at once, and feedback from many at once, against a whole node. */
#include "crypto/encode.h"
#include "proto/json.h"
#include "proto/submitter.h"
#include "tests/shell/talk.h"

enum { CALLERS = 8, EACH = 3 };

/* RFC 8032's secret of TEST 2, and its public half in a statement. */
static const char secret_hex[] = "302e020100300506032b657004220420"
                                 "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

static void register_author(struct node *n)
{
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf record = { 0 }, body = { 0 }, answer = { 0 };
	static const char json[] =
	    "{\"kind\":\"submitter\",\"subject\":\"acme.example\",\"submitter\":{\"algorithm\":\"ed25519\",\"key\":"
	    "\"MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\",\"kinds\":[\"standard\"],"
	    "\"state\":\"admitted\"}}";
	assert_int_equal(json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, NULL), OK);
	assert_int_equal(record_encode((const Normlink__Record *)message, &record, NULL), OK);
	buf_add_u32(&body, (uint32_t)record.len);
	buf_add_bytes(&body, buf_bytes(&record));
	assert_int_equal(post(n, &body, &answer), 200);
	buf_free(&record);
	buf_free(&body);
	buf_free(&answer);
	arena_free(&arena);
}

/* A SignedRecord about a subject, as an author sends it. */
static void sign_record(const char *subject, struct buf *out)
{
	struct buf der = { 0 }, body = { 0 }, message = { 0 }, signature = { 0 };
	struct author_secret *key = NULL;
	uint8_t id[AUTHOR_KEY_ID_SIZE];
	assert_int_equal(hex_decode(bytes_str(secret_hex), &der), OK);
	assert_int_equal(author_secret_read(buf_bytes(&der), &key, NULL), OK);
	body_add(&body, subject, "signed");
	struct bytes record = bytes_of(body.data + 4, body.len - 4);
	author_message(record, &message);
	author_sign(key, buf_bytes(&message), &signature);
	author_key_id(author_secret_public(key), id);
	const struct author_line line = { AUTHOR_ED25519, "acme.example", bytes_of(id, sizeof id), buf_bytes(&signature) };
	author_payload_write(record, NULL, &line, 1, out);
	author_secret_free(key);
	buf_free(&der);
	buf_free(&body);
	buf_free(&message);
	buf_free(&signature);
}

/* One request with a body of that type; the whole answer.  Gives its status. */
static int say(const char *address, const char *path, const char *type, struct bytes body, struct buf *answer)
{
	struct ask ask;
	struct err err = { 0 };
	struct buf request = { 0 };
	ssize_t n;
	buf_printf(&request,
	           "POST %s HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: "
	           "%zu\r\n\r\n",
	           path, type, body.len);
	buf_add_bytes(&request, body);
	buf_reset(answer);
	if (ask_open(&ask, address, ASK_MS, &err) != OK)
		return 0;
	bool sent = send(ask.fd, request.data, request.len, MSG_NOSIGNAL) == (ssize_t)request.len;
	while (sent && (n = recv(ask.fd, buf_reserve(answer, 65536), 65536, 0)) > 0)
		answer->len += (size_t)n;
	ask_close(&ask);
	buf_free(&request);
	return answer->len > 12 ? (int)strtol(buf_str(answer) + 9, NULL, 10) : 0;
}

struct caller {
	pthread_t thread;
	const char *address, *path, *type;
	struct bytes body;
	struct buf answers[EACH];
	int status[EACH];
};

static void *call(void *arg)
{
	struct caller *c = arg;
	for (int i = 0; i < EACH; i++)
		c->status[i] = say(c->address, c->path, c->type, c->body, &c->answers[i]);
	return NULL;
}

static void call_all(struct caller *callers, struct node *n, const char *path, const char *type, struct bytes body)
{
	memset(callers, 0, CALLERS * sizeof *callers);
	for (int i = 0; i < CALLERS; i++) {
		callers[i] =
		    (struct caller){ .address = shell_http_address(n->shell), .path = path, .type = type, .body = body };
		assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
	}
	for (int i = 0; i < CALLERS; i++)
		assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
}

static void forget(struct caller *callers)
{
	for (int i = 0; i < CALLERS; i++)
		for (int k = 0; k < EACH; k++)
			buf_free(&callers[i].answers[k]);
}

/* One of them has it appended; the others, and whoever asks after a restart, get the receipt of that entry.  Those for
 * whom there is no room are told to come later. */
static void the_same_record_from_many(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct caller callers[CALLERS];
	struct buf sent = { 0 }, answer = { 0 };
	int fresh = 0, known = 0;
	node_make(w, 0);
	node_up(n);
	register_author(n);
	sign_record("Q/A 1", &sent);
	call_all(callers, n, "/api/v1/submissions", "application/octet-stream", buf_bytes(&sent));
	for (int i = 0; i < CALLERS; i++) {
		for (int k = 0; k < EACH; k++) {
			int status = callers[i].status[k];
			fresh += status == 201;
			known += status == 200;
			if (status != 201 && status != 200 && status != 429)
				fail_msg("%d %s", status, buf_str(&callers[i].answers[k]));
			if (status < 300)
				assert_non_null(strstr(buf_str(&callers[i].answers[k]), "Location: /api/v1/entries/1\r\n"));
		}
	}
	assert_int_equal(fresh, 1);
	assert_true(known > 0);
	forget(callers);
	node_down(n);
	node_up(n);
	assert_int_equal(
	    say(shell_http_address(n->shell), "/api/v1/submissions", "application/octet-stream", buf_bytes(&sent), &answer),
	    200);
	assert_true(answers_with(n, "/api/v1/heads", "\"size\":2"));
	/* Cut anywhere it is refused, and the node goes on. */
	for (size_t len = 1; len < sent.len; len += 7) {
		int status = say(shell_http_address(n->shell), "/api/v1/submissions", "application/octet-stream",
		                 bytes_of(sent.data, len), &answer);
		assert_true(status == 422);
	}
	still_well(n);
	buf_free(&sent);
	buf_free(&answer);
}

static void feedback_from_many(void **state)
{
	struct world *w = *state;
	struct node *n = &w->nodes[0];
	struct caller callers[CALLERS];
	static const char form[] = "type=question&about=GB+1&text=why&name=somebody";
	bool seen[64] = { false };
	int taken = 0;
	node_make(w, 0);
	struct err err = { 0 };
	assert_int_equal(node_dir_open(n->path, &n->dir, &err), OK);
	(void)snprintf(n->dir.config.feedback, sizeof n->dir.config.feedback, "on");
	node_up_as_is(n);
	call_all(callers, n, "/api/v1/feedback", "application/x-www-form-urlencoded", bytes_str(form));
	for (int i = 0; i < CALLERS; i++) {
		for (int k = 0; k < EACH; k++) {
			const char *at = strstr(buf_str(&callers[i].answers[k]), "Location: /api/v1/feedback/sac-");
			if (callers[i].status[k] == 429)
				continue;
			assert_int_equal(callers[i].status[k], 201);
			assert_non_null(at);
			unsigned long number = strtoul(at + strlen("Location: /api/v1/feedback/sac-YYYY-"), NULL, 10);
			assert_true(number < 64 && number % 2 == 0 && !seen[number]); /* two entries each */
			seen[number] = true;
			taken++;
		}
	}
	assert_true(taken >= 1 && taken <= FEEDBACK_CLIENT_BURST); /* some may have met a full queue */
	forget(callers);
	still_well(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_record_from_many, world_up, world_down),
		cmocka_unit_test_setup_teardown(feedback_from_many, world_up, world_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
