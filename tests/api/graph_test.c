/* graph: answers of walks over all standards, as JSON and as text; marks of authority everywhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/api/world.h"

/* Beside the three records of every toy. */
static int up_more(void **state)
{
	int rc = up(state);
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"ISO 9001:2008\",\"standard\":{\"status\":\"withdrawn\","
	                 "\"events\":[{\"type\":\"withdrawn\",\"date\":\"2015-09-15\"}]}}");
	toy_add(&w->toy,
	        "{\"kind\":\"standard\",\"subject\":\"JIS Q 9001:2015\",\"texts\":[{\"role\":\"title\",\"lang\":"
	        "\"ja\",\"value\":\"品質マネジメントシステム\"}],\"standard\":{\"status\":\"current\",\"adopts\":[{"
	        "\"target\":\"ISO 9001:2015\",\"degree\":\"mod\"},{\"target\":\"ISO 9001:2008\"}]}}");
	toy_add(&w->toy, "{\"kind\":\"citation\",\"subject\":\"Act 7\",\"citation\":{\"type\":\"law\",\"jurisdiction\":"
	                 "\"CN\",\"date\":\"2020-01-01\",\"cited\":[{\"target\":\"ISO 9001\",\"effect\":\"mandatory\"}]}}");
	toy_sign(&w->toy);
	return rc;
}

static void claim(struct world *w, const char *about, const char *prefix)
{
	char json[256];
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"authority\",\"subject\":\"%s\",\"authority\":{\"prefixes\":[\"%s\"]}}", about, prefix);
	toy_add(&w->toy, json);
	toy_sign(&w->toy);
}

static void equivalents_in_json(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/equivalents?ref=gb/t19001"), 200);
	SAYS(w, "Normlink-Total: 2\r\n");
	SAYS(w,
	     "{\"reference\":\"GB/T 19001\",\"asked\":[{\"designator\":\"GB/T 19001-2016\",\"origin\":\"sac.example/log\","
	     "\"index\":2,");
	SAYS(w, "\"status\":\"current\",\"date\":\"2016-12-30\",\"authority\":\"unclaimed\",\"href\":"
	        "\"/api/v1/records/GB%2FT%2019001-2016\"}],\"equivalents\":[{\"designator\":\"ISO 9001:2015\"");
	SAYS(w,
	     "\"degree\":\"idt\",\"undated\":false,\"path_authority\":\"unclaimed\",\"path\":[{\"from\":\"GB/T "
	     "19001-2016\",\"step\":\"adopts\",\"to\":\"ISO 9001:2015\",\"degree\":\"idt\",\"undated\":false,\"authority\":"
	     "\"unclaimed\",\"statements\":[{\"origin\":\"sac.example/log\",\"index\":2,\"subject\":\"GB/T 19001-2016\","
	     "\"authority\":\"unclaimed\",\"degree\":\"idt\"}],\"others\":[]}]}");
	SAYS(w, "\"step\":\"adopted-by\",\"to\":\"JIS Q 9001:2015\",\"degree\":\"mod\"");
	SAYS(w, "\"complete\":true,\"as_of\":[{\"origin\":\"sac.example/log\",\"size\":6,");
	assert_int_equal(ask(w, "/api/v1/equivalents?ref=ISO+4711:1900"), 404);
	SAYS(w, "ISO 4711:1900: no log here says anything about it");
	SAYS(w, "\"as_of\":[");
}

static void equivalents_in_text(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/equivalents?ref=GB/T+19001-2016&lang=ja"), 200);
	SAYS(w, "\r\n\r\nGB/T 19001-2016  asked       current      2016-12-30  sac.example/log #2\n");
	SAYS(w, "JIS Q 9001:2015  MOD         current                  sac.example/log #4\n"
	        "    ja      品質マネジメントシステム\n"
	        "    GB/T 19001-2016 adopts ISO 9001:2015, IDT (sac.example/log #2)\n"
	        "    JIS Q 9001:2015 adopts ISO 9001:2015, MOD (sac.example/log #4)\n");
	SAYS(w, "2 equivalents\nas of  sac.example/log");
	/* For who fetches proofs: each entry once. */
	assert_int_equal(ask_text(w, "/api/v1/equivalents?ref=GB/T+19001-2016&list=entries"), 200);
	assert_string_equal(w->body, "sac.example/log 2\nsac.example/log 4\n");
	assert_int_equal(ask_text(w, "/api/v1/equivalents?ref=ISO+9001:2015"), 200);
	SAYS(w, "2 equivalents\n");
}

