/* Tables to records: mapping files and what is wrong with them, cells as people write them, rows that are none. */
#include <time.h>

#include "node/base/buf.h"
#include "node/ingest/cell.h"
#include "node/ingest/many.h"
#include "node/ingest/mapping.h"
#include "tests/ingest/pieces.h"
#include "tests/ingest/reading.h"

/* ---- tables through one door ---------------------------------------------------------------------------------- */

struct table_fixture {
	struct fixture f;
	struct mapping *mapping;
	unsigned records, refused;
	uint64_t bytes;
	struct buf reasons, notes;
};

static int setup_table(void **state)
{
	static struct table_fixture t;
	t = (struct table_fixture){ 0 };
	*state = &t;
	return 0;
}

static int teardown_table(void **state)
{
	struct table_fixture *t = *state;
	arena_free(&t->f.arena);
	buf_free(&t->f.bytes);
	buf_free(&t->reasons);
	buf_free(&t->notes);
	mapping_free(t->mapping);
	return 0;
}

/* The last record stays decoded. */
static int take_one(void *arg, const struct one *one, struct err *err)
{
	struct table_fixture *t = arg;
	if (one->rc != OK) {
		t->refused++;
		buf_printf(&t->reasons, "%llu: %s\n", (unsigned long long)one->line, one->reason);
		return OK;
	}
	arena_free(&t->f.arena);
	assert_int_equal(record_decode(one->record, &t->f.arena, &t->f.record, err), OK);
	assert_string_equal(t->f.record->subject, one->subject);
	t->f.s = t->f.record->standard;
	t->f.warnings = one->warnings;
	t->records++;
	return OK;
}

static void take_note(void *arg, const char *text)
{
	struct table_fixture *t = arg;
	buf_printf(&t->notes, "%s\n", text);
}

static void use_mapping(struct table_fixture *t, const char *yaml)
{
	mapping_free(t->mapping);
	t->mapping = NULL;
	if (mapping_read(bytes_str(yaml), &t->mapping, &t->f.err) != OK)
		fail_msg("not a mapping: %s", t->f.err.text);
}

static int read_table(struct table_fixture *t, struct bytes text, size_t step)
{
	struct pieces p = { .rest = text, .step = step };
	struct stream stream = { .arg = &p, .read_cb = read_piece };
	const struct many_sink sink = { t, take_one, take_note, &t->bytes };
	t->records = t->refused = 0;
	t->bytes = 0;
	buf_reset(&t->reasons);
	buf_reset(&t->notes);
	t->f.err = (struct err){ 0 };
	return many_table(&stream, t->mapping, &sink, &t->f.err);
}

/* Two columns and one row: the record. */
static void read_cell(struct table_fixture *t, const char *rule, const char *cell)
{
	struct buf yaml = { 0 }, text = { 0 };
	buf_printf(&yaml, "subject: {columns: [S]}\ncolumns:\n- columns: [C]\n%s", rule);
	use_mapping(t, buf_str(&yaml));
	buf_printf(&text, "S;C\nGB 1-2020;\"%s\"\n", cell);
	assert_int_equal(read_table(t, buf_bytes(&text), 4096), OK);
	if (t->records != 1)
		fail_msg("%s: refused: %s", cell, buf_str(&t->reasons));
	buf_free(&yaml);
	buf_free(&text);
}

static void has_oddity(const struct table_fixture *t, int type, const char *field, const char *found)
{
	assert_int_equal(t->f.record->n_oddities, 1);
	assert_int_equal(t->f.record->oddities[0]->type, type);
	assert_string_equal(t->f.record->oddities[0]->field, field);
	assert_string_equal(t->f.record->oddities[0]->found, found);
	assert_int_equal(t->f.warnings, 1);
}

/* ---- cells ---------------------------------------------------------------------------------------------------- */

