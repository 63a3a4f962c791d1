/* record_diff: what changed, by path; an order that says nothing is no change. */
#include "proto/record_diff.h"
#include "tests/proto/kit.h"

static void note(void *arg, const struct difference *d)
{
	struct buf *out = arg;
	buf_printf(out, "%s: %.*s -> %.*s\n", d->path, (int)d->before.len, (const char *)d->before.data, (int)d->after.len,
	           (const char *)d->after.data);
}

static void expect(const char *before, const char *after, const char *changes)
{
	struct arena arena = { 0 };
	struct buf out = { 0 };
	record_diff(&kit_record(&arena, before)->base, &kit_record(&arena, after)->base, note, &out);
	if (strcmp(buf_str(&out), changes) != 0)
		fail_msg("gave\n%sexpected\n%s", buf_str(&out), changes);
	buf_free(&out);
	arena_free(&arena);
}

#define RECORD(more) "{\"kind\":\"standard\",\"subject\":\"GB 1-2001\"," more "}"
#define STANDARD(body) RECORD("\"standard\":{" body "}")

static void nothing_changed(void **state)
{
	expect(kit_good, kit_good, "");
	expect(STANDARD(""), STANDARD(""), "");
	expect("{}", "{}", "");
}

static void single_fields(void **state)
{
	expect(STANDARD("\"status\":\"current\""), STANDARD("\"status\":\"withdrawn\""),
	       "standard.status: \"current\" -> \"withdrawn\"\n");
	expect(STANDARD(""), STANDARD("\"edition\":\"4\""), "standard.edition:  -> \"4\"\n");
	expect(STANDARD("\"edition\":\"4\""), STANDARD(""), "standard.edition: \"4\" -> \n");
	expect(STANDARD("\"edition\":\"4\""), STANDARD("\"edition\":\"\""), "standard.edition: \"4\" -> \"\"\n");
	expect(RECORD("\"source\":{\"name\":\"SAC\",\"url\":\"a\"}"), RECORD("\"source\":{\"name\":\"SAC\",\"url\":\"b\"}"),
	       "source.url: \"a\" -> \"b\"\n");
	expect(RECORD("\"standard\":{}"), RECORD("\"retraction\":{\"reason\":\"wrong\"},\"standard\":{}"),
	       "retraction:  -> {\"reason\":\"wrong\"}\n");
	expect(RECORD("\"correction\":{\"index\":4,\"reason\":\"r\"}"),
	       RECORD("\"correction\":{\"index\":5,\"reason\":\"r\"}"), "correction.index: 4 -> 5\n");
}

static void sets(void **state)
{
	expect(STANDARD("\"ics\":[\"01\",\"03\",\"11\"]"), STANDARD("\"ics\":[\"11\",\"01\",\"03\"]"), "");
	expect(STANDARD("\"ics\":[\"01\",\"03\"]"), STANDARD("\"ics\":[\"03\",\"11\"]"),
	       "standard.ics[0]: \"01\" -> \nstandard.ics[1]:  -> \"11\"\n");
	expect(STANDARD("\"ics\":[\"01\",\"01\"]"), STANDARD("\"ics\":[\"01\"]"), "standard.ics[1]: \"01\" -> \n");
	expect(STANDARD("\"ics\":[\"01\"]"), STANDARD(""), "standard.ics[0]: \"01\" -> \n");
	expect("{\"kind\":\"body\",\"subject\":\"SAC\",\"body\":{\"roles\":[\"standards\",\"pilot\"]}}",
	       "{\"kind\":\"body\",\"subject\":\"SAC\",\"body\":{\"roles\":[\"pilot\",\"metrology\"]}}",
	       "body.roles[0]: \"standards\" -> \nbody.roles[1]:  -> \"metrology\"\n");
}

