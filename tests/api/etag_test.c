/* etag: what a client has is not sent again, until anything that it was made from has changed; and answers packed. */
#include "node/api/gzip.h"
#include "node/api/heads.h"
#include "tests/api/world.h"

/* The validator of the answer at hand, as a header line that asks for something newer. */
static void if_none_match(const struct world *w, const char *before, char out[256])
{
	const char *tag = strstr((const char *)w->answer.data, "ETag: ");
	assert_non_null(tag);
	size_t len = strcspn(tag + 6, "\r");
	assert_true((size_t)snprintf(out, 256, "If-None-Match: %s%.*s\r\n", before, (int)len, tag + 6) < 256);
}

static void the_same_is_not_sent_again(void **state)
{
	struct world *w = *state;
	static const char *const targets[] = { "/api/v1/search?q=Quality",
		                                   "/api/v1/records/GB%2FT%2019001-2016",
		                                   "/api/v1/records/GB%2FT%2019001-2016/revisions",
		                                   "/api/v1/records/GB%2FT%2019001-2016/proof",
		                                   "/api/v1/records",
		                                   "/api/v1/keys",
		                                   "/api/v1/statistics",
		                                   "/api/v1/authority",
		                                   "/sru?query=Quality",
		                                   "/sru?operation=scan&scanClause=dc.title%3Da" };
	char header[256];
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		assert_int_equal(ask(w, targets[i]), 200);
		SAYS(w, "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nETag: W/\"");
		if_none_match(w, "", header);
		assert_int_equal(ask_with(w, "GET", targets[i], header), 304);
		SAYS(w, "HTTP/1.1 304 Not Modified\r\n");
		SAYS(w, "ETag: W/\"");
		assert_string_equal(w->body, "");
		assert_false(says(w, "\r\nContent-Type"));
		assert_false(says(w, "Content-Length"));
		assert_int_equal(ask_with(w, "HEAD", targets[i], header), 304);
	}
	assert_int_equal(ask(w, targets[0]), 200);
	if_none_match(w, "\"x\", W/\"y\" ,", header);
	assert_int_equal(ask_with(w, "GET", targets[0], header), 304);
	assert_int_equal(ask_with(w, "GET", targets[0], "If-None-Match: *\r\n"), 304);
	assert_int_equal(ask_with(w, "GET", targets[0], "If-None-Match: \"x\"\r\n"), 200);
	assert_int_equal(ask_with(w, "GET", targets[0], "If-None-Match: W/\r\nIf-None-Match: ,\r\n"), 200);
}

/* Whatever an answer depends on makes it another one. */
static void another_answer_has_another(void **state)
{
	struct world *w = *state;
	char header[256];
	struct heads *heads = w->context.heads = heads_new();
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	if_none_match(w, "", header);
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=quality", header), 200);
	char text[300];
	(void)snprintf(text, sizeof text, "%sAccept: text/plain\r\n", header);
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", text), 200);
	w->context.local = false;
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->context.local = true;
	w->toy.moment++; /* a payload came late */
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->toy.moment--;
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 304);
	w->toy.fork = FORK_FROZEN;
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->toy.fork = FORK_NONE;
	w->toy.index_differs = true; /* seen some time after the entries came */
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->toy.index_differs = false;
	w->toy.cosigned = !w->toy.cosigned;
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->toy.cosigned = !w->toy.cosigned;
	buf_add_char(&w->toy.head, '\n'); /* one more cosignature */
	assert_int_equal(ask_with(w, "GET", "/api/v1/search?q=Quality", header), 200);
	w->context.heads = NULL;
	heads_free(heads);
}

static void what_depends_on_the_hour_has_none(void **state)
{
	struct world *w = *state;
	static const char *const targets[] = { "/api/v1/status", "/api/v1/heads", "/api/v1/peers",    "/metrics",
		                                   "/healthz",       "/readyz",       "/api/v1/feedback", "/api/v1/evidence" };
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		(void)ask(w, targets[i]);
		assert_false(says(w, "ETag"));
	}
	assert_int_equal(ask(w, "/api/v1/records/ISO%201"), 404);
	assert_false(says(w, "ETag"));
}

static void large_answers_are_packed(void **state)
{
	struct world *w = *state;
	struct buf plain = { 0 }, open = { 0 };
	const char *target = "/api/v1/search?q=Quality&proofs=1";
	assert_int_equal(ask(w, target), 200);
	assert_false(says(w, "Content-Encoding"));
	SAYS(w, "Vary: Accept, Accept-Encoding\r\n");
	buf_add_str(&plain, w->body);
	assert_true(plain.len > PACK_BODY_MIN);
	assert_int_equal(ask_with(w, "GET", target, "Accept-Encoding: br, gzip\r\n"), 200);
	SAYS(w, "Content-Encoding: gzip\r\n");
	SAYS(w, "Vary: Accept, Accept-Encoding\r\n");
	size_t len = w->answer.len - (size_t)(w->body - (const char *)w->answer.data);
	assert_true(len < plain.len);
	assert_int_equal(gzip_open(bytes_of(w->body, len), plain.len, &open, NULL), OK);
	assert_true(bytes_equal(buf_bytes(&open), buf_bytes(&plain)));
	assert_int_equal(ask_with(w, "GET", target, "Accept-Encoding: gzip;q=0\r\n"), 200);
	assert_false(says(w, "Content-Encoding"));
	assert_int_equal(ask_with(w, "GET", "/healthz", "Accept-Encoding: gzip\r\n"), 200);
	assert_false(says(w, "Content-Encoding")); /* too small to be worth it */
	buf_free(&plain);
	buf_free(&open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_is_not_sent_again, up, down),
		cmocka_unit_test_setup_teardown(another_answer_has_another, up, down),
		cmocka_unit_test_setup_teardown(what_depends_on_the_hour_has_none, up, down),
		cmocka_unit_test_setup_teardown(large_answers_are_packed, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
