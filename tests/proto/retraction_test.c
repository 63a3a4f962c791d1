/* retraction: of every kind, valid with an empty body; of nothing else. */
#include "proto/retraction.h"
#include "tests/proto/kit.h"

static void of_every_kind(void **state)
{
	static const char *const subjects[] = { "gb/t1-2009",
		                                    "20190001-T-469",
		                                    "GB/T 1-2009",
		                                    "GB/T 1-2009#a",
		                                    "GB 1#GB 2",
		                                    "MRA 1",
		                                    "GB/T 1-2009#EN",
		                                    "PD 7",
		                                    "Act 5",
		                                    "D 5",
		                                    "GB/T 1-2009#2020",
		                                    "F 1",
		                                    "GB/T 1-2009#a",
		                                    "SAC",
		                                    "N 1" };
	for (int kind = 1; kind <= 15; kind++) {
		struct arena arena = { 0 };
		struct buf record = { 0 };
		struct err err = { 0 };
		Normlink__Record *r = NULL;
		if (retraction_write(kind, subjects[kind - 1], "published by mistake", &record, &err) != OK)
			fail_msg("%s: %s", kind_word(kind), err.text);
		assert_int_equal(record_decode(buf_bytes(&record), &arena, &r, &err), OK);
		assert_int_equal(r->kind, kind);
		assert_string_equal(r->retraction->reason, "published by mistake");
		buf_free(&record);
		arena_free(&arena);
	}
}

static void refused(void **state)
{
	struct buf record = { 0 };
	struct err err = { 0 };
	assert_int_equal(retraction_write(102, "5", "why", &record, &err), ERR_INVALID);
	kit_expect_text(&err, "2.13");
	assert_int_equal(retraction_write(0, "GB 1", "why", &record, &err), ERR_INVALID);
	assert_int_equal(retraction_write(1, "", "why", &record, &err), ERR_INVALID);
	assert_int_equal(retraction_write(7, "GB 1", "why", &record, &err), ERR_INVALID); /* in which language? */
	assert_int_equal(retraction_write(1, "GB 1", "", &record, &err), ERR_INVALID);
	kit_expect_text(&err, "retraction.reason");
	assert_int_equal(retraction_write(1, "GB 1", "two\nlines", &record, &err), ERR_INVALID);
	assert_int_equal(record.len, 0);
	buf_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_every_kind),
		cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
