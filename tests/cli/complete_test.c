/* What an import that is everything of its kind speaks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/base/buf.h"
#include "node/cli/complete.h"
#include "node/ingest/ingest.h"

static void prefixes_are_whole(void **state)
{
	static const struct {
		const char *prefix, *subject;
		bool covers;
	} cases[] = {
		{ "GB", "GB 1-2020", true },          { "GB", "GB/T 1-2020", true },        { "gb/t", "GB/T 1-2020", true },
		{ "GB/T", "GB 1-2020", false },       { "G", "GB 1-2020", false },          { "GB", "GBJ 1-1990", false },
		{ "DB11", "DB11/T 1-2020", true },    { "DB11", "DB1101/T 1-2020", false }, { "ISO", "ISO/IEC 1:2020", true },
		{ "T/CECS", "T/CECS 1-2020", true },  { "EN", "EN 1234:2000", true },       { "E", "EN 1234:2000", false },
		{ "GB/T", "GB/T 1-2020#2024", true }, { "ISO/TC 176", "ISO/TC 176", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (complete_covers(cases[i].prefix, cases[i].subject) != cases[i].covers)
			fail_msg("%s and %s", cases[i].prefix, cases[i].subject);
}

static void take(struct complete *c, const char *line)
{
	struct buf record = { 0 };
	assert_int_equal(ndjson_record(bytes_str(line), &record, NULL), OK);
	assert_int_equal(complete_record(c, buf_bytes(&record), NULL), OK);
	buf_free(&record);
}

static void sources_are_remembered(void **state)
{
	static struct complete c;
	complete_begin(&c);
	take(&c, "{\"kind\":\"standard\",\"subject\":\"GB 1-2020\",\"source\":{\"name\":\"A\"},\"standard\":{}}");
	take(&c,
	     "{\"kind\":\"body\",\"subject\":\"SAC\",\"source\":{\"name\":\"A\"},\"body\":{\"roles\":[\"standards\"]}}");
	assert_int_equal(c.records, 2);
	assert_int_equal(c.source_count, 1);
	assert_true(c.kinds[NORMLINK__KIND__KIND_STANDARD] && c.kinds[NORMLINK__KIND__KIND_BODY]);
	assert_false(c.unnamed || c.kinds[NORMLINK__KIND__KIND_PROJECT]);
	take(&c, "{\"kind\":\"standard\",\"subject\":\"GB 2-2020\",\"standard\":{}}");
	assert_true(c.unnamed);
	complete_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_are_whole),
		cmocka_unit_test(sources_are_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
