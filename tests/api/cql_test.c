/* cql: what is a query, what it means, and where one that is none goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/cql.h"
#include "node/base/limits.h"

static int read_text(const char *text, struct arena *arena, struct cql_query *out, struct cql_fault *fault)
{
	/* A copy of exactly that size, so that one byte too far is seen by the sanitizer. */
	size_t len = strlen(text);
	char *copy = malloc(len + (len == 0));
	assert_non_null(copy);
	memcpy(copy, text, len);
	int rc = cql_parse(bytes_of(copy, len), arena, out, fault);
	free(copy);
	return rc;
}

static void reads_as(const char *text, const char *xcql)
{
	struct arena arena = { 0 };
	struct cql_query query;
	struct cql_fault fault;
	struct buf out = { 0 };
	if (read_text(text, &arena, &query, &fault) != OK)
		fail_msg("%s: %s at %zu", text, fault.text, fault.at);
	cql_xcql(&query, &out);
	assert_string_equal(buf_str(&out), xcql);
	buf_free(&out);
	arena_free(&arena);
}

#define CLAUSE(index, relation, term)                                                                                  \
	"<searchClause><index>" index "</index><relation><value>" relation "</value></relation><term>" term                \
	"</term></searchClause>"
#define TRIPLE(op, left, right)                                                                                        \
	"<triple><boolean><value>" op "</value></boolean><leftOperand>" left "</leftOperand><rightOperand>" right          \
	"</rightOperand></triple>"

static void queries_are_read(void **state)
{
	(void)state;
	reads_as("fish", CLAUSE("cql.serverChoice", "=", "fish"));
	reads_as(" \"a \\\"b\\\" c\" ", CLAUSE("cql.serverChoice", "=", "a \\\"b\\\" c"));
	reads_as("dc.title any\"a <b>&\"", CLAUSE("dc.title", "any", "a &lt;b&gt;&amp;"));
	reads_as("std.ics==03.120", CLAUSE("std.ics", "==", "03.120"));
	/* Not characters of XML, though of UTF-8. */
	reads_as("\"\xef\xbf\xbf\x01\r\"", CLAUSE("cql.serverChoice", "=", "\xef\xbf\xbd\xef\xbf\xbd&#13;"));
	reads_as("x<>1", CLAUSE("x", "&lt;&gt;", "1"));
	reads_as("质量 and 管理",
	         TRIPLE("and", CLAUSE("cql.serverChoice", "=", "质量"), CLAUSE("cql.serverChoice", "=", "管理")));
	reads_as("and AND not",
	         TRIPLE("and", CLAUSE("cql.serverChoice", "=", "and"), CLAUSE("cql.serverChoice", "=", "not")));
	/* All booleans bind alike, from the left. */
	reads_as("a or b and c",
	         TRIPLE("and", TRIPLE("or", CLAUSE("cql.serverChoice", "=", "a"), CLAUSE("cql.serverChoice", "=", "b")),
	                CLAUSE("cql.serverChoice", "=", "c")));
	reads_as("a or (b and c)",
	         TRIPLE("or", CLAUSE("cql.serverChoice", "=", "a"),
	                TRIPLE("and", CLAUSE("cql.serverChoice", "=", "b"), CLAUSE("cql.serverChoice", "=", "c"))));
	reads_as("a =/x/y>=2 b", "<searchClause><index>a</index><relation><value>=</value><modifiers><modifier><type>x"
	                         "</type></modifier><modifier><type>y</type><comparison>&gt;=</comparison><value>2</value>"
	                         "</modifier></modifiers></relation><term>b</term></searchClause>");
	reads_as(
	    "a sortBy d/sort.descending e",
	    "<searchClause><index>cql.serverChoice</index><relation><value>=</value></relation><term>a</term><sortKeys>"
	    "<key><index>d</index><modifiers><modifier><type>sort.descending</type></modifier></modifiers></key>"
	    "<key><index>e</index></key></sortKeys></searchClause>");
	reads_as("> p = \"u:v\" (> w p.a = b)",
	         "<searchClause><prefixes><prefix><identifier>w</identifier></prefix><prefix><name>p</name><identifier>u:v"
	         "</identifier></prefix></prefixes><index>p.a</index><relation><value>=</value></relation><term>b</term>"
	         "</searchClause>");
}

static void refused(const char *text, int diagnostic, size_t at, const char *why)
{
	struct arena arena = { 0 };
	struct cql_query query;
	struct cql_fault fault;
	int rc = read_text(text, &arena, &query, &fault);
	if (rc == OK)
		fail_msg("accepted: %s", text);
	assert_null(query.root);
	assert_int_equal(fault.diagnostic, diagnostic);
	assert_string_equal(fault.text, why);
	assert_int_equal(fault.at, at);
	arena_free(&arena);
}

static void others_are_refused(void **state)
{
	(void)state;
	refused("", 10, 0, "a term or an index is missing");
	refused("()", 10, 1, "a term or an index is missing");
	refused("(a", 10, 2, "a parenthesis that is not closed");
	refused("a)", 10, 1, "nothing can stand here");
	refused("a b", 10, 3, "a relation without a term");
	refused("a \"b\"", 10, 2, "nothing can stand here");
	refused("a and", 10, 5, "a term or an index is missing");
	refused("a = (b)", 10, 4, "a relation without a term");
	refused("a = b = c", 10, 6, "nothing can stand here");
	refused("a =/ = b", 10, 5, "a modifier without a name");
	refused("a =/x= (", 10, 7, "a modifier without a value");
	refused("a sortBy", 10, 8, "sortBy without an index");
	refused("(a sortBy b)", 10, 3, "a parenthesis that is not closed");
	refused("> p", 10, 3, "a term or an index is missing");
	refused(">", 10, 1, "a prefix without an identifier");
	refused("\"a", 10, 0, "a quote that is not closed");
	refused("\"a\\\"", 10, 0, "a quote that is not closed");
	refused("a\\", 10, 0, "a backslash with nothing behind it");
	refused("a and \xff", 10, 0, "not UTF-8 text");
}

/* unit, times over, then end. */
static char *repeat(const char *unit, size_t times, const char *end)
{
	size_t len = strlen(unit);
	char *text = malloc(len * times + strlen(end) + 1);
	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, unit, len);
	memcpy(text + len * times, end, strlen(end) + 1);
	return text;
}

static void sizes_have_limits(void **state)
{
	(void)state;
	char *deep = repeat("(", CQL_DEPTH_MAX + 1, "a");
	refused(deep, 10, CQL_DEPTH_MAX, "parentheses too deep");
	free(deep);
	char *many = repeat("a or ", CQL_NODES_MAX / 2, "a");
	refused(many, 38, strlen(many), "too many clauses");
	free(many);
	char *enough = repeat("a or ", CQL_NODES_MAX / 2 - 1, "a");
	struct arena arena = { 0 };
	struct cql_query query;
	struct cql_fault fault;
	assert_int_equal(read_text(enough, &arena, &query, &fault), OK);
	free(enough);
	arena_free(&arena);
	char *bytes = repeat("a", QUERY_MAX, "b");
	refused(bytes, 12, 0, "too long");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_are_read),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(sizes_have_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
