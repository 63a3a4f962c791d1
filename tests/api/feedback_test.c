/* What the public sent and how far it has come; who may submit, and who has signed a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "node/api/feedback.h"
#include "node/api/submission.h"
#include "proto/submitter.h"
#include "tests/api/world.h"

#define PIECE(number, steps)                                                                                           \
	"{\"kind\":\"feedback\",\"subject\":\"" number "\",\"feedback\":{\"type\":\"complaint\",\"about\":[\"GB 1\"],"     \
	"\"date\":\"2025-12-01\",\"steps\":[" steps "]}}"
#define RECEIVED(deadline) "{\"type\":\"received\",\"date\":\"2025-12-01\",\"deadline\":\"" deadline "\"}"

static void add_pieces(struct world *w)
{
	toy_add(&w->toy, PIECE("sac-2025-000003", RECEIVED("2025-12-31"))); /* the world's day is 2026-01-01 */
	toy_add(&w->toy, PIECE("sac-2025-000004", RECEIVED("2026-01-01")));
	toy_add(&w->toy, PIECE("sac-2025-000005", RECEIVED("2025-12-31") ",{\"type\":\"closed\",\"date\":\"2025-12-02\"}"));
	toy_add(&w->toy, "{\"kind\":\"feedback\",\"subject\":\"sac-2025-000003#personal\",\"feedback\":{\"person\":"
	                 "{\"name\":\"Somebody\"}}}");
	toy_sign(&w->toy);
}

static void lists(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/feedback"), 200);
	assert_string_equal(w->body, "none\n");
	add_pieces(w);
	assert_int_equal(ask(w, "/api/v1/feedback"), 200);
	SAYS(w, "\"number\":\"sac-2025-000003\",\"index\":3,\"state\":\"overdue\",\"deadline\":\"2025-12-31\"");
	SAYS(w, "\"number\":\"sac-2025-000004\",\"index\":4,\"state\":\"open\"");
	SAYS(w, "\"number\":\"sac-2025-000005\",\"index\":5,\"state\":\"closed\"");
	assert_false(says(w, "Somebody"));
	assert_int_equal(ask(w, "/api/v1/feedback?open=1"), 200);
	assert_false(says(w, "sac-2025-000005"));
	SAYS(w, "sac-2025-000004");
	assert_int_equal(ask_text(w, "/api/v1/feedback?overdue=1"), 200);
	SAYS(w, "sac-2025-000003");
	assert_false(says(w, "sac-2025-000004"));
	assert_int_equal(ask(w, "/api/v1/feedback?overdue=yes"), 400);
	assert_int_equal(ask(w, "/api/v1/feedback?over=1"), 400);
	assert_int_equal(ask_as(w, "PUT", "/api/v1/feedback", NULL), 405);
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "\nnormlink_feedback_open 2\n");
	SAYS(w, "\nnormlink_feedback_overdue 1\n");
}

/* What many have sent does not all come at once: where an answer ends the next one goes on. */
static void lists_have_parts(void **state)
{
	struct world *w = *state;
	struct buf piece = { 0 };
	size_t seen = 0, parts = 0;
	unsigned long from = 0;
	for (int i = 0; i < 200; i++) {
		buf_reset(&piece);
		buf_printf(&piece,
		           "{\"kind\":\"feedback\",\"subject\":\"sac-2025-%06d\",\"texts\":[{\"role\":\"note\",\"lang\":"
		           "\"en\",\"value\":\"",
		           i + 1);
		for (int k = 0; k < 60000; k++)
			buf_add_char(&piece, 'x');
		buf_add_str(&piece, "\"}],\"feedback\":{\"type\":\"complaint\",\"about\":[\"GB "
		                    "1\"],\"date\":\"2025-12-01\",\"steps\":[" RECEIVED("2025-12-31") "]}}");
		toy_add(&w->toy, buf_str(&piece));
	}
	toy_sign(&w->toy);
	do {
		char target[64];
		(void)snprintf(target, sizeof target, "/api/v1/feedback?from=%lu", from);
		assert_int_equal(ask(w, target), 200);
		assert_true(w->answer.len < 2 * LISTING_BYTES);
		for (const char *at = w->body; (at = strstr(at, "{\"number\":")) != NULL; at++)
			seen++;
		const char *next = strstr(w->body, "],\"next\":");
		assert_non_null(next);
		from = strtoul(next + 9, NULL, 10);
		parts++;
	} while (from > 0);
	assert_int_equal(seen, 200);
	assert_true(parts > 2);
	assert_int_equal(ask_text(w, "/api/v1/feedback?from=9999"), 200);
	assert_string_equal(w->body, "none\n");
	buf_free(&piece);
}

