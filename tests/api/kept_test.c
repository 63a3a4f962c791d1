/* kept: an answer that was kept is what was answered, for the same question at the same heads alone. */
#include "node/api/gzip.h"
#include "node/api/heads.h"
#include "node/api/kept.h"
#include "tests/api/sru_world.h"

static int open_up(void **state)
{
	int rc = up(state);
	struct world *w = *state;
	w->context.kept = kept_new();
	w->context.heads = heads_new();
	w->context.hasher = hasher_new();
	return rc;
}

static int close_down(void **state)
{
	struct world *w = *state;
	kept_free(w->context.kept);
	heads_free(w->context.heads);
	hasher_free(w->context.hasher);
	return down(state);
}

/* Is it answered as it is without anything being kept?  Asked for often enough to be kept. */
static void answered_as_ever(struct world *w, const char *method, const char *target, const char *headers)
{
	struct kept *kept = w->context.kept;
	struct buf fresh = { 0 };
	w->context.kept = NULL;
	int status = ask_with(w, method, target, headers);
	buf_add_bytes(&fresh, buf_bytes(&w->answer));
	w->context.kept = kept;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask_with(w, method, target, headers), status);
		if (!bytes_equal(buf_bytes(&w->answer), buf_bytes(&fresh)))
			fail_msg("%s %s\n%sis answered\n%s", method, target, headers, buf_str(&w->answer));
	}
	buf_free(&fresh);
}

/* How often is the view asked to find something? */
static unsigned asked(struct world *w, const char *target)
{
	unsigned before = w->toy.selected;
	assert_int_equal(ask(w, target), 200);
	return w->toy.selected - before;
}

static void twice_is_enough(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(asked(w, "/api/v1/search?q=Quality"), i < 2);
	assert_int_equal(asked(w, "/api/v1/search?q=quality"), 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(asked(w, "/sru?query=Quality"), i < 2);
	assert_int_equal(asked(w, "/api/v1/search?q=Quality"), 0);
}

static void whoever_asks(void **state)
{
	struct world *w = *state;
	static const char *const targets[] = {
		"/api/v1/search?q=Quality",
		"/api/v1/search?q=Quality&proofs=1", /* large */
		"/api/v1/search?q=Quality&facets=kind",
		"/api/v1/search?q=nothing",
		"/api/v1/search?q=",
		"/api/v1/search?limit=x",
		"/api/v1/records/GB%2FT%2019001-2016",
		"/api/v1/statistics",
		"/api/v1/records/ISO%201",
		"/sru?query=Quality",
		"/sru?operation=searchRetrieve&version=1.2&query=Quality&recordSchema=marcxml",
		"/sru?query=%28",
		"/sru?query=Quality&startRecord=99",
		"/sru?operation=scan&scanClause=dc.title%3Da",
		"/sru",
		"/healthz"
	};
	static const char *const headers[] = { "",
		                                   "Accept: text/plain\r\n",
		                                   "Accept-Encoding: gzip\r\n",
		                                   "Connection: close\r\n",
		                                   "Accept-Encoding: gzip\r\nConnection: close\r\n",
		                                   "If-None-Match: *\r\n" };
	for (int local = 0; local < 2; local++)
		for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
			for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
				w->context.local = local == 1;
				answered_as_ever(w, "GET", targets[i], headers[k]);
				answered_as_ever(w, "HEAD", targets[i], headers[k]);
				answered_as_ever(w, "GET", targets[i], headers[k]);
			}
}

static void says_of_host(struct world *w, const char *host)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct arena arena = { 0 };
	char text[128];
	size_t used;
	(void)snprintf(text, sizeof text, "GET /sru?query=Quality HTTP/1.1\r\nHost: %s\r\n\r\n", host);
	assert_int_equal(http_read_head(bytes_str(text), r, &used, NULL), OK);
	buf_reset(&w->answer);
	assert_int_equal(api_answer(r, &w->context, &arena, &w->answer), 200);
	(void)snprintf(text, sizeof text, "<dc:identifier>http://%s/api/v1/records/", host);
	SAYS(w, text);
	arena_free(&arena);
	free(r);
}

/* Addresses in answers begin with the host that was asked. */
static void by_its_name(void **state)
{
	for (int i = 0; i < 3; i++) {
		says_of_host(*state, "one.example");
		says_of_host(*state, "two.example:8080");
	}
}

static void until_something_changes(void **state)
{
	struct world *w = *state;
	const char *target = "/api/v1/search?q=Quality";
	for (int i = 0; i < 3; i++)
		assert_int_equal(asked(w, target), i < 2);
	w->toy.moment++;
	assert_int_equal(asked(w, target), 1);
	w->toy.moment--;
	w->toy.fork = FORK_FROZEN;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(asked(w, target), i < 2);
		SAYS(w, "\"frozen\":true");
	}
	w->toy.fork = FORK_NONE;
	assert_int_equal(asked(w, target), 0);
	SAYS(w, "\"frozen\":false");
	w->context.withheld = true;
	w->context.local = false;
	assert_int_equal(ask(w, target), 503);
}

/* A body is a question, too, and its bytes are no part of the tag. */
static void not_of_a_body(void **state)
{
	struct world *w = *state;
	unsigned before = w->toy.selected;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(post(w, "application/x-www-form-urlencoded", "query=Quality"), 200);
		SAYS(w, "numberOfRecords>2<");
		assert_int_equal(post(w, "application/x-www-form-urlencoded", "query=nothing"), 200);
		SAYS(w, "numberOfRecords>0<");
		assert_false(says(w, "ETag"));
	}
	assert_int_equal(w->toy.selected - before, 6);
}

/* What is wrong may not be so the next time, and is counted each time. */
static void not_what_is_wrong(void **state)
{
	struct world *w = *state;
	static const char *const targets[] = { "/sru?query=%28", "/sru?query=Quality&startRecord=99" };
	struct api_counted counted = { 0 };
	w->context.counted = &counted;
	for (int i = 0; i < 6; i++) {
		counted = (struct api_counted){ 0 };
		assert_int_equal(asked(w, targets[i % 2]), i % 2);
		assert_int_not_equal(counted.sru_codes, 0);
		assert_false(says(w, "ETag"));
	}
	w->context.counted = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(twice_is_enough, open_up, close_down),
		cmocka_unit_test_setup_teardown(whoever_asks, open_up, close_down),
		cmocka_unit_test_setup_teardown(by_its_name, open_up, close_down),
		cmocka_unit_test_setup_teardown(until_something_changes, open_up, close_down),
		cmocka_unit_test_setup_teardown(not_of_a_body, open_up, close_down),
		cmocka_unit_test_setup_teardown(not_what_is_wrong, open_up, close_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
