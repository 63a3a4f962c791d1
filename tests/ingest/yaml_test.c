/* The YAML reader: what it takes, how the tree is read, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/ingest/yaml.h"

struct fixture {
	struct arena arena;
	const struct yaml_node *root;
	uint64_t warnings;
	struct err err;
};

static int parse_bytes(struct fixture *f, struct bytes text)
{
	arena_free(&f->arena);
	f->warnings = 0;
	f->err = (struct err){ 0 };
	return yaml_parse(text, &f->arena, &f->root, &f->warnings, &f->err);
}

static int parse(struct fixture *f, const char *text)
{
	return parse_bytes(f, bytes_str(text));
}

static const char *words(const struct yaml_node *node)
{
	return (const char *)yaml_words(node).data;
}

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

static void scalars_stay_text(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, "---\na: 1994\nb: yes\nc: 2015-09\nd: 0x1f\ne: '60'\nf: \"\\u3042\"\n"), OK);
	assert_string_equal(words(yaml_get(f->root, "a")), "1994");
	assert_string_equal(words(yaml_get(f->root, "b")), "yes");
	assert_string_equal(words(yaml_get(f->root, "c")), "2015-09");
	assert_string_equal(words(yaml_get(f->root, "d")), "0x1f");
	assert_string_equal(words(yaml_get(f->root, "e")), "60");
	assert_string_equal(words(yaml_get(f->root, "f")), "\xe3\x81\x82");
	assert_int_equal(f->warnings, 0);
}

static void absent_values_are_empty(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, "a:\nb: ~\nc: null\nd: 'null'\n"), OK);
	assert_string_equal(words(yaml_get(f->root, "a")), "");
	assert_string_equal(words(yaml_get(f->root, "b")), "");
	assert_string_equal(words(yaml_get(f->root, "c")), "");
	assert_string_equal(words(yaml_get(f->root, "d")), "null");
	assert_null(yaml_get(f->root, "e"));
	assert_string_equal(words(NULL), "");
}

static void one_is_a_list_of_one(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, "many: [x, y, z]\none: {id: x}\nword: x\nnone: []\n"), OK);
	assert_int_equal(yaml_count(yaml_get(f->root, "many")), 3);
	assert_int_equal(yaml_count(yaml_get(f->root, "one")), 1);
	assert_int_equal(yaml_count(yaml_get(f->root, "word")), 1);
	assert_int_equal(yaml_count(yaml_get(f->root, "none")), 0);
	assert_int_equal(yaml_count(NULL), 0);
	const struct yaml_node *one = yaml_get(f->root, "one");
	assert_ptr_equal(yaml_first(one), one);
	assert_null(yaml_next(one, yaml_first(one)));
}

static void words_look_through_wrappings(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, "a: {content: x}\nb: [{content: y}]\nc: {value: z}\nd: [id]\ne: {other: w}\n"), OK);
	assert_string_equal(words(yaml_get(f->root, "a")), "x");
	assert_string_equal(words(yaml_get(f->root, "b")), "y");
	assert_string_equal(words(yaml_get(f->root, "c")), "z");
	assert_string_equal(words(yaml_get(f->root, "d")), "id");
	assert_string_equal(words(yaml_get(f->root, "e")), "");
	assert_string_equal(words(yaml_either(f->root, "nothing", "a")), "x");
}

static void the_first_of_two_keys_stays(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, "a: 1\na: 2\nb: {x: 1, x: [1, {y: 2}], z: 3}\nb: {q: [1, 2]}\nc: 4\n"), OK);
	assert_int_equal(f->warnings, 3);
	assert_string_equal(words(yaml_get(f->root, "a")), "1");
	assert_string_equal(words(yaml_get(yaml_get(f->root, "b"), "x")), "1");
	assert_string_equal(words(yaml_get(yaml_get(f->root, "b"), "z")), "3");
	assert_null(yaml_get(yaml_get(f->root, "b"), "q"));
	assert_string_equal(words(yaml_get(f->root, "c")), "4");
}

static void nothing_is_no_tree(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse(f, ""), OK);
	assert_null(f->root);
	assert_int_equal(parse(f, "# a comment\n"), OK);
	assert_null(f->root);
}

static void refuses(struct fixture *f, const char *text, int code, const char *reason)
{
	assert_int_equal(parse(f, text), code);
	assert_null(f->root);
	if (strstr(f->err.text, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->err.text, reason);
}

static void what_is_dangerous_is_refused(void **state)
{
	struct fixture *f = *state;
	refuses(f, "a: &x 1\n", ERR_INVALID, "line 1: anchors");
	refuses(f, "a: 1\nb: *x\n", ERR_INVALID, "line 2: anchors");
	refuses(f, "a: &x {b: 1}\n", ERR_INVALID, "anchors");
	refuses(f, "a: &x [1]\n", ERR_INVALID, "anchors");
	refuses(f, "a: 1\na: {b: &x 1}\n", ERR_INVALID, "anchors");
	refuses(f, "%YAML 1.1\n---\na: 1\n", ERR_INVALID, "directives");
	refuses(f, "---\na: 1\n...\n%TAG ! x:\n---\nb: 1\n", ERR_INVALID, "directives");
	refuses(f, "#\r%TAG ! x:\r---\ra: 1\r", ERR_INVALID, "directives");
	refuses(f, "#\xc2\x85%TAG ! x:\n---\na: 1\n", ERR_INVALID, "directives");
	refuses(f, "#\xe2\x80\xa8%TAG ! x:\n---\na: 1\n", ERR_INVALID, "directives");
	refuses(f, "#\xe2\x80\xa9%TAG ! x:\n---\na: 1\n", ERR_INVALID, "directives");
	refuses(f, "---\na: 1\n---\nb: 1\n", ERR_INVALID, "second document");
	refuses(f, "a: \"x\\0y\"\n", ERR_INVALID, "NUL");
	refuses(f, "\"a\\0b\": 1\n", ERR_INVALID, "NUL");
	refuses(f, "{[a]: 1}\n", ERR_INVALID, "not a scalar");
}

static void what_is_broken_is_refused(void **state)
{
	struct fixture *f = *state;
	refuses(f, "a: [1, 2\n", ERR_INVALID, "line ");
	refuses(f, "a: b: c\n", ERR_INVALID, "line 1");
	refuses(f, "\tx: 1\n", ERR_INVALID, "line 1");
	refuses(f, "a: \"x\n", ERR_INVALID, "line ");
	refuses(f, "a: \xff\xfe\n", ERR_INVALID, "UTF-8");
	refuses(f, "a: \xc3\n", ERR_INVALID, "UTF-8");
	refuses(f, "a: \x01\n", ERR_INVALID, "control");
	/* UTF-16 */
	assert_int_equal(parse_bytes(f, bytes_of("\xff\xfe"
	                                         "a\0:\0 \0"
	                                         "1\0",
	                                         10)),
	                 ERR_INVALID);
}

