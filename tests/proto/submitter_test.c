/* submitter: statements about authors, what they may say, and their signatures (clauses 1.3 and 2.15). */
#include "crypto/encode.h"
#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "proto/submitter.h"
#include "tests/proto/kit.h"

/* RFC 8032, 7.1, TEST 2; the key as SubjectPublicKeyInfo. */
#define KEY "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
#define STATEMENT(subject, body) "{\"kind\":\"submitter\",\"subject\":\"" subject "\",\"submitter\":{" body "}}"
#define GOOD "\"algorithm\":\"ed25519\",\"key\":\"" KEY "\""
#define ADMITTED "\"state\":\"admitted\""

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
		STATEMENT("acme.example", GOOD "," ADMITTED),
		STATEMENT("acme.example", GOOD ",\"kinds\":[\"standard\"],\"prefixes\":[\"Q/ACME\"]," ADMITTED),
		STATEMENT("acme.example", GOOD ",\"state\":\"ended\""),
		STATEMENT("甲公司", GOOD ",\"kinds\":[\"declaration\"]," ADMITTED),
		STATEMENT("acme.example", "\"algorithm\":9,\"key\":\"AAEC\"," ADMITTED),
	};
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (validate(given[i], &err) != OK)
			fail_msg("%s\n%s", err.text, given[i]);
	assert_int_equal(kind_of_word("submitter"), 106);
}

static const struct {
	const char *json, *text;
} bad[] = {
	{ "{\"kind\":\"submitter\",\"submitter\":{" GOOD "," ADMITTED "}}", "subject: missing" },
	{ STATEMENT("", GOOD "," ADMITTED), "subject: empty" },
	{ STATEMENT("a\\nb", GOOD "," ADMITTED), "subject: a control character" },
	{ STATEMENT("acme.example", "\"key\":\"" KEY "\"," ADMITTED), "submitter.algorithm: missing" },
	{ STATEMENT("acme.example", "\"algorithm\":\"ed25519\"," ADMITTED), "submitter.key: missing (clause 2.15)" },
	{ STATEMENT("acme.example", "\"algorithm\":\"ed25519\",\"key\":\"AAEC\"," ADMITTED),
	  "submitter.key: not a public key" },
	{ STATEMENT("acme.example", "\"algorithm\":\"sm2-sm3\",\"key\":\"" KEY "\"," ADMITTED),
	  "submitter.key: of another algorithm (clause 2.15)" },
	{ STATEMENT("acme.example", GOOD), "submitter.state: missing" },
	{ STATEMENT("acme.example", GOOD ",\"kinds\":[\"\"]," ADMITTED), "submitter.kinds[0]: not a kind of record" },
	{ STATEMENT("acme.example", GOOD ",\"prefixes\":[\"GB\",\"a\\nb\"]," ADMITTED),
	  "submitter.prefixes[1]: a control character" },
};

static void bad_statements_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = { 0 };
		assert_int_equal(validate(bad[i].json, &err), ERR_INVALID);
		if (strncmp(err.text, bad[i].text, strlen(bad[i].text)) != 0)
			fail_msg("%s\nexpected %s", err.text, bad[i].text);
	}
}

static void prefixes_end_with_words(void **state)
{
	static const struct {
		const char *prefix, *text;
		bool covers;
	} given[] = {
		{ "GB", "GB 5009.3-2016", true },
		{ "GB", "GB/T 19001-2016", true },
		{ "GB/T", "GB/T 19001-2016", true },
		{ "GB/T", "GB 5009.3-2016", false },
		{ "GB", "GBZ 1-2010", false },
		{ "GB/T 19001", "GB/T 19001-2016", true },
		{ "GB/T 1900", "GB/T 19001-2016", false },
		{ "Q/", "Q/ABC 0001S-2018", true },
		{ "Q/ABC", "Q/ABCD 0001S-2018", false },
		{ "T/CECS", "T/CECS", true },
		{ "甲", "甲乙", false },
		{ "", "GB 1", false },
		{ "GB 5009.3-2016 and more", "GB 5009.3-2016", false },
	};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (submitter_prefix_covers(given[i].prefix, given[i].text) != given[i].covers)
			fail_msg("%s / %s", given[i].prefix, given[i].text);
}

static void what_an_author_may_say(void **state)
{
	struct arena arena = { 0 };
	struct submitter s;
	struct err err = { 0 };
	bool anyhow;
	const Normlink__Record *gb = kit_record(&arena, "{\"kind\":\"standard\",\"subject\":\"GB 1\",\"standard\":{}}");
	const Normlink__Record *q = kit_record(&arena, "{\"kind\":\"standard\",\"subject\":\"Q/A 1\",\"standard\":{}}");
	const Normlink__Record *own = kit_record(&arena, STATEMENT("acme.example", GOOD "," ADMITTED));
	assert_int_equal(submitter_read(gb, &s, &err), ERR_INVALID);
	assert_int_equal(submitter_read(own, &s, &err), OK);
	assert_int_equal(submitter_may(&s, gb, &anyhow, &err), ERR_UNTRUSTED); /* no kinds: none */
	own = kit_record(&arena, STATEMENT("acme.example", GOOD ",\"kinds\":[\"standard\",\"submitter\"]," ADMITTED));
	assert_int_equal(submitter_read(own, &s, &err), OK);
	assert_int_equal(submitter_may(&s, gb, &anyhow, &err), OK);
	assert_false(anyhow);
	assert_int_equal(submitter_may(&s, own, &anyhow, &err), ERR_UNTRUSTED); /* about a log: never */
	own = kit_record(&arena,
	                 STATEMENT("acme.example", GOOD ",\"kinds\":[\"standard\"],\"prefixes\":[\"Q/A\"]," ADMITTED));
	assert_int_equal(submitter_read(own, &s, &err), OK);
	assert_int_equal(submitter_may(&s, gb, &anyhow, &err), ERR_UNTRUSTED);
	assert_int_equal(submitter_may(&s, q, &anyhow, &err), OK);
	assert_true(anyhow);
	own = kit_record(&arena, STATEMENT("acme.example", GOOD ",\"kinds\":[\"standard\"],\"state\":\"ended\""));
	assert_int_equal(submitter_read(own, &s, &err), OK);
	assert_int_equal(submitter_may(&s, q, &anyhow, &err), ERR_UNTRUSTED);
	own = kit_record(&arena, STATEMENT("acme.example", "\"algorithm\":9,\"key\":\"AAEC\"," ADMITTED));
	assert_int_equal(submitter_read(own, &s, &err), ERR_UNSUPPORTED);
	arena_free(&arena);
}