static void dates_as_people_write_them(void **state)
{
	static const char *const good[][2] = {
		{ "2020-03-31", "2020-03-31" },
		{ "2020/3/1", "2020-03-01" },
		{ "2020.12.01", "2020-12-01" },
		{ "20200331", "2020-03-31" },
		{ "2020年3月31日", "2020-03-31" },
		{ "2020年3月", "2020-03" },
		{ "2020", "2020" },
		{ "2020-03", "2020-03" },
		{ "2020-3-1 0:00:00", "2020-03-01" },
		{ "2020-03-31T00:00:00Z", "2020-03-31" },
		{ "2020/3/1 0:00", "2020-03-01" },
	};
	static const char *const bad[] = { "",          "31.12.2020", "2020-13-01", "2020-02-30",
		                               "2020-3-1x", "43921",      "现行",       "20-3-1" };
	const struct mapping_names usual = { 0 };
	char out[DATE_TEXT_MAX + 1];
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!cell_date(bytes_str(good[i][0]), &usual, out))
			fail_msg("%s is a date", good[i][0]);
		assert_string_equal(out, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (cell_date(bytes_str(bad[i]), &usual, out))
			fail_msg("%s is no date", bad[i]);
	const char *own[] = { "DD.MM.YYYY", "M/D/YYYY" };
	const struct mapping_names patterns = { own, 2 };
	assert_true(cell_date(bytes_str("31.12.2020"), &patterns, out));
	assert_string_equal(out, "2020-12-31");
	assert_true(cell_date(bytes_str("1/2/2020"), &patterns, out));
	assert_string_equal(out, "2020-01-02");
	assert_false(cell_date(bytes_str("2020-01-02"), &patterns, out));
}

static void adoptions_are(const char *cell, const char *expected)
{
	struct cell_adoption list[8];
	struct buf out = { 0 };
	size_t count = cell_adoptions(bytes_str(cell), list, 8);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s%s=%s", i > 0 ? "; " : "", list[i].target.canonical,
		           list[i].degree == NULL ? "?" : list[i].degree);
	if (strcmp(buf_str(&out), expected) != 0)
		fail_msg("%s gives %s, not %s", cell, buf_str(&out), expected);
	buf_free(&out);
}

static void adoptions_as_people_write_them(void **state)
{
	adoptions_are("ISO 9001:2015,IDT", "ISO 9001:2015=idt");
	adoptions_are("ISO 9001:2015 , idt ; IEC 60601-1:2005, MOD", "ISO 9001:2015=idt; IEC 60601-1:2005=mod");
	adoptions_are("ISO 9001:2015 IDT", "ISO 9001:2015=idt");
	adoptions_are("IDT ISO 9001:2015", "ISO 9001:2015=idt");
	adoptions_are("ISO 9001:2015(IDT)", "ISO 9001:2015=idt");
	adoptions_are("IDT,ISO 9001:2015", "ISO 9001:2015=idt");
	adoptions_are("等同采用ISO 9001:2015、修改采用:IEC 60601-1:2005", "ISO 9001:2015=idt; IEC 60601-1:2005=mod");
	adoptions_are("ISO 9001:2015 非等效", "ISO 9001:2015=neq");
	adoptions_are("ISO 9001:2015,EQV", "ISO 9001:2015=");
	adoptions_are("ISO 9001:2015", "ISO 9001:2015=?");
	adoptions_are("ISO 9001:2015\nISO 9000:2015,NEQ", "ISO 9001:2015=?; ISO 9000:2015=neq");
	adoptions_are("ASTM D 638-2014,NEQ", "ASTM D 638-2014=neq");
	adoptions_are("采", "=?");
	adoptions_are("IDT", "");
	adoptions_are("", "");
	adoptions_are("IDTX 5", "IDTX 5=?");
}

/* For each part the whole rest was searched for each separator that is not there: minutes. */
static void a_cell_of_separators_alone_ends_soon(void **state)
{
	enum { COMMAS = 1 << 20 };
	struct cell_adoption list[8];
	struct buf cell = { 0 };
	(void)state;
	memset(buf_reserve(&cell, COMMAS), ',', COMMAS);
	cell.len = COMMAS;
	clock_t began = clock();
	assert_int_equal(cell_adoptions(buf_bytes(&cell), list, 8), 0);
	assert_true((clock() - began) / CLOCKS_PER_SEC < 5);
	buf_free(&cell);
}

