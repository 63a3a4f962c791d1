/* record: what is valid, and that what is not is named by field, reason and clause. */
#include "node/base/limits.h"
#include "proto/language.h"
#include "proto/record.h"
#include "tests/proto/kit.h"

/* A record that differs from a good one in one place: head replaces what stands before "standard", and so on. */
#define HEAD "\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\""
#define WITH(more) "{" HEAD "," more ",\"standard\":{}}"
#define BODY(body) "{" HEAD ",\"standard\":{" body "}}"

static int validate(const char *json, struct err *err)
{
	struct arena arena = { 0 };
	struct buf raw = { 0 };
	const Normlink__Record *r = kit_record(&arena, json);
	int rc = record_validate(r, err);
	assert_int_equal(record_encode(r, &raw, NULL), rc);
	assert_true((rc == OK) == (raw.len > 0));
	/* What is decoded is judged as what is built. */
	Normlink__Record *back = NULL;
	struct buf unchecked = { 0 };
	message_encode(&r->base, &unchecked);
	assert_int_equal(record_decode(buf_bytes(&unchecked), &arena, &back, NULL), rc);
	assert_true((rc == OK) == (back != NULL));
	arena_free(&arena);
	buf_free(&raw);
	buf_free(&unchecked);
	return rc;
}

static void good_records_pass(void **state)
{
	static const char *const good[] = {
		kit_good,
		"{" HEAD ",\"standard\":{}}",
		"{\"kind\":\"standard\",\"subject\":\"Some reference of no known family\",\"standard\":{}}",
		WITH("\"texts\":[{\"role\":\"note\",\"lang\":\"und\",\"value\":\"a\\tb\"}]"),
		WITH("\"valid_from\":\"2020-02-29\",\"valid_until\":\"2020-02\""),
		WITH("\"valid_from\":\"2020\",\"valid_until\":\"2020-01-01\""),
		WITH("\"source\":{}"),
		WITH("\"_unknown\":[{\"tag\":200,\"wire\":0,\"data\":\"AQ==\"},{\"tag\":10,\"wire\":0,\"data\":\"AQ==\"}]"),
		BODY("\"adopts\":[{\"target\":\"ISO 9001:2015\"}]"),
		BODY("\"status\":77,\"events\":[{\"type\":99,\"date\":\"1999\"}],\"links\":[{\"type\":50,\"target\":\"x\"}]"),
		WITH("\"texts\":[{\"role\":9,\"lang\":\"en\",\"value\":\"a role of a later version\"}]"),
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct err err = { 0 };
		if (validate(good[i], &err) != OK)
			fail_msg("%s\n%s", err.text, good[i]);
	}
}

#define D32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define VERDICT(subject, body) "{\"kind\":\"verdict\",\"subject\":\"" subject "\",\"verdict\":{" body "}}"
#define DECIDED "\"decision\":\"released\",\"evidence_digest\":\"" D32 "\","
#define HELD "\"size\":0,\"root\":\"" D32 "\","
#define REASON "\"reason\":\"the operator of a.example explained it\""

static void good_verdicts_pass(void **state)
{
	static const char *const given[] = {
		VERDICT("a.example/log", DECIDED HELD REASON),
		VERDICT("iso 9001", DECIDED HELD REASON),
		VERDICT("iso/9001:2015", "\"decision\":3,\"evidence_digest\":\"" D32 "\"," HELD REASON),
	};
	struct err err = { 0 };
	assert_int_equal(validate(given[0], &err), OK);
	assert_int_equal(validate(given[1], &err), ERR_INVALID); /* a blank in a name */
	assert_int_equal(validate(given[2], &err), OK);          /* looks like a designator, and stands as it is */
	struct designator d;
	assert_int_equal(record_subject(NORMLINK__KIND__KIND_VERDICT, "iso/9001:2015", &d, &err), OK);
	assert_string_equal(d.canonical, "iso/9001:2015");
	assert_string_equal(d.undated, "iso/9001:2015");
	assert_int_equal(record_subject(NORMLINK__KIND__KIND_STANDARD, "iso9001:2015", &d, &err), OK);
	assert_string_equal(d.canonical, "ISO 9001:2015");
	assert_int_equal(record_subject(NORMLINK__KIND__KIND_VERDICT, "", &d, &err), ERR_INVALID);
	assert_string_equal(kind_word(104), "verdict");
	assert_int_equal(kind_of_word("verdict"), 104);
	assert_string_equal(decision_word(decision_of_word("abandoned")), "abandoned");
	assert_null(kind_word(100));
}