static void the_edition_in_force(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/current?ref=ISO+9001:2008"), 200);
	SAYS(w, "{\"reference\":\"ISO 9001:2008\",\"in_force\":[{\"designator\":\"ISO 9001:2015\"");
	SAYS(w, "\"step\":\"newer-edition\"");
	SAYS(w, "\"coming\":[],\"ended\":[],\"complete\":true");
	assert_int_equal(ask_text(w, "/api/v1/current?ref=ISO+9001:2008"), 200);
	SAYS(w, "ISO 9001:2015  current                  sac.example/log #1\n");
	SAYS(w, "    ISO 9001:2015 is the next edition after ISO 9001:2008 (sac.example/log #1)\n");
	assert_int_equal(ask(w, "/api/v1/current?ref=ISO+4711"), 404);
}

static void drift_of_one_log(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/drift?origin=sac.example/log"), 200);
	SAYS(w, "{\"origin\":\"sac.example/log\",\"drift\":[{\"designator\":\"JIS Q 9001:2015\"");
	SAYS(w, "\"source\":{\"designator\":\"ISO 9001:2008\"");
	SAYS(w, "\"since\":\"2015-09-15\",\"in_force\":[{\"designator\":\"ISO 9001:2015\"");
	SAYS(w, "\"adoptions\":3,\"total\":1,\"complete\":true");
	assert_int_equal(ask_text(w, "/api/v1/drift?origin=sac.example/log"), 200);
	SAYS(w, "    ISO 9001:2008: withdrawn since 2015-09-15; in force is ISO 9001:2015\n");
	SAYS(w, "1 of 3 adoptions in force have drifted\n");
	assert_int_equal(ask_text(w, "/api/v1/drift?origin=sac.example/log&offset=1"), 200);
	assert_false(says(w, "JIS Q"));
	assert_int_equal(ask(w, "/api/v1/drift?origin=sac.example/log&from=1000"), 200);
	SAYS(w, "\"adoptions\":0,\"total\":0,\"complete\":true");
	assert_int_equal(ask(w, "/api/v1/drift?origin=nobody.example/log"), 400);
	SAYS(w, "\"parameter\":\"origin\"");
}

static void impact_of_a_standard(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/impact?ref=ISO+9001:2015"), 200);
	SAYS(w, "{\"reference\":\"ISO 9001:2015\",\"standards\":[{\"designator\":\"ISO 9001:2015\"");
	SAYS(w, "\"citations\":{\"count\":1,\"list\":[{\"role\":\"mandatory\",\"undated\":true,\"statement\":{\"origin\":"
	        "\"sac.example/log\",\"index\":5,\"kind\":\"citation\",\"subject\":\"Act 7\"");
	SAYS(w, "\"patents\":{\"count\":0,\"list\":[]}");
	SAYS(w, "\"adoptions\":{\"count\":2,\"list\":[{\"designator\":\"GB/T 19001-2016\"");
	assert_int_equal(ask_text(w, "/api/v1/impact?ref=ISO+9001:2015"), 200);
	SAYS(w,
	     "    citations  1\n      Act 7                         mandatory, undated, 2020-01-01, sac.example/log #5\n");
	SAYS(w, "adoptions  2\n");
	assert_int_equal(ask_text(w, "/api/v1/impact?ref=JIS+Q+9001:2015"), 200);
	SAYS(w, "Normlink-Total: 0\r\n");
	SAYS(w, "nothing depends on it");
}

