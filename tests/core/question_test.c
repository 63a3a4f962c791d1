/* question: pairs to a selection: words, filters, order; what is refused, and what it says; the text between peers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/limits.h"
#include "node/core/question.h"

static struct arena arena;
static struct err err;
static struct question q;

static int read_text(const char *text)
{
	q = (struct question){ 0 };
	err = (struct err){ 0 };
	int rc = question_read(&q, bytes_str(text), &arena, &err);
	return rc == OK ? question_finish(&q, &arena, &err) : rc;
}

static const char *const names[] = {
	[FIELD_EVERY] = "every",   [FIELD_ANY] = "any",           [FIELD_REFERENCE] = "reference",
	[FIELD_TITLE] = "title",   [FIELD_ABSTRACT] = "abstract", [FIELD_ICS] = "ics",
	[FIELD_CCS] = "ccs",       [FIELD_STATUS] = "status",     [FIELD_STAGE] = "stage",
	[FIELD_LEVEL] = "level",   [FIELD_KIND] = "kind",         [FIELD_ORIGIN] = "origin",
	[FIELD_LANGUAGE] = "lang", [FIELD_PUBLISHER] = "body",    [FIELD_COMMITTEE] = "committee",
	[FIELD_DATE] = "date",     [FIELD_ADOPTS] = "adopts",     [FIELD_REPLACES] = "replaces",
	[FIELD_DEGREE] = "degree", [FIELD_CITES] = "cites",       [FIELD_CITED_BY] = "cited_by"
};
static const char *const relations[] = {
	[COMPARE_ALL] = "all",   [COMPARE_PHRASE] = "phrase", [COMPARE_IS] = "is",        [COMPARE_BELOW] = "below",
	[COMPARE_UPTO] = "upto", [COMPARE_FROM] = "from",     [COMPARE_WITHIN] = "within"
};

/* As text: "(any all {quality} and ics below {03})". */
static void show(const struct condition *c, struct buf *out)
{
	if (c->op == CONDITION_CLAUSE) {
		buf_printf(out, "%s %s {%s%s", names[c->field], relations[c->relation], c->text, c->open ? "*" : "");
		if (c->last != NULL)
			buf_printf(out, " to %s", c->last);
		buf_add_char(out, '}');
		return;
	}
	buf_add_char(out, '(');
	show(c->left, out);
	buf_add_str(out, c->op == CONDITION_AND ? " and " : " or ");
	show(c->right, out);
	buf_add_char(out, ')');
}

static void means(const char *text, const char *expected)
{
	struct buf shown = { 0 };
	if (read_text(text) != OK)
		fail_msg("%s: %s", text, err.text);
	show(q.selection.where, &shown);
	if (strcmp(buf_str(&shown), expected) != 0)
		fail_msg("%s means %s", text, buf_str(&shown));
	buf_free(&shown);
	arena_free(&arena);
}

static void test_words(void **state)
{
	means("", "every is {}");
	means("q=", "every is {}");
	means("q=quality+management", "any all {quality management}");
	means("q=GB/T%2019001", "any all {GB/T 19001}");
	means("q=ISO+9001:2015", "any all {ISO 9001:2015}");
	means("q=%22quality+management%22", "any phrase {quality management}");
	means("q=%E2%80%9Cquality+management%E2%80%9D+x", "(any phrase {quality management} and any all {x})");
	means("q=manag*+quality", "(any all {manag*} and any all {quality})");
	means("q=title:quality", "title all {quality}");
	means("q=title:%22quality+systems%22+abstract:x*", "(title phrase {quality systems} and abstract all {x*})");
	means("q=reference:19001+systems", "(reference all {19001} and any all {systems})");
	means("q=note:+title:+x", "any all {note: title: x}");
	means("q=%22TC+151", "any phrase {TC 151}");
	means("q=%E8%B4%A8%E9%87%8F%E3%80%80%E4%BD%93%E7%B3%BB", "any all {质量 体系}");
	means("q=%22%22+x+%22--%22", "any all {x}");
}

static void test_filters(void **state)
{
	means("ref=gbt19001", "reference is {gbt19001}");
	means("ics=03.120&status=current", "(ics below {03.120} and status below {current})");
	means("ics=03,35.240", "(ics below {03} or ics below {35.240})");
	means("ccs=A", "ccs below {A*}");
	means("ccs=A00", "ccs below {A00}");
	means("stage=60", "stage below {60}");
	means("stage=60.60", "stage below {60.60}");
	means("level=national", "level is {national}");
	means("body=BSI,+London", "body is {BSI, London}");
	means("origin=sac.example/log", "origin is {sac.example/log}");
	means("kind=standard,project", "(kind below {standard} or kind below {project})");
	means("lang=zh", "lang below {zh}");
	means("published_from=2015&published_to=2016-12", "date within {2015 to 2016-12}");
	means("published_from=2015", "date from {2015}");
	means("published_to=2015-01", "date upto {2015-01}");
	means("committee=ISO/TC+176", "committee below {ISO/TC 176}");
	means("adopts=ISO+9001", "adopts is {ISO 9001}");
	means("replaces=ISO+9001&cites=ISO+1&cited_by=ISO+2",
	      "((replaces is {ISO 9001} and cites is {ISO 1}) and cited_by is {ISO 2})");
	means("degree=idt,mod", "(degree below {idt} or degree below {mod})");
	means("q=x&ics=03", "(any all {x} and ics below {03})");
}

