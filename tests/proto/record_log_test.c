/* record_log: sharing and redaction statements (clause 2.7): what is valid, and what is refused with which words. */
#include "proto/record.h"
#include "tests/proto/kit.h"

#define D32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define SHARING(subject, body) "{\"kind\":\"sharing\",\"subject\":\"" subject "\",\"sharing\":{" body "}}"
#define REDACTION(subject, body) "{\"kind\":\"redaction\",\"subject\":\"" subject "\",\"redaction\":{" body "}}"
#define DIGEST "\"payload_digest\":\"" D32 "\","
#define WHY "\"reason\":\"names a person\",\"basis\":\"GDPR, article 17\""

static int validate(const char *json, struct err *err)
{
	struct arena arena = { 0 };
	int rc = record_validate(kit_record(&arena, json), err);
	arena_free(&arena);
	return rc;
}

static void good_statements_pass(void **state)
{
	static const char *const given[] = {
		SHARING("members", "\"origins\":[\"a.example/log\",\"b.example/log\"]"),
		SHARING("tc-176.drafts", ""),
		REDACTION("0", "\"index\":0," DIGEST WHY),
		REDACTION("1234067", "\"index\":1234067," DIGEST WHY),
	};
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (validate(given[i], &err) != OK)
			fail_msg("%s\n%s", err.text, given[i]);
	assert_int_equal(kind_of_word("sharing"), 101);
	assert_int_equal(kind_of_word("redaction"), 102);
}

static const struct {
	const char *json, *text;
} bad[] = {
	{ SHARING("public", ""), "subject: not the name of a collection that is shared: public (clause 2.7)" },
	{ SHARING("Members", ""), "subject: not the name of a collection" },
	{ SHARING("", ""), "subject: not the name of a collection" },
	{ "{\"kind\":\"sharing\",\"sharing\":{}}", "subject: missing (clause 2.7)" },
	{ "{\"kind\":\"sharing\",\"subject\":\"a\",\"redaction\":{}}", "sharing: missing, and kind asks for it" },
	{ SHARING("members", "\"origins\":[\"a.example/log\",\"a b\"]"),
	  "sharing.origins[1]: not the name of an origin: a b (clause 2.7)" },
	{ REDACTION("1", DIGEST WHY), "redaction.index: missing (clause 2.7)" },
	{ REDACTION("01", "\"index\":1," DIGEST WHY), "subject: not the index in decimal: 01" },
	{ REDACTION("2", "\"index\":1," DIGEST WHY), "subject: not the index in decimal: 2" },
	{ REDACTION("18446744073709551615", "\"index\":\"18446744073709551615\"," DIGEST WHY),
	  "redaction.index: not the number of an entry" },
	{ REDACTION("1", "\"index\":1," WHY), "redaction.payload_digest: missing" },
	{ REDACTION("1", "\"index\":1,\"payload_digest\":\"AAEC\"," WHY), "redaction.payload_digest: not 32 bytes" },
	{ REDACTION("1", "\"index\":1," DIGEST "\"basis\":\"b\""), "redaction.reason: missing" },
	{ REDACTION("1", "\"index\":1," DIGEST "\"reason\":\"r\""), "redaction.basis: missing" },
	{ REDACTION("1", "\"index\":1," DIGEST "\"reason\":\"r\\n\",\"basis\":\"b\""),
	  "redaction.reason: a control character" },
};

static void bad_statements_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		if (validate(bad[i].json, &err) != ERR_INVALID)
			fail_msg("passed: %s", bad[i].json);
		kit_expect_text(&err, bad[i].text);
	}
}

static void no_list_of_origins_is_too_long(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *r = kit_record(&arena, SHARING("members", ""));
	r->sharing->n_origins = SHARING_ORIGINS_MAX;
	r->sharing->origins = arena_array(&arena, SHARING_ORIGINS_MAX + 1, sizeof *r->sharing->origins);
	for (size_t i = 0; i <= SHARING_ORIGINS_MAX; i++)
		r->sharing->origins[i] = arena_str(&arena, "a.example/log");
	assert_int_equal(record_validate(r, &err), OK);
	r->sharing->n_origins++;
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "sharing.origins: too many items");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_statements_pass),
		cmocka_unit_test(bad_statements_are_refused),
		cmocka_unit_test(no_list_of_origins_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