static void cells_become_fields(void **state)
{
	struct table_fixture *t = *state;
	read_cell(t, "  field: standard.events[].date\n  with: {type: implemented}\n", "2020年1月2日");
	has_event(&t->f, 0, NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED, "2020-01-02");
	read_cell(t, "  field: standard.ics\n  separators: [\",\", \" \"]\n", "０１.120, 03.120.10  35");
	assert_int_equal(t->f.s->n_ics, 3);
	assert_string_equal(t->f.s->ics[0], "01.120");
	assert_string_equal(t->f.s->ics[2], "35");
	read_cell(t, "  field: texts[].value\n  with: {role: abstract, lang: en}\n", " one\ntwo  three ");
	has_text(&t->f, 0, ABSTRACT, "en", "one\ntwo three");
	read_cell(t, "  field: standard.links[].target\n  with: {type: replaces}\n  prefixes: [代替]\n  separators: [、]\n",
	          "代替：GB/T 5606.1-1996、GB/T 5606.2—1996。");
	assert_int_equal(t->f.s->n_links, 2);
	has_link(&t->f, 0, REPLACES, "GB/T 5606.1-1996");
	has_link(&t->f, 1, REPLACES, "GB/T 5606.2-1996");
	read_cell(t, "  field: standard.links[].target\n  with: {type: replaces}\n  prefixes: [代替]\n",
	          "部分代替GB 2-2000");
	assert_int_equal(t->f.s->n_links, 0);
	assert_int_equal(t->f.warnings, 0);
	read_cell(t, "  field: standard.committees\n  before: 'TC '\n", "260");
	assert_string_equal(t->f.s->committees[0], "TC 260");
}

static void what_a_field_cannot_have_is_odd(void **state)
{
	struct table_fixture *t = *state;
	read_cell(t, "  field: standard.status\n  values: {现行: current}\n", "不明");
	assert_false(t->f.s->has_status);
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_CODE, "standard.status", "不明");
	read_cell(t, "  field: standard.status\n", "current");
	assert_int_equal(t->f.s->status, NORMLINK__STATUS__STATUS_CURRENT);
	read_cell(t, "  field: standard.events[].date\n  with: {type: published}\n", "soon");
	assert_int_equal(t->f.s->n_events, 0);
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_DATE, "standard.events.date", "soon");
	read_cell(t, "  field: standard.ics\n", "1.2");
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_CODE, "standard.ics", "1.2");
	read_cell(t, "  field: standard.ccs\n", "a00");
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_CODE, "standard.ccs", "a00");
	read_cell(t, "  field: standard.adopts[].target\n  as: adoption\n", "采");
	assert_int_equal(t->f.s->n_adopts, 0);
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "standard.adopts.target", "采");
	read_cell(t, "  field: standard.adopts[].target\n  as: adoption\n", "ISO 1:2016,EQV");
	assert_int_equal(t->f.s->n_adopts, 1);
	assert_false(t->f.s->adopts[0]->has_degree);
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_CODE, "standard.adopts.target", "ISO 1:2016");
	read_cell(t, "  field: standard.links[].target\n  with: {type: replaces}\n", "GB 1-2020");
	assert_int_equal(t->f.s->n_links, 0);
	read_cell(t, "  field: standard.links[].target\n  with: {type: replaces}\n", "the old one");
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "standard.links.target", "the old one");
}

/* ---- rows and tables ------------------------------------------------------------------------------------------ */

static const char SIMPLE[] =
    "name: simple\nderive: true\nsubject: {columns: [标准号, No.], known: true}\n"
    "columns:\n- {columns: [名称], field: 'texts[].value', with: {role: title, lang: zh}}\n"
    "- {columns: [类别], field: standard.obligation, values: {强标: mandatory, 推标: voluntary}}\n"
    "constants: {standard.publisher: P, standard.languages: [zh, en], source.name: S}\n";

static void rows_that_are_none(void **state)
{
	struct table_fixture *t = *state;
	use_mapping(t, SIMPLE);
	static const char text[] =
	    "标准号,名称,类别\nGB 1-2020,甲,强标\n,乙,\n,,\nX Y Z,丙,\nGB 2-2020,丁\nGB 3-2020,戊,,,\n"
	    "GB 4-2020,己,,,x\n\"GB 5-2020\"x,,\n\"GB 6-2020,庚,\nGB 7-2020,\xff,\n";
	for (size_t step = 1; step < 200; step += 7) {
		assert_int_equal(read_table(t, bytes_str(text), step), OK);
		assert_int_equal(t->records, 2);
		assert_int_equal(t->refused, 7);
		assert_string_equal(t->f.record->subject, "GB 3-2020");
		assert_int_equal(t->bytes, sizeof text - 1);
		static const char *const lines[] = { "3: no ",  "5: ",  "6: 2 cells", "8: 5 cells",
			                                 "9: text", "10: ", "11: cell 2" };
		const char *at = buf_str(&t->reasons);
		for (size_t i = 0; i < 7; i++, at = strchr(at, '\n') + 1)
			if (strncmp(at, lines[i], strlen(lines[i])) != 0)
				fail_msg("%s is not about %s", at, lines[i]);
	}
}

