/* json_lines: lists and objects over many lines as one object a line; read in pieces of every length, cut everywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/ingest/json_lines.h"

struct pieces {
	const char *text;
	size_t len, at, step;
};

static int read_piece(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct pieces *p = arg;
	size_t n = p->len - p->at < p->step ? p->len - p->at : p->step;
	n = n < room ? n : room;
	memcpy(place, p->text + p->at, n);
	p->at += n;
	*got = n;
	return OK;
}

/* What comes out when the text is read in such pieces; gives the code at the end. */
static int lines_of(const char *text, size_t len, size_t step, struct buf *out)
{
	struct pieces pieces = { text, len, 0, step };
	struct stream stream = { .arg = &pieces, .read_cb = read_piece };
	struct json_lines j;
	int rc;
	size_t got;
	buf_reset(out);
	json_lines_open(&j, &stream);
	do {
		uint8_t *place = buf_reserve(out, step);
		rc = j.stream.read_cb(j.stream.arg, place, step, &got, NULL);
		out->len += got;
	} while (rc == OK && got > 0);
	json_lines_close(&j);
	return rc;
}

static void expect(const char *text, const char *lines, int code)
{
	struct buf out = { 0 };
	for (size_t step = 1; step <= strlen(text) + 1; step++) {
		int rc = lines_of(text, strlen(text), step, &out);
		if (rc != code || strcmp(buf_str(&out), lines) != 0)
			fail_msg("%s\nin steps of %zu: code %d\n%s", text, step, rc, buf_str(&out));
	}
	buf_free(&out);
}

static void values_stand_on_a_line_each(void **state)
{
	expect("[{\"a\":1},\n {\"b\": [1,2]}]", "{\"a\":1}\n{\"b\": [1,2]}\n", OK);
	expect("\xef\xbb\xbf [ ]\n", "", OK);
	expect("", "", OK);
	expect("{\n \"a\": {\r\n \"b\": []\n }\n}\n{\"c\":2}{\"d\":3}",
	       "{  \"a\": {   \"b\": []  } }\n{\"c\":2}\n{\"d\":3}\n", OK);
	expect("[1, \"x,]\" ,null]", "1\n\"x,]\" \nnull\n", OK);
	expect("{\"s\":\"a\\\"}b\\\\\",\"t\":\"]\"}", "{\"s\":\"a\\\"}b\\\\\",\"t\":\"]\"}\n", OK);
	expect("[[1],[2,[3]]]", "[1]\n[2,[3]]\n", OK);
}

static void what_is_no_json_stays_so(void **state)
{
	expect("[{\"a\":1}] x", "{\"a\":1}\nx", OK);
	expect("[}]", "}\n", OK);
	expect("[{\"a\":\"b\nc\"}]", "{\"a\":\"b\nc\"}\n", OK);
}

static void a_cut_text_is_told(void **state)
{
	static const char text[] = "[{\"a\":[1,\"]\"]},{\"b\":2}]";
	struct buf out = { 0 };
	for (size_t n = 1; n < sizeof text - 1; n++)
		assert_int_equal(lines_of(text, n, 7, &out), ERR_CORRUPT);
	assert_int_equal(lines_of(text, sizeof text - 1, 7, &out), OK);
	assert_int_equal(lines_of("{\"a\":", 5, 7, &out), ERR_CORRUPT);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_on_a_line_each),
		cmocka_unit_test(what_is_no_json_stays_so),
		cmocka_unit_test(a_cut_text_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