static void test_order_and_page(void **state)
{
	assert_int_equal(read_text("q=x"), OK);
	assert_int_equal(q.selection.limit, SEARCH_LIMIT_DEFAULT);
	assert_int_equal(q.selection.sort_count, 0);
	assert_true(q.selection.across);
	assert_int_equal(read_text("q=x&across=0&limit=5&offset=7"), OK);
	assert_false(q.selection.across);
	assert_int_equal(q.selection.limit, 5);
	assert_int_equal(q.selection.offset, 7);
	assert_int_equal(read_text("ics=03&sort=-date,title&facets=kind,ics&facet_limit=3&cursor=abc"), OK);
	assert_false(q.selection.across);
	assert_string_equal(q.selection.cursor, "abc");
	assert_int_equal(q.selection.sort_count, 2);
	assert_int_equal(q.selection.sorts[0].field, FIELD_DATE);
	assert_true(q.selection.sorts[0].descending);
	assert_int_equal(q.selection.sorts[1].field, FIELD_TITLE);
	assert_false(q.selection.sorts[1].descending);
	assert_int_equal(q.selection.wish_count, 2);
	assert_int_equal(q.selection.wishes[1].field, FIELD_ICS);
	assert_int_equal(q.selection.wishes[1].limit, 3);
	assert_string_equal(q.facets[0], "kind");
	arena_free(&arena);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *name, *says;
	} bad[] = {
		{ "colour=red", "colour", "is not known; there are q, ref, ics" },
		{ "q=a&q=b", "q", "given twice" },
		{ "q=--", "q", "parameter q: there is no word" },
		{ "q=%22%22", "q", "no word" },
		{ "q=a%zz", "q", "percent-encoded" },
		{ "q=%ff", "q", "percent-encoded" },
		{ "q=%00", "q", "percent-encoded" },
		{ "%zz=1", NULL, "percent-encoded" },
		{ "ics=3", "ics", "3 is not an ICS code like 03" },
		{ "ics=03,", "ics", " is not an ICS code" },
		{ "status=good", "status", "good is not a status: preparation" },
		{ "kind=good", "kind", "good is not a kind of record: standard, project" },
		{ "level=good", "level", "a level: " },
		{ "stage=6", "stage", "stage code" },
		{ "degree=good", "degree", "idt, mod or neq" },
		{ "published_from=2015-13", "published_from", "is not a date" },
		{ "published_to=x", "published_to", "is not a date" },
		{ "sort=colour", "sort", "something to sort by: relevance date" },
		{ "sort=lang", "sort", "something to sort by" },
		{ "sort=date,date,date,date,date", "sort", "first keys" },
		{ "facets=title", "facets", "something to count by: date" },
		{ "facet_limit=0", "facet_limit", "a number from 1 to" },
		{ "limit=0", "limit", "a number from 1 to 200" },
		{ "limit=201", "limit", "a number" },
		{ "limit=1e2", "limit", "a number" },
		{ "limit=99999999999999999999", "limit", "a number" },
		{ "offset=10001", "offset", "a number from 0 to 10000" },
		{ "offset=1&cursor=x", "offset", "with a cursor" },
		{ "across=yes", "across", "0 or 1" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (read_text(bad[i].text) != ERR_USAGE)
			fail_msg("%s is taken", bad[i].text);
		if (strstr(err.text, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].text, err.text);
		if (bad[i].name == NULL)
			assert_null(q.wrong);
		else
			assert_string_equal(q.wrong, bad[i].name);
	}
	arena_free(&arena);
}

static void test_limits(void **state)
{
	struct buf text = { 0 };
	buf_add_str(&text, "q=");
	for (int i = 0; i < QUERY_TERMS_MAX; i++)
		buf_add_str(&text, "a+");
	assert_int_equal(read_text(buf_str(&text)), OK);
	buf_add_str(&text, "title:b");
	assert_int_equal(read_text(buf_str(&text)), ERR_USAGE);
	buf_reset(&text);
	buf_add_str(&text, "q=");
	for (int i = 0; i <= QUERY_MAX; i++)
		buf_add_char(&text, 'a');
	assert_int_equal(read_text(buf_str(&text)), ERR_USAGE);
	for (int i = 0; i < QUERY_WIRE_MAX; i++)
		buf_add_char(&text, '&');
	assert_int_equal(read_text(buf_str(&text)), ERR_USAGE);
	buf_reset(&text);
	buf_add_str(&text, "ics=03");
	for (int i = 0; i < QUERY_CHOICES_MAX; i++)
		buf_add_str(&text, ",03");
	assert_int_equal(read_text(buf_str(&text)), ERR_USAGE);
	buf_free(&text);
	arena_free(&arena);
}

/* What is written is what was asked, without the page; and reads as itself. */
static void test_written(void **state)
{
	struct buf text = { 0 };
	assert_int_equal(read_text("limit=3&status=current&q=%e8%b4%a8+%26%3d%25&facets=ics&sort=-date&across=0"), OK);
	question_write(&q, &text);
	assert_string_equal(buf_str(&text), "q=%E8%B4%A8%20%26%3D%25&status=current&sort=-date");
	assert_int_equal(read_text(buf_str(&text)), OK);
	assert_string_equal(q.values[QUESTION_Q], "质 &=%");
	buf_free(&text);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),   cmocka_unit_test(test_filters), cmocka_unit_test(test_order_and_page),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_limits),  cmocka_unit_test(test_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