static void one_of_them(void **state)
{
	struct world *w = *state;
	add_pieces(w);
	assert_int_equal(ask(w, "/api/v1/feedback/sac-2025-000003"), 200);
	SAYS(w, "\"state\":\"overdue\"");
	SAYS(w, "Somebody"); /* the operator asks */
	w->context.local = false;
	assert_int_equal(ask(w, "/api/v1/feedback/sac-2025-000003"), 200);
	assert_false(says(w, "Somebody"));
	assert_int_equal(ask_text(w, "/api/v1/feedback/sac-2025-000003"), 200);
	assert_false(says(w, "Somebody"));
	assert_int_equal(ask(w, "/api/v1/feedback/sac-2025-000003%23personal"), 404);
	assert_int_equal(ask(w, "/api/v1/feedback/sac-2025-000099"), 404);
	assert_int_equal(ask(w, "/api/v1/feedback/%zz"), 404);
	w->toy.fail = ERR_BUSY;
	assert_int_equal(ask(w, "/api/v1/feedback/sac-2025-000003"), 503);
	assert_int_equal(ask(w, "/api/v1/feedback"), 503);
}

/* RFC 8032's secret of TEST 2. */
static struct author_secret *secret(void)
{
	struct buf der = { 0 };
	struct author_secret *out = NULL;
	assert_int_equal(hex_decode(bytes_str("302e020100300506032b657004220420"
	                                      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
	                            &der),
	                 OK);
	assert_int_equal(author_secret_read(buf_bytes(&der), &out, NULL), OK);
	buf_free(&der);
	return out;
}

/* The newest entry of the toy, as if that author had signed it; a bad signature is one over something else. */
static void sign_newest(struct toy *t, const char *author, bool good)
{
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct arena arena = { 0 };
	struct author_secret *key = secret();
	struct buf message = { 0 }, signature = { 0 };
	struct bytes record;
	uint8_t id[AUTHOR_KEY_ID_SIZE];
	struct toy_entry *e = &t->v[t->count - 1];
	assert_int_equal(payload_record(buf_bytes(&e->payload), &arena, &record, NULL), OK);
	author_message(good ? record : bytes_str("other"), &message);
	author_sign(key, buf_bytes(&message), &signature);
	author_key_id(author_secret_public(key), id);
	const struct author_line line = { AUTHOR_ED25519, author, bytes_of(id, sizeof id), buf_bytes(&signature) };
	struct buf payload = { 0 };
	author_payload_write(record, nonce, &line, 1, &payload);
	buf_free(&e->payload);
	e->payload = payload;
	author_secret_free(key);
	buf_free(&message);
	buf_free(&signature);
	arena_free(&arena);
}

#define SUBMITTER(state)                                                                                               \
	"{\"kind\":\"submitter\",\"subject\":\"acme.example\",\"submitter\":{\"algorithm\":\"ed25519\",\"key\":"           \
	"\"MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\",\"kinds\":[\"standard\"],\"state\":\"" state     \
	"\"}}"
#define STANDARD(subject) "{\"kind\":\"standard\",\"subject\":\"" subject "\",\"standard\":{\"status\":\"current\"}}"

static void who_has_signed_it(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, STANDARD("Q/A 1"));
	sign_newest(&w->toy, "acme.example", true); /* 3: before it is registered */
	toy_add(&w->toy, SUBMITTER("admitted"));    /* 4 */
	toy_add(&w->toy, STANDARD("Q/A 2"));
	sign_newest(&w->toy, "acme.example", true); /* 5 */
	toy_add(&w->toy, STANDARD("Q/A 3"));
	sign_newest(&w->toy, "acme.example", false); /* 6 */
	toy_add(&w->toy, SUBMITTER("ended"));        /* 7 */
	toy_add(&w->toy, STANDARD("Q/A 4"));
	sign_newest(&w->toy, "acme.example", true); /* 8 */
	toy_sign(&w->toy);
	static const struct {
		const char *target, *says;
	} expected[] = {
		{ "/api/v1/entries/3", "\"holds\":false,\"registered_by\":null" },
		{ "/api/v1/entries/5", "\"holds\":true,\"registered_by\":4" },
		{ "/api/v1/records/Q%2FA%202", "\"holds\":true,\"registered_by\":4" },
		{ "/api/v1/entries/6", "\"holds\":false,\"registered_by\":4" },
		{ "/api/v1/entries/8", "\"holds\":false,\"registered_by\":7" },
	};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_int_equal(ask(w, expected[i].target), 200);
		SAYS(w, expected[i].says);
	}
	assert_int_equal(ask_text(w, "/api/v1/entries/6"), 200);
	SAYS(w, "THE SIGNATURE DOES NOT HOLD");
	assert_int_equal(ask(w, "/api/v1/entries/0"), 200);
	assert_false(says(w, "authors"));
	assert_int_equal(ask_text(w, "/api/v1/submitters"), 200);
	SAYS(w, "acme.example  ended, entry 7");
	assert_int_equal(ask(w, "/api/v1/submitters"), 200);
	SAYS(w, "\"author\":\"acme.example\",\"index\":7");
}

