/* ISO Open Data: deliverables and committees, numbers that are looked up, markup, and what is refused. */
#include "node/ingest/iso_open.h"
#include "node/ingest/iso_text.h"
#include "node/ingest/sniff.h"
#include "proto/status_words.h"
#include "tests/ingest/reading.h"

static const char *const LINES[] = {
	"{\"id\":10,\"deliverableType\":\"IS\",\"supplementType\":null,\"reference\":\"ISO 10:2015\",\"publicationDate\":"
	"\"2015-09-22\",\"edition\":5,\"icsCode\":[\"03.120.10\",\"x\"],\"ownerCommittee\":\"ISO/TC "
	"1\",\"currentStage\":9093,"
	"\"replaces\":[8,7,10],\"replacedBy\":null,\"languages\":[\"en\",\"fr\"],\"title\":{\"en\":\"Tests &amp; "
	"more\",\"fr\":"
	"\"Essais\"},\"pages\":{\"en\":29},\"scope\":{\"en\":\"<p>One &lt; two.</p>\\n<ul><li>a</li></ul>\"}}",
	"{\"id\":8,\"deliverableType\":\"TS\",\"reference\":\"ISO/IEC TS "
	"8:2008\",\"currentStage\":\"9599\",\"replacedBy\":[10],"
	"\"title\":\"Tests\"}",
	"{\"id\":11,\"deliverableType\":\"IS\",\"supplementType\":\"Cor\",\"reference\":\"ISO 10:2015/Cor 1:2016\","
	"\"currentStage\":6060,\"title\":{\"en\":\"Correction\"}}",
	"{\"id\":3,\"reference\":\"ISO/TC 1/SC 2\",\"status\":\"Active\",\"title\":{\"en\":\"Sub\"},\"secretariat\":"
	"{\"acronym\":\"SAC\"},\"parentId\":2,\"childrenId\":[]}",
	"{\"id\":2,\"reference\":\"ISO/TC 1\",\"title\":{\"en\":\"All\"},\"secretariat\":\"SCC\",\"parentId\":null,"
	"\"childrenId\":[3]}",
};

struct iso_fixture {
	struct fixture f;
	struct iso_ids ids;
};

static int setup_iso(void **state)
{
	static struct iso_fixture x;
	x = (struct iso_fixture){ 0 };
	*state = &x;
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
		if (iso_ids_add(&x.ids, bytes_str(LINES[i]), NULL) != OK)
			return 1;
	iso_ids_sort(&x.ids);
	return 0;
}

static int teardown_iso(void **state)
{
	struct iso_fixture *x = *state;
	arena_free(&x->f.arena);
	buf_free(&x->f.bytes);
	iso_ids_free(&x->ids);
	return 0;
}

static void read_line(struct iso_fixture *x, const char *line)
{
	struct iso_facts facts;
	struct arena arena = { 0 };
	buf_reset(&x->f.bytes);
	if (iso_open_record(&x->ids, bytes_str(line), &arena, &x->f.bytes, &facts, &x->f.err) != OK)
		fail_msg("refused: %s", x->f.err.text);
	arena_free(&x->f.arena);
	assert_int_equal(record_decode(buf_bytes(&x->f.bytes), &x->f.arena, &x->f.record, &x->f.err), OK);
	assert_string_equal(facts.subject, x->f.record->subject);
	assert_int_equal(facts.kind, x->f.record->kind);
	x->f.s = x->f.record->standard;
	x->f.warnings = facts.warnings;
	arena_free(&arena);
}

static void a_deliverable(void **state)
{
	struct iso_fixture *x = *state;
	read_line(x, LINES[0]);
	assert_string_equal(x->f.record->subject, "ISO 10:2015");
	has_text(&x->f, 0, TITLE, "en", "Tests & more");
	has_text(&x->f, 1, TITLE, "fr", "Essais");
	has_text(&x->f, 2, ABSTRACT, "en", "One < two.\na");
	has_event(&x->f, 0, PUBLISHED, "2015-09-22");
	assert_string_equal(x->f.s->stage, "90.93");
	assert_int_equal(x->f.s->status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_int_equal(x->f.s->n_ics, 1);
	assert_int_equal(x->f.s->n_languages, 2);
	assert_string_equal(x->f.s->edition, "5");
	assert_string_equal(x->f.s->publisher, "ISO");
	assert_string_equal(x->f.s->committees[0], "ISO/TC 1");
	assert_int_equal(x->f.s->n_links, 1);
	has_link(&x->f, 0, REPLACES, "ISO/IEC TS 8:2008");
	assert_int_equal(x->f.warnings, 3); /* an ICS code, a number that is not there, itself */
	assert_string_equal(x->f.record->source->licence, "ODC-By-1.0");
	read_line(x, LINES[1]);
	assert_string_equal(x->f.s->publisher, "ISO/IEC");
	assert_int_equal(x->f.s->status, NORMLINK__STATUS__STATUS_WITHDRAWN);
	has_link(&x->f, 0, REPLACED_BY, "ISO 10:2015");
	has_text(&x->f, 0, TITLE, "en", "Tests");
	read_line(x, LINES[2]);
	has_link(&x->f, 0, CORRECTS, "ISO 10:2015");
}

static void a_committee(void **state)
{
	struct iso_fixture *x = *state;
	read_line(x, LINES[3]);
	assert_int_equal(x->f.record->kind, NORMLINK__KIND__KIND_BODY);
	assert_string_equal(x->f.record->subject, "ISO/TC 1/SC 2");
	assert_string_equal(x->f.record->body->parent, "ISO/TC 1");
	assert_string_equal(x->f.record->body->codes[0]->value, "3");
	has_text(&x->f, 1, NORMLINK__ROLE__ROLE_NOTE, "en", "Status: Active");
	has_text(&x->f, 2, NORMLINK__ROLE__ROLE_NOTE, "en", "Secretariat: SAC");
	read_line(x, LINES[4]);
	assert_null(x->f.record->body->parent);
	has_text(&x->f, 1, NORMLINK__ROLE__ROLE_NOTE, "en", "Secretariat: SCC");
}

static void lines_that_are_refused(void **state)
{
	struct iso_fixture *x = *state;
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"7",
		"null",
		"{}",
		"{\"id\":1}",
		"{\"id\":1,\"reference\":null,\"deliverableType\":\"IS\"}",
		"{\"reference\":\"\",\"deliverableType\":\"IS\"}",
		"{\"reference\":{},\"deliverableType\":\"IS\"}",
		"{\"id\":1,\"id\":2,\"reference\":\"ISO 1\"}",
		"{\"reference\":\"ISO\\u00001\"}",
	};
	struct iso_facts facts;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena arena = { 0 };
		int rc = iso_open_record(&x->ids, bytes_str(bad[i]), &arena, &x->f.bytes, &facts, &x->f.err);
		if (rc != ERR_INVALID)
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(x->f.bytes.len, 0);
		arena_free(&arena);
	}
	for (size_t n = 0; n < strlen(LINES[0]); n++) {
		struct arena arena = { 0 };
		assert_int_equal(iso_open_record(&x->ids, bytes_of(LINES[0], n), &arena, &x->f.bytes, &facts, NULL),
		                 ERR_INVALID);
		arena_free(&arena);
	}
}

