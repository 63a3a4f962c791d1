/* figures: a small world counted by hand, from whatever node and however its entries came. */
#include "proto/json.h"
#include "tests/store/kit.h"

enum { DAY = 20220630 };

static struct scratch scratch;
static struct store *store;
static struct maker sac;

static int set_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	maker_init(&sac, "sac.example/log");
	return 0;
}

static int tear_down(void **state)
{
	store_close(store);
	maker_close(&sac);
	scratch_remove(&scratch);
	return 0;
}

/* The record that this JSON describes, as the next entry. */
static void say(struct store *s, struct maker *m, const char *json)
{
	struct arena arena = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	ProtobufCMessage *message = NULL;
	struct err err = { 0 };
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(m->tree) };
	int rc = json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, &err);
	if (rc == OK)
		rc = record_encode((const Normlink__Record *)message, &record, &err);
	if (rc != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	apply_one(s, maker_entries(m, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&arena);
}

#define STANDARD(subject, body) "{\"kind\":\"standard\",\"subject\":\"" subject "\",\"standard\":{" body "}}"
#define CURRENT "\"status\":\"current\""
#define PUBLISHED(date) ",\"events\":[{\"type\":\"published\",\"date\":\"" date "\"}]"
#define ADOPTS(target, degree) ",\"adopts\":[{\"target\":\"" target "\"" degree "}]"

/* Entries of the world, in order. */
static const char *const world[] = {
	/* 24 months; confirmed two years before the day */
	STANDARD("GB/T 19001-2016",
	         CURRENT ",\"events\":[{\"type\":\"proposed\",\"date\":\"2014-12\"},{\"type\":\"published\",\"date\":"
	                 "\"2016-12-30\"},{\"type\":\"confirmed\",\"date\":\"2020-05-01\"}],\"ics\":[\"03.120.10\","
	                 "\"03.100\",\"01\"]" ADOPTS("ISO 9001:2015", ",\"degree\":\"idt\"")),
	STANDARD("GB 5009.3-2016", CURRENT PUBLISHED("2016-08") ",\"ics\":[\"67.050\"]"),
	STANDARD("GB/T 20000-2001",
	         "\"status\":\"withdrawn\"" PUBLISHED("2001") ADOPTS("ISO 2:2000", ",\"degree\":\"idt\"")),
	/* 14 months */
	STANDARD("T/CECS 700-2020", CURRENT ",\"events\":[{\"type\":\"stage\",\"date\":\"2019-01-10\",\"stage\":\"10.99\"},"
	                                    "{\"type\":\"approved\",\"date\":\"2019-05-02\"},"
	                                    "{\"type\":\"published\",\"date\":\"2020-03-01\"}]"),
	STANDARD("Q/ABC 001-2018", CURRENT),
	STANDARD("DB11/T 1234-2022", "\"status\":\"upcoming\",\"events\":[{\"type\":\"issued\",\"date\":\"2022-05-01\"}]"),
	STANDARD("ISO 1:2016", CURRENT PUBLISHED("2016-08-12") ",\"ics\":[\"03\"]"),
	STANDARD("GB/T 5-2010", CURRENT PUBLISHED("2010-01-10")),
	"{\"kind\":\"adoption\",\"subject\":\"GB/T 5-2010\",\"adoption\":{\"sources\":[{\"target\":\"ISO 5:2008\","
	"\"degree\":\"mod\"}]}}",
	STANDARD("GB/T 6-2010", CURRENT ADOPTS("ISO 6:2001", ",\"degree\":\"neq\"")),
	STANDARD("GB/T 7-2010", CURRENT ADOPTS("ISO 7:2001", "")),
	STANDARD("GB/T 7-2010", "\"status\":\"withdrawn\",\"level\":\"sector\",\"obligation\":\"guidance\""),
	STANDARD("GB/T 8-2010", CURRENT),
	"{\"kind\":\"standard\",\"subject\":\"GB/T 8-2010\",\"retraction\":{\"reason\":\"a mistake\"},\"standard\":{}}",
	/* DIN is not international; the degree to ISO is not told */
	STANDARD("GB/T 9-2010", CURRENT ADOPTS("DIN 9:2001", ",\"degree\":\"idt\"")),
	STANDARD("GB/T 10-2010", CURRENT ADOPTS("ISO 10:2001", "")),
	/* 24 months, of GB/T 5; 36, of what nobody has */
	"{\"kind\":\"project\",\"subject\":\"20080001-T-469\",\"project\":{\"reference\":\"GB/T 5-2010\",\"events\":[{"
	"\"type\":\"approved\",\"date\":\"2008-01-31\"}]}}",
	"{\"kind\":\"project\",\"subject\":\"20150002-T-469\",\"project\":{\"events\":[{\"type\":\"stage\",\"date\":\"2015-"
	"06\",\"stage\":\"20.00\"},{\"type\":\"stage\",\"date\":\"2018-06\",\"stage\":\"60.60\"}]}}",
	"{\"kind\":\"review\",\"subject\":\"GB 5009.3-2016#2021\",\"review\":{\"type\":\"periodic\",\"conclusion\":"
	"\"confirm\",\"date\":\"2021-09-01\"}}",
	"{\"kind\":\"review\",\"subject\":\"GB/T 5-2010#tuv\",\"review\":{\"type\":\"evaluation\",\"conclusion\":"
	"\"confirm\",\"date\":\"2022-01-01\"}}",
	"{\"kind\":\"translation\",\"subject\":\"GB/T 19001-2016#en\",\"translation\":{\"standing\":\"official\"}}",
	"{\"kind\":\"translation\",\"subject\":\"GB/T 19001-2016#fr\",\"translation\":{\"standing\":\"unofficial\"}}",
	"{\"kind\":\"translation\",\"subject\":\"GB 5009.3-2016#en\",\"translation\":{\"standing\":\"official\"}}",
	/* 30 days; overdue; not over before the year is */
	"{\"kind\":\"feedback\",\"subject\":\"F-1\",\"feedback\":{\"type\":\"question\",\"about\":[\"GB 5009.3-2016\"],"
	"\"date\":\"2021-01-15\",\"steps\":[{\"type\":\"received\",\"date\":\"2021-01-15\"},{\"type\":\"closed\",\"date\":"
	"\"2021-02-14\"}]}}",
	"{\"kind\":\"feedback\",\"subject\":\"F-2\",\"feedback\":{\"type\":\"report\",\"about\":[\"GB 5009.3-2016\"],"
	"\"date\":\"2021-02-01\",\"steps\":[{\"type\":\"closed\",\"date\":\"2021-02-02\"},{\"type\":\"reopened\",\"date\":"
	"\"2021-02-03\",\"deadline\":\"2022-06-29\"}]}}",
	"{\"kind\":\"feedback\",\"subject\":\"F-3\",\"feedback\":{\"type\":\"report\",\"about\":[\"GB 5009.3-2016\"],"
	"\"date\":\"2021-02-01\",\"steps\":[{\"type\":\"received\",\"date\":\"2021-02-01\",\"deadline\":\"2022\"}]}}",
};

static void say_world(void)
{
	for (size_t i = 0; i < sizeof world / sizeof *world; i++)
		say(store, &sac, world[i]);
}

/* ---- asking ---- */

static void count_as(struct store *s, const struct figure_question *question, struct arena *arena,
                     struct figure_list *out)
{
	struct view v = store_view(s);
	struct err err = { 0 };
	int rc = v.statistics(v.ctx, question, arena, out, &err);
	if (rc != OK)
		fail_msg("statistics: %s", err.text);
}

static void count(struct store *s, const char *origin, int64_t day, struct arena *arena, struct figure_list *out)
{
	const struct figure_question question = { .origin = origin, .day = day };
	count_as(s, &question, arena, out);
}

static void expect_in(const struct figure_list *list, enum figure figure, const char *key, uint64_t n, uint64_t of)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct figure_row *r = &list->v[i];
		if (r->figure != figure || strcmp(r->key, key) != 0)
			continue;
		if (r->numerator != n || r->denominator != of)
			fail_msg("figure %d %s is %llu/%llu, expected %llu/%llu", (int)figure, key,
			         (unsigned long long)r->numerator, (unsigned long long)r->denominator, (unsigned long long)n,
			         (unsigned long long)of);
		return;
	}
	if (n != 0 || figure != FIGURE_YEAR)
		fail_msg("figure %d has no row %s", (int)figure, key);
}

