/* Relaton documents to records: whole documents of both generations of the model, bad ones, limits. */
#include "tests/ingest/reading.h"

static const char OLDER[] =
    "---\n"
    "schema-version: v1.2.9\n"
    "id: ISO4242-2-2015\n"
    "title:\n"
    "- {content: Teapots, language: [en], script: [Latn], type: title-intro}\n"
    "- {content: Spouts, language: [en], script: [Latn], type: title-main}\n"
    "- {content: 'Teapots - Spouts', language: [en], script: [Latn], type: main}\n"
    "- {content: Théières, language: [fr], script: [Latn], type: title-intro}\n"
    "- {content: 'Théières - Becs', language: [fr], script: [Latn], type: main}\n"
    "link:\n- {content: 'https://example.org/4242', type: src}\n"
    "type: standard\n"
    "docid:\n"
    "- {id: 'urn:iso:std:iso:4242:-2:stage-90.92', type: URN}\n"
    "- {id: 'ISO/IEC 4242-2:2015', type: ISO, primary: true}\n"
    "docnumber: '4242'\n"
    "date:\n- {type: published, value: 2015-09}\n- {type: corrected, value: '2015-11'}\n"
    "contributor:\n"
    "- organization: {name: [{content: A}], abbreviation: {content: ISO}}\n  role: [{type: publisher}]\n"
    "- organization: {name: [{content: B}], abbreviation: {content: IEC}}\n  role: [{type: publisher}]\n"
    "- organization: {name: [{content: C}]}\n  role: [{type: author}]\n"
    "edition: {content: '5'}\n"
    "language: [en, fr]\nscript: [Latn]\n"
    "abstract:\n"
    "- {content: \"Spouts of\\u00a0 teapots.\\r\\n\\r\\nAnd lids.\", language: [en], script: [Latn]}\n"
    "docstatus:\n  stage: {value: '90'}\n  substage: {value: '92'}\n"
    "relation:\n"
    "- {type: obsoletes, bibitem: {docid: [{id: 'ISO/IEC 4242-2:2008', primary: true}]}}\n"
    "ext:\n"
    "  doctype: {type: international-standard}\n"
    "  editorialgroup:\n    technical_committee:\n"
    "    - {name: Tea, number: 99, type: TC, identifier: ISO/TC 99/SC 2}\n"
    "  ics:\n  - {code: 97.040.60, text: Cookware}\n  - {code: 67.140.10}\n";