static const struct {
	const char *json, *text;
} bad_heads[] = {
	{ VERDICT("", DECIDED HELD REASON), "subject: not the name of an origin" },
	{ VERDICT("a+b", DECIDED HELD REASON), "subject: not the name of an origin: a+b (clause 2.7)" },
	{ "{\"kind\":\"verdict\",\"verdict\":{}}", "subject: missing (clause 2.7)" },
	{ "{\"kind\":\"verdict\",\"subject\":\"x\"}", "verdict: missing, and kind asks for it (clause 2.1)" },
	{ "{\"kind\":\"verdict\",\"subject\":\"x\",\"standard\":{}}", "standard: the body of another kind (clause 2.6)" },
	{ "{" HEAD ",\"standard\":{},\"verdict\":{}}", "verdict: the body of another kind (clause 2.6)" },
	{ "{\"kind\":100,\"subject\":\"x\",\"verdict\":{}}", "kind: a kind that this version does not know" },
	{ VERDICT("x", HELD REASON), "verdict.decision: missing (clause 2.7)" },
	{ VERDICT("x", "\"decision\":0," HELD REASON), "verdict.decision: not a code of the list (clause 2.7)" },
	{ VERDICT("x", "\"decision\":1," HELD REASON), "verdict.evidence_digest: missing (clause 2.7)" },
	{ VERDICT("x", "\"decision\":1,\"evidence_digest\":\"AAEC\"," HELD REASON),
	  "verdict.evidence_digest: not 32 bytes (clause 2.7)" },
	{ VERDICT("x", DECIDED "\"root\":\"" D32 "\"," REASON), "verdict.size: missing (clause 2.7)" },
	{ VERDICT("x", DECIDED "\"size\":1," REASON), "verdict.root: missing (clause 2.7)" },
	{ VERDICT("x", DECIDED HELD "\"reason\":\"\""), "verdict.reason: empty" },
	{ VERDICT("x", DECIDED "\"size\":1,\"root\":\"" D32 "\""), "verdict.reason: missing" },
	{ VERDICT("x", DECIDED HELD "\"reason\":\"a\\nb\""), "verdict.reason: a control character" },

	{ "{}", "kind: missing (clause 2.1)" },
	{ "{\"kind\":0,\"subject\":\"x\"}", "kind: not a code of the list (clause 2.1)" },
	{ "{\"kind\":-5,\"subject\":\"x\"}", "kind: not a code of the list (clause 2.1)" },
	{ "{\"kind\":16,\"subject\":\"x\",\"standard\":{}}", "kind: a kind that this version does not know (clause 2.6)" },
	{ "{" HEAD "}", "standard: missing" },
	{ WITH("\"_unknown\":[{\"tag\":31,\"wire\":2,\"data\":\"AA==\"}]"),
	  "field 31: the body of another kind (clause 2.6)" },
	{ "{\"kind\":\"standard\",\"standard\":{}}", "subject: missing (clause 2.2)" },
	{ "{\"kind\":\"standard\",\"subject\":\"\",\"standard\":{}}", "subject: empty (clause 2.2)" },
	{ "{\"kind\":\"standard\",\"subject\":\"  \",\"standard\":{}}", "subject: empty (clause 2.2)" },
	{ "{\"kind\":\"standard\",\"subject\":\"gb/t19001-2016\",\"standard\":{}}",
	  "subject: not in canonical form, which is: GB/T 19001-2016 (clause 2.2)" },
	{ "{\"kind\":\"standard\",\"subject\":\" ISO 9001:2015\",\"standard\":{}}", "not in canonical form" },
	{ "{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\\n\",\"standard\":{}}", "subject: a control character" },
	{ WITH("\"valid_from\":\"2020-13\""), "valid_from: not a date: 2020-13 (clause 2.4)" },
	{ WITH("\"valid_until\":\"\""), "valid_until: not a date" },
	{ WITH("\"valid_from\":\"2021\",\"valid_until\":\"2020\""), "valid_until: before valid_from: 2020 (clause 2.4)" },
	{ WITH("\"valid_from\":\"2020-02\",\"valid_until\":\"2020-01-31\""), "valid_until: before valid_from" },
	{ WITH("\"texts\":[{}]"), "texts[0].role: missing (clause 2.3)" },
	{ WITH("\"texts\":[{\"role\":0}]"), "texts[0].role: not a code" },
	{ WITH("\"texts\":[{\"role\":\"title\",\"value\":\"v\"}]"), "texts[0].lang: missing (clause 2.3)" },
	{ WITH("\"texts\":[{\"role\":\"title\",\"lang\":\"english!\",\"value\":\"v\"}]"),
	  "texts[0].lang: not a language tag: english! (clause 2.3)" },
	{ WITH("\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"v\"},{\"role\":\"title\",\"lang\":\"en\"}]"),
	  "texts[1].value: missing (clause 2.3)" },
	{ WITH("\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"\"}]"), "texts[0].value: empty (clause 2.3)" },
	{ WITH("\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"a\\r\\nb\"}]"),
	  "texts[0].value: a control character" },
	{ WITH("\"source\":{\"name\":\"\"}"), "source.name: empty" },
	{ WITH("\"source\":{\"url\":\"a\\nb\"}"), "source.url: a control character" },
};