static void expect(enum figure figure, const char *key, uint64_t n, uint64_t of)
{
	struct arena arena = { 0 };
	struct figure_list list;
	count(store, NULL, DAY, &arena, &list);
	expect_in(&list, figure, key, n, of);
	arena_free(&arena);
}

/* ---- the tests ---- */

enum { STANDARDS = 12, NATIONAL = 6, ALIVE = 9 };

static void standards_are_counted(void **state)
{
	say_world();
	expect(FIGURE_LEVEL, "international", 1, STANDARDS);
	expect(FIGURE_LEVEL, "national", 7, STANDARDS);
	expect(FIGURE_LEVEL, "sector", 1, STANDARDS); /* its record says so */
	expect(FIGURE_LEVEL, "local", 1, STANDARDS);
	expect(FIGURE_LEVEL, "association", 1, STANDARDS);
	expect(FIGURE_LEVEL, "enterprise", 1, STANDARDS);
	expect(FIGURE_LEVEL, "unknown", 0, STANDARDS);
	expect(FIGURE_STATUS, "current", ALIVE, STANDARDS);
	expect(FIGURE_STATUS, "withdrawn", 2, STANDARDS);
	expect(FIGURE_STATUS, "upcoming", 1, STANDARDS);
	expect(FIGURE_OBLIGATION, "mandatory", 1, STANDARDS);
	expect(FIGURE_OBLIGATION, "voluntary", 10, STANDARDS);
	expect(FIGURE_OBLIGATION, "guidance", 1, STANDARDS);
	expect(FIGURE_ICS, "03", 2, STANDARDS); /* one has two codes of it */
	expect(FIGURE_ICS, "01", 1, STANDARDS);
	expect(FIGURE_ICS, "67", 1, STANDARDS);
	expect(FIGURE_ICS, "none", 9, STANDARDS);
	expect(FIGURE_YEAR, "2016", 3, STANDARDS);
	expect(FIGURE_YEAR, "2001", 1, STANDARDS);
	expect(FIGURE_YEAR, "2010", 5, STANDARDS); /* four of them by their names */
	expect(FIGURE_YEAR, "2022", 1, STANDARDS);
	expect(FIGURE_YEAR, "unknown", 0, STANDARDS);
	expect(FIGURE_MARKET, "", 2, STANDARDS);
}

