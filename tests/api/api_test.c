/* api: whole requests to whole answers, over a toy view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/policy.h"
#include "crypto/proof.h"
#include "tests/api/world.h"

static void search_as_json(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	SAYS(w, "Content-Type: application/json\r\n");
	SAYS(w, "X-Content-Type-Options: nosniff\r\n");
	SAYS(w, "Cache-Control: no-cache\r\n");
	SAYS(w, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
	SAYS(w, "Normlink-Total: 2\r\n");
	SAYS(w, "\"total\":2");
	SAYS(w, "\"subject\":\"GB/T 19001-2016\"");
	SAYS(w, "\"href\":\"/api/v1/records/GB%2FT%2019001-2016\"");
	SAYS(w, "\"as_of\":[{\"origin\":\"sac.example/log\",\"size\":3,\"root\":\"");
	SAYS(w, "\"head_size\":3,\"frozen\":false}]");
}

static void questions_are_answered_whole(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/search?facets=kind,ics&limit=1"), 200);
	SAYS(w, "\"next\":\"here\",\"facets\":{\"kind\":[{\"value\":\"a \\\"b\\\" & c\",\"count\":2}],\"ics\":[{");
	assert_int_equal(ask(w, "/api/v1/search?cursor=here"), 200);
	assert_int_equal(ask(w, "/api/v1/search?q=GB/T%2019&kind=notice"), 200);
	SAYS(w, "\"total\":0,");
	SAYS(w, "\"did_you_mean\":[\"GB/T 19001-2016\"]");
	assert_int_equal(ask_text(w, "/api/v1/search?q=GB/T%2019&kind=notice"), 200);
	SAYS(w, "nothing found\ndid you mean GB/T 19001-2016?\n");
	assert_int_equal(ask(w, "/api/v1/suggest?q=GB/T%2019"), 200);
	SAYS(w, "{\"suggestions\":[{\"origin\":\"sac.example/log\",\"index\":2,");
	assert_int_equal(ask_text(w, "/api/v1/suggest?q=x"), 200);
	SAYS(w, "no standard here is called like that\n");
}

static void search_as_text(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/search?q=%E8%B4%A8%E9%87%8F"), 200);
	SAYS(w, "Content-Type: text/plain; charset=utf-8\r\n");
	SAYS(w, "GB/T 19001-2016  current      2016-12-30  sac.example/log #2\n");
	SAYS(w, "    zh      质量管理体系 要求\n    en      Quality management systems — Requirements\n");
	SAYS(w, "1 record found\nas of  sac.example/log  size 3  root ");
	assert_int_equal(ask_text(w, "/api/v1/search?q=nothing-like-it"), 200);
	SAYS(w, "Normlink-Total: 0\r\n");
	SAYS(w, "nothing found\n");
	assert_int_equal(ask_text(w, "/api/v1/search?limit=1"), 200);
	SAYS(w, "2 records found; these are 1 to 1\n");
	assert_int_equal(ask_text(w, "/api/v1/search?offset=9"), 200);
	SAYS(w, "2 found, none from number 10 on\n");
}

static void bad_parameters_are_named(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *target, *parameter;
	} bad[] = {
		{ "/api/v1/search?limt=3", "limt" },
		{ "/api/v1/search?limit=0", "limit" },
		{ "/api/v1/search?limit=201", "limit" },
		{ "/api/v1/search?limit=-1", "limit" },
		{ "/api/v1/search?limit=1x", "limit" },
		{ "/api/v1/search?limit=99999999999999999999999", "limit" },
		{ "/api/v1/search?limit=1&limit=2", "limit" },
		{ "/api/v1/search?offset=10001", "offset" },
		{ "/api/v1/search?q=a&q=b", "q" },
		{ "/api/v1/search?q=%ff", "q" },
		{ "/api/v1/search?q=%00", "q" },
		{ "/api/v1/search?q=%4", "q" },
		{ "/api/v1/search?q=too+many", "q" },
		{ "/api/v1/search?ics=3", "ics" },
		{ "/api/v1/search?ics=03.120.10.1", "ics" },
		{ "/api/v1/search?status=good", "status" },
		{ "/api/v1/search?kind=book", "kind" },
		{ "/api/v1/search?origin=nobody.example/log", "origin" },
		{ "/api/v1/search?sort=colour", "sort" },
		{ "/api/v1/search?facets=colour", "facets" },
		{ "/api/v1/search?cursor=there", "cursor" },
		{ "/api/v1/search?cursor=here&offset=1", "offset" },
		{ "/api/v1/search?%63olour=1", "colour" },
		{ "/api/v1/suggest", "q" },
		{ "/api/v1/suggest?q=a&limit=51", "limit" },
		{ "/api/v1/heads?x", "x" },
		{ "/api/v1/records/ISO%209001:2015?x=1", "x" },
		{ "/api/v1/records/ISO%209001:2015/proof?index=x", "index" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char member[64];
		(void)snprintf(member, sizeof member, "\"parameter\":\"%s\"", bad[i].parameter);
		assert_int_equal(ask(w, bad[i].target), 400);
		SAYS(w, "Content-Type: application/problem+json\r\n");
		SAYS(w, member);
		SAYS(w, "\"status\":400");
	}
	struct buf target = { 0 };
	buf_add_str(&target, "/api/v1/search?q=");
	for (int i = 0; i <= QUERY_MAX; i++)
		buf_add_char(&target, 'a');
	assert_int_equal(ask(w, buf_str(&target)), 400);
	SAYS(w, "\"parameter\":\"q\"");
	assert_int_equal(ask_text(w, buf_str(&target)), 400);
	SAYS(w, "\r\n\r\nparameter q is longer than 4096 bytes\n");
	buf_free(&target);
}

static void a_record_as_json(void **state)
{
	struct world *w = *state;
	/* As people write it, with its slash as it is or escaped. */
	static const char *const targets[] = { "/api/v1/records/GB/T%2019001-2016", "/api/v1/records/gb%2ft19001-2016",
		                                   "/api/v1/records/GB%2FT%2019001%E2%80%942016" };
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		assert_int_equal(ask(w, targets[i]), 200);
		SAYS(w, "{\"subject\":\"GB/T 19001-2016\",\"statements\":[{\"subject\":\"GB/T 19001-2016\",\"origin\":"
		        "\"sac.example/log\",\"authority\":\"unclaimed\",\"frozen\":false,\"index\":2,\"state\":\"present\"");
		SAYS(w, "\"record\":{\"kind\":\"standard\"");
		SAYS(w, "\"head\":{\"size\":3,\"root\":");
		SAYS(w, "\"cosignatures\":[{\"name\":\"iso.example/witness\",\"time\":\"2026-01-01T00:00:00Z\"}]");
		SAYS(w, "{\"index\":2,\"time\":\"2026-01-01T00:00:02Z\",\"what\":\"revised\",\"state\":\"present\",\"current\":"
		        "true}");
		SAYS(w, "{\"index\":0,\"time\":\"2026-01-01T00:00:00Z\",\"what\":\"added\",\"state\":\"present\",\"current\":"
		        "false}");
		SAYS(w, "\"as_of\":[");
	}
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/revisions"), 200);
	SAYS(w, "\"revisions\":[{\"subject\":\"GB/T "
	        "19001-2016\",\"origin\":\"sac.example/log\",\"authority\":\"unclaimed\",\"frozen\":false,\"index\":2,");
	assert_int_equal(ask(w, "/api/v1/records/ISO%204711:1900"), 404);
	SAYS(w, "\"detail\":\"ISO 4711:1900: no log here says anything about it\"");
	SAYS(w, "\"as_of\":[");
	assert_int_equal(ask(w, "/api/v1/records/%ff"), 400);
	assert_int_equal(ask(w, "/api/v1/records/%20"), 400);
}

