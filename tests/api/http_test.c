/* http: what a request's head may look like; far more that it may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/http.h"
#include "node/base/buf.h"

/* Read from a copy of exactly that size, so that one byte too far is seen by the sanitizer. */
static int read_bytes(const void *data, size_t len, struct http_request *out, size_t *used, struct err *err)
{
	uint8_t *copy = malloc(len + (len == 0));
	assert_non_null(copy);
	memcpy(copy, data, len);
	int rc = http_read_head(bytes_of(copy, len), out, used, err);
	free(copy);
	return rc;
}

static int read_text(const char *text, struct err *err)
{
	struct http_request *r = calloc(1, sizeof *r);
	size_t used = 0;
	int rc = read_bytes(text, strlen(text), r, &used, err);
	free(r);
	return rc;
}

static bool is(struct bytes a, const char *b)
{
	return bytes_equal(a, bytes_str(b));
}

static void a_request_is_read(void **state)
{
	(void)state;
	static const char text[] = "GET /a%20b?q=1&x=+y HTTP/1.1\r\nHost: a.example:80\r\nACCEPT:\t text/plain \r\n"
	                           "Content-Length: 3\r\nEmpty:\r\n\r\nabcGET";
	struct http_request r;
	size_t used = 0;
	struct err err = { 0 };
	assert_int_equal(http_read_head(bytes_str(text), &r, &used, &err), OK);
	assert_int_equal(used, strlen(text) - 6);
	assert_true(is(r.method, "GET"));
	assert_true(is(r.target, "/a%20b?q=1&x=+y"));
	assert_true(is(r.path, "/a%20b"));
	assert_true(is(r.query, "q=1&x=+y"));
	assert_true(is(http_header(&r, "accept"), "text/plain"));
	assert_true(is(http_header(&r, "Host"), "a.example:80"));
	assert_int_equal(http_header(&r, "empty").len, 0);
	assert_int_equal(http_header(&r, "absent").len, 0);
	assert_int_equal(r.content_length, 3);
	assert_true(r.keep_alive);
	struct bytes value;
	assert_true(http_parameter(&r, "x", &value));
	assert_true(is(value, "+y"));
	assert_false(http_parameter(&r, "y", &value));
}

static void every_prefix_wants_more(void **state)
{
	(void)state;
	static const char text[] = "POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nConnection: close\r\n\r\n";
	struct http_request *r = calloc(1, sizeof *r);
	size_t used = 0;
	struct err err = { 0 };
	for (size_t len = 0; len < strlen(text); len++)
		assert_int_equal(read_bytes(text, len, r, &used, &err), ERR_NOT_READY);
	assert_int_equal(read_bytes(text, strlen(text), r, &used, &err), OK);
	assert_false(r->keep_alive);
	free(r);
}

static void good_heads(void **state)
{
	(void)state;
	static const char *const good[] = {
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a.example/x?y HTTP/1.1\r\nHost: A.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [2001:db8::1]:7080\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nX: \xe8\xb4\xa8 obs-text\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		"X-Y!#$%&'*+.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /a?b?c=d HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err err = { 0 };
		if (read_text(good[i], &err) != OK)
			fail_msg("%zu: %s", i, err.text);
	}
}