static void lives_are_measured(void **state)
{
	say_world();
	expect(FIGURE_ADOPTION, "", 3, NATIONAL);
	expect(FIGURE_DEGREE, "idt", 1, NATIONAL);
	expect(FIGURE_DEGREE, "mod", 1, NATIONAL);
	expect(FIGURE_DEGREE, "neq", 1, NATIONAL);
	expect(FIGURE_DEGREE, "unknown", 1, NATIONAL);
	expect(FIGURE_DEGREE, "none", 2, NATIONAL);
	expect(FIGURE_DEVELOPMENT, "", 24 + 14 + 24 + 36, 4);
	expect(FIGURE_AGE, "0", 1, ALIVE);     /* reviewed in 2021 */
	expect(FIGURE_AGE, "2", 2, ALIVE);     /* confirmed, and published, in 2020 */
	expect(FIGURE_AGE, "5-9", 1, ALIVE);   /* ISO 1 */
	expect(FIGURE_AGE, "10-19", 1, ALIVE); /* an evaluation is no review */
	expect(FIGURE_AGE, "unknown", 4, ALIVE);
	expect(FIGURE_TRANSLATION, "en", 2, 3);
	expect(FIGURE_TRANSLATION, "fr", 1, 3);
	expect(FIGURE_STANDING, "official", 2, 3);
	expect(FIGURE_STANDING, "unofficial", 1, 3);
	expect(FIGURE_STANDING, "unknown", 0, 3);
	expect(FIGURE_FEEDBACK, "open", 2, 3);
	expect(FIGURE_FEEDBACK, "closed", 1, 3);
	expect(FIGURE_CLOSING, "", 30, 1);
	expect(FIGURE_OVERDUE, "", 1, 2);
}