static void a_log_statement_is_asked_for_by_its_kind(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"sharing\",\"subject\":\"iso9001\",\"sharing\":{\"origins\":[\"jisc.example/log\"]}}");
	assert_int_equal(ask(w, "/api/v1/search?kind=sharing"), 200);
	SAYS(w, "\"href\":\"/api/v1/records/iso9001?kind=sharing\"");
	assert_int_equal(ask(w, "/api/v1/records/iso9001?kind=sharing"), 200);
	SAYS(w, "{\"subject\":\"iso9001\",\"statements\":[{\"subject\":\"iso9001\"");
	SAYS(w, "jisc.example/log");
	assert_int_equal(ask(w, "/api/v1/records/iso9001?kind=standard"), 200);
	SAYS(w, "{\"subject\":\"ISO 9001\",\"statements\":[{\"subject\":\"ISO 9001:2015\"");
	assert_int_equal(ask(w, "/api/v1/records/iso9001?kind=verdict"), 404);
	assert_int_equal(ask(w, "/api/v1/records/iso9001?kind=book"), 400);
	SAYS(w, "parameter kind: book");
}

static void records_one_after_another(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/records?limit=1"), 200);
	SAYS(w, "Content-Type: application/x-ndjson\r\n");
	SAYS(w, "Normlink-Size: 3\r\n");
	SAYS(w, "Normlink-Next: 2\r\n");
	assert_non_null(strstr(w->body, "{\"kind\":\"standard\",\"subject\":\""));
	assert_string_equal(strchr(w->body, '\n'), "\n");
	assert_int_equal(ask(w, "/api/v1/records?from=2&kind=standard&origin=" TOY_ORIGIN), 200);
	SAYS(w, "Normlink-Next: 3\r\n");
	SAYS(w, "\"subject\":\"GB/T 19001-2016\"");
	assert_int_equal(ask(w, "/api/v1/records?collection=members"), 200);
	w->context.local = false;
	assert_int_equal(ask(w, "/api/v1/records?collection=members"), 400);
	SAYS(w, "only the public records");
	assert_int_equal(ask(w, "/api/v1/records?collection=public"), 200);
	assert_int_equal(ask(w, "/api/v1/records?from=3"), 200);
	assert_string_equal(w->body, "");
	assert_null(strstr(buf_str(&w->answer), "Normlink-Next"));
	assert_int_equal(ask_text(w, "/api/v1/records"), 200);
	SAYS(w, "#2  GB/T 19001-2016\nthe next begin at from=3\nas of ");
	static const char *const bad[] = { "kind=bogus", "origin=nowhere", "from=-1", "limit=201", "q=x" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char target[64];
		(void)snprintf(target, sizeof target, "/api/v1/records?%s", bad[i]);
		assert_int_equal(ask(w, target), 400);
	}
}