static const struct {
	int code;
	const char *text;
} bad_heads[] = {
	/* lines: RFC 9112 2.2 */
	{ ERR_PROTOCOL, "GET / HTTP/1.1\nHost: a\n\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n" },
	{ ERR_PROTOCOL, "\x16\x03\x01\x02" },
	/* the request line: 3 */
	{ ERR_PROTOCOL, "GET /\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, " GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / http/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1x\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/11\r\nHost: a\r\n\r\n" },
	{ ERR_UNSUPPORTED, "GET / HTTP/2.0\r\nHost: a\r\n\r\n" },
	{ ERR_UNSUPPORTED, "GET / HTTP/1.2\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "PRI * HTTP/2.0x\r\n\r\n" },
	{ ERR_PROTOCOL, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET /\xe8\xb4\xa8 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n" },
	/* header lines: 5 */
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost : a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\n\tX: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n" },
	/* hosts: 3.2 */
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
	{ ERR_PROTOCOL, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n" },
	/* lengths: 6 */
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\nContent-Length: 5\r\n\r\n" },
	{ ERR_UNSUPPORTED, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" },
	{ ERR_UNSUPPORTED,
	  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" },
	{ ERR_UNSUPPORTED, "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: identity\r\n\r\n" },
	{ ERR_PROTOCOL, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" },
	{ ERR_UNSUPPORTED, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n" },
};

static void bad_heads_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_heads / sizeof *bad_heads; i++) {
		struct err err = { 0 };
		int rc = read_text(bad_heads[i].text, &err);
		if (rc != bad_heads[i].code)
			fail_msg("%zu: %d instead of %d (%s): %s", i, rc, bad_heads[i].code, err.text, bad_heads[i].text);
		assert_true(err.text[0] != '\0');
	}
	struct err err = { 0 };
	static const char nul[] = "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n";
	struct http_request r;
	size_t used;
	assert_int_equal(read_bytes(nul, sizeof nul - 1, &r, &used, &err), ERR_PROTOCOL);
	assert_int_equal(http_status_of(ERR_PROTOCOL), 400);
	assert_int_equal(http_status_of(ERR_LIMIT), 431);
	assert_int_equal(http_status_of(ERR_UNSUPPORTED), 505);
}

/* A head of exactly size bytes, in lines that are within reason. */
static void long_head(struct buf *out, size_t size)
{
	buf_add_str(out, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
	while (out->len < size - 4)
		buf_add_char(out, 'x');
	buf_add_str(out, "\r\n\r\n");
}

static void limits_hold(void **state)
{
	(void)state;
	struct http_request *r = calloc(1, sizeof *r);
	size_t used = 0;
	struct err err = { 0 };
	struct buf b = { 0 };
	long_head(&b, HTTP_HEAD_MAX);
	assert_int_equal(read_bytes(b.data, b.len, r, &used, &err), OK);
	buf_reset(&b);
	long_head(&b, HTTP_HEAD_MAX + 1);
	assert_int_equal(read_bytes(b.data, b.len, r, &used, &err), ERR_LIMIT);
	assert_int_equal(read_bytes(b.data, HTTP_HEAD_MAX, r, &used, &err), ERR_LIMIT);
	for (int extra = 0; extra <= 1; extra++) {
		buf_reset(&b);
		buf_add_str(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
		for (int i = 1; i < HTTP_HEADERS_MAX + extra; i++)
			buf_add_str(&b, "a:\r\n");
		buf_add_str(&b, "\r\n");
		assert_int_equal(read_bytes(b.data, b.len, r, &used, &err), extra == 0 ? OK : ERR_LIMIT);
	}
	buf_free(&b);
	free(r);
}

static void escapes(void **state)
{
	(void)state;
	char out[16];
	assert_int_equal(http_decode(bytes_str("a%20b+c%2B"), true, out, sizeof out), OK);
	assert_string_equal(out, "a b c+");
	assert_int_equal(http_decode(bytes_str("a+b%e8%B4%a8"), false, out, sizeof out), OK);
	assert_string_equal(out, "a+b质");
	assert_int_equal(http_decode(bytes_str(""), true, out, sizeof out), OK);
	assert_string_equal(out, "");
	static const char *const bad[] = {
		"%", "%2", "%2g", "%g2", "a%00b", "%ff", "%e8%b4", "%c0%af", "%ed%a0%80", "%%41"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(http_decode(bytes_str(bad[i]), true, out, sizeof out), ERR_INVALID);
	assert_int_equal(http_decode(bytes_str("123456789012345"), true, out, sizeof out), OK);
	assert_int_equal(http_decode(bytes_str("1234567890123456"), true, out, sizeof out), ERR_LIMIT);
}

static void parameters_in_turn(void **state)
{
	(void)state;
	struct bytes query = bytes_str("&a=1&&b&=c&a=2=3&");
	struct bytes name, value;
	static const char *const expected[][2] = { { "a", "1" }, { "b", "" }, { "", "c" }, { "a", "2=3" } };
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_true(http_parameter_next(&query, &name, &value));
		assert_true(is(name, expected[i][0]));
		assert_true(is(value, expected[i][1]));
	}
	assert_false(http_parameter_next(&query, &name, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read),  cmocka_unit_test(every_prefix_wants_more),
		cmocka_unit_test(good_heads),         cmocka_unit_test(bad_heads_are_refused),
		cmocka_unit_test(limits_hold),        cmocka_unit_test(escapes),
		cmocka_unit_test(parameters_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
