/* level: who issues a standard, and whether it must be followed, by its designator. */
#include "proto/level.h"
#include "tests/proto/kit.h"

static void expect(const char *text, const char *level, const char *obligation)
{
	struct designator d;
	assert_int_equal(designator_parse(bytes_str(text), &d, NULL), OK);
	struct level found = level_of_designator(&d);
	const char *l = level_word(found.level), *o = obligation_word(found.obligation);
	if (strcmp(l != NULL ? l : "", level) != 0 || strcmp(o != NULL ? o : "", obligation) != 0)
		fail_msg("%s is %s and %s, expected %s and %s", text, l, o, level, obligation);
}

static void levels(void **state)
{
	expect("ISO 9001:2015", "international", "voluntary");
	expect("ISO/IEC TR 20000-10:2015", "international", "voluntary");
	expect("ISO/TS 22002-1:2009/Amd 1:2011", "international", "voluntary");
	expect("IEC 60601-1:2005", "international", "voluntary");
	expect("IWA 1:2005", "international", "voluntary");
	expect("ITU-T X.509", "international", "voluntary");
	expect("EN 1992-1-1:2004", "regional", "voluntary");
	expect("prEN 1992-1-1", "regional", "voluntary");
	expect("GB 5009.3-2016", "national", "mandatory");
	expect("GB/T 19001-2016", "national", "voluntary");
	expect("GB/Z 18620.2-2002", "national", "guidance");
	expect("YY/T 0316-2016", "sector", "voluntary");
	expect("JGJ 1-2014", "sector", "");
	expect("DB11/T 1234-2020", "local", "voluntary");
	expect("DB11/501-2017", "local", "mandatory");
	expect("T/CECS 700-2020", "association", "voluntary");
	expect("Q/ABC 0001S-2018", "enterprise", "voluntary");
	expect("JIS Q 9001:2015", "national", "voluntary");
	expect("TR X 0005:1998", "national", "voluntary");
	expect("BS EN ISO 9001:2015", "national", "voluntary");
	expect("ASTM A36/A36M-19", "association", "voluntary");
}

static void nothing_is_made_up(void **state)
{
	expect("Tractors", "", "");
	expect("T 1", "", "");
	expect("DB", "", "");
	expect("ENTIRELY NEW 5", "", "");
	expect("電気 1", "", "");
	expect("12345", "", "");
	expect("a very long first word: abcdefghijklmnopqrstuvwxyz", "", "");
	assert_null(level_word(0));
	assert_null(level_word(8));
	assert_null(level_word(-1));
	assert_null(obligation_word(4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(nothing_is_made_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