/* unit, count times, between head and tail; # is its number. */
static int parse_many(struct fixture *f, const char *head, const char *unit, size_t count, const char *tail)
{
	struct buf text = { 0 };
	buf_add_str(&text, head);
	for (size_t i = 0; i < count; i++)
		for (const char *c = unit; *c != '\0'; c++)
			*c == '#' ? buf_printf(&text, "%zu", i) : buf_add_char(&text, *c);
	buf_add_str(&text, tail);
	int rc = parse_bytes(f, buf_bytes(&text));
	buf_free(&text);
	return rc;
}

static void limits_hold(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(parse_many(f, "", "[", YAML_DEPTH_MAX, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), OK);
	assert_int_equal(parse_many(f, "", "[", YAML_DEPTH_MAX + 1, ""), ERR_LIMIT);
	assert_int_equal(parse_many(f, "a: 1\na: ", "[", YAML_DEPTH_MAX + 2, ""), ERR_LIMIT);
	assert_int_equal(parse_many(f, "", "- ", 100 * 1000, "x"), ERR_LIMIT);
	assert_int_equal(parse_many(f, "", "k#: 1\n", YAML_KEYS_MAX, ""), OK);
	assert_int_equal(parse_many(f, "", "k#: 1\n", YAML_KEYS_MAX + 1, ""), ERR_LIMIT);
	assert_int_equal(parse_many(f, "", "- 1\n", YAML_EVENTS_MAX, ""), ERR_LIMIT);
	f->arena.cap = 1024;
	assert_int_equal(parse_many(f, "", "- 1\n", 1000, ""), ERR_LIMIT);
	f->arena.cap = 0;
}

static void every_prefix_is_read_or_refused(void **state)
{
	struct fixture *f = *state;
	static const char text[] =
	    "---\nid: X\ntitle:\n- content: 'It''s \"x\"'\n  language: [en]\n"
	    "- {content: \"caf\\xe9\", language: [fr]}\nabstract: |\n  one\n  two\nx: >-\n  a\n  b\n";
	for (size_t n = 0; n < sizeof text; n++) {
		int rc = parse_bytes(f, bytes_of(text, n));
		assert_true(rc == OK || rc == ERR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(scalars_stay_text, setup, teardown),
		cmocka_unit_test_setup_teardown(absent_values_are_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(one_is_a_list_of_one, setup, teardown),
		cmocka_unit_test_setup_teardown(words_look_through_wrappings, setup, teardown),
		cmocka_unit_test_setup_teardown(the_first_of_two_keys_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_no_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_dangerous_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_broken_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(limits_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(every_prefix_is_read_or_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
