/* sru_map: what a CQL query asks of the view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/api/sru_map.h"

static void put_pattern(struct buf *out, const struct word_pattern *p)
{
	static const char *const signs[] = {
		[COMPARE_IS] = "=", [COMPARE_BEFORE] = "<", [COMPARE_UPTO] = "<=", [COMPARE_AFTER] = ">", [COMPARE_FROM] = ">="
	};
	buf_printf(out, " [%s%s%s]", p->begins ? "^" : "", p->text, p->ends ? "^" : "");
	if (p->near == NULL)
		return;
	buf_printf(out, "%s%s", p->ordered ? " before" : " near", p->same_text ? " in one text" : "");
	if (!p->same_text)
		buf_printf(out, " %s%u", signs[p->apart], p->distance);
	put_pattern(out, p->near);
}

static void put(struct buf *out, const struct condition *c)
{
	static const char *const fields[] = { "-",        "every",    "entry",      "any",       "reference", "title",
		                                  "abstract", "ics",      "ccs",        "status",    "stage",     "level",
		                                  "kind",     "origin",   "language",   "publisher", "committee", "date",
		                                  "adopts",   "replaces", "regulation", "degree",    "relevance" };
	static const char *const relations[] = { "all", "any", "phrase", "is", "below", "<", "<=", ">", ">=", "within" };
	if (c->op == CONDITION_CLAUSE) {
		buf_printf(out, "%s %s '%s%s'", fields[c->field], relations[c->relation], c->text, c->open ? "*" : "");
		if (c->last != NULL)
			buf_printf(out, " '%s'", c->last);
		if (c->pattern != NULL)
			put_pattern(out, c->pattern);
		return;
	}
	buf_add_char(out, '(');
	put(out, c->left);
	buf_add_str(out, c->op == CONDITION_AND ? " and " : c->op == CONDITION_OR ? " or " : " not ");
	put(out, c->right);
	buf_add_char(out, ')');
}

static void asks(const char *text, const char *expected)
{
	struct arena arena = { 0 };
	struct cql_query query;
	struct cql_fault wrong;
	struct sru_fault fault = { 0 };
	struct selection s = { 0 };
	struct buf out = { 0 };
	assert_int_equal(cql_parse(bytes_str(text), &arena, &query, &wrong), OK);
	if (!sru_map(&query, &arena, &s, &fault))
		fail_msg("%s: %d %s", text, fault.code, fault.details);
	put(&out, s.where);
	for (size_t i = 0; i < s.sort_count; i++)
		buf_printf(&out, " sort %d%s", (int)s.sorts[i].field, s.sorts[i].descending ? " down" : "");
	assert_string_equal(buf_str(&out), expected);
	buf_free(&out);
	arena_free(&arena);
}

static void words(void **state)
{
	(void)state;
	asks("fish", "any phrase 'fish'");
	asks("\"GB/T 19001\"", "any phrase 'GB/T 19001'");
	asks("dc.title = \"two words\"", "title phrase 'two words'");
	asks("TITLE cql.all \"two words\"", "title all 'two words'");
	asks("dc.title any/relevant \"two wor*\"", "title any 'two wor*'");
	asks("dc.description adj \"a \\\"b\\\" \\*\"", "abstract phrase 'a \"b\" *'");
	asks("dc.title =/unmasked \"what?\"", "title phrase 'what?'");
	asks("std.number == \"ISO 9001\"", "reference is 'ISO 9001'");
	asks("dc.identifier = iso9001*", "reference phrase 'iso9001*'");
	asks("cql.allRecords = 1", "every phrase '1'");
}

static void patterns(void **state)
{
	(void)state;
	asks("a?b", "any phrase 'a b' [a?b]");
	asks("*ment", "any phrase ' ment' [*ment]");
	asks("dc.title = \"qual* man\"", "title phrase 'qual  man' [qual* man]");
	asks("dc.title any \"qual* man*\"", "title any 'qual  man*' [qual* man*]");
	asks("dc.title = \"a\\*b ?c\"", "title phrase 'a*b  c' [a\\*b ?c]");
	asks("dc.title =/unmasked \"a*?\"", "title phrase 'a*?'");
	asks("^a", "any phrase 'a' [^a]");
	asks("dc.title = \"^a b^\"", "title phrase 'a b' [^a b^]");
	asks("dc.title all \"^a b\"", "title all 'a b' [^a b]");
	asks("dc.title == \"a b\"", "title phrase 'a b' [^a b^]");
	asks("dc.title exact a", "title phrase 'a' [^a^]");
	asks("dc.title <> qual*", "(every phrase '' not title phrase 'qual*')");
	asks("\"x^y\"", "any phrase 'x^y'");
	asks("a prox b", "any phrase 'a' [a] near <=1 [b]");
	asks("dc.title=\"a b\" prox/distance<4/ordered title=c*", "title phrase 'a b' [a b] before <4 [c*]");
	asks("a prox/cql.unit=word/distance>=2/unordered b", "any phrase 'a' [a] near >=2 [b]");
	asks("a prox/unit=element b", "any phrase 'a' [a] near in one text [b]");
	asks("a prox/unit=element/distance=0/ordered b", "any phrase 'a' [a] before in one text [b]");
	asks("a prox b and c", "(any phrase 'a' [a] near <=1 [b] and any phrase 'c')");
}

static void values(void **state)
{
	(void)state;
	asks("std.ics = 03.120", "ics below '03.120'");
	asks("std.ics == 03.120", "ics is '03.120'");
	asks("std.ics any \"03 17.020\"", "(ics below '03' or ics below '17.020')");
	asks("std.ccs all \"A00 B*\"", "(ccs below 'A00' and ccs below 'B*')");
	asks("std.ccs = A", "ccs below 'A*'");
	asks("std.status = Current", "status is 'current'");
	asks("std.status <> current", "(every phrase '' not status is 'current')");
	asks("std.stage >= 60", "stage >= '60'");
	asks("dc.date within \"2015  2019-06\"", "date within '2015' '2019-06'");
	asks("dc.date > 2015", "date > '2015'");
	asks("dc.creator = \"ISO/TC 176\"", "committee below 'ISO/TC 176'");
	asks("dc.publisher = \"ISO C*\"", "publisher is 'ISO C*'");
	asks("std.adopts = \"ISO 9001\" and std.degree = IDT", "(adopts is 'ISO 9001' and degree is 'idt')");
	asks("std.regulation = \"Regulation (EU) 305\"", "regulation is 'Regulation (EU) 305'");
	asks("rec.id = \"a.example/log#7\"", "entry is 'a.example/log#7'");
}

static void trees_and_order(void **state)
{
	(void)state;
	asks("a or b and c not d", "(((any phrase 'a' or any phrase 'b') and any phrase 'c') not any phrase 'd')");
	asks("a or (b and c)", "(any phrase 'a' or (any phrase 'b' and any phrase 'c'))");
	asks("a sortBy dc.date/sort.descending relevance std.number/ascending",
	     "any phrase 'a' sort 17 down sort 22 sort 4");
	/* Prefixes as the query has them, the innermost first. */
	asks("> x = \"info:srw/cql-context-set/1/dc-v1.1\" x.title = a", "title phrase 'a'");
	asks("> \"urn:normlink:context-set:std\" ics = 03", "ics below '03'");
	asks("> std = \"urn:none\" (> std = \"info:srw/cql-context-set/1/dc-v1.1\" std.title = a)", "title phrase 'a'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(patterns),
		cmocka_unit_test(values),
		cmocka_unit_test(trees_and_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