/* The day decides what is overdue and how old a standard is, and nothing else. */
static void the_day_counts(void **state)
{
	struct arena arena = { 0 };
	struct figure_list list;
	say_world();
	count(store, NULL, 20220629, &arena, &list);
	expect_in(&list, FIGURE_OVERDUE, "", 0, 2); /* until the end of that day */
	count(store, NULL, 20230101, &arena, &list);
	expect_in(&list, FIGURE_OVERDUE, "", 2, 2);
	count(store, NULL, 20210831, &arena, &list);
	expect_in(&list, FIGURE_AGE, "0", 1, ALIVE); /* of a day to come: none yet */
	count(store, NULL, 20220901, &arena, &list);
	expect_in(&list, FIGURE_AGE, "1", 1, ALIVE);
	count(store, NULL, 20220831, &arena, &list);
	expect_in(&list, FIGURE_AGE, "1", 0, ALIVE);
	arena_free(&arena);
}

/* Each origin's statement is one, whoever else speaks of it; what is not public is nobody's. */
static void origins_are_apart(void **state)
{
	struct maker iso;
	struct arena arena = { 0 };
	struct figure_list list;
	say_world();
	maker_init(&iso, "iso.example/log");
	say(store, &iso, STANDARD("ISO 1:2016", CURRENT PUBLISHED("2016-08-12")));
	say(store, &iso, STANDARD("GB/T 19001-2016", "\"status\":\"withdrawn\""));
	count(store, NULL, DAY, &arena, &list);
	expect_in(&list, FIGURE_LEVEL, "international", 2, STANDARDS + 2);
	expect_in(&list, FIGURE_DEGREE, "idt", 1, NATIONAL); /* the other's is not current */
	count(store, "iso.example/log", DAY, &arena, &list);
	expect_in(&list, FIGURE_LEVEL, "international", 1, 2);
	count(store, "sac.example/log", DAY, &arena, &list);
	expect_in(&list, FIGURE_LEVEL, "international", 1, STANDARDS);
	sac.collection = "members";
	say(store, &sac, STANDARD("GB/T 11-2010", CURRENT));
	say(store, &sac, STANDARD("ISO 1:2016", "\"status\":\"withdrawn\""));
	count(store, "sac.example/log", DAY, &arena, &list);
	expect_in(&list, FIGURE_STATUS, "current", ALIVE, STANDARDS); /* as where that payload is withheld */
	struct view v = store_view(store);
	const struct figure_question nobody = { .origin = "nobody.example/log", .day = DAY };
	assert_int_equal(v.statistics(v.ctx, &nobody, &arena, &list, NULL), ERR_NOT_FOUND);
	maker_close(&iso);
	arena_free(&arena);
}

/* What a log says about another's standards is told, and counts nowhere but where it is asked for by name. */
static void who_speaks_counts(void **state)
{
	struct maker iso;
	struct arena arena = { 0 };
	struct figure_list list;
	say(store, &sac, STANDARD("GB/T 1-2010", CURRENT));
	say(store, &sac, STANDARD("ISO 1:2016", "\"status\":\"withdrawn\""));
	say(store, &sac, STANDARD("JIS Z 1:2016", CURRENT));
	say(store, &sac,
	    "{\"kind\":\"translation\",\"subject\":\"ISO 1:2016#zh\",\"translation\":{\"standing\":\"official\"}}");
	maker_init(&iso, "iso.example/log");
	say(store, &iso, STANDARD("ISO 1:2016", CURRENT));
	expect(FIGURE_STATUS, "withdrawn", 1, 4);
	expect(FIGURE_AUTHORITY, "unclaimed", 4, 4);
	say(store, &iso, "{\"kind\":\"authority\",\"subject\":\"iso.example/log\",\"authority\":{\"prefixes\":[\"ISO\"]}}");
	expect(FIGURE_STATUS, "withdrawn", 0, 3);
	expect(FIGURE_STATUS, "current", 3, 3);
	expect(FIGURE_STANDING, "official", 0, 0);
	expect(FIGURE_AUTHORITY, "own", 1, 4);
	expect(FIGURE_AUTHORITY, "unclaimed", 2, 4);
	expect(FIGURE_AUTHORITY, "contested", 0, 4);
	expect(FIGURE_AUTHORITY, "third-party", 1, 4);
	count(store, "sac.example/log", DAY, &arena, &list);
	expect_in(&list, FIGURE_STATUS, "withdrawn", 1, 3);
	assert_int_not_equal(list.v[0].figure, FIGURE_AUTHORITY);
	say(store, &sac,
	    "{\"kind\":\"authority\",\"subject\":\"sac.example/log\",\"authority\":{\"prefixes\":[\"ISO\",\"GB/T\"]}}");
	expect(FIGURE_AUTHORITY, "contested", 2, 4);
	expect(FIGURE_STATUS, "current", 2, 2);
	/* An opinion counts for whoever asks for it. */
	say(store, &sac, "{\"kind\":\"authority\",\"subject\":\"iso.example/log\",\"authority\":{\"prefixes\":[\"ISO\"]}}");
	expect(FIGURE_AUTHORITY, "contested", 2, 4);
	const struct figure_question as_sac = { .opinions = "sac.example/log", .day = DAY };
	count_as(store, &as_sac, &arena, &list);
	expect_in(&list, FIGURE_AUTHORITY, "contested", 0, 4);
	expect_in(&list, FIGURE_AUTHORITY, "own", 2, 4);
	expect_in(&list, FIGURE_STATUS, "current", 3, 3);
	maker_close(&iso);
	arena_free(&arena);
}

