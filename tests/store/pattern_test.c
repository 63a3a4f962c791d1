/* pattern: masked and placed words, words near one another, and words in order: what is found, and what never is. */
#include "proto/json.h"
#include "tests/store/fixture.h"

static struct arena arena;

static void say(const char *json, const char *collection)
{
	struct arena own = { 0 };
	struct buf record = { 0 }, payload = { 0 };
	struct err err = { 0 };
	ProtobufCMessage *m = NULL;
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)tree_size(maker.tree) };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), &own, &m, &err) != OK ||
	    record_encode((Normlink__Record *)m, &record, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	payload_write(buf_bytes(&record), nonce, &payload);
	maker.collection = collection;
	apply_one(store, maker_entries(&maker, &payload, 1, PAYLOAD_PRESENT));
	buf_free(&record);
	buf_free(&payload);
	arena_free(&own);
}

#define STANDARD(number, texts, rest)                                                                                  \
	"{\"kind\":\"standard\",\"subject\":\"ISO " number ":2020\",\"texts\":[" texts "],\"standard\":{" rest "}}"
#define TITLE(text) "{\"role\":\"title\",\"lang\":\"en\",\"value\":\"" text "\"}"

static const char *const records[] = {
	STANDARD("1", TITLE("Quality management systems"),
	         "\"status\":\"current\",\"adopts\":[{\"target\":\"IEC 1:2001\","
	         "\"degree\":\"idt\"}]"),
	STANDARD("2", TITLE("Systems of quality"), "\"status\":\"current\""),
	STANDARD("3", TITLE("Qualifying tests") "," TITLE("Management of quality by tests"), "\"status\":\"withdrawn\""),
	STANDARD("4", "{\"role\":\"title\",\"lang\":\"zh\",\"value\":\"质量管理体系\"}", ""),
	STANDARD("5", TITLE("Colour") ",{\"role\":\"abstract\",\"lang\":\"en\",\"value\":\"Color, in e-mails\"}", ""),
};

static int set_up(void **state)
{
	int rc = log_up(state);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		say(records[i], NULL);
	say(STANDARD("6", TITLE("Quality of secrets"), "\"status\":\"upcoming\""), "members");
	return rc;
}

static int tear_down(void **state)
{
	arena_free(&arena);
	return log_down(state);
}

static int ask(const struct condition *c, char out[32], struct err *err)
{
	struct view v = store_view(store);
	struct selection s = { .where = c,
		                   .public_only = true,
		                   .sorts = { { .field = FIELD_REFERENCE } },
		                   .sort_count = 1,
		                   .limit = SEARCH_LIMIT_MAX };
	struct found_list list;
	size_t used = 0;
	int rc = v.select(v.ctx, &s, &arena, &list, err);
	out[0] = '\0';
	for (size_t i = 0; rc == OK && i < list.count; i++)
		used += (size_t)snprintf(out + used, 32 - used, "%s%d", i > 0 ? " " : "", (int)list.v[i].index + 1);
	return rc;
}

static void is_found(const char *what, const struct condition *c, const char *expected)
{
	struct err err = { 0 };
	char found[32];
	if (ask(c, found, &err) != OK)
		fail_msg("%s: %s", what, err.text);
	if (strcmp(found, expected) != 0)
		fail_msg("%s: %s, not %s", what, found, expected);
}

static void finds(enum record_field field, enum compare relation, const char *text, const char *expected)
{
	struct word_pattern p = { .text = text };
	struct condition c = { .field = field, .relation = relation, .text = text, .pattern = &p };
	is_found(text, &c, expected);
}

static void masks_stand_for_letters(void **state)
{
	(void)state;
	finds(FIELD_TITLE, COMPARE_PHRASE, "qual*", "1 2 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "q*y", "1 2 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "*ity", "1 2 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "man?gement", "1 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "manag?ment*", "1 3");
	finds(FIELD_TITLE, COMPARE_PHRASE, "manage?ment", "");
	finds(FIELD_TITLE, COMPARE_PHRASE, "QUAL*ing", "3");
	finds(FIELD_ANY, COMPARE_PHRASE, "colo*r", "5");
	finds(FIELD_ABSTRACT, COMPARE_PHRASE, "col??", "5");
	finds(FIELD_TITLE, COMPARE_PHRASE, "col??", "");
	finds(FIELD_ANY, COMPARE_PHRASE, "e-ma?ls", "5");
	finds(FIELD_ANY, COMPARE_PHRASE, "zz*", "");
	finds(FIELD_ANY, COMPARE_PHRASE, "z?z", "");
	/* A mask that is none. */
	finds(FIELD_ANY, COMPARE_PHRASE, "quality\\*", "1 2 3");
}

static void phrases_and_lists(void **state)
{
	(void)state;
	finds(FIELD_TITLE, COMPARE_PHRASE, "qual* man*", "1");
	finds(FIELD_TITLE, COMPARE_PHRASE, "man* *f qual*", "3");
	finds(FIELD_TITLE, COMPARE_ALL, "man* qual*", "1 3");
	finds(FIELD_TITLE, COMPARE_ANY, "man* c?lour", "1 3 5");
	finds(FIELD_TITLE, COMPARE_PHRASE, "质量管理", "4");
	/* Words of two titles are no phrase. */
	finds(FIELD_TITLE, COMPARE_PHRASE, "tests man*", "");
}

