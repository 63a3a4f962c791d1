/* bulk: a log's records as of a size: always the same bytes, in whatever parts they come. */
#include "node/api/bulk.h"
#include "tests/api/world.h"

static struct buf body_of(struct world *w, const char *target)
{
	struct buf out = { 0 };
	if (ask(w, target) != 200)
		fail_msg("%s: %s", target, (const char *)w->answer.data);
	buf_add_str(&out, w->body);
	return out;
}

/* The same over a connection: head and chunks, a portion at a time; gives the data of the chunks. */
static struct buf stream_with(struct world *w, const char *target, const char *headers, const char *said)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct bulk_place place = { 0 };
	struct buf head = { 0 }, wire = { 0 }, out = { 0 };
	bool more = true;
	size_t used;
	buf_printf(&head, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", target, headers);
	assert_int_equal(http_read_head(buf_bytes(&head), r, &used, NULL), OK);
	assert_true(bulk_is_stream(r));
	while (more) {
		struct arena arena = { 0 };
		assert_int_equal(bulk_portion(r, &w->context, &arena, &place, &more, &wire), 200);
		arena_free(&arena);
	}
	const char *at = strstr(buf_str(&wire), "\r\n\r\n");
	assert_non_null(at);
	assert_non_null(strstr(buf_str(&wire), "Transfer-Encoding: chunked\r\n"));
	assert_null(strstr(buf_str(&wire), "Content-Length"));
	assert_non_null(strstr(buf_str(&wire), said));
	for (at += 4;;) {
		char *data;
		size_t n = strtoul(at, &data, 16);
		data += 2;
		buf_add(&out, data, n);
		at = data + n + 2;
		if (n == 0)
			break;
	}
	assert_int_equal(at - buf_str(&wire), wire.len);
	buf_free(&head);
	buf_free(&wire);
	free(r);
	return out;
}

static struct buf stream_of(struct world *w, const char *target)
{
	return stream_with(w, target, "", "Vary: Accept, Accept-Encoding\r\n");
}

/* Packed they are the same bytes, and their tag is another one, for it is of bytes. */
static void packed_for_who_accepts_it(void **state)
{
	struct world *w = *state;
	static const char *const targets[] = { "/api/v1/bulk?at=3", "/api/v1/bulk?at=3&format=csv", "/api/v1/bulk?at=0" };
	static const char accepts[] = "Accept-Encoding: gzip\r\n";
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct err err = { 0 };
		struct buf plain = stream_of(w, targets[i]), back = { 0 }, with = { 0 };
		struct buf packed = stream_with(w, targets[i], accepts, "Content-Encoding: gzip\r\n");
		if (gzip_open(buf_bytes(&packed), plain.len, &back, &err) != OK)
			fail_msg("%s: %s", targets[i], err.text);
		assert_true(bytes_equal(buf_bytes(&plain), buf_bytes(&back)));
		assert_int_equal(ask_with(w, "HEAD", targets[i], accepts), 200);
		assert_non_null(strstr((const char *)w->answer.data, "Content-Encoding: gzip\r\n"));
		const char *at = strstr((const char *)w->answer.data, "ETag: \"");
		assert_non_null(at);
		buf_printf(&with, "If-None-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
		assert_int_equal(ask_with(w, "HEAD", targets[i], buf_str(&with)), 200);
		buf_add_str(&with, accepts);
		assert_int_equal(ask_with(w, "HEAD", targets[i], buf_str(&with)), 304);
		buf_free(&plain);
		buf_free(&packed);
		buf_free(&back);
		buf_free(&with);
	}
}

static void what_was_current_then(void **state)
{
	struct world *w = *state;
	struct buf body = body_of(w, "/api/v1/bulk");
	SAYS(w, "Content-Type: application/x-ndjson\r\n");
	SAYS(w, "Normlink-Origin: sac.example/log\r\nNormlink-Size: 3\r\n");
	SAYS(w, "Content-Disposition: attachment; filename=\"sac.example-log-3.ndjson\"\r\n");
	assert_int_equal(strncmp(buf_str(&body), "{\"index\":1,\"record\":{\"kind\":\"standard\",", 39), 0);
	assert_non_null(strstr(buf_str(&body), "\n{\"index\":2,\"record\":{"));
	assert_null(strstr(buf_str(&body), "\"upcoming\""));
	buf_free(&body);
	body = body_of(w, "/api/v1/bulk?at=2"); /* before GB/T 19001-2016 was revised */
	SAYS(w, "Normlink-Size: 2\r\n");
	assert_int_equal(strncmp(buf_str(&body), "{\"index\":0,", 11), 0);
	assert_non_null(strstr(buf_str(&body), "\"upcoming\""));
	assert_null(strstr(buf_str(&body), "{\"index\":2,"));
	buf_free(&body);
	body = body_of(w, "/api/v1/bulk?at=0");
	assert_int_equal(body.len, 0);
	buf_free(&body);
	body = body_of(w, "/api/v1/bulk?kind=project");
	assert_int_equal(body.len, 0);
	buf_free(&body);
}