/* More languages than are told apart: the first of them are, in the order of their tags. */
static void many_languages(void **state)
{
	char json[200];
	for (int i = 520; i-- > 0;) {
		(void)snprintf(
		    json, sizeof json,
		    "{\"kind\":\"translation\",\"subject\":\"GB %d-2001#%c%c%c\",\"translation\":{\"standing\":\"official\"}}",
		    i + 1, 'a' + i / 26 % 26, 'a' + i % 26, 'a' + i / 26 / 26);
		say(store, &sac, json);
	}
	expect(FIGURE_TRANSLATION, "aaa", 1, 520);
	expect(FIGURE_TRANSLATION, "tfa", 1, 520);
	expect(FIGURE_TRANSLATION, "other", 20, 520);
}

/* A retraction, and what is said after it. */
static void statements_follow(void **state)
{
	say(store, &sac, STANDARD("GB/T 1-2010", CURRENT));
	expect(FIGURE_STATUS, "current", 1, 1);
	say(store, &sac,
	    "{\"kind\":\"standard\",\"subject\":\"GB/T 1-2010\",\"retraction\":{\"reason\":\"wrong\"},\"standard\":{}}");
	expect(FIGURE_STATUS, "current", 0, 0);
	say(store, &sac, STANDARD("GB/T 1-2010", "\"status\":\"withdrawn\""));
	expect(FIGURE_STATUS, "withdrawn", 1, 1);
	/* A project that changes what it makes has one newest statement, too. */
	say(store, &sac,
	    "{\"kind\":\"project\",\"subject\":\"P 1\",\"project\":{\"reference\":\"GB/T 1-2010\",\"events\":["
	    "{\"type\":\"proposed\",\"date\":\"2008-01\"},{\"type\":\"published\",\"date\":\"2009-01\"}]}}");
	expect(FIGURE_DEVELOPMENT, "", 12, 1);
	say(store, &sac,
	    "{\"kind\":\"project\",\"subject\":\"P 1\",\"project\":{\"reference\":\"GB/T 2-2010\",\"events\":["
	    "{\"type\":\"proposed\",\"date\":\"2007-01\"},{\"type\":\"published\",\"date\":\"2009-01\"}]}}");
	expect(FIGURE_DEVELOPMENT, "", 24, 1);
}

/* The rows are derived: made anew they are the same, and fsck looks at them. */
static void the_view_holds_them(void **state)
{
	struct hash before, after;
	struct fsck_report report;
	say_world();
	assert_int_equal(store_view_digest(store, &before, NULL), OK);
	assert_int_equal(store_reindex(store, NULL, NULL, NULL), OK);
	assert_int_equal(store_view_digest(store, &after, NULL), OK);
	assert_true(hash_equal(&before, &after));
	expect(FIGURE_DEVELOPMENT, "", 24 + 14 + 24 + 36, 4);
	assert_int_equal(store_fsck(store, NULL, NULL, NULL, NULL, &report, NULL), OK);
	assert_int_equal(report.problems, 0);
}

static void nothing_is_nothing(void **state)
{
	expect(FIGURE_LEVEL, "national", 0, 0);
	expect(FIGURE_ADOPTION, "", 0, 0);
	expect(FIGURE_OVERDUE, "", 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(standards_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lives_are_measured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_day_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(origins_are_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_speaks_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_languages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(statements_follow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_view_holds_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_nothing, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
