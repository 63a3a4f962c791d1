/* designator: one canonical form for every way of writing, and no form for two standards. */
#include "proto/designator.h"
#include "tests/proto/kit.h"

static struct designator parse(const char *text)
{
	struct designator d;
	struct err err = { 0 };
	if (designator_parse(bytes_str(text), &d, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	return d;
}

/* Reading what was written gives the same again. */
static void check_stable(const struct designator *d)
{
	struct designator again = parse(d->canonical), undated = parse(d->undated);
	assert_string_equal(again.canonical, d->canonical);
	assert_string_equal(again.undated, d->undated);
	assert_string_equal(again.prefix, d->prefix);
	assert_string_equal(again.number, d->number);
	assert_int_equal(again.year, d->year);
	assert_int_equal(again.supplement, d->supplement);
	assert_string_equal(undated.canonical, d->undated);
}

static void check_canonical(const char *const (*rows)[2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct designator d = parse(rows[i][0]);
		if (strcmp(d.canonical, rows[i][1]) != 0)
			fail_msg("\"%s\" gives \"%s\", expected \"%s\"", rows[i][0], d.canonical, rows[i][1]);
		if (d.prefix[0] == '\0')
			fail_msg("\"%s\" is of no family", rows[i][0]);
		check_stable(&d);
	}
}

static void chinese_references(void **state)
{
	static const char *const rows[][2] = {
		{ "GB/T 19001-2016", "GB/T 19001-2016" },
		{ "GB/T19001-2016", "GB/T 19001-2016" },
		{ "GB/T19001—2016", "GB/T 19001-2016" },
		{ "GB/T 19001──2016", "GB/T 19001-2016" },
		{ "GB/T 19001 － 2016", "GB/T 19001-2016" },
		{ "GB/T 19001--2016", "GB/T 19001-2016" },
		{ "GB/T 19001:2016", "GB/T 19001-2016" },
		{ "ｇｂ／ｔ 19001-2016", "GB/T 19001-2016" },
		{ "ＧＢ／Ｔ　１９００１－２０１６", "GB/T 19001-2016" },
		{ "gb/t 19001-2016", "GB/T 19001-2016" },
		{ "GB / T 19001 - 2016", "GB/T 19001-2016" },
		{ "GBT19001-2016", "GB/T 19001-2016" },
		{ " GB/T\u00a019001-2016 ", "GB/T 19001-2016" },
		{ "GB/T\u200b 19001-\u00ad2016", "GB/T 19001-2016" },
		{ "GB/T 19001", "GB/T 19001" },
		{ "GB 5009.3-2016", "GB 5009.3-2016" },
		{ "GB 1234-87", "GB 1234-1987" },
		{ "GB/T 1.1-2020", "GB/T 1.1-2020" },
		{ "GB/Z 18620.2-2002", "GB/Z 18620.2-2002" },
		{ "GB 4806.7-2016/XG1-2018", "GB 4806.7-2016/XG1-2018" },
		{ "GB 4806.7-2016/xg1", "GB 4806.7-2016/XG1" },
		{ "GB/T 19001-2016/ISO 9001:2015", "GB/T 19001-2016" },
		{ "GBZ 2.1-2019", "GBZ 2.1-2019" },
		{ "GBZ/T 160.1-2004", "GBZ/T 160.1-2004" },
		{ "GJB/Z 9001-1996", "GJB/Z 9001-1996" },
		{ "YY/T 0316-2016", "YY/T 0316-2016" },
		{ "yy 0505-2012", "YY 0505-2012" },
		{ "HG/T 20592-2009", "HG/T 20592-2009" },
		{ "JB/T5995", "JB/T 5995" },
		{ "JGJ 1-2014", "JGJ 1-2014" },
		{ "JTG/T B02-01-2008", "JTG/T B02-01-2008" },
		{ "DB11/T 1234-2020", "DB11/T 1234-2020" },
		{ "DB11/ 501-2017", "DB11/501-2017" },
		{ "DB11 501-2017", "DB11/501-2017" },
		{ "db4403／t 1—2019", "DB4403/T 1-2019" },
		{ "T/CECS 700-2020", "T/CECS 700-2020" },
		{ "T/CECS700-2020", "T/CECS 700-2020" },
		{ "T/31SCTA 001-2021", "T/31SCTA 001-2021" },
		{ "Q/ABC 0001S-2018", "Q/ABC 0001S-2018" },
	};
	check_canonical(rows, sizeof rows / sizeof *rows);
}

static void international_references(void **state)
{
	static const char *const rows[][2] = {
		{ "ISO 9001:2015", "ISO 9001:2015" },
		{ "iso9001：2015", "ISO 9001:2015" },
		{ "ISO 9001-2015", "ISO 9001:2015" },
		{ "ISO 9001—2015", "ISO 9001:2015" },
		{ "ISO 9001 : 2015 (E)", "ISO 9001:2015" },
		{ "ISO 9001:2015(E/F)", "ISO 9001:2015" },
		{ "ISO 9001:2015-09", "ISO 9001:2015" },
		{ "ISO 9001", "ISO 9001" },
		{ "ISO 10303-1001:2004", "ISO 10303-1001:2004" },
		{ "ISO 10303-1001", "ISO 10303-1001" },
		{ "ISO 7/1-1982", "ISO 7-1:1982" },
		{ "ISO 105-a01:2010", "ISO 105-A01:2010" },
		{ "iso/iec27001:2022/Amd 1:2024", "ISO/IEC 27001:2022/Amd 1:2024" },
		{ "ISO/IEC 27001:2022/AMD1:2024", "ISO/IEC 27001:2022/Amd 1:2024" },
		{ "ISO/IEC 27001:2022/Amd.1", "ISO/IEC 27001:2022/Amd 1" },
		{ "ISO 9001:2008/Cor 1:2009", "ISO 9001:2008/Cor 1:2009" },
		{ "ISO 9001:2008 / Technical Corrigendum 1 : 2009", "ISO 9001:2008/Cor 1:2009" },
		{ "ISO 31:1992/Add 1:1999", "ISO 31:1992/Add 1:1999" },
		{ "ISO/IEC 13818-1:2007/Amd 1:2007/Cor 1:2008", "ISO/IEC 13818-1:2007/Amd 1:2007/Cor 1:2008" },
		{ "ISO 148:1983/Suppl:1987", "ISO 148:1983/Suppl:1987" },
		{ "ISO 9001:2015/CD Amd 1.2", "ISO 9001:2015/CD Amd 1.2" },
		{ "ISO 9001:2015/DAmd 1", "ISO 9001:2015/DAM 1" },
		{ "ISO/TS 22002-1:2009", "ISO/TS 22002-1:2009" },
		{ "ISO TS 22002-1:2009", "ISO/TS 22002-1:2009" },
		{ "ISO/IEC/TR 20000-10:2015", "ISO/IEC TR 20000-10:2015" },
		{ "iso/pas 45005:2020", "ISO/PAS 45005:2020" },
		{ "ISO/Guide 73:2009", "ISO Guide 73:2009" },
		{ "ISO/IEC GUIDE 51", "ISO/IEC Guide 51" },
		{ "IEC/TR 61000-1-6:2012", "IEC TR 61000-1-6:2012" },
		{ "IEC 60601-1:2005/Amd 1:2012", "IEC 60601-1:2005/Amd 1:2012" },
		{ "ISO/IEC/IEEE 8802-1Q:2016", "ISO/IEC/IEEE 8802-1Q:2016" },
		{ "ISO/HL7 10781:2015", "ISO/HL7 10781:2015" },
		{ "ISO/DIS 9001", "ISO/DIS 9001" },
		{ "ISO/FDIS 9001:2025", "ISO/FDIS 9001:2025" },
		{ "iso/iec fdis 19794-5", "ISO/IEC FDIS 19794-5" },
		{ "ISO/CD TS 1234.2", "ISO/CD TS 1234.2" },
		{ "ISO/CD 1234.2:2020", "ISO/CD 1234.2:2020" },
		{ "ISO/NP 1", "ISO/NP 1" },
		{ "ISO/DTS 4", "ISO/DTS 4" },
		{ "ISO/R 639:1967", "ISO/R 639:1967" },
		{ "IWA 1:2005", "IWA 1:2005" },
		{ "ISO/IWA 1:2005", "IWA 1:2005" },
		{ "CD IWA 45", "CD IWA 45" },
		{ "ISO/IEC DIR 1 ISO SUP:2023", "ISO/IEC DIR 1 ISO SUP:2023" },
		{ "ISO/IEC DIR IEC SUP:2010", "ISO/IEC DIR IEC SUP:2010" },
	};
	check_canonical(rows, sizeof rows / sizeof *rows);
}

static void japanese_references(void **state)
{
	static const char *const rows[][2] = {
		{ "JIS Q 9001:2015", "JIS Q 9001:2015" },
		{ "JIS Q 9001：2015", "JIS Q 9001:2015" },
		{ "ＪＩＳ　Ｑ　９００１", "JIS Q 9001" },
		{ "JISQ9001:2015", "JIS Q 9001:2015" },
		{ "jis x 0208-1997", "JIS X 0208:1997" },
		{ "JIS X-0208:1997", "JIS X 0208:1997" },
		{ "JIS C 60079-6:2004", "JIS C 60079-6:2004" },
		{ "JIS R 9301-2-1:1999", "JIS R 9301-2-1:1999" },
		{ "JIS A 0203:2019/AMENDMENT 1:2022", "JIS A 0203:2019/Amd 1:2022" },
		{ "JIS X 0607:1996/CORRIGENDUM 1:2001", "JIS X 0607:1996/Cor 1:2001" },
		{ "JIS L 4107:2000R", "JIS L 4107:2000R" },
		{ "JIS L 4107:2000R/AMENDMENT 1:2020", "JIS L 4107:2000R/Amd 1:2020" },
		{ "JIS C 7709-1:1997/AMENDMENT 4:2010R", "JIS C 7709-1:1997/Amd 4:2010R" },
		{ "JIS B 7992:2002/EXPL", "JIS B 7992:2002/EXPL" },
		{ "JIS K 2249-4:2011/EXPLANATION 1", "JIS K 2249-4:2011/EXPL 1" },
		{ "JIS L 0001:2024 symbol Full set", "JIS L 0001:2024 SYMBOL Full set" },
		{ "TR X 0005:1998", "TR X 0005:1998" },
		{ "JIS TR X 0005:1998", "TR X 0005:1998" },
		{ "ts c 0019-1:2000", "TS C 0019-1:2000" },
		{ "JIS T 62570:2018", "JIS T 62570:2018" },
	};
	check_canonical(rows, sizeof rows / sizeof *rows);
}

static void the_parts_are_told_apart(void **state)
{
	static const struct {
		const char *text, *undated, *prefix, *number;
		int year;
		bool supplement;
	} rows[] = {
		{ "GB/T 19001-2016", "GB/T 19001", "GB/T", "19001", 2016, false },
		{ "ISO/IEC TR 27001-1:2022/Amd 1:2024", "ISO/IEC TR 27001-1", "ISO/IEC TR", "27001-1", 2022, true },
		{ "ISO/DIS 9001", "ISO/DIS 9001", "ISO/DIS", "9001", 0, false },
		{ "JIS Q 9001/Amd 1", "JIS Q 9001", "JIS Q", "9001", 0, true },
		{ "DB11/501-2017", "DB11/501", "DB11", "501", 2017, false },
		{ "T/CECS 700-2020", "T/CECS 700", "T/CECS", "700", 2020, false },
		{ "GB 4806.7-2016/XG1-2018", "GB 4806.7", "GB", "4806.7", 2016, true },
		{ "JIS Z 8210:2017 SYMBOL 52600", "JIS Z 8210", "JIS Z", "8210", 2017, true },
		{ "something else", "something else", "", "", 0, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct designator d = parse(rows[i].text);
		assert_string_equal(d.undated, rows[i].undated);
		assert_string_equal(d.prefix, rows[i].prefix);
		assert_string_equal(d.number, rows[i].number);
		assert_int_equal(d.year, rows[i].year);
		assert_int_equal(d.supplement, rows[i].supplement);
	}
}

/* Each of these is another document: none may take the form of another. */
static void different_references_stay_different(void **state)
{
	static const char *const all[] = {
		"GB/T 19001-2016",
		"GB 19001-2016",
		"GB/Z 19001-2016",
		"GB/T 19001-2008",
		"GB/T 19001",
		"GB/T 19001.1-2016",
		"GB/T 190012016",
		"GB/T 019001-2016",
		"ISO 9001:2015",
		"ISO 9001",
		"ISO 9001-1:2015",
		"ISO 9001-2",
		"ISO/TS 9001:2015",
		"ISO/IEC 9001:2015",
		"IEC 9001:2015",
		"ISO/DIS 9001:2015",
		"ISO/FDIS 9001:2015",
		"ISO 9001:2015/Amd 1",
		"ISO 9001:2015/Amd 1:2024",
		"ISO 9001:2015/Amd 2:2024",
		"ISO 9001:2015/Cor 1:2024",
		"ISO 9001:2015/CD Amd 1",
		"ISO 9001:2015/DAM 1",
		"ISO/CD 9001",
		"ISO/CD 9001.2",
		"ISO/CD TS 9001",
		"ISO Guide 9001:2015",
		"JIS Q 9001:2015",
		"JIS Z 9001:2015",
		"JIS Q 9001:2015R",
		"JIS Q 9001-1:2015",
		"TR Q 9001:2015",
		"TS Q 9001:2015",
		"YY/T 9001-2015",
		"YY 9001-2015",
		"DB11/T 9001-2015",
		"DB11/9001-2015",
		"DB12/T 9001-2015",
		"T/ABC 9001-2015",
		"Q/ABC 9001-2015",
		"ISO 10303-1001",
		"ISO 10303:1001",
		"IWA 9001:2015",
		"ISO 9001:2015 (all parts)",
		"ISO 9001:2015, 4.1",
	};
	enum { COUNT = sizeof all / sizeof *all };
	struct designator d[COUNT];
	for (size_t i = 0; i < COUNT; i++) {
		d[i] = parse(all[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(d[i].canonical, d[k].canonical) == 0)
				fail_msg("%s and %s are both %s", all[i], all[k], d[i].canonical);
	}
}

static void what_no_family_knows_is_kept_as_text(void **state)
{
	static const char *const rows[][2] = {
		{ "EN 13445-1:2009", "EN 13445-1:2009" },
		{ "ASTM  D 4057 ", "ASTM D 4057" },
		{ "ＡＳＴＭ　Ｄ　４０５７", "ASTM D 4057" },
		{ "质量管理体系　要求", "质量管理体系 要求" },
		{ "Something — else", "Something — else" },
		{ "ISO", "ISO" },
		{ "ISO/", "ISO/" },
		{ "ISO 9001:", "ISO 9001:" },
		{ "ISO 9001:15", "ISO 9001:15" },
		{ "ISO 9001:20155", "ISO 9001:20155" },
		{ "ISO 9001:2015/", "ISO 9001:2015/" },
		{ "ISO 9001:2015/Foo 1", "ISO 9001:2015/Foo 1" },
		{ "ISO 9001:2015/Amd 1:20", "ISO 9001:2015/Amd 1:20" },
		{ "ISO 9001:2015 and more", "ISO 9001:2015 and more" },
		{ "ISO 1-2015:2016", "ISO 1-2015:2016" },
		{ "ISO 1/2015", "ISO 1/2015" },
		{ "GB 1-87:2016", "GB 1-87:2016" },
		{ "GB 04-1982-2016", "GB 04-1982-2016" },
		{ "Q/ABC 52-2018R-2018", "Q/ABC 52-2018R-2018" },
		{ "ISO/DIS/TS/TR 1", "ISO/DIS/TS/TR 1" },
		{ "ISO/TS/IEC 1", "ISO/TS/IEC 1" },
		{ "GB", "GB" },
		{ "GB/X 1-2000", "GB/X 1-2000" },
		{ "ZZ 1-2000", "ZZ 1-2000" },
		{ "GB/T 19001-", "GB/T 19001-" },
		{ "GB/T 1.-2016", "GB/T 1.-2016" },
		{ "GB/T 1.1-2020/XG", "GB/T 1.1-2020/XG" },
		{ "GB/T 1.1-2020/XG1-20", "GB/T 1.1-2020/XG1-20" },
		{ "GB/T 1.1-2020/ISO", "GB/T 1.1-2020/ISO" },
		{ "DB1/T 1-2000", "DB1/T 1-2000" },
		{ "DB1501z7", "DB1501z7" },
		{ "T/ 1-2000", "T/ 1-2000" },
		{ "JIS", "JIS" },
		{ "JIS Q", "JIS Q" },
		{ "JIS 9001", "JIS 9001" },
		{ "JIS Z 8210:2017 SYMBOL", "JIS Z 8210:2017 SYMBOL" },
		{ "ISO 123456789012345678901234567890123456789012345678901234567890123456789",
		  "ISO 123456789012345678901234567890123456789012345678901234567890123456789" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct designator d = parse(rows[i][0]);
		assert_string_equal(d.canonical, rows[i][1]);
		assert_string_equal(d.undated, rows[i][1]);
		assert_string_equal(d.prefix, "");
		assert_int_equal(d.year, 0);
		check_stable(&d);
	}
}

static void expect_invalid(struct bytes text, const char *part)
{
	struct designator d;
	struct err err = { 0 };
	assert_int_equal(designator_parse(text, &d, &err), ERR_INVALID);
	kit_expect_text(&err, part);
}

static void what_is_no_text_is_refused(void **state)
{
	expect_invalid(bytes_of(NULL, 0), "empty");
	expect_invalid(bytes_str("   "), "empty");
	expect_invalid(bytes_str("　\u00a0\u2003"), "empty");
	expect_invalid(bytes_str("\u200b\u00ad\ufeff"), "empty");
	expect_invalid(bytes_str("ISO 9001\n"), "control");
	expect_invalid(bytes_str("ISO\t9001"), "control");
	expect_invalid(bytes_str("ISO\x7f 9001"), "control");
	expect_invalid(bytes_str("ISO \xc2\x85 9001"), "control");
	expect_invalid(bytes_of("ISO\0 9001", 9), "NUL");
	expect_invalid(bytes_str("ISO \xff"), "UTF-8");
	expect_invalid(bytes_str("ISO \xed\xa0\x80"), "UTF-8");
}

static void the_limit_is_on_what_is_left(void **state)
{
	char text[20 * SUBJECT_MAX];
	struct designator d;
	memset(text, 'x', sizeof text);
	assert_int_equal(designator_parse(bytes_of(text, SUBJECT_MAX), &d, NULL), OK);
	assert_int_equal(strlen(d.canonical), SUBJECT_MAX);
	expect_invalid(bytes_of(text, SUBJECT_MAX + 1), "longer than");
	expect_invalid(bytes_of(text, sizeof text), "longer than");
	memset(text, ' ', sizeof text);
	memcpy(text, "ISO", 3);
	memcpy(text + 2 * SUBJECT_MAX, "9001", 4);
	assert_int_equal(designator_parse(bytes_of(text, 3 * SUBJECT_MAX), &d, NULL), OK);
	assert_string_equal(d.canonical, "ISO 9001");
	struct buf wide = { 0 };
	for (int i = 0; i < SUBJECT_MAX; i++)
		buf_add_str(&wide, "Ａ");
	assert_int_equal(designator_parse(buf_bytes(&wide), &d, NULL), OK);
	assert_int_equal(strlen(d.canonical), SUBJECT_MAX);
	buf_free(&wide);
	/* One character of 3 bytes that folds to 33. */
	buf_add_str(&wide, "\ufdfa\ufdfa\ufdfa\ufdfa\ufdfa\ufdfa\ufdfa\ufdfa");
	expect_invalid(buf_bytes(&wide), "longer than");
	buf_free(&wide);
}

/* Whatever is put together from the pieces of references is stable. */
static void random_references_are_stable(void **state)
{
	static const char *const pieces[] = { "GB",     "/T",   "ISO",  "IEC",  "JIS",    " ",  "-",   "—",   ":",
		                                  "/",      "9001", "2015", "1",    "87",     "Q",  "Amd", "Cor", "TS",
		                                  "DIS",    "CD",   "Ａ",   "質",   "SYMBOL", ".",  "(E)", "R",   "\u0308",
		                                  "\u3099", "か",   "XG1",  "DB11", "T/",     "YY", "  " };
	uint64_t seed = 7;
	for (int i = 0; i < 100000; i++) {
		char text[128] = "";
		for (size_t n = 1 + kit_below(&seed, 10), at = 0; n > 0; n--) {
			const char *piece = pieces[kit_below(&seed, sizeof pieces / sizeof *pieces)];
			memcpy(text + at, piece, strlen(piece) + 1);
			at += strlen(piece);
		}
		struct designator d;
		if (designator_parse(bytes_str(text), &d, NULL) == OK)
			check_stable(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_references),
		cmocka_unit_test(international_references),
		cmocka_unit_test(japanese_references),
		cmocka_unit_test(the_parts_are_told_apart),
		cmocka_unit_test(different_references_stay_different),
		cmocka_unit_test(what_no_family_knows_is_kept_as_text),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(the_limit_is_on_what_is_left),
		cmocka_unit_test(random_references_are_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