static void what_is_wrong_is_named(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *target, *parameter;
	} bad[] = {
		{ "/api/v1/equivalents", "ref" },
		{ "/api/v1/equivalents?ref=%00", "ref" },
		{ "/api/v1/equivalents?ref=%01", "ref" },
		{ "/api/v1/equivalents?ref=x&ref=y", "ref" },
		{ "/api/v1/equivalents?ref=x&lang=not_a_language", "lang" },
		{ "/api/v1/equivalents?ref=x&list=all", "list" },
		{ "/api/v1/equivalents?reference=x", "reference" },
		{ "/api/v1/current?ref=", "ref" },
		{ "/api/v1/current?limit=1", "limit" },
		{ "/api/v1/drift", "origin" },
		{ "/api/v1/drift?origin=sac.example/log&limit=0", "limit" },
		{ "/api/v1/drift?origin=sac.example/log&limit=201", "limit" },
		{ "/api/v1/impact?ref=x&limit=x", "limit" },
		{ "/api/v1/impact?origin=x", "origin" },
		{ "/api/v1/authority?reff=x", "reff" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char member[64];
		(void)snprintf(member, sizeof member, "\"parameter\":\"%s\"", bad[i].parameter);
		if (ask(w, bad[i].target) != 400 || !says(w, member))
			fail_msg("%s: %s", bad[i].target, (const char *)w->answer.data);
	}
	w->toy.fail = ERR_IO;
	assert_int_equal(ask(w, "/api/v1/equivalents?ref=x"), 500);
}

static void authority_is_listed_and_marked(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/authority"), 200);
	SAYS(w, "no log claims anything\n");
	claim(w, "iso.example/log", "ISO");
	claim(w, TOY_ORIGIN, "GB");
	assert_int_equal(ask(w, "/api/v1/authority?ref=ISO+9001:2015"), 200);
	SAYS(w,
	     "{\"reference\":\"ISO 9001:2015\",\"speaker\":\"iso.example/log\",\"contested\":false,\"decided_here\":true,"
	     "\"claims\":[{\"origin\":\"sac.example/log\",\"index\":6,\"about\":\"iso.example/log\",\"opinion\":true,"
	     "\"prefixes\":[{\"prefix\":\"ISO\",\"authority\":\"own\"}],\"bodies\":[]}");
	assert_int_equal(ask_text(w, "/api/v1/authority?ref=GB/T+19001-2016"), 200);
	SAYS(w, "GB/T 19001-2016: sac.example/log\n\n");
	SAYS(w, "sac.example/log #6, our own log, says of iso.example/log\n");
	assert_int_equal(ask_text(w, "/api/v1/authority?ref=JIS+Q+9001"), 200);
	SAYS(w, "JIS Q 9001: nobody claims it\n");

	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "\"authority\":\"own\"");
	SAYS(w, "\"authority\":\"third-party\"");
	assert_int_equal(ask_text(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "sac.example/log #1  third-party\n");
	SAYS(w, "sac.example/log #2\n");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015"), 200);
	SAYS(w, "\"origin\":\"sac.example/log\",\"authority\":\"third-party\",\"frozen\":false");
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "\"origin\":\"sac.example/log\",\"authority\":\"own\",\"frozen\":false");
	assert_int_equal(ask_text(w, "/api/v1/records/ISO%209001:2015"), 200);
	SAYS(w, "\r\n\r\nISO 9001:2015  third-party\n\n");
	assert_int_equal(ask(w, "/api/v1/entries/1"), 200);
	SAYS(w, "\"authority\":\"third-party\"");
	assert_int_equal(ask(w, "/api/v1/entries/2"), 200);
	SAYS(w, "\"authority\":\"own\"");
	assert_int_equal(ask_text(w, "/api/v1/entries/1"), 200);
	SAYS(w, "sac.example/log #1  ISO 9001:2015  third-party\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equivalents_in_json, up_more, down),
		cmocka_unit_test_setup_teardown(equivalents_in_text, up_more, down),
		cmocka_unit_test_setup_teardown(the_edition_in_force, up_more, down),
		cmocka_unit_test_setup_teardown(drift_of_one_log, up_more, down),
		cmocka_unit_test_setup_teardown(impact_of_a_standard, up_more, down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_named, up_more, down),
		cmocka_unit_test_setup_teardown(authority_is_listed_and_marked, up_more, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