/* Of items that speak of the same thing it is said what changed in them. */
static void related_items(void **state)
{
	expect(STANDARD("\"adopts\":[{\"target\":\"ISO 1\",\"degree\":\"idt\"},{\"target\":\"ISO 2\"}]"),
	       STANDARD("\"adopts\":[{\"target\":\"ISO 2\",\"degree\":\"neq\"},{\"target\":\"ISO 1\",\"degree\":\"mod\"}]"),
	       "standard.adopts[1].degree: \"idt\" -> \"mod\"\nstandard.adopts[0].degree:  -> \"neq\"\n");
	expect(RECORD("\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"A\"},{\"role\":\"title\",\"lang\":\"zh\","
	              "\"value\":\"B\"}]"),
	       RECORD("\"texts\":[{\"role\":\"title\",\"lang\":\"zh\",\"value\":\"B\"},{\"role\":\"title\",\"lang\":\"en\","
	              "\"value\":\"C\"},{\"role\":\"note\",\"lang\":\"en\",\"value\":\"D\"}]"),
	       "texts[1].value: \"A\" -> \"C\"\ntexts[2]:  -> {\"role\":\"note\",\"lang\":\"en\",\"value\":\"D\"}\n");
	expect(
	    STANDARD("\"events\":[{\"type\":\"confirmed\",\"date\":\"2010\"}]"),
	    STANDARD("\"events\":[{\"type\":\"confirmed\",\"date\":\"2015\"},{\"type\":\"confirmed\",\"date\":\"2010\"}]"),
	    "standard.events[0]:  -> {\"type\":\"confirmed\",\"date\":\"2015\"}\n");
	expect(STANDARD("\"links\":[{\"type\":\"cites\",\"target\":\"ISO 1\"}]"),
	       STANDARD("\"links\":[{\"type\":\"cites\",\"target\":\"ISO 2\"}]"),
	       "standard.links[0]: {\"type\":\"cites\",\"target\":\"ISO 1\"} -> \n"
	       "standard.links[0]:  -> {\"type\":\"cites\",\"target\":\"ISO 2\"}\n");
	expect("{\"kind\":\"adoption\",\"adoption\":{\"sources\":[{\"target\":\"ISO 1\",\"deviations\":[{\"clause\":\"4\","
	       "\"reason\":\"a\"},{\"clause\":\"5\"}]}]}}",
	       "{\"kind\":\"adoption\",\"adoption\":{\"sources\":[{\"target\":\"ISO 1\",\"deviations\":[{\"clause\":\"5\"},"
	       "{\"clause\":\"4\",\"reason\":\"b\"}]}]}}",
	       "adoption.sources[0].deviations[1].reason: \"a\" -> \"b\"\n");
}

/* The steps of feedback happened one after the other. */
static void sequences(void **state)
{
	expect("{\"kind\":\"feedback\",\"feedback\":{\"steps\":[{\"type\":\"received\"},{\"type\":\"closed\"}]}}",
	       "{\"kind\":\"feedback\",\"feedback\":{\"steps\":[{\"type\":\"closed\"},{\"type\":\"received\"},{\"type\":"
	       "\"closed\"}]}}",
	       "feedback.steps[0].type: \"received\" -> \"closed\"\nfeedback.steps[1].type: \"closed\" -> \"received\"\n"
	       "feedback.steps[2]:  -> {\"type\":\"closed\"}\n");
}

static void unknown_fields(void **state)
{
	expect(STANDARD("\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"AQ==\"}]"),
	       STANDARD("\"_unknown\":[{\"tag\":99,\"wire\":0,\"data\":\"Ag==\"}]"),
	       "standard._unknown: [{\"tag\":99,\"wire\":0,\"data\":\"AQ==\"}] -> "
	       "[{\"tag\":99,\"wire\":0,\"data\":\"Ag==\"}]\n");
	expect(STANDARD("\"status\":7"), STANDARD("\"status\":8"), "standard.status: 7 -> 8\n");
}

static void count_one(void *arg, const struct difference *d)
{
	(void)d;
	++*(size_t *)arg;
}

/* As long as lists may be, and in another order: no pair of items is looked at twice. */
static void long_lists(void **state)
{
	struct arena arena = { 0 };
	struct buf json[2] = { { 0 }, { 0 } };
	size_t changes = 0;
	for (int n = 0; n < 2; n++) {
		buf_add_str(&json[n], "{\"kind\":\"standard\",\"standard\":{\"adopts\":[");
		for (int i = 0; i < RECORD_LIST_MAX; i++)
			buf_printf(&json[n], "%s{\"target\":\"ISO %d\",\"degree\":\"%s\"}", i > 0 ? "," : "",
			           n == 0 ? i : RECORD_LIST_MAX - 1 - i, n == 0 ? "idt" : "mod");
		buf_add_str(&json[n], "]}}");
	}
	record_diff(&kit_record(&arena, buf_str(&json[0]))->base, &kit_record(&arena, buf_str(&json[1]))->base, count_one,
	            &changes);
	assert_int_equal(changes, RECORD_LIST_MAX);
	for (int n = 0; n < 2; n++)
		buf_free(&json[n]);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed), cmocka_unit_test(single_fields), cmocka_unit_test(sets),
		cmocka_unit_test(related_items),   cmocka_unit_test(sequences),     cmocka_unit_test(unknown_fields),
		cmocka_unit_test(long_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