static void markup_goes(void **state)
{
	static const char *const cases[][2] = {
		{ "plain", "plain" },
		{ "<p>a</p><p>b</p>", "a\nb" },
		{ "a<br/>b<b>c</b>", "a\nbc" },
		{ "a < b & c > d", "a < b & c > d" },
		{ "x &lt;p&gt; &#x41;&#66; &mu; &nbsp;y", "x <p> AB &mu; y" },
		{ "&#xd800;&#0;&#9999999;", "&#xd800;&#0;&#9999999;" },
		{ "<a href='x'>y</a> <", "y <" },
		{ "<", "<" },
		{ "</", "</" },
		{ "&", "&" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena arena = { 0 };
		struct bytes got = iso_text_plain(&arena, bytes_str(cases[i][0]));
		if (!bytes_equal(got, bytes_str(cases[i][1])))
			fail_msg("%s gives %.*s", cases[i][0], (int)got.len, (const char *)got.data);
		arena_free(&arena);
	}
}

static void stages(void **state)
{
	assert_int_equal(status_of_body_word("iso", "60.60"), NORMLINK__STATUS__STATUS_CURRENT);
	assert_int_equal(status_of_body_word("iso", "60.00"), NORMLINK__STATUS__STATUS_PREPARATION);
	assert_int_equal(status_of_body_word("iso", "95.20"), NORMLINK__STATUS__STATUS_CURRENT);
	assert_int_equal(status_of_body_word("iso", "95.99"), NORMLINK__STATUS__STATUS_WITHDRAWN);
	assert_int_equal(status_of_body_word("iso", "40.98"), NORMLINK__STATUS__STATUS_CANCELLED);
}

static void what_files_seem_to_be(void **state)
{
	static const struct {
		const char *name, *head;
		enum sniffed is;
		const char *what;
	} cases[] = {
		{ "x.yaml", "docid: x", SNIFF_RELATON, "" },
		{ "x.ndjson", "{\"kind\":1}\n", SNIFF_NDJSON, "" },
		{ "x.csv", "a,b\n", SNIFF_TABLE, "" },
		{ "x", "---\ndocid: x\n", SNIFF_RELATON, "" },
		{ "x", "{\"kind\":\"standard\"}\n{", SNIFF_NDJSON, "" },
		{ "x", "a;b\n1;2\n", SNIFF_TABLE, "" },
		{ "x.txt",
		  "\xff\xfe"
		  "a",
		  SNIFF_TABLE, "" },
		{ "x.csv", "%PDF-1.4", SNIFF_UNKNOWN, "PDF" },
		{ "x.json", "[\n{}]", SNIFF_JSON, "" },
		{ "x.json", "{\n\"a\": 1}", SNIFF_JSON, "" },
		{ "x", "<?xml version='1.0'?><!-- c --><mods:mods a='b'/>", SNIFF_XML, "" },
		{ "x.csv", "<html>", SNIFF_UNKNOWN, "page" },
		{ "x", "", SNIFF_UNKNOWN, "empty" },
		{ "x", "word", SNIFF_UNKNOWN, "not YAML" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char what[SNIFF_TEXT_MAX];
		assert_int_equal(sniff(cases[i].name, bytes_str(cases[i].head), what), cases[i].is);
		if (strstr(what, cases[i].what) == NULL)
			fail_msg("%s: %s does not say %s", cases[i].name, what, cases[i].what);
	}
	char what[SNIFF_TEXT_MAX];
	assert_int_equal(sniff("x.jsonl", bytes_str(LINES[0]), what), SNIFF_ISO_OPEN);
	assert_int_equal(sniff("x", bytes_str(LINES[4]), what), SNIFF_ISO_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_deliverable, setup_iso, teardown_iso),
		cmocka_unit_test_setup_teardown(a_committee, setup_iso, teardown_iso),
		cmocka_unit_test_setup_teardown(lines_that_are_refused, setup_iso, teardown_iso),
		cmocka_unit_test(markup_goes),
		cmocka_unit_test(stages),
		cmocka_unit_test(what_files_seem_to_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
