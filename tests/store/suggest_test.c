/* suggest: references typed loosely, and which standards come first. */
#include "tests/store/fixture.h"

static struct arena arena;

static const struct {
	const char *subject;
	int status; /* 2 upcoming, 3 current, 4 superseded, 5 withdrawn: as the schema numbers them */
} records[] = {
	{ "ISO 9001:2015", NORMLINK__STATUS__STATUS_CURRENT },
	{ "ISO 9001:2008", NORMLINK__STATUS__STATUS_SUPERSEDED },
	{ "ISO 9001:2026", NORMLINK__STATUS__STATUS_UPCOMING },
	{ "ISO 9001:2015/Amd 1:2024", NORMLINK__STATUS__STATUS_CURRENT },
	{ "ISO 90003:2018", NORMLINK__STATUS__STATUS_CURRENT },
	{ "ISO 90003:2014", NORMLINK__STATUS__STATUS_SUPERSEDED },
	{ "ISO 9004:2018", NORMLINK__STATUS__STATUS_CURRENT },
	{ "GB/T 19001-2016", NORMLINK__STATUS__STATUS_CURRENT },
	{ "GB/T 19001-2008", NORMLINK__STATUS__STATUS_SUPERSEDED },
	{ "JIS Q 9001:2015", NORMLINK__STATUS__STATUS_CURRENT },
};

static int set_up(void **state)
{
	static const struct text title[] = { { 1, "en", "Title" }, { 0, NULL, NULL } };
	int rc = log_up(state);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		apply_sample(store, &maker,
		             &(struct sample){ .subject = records[i].subject, .texts = title, .status = records[i].status });
	maker.collection = "members";
	apply_sample(store, &maker, &(struct sample){ .subject = "ISO 9002:1994", .texts = title });
	return rc;
}

static int tear_down(void **state)
{
	arena_free(&arena);
	return log_down(state);
}

static void means(const char *text, const char *expected)
{
	struct view v = store_view(store);
	struct found_list list;
	struct buf found = { 0 };
	assert_int_equal(v.suggest(v.ctx, text, 10, true, &arena, &list, NULL), OK);
	for (size_t i = 0; i < list.count; i++) {
		Normlink__Record *record;
		assert_int_equal(payload_open(list.v[i].payload, &arena, &record, NULL), OK);
		buf_printf(&found, "%s%s", i > 0 ? ", " : "", record->subject);
	}
	if (strcmp(buf_str(&found), expected) != 0)
		fail_msg("%s means %s, not %s", text, buf_str(&found), expected);
	buf_free(&found);
}

#define ISO_9001 "ISO 9001:2015, ISO 9001:2026, ISO 9001:2008"

static void references_typed_loosely(void **state)
{
	means("gbt19001", "GB/T 19001-2016, GB/T 19001-2008");
	means("GB/T 19001", "GB/T 19001-2016, GB/T 19001-2008");
	means("ＩＳＯ９００１", ISO_9001);
	means("iso 9001", ISO_9001);
	means("iso9001:2015", ISO_9001);
	means("ISO 9001-1999", ISO_9001);
	means("iso 900", "ISO 9001:2015, ISO 9004:2018, ISO 90003:2018");
	means("iso 9000", "ISO 90003:2018");
	means("19001", "GB/T 19001-2016");
	means("9001", "ISO 9001:2015, JIS Q 9001:2015");
	means("DIN 9001", "ISO 9001:2015, JIS Q 9001:2015");
	means("iso 90012", ISO_9001);
	means("iso 4711", "");
	means("quality", "");
	means("-", "");
	means("9", "");
}

static void what_is_not_public_is_not_told(void **state)
{
	struct view v = store_view(store);
	struct found_list list;
	means("iso 9002", "ISO 9001:2015, ISO 9004:2018, ISO 90003:2018");
	assert_int_equal(v.suggest(v.ctx, "iso 9002", 10, false, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(v.suggest(v.ctx, "iso 900", 2, true, &arena, &list, NULL), OK);
	assert_int_equal(list.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(references_typed_loosely, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_public_is_not_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