static const struct {
	const char *json, *text;
} bad_bodies[] = {
	{ BODY("\"status\":0"), "standard.status: not a code of the list (clause 2.4)" },
	{ BODY("\"stage\":\"6060\""), "standard.stage: not a stage code XX.YY: 6060 (clause 2.4)" },
	{ BODY("\"stage\":\"60.6\""), "standard.stage" },
	{ BODY("\"reference\":\"\""), "standard.reference: empty" },
	{ BODY("\"edition\":\"\\u0007\""), "standard.edition: a control character" },
	{ BODY("\"publisher\":\"\""), "standard.publisher: empty" },
	{ BODY("\"committees\":[\"TC 1\",\"\"]"), "standard.committees[1]: empty" },
	{ BODY("\"events\":[{\"date\":\"2020\"}]"), "standard.events[0].type: missing (clause 2.4)" },
	{ BODY("\"events\":[{\"type\":\"issued\"}]"), "standard.events[0].date: missing (clause 2.4)" },
	{ BODY("\"events\":[{\"type\":\"issued\",\"date\":\"2015\"},{\"type\":\"issued\",\"date\":\"2015\"},"
	       "{\"type\":\"issued\",\"date\":\"2015-13\"}]"),
	  "standard.events[2].date: not a date: 2015-13 (clause 2.4)" },
	{ BODY("\"ics\":[\"03.120.10\",\"3.120\"]"), "standard.ics[1]: not an ICS code: 3.120 (clause 2.4)" },
	{ BODY("\"ccs\":[\"a00\"]"), "standard.ccs[0]: not a CCS code: a00 (clause 2.4)" },
	{ BODY("\"languages\":[\"\"]"), "standard.languages[0]: not a language tag" },
	{ BODY("\"links\":[{\"target\":\"ISO 1\"}]"), "standard.links[0].type: missing (clause 2.5)" },
	{ BODY("\"links\":[{\"type\":\"cites\"}]"), "standard.links[0].target: missing (clause 2.2)" },
	{ BODY("\"links\":[{\"type\":\"cites\",\"target\":\"iso 1\"}]"),
	  "standard.links[0].target: not in canonical form, which is: ISO 1" },
	{ BODY("\"adopts\":[{\"degree\":\"idt\"}]"), "standard.adopts[0].target: missing" },
	{ BODY("\"adopts\":[{\"target\":\"ISO 1\",\"degree\":0}]"), "standard.adopts[0].degree: not a code" },
	{ BODY("\"adopts\":[{\"target\":\"ISO  1\"}]"), "standard.adopts[0].target: not in canonical form" },
};

static void bad_records_are_named(void **state)
{
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof bad_heads / sizeof *bad_heads; i++) {
		if (validate(bad_heads[i].json, &err) != ERR_INVALID)
			fail_msg("passed: %s", bad_heads[i].json);
		kit_expect_text(&err, bad_heads[i].text);
	}
	for (size_t i = 0; i < sizeof bad_bodies / sizeof *bad_bodies; i++) {
		if (validate(bad_bodies[i].json, &err) != ERR_INVALID)
			fail_msg("passed: %s", bad_bodies[i].json);
		kit_expect_text(&err, bad_bodies[i].text);
	}
}