static void the_older_generation(void **state)
{
	struct fixture *f = *state;
	read_it(f, OLDER);
	assert_int_equal(f->warnings, 0);
	assert_false(f->held);
	assert_int_equal(f->record->kind, NORMLINK__KIND__KIND_STANDARD);
	assert_string_equal(f->record->subject, "ISO/IEC 4242-2:2015");
	assert_null(f->s->reference);
	assert_int_equal(f->record->n_texts, 3);
	has_text(f, 0, TITLE, "en", "Teapots - Spouts");
	has_text(f, 1, TITLE, "fr", "Théières - Becs");
	has_text(f, 2, ABSTRACT, "en", "Spouts of teapots.\nAnd lids.");
	assert_int_equal(f->s->status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_string_equal(f->s->stage, "90.92");
	assert_int_equal(f->s->n_events, 2);
	has_event(f, 0, PUBLISHED, "2015-09");
	has_event(f, 1, CORRECTED, "2015-11");
	assert_string_equal(f->s->edition, "5");
	assert_string_equal(f->s->publisher, "ISO/IEC");
	assert_int_equal(f->s->n_ics, 2);
	assert_string_equal(f->s->ics[0], "97.040.60");
	assert_int_equal(f->s->n_committees, 1);
	assert_string_equal(f->s->committees[0], "ISO/TC 99/SC 2");
	assert_int_equal(f->s->n_languages, 2);
	assert_int_equal(f->s->n_links, 1);
	has_link(f, 0, REPLACES, "ISO/IEC 4242-2:2008");
}

static const char NEWER[] =
    "---\n"
    "id: ISO42422015\n"
    "type: standard\n"
    "schema_version: v1.5.6\n"
    "fetched: '2025-11-02'\n"
    "title:\n"
    "- {language: en, script: Latn, content: Teapots, type: title-main}\n"
    "- {language: en, script: Latn, content: 'Teapots - All', type: main}\n"
    "- {language: zh, script: Hant, content: 茶壺}\n"
    "source:\n- {type: src, content: 'https://example.org/4242'}\n"
    "docidentifier:\n- {content: 'ISO 4242:2015', type: ISO, primary: true}\n"
    "date:\n- {type: published, at: 2015-09}\n- {type: confirmed, from: '2020-01-02T00:00:00+00:00'}\n"
    "contributor:\n"
    "- role: publisher\n  organization: {name: International Organization for Standardization}\n"
    "- role:\n  - {type: author, description: [{content: committee}]}\n"
    "  organization:\n    subdivision:\n"
    "    - {type: technical-committee, name: [{content: Tea}], identifier: [{content: ISO/TC 99}]}\n"
    "edition: {number: 2, content: Second edition}\n"
    "language: en\n"
    "status: {stage: {content: '95'}, substage: {content: '99'}}\n"
    "relation: {type: cites, bibitem: {formattedref: 'ISO 1'}}\n"
    "ext: {doctype: {content: international-standard}, ics: {code: 67.140.10}}\n";

static void the_newer_generation(void **state)
{
	struct fixture *f = *state;
	read_it(f, NEWER);
	assert_int_equal(f->warnings, 0);
	assert_true(f->held);
	assert_string_equal(f->record->subject, "ISO 4242:2015");
	assert_int_equal(f->record->n_texts, 2);
	has_text(f, 0, TITLE, "en", "Teapots - All");
	has_text(f, 1, TITLE, "zh-Hant", "茶壺");
	assert_int_equal(f->s->status, NORMLINK__STATUS__STATUS_WITHDRAWN);
	assert_string_equal(f->s->stage, "95.99");
	has_event(f, 0, PUBLISHED, "2015-09");
	has_event(f, 1, CONFIRMED, "2020-01-02");
	assert_string_equal(f->s->edition, "2");
	assert_string_equal(f->s->publisher, "International Organization for Standardization");
	assert_int_equal(f->s->n_committees, 1);
	assert_string_equal(f->s->committees[0], "ISO/TC 99");
	assert_int_equal(f->s->n_languages, 1);
	assert_string_equal(f->s->ics[0], "67.140.10");
	has_link(f, 0, NORMLINK__LINK_TYPE__LINK_CITES, "ISO 1");
}

/* Written by hand, with mappings for lists and texts for mappings, and no whole title. */
static const char DIRECTIVE[] =
    "title:\n"
    "- type: title-intro\n  content: ISO/IEC Directives, Part 9\n  language: en\n  script: Latn\n"
    "- type: title-main\n  content: Supplement\n  language: en\n  script: Latn\n"
    "- type: title-main\n  content: Supplément\n  language: fr\n  script: Latn\n"
    "- type: title-part\n  content: Procedures\n  language: en\n  script: Latn\n"
    "type: standard\ndoctype: directive\n"
    "docid:\n  id: ISO/IEC DIR 9 ISO SUP:2003\n  type: ISO\n  primary: true\n"
    "date:\n  type: published\n  value: '2003-06-05'\n"
    "edition: \"1\"\nlanguage:\n- en\nscript: Latn\n"
    "relation:\n  - type: partOf\n    bibitem:\n      formattedref: ISO/IEC DIR 9\n";

static void directives_by_hand(void **state)
{
	struct fixture *f = *state;
	read_it(f, DIRECTIVE);
	assert_int_equal(f->warnings, 1); /* partOf */
	assert_string_equal(f->record->subject, "ISO/IEC DIR 9 ISO SUP:2003");
	assert_int_equal(f->record->n_texts, 2);
	has_text(f, 0, TITLE, "en", "ISO/IEC Directives, Part 9 - Supplement - Procedures");
	has_text(f, 1, TITLE, "fr", "Supplément");
	assert_false(f->s->has_status);
	assert_null(f->s->stage);
	has_event(f, 0, PUBLISHED, "2003-06-05");
	assert_string_equal(f->s->edition, "1");
	assert_int_equal(f->s->n_links, 0);
}

static const char JAPANESE[] =
    "---\n"
    "title:\n"
    "- {content: 船用５Ｋ　弁（追補１）, language: [ja], script: [Jpan]}\n"
    "- {content: '', language: [en], script: [Lant]}\n"
    "type: standard\n"
    "docid:\n- {id: 'JIS F 9999-2:1989/AMENDMENT 1:2008', type: JIS, primary: true}\n"
    "date:\n- {type: issued, value: '2008-03-20'}\n- {type: confirmed}\n"
    "contributor:\n"
    "- organization: {name: [{content: 一般財団法人　船, language: [ja]}]}\n  role: [{type: publisher}]\n"
    "docstatus: {stage: {value: valid}}\n"
    "ext:\n  editorialgroup:\n    technical_committee:\n"
    "    - name: \"一般財団法人　船    \\r\\n       弁協会\\r\\n\"\n"
    "  ics:\n  - {code: ４７.020.30}\n  - {code: 47-020}\n";

static void japanese(void **state)
{
	struct fixture *f = *state;
	read_it(f, JAPANESE);
	assert_int_equal(f->warnings, 3); /* the empty title, the date without a value, the bad code */
	assert_string_equal(f->record->subject, "JIS F 9999-2:1989/Amd 1:2008");
	assert_string_equal(f->s->reference, "JIS F 9999-2:1989/AMENDMENT 1:2008");
	assert_int_equal(f->record->n_texts, 1);
	has_text(f, 0, TITLE, "ja", "船用５Ｋ 弁（追補１）");
	assert_int_equal(f->s->status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_null(f->s->stage);
	assert_int_equal(f->s->n_events, 1);
	has_event(f, 0, ISSUED, "2008-03-20");
	assert_string_equal(f->s->publisher, "JISC");
	assert_int_equal(f->s->n_committees, 2);
	assert_string_equal(f->s->committees[0], "一般財団法人 船");
	assert_string_equal(f->s->committees[1], "弁協会");
	assert_int_equal(f->s->n_ics, 1);
	assert_string_equal(f->s->ics[0], "47.020.30");
	assert_int_equal(f->s->n_links, 1);
	has_link(f, 0, AMENDS, "JIS F 9999-2:1989");
}

static void what_would_be_false_is_refused(void **state)
{
	struct fixture *f = *state;
	refuses(f, "", "empty");
	refuses(f, "- a\n- b\n", "not a mapping");
	refuses(f, "just words\n", "not a mapping");
	refuses(f, "type: standard\n", "no identifier");
	refuses(f, "docid: [{type: ISO}]\n", "no identifier");
	refuses(f, "docid: {id: X 1}\ntype: book\n", "type: book");
	refuses(f, "docid: {id: &a X}\n", "anchors");
	refuses(f, "docid: {id: X\n", "line ");
}

static void lists_have_limits(void **state)
{
	struct fixture *f = *state;
	struct buf yaml = { 0 };
	buf_add_str(&yaml, "docid: {id: ISO 1}\ntitle:\n");
	for (int i = 0; i < RECORD_TEXTS_MAX + 10; i++)
		buf_add_str(&yaml, "- {content: x}\n");
	buf_add_str(&yaml, "ext:\n  ics:\n");
	for (int i = 0; i < RECORD_LIST_MAX + 10; i++)
		buf_printf(&yaml, "  - {code: '%02d.%03d'}\n", i / 1000, i % 1000);
	buf_add_str(&yaml, "relation:\n");
	for (int i = 0; i < RECORD_LIST_MAX + 10; i++)
		buf_printf(&yaml, "- {type: cites, bibitem: {formattedref: 'ISO %d'}}\n", i + 2);
	read_it(f, buf_str(&yaml));
	assert_int_equal(f->record->n_texts, RECORD_TEXTS_MAX);
	assert_int_equal(f->s->n_ics, RECORD_LIST_MAX);
	assert_true(f->s->n_links <= RECORD_LIST_MAX && f->s->n_links >= RECORD_LIST_MAX - 1);
	assert_true(f->warnings >= 30 && f->warnings <= 31);
	buf_free(&yaml);
}

static void every_prefix_is_read_or_refused(void **state)
{
	struct fixture *f = *state;
	const char *const whole[] = { OLDER, NEWER, DIRECTIVE, JAPANESE };
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		for (size_t n = 0; n < strlen(whole[i]); n++) {
			buf_reset(&f->bytes);
			int rc = relaton_record(bytes_of(whole[i], n), &f->bytes, &f->warnings, NULL, &f->err);
			assert_true(rc == OK ? f->bytes.len > 0 : rc == ERR_INVALID && f->bytes.len == 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_older_generation, setup, teardown),
		cmocka_unit_test_setup_teardown(the_newer_generation, setup, teardown),
		cmocka_unit_test_setup_teardown(directives_by_hand, setup, teardown),
		cmocka_unit_test_setup_teardown(japanese, setup, teardown),
		cmocka_unit_test_setup_teardown(what_would_be_false_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_have_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(every_prefix_is_read_or_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
