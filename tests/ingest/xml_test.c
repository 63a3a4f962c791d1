/* XML to a tree: what is kept, what is read over, and what hostile documents come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/ingest/xml.h"

struct fixture {
	struct arena arena;
	const struct xml_node *root;
	uint64_t warnings;
	struct err err;
};

static int setup(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->arena);
	return 0;
}

static enum xml_want wants(const struct xml_node *parent, const char *name)
{
	return strcmp(name, "skip") == 0 ? XML_SKIP : XML_KEEP;
}

static int try_parse(struct fixture *f, struct bytes text)
{
	arena_free(&f->arena);
	f->warnings = 0;
	f->err = (struct err){ 0 };
	f->root = NULL;
	struct xml_reader *x = xml_open(&f->arena, wants, &f->warnings);
	int rc = xml_feed(x, text, &f->err);
	if (rc == OK)
		rc = xml_finish(x, &f->root, &f->err);
	xml_close(x);
	return rc;
}

static void parse(struct fixture *f, const char *text)
{
	if (try_parse(f, bytes_str(text)) != OK)
		fail_msg("refused: %s", f->err.text);
}

static void refuses(struct fixture *f, struct bytes text, int code, const char *reason)
{
	assert_int_equal(try_parse(f, text), code);
	if (strstr(f->err.text, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->err.text, reason);
}

static void says(struct fixture *f, const struct xml_node *node, const char *text)
{
	assert_string_equal((const char *)xml_content(&f->arena, node).data, text);
}

static void elements_attributes_and_texts(void **state)
{
	struct fixture *f = *state;
	parse(f,
	      "<a:r xml:lang='de' n='1'><b>one</b><a:c/><b a:x='&lt;2'>t<![CDATA[w<]]>o<i> &#x4e8c;</i></b>\ntail</a:r>");
	assert_true(xml_is(f->root, "r"));
	const struct xml_node *b = xml_child(f->root, "b");
	says(f, b, "one");
	b = xml_next(b, "b");
	says(f, b, "tw<o 二");
	assert_string_equal(xml_value(b, "x"), "<2");
	assert_null(xml_value(b, "y"));
	assert_null(xml_next(b, "b"));
	assert_null(xml_child(b, "b"));
	assert_string_equal(xml_inherited(b, NULL, "lang"), "de");
	assert_null(xml_inherited(b, f->root, "lang"));
	says(f, f->root, "onetw<o 二 tail");
	says(f, NULL, "");
	assert_null(xml_child(NULL, "b"));
}

static void paragraphs_are_lines(void **state)
{
	struct fixture *f = *state;
	parse(f, "<r><p>a\nb</p><p>c</p></r>");
	says(f, f->root, "\na b\n\nc\n");
}

static void what_is_not_wanted_is_read_over(void **state)
{
	struct fixture *f = *state;
	parse(f, "<r>a<skip>&x;<r>b</r></skip>c</r>");
	says(f, f->root, "ac");
	assert_null(xml_child(f->root, "r"));
	assert_int_equal(f->warnings, 0);
	parse(f, "<skip><r/></skip>");
	assert_null(f->root);
	refuses(f, bytes_str("<r><skip><b></skip></r>"), ERR_INVALID, "line 1: mismatched tag");
}

static void named_entities_of_the_trade(void **state)
{
	struct fixture *f = *state;
	parse(f, "<!DOCTYPE r SYSTEM 'x.dtd'><r>&Eacute;&mdash;&nbsp;&zcaron;&amp;</r>");
	says(f, f->root, "É—\u00a0ž&");
	parse(f, "<r>&eacute;&nothing;</r>");
	says(f, f->root, "é&nothing;");
	assert_int_equal(f->warnings, 1);
}

static void encodings(void **state)
{
	struct fixture *f = *state;
	parse(f, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9</r>");
	says(f, f->root, "é");
	static const char utf16[] = "\xff\xfe<\0r\0>\0\x8c\x4e<\0/\0r\0>";
	assert_int_equal(try_parse(f, bytes_of(utf16, sizeof utf16)), OK);
	says(f, f->root, "二");
	refuses(f, bytes_str("<?xml version='1.0' encoding='EBCDIC'?><r/>"), ERR_INVALID, "encoding");
	refuses(f, bytes_str("<r>\xff</r>"), ERR_INVALID, "not well-formed");
	refuses(f, bytes_of("<r>\0</r>", 8), ERR_INVALID, "not well-formed");
}

static void entities_that_a_document_declares(void **state)
{
	struct fixture *f = *state;
	static const char *const hostile[] = {
		"<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><r>&c;</r>",
		"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>",
		"<!DOCTYPE r [<!ENTITY a PUBLIC 'x' 'http://127.0.0.1/'>]><r>&a;</r>",
		"<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><r/>",
		"<!DOCTYPE r [<!ENTITY % p '<!ENTITY a \"x\">'> %p;]><r>&a;</r>",
	};
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		refuses(f, bytes_str(hostile[i]), ERR_INVALID, "declares an entity");
	parse(f, "<!DOCTYPE r [<!NOTATION g SYSTEM 'g'><!ENTITY pic SYSTEM 'pic.gif' NDATA g><!ATTLIST r a CDATA 'd'>]>"
	         "<r>ok</r>");
	says(f, f->root, "ok");
	/* From outside, nothing is read. */
	parse(f, "<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r>&a;</r>");
	says(f, f->root, "&a;");
}