static void sizes_have_limits(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *r = kit_record(&arena, kit_good);
	char *longest = arena_get(&arena, TEXT_MAX + 2);
	memset(longest, 'x', TEXT_MAX);
	r->texts[0]->value = longest;
	assert_int_equal(record_validate(r, &err), OK);
	longest[TEXT_MAX] = 'x';
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "texts[0].value: too long (clause 2.3)");
	r->texts[0]->value = arena_str(&arena, "short");
	longest[LABEL_MAX + 1] = '\0';
	r->standard->publisher = longest;
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "standard.publisher: too long");
	longest[LABEL_MAX] = '\0';
	assert_int_equal(record_validate(r, &err), OK);
	longest[SUBJECT_MAX + 1] = '\0';
	r->subject = longest;
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "subject: too long");
	longest[SUBJECT_MAX] = '\0';
	assert_int_equal(record_validate(r, &err), OK);
	arena_free(&arena);
}

static void lists_have_limits(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *r = kit_record(&arena, kit_good);
	Normlink__Text **texts = arena_array(&arena, RECORD_TEXTS_MAX + 1, sizeof *texts);
	char **codes = arena_array(&arena, RECORD_LIST_MAX + 1, sizeof *codes);
	for (size_t i = 0; i <= RECORD_TEXTS_MAX; i++)
		texts[i] = r->texts[0];
	for (size_t i = 0; i <= RECORD_LIST_MAX; i++)
		codes[i] = r->standard->ics[0];
	r->texts = texts;
	r->n_texts = RECORD_TEXTS_MAX;
	r->standard->ics = codes;
	r->standard->n_ics = RECORD_LIST_MAX;
	assert_int_equal(record_validate(r, &err), OK);
	r->n_texts++;
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "texts: too many");
	r->n_texts--;
	r->standard->n_ics++;
	assert_int_equal(record_validate(r, &err), ERR_LIMIT);
	kit_expect_text(&err, "standard.ics: too many");
	arena_free(&arena);
}

static void a_whole_record_has_a_limit(void **state)
{
	struct arena arena = { 0 };
	struct buf raw = { 0 };
	struct err err = { 0 };
	Normlink__Record *r = kit_record(&arena, kit_good), *back = NULL;
	Normlink__Text *texts[5] = { r->texts[0], r->texts[0], r->texts[0], r->texts[0], r->texts[0] };
	char *value = arena_get(&arena, TEXT_MAX + 1);
	memset(value, 'x', TEXT_MAX - 2048);
	r->texts[0]->value = value;
	r->texts = texts;
	r->n_texts = 4;
	assert_int_equal(record_encode(r, &raw, &err), OK);
	assert_int_equal(record_decode(buf_bytes(&raw), &arena, &back, &err), OK);
	r->n_texts = 5;
	buf_reset(&raw);
	assert_int_equal(record_encode(r, &raw, &err), ERR_LIMIT);
	assert_int_equal(raw.len, 0);
	message_encode(&r->base, &raw);
	assert_int_equal(record_decode(buf_bytes(&raw), &arena, &back, &err), ERR_LIMIT);
	kit_expect_text(&err, "(clause 2.1)");
	arena_free(&arena);
	buf_free(&raw);
}

static void what_is_built_is_checked_for_utf8(void **state)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	Normlink__Record *r = kit_record(&arena, kit_good);
	r->texts[1]->value = arena_str(&arena, "caf\xe9");
	assert_int_equal(record_validate(r, &err), ERR_INVALID);
	kit_expect_text(&err, "texts[1].value: not UTF-8 (clause 2.3)");
	r = kit_record(&arena, kit_good);
	r->subject = arena_str(&arena, "\xff");
	assert_int_equal(record_validate(r, &err), ERR_INVALID);
	kit_expect_text(&err, "subject: not UTF-8");
	arena_free(&arena);
}