static void a_record_as_text(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/records/GB%2FT%2019001"), 200);
	SAYS(w, "\r\n\r\nGB/T 19001-2016\n\n  zh      质量管理体系 要求\n");
	SAYS(w, "  status       current\n  published    2016-12-30\n  adopts       ISO 9001:2015 (IDT)\n");
	SAYS(w, "  origin       sac.example/log, entry 2\n");
	SAYS(w, "  cosigned by  iso.example/witness  2026-01-01 00:00:00 UTC\n");
	SAYS(w, "  revisions    #2        2026-01-01 00:00:02 UTC  revised  current\n");
	SAYS(w, "               #0        2026-01-01 00:00:00 UTC  added\n");
	SAYS(w, "normlink verify");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%2FT%2019001/revisions"), 200);
	assert_int_equal(ask_text(w, "/api/v1/records/ISO%204711:1900"), 404);
	SAYS(w, "\r\n\r\nISO 4711:1900: no log here says anything about it\n");
}

static void what_is_missing_is_marked(void **state)
{
	struct world *w = *state;
	w->toy.v[2].state = PAYLOAD_REDACTED;
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016"), 200);
	SAYS(w, "\"state\":\"redacted\"");
	SAYS(w, "\"record\":null,\"problem\":\"redacted");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%2FT%2019001-2016"), 200);
	SAYS(w, "redacted: its content was removed\n");
	/* The entry can be proved, its content not. */
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof"), 200);
	w->toy.v[2].state = PAYLOAD_WITHHELD;
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016"), 200);
	SAYS(w, "\"state\":\"withheld\"");
}

