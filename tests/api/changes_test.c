/* changes: what is new, as JSON and as events; cursors, proofs, and every way to ask wrongly. */
#include "node/api/changes.h"
#include "tests/api/world.h"

static int ask_events(struct world *w, const char *target, const char *more)
{
	char headers[256];
	(void)snprintf(headers, sizeof headers, "Accept: text/event-stream\r\n%s", more);
	return ask_with(w, "GET", target, headers);
}

static void json_has_everything_once(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/changes"), 200);
	SAYS(w, "{\"changes\":[{\"cursor\":\"1.1.00000007\",\"what\":\"added\",\"current\":");
	SAYS(w, "\"proof\":\"/api/v1/entries/0/proof?origin=" TOY_ORIGIN "\"");
	SAYS(w, "\"next\":\"3.3.00000007\",\"more\":false,\"as_of\":[");
	assert_false(says(w, "proof_file"));
	assert_int_equal(ask(w, "/api/v1/changes?limit=2"), 200);
	SAYS(w, "\"next\":\"2.2.00000007\",\"more\":true");
	assert_int_equal(ask(w, "/api/v1/changes?since=2.2.00000007&proof=full"), 200);
	SAYS(w, "{\"changes\":[{\"cursor\":\"3.3.00000007\"");
	SAYS(w, "\"proof_file\":\"c2sp.org/tlog-proof@v1\\n");
	assert_int_equal(ask(w, "/api/v1/changes?since=now"), 200);
	SAYS(w, "{\"changes\":[],\"next\":\"3.3.00000007\"");
	assert_int_equal(ask(w, "/api/v1/changes?heads=" TOY_ORIGIN ":2,other.example/log:9"), 200);
	SAYS(w, "{\"changes\":[{\"cursor\":\"3.3.00000007\"");
}

static void events_have_an_id_each(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_events(w, "/api/v1/changes?once=1", ""), 200);
	SAYS(w, "Content-Type: text/event-stream");
	SAYS(w, "id: 1.1.00000007\nevent: added\ndata: {\"cursor\":\"1.1.00000007\"");
	SAYS(w, "\"proof_file\":\"c2sp.org/tlog-proof@v1\\n");
	SAYS(w, ": heads " TOY_ORIGIN ":3\n: end\nid: 3.3.00000007\n\n");
	assert_int_equal(ask_events(w, "/api/v1/changes?once=1&since=start&limit=1", "Last-Event-ID: 2.2.00000007\r\n"),
	                 200);
	SAYS(w, "\r\n\r\nid: 3.3.00000007\n");
	assert_int_equal(ask_events(w, "/api/v1/changes?once=1&form=text&limit=1", ""), 200);
	SAYS(w, "event: proof\ndata: sac-example-log-0-");
	SAYS(w, "\ndata: c2sp.org/tlog-proof@v1\ndata: extra ");
	SAYS(w, "id: 1.1.00000007\nevent: added\ndata: added      ");
	SAYS(w, ": more\nid: 1.1.00000007\n\n");
	assert_int_equal(ask_events(w, "/api/v1/changes?once=1&form=text&proof=link", ""), 200);
	assert_false(says(w, "tlog-proof"));
}

static void what_is_withheld_from_strangers_is_no_news(void **state)
{
	struct world *w = *state;
	w->context.local = false;
	w->context.withheld = true;
	assert_int_equal(ask(w, "/api/v1/changes"), 503);
	SAYS(w, "restored from a backup");
}

static void wrong_questions_are_refused(void **state)
{
	struct world *w = *state;
	static const char *const wrong[] = {
		"since=x",
		"since=1",
		"since=1.2",
		"since=1.2.3.4",
		"since=0.0.00000007",
		"since=1.1.0000000g",
		"since=-1.1.00000007",
		"heads=a",
		"heads=:1",
		"heads=a:",
		"heads=a:x",
		"heads=a:1,,b:2",
		"proof=maybe",
		"form=xml",
		"once=2",
		"limit=0",
		"offset=1",
		"kind=nothing",
		"since=1.1.00000007&since=start",
		"since=99999999999999999999.1.00000007",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char target[160];
		(void)snprintf(target, sizeof target, "/api/v1/changes?%s", wrong[i]);
		if (ask(w, target) != 400)
			fail_msg("%s: %d", target, w->status_code);
	}
	assert_int_equal(ask(w, "/api/v1/changes?since=1.1.00000008"), 409);
	SAYS(w, "go on by heads=");
	assert_int_equal(ask(w, "/api/v1/changes?origin=nobody.example/log"), 400);
	assert_int_equal(ask_as(w, "POST", "/api/v1/changes", NULL), 405);
	w->toy.fail = ERR_IO;
	assert_int_equal(ask(w, "/api/v1/changes"), 500);
}

/* ---- a stream ---- */

static int portion(struct world *w, const char *query, struct changes_place *place, bool *more)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct arena arena = { 0 };
	struct buf head = { 0 };
	size_t used;
	assert_non_null(r);
	buf_printf(&head, "GET /api/v1/changes?%s HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n", query);
	assert_int_equal(http_read_head(buf_bytes(&head), r, &used, NULL), OK);
	assert_true(changes_is_stream(r));
	buf_reset(&w->answer);
	int status = changes_portion(r, &w->context, &arena, place, more, &w->answer);
	(void)buf_str(&w->answer);
	assert_int_equal(w->toy.begun, w->toy.ended);
	arena_free(&arena);
	buf_free(&head);
	free(r);
	return status;
}

static void a_stream_goes_on_where_it_was(void **state)
{
	struct world *w = *state;
	struct changes_place place = { 0 };
	bool more;
	assert_int_equal(portion(w, "limit=2", &place, &more), 200);
	assert_true(more);
	SAYS(w, "HTTP/1.1 200 OK\r\n");
	SAYS(w, "Connection: close\r\n");
	SAYS(w, "\r\n\r\nretry: ");
	assert_false(says(w, "Content-Length"));
	assert_int_equal(portion(w, "limit=2", &place, &more), 200);
	assert_false(more);
	assert_false(says(w, "HTTP"));
	SAYS(w, "id: 3.3.00000007\nevent: ");
	assert_int_equal(portion(w, "limit=2", &place, &more), 200);
	assert_int_equal(w->answer.len, 0);
	w->toy.fail = ERR_IO;
	assert_int_equal(portion(w, "limit=2", &place, &more), 500);
	assert_int_equal(w->answer.len, 0);
}

static void a_stream_that_cannot_begin_is_an_answer(void **state)
{
	struct world *w = *state;
	struct changes_place place = { 0 };
	bool more;
	assert_int_equal(portion(w, "since=x", &place, &more), 400);
	SAYS(w, "HTTP/1.1 400 Bad Request\r\n");
	SAYS(w, "Content-Length: ");
	assert_false(more);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_has_everything_once),
		TEST(events_have_an_id_each),
		TEST(what_is_withheld_from_strangers_is_no_news),
		TEST(wrong_questions_are_refused),
		TEST(a_stream_goes_on_where_it_was),
		TEST(a_stream_that_cannot_begin_is_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