static void every_prefix_of_a_table(void **state)
{
	struct table_fixture *t = *state;
	use_mapping(t, SIMPLE);
	static const char text[] = "标准号,名称,类别\r\n\"GB 1-2020\",\"甲\"\"乙\n丙\",强标\r\n";
	for (size_t n = 0; n < sizeof text; n++) {
		int rc = read_table(t, bytes_of(text, n), 3);
		assert_true(rc == OK || rc == ERR_INVALID);
		assert_true(t->records + t->refused <= 2);
	}
	assert_int_equal(t->records, 1);
	has_text(&t->f, 0, TITLE, "zh", "甲\"乙\n丙");
}

static void constants_and_what_the_reference_says(void **state)
{
	struct table_fixture *t = *state;
	use_mapping(t, SIMPLE);
	assert_int_equal(read_table(t, bytes_str("ＮＯ．,类 别\nDB4401/T 5-2020,推标\n"), 9), OK);
	assert_int_equal(t->records, 1);
	assert_int_equal(t->f.s->level, NORMLINK__LEVEL__LEVEL_LOCAL);
	assert_int_equal(t->f.s->obligation, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY);
	assert_string_equal(t->f.s->region, "CN-GD");
	assert_string_equal(t->f.s->publisher, "P");
	assert_int_equal(t->f.s->n_languages, 2);
	assert_string_equal(t->f.record->source->name, "S");
	assert_int_equal(t->f.warnings, 0);
	assert_string_equal(buf_str(&t->notes), "fields that no column is there for: texts[].value\n");
	static const struct {
		const char *reference;
		int level, obligation;
		const char *region;
	} cases[] = {
		{ "GB 5-2020", NORMLINK__LEVEL__LEVEL_NATIONAL, NORMLINK__OBLIGATION__OBLIGATION_MANDATORY, "CN" },
		{ "GB/Z 5-2020", NORMLINK__LEVEL__LEVEL_NATIONAL, NORMLINK__OBLIGATION__OBLIGATION_GUIDANCE, "CN" },
		{ "YY/T 5-2020", NORMLINK__LEVEL__LEVEL_SECTOR, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY, "CN" },
		{ "YY 5-2020", NORMLINK__LEVEL__LEVEL_SECTOR, 0, "CN" },
		{ "DB11/501-2017", NORMLINK__LEVEL__LEVEL_LOCAL, NORMLINK__OBLIGATION__OBLIGATION_MANDATORY, "CN-BJ" },
		{ "T/CECS 5-2020", NORMLINK__LEVEL__LEVEL_ASSOCIATION, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY, "CN" },
		{ "Q/ABC 5-2020", NORMLINK__LEVEL__LEVEL_ENTERPRISE, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY, "CN" },
		{ "ISO/IEC 5:2020", NORMLINK__LEVEL__LEVEL_INTERNATIONAL, 0, NULL },
		{ "JIS Q 9001:2015", NORMLINK__LEVEL__LEVEL_NATIONAL, 0, "JP" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf text = { 0 };
		buf_printf(&text, "标准号,类别\n%s,\n", cases[i].reference);
		assert_int_equal(read_table(t, buf_bytes(&text), 99), OK);
		assert_int_equal(t->records, 1);
		assert_int_equal(t->f.s->level, cases[i].level);
		assert_int_equal(t->f.s->has_obligation ? (int)t->f.s->obligation : 0, cases[i].obligation);
		if (cases[i].region == NULL)
			assert_null(t->f.s->region);
		else
			assert_string_equal(t->f.s->region, cases[i].region);
		buf_free(&text);
	}
	assert_int_equal(read_table(t, bytes_str("标准号,类别\nGB/T 5-2020,强标\n"), 99), OK);
	assert_int_equal(t->f.s->obligation, NORMLINK__OBLIGATION__OBLIGATION_MANDATORY);
	has_oddity(t, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "standard.obligation", "GB/T 5-2020");
}

static void tables_that_do_not_fit(void **state)
{
	struct table_fixture *t = *state;
	assert_int_equal(read_table(t, bytes_str("a,b\n1,2\n"), 9), ERR_UNSUPPORTED);
	assert_non_null(strstr(t->f.err.text, "a, b"));
	assert_non_null(strstr(t->f.err.text, "--mapping"));
	assert_int_equal(read_table(t, bytes_str("标准号,标准名称,备注,备注\nGB 1-2020,甲,,\n"), 9), ERR_INVALID);
	assert_non_null(strstr(t->f.err.text, "twice"));
	use_mapping(t, SIMPLE);
	assert_int_equal(read_table(t, bytes_str("名称\n甲\n"), 9), ERR_INVALID);
	assert_non_null(strstr(t->f.err.text, "no column 标准号"));
	assert_int_equal(read_table(t, bytes_str("标准号,标 准 号\n甲,乙\n"), 9), ERR_INVALID);
	assert_non_null(strstr(t->f.err.text, "twice"));
	assert_int_equal(read_table(t, bytes_str(""), 9), ERR_INVALID);
	assert_int_equal(read_table(t, bytes_str("标准号,x,y\nGB 1-2000,,\n"), 9), OK);
	assert_non_null(strstr(buf_str(&t->notes), "does not use: x, y"));
}

static void a_title_above_the_heads(void **state)
{
	struct table_fixture *t = *state;
	use_mapping(t, SIMPLE);
	assert_int_equal(read_table(t, bytes_str("\xef\xbb\xbf目录, 2020\n\n标准号;名称;类别\nGB 1-2020;甲, 乙;\n"), 9),
	                 OK);
	assert_int_equal(t->records, 1);
	has_text(&t->f, 0, TITLE, "zh", "甲, 乙");
	assert_string_equal(buf_str(&t->notes), "the columns' names stand on line: 3\n");
	assert_int_equal(read_table(t, bytes_str("目录\n名称;x\n1;2\n"), 9), ERR_INVALID);
	assert_non_null(strstr(t->f.err.text, "the first row has: 目录."));
}

static void other_kinds(void **state)
{
	struct table_fixture *t = *state;
	use_mapping(t, "kind: deposit\nsubject: {columns: [S], fragment: {columns: [Id]}}\ncolumns:\n"
	               "- {columns: [Digest], field: deposit.digest}\n- {columns: [Size], field: deposit.size}\n"
	               "- {columns: [Access], field: deposit.access, values: {free: open, '': ''}}\n");
	static const char row[] = "S,Id,Digest,Size,Access\ngb1-2020,a,"
	                          "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF,17,free\n";
	assert_int_equal(read_table(t, bytes_str(row), 9), OK);
	assert_int_equal(t->records, 1);
	assert_string_equal(t->f.record->subject, "GB 1-2020#a");
	assert_int_equal(t->f.record->deposit->digest.len, 32);
	assert_int_equal(t->f.record->deposit->digest.data[31], 0xff);
	assert_int_equal(t->f.record->deposit->size, 17);
	assert_int_equal(t->f.record->deposit->access, NORMLINK__DEPOSIT__ACCESS__ACCESS_OPEN);
	use_mapping(t, "kind: adoption\nsubject: {columns: [S]}\ncolumns:\n- columns: [From]\n"
	               "  field: adoption.sources[].target\n  as: adoption\n  with: {date: {columns: [D]}}\n");
	assert_int_equal(read_table(t, bytes_str("S,From,D\nGB 1-2020,\"ISO 1:2016,MOD\",2020-01-01\n"), 9), OK);
	assert_int_equal(t->records, 1);
	assert_int_equal(t->f.record->adoption->sources[0]->degree, NORMLINK__DEGREE__DEGREE_MOD);
	assert_string_equal(t->f.record->adoption->sources[0]->date, "2020-01-01");
}

/* ---- mapping files -------------------------------------------------------------------------------------------- */

static void bad_mappings_are_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "", "nothing in it" },
		{ "[]", "not words" },
		{ "a: &x b\nc: *x", "anchors" },
		{ "colour: red", "colour" },
		{ "columns: []", "subject" },
		{ "subject: {}\ncolumns: []", "columns is missing" },
		{ "subject: {columns: [S]}", "a list of rules" },
		{ "subject: {columns: [S]}\ncolumns: [x]", "columns[0]" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a]}]", "field is missing" },
		{ "subject: {columns: [S]}\ncolumns: [{field: standard.status}]", "columns is missing" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.colour}]", "no field colour" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard}]", "cannot fill" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.events.date}]", "write []" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: 'standard[].status'}]", "leave [] out" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: 'standard..status'}]", "not the path" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.status, values: {x: fine}}]", "fine" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: 'texts[].value', with: {role: poem}}]", "poem" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: 'texts[].value', with: {colour: x}}]", "colour" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.edition, as: song}]", "song" },
		{ "subject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.edition, as: adoption}]", "adoption is" },
		{ "subject: {columns: [S]}\ncolumns: []\nconstants: {standard.status: fine}", "fine" },
		{ "subject: {columns: [S]}\ncolumns: []\nconstants: {'texts[].value': x}", "constant cannot" },
		{ "kind: review\nsubject: {columns: [S]}\ncolumns: [{columns: [a], field: standard.status}]", "another kind" },
		{ "kind: poem\nsubject: {columns: [S]}\ncolumns: []", "poem" },
		{ "kind: sharing\nsubject: {columns: [S]}\ncolumns: []", "sharing" },
		{ "encoding: koi8\nsubject: {columns: [S]}\ncolumns: []", "koi8" },
		{ "separator: ab\nsubject: {columns: [S]}\ncolumns: []", "ab" },
		{ "kind: standard\nkind: standard\nsubject: {columns: [S]}\ncolumns: []", "twice" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mapping *m = NULL;
		struct err err = { 0 };
		assert_int_equal(mapping_read(bytes_str(bad[i][0]), &m, &err), ERR_INVALID);
		assert_null(m);
		if (strstr(err.text, bad[i][1]) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", bad[i][0], err.text, bad[i][1]);
	}
}