static void a_proof_is_given_under_the_head_that_is_asked_for(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?head=old"), 400);
	SAYS(w, "\"parameter\":\"head\"");
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?head=signed"), 200);
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?head=cosigned"), 503);
	SAYS(w, "no cosigned head yet");
	assert_int_equal(ask(w, "/api/v1/heads"), 200);
	SAYS(w, "\"cosigned_size\":0,\"cosigned_note\":null");
	w->toy.cosigned = true;
	assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015/proof?head=cosigned"), 200);
	SAYS(w, TOY_ORIGIN "\n");
}

static void a_proof_can_be_verified(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof"), 200);
	SAYS(w, "Content-Type: application/octet-stream\r\n");
	SAYS(w, "filename=\"GB-T-19001-2016.tlog-proof\"");
	struct buf policy_text = { 0 };
	struct policy *policy = NULL;
	struct proof proof;
	struct policy_verdict verdict;
	struct err err = { 0 };
	buf_add_str(&policy_text, "log ");
	vkey_write(skey_public(w->toy.log), &policy_text);
	buf_add_str(&policy_text, "\nwitness w ");
	vkey_write(skey_public(w->toy.witness), &policy_text);
	buf_add_str(&policy_text, "\nquorum w\n");
	assert_int_equal(policy_parse(buf_bytes(&policy_text), &policy, &err), OK);
	assert_int_equal(proof_parse(bytes_str(w->body), &proof, &err), OK);
	assert_int_equal(proof.index, 2);
	assert_int_equal(proof_verify(w->toy.hasher, &proof, buf_bytes(&w->toy.v[2].envelope), policy, &verdict, &err), OK);
	proof_free(&proof);
	policy_free(policy);
	buf_free(&policy_text);

	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof?index=0"), 200);
	SAYS(w, "\nindex 0\n");
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof?index=1"), 404);
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof?origin=x"), 404);
	w->toy.covered = 2;
	assert_int_equal(ask(w, "/api/v1/records/GB%2FT%2019001-2016/proof"), 503);
	SAYS(w, "Retry-After: 1\r\n");
}

static void methods_and_addresses(void **state)
{
	struct world *w = *state;
	static const char *const nowhere[] = {
		"/x", "/api",      "/api/v1/",         "/api/v2/search", "/api/v1/records/", "/api/v1/searchx",
		"//", "/metrics/", "/local/v1/records"
	};
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
		assert_int_equal(ask(w, nowhere[i]), 404);
	static const char *const methods[] = { "POST", "PUT", "DELETE", "get", "OPTIONS", "TRACE" };
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		assert_int_equal(ask_as(w, methods[i], "/api/v1/search", NULL), 405);
		SAYS(w, "Allow: GET, HEAD\r\n");
		assert_int_equal(ask_as(w, methods[i], "/nowhere", NULL), 404);
	}
	assert_int_equal(ask_as(w, "OPTIONS", "*", NULL), 404);
	assert_int_equal(ask(w, "/api/v1/search?q=Quality"), 200);
	char expected[64];
	(void)snprintf(expected, sizeof expected, "Content-Length: %zu\r\n", strlen(w->body));
	assert_int_equal(ask_as(w, "HEAD", "/api/v1/search?q=Quality", NULL), 200);
	assert_string_equal(w->body, "");
	SAYS(w, expected);
}