static void dates_are_of_the_calendar(void **state)
{
	static const char *const good[] = { "2015",       "2015-01",    "2015-12", "2015-02-28",
		                                "2016-02-29", "2000-02-29", "0001",    "9999-12-31" };
	static const char *const bad[] = {
		"",           "201",        "20155",      "2015-",       "2015-1",      "2015-00",
		"2015-13",    "2015-01-00", "2015-01-32", "2015-02-29",  "1900-02-29",  "2015-04-31",
		"2015/01/01", "2015-1-1",   "2015-01-1",  "2015-01-01 ", " 2015-01-01", "2015-01-01T",
		"15-01-01",   "0000",       "２０１５",   "2015-0a",     "-015",        "2015-01-011"
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!date_valid(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (date_valid(bad[i]))
			fail_msg("%s", bad[i]);
}

static void codes_have_their_form(void **state)
{
	static const char *const ics[] = { "",         "0",          "003",    "03.",    "03.12",     "03.1200", "03.120.",
		                               "03.120.1", "03.120.100", "03-120", "a3.120", "03.120.1x", "03 120" };
	static const char *const stages[] = { "", "60", "60.", "60.6", "60.600", "6060", "60,60", "a0.60", "60.6x" };
	assert_true(ics_valid("03") && ics_valid("03.120") && ics_valid("03.120.10") && ics_valid("97.140"));
	assert_true(stage_valid("00.00") && stage_valid("60.60") && stage_valid("95.99"));
	for (size_t i = 0; i < sizeof ics / sizeof *ics; i++)
		if (ics_valid(ics[i]))
			fail_msg("%s", ics[i]);
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (stage_valid(stages[i]))
			fail_msg("%s", stages[i]);
}

static void language_tags_are_well_formed(void **state)
{
	static const char *const good[] = { "en",
		                                "zh",
		                                "zh-Hans",
		                                "ja-Latn",
		                                "zh-Hant-TW",
		                                "zh-yue-HK",
		                                "zh-cmn-Hans-CN",
		                                "es-419",
		                                "sl-rozaj-biske",
		                                "de-CH-1901",
		                                "de-1996",
		                                "en-a-bbb-x-a-ccc",
		                                "x-whatever",
		                                "qaa-Qaaa-QM-x-southern",
		                                "en-u-islamcal",
		                                "hy-Latn-IT-arevela",
		                                "und",
		                                "abcd",
		                                "EN-gb",
		                                "zh-abc-def-ghi" };
	static const char *const bad[] = { "",
		                               "e",
		                               "1",
		                               "en-",
		                               "-en",
		                               "en--gb",
		                               "en_GB",
		                               "english language",
		                               "123",
		                               "a-DE",
		                               "en-x",
		                               "x",
		                               "x-",
		                               "en-a",
		                               "en-a-x-b",
		                               "de-1901-1901",
		                               "en-a-bb-a-cc",
		                               "zh-Hans-Hant",
		                               "en-GB-US",
		                               "abcdefghi",
		                               "en-abcdefghi",
		                               "i-klingon",
		                               "zh-a-",
		                               "中文",
		                               "de-419-DE",
		                               "abcd-efg-hij",
		                               "en-GB-",
		                               "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!language_valid(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (language_valid(bad[i]))
			fail_msg("%s", bad[i]);
}

static void words_and_values_agree(void **state)
{
	assert_string_equal(kind_word(1), "standard");
	assert_string_equal(status_word(NORMLINK__STATUS__STATUS_SUPERSEDED), "superseded");
	assert_string_equal(event_word(NORMLINK__EVENT_TYPE__EVENT_ISSUED), "issued");
	assert_string_equal(link_word(NORMLINK__LINK_TYPE__LINK_REPLACED_BY), "replaced-by");
	assert_string_equal(degree_word(NORMLINK__DEGREE__DEGREE_NEQ), "neq");
	assert_string_equal(role_word(NORMLINK__ROLE__ROLE_ABSTRACT), "abstract");
	const char *(*const words[])(int) = { kind_word, status_word, event_word, link_word, degree_word, role_word };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		assert_null(words[i](0));
		assert_null(words[i](-1));
		assert_null(words[i](1000));
	}
	for (int i = 1; status_word(i) != NULL; i++)
		assert_int_equal(status_of_word(status_word(i)), i);
	for (int i = 1; degree_word(i) != NULL; i++)
		assert_int_equal(degree_of_word(degree_word(i)), i);
	assert_int_equal(kind_of_word("standard"), 1);
	assert_int_equal(kind_of_word("Standard"), 0);
	assert_int_equal(status_of_word(""), 0);
	assert_int_equal(degree_of_word("identical"), 0);
}

/* The words of record.h are those of the JSON: one spelling everywhere. */
static void words_are_those_of_the_json(void **state)
{
	static const struct {
		const ProtobufCEnumDescriptor *list;
		const char *(*word)(int);
		const char *format;
	} lists[] = {
		{ &normlink__status__descriptor, status_word, BODY("\"status\":\"%s\"") },
		{ &normlink__event_type__descriptor, event_word, BODY("\"events\":[{\"type\":\"%s\",\"date\":\"2015\"}]") },
		{ &normlink__link_type__descriptor, link_word, BODY("\"links\":[{\"type\":\"%s\",\"target\":\"ISO 1\"}]") },
		{ &normlink__degree__descriptor, degree_word, BODY("\"adopts\":[{\"degree\":\"%s\",\"target\":\"ISO 1\"}]") },
		{ &normlink__role__descriptor, role_word,
		  WITH("\"texts\":[{\"role\":\"%s\",\"lang\":\"en\",\"value\":\"v\"}]") },
	};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (unsigned v = 0; v < lists[i].list->n_values; v++) {
			const char *word = lists[i].word(lists[i].list->values[v].value);
			assert_non_null(word);
			const char *mark = strstr(lists[i].format, "%s");
			struct buf json = { 0 };
			buf_add(&json, lists[i].format, (size_t)(mark - lists[i].format));
			buf_add_str(&json, word);
			buf_add_str(&json, mark + 2);
			assert_int_equal(validate(buf_str(&json), NULL), OK);
			buf_free(&json);
		}
}

static void the_text_nearest_to_the_reader(void **state)
{
	struct arena arena = { 0 };
	const Normlink__Record *r =
	    kit_record(&arena, WITH("\"texts\":[{\"role\":\"note\",\"lang\":\"fr\",\"value\":\"note\"},"
	                            "{\"role\":\"title\",\"lang\":\"ja\",\"value\":\"j\"},{\"role\":\"title\",\"lang\":"
	                            "\"zh-Hant\",\"value\":\"t\"},"
	                            "{\"role\":\"title\",\"lang\":\"en-GB\",\"value\":\"e\"},{\"role\":\"title\",\"lang\":"
	                            "\"zh-Hans\",\"value\":\"s\"}]"));
	int title = NORMLINK__ROLE__ROLE_TITLE;
	assert_string_equal(record_text(r, title, "zh-hans"), "s");
	assert_string_equal(record_text(r, title, "zh"), "t");
	assert_string_equal(record_text(r, title, "zh-CN"), "t");
	assert_string_equal(record_text(r, title, "en"), "e");
	assert_string_equal(record_text(r, title, "fr"), "e");
	assert_string_equal(record_text(r, title, "z"), "e");
	assert_string_equal(record_text(r, title, ""), "j");
	assert_string_equal(record_text(r, NORMLINK__ROLE__ROLE_NOTE, "zh"), "note");
	assert_null(record_text(r, NORMLINK__ROLE__ROLE_ABSTRACT, "en"));
	arena_free(&arena);
}

static void the_first_date_of_a_type(void **state)
{
	struct arena arena = { 0 };
	const Normlink__Record *r = kit_record(&arena, kit_good);
	assert_string_equal(record_date(r, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED), "2016-12-30");
	assert_string_equal(record_date(r, NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED), "2017-07");
	assert_null(record_date(r, NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_records_pass),
		cmocka_unit_test(good_verdicts_pass),
		cmocka_unit_test(bad_records_are_named),
		cmocka_unit_test(sizes_have_limits),
		cmocka_unit_test(lists_have_limits),
		cmocka_unit_test(a_whole_record_has_a_limit),
		cmocka_unit_test(what_is_built_is_checked_for_utf8),
		cmocka_unit_test(dates_are_of_the_calendar),
		cmocka_unit_test(codes_have_their_form),
		cmocka_unit_test(language_tags_are_well_formed),
		cmocka_unit_test(words_and_values_agree),
		cmocka_unit_test(words_are_those_of_the_json),
		cmocka_unit_test(the_text_nearest_to_the_reader),
		cmocka_unit_test(the_first_date_of_a_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