/* ---- what is answered to those who send ---- */

static void request_of(struct http_request *r, struct buf *head, const char *path, const char *type)
{
	size_t used;
	buf_reset(head);
	buf_printf(head, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: 0\r\n\r\n", path, type);
	assert_int_equal(http_read_head(buf_bytes(head), r, &used, NULL), OK);
}

static void what_is_taken_for_one(void **state)
{
	struct http_request r;
	struct buf head = { 0 };
	bool json = false;
	request_of(&r, &head, "/api/v1/submissions?a=1", "application/X-NDJSON; charset=utf-8");
	assert_true(submission_is_door(r.path));
	assert_true(submission_takes(&r, &json) && json);
	request_of(&r, &head, "/api/v1/submissions", "application/octet-stream");
	assert_true(submission_takes(&r, &json) && !json);
	request_of(&r, &head, "/api/v1/submissions", "application/jsonp");
	assert_false(submission_takes(&r, &json));
	request_of(&r, &head, "/api/v1/feedback", "application/x-www-form-urlencoded");
	assert_true(feedback_is_door(&r) && feedback_takes(&r, &json) && !json);
	request_of(&r, &head, "/api/v1/feedback", "multipart/form-data; boundary=x");
	assert_false(feedback_takes(&r, &json));

	struct bytes items[SUBMISSION_RECORDS_MAX];
	size_t count;
	assert_int_equal(submission_split(bytes_str("a\n\nb\n"), true, items, &count, NULL), OK);
	assert_int_equal(count, 2);
	assert_true(bytes_equal(items[1], bytes_str("b")));
	assert_int_equal(submission_split(bytes_str("a\n\nb\n"), false, items, &count, NULL), OK);
	assert_int_equal(count, 1);
	assert_int_equal(submission_split(bytes_str("\n\n"), true, items, &count, NULL), ERR_INVALID);
	buf_reset(&head);
	for (int i = 0; i <= SUBMISSION_RECORDS_MAX; i++)
		buf_add_str(&head, "x\n");
	assert_int_equal(submission_split(buf_bytes(&head), true, items, &count, NULL), ERR_LIMIT);
	buf_free(&head);
}

static void the_status_of_several(void **state)
{
	struct http_request r;
	struct buf head = { 0 }, out = { 0 };
	struct submission_result v[3] = { { .outcome = SUBMISSION_REFUSED, .status = 403, .reason = "no \"you\"" },
		                              { .outcome = SUBMISSION_KNOWN, .index = 7 },
		                              { .outcome = SUBMISSION_ADDED, .index = 9, .current = true } };
	request_of(&r, &head, "/api/v1/submissions", "application/json");
	buf_add_str(&v[1].receipt, "proof");
	assert_int_equal(submission_respond(&r, true, v, 3, false, &out), 201);
	assert_non_null(strstr(buf_str(&out), "{\"results\":[{\"outcome\":\"refused\",\"status\":403,\"reason\":\"no "
	                                      "\\\"you\\\"\"},{\"outcome\":\"known\",\"index\":7,\"standing\":"
	                                      "\"superseded\",\"receipt\":\"cHJvb2Y=\"},{\"outcome\":\"added\",\"index\":9,"
	                                      "\"standing\":\"current\""));
	buf_reset(&out);
	assert_int_equal(submission_respond(&r, true, v, 2, false, &out), 200);
	buf_reset(&out);
	assert_int_equal(submission_respond(&r, true, v, 1, false, &out), 403);
	buf_reset(&out);
	assert_int_equal(submission_respond(&r, false, &v[1], 1, false, &out), 200);
	assert_non_null(strstr(buf_str(&out), "Location: /api/v1/entries/7\r\n"));
	assert_non_null(strstr(buf_str(&out), "\r\n\r\nproof"));
	buf_reset(&out);
	v[0].status = 429;
	v[0].retry_s = 5;
	assert_int_equal(submission_respond(&r, false, v, 1, false, &out), 429);
	assert_non_null(strstr(buf_str(&out), "Retry-After: 5\r\n"));
	buf_reset(&out);
	assert_int_equal(submission_respond(&r, true, v, 1, false, &out), 429);
	assert_non_null(strstr(buf_str(&out), "Retry-After: 5\r\n"));
	buf_free(&v[1].receipt);
	buf_free(&head);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists, up, down),
		cmocka_unit_test_setup_teardown(lists_have_parts, up, down),
		cmocka_unit_test_setup_teardown(one_of_them, up, down),
		cmocka_unit_test_setup_teardown(who_has_signed_it, up, down),
		cmocka_unit_test(what_is_taken_for_one),
		cmocka_unit_test(the_status_of_several),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