/* RFC 8032's secret of TEST 2 behind the head of a PKCS #8 key. */
static struct author_secret *secret(void)
{
	struct buf der = { 0 };
	struct author_secret *out = NULL;
	assert_int_equal(hex_decode(bytes_str("302e020100300506032b657004220420"
	                                      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
	                            &der),
	                 OK);
	assert_int_equal(author_secret_read(buf_bytes(&der), &out, NULL), OK);
	buf_free(&der);
	return out;
}

static void a_signature_is_over_the_record(void **state)
{
	struct arena arena = { 0 };
	struct submitter s;
	struct err err = { 0 };
	struct buf message = { 0 }, signature = { 0 }, payload = { 0 };
	struct author_secret *key = secret();
	const struct bytes record = bytes_str("any bytes");
	assert_int_equal(submitter_read(kit_record(&arena, STATEMENT("acme.example", GOOD "," ADMITTED)), &s, &err), OK);
	author_message(record, &message);
	assert_int_equal(message.len, 19 + record.len);
	author_sign(key, buf_bytes(&message), &signature);
	const struct author_line good = { AUTHOR_ED25519, "acme.example", bytes_of(s.key_id, sizeof s.key_id),
		                              buf_bytes(&signature) };
	const struct author_line other = { AUTHOR_ED25519, "b.example", good.key_id, good.signature };
	const struct author_line lines[] = { other, good };
	size_t which = 9;
	assert_int_equal(submitter_verify(&s, record, lines, 2, &which, &err), OK);
	assert_int_equal(which, 1);
	assert_int_equal(submitter_verify(&s, record, lines, 1, NULL, &err), ERR_UNTRUSTED);
	assert_int_equal(submitter_verify(&s, bytes_str("any byteS"), lines, 2, NULL, &err), ERR_UNTRUSTED);
	const struct author_line another = { AUTHOR_ECDSA_P256, good.author, good.key_id, good.signature };
	assert_int_equal(submitter_verify(&s, record, &another, 1, NULL, &err), ERR_UNTRUSTED);

	/* As a payload, and back. */
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	struct author_line *read;
	struct bytes again;
	size_t count;
	author_payload_write(record, nonce, lines, 2, &payload);
	assert_int_equal(author_payload_read(buf_bytes(&payload), &arena, &again, &read, &count, &err), OK);
	assert_int_equal(count, 2);
	assert_true(bytes_equal(again, record));
	assert_int_equal(submitter_verify(&s, again, read, count, &which, &err), OK);
	author_secret_free(key);
	buf_free(&message);
	buf_free(&signature);
	buf_free(&payload);
	arena_free(&arena);
}

static void what_is_sent(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct buf raw = { 0 }, json = { 0 };
	struct bytes record;
	struct author_line line = { AUTHOR_ED25519, "acme.example", bytes_str("id"), bytes_str("signature") }, back;
	static const uint8_t nonce[NONCE_SIZE] = { 7 };
	author_payload_write(bytes_str("any"), NULL, &line, 1, &raw);
	author_sent_json(bytes_str("any"), &line, &json);
	assert_string_equal(buf_str(&json), "{\"record\":\"YW55\",\"signatures\":[{\"algorithm\":\"ed25519\",\"author\":"
	                                    "\"acme.example\",\"key_id\":\"aWQ=\",\"signature\":\"c2lnbmF0dXJl\"}]}");
	for (int is_json = 0; is_json < 2; is_json++) {
		struct bytes sent = is_json ? buf_bytes(&json) : buf_bytes(&raw);
		assert_int_equal(author_sent_read(sent, is_json, &arena, &record, &back, &err), OK);
		assert_true(bytes_equal(record, bytes_str("any")));
		assert_string_equal(back.author, "acme.example");
		assert_true(bytes_equal(back.signature, bytes_str("signature")));
		for (size_t len = 0; len < sent.len; len++)
			assert_int_not_equal(author_sent_read(bytes_of(sent.data, len), is_json, &arena, &record, &back, &err), OK);
	}
	const struct author_line two[] = { line, line };
	buf_reset(&raw);
	author_payload_write(bytes_str("any"), NULL, two, 2, &raw);
	assert_int_equal(author_sent_read(buf_bytes(&raw), false, &arena, &record, &back, &err), ERR_INVALID);
	buf_reset(&raw);
	author_payload_write(bytes_str("any"), nonce, &line, 1, &raw);
	assert_int_equal(author_sent_read(buf_bytes(&raw), false, &arena, &record, &back, &err), ERR_INVALID);
	buf_free(&raw);
	buf_free(&json);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_statements_pass),           cmocka_unit_test(bad_statements_are_refused),
		cmocka_unit_test(prefixes_end_with_words),        cmocka_unit_test(what_an_author_may_say),
		cmocka_unit_test(a_signature_is_over_the_record), cmocka_unit_test(what_is_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