static void places(void **state)
{
	(void)state;
	struct word_pattern p = { .text = "quality", .begins = true };
	struct condition c = { .field = FIELD_TITLE, .relation = COMPARE_PHRASE, .text = "quality", .pattern = &p };
	is_found("^quality", &c, "1");
	p = (struct word_pattern){ .text = "quality", .ends = true };
	is_found("quality^", &c, "2");
	p = (struct word_pattern){ .text = "quality management systems", .begins = true, .ends = true };
	is_found("the whole", &c, "1");
	/* Of any title, not the first alone. */
	p = (struct word_pattern){ .text = "management", .begins = true };
	is_found("^management", &c, "3");
	p = (struct word_pattern){ .text = "质量", .begins = true };
	is_found("^质量", &c, "4");
	p = (struct word_pattern){ .text = "体系", .ends = true };
	is_found("体系^", &c, "4");
	c.relation = COMPARE_ALL;
	p = (struct word_pattern){ .text = "quality systems", .begins = true };
	is_found("^quality systems, all", &c, "1");
	p = (struct word_pattern){ .text = "quality systems", .ends = true };
	is_found("quality systems^, all", &c, "1");
	c.relation = COMPARE_ANY;
	p = (struct word_pattern){ .text = "quality systems", .begins = true };
	is_found("^quality systems, any", &c, "1 2");
}

static void near(void **state)
{
	(void)state;
	const struct word_pattern systems = { .text = "systems" }, of = { .text = "o?" }, tests = { .text = "tests" };
	struct word_pattern p = { .text = "quality", .near = &systems, .apart = COMPARE_UPTO, .distance = 1 };
	struct condition c = { .field = FIELD_TITLE, .relation = COMPARE_PHRASE, .text = "quality", .pattern = &p };
	is_found("side by side", &c, "");
	p.distance = 2;
	is_found("one between", &c, "1 2");
	p.apart = COMPARE_IS;
	is_found("exactly one between", &c, "1 2");
	p.ordered = true;
	is_found("in this order", &c, "1");
	p.apart = COMPARE_BEFORE;
	is_found("nearer", &c, "");
	p.apart = COMPARE_FROM;
	is_found("as far", &c, "1");
	p.apart = COMPARE_AFTER;
	is_found("farther", &c, "");
	p = (struct word_pattern){ .text = "quality", .near = &of, .apart = COMPARE_UPTO, .distance = 1 };
	is_found("a masked one", &c, "2 3");
	p = (struct word_pattern){ .text = "qualifying", .near = &tests, .same_text = true };
	is_found("in one title", &c, "3");
	p = (struct word_pattern){ .text = "qualifying", .near = &of, .same_text = true };
	is_found("not in two", &c, "");
	p = (struct word_pattern){ .text = "quality", .near = &p, .same_text = true };
}

static void what_is_no_pattern(void **state)
{
	(void)state;
	static const char *const bad[] = { "*", "??", "- *", "a *", "???????????a", "—", "" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct word_pattern p = { .text = bad[i] };
		struct condition c = { .field = FIELD_ANY, .relation = COMPARE_ALL, .text = "", .pattern = &p };
		char found[32];
		if (ask(&c, found, NULL) != ERR_USAGE)
			fail_msg("%s was taken", bad[i]);
	}
	struct word_pattern p = { .text = "体", .ends = true };
	struct condition c = { .field = FIELD_ANY, .relation = COMPARE_PHRASE, .text = "", .pattern = &p };
	char found[32];
	assert_int_equal(ask(&c, found, NULL), ERR_USAGE);
}

static void lists(enum record_field field, const char *text, size_t before, size_t after, const char *expected)
{
	struct view v = store_view(store);
	struct value_list list;
	struct buf out = { 0 };
	struct err err = { 0 };
	if (v.values(v.ctx, field, text, before, after, true, &arena, &list, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&out, "%s%s%s %d", i > 0 ? ", " : "", i == list.place ? "> " : "", list.v[i].value,
		           (int)list.v[i].count);
	assert_string_equal(buf_str(&out), expected);
	buf_free(&out);
}

static void words_in_order(void **state)
{
	(void)state;
	lists(FIELD_TITLE, "quality", 2, 2, "of 2, qualifying 1, > quality 3, systems 2");
	lists(FIELD_TITLE, "", 0, 3, "> by 1, colour 1, management 2");
	lists(FIELD_TITLE, "", 3, 1, "> by 1");
	lists(FIELD_TITLE, "c", 5, 1, "by 1, > colour 1");
	lists(FIELD_ABSTRACT, "a", 0, 9, "> color 1, e 1, in 1, mails 1");
	/* Of what the public may not see there is no sign. */
	lists(FIELD_ANY, "secret", 0, 1, "> systems 2");
	lists(FIELD_STATUS, "current", 1, 2, "> current 2, withdrawn 1");
	lists(FIELD_STATUS, "v", 2, 2, "current 2, > withdrawn 1");
	lists(FIELD_KIND, "", 0, 9, "> standard 5");
	lists(FIELD_ORIGIN, "", 0, 9, "> iso.example/log 5");
	lists(FIELD_DEGREE, "", 0, 9, "> idt 1");
	lists(FIELD_ADOPTS, "iec 1", 1, 9, "> IEC 1:2001 1");
	lists(FIELD_REPLACES, "", 1, 9, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_stand_for_letters),
		cmocka_unit_test(phrases_and_lists),
		cmocka_unit_test(places),
		cmocka_unit_test(near),
		cmocka_unit_test(what_is_no_pattern),
		cmocka_unit_test(words_in_order),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