static void the_form_that_is_preferred(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *accept;
		bool text;
	} cases[] = {
		{ NULL, false },
		{ "*/*", false },
		{ "text/plain", true },
		{ "TEXT/PLAIN;charset=utf-8", true },
		{ "text/*", true },
		{ "text/plain, application/json", false },
		{ "text/plain, application/json;q=0.9", true },
		{ "text/plain;q=0.5, */*;q=0.6", false },
		{ "text/plain;q=0, */*", false },
		{ "text/html,application/xhtml+xml,*/*;q=0.8", false },
		{ "image/png", false },
		{ ",;;q=,", false },
		{ "text/plain;q=x", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(ask_as(w, "GET", "/api/v1/heads", cases[i].accept), 200);
		if (says(w, "Content-Type: text/plain; charset=utf-8\r\n") != cases[i].text)
			fail_msg("Accept: %s", cases[i].accept);
	}
}

static void heads_and_peers(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/heads"), 200);
	SAYS(w, "{\"as_of\":[{\"origin\":\"sac.example/log\",\"size\":3,");
	SAYS(w, "\"note\":\"sac.example/log\\n3\\n");
	assert_int_equal(ask_text(w, "/api/v1/heads"), 200);
	SAYS(w, "— iso.example/witness ");
	assert_int_equal(ask(w, "/api/v1/peers"), 200);
	SAYS(w, "\"name\":\"iso\"");
	SAYS(w, "\"last_error\":\"no route\"");
	w->context.local = false;
	assert_int_equal(ask(w, "/api/v1/peers"), 200);
	assert_false(says(w, "no route"));
	assert_false(says(w, "10.0.0.1"));
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	assert_false(says(w, "no route"));
	assert_false(says(w, "10.0.0.1"));
}

/* Too much whatever the load is for who asks to mend; too much for now is to be asked again. */
static void what_costs_too_much(void **state)
{
	static const char *const targets[] = {
		"/api/v1/search?q=x",
		"/api/v1/statistics",
		"/api/v1/equivalents?ref=ISO+1",
		"/oai?verb=ListRecords&metadataPrefix=oai_dc",
		"/api/v1/drift?origin=" TOY_ORIGIN,
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		w->toy.fail = ERR_LIMIT;
		if (ask(w, targets[i]) != 422)
			fail_msg("%s: %s", targets[i], buf_str(&w->answer));
		w->toy.fail = ERR_TIMEOUT;
		if (ask(w, targets[i]) != 503 || !says(w, "\r\nRetry-After: "))
			fail_msg("%s: %s", targets[i], buf_str(&w->answer));
	}
}

static void problems_without_a_request(void **state)
{
	struct world *w = *state;
	buf_reset(&w->answer);
	api_problem(431, "too \"large\"", true, &w->answer);
	(void)buf_str(&w->answer);
	SAYS(w, "HTTP/1.1 431 Request Header Fields Too Large\r\n");
	SAYS(w, "Connection: close\r\n");
	SAYS(w, "\"detail\":\"too \\\"large\\\"\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(search_as_json, up, down),
		cmocka_unit_test_setup_teardown(questions_are_answered_whole, up, down),
		cmocka_unit_test_setup_teardown(search_as_text, up, down),
		cmocka_unit_test_setup_teardown(bad_parameters_are_named, up, down),
		cmocka_unit_test_setup_teardown(a_record_as_json, up, down),
		cmocka_unit_test_setup_teardown(a_log_statement_is_asked_for_by_its_kind, up, down),
		cmocka_unit_test_setup_teardown(records_one_after_another, up, down),
		cmocka_unit_test_setup_teardown(a_record_as_text, up, down),
		cmocka_unit_test_setup_teardown(what_is_missing_is_marked, up, down),
		cmocka_unit_test_setup_teardown(a_proof_is_given_under_the_head_that_is_asked_for, up, down),
		cmocka_unit_test_setup_teardown(a_proof_can_be_verified, up, down),
		cmocka_unit_test_setup_teardown(methods_and_addresses, up, down),
		cmocka_unit_test_setup_teardown(the_form_that_is_preferred, up, down),
		cmocka_unit_test_setup_teardown(heads_and_peers, up, down),
		cmocka_unit_test_setup_teardown(problems_without_a_request, up, down),
		cmocka_unit_test_setup_teardown(what_costs_too_much, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