/* The first example of the words of a mapping is one. */
static void the_documented_one_is_good(void **state)
{
	static char text[16 * 1024];
	struct mapping *m;
	struct err err = { 0 };
	FILE *file = fopen("node/ingest/mappings/README.md", "rb");
	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text - 1, file);
	assert_int_equal(fclose(file), 0);
	text[len] = '\0';
	const char *begin = strstr(text, "```yaml\n");
	assert_non_null(begin);
	const char *end = strstr(begin + 8, "```");
	assert_non_null(end);
	if (mapping_read(bytes_of(begin + 8, (size_t)(end - begin - 8)), &m, &err) != OK)
		fail_msg("%s", err.text);
	mapping_free(m);
}

static void included_ones_are_good(void **state)
{
	unsigned count = 0;
	for (size_t i = 0; included_name(i) != NULL; i++) {
		struct bytes text;
		struct mapping *m;
		assert_true(included_text(included_name(i), &text));
		assert_true(included_title(i)[0] != '\0');
		if (strcmp(included_name(i), "iso-open-data") == 0)
			continue;
		struct err err = { 0 };
		if (mapping_read(text, &m, &err) != OK)
			fail_msg("%s: %s", included_name(i), err.text);
		assert_string_equal(m->name, included_name(i));
		mapping_free(m);
		count++;
	}
	assert_true(count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_as_people_write_them),
		cmocka_unit_test(adoptions_as_people_write_them),
		cmocka_unit_test(a_cell_of_separators_alone_ends_soon),
		cmocka_unit_test_setup_teardown(cells_become_fields, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(what_a_field_cannot_have_is_odd, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(rows_that_are_none, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(every_prefix_of_a_table, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(constants_and_what_the_reference_says, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(tables_that_do_not_fit, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(a_title_above_the_heads, setup_table, teardown_table),
		cmocka_unit_test_setup_teardown(other_kinds, setup_table, teardown_table),
		cmocka_unit_test(bad_mappings_are_refused),
		cmocka_unit_test(the_documented_one_is_good),
		cmocka_unit_test(included_ones_are_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
