/* YAML streams cut into documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/ingest/yaml_split.h"

/* Bytes that come in pieces. */
struct source {
	struct bytes rest;
	size_t piece;
	int fail; /* at the end */
};

static int read_some(void *arg, uint8_t *place, size_t room, size_t *got, struct err *err)
{
	struct source *s = arg;
	size_t n = s->rest.len < s->piece ? s->rest.len : s->piece;
	n = n < room ? n : room;
	*got = n;
	if (n == 0)
		return s->fail != OK ? err_set(err, s->fail, "no more of it") : OK;
	memcpy(place, s->rest.data, n);
	s->rest = bytes_of(s->rest.data + n, s->rest.len - n);
	return OK;
}

/* Every document as "LINE[text]", one that is too large as "LINE!", the end as ".", another as "?". */
static void split(struct bytes text, size_t piece, int fail, struct buf *out)
{
	struct source source = { text, piece, fail };
	struct stream stream = { .arg = &source, .read_cb = read_some };
	struct yaml_split s = { .stream = &stream };
	int rc;
	buf_reset(out);
	do {
		struct bytes document;
		struct err err = { 0 };
		rc = yaml_split_next(&s, &document, &err);
		if (rc == OK)
			buf_printf(out, "%llu[%.*s]", (unsigned long long)s.line, (int)document.len, (const char *)document.data);
		else if (rc == ERR_LIMIT)
			buf_printf(out, "%llu!", (unsigned long long)s.line);
	} while (rc == OK || rc == ERR_LIMIT);
	buf_add_char(out, rc == ERR_CLOSED ? '.' : '?');
	yaml_split_close(&s);
}

static void gives(const char *text, const char *expected)
{
	struct buf out = { 0 };
	for (size_t piece = 1; piece < 12; piece++) {
		split(bytes_str(text), piece, OK, &out);
		assert_string_equal(buf_str(&out), expected);
	}
	buf_free(&out);
}

static void documents_begin_at_marks(void **state)
{
	gives("a: 1\n", "1[a: 1\n].");
	gives("---\na: 1", "1[---\na: 1].");
	gives("---\na: 1\n---\nb: 2\n--- c\n", "1[---\na: 1\n]3[---\nb: 2\n]5[--- c\n].");
	gives("a: 1\n...\n---\nb\n", "1[a: 1\n...\n]3[---\nb\n].");
	gives("a\r\n---\r\nb\r\n---", "1[a\r\n]2[---\r\nb\r\n]4[---].");
	gives("--- |\n ---\n----\n-- \n---x\n", "1[--- |\n ---\n----\n-- \n---x\n].");
}

static void what_stands_before_belongs_to_it(void **state)
{
	gives("# by hand\n\n%YAML 1.1\n---\na\n", "1[# by hand\n\n%YAML 1.1\n---\na\n].");
	gives("\xef\xbb\xbf---\na\n", "1[\xef\xbb\xbf---\na\n].");
	gives("---\na\n---\nb\n\n# end\n", "1[---\na\n]3[---\nb\n\n# end\n].");
}

static void an_empty_stream_is_one_empty_document(void **state)
{
	gives("", "1[].");
	gives("# nothing\n", "1[# nothing\n].");
}

static void what_is_too_large_is_passed_over(void **state)
{
	static const char *const lines[] = { "a line of it\n", "one endless line " };
	for (size_t i = 0; i < 2; i++) {
		struct buf text = { 0 }, out = { 0 };
		buf_add_str(&text, "---\na\n--- ");
		while (text.len < 3 * DOCUMENT_MAX)
			buf_add_str(&text, lines[i]);
		buf_add_str(&text, "\n---\nb\n");
		split(buf_bytes(&text), 4096, OK, &out);
		char expected[64];
		size_t end = 3;
		for (size_t at = 6; at < text.len - 6; at++)
			end += text.data[at] == '\n';
		(void)snprintf(expected, sizeof expected, "1[---\na\n]3!%zu[---\nb\n].", end);
		assert_string_equal(buf_str(&out), expected);
		buf_free(&text);
		buf_free(&out);
	}
}

static void a_stream_that_fails_says_so(void **state)
{
	struct buf out = { 0 };
	split(bytes_str("---\na\n---\nb\n"), 100, ERR_CORRUPT, &out);
	assert_string_equal(buf_str(&out), "1[---\na\n]?");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_begin_at_marks),
		cmocka_unit_test(what_stands_before_belongs_to_it),
		cmocka_unit_test(an_empty_stream_is_one_empty_document),
		cmocka_unit_test(what_is_too_large_is_passed_over),
		cmocka_unit_test(a_stream_that_fails_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
