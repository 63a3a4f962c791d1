/* kinds: how records of every kind read, as JSON and at a terminal. */
#include "tests/api/world.h"

#define D32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static void any_body_reads_as_lines(void **state)
{
	struct world *w = *state;
	toy_add(
	    &w->toy,
	    "{\"kind\":\"adoption\",\"subject\":\"GB 1-2024\",\"adoption\":{\"sources\":[{\"target\":\"IEC 1:2020\","
	    "\"degree\":\"mod\",\"date\":\"2024-07\",\"deviations\":[{\"clause\":\"7.12\",\"type\":\"added\",\"reason\":"
	    "\"language\"}]},{\"target\":\"IEC 2:2020\",\"degree\":77}]}}");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%201-2024"), 200);
	SAYS(w, "\r\n\r\nGB 1-2024  (adoption)\n\n"
	        "  sources      IEC 1:2020; mod; 2024-07\n"
	        "  deviations   7.12; added; reason language\n"
	        "               IEC 2:2020; 77\n");
	toy_add(
	    &w->toy,
	    "{\"kind\":\"indicator\",\"subject\":\"GB 2-2024#M1\",\"indicator\":{\"quantity\":{\"min\":\"0.5\",\"below\":"
	    "\"1e2\",\"unit\":\"mm\",\"text\":\"dry\"},\"obligation\":\"mandatory\"}}");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%202-2024%23M1"), 200);
	SAYS(w, "  quantity     >= 0.5, < 1e2 mm, dry\n  obligation   mandatory\n");
	toy_add(&w->toy, "{\"kind\":\"deposit\",\"subject\":\"GB 2-2024#pdf\",\"deposit\":{\"digest\":\"" D32
	                 "\",\"size\":\"18446744073709551615\",\"access\":\"open\"}}");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%202-2024%23pdf"), 200);
	SAYS(w, "  digest       000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
	toy_add(&w->toy,
	        "{\"kind\":\"authority\",\"subject\":\"a.example/log\",\"authority\":{\"prefixes\":[\"GB\",\"GB/T\"]}}");
	assert_int_equal(ask_text(w, "/api/v1/records/a.example%2Flog?kind=authority"), 200);
	SAYS(w, "  prefixes     GB, GB/T\n");
}

static void a_project_reads_like_a_standard(void **state)
{
	struct world *w = *state;
	toy_add(
	    &w->toy,
	    "{\"kind\":\"project\",\"subject\":\"P 1\",\"project\":{\"reference\":\"GB 3\",\"status\":\"preparation\","
	    "\"events\":[{\"type\":\"approved\",\"date\":\"2024-03\",\"stage\":\"20.00\"}],\"planned\":[{\"type\":"
	    "\"published\",\"date\":\"2026\"}],\"consultations\":[{\"opens\":\"2025-06\",\"closes\":\"2025-07\"}],\"ics\":"
	    "[\"03.120\"],\"adopts\":[{\"target\":\"ISO 3:2025\",\"degree\":\"idt\"}]}}");
	assert_int_equal(ask_text(w, "/api/v1/records/P%201"), 200);
	SAYS(w, "  makes        GB 3\n  status       preparation\n  approved     2024-03, stage 20.00\n"
	        "  to be published 2026\n  ICS          03.120\n  comments     2025-06 to 2025-07\n"
	        "  adopts       ISO 3:2025 (IDT)\n");
	assert_int_equal(ask(w, "/api/v1/search?q=P%201"), 200);
	SAYS(w, "\"kind\":\"project\",\"subject\":\"P 1\",\"titles\":[],\"status\":\"preparation\",\"date\":\"2024-03\","
	        "\"ics\":[\"03.120\"],\"href\":\"/api/v1/records/P%201?kind=project\"");
}

static void a_standard_and_what_else_is_said(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy,
	        "{\"kind\":\"review\",\"subject\":\"GB 4-2024#1\",\"review\":{\"type\":\"periodic\",\"conclusion\":"
	        "\"confirm\",\"date\":\"2026\"}}");
	toy_add(&w->toy,
	        "{\"kind\":\"review\",\"subject\":\"GB 4-2024#22\",\"review\":{\"type\":\"periodic\",\"conclusion\":"
	        "\"revise\"}}");
	toy_add(&w->toy, "{\"kind\":\"translation\",\"subject\":\"GB 4-2024#en\",\"retraction\":{\"reason\":\"bad\"},"
	                 "\"translation\":{}}");
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"GB 4-2025\",\"standard\":{}}");
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"GB 4-2024\",\"standard\":{}}");
	assert_int_equal(ask_text(w, "/api/v1/records/GB%204"), 200);
	SAYS(w, "\r\n\r\nGB 4-2024\n\n");
	SAYS(w, "translation (1)\n  GB 4-2024#en  retracted ");
	SAYS(w, "review (2)\n  GB 4-2024#22  periodic                 sac.example/log #4\n"
	        "  GB 4-2024#1   periodic     2026        sac.example/log #3\n");
	SAYS(w, "other editions\n  GB 4-2025  ");
	assert_int_equal(ask(w, "/api/v1/records/GB%204-2024"), 200);
	SAYS(w, "\"record\":{\"kind\":\"translation\",\"subject\":\"GB 4-2024#en\",\"retraction\":{\"reason\":\"bad\"},"
	        "\"translation\":{}},\"retracted\":true,\"kind\":\"translation\"");
	SAYS(w, "\"retracted\":false,\"kind\":\"standard\"");
	/* Of a kind with fragments, the standard asks for all. */
	assert_int_equal(ask(w, "/api/v1/records/GB%204-2024?kind=review"), 200);
	SAYS(w, "GB 4-2024#22");
	assert_int_equal(ask(w, "/api/v1/records/GB%204-2024/revisions"), 200);
	SAYS(w, "\"current\":true,\"kind\":\"review\"");
}

static void why_a_revision_came(void **state)
{
	struct world *w = *state;
	toy_add(
	    &w->toy,
	    "{\"kind\":\"body\",\"subject\":\"B 1\",\"oddities\":[{\"type\":\"code\",\"field\":\"body.codes[0]\",\"found\":"
	    "\"99\"}],\"correction\":{\"index\":2,\"reason\":\"a typing "
	    "error\"},\"body\":{\"roles\":[\"standards\",\"pilot\"],"
	    "\"codes\":[{\"scheme\":\"USCC\",\"value\":\"1\"}]}}");
	assert_int_equal(ask_text(w, "/api/v1/records/B%201"), 200);
	SAYS(w, "  corrects     entry 2: a typing error\n  odd          body.codes[0]: code, found: 99\n"
	        "  roles        standards, pilot\n  codes        USCC; value 1\n");
	toy_add(&w->toy, "{\"kind\":\"body\",\"subject\":\"B 1\",\"retraction\":{\"reason\":\"dissolved\"},\"body\":{}}");
	assert_int_equal(ask_text(w, "/api/v1/records/B%201"), 200);
	SAYS(w, "  RETRACTED    dissolved\n");
}

static void a_kind_must_have_a_name(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_text(w, "/api/v1/search?kind=tale"), 400);
	SAYS(w, "tale is not a kind of record: standard, project, adoption, ");
	SAYS(w, ", authority, submitter, index");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_body_reads_as_lines, up, down),
		cmocka_unit_test_setup_teardown(a_project_reads_like_a_standard, up, down),
		cmocka_unit_test_setup_teardown(a_standard_and_what_else_is_said, up, down),
		cmocka_unit_test_setup_teardown(why_a_revision_came, up, down),
		cmocka_unit_test_setup_teardown(a_kind_must_have_a_name, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