static void the_same_later(void **state)
{
	struct world *w = *state;
	struct buf before = body_of(w, "/api/v1/bulk?at=3"), tag = { 0 };
	const char *at = strstr((const char *)w->answer.data, "ETag: \"");
	assert_non_null(at);
	buf_printf(&tag, "If-None-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\",\"standard\":{\"status\":\"withdrawn\"}}");
	toy_sign(&w->toy);
	struct buf after = body_of(w, "/api/v1/bulk?at=3");
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	assert_int_equal(ask_with(w, "GET", "/api/v1/bulk?at=3", buf_str(&tag)), 304);
	assert_int_equal(ask_with(w, "GET", "/api/v1/bulk?at=4", buf_str(&tag)), 200);
	assert_int_equal(ask_with(w, "GET", "/api/v1/bulk?at=3&format=csv", buf_str(&tag)), 200);
	toy_redact(&w->toy, 2); /* what nobody has any more is not in it, and the tag is another one */
	assert_int_equal(ask_with(w, "GET", "/api/v1/bulk?at=3", buf_str(&tag)), 200);
	buf_free(&before);
	buf_free(&after);
	buf_free(&tag);
}

static void parts_are_the_whole(void **state)
{
	struct world *w = *state;
	static const char *const forms[] = { "ndjson", "csv" };
	for (size_t i = 0; i < 2; i++) {
		char target[80];
		(void)snprintf(target, sizeof target, "/api/v1/bulk?at=3&format=%s", forms[i]);
		struct buf whole = body_of(w, target), stream = stream_of(w, target);
		assert_true(whole.len > 0 && bytes_equal(buf_bytes(&whole), buf_bytes(&stream)));
		(void)snprintf(target, sizeof target, "/api/v1/bulk?at=3&from=2&format=%s", forms[i]);
		struct buf rest = stream_of(w, target);
		assert_true(rest.len > 0 && rest.len < whole.len);
		assert_memory_equal(whole.data + whole.len - rest.len, rest.data, rest.len);
		buf_free(&whole);
		buf_free(&stream);
		buf_free(&rest);
	}
}

/* RFC 9112 6.1: HTTP/1.0 knows no chunks. */
static void whole_for_who_knows_no_chunks(void **state)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct bytes head = bytes_str("GET /api/v1/bulk HTTP/1.0\r\n\r\n");
	size_t used;
	(void)state;
	assert_int_equal(http_read_head(head, r, &used, NULL), OK);
	assert_false(bulk_is_stream(r));
	free(r);
}

static void as_a_table(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"ISO 1:2022\",\"texts\":[{\"role\":\"title\",\"lang\":\"fr\","
	                 "\"value\":\"Un, \\\"deux\\\"\"}],\"standard\":{\"status\":\"current\",\"stage\":\"60.60\","
	                 "\"committees\":[\"ISO/TC 1\",\"ISO/TC 2\"]}}");
	toy_add(
	    &w->toy,
	    "{\"kind\":\"standard\",\"subject\":\"ISO 2:2022\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	    "\"value\":\"=HYPERLINK(\\\"x\\\")\"}],\"standard\":{\"status\":\"current\",\"committees\":[\"@a\",\"-b\"]}}");
	toy_sign(&w->toy);
	assert_int_equal(ask_as(w, "GET", "/api/v1/bulk", "text/csv"), 200);
	SAYS(w, "Content-Type: text/csv; charset=utf-8; header=present\r\n");
	SAYS(w, "\r\n\r\nindex,kind,subject,title,title_en,status,");
	SAYS(w, "\r\n2,standard,GB/T 19001-2016,质量管理体系 要求,Quality management systems — "
	        "Requirements,current,,,2016-12-30,,,,,,,,ISO 9001:2015 (idt),,\r\n");
	SAYS(w, "\r\n3,standard,ISO 1:2022,\"Un, \"\"deux\"\"\",,current,60.60,,,,,,ISO/TC 1; ISO/TC 2,,,,,,\r\n");
	/* No spreadsheet runs what a stranger has written. */
	SAYS(w, "\r\n4,standard,ISO 2:2022,\"'=HYPERLINK(\"\"x\"\")\",\"'=HYPERLINK(\"\"x\"\")\",current,,,,,,,'@a; "
	        "-b,,,,,,\r\n");
}

static void what_is_wrong_is_said(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = { "at=4",    "at=x",   "origin=nobody.example/log", "format=xml", "kind=book",
		                               "from=-1", "limit=3" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char target[80];
		(void)snprintf(target, sizeof target, "/api/v1/bulk?%s", bad[i]);
		assert_int_equal(ask(w, target), 400);
		SAYS(w, "Content-Type: application/problem+json\r\n");
	}

	w->toy.lost = true; /* a public record is not here */
	assert_int_equal(ask(w, "/api/v1/bulk"), 503);
	SAYS(w, "7 public records of sac.example/log are not here yet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packed_for_who_accepts_it, up, down),
		cmocka_unit_test_setup_teardown(what_was_current_then, up, down),
		cmocka_unit_test_setup_teardown(the_same_later, up, down),
		cmocka_unit_test_setup_teardown(parts_are_the_whole, up, down),
		cmocka_unit_test_setup_teardown(whole_for_who_knows_no_chunks, up, down),
		cmocka_unit_test_setup_teardown(as_a_table, up, down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