static void repeat(struct buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_add_str(out, text);
}

static void depth_has_a_limit(void **state)
{
	struct fixture *f = *state;
	struct buf xml = { 0 };
	repeat(&xml, "<r>", XML_DEPTH_MAX);
	repeat(&xml, "</r>", XML_DEPTH_MAX);
	parse(f, buf_str(&xml));
	buf_reset(&xml);
	repeat(&xml, "<skip>", XML_DEPTH_MAX + 1);
	refuses(f, buf_bytes(&xml), ERR_LIMIT, "levels");
	buf_free(&xml);
}

static void what_is_kept_has_a_limit(void **state)
{
	struct fixture *f = *state;
	struct buf xml = { 0 };
	buf_add_str(&xml, "<r>");
	repeat(&xml, "<b/>", XML_NODES_MAX);
	refuses(f, buf_bytes(&xml), ERR_LIMIT, "more elements");
	buf_reset(&xml);
	buf_add_str(&xml, "<r>");
	repeat(&xml, "a lot of text ", DOCUMENT_MAX / 14 + 1);
	refuses(f, buf_bytes(&xml), ERR_LIMIT, "more metadata");
	/* What is read over may be larger. */
	buf_reset(&xml);
	buf_add_str(&xml, "<r>a<skip>");
	repeat(&xml, "a lot of text ", 2 * DOCUMENT_MAX / 14);
	repeat(&xml, "<b></b>", 2 * XML_NODES_MAX);
	buf_add_str(&xml, "</skip></r>");
	parse(f, buf_str(&xml));
	says(f, f->root, "a");
	buf_free(&xml);
}

static void one_token_has_a_limit(void **state)
{
	struct fixture *f = *state;
	static const char *const starts[] = { "<r><!-- ", "<r a='", "<r><?x ", "<r><skip a='" };
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		struct buf xml = { 0 };
		buf_add_str(&xml, starts[i]);
		repeat(&xml, "0123456789abcdef", XML_TOKEN_MAX / 16 + 8 * 1024);
		refuses(f, buf_bytes(&xml), ERR_LIMIT, "one tag or comment");
		buf_free(&xml);
	}
}

static void after_a_failure_nothing_is_taken(void **state)
{
	struct fixture *f = *state;
	struct xml_reader *x = xml_open(&f->arena, wants, &f->warnings);
	assert_int_equal(xml_feed(x, bytes_str("<r></b>"), &f->err), ERR_INVALID);
	assert_int_equal(xml_feed(x, bytes_str("<r/>"), &f->err), ERR_INVALID);
	assert_int_equal(xml_finish(x, &f->root, &f->err), ERR_INVALID);
	assert_string_equal(f->err.text, "line 1: mismatched tag");
	xml_close(x);
	xml_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(elements_attributes_and_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(paragraphs_are_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_wanted_is_read_over, setup, teardown),
		cmocka_unit_test_setup_teardown(named_entities_of_the_trade, setup, teardown),
		cmocka_unit_test_setup_teardown(encodings, setup, teardown),
		cmocka_unit_test_setup_teardown(entities_that_a_document_declares, setup, teardown),
		cmocka_unit_test_setup_teardown(depth_has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_kept_has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(one_token_has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_failure_nothing_is_taken, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
