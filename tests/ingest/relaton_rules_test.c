/* Relaton documents to records, rule by rule: each is there because the public data sets need it. */
#include "tests/ingest/reading.h"

static void references_are_folded(void **state)
{
	struct fixture *f = *state;
	read_with(f, "ＪＩＳ Ｑ　９００１：２０１５", "");
	assert_string_equal(f->record->subject, "JIS Q 9001:2015");
	read_with(f, " iso/iec27001:2022 ", "");
	assert_string_equal(f->record->subject, "ISO/IEC 27001:2022");
	assert_string_equal(f->s->reference, "iso/iec27001:2022");
}

static void languages_and_scripts(void **state)
{
	struct fixture *f = *state;
	read_with(f, "X 1",
	          "title:\n- {content: a, language: [en], script: [Lant]}\n- {content: b, language: [ja], script: [Latn]}\n"
	          "- {content: c, language: [zh], script: [Hans]}\n- {content: d}\n- {content: e, language: '12'}\n"
	          "- {content: g, language: fr, script: '?'}\n");
	has_text(f, 0, TITLE, "en", "a");
	has_text(f, 1, TITLE, "ja-Latn", "b");
	has_text(f, 2, TITLE, "zh", "c");
	has_text(f, 3, TITLE, "und", "d");
	has_text(f, 4, TITLE, "und", "e");
	has_text(f, 5, TITLE, "fr", "g");
}

static void french_that_is_english_is_dropped(void **state)
{
	struct fixture *f = *state;
	read_with(
	    f, "ISO 1:2000",
	    "title:\n- {content: Gin, language: [en], type: main}\n- {content: Gin, language: [fr], type: main}\n"
	    "abstract:\n- {content: \"\\nIt is  this.\", language: [fr]}\n- {content: It is this., language: [en]}\n");
	assert_int_equal(f->warnings, 1);
	assert_int_equal(f->record->n_texts, 3);
	has_text(f, 1, TITLE, "fr", "Gin"); /* a name may be the same */
	has_text(f, 2, ABSTRACT, "en", "It is this.");
}

static void stages_give_the_status(void **state)
{
	static const struct {
		const char *stage;
		const char *substage;
		int status;
	} cases[] = {
		{ "00", "00", NORMLINK__STATUS__STATUS_PREPARATION }, { "50", "99", NORMLINK__STATUS__STATUS_PREPARATION },
		{ "60", "00", NORMLINK__STATUS__STATUS_PREPARATION }, { "60", "60", NORMLINK__STATUS__STATUS_CURRENT },
		{ "90", "20", NORMLINK__STATUS__STATUS_CURRENT },     { "90", "99", NORMLINK__STATUS__STATUS_CURRENT },
		{ "95", "20", NORMLINK__STATUS__STATUS_CURRENT },     { "95", "92", NORMLINK__STATUS__STATUS_CURRENT },
		{ "95", "99", NORMLINK__STATUS__STATUS_WITHDRAWN },   { "10", "98", NORMLINK__STATUS__STATUS_CANCELLED },
		{ "40", "98", NORMLINK__STATUS__STATUS_CANCELLED },   { "50", "98", NORMLINK__STATUS__STATUS_CANCELLED },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char part[128];
		(void)snprintf(part, sizeof part, "docstatus: {stage: {value: %s}, substage: {value: %s}}\n", cases[i].stage,
		               cases[i].substage);
		read_with(f, "ISO 1:2000", part);
		assert_int_equal(f->s->status, cases[i].status);
		assert_int_equal(strncmp(f->s->stage, cases[i].stage, 2), 0);
	}
	read_with(f, "ISO 1:2000", "docstatus: {stage: {value: Withdrawn}}\n");
	assert_int_equal(f->s->status, NORMLINK__STATUS__STATUS_WITHDRAWN);
	read_with(f, "ISO 1:2000", "docstatus: {stage: {value: somewhere}, substage: {value: else}}\n");
	assert_false(f->s->has_status);
	assert_int_equal(f->warnings, 1);
}

static void dates_that_are_none_are_left_out(void **state)
{
	struct fixture *f = *state;
	read_with(f, "ISO 1:2000",
	          "date:\n- {type: published, value: 2015-13}\n- {type: published, value: 2015-02-30}\n"
	          "- {type: published, value: soon}\n- {type: dreamt, value: '2015'}\n- {type: published}\n"
	          "- {type: published, value: 2016-02-29}\n- plain\n");
	assert_int_equal(f->warnings, 6);
	assert_int_equal(f->s->n_events, 1);
	has_event(f, 0, PUBLISHED, "2016-02-29");
}

static void the_date_of_the_base_is_not_the_supplements(void **state)
{
	static const char dates[] = "date:\n- {type: published, value: '2011'}\n- {type: updated, value: 2024-10}\n";
	struct fixture *f = *state;
	read_with(f, "ISO 33-1:2011/Amd 1:2024", dates);
	assert_int_equal(f->warnings, 1);
	assert_int_equal(f->s->n_events, 1);
	has_event(f, 0, PUBLISHED, "2024-10");
	read_with(f, "ISO 33-1:2011/DAM 1", "date: {type: published, value: '2011'}\n");
	assert_int_equal(f->s->n_events, 0);
	/* In the year of the base itself there is nothing to doubt. */
	read_with(f, "ISO 33-1:2011/Cor 1:2011", dates);
	has_event(f, 0, PUBLISHED, "2011");
	has_event(f, 1, UPDATED, "2024-10");
	read_with(f, "ISO 33-1:2011", dates);
	has_event(f, 0, PUBLISHED, "2011");
}

static void relate(struct fixture *f, const char *name, const char *type, const char *target)
{
	char part[256];
	(void)snprintf(part, sizeof part, "relation:\n- {type: %s, bibitem: {docid: [{id: '%s', primary: true}]}}\n", type,
	               target);
	read_with(f, name, part);
}

static void updates_points_forward(void **state)
{
	struct fixture *f = *state;
	relate(f, "ISO 9:2000", "updates", "ISO 9:2010");
	has_link(f, 0, REPLACED_BY, "ISO 9:2010");
	relate(f, "ISO 9:2000", "updates", "ISO 9:2000/Amd 1:2004");
	has_link(f, 0, AMENDED_BY, "ISO 9:2000/Amd 1:2004");
	relate(f, "ISO 9:2000", "updates", "ISO 9:2000/Add 1:2004");
	has_link(f, 0, AMENDED_BY, "ISO 9:2000/Add 1:2004");
	relate(f, "ISO 9:2000", "updates", "ISO 9:2000/Cor 1:2001");
	has_link(f, 0, CORRECTED_BY, "ISO 9:2000/Cor 1:2001");
	/* What is called after another document supplements that one. */
	relate(f, "ISO 9:2000", "updates", "ISO 9:20001/Cor 1:2001");
	assert_int_equal(f->s->links[0]->type, REPLACED_BY);
	relate(f, "ISO 9:2000/Amd 1:2004", "updates", "ISO 9:2010");
	has_link(f, 0, AMENDS, "ISO 9:2000");
	has_link(f, 1, REPLACED_BY, "ISO 9:2010");
	relate(f, "ISO 9:2000/Amd 1:2004", "updates", "ISO 9:2000/Amd 1:2004/Cor 1:2005");
	has_link(f, 1, CORRECTED_BY, "ISO 9:2000/Amd 1:2004/Cor 1:2005");
}

static void obsoletes_points_back_but_not_to_drafts(void **state)
{
	struct fixture *f = *state;
	relate(f, "ISO 9:2010", "obsoletes", "ISO 9:2000/Amd 1:2004");
	has_link(f, 0, REPLACES, "ISO 9:2000/Amd 1:2004");
	relate(f, "ISO 9:2010", "obsoletes", "ISO/DIS 9");
	has_link(f, 0, REPLACED_BY, "ISO/DIS 9");
	relate(f, "ISO/IEC 9:2010", "obsoletes", "ISO/IEC CD TR 9.2");
	has_link(f, 0, REPLACED_BY, "ISO/IEC CD TR 9.2");
	relate(f, "ISO/DIS 9", "obsoletes", "ISO 9:2010");
	has_link(f, 0, REPLACES, "ISO 9:2010");
	/* A draft of a supplement that the new edition took in. */
	relate(f, "ISO 9:2024", "obsoletes", "ISO 9:2022/DAmd 3");
	has_link(f, 0, REPLACES, "ISO 9:2022/DAM 3");
}

static void relations_that_say_nothing_are_left_out(void **state)
{
	struct fixture *f = *state;
	relate(f, "ISO 9:2010", "obsoletes", "ISO 9:2010");
	assert_int_equal(f->s->n_links, 0);
	assert_int_equal(f->warnings, 1);
	relate(f, "ISO 9:2010", "hasPart", "ISO 9-1:2010");
	assert_int_equal(f->s->n_links, 0);
	assert_int_equal(f->warnings, 1);
	relate(f, "ISO 9:2010", "obsoletes", "");
	assert_int_equal(f->s->n_links, 0);
	assert_int_equal(f->warnings, 1);
	read_with(f, "ISO 9:2010",
	          "relation:\n- {type: updates, bibitem: {docid: {id: ISO/CD 9}}}\n"
	          "- {type: updates, bibitem: {docid: {id: ISO/CD 9}}}\n- nothing\n");
	assert_int_equal(f->s->n_links, 1);
	assert_int_equal(f->warnings, 1);
}

static void has_adoption(const struct fixture *f, size_t i, int degree, const char *target)
{
	assert_true(i < f->s->n_adopts);
	assert_string_equal(f->s->adopts[i]->target, target);
	assert_int_equal(f->s->adopts[i]->has_degree ? (int)f->s->adopts[i]->degree : 0, degree);
}

static void adoptions_keep_the_guides_degree(void **state)
{
	struct fixture *f = *state;
	read_with(
	    f, "GB/T 9-2010",
	    "relation:\n- {type: adoptedFrom, description: {content: IDT}, bibitem: {formattedref: 'ISO 9:2009'}}\n"
	    "- {type: adoptedFrom, bibitem: {formattedref: 'ISO 10:2009'}}\n"
	    "- {type: adoptedFrom, description: [{content: NEQ}], bibitem: {docidentifier: {content: 'ISO 11:2009'}}}\n"
	    "- {type: equivalent, bibitem: {formattedref: 'ISO 12:2009'}}\n"
	    "- {type: equivalent, description: MOD, bibitem: {formattedref: 'ISO 13:2009'}}\n"
	    "- {type: identical, bibitem: {formattedref: 'ISO 14:2009'}}\n"
	    "- {type: nonequivalent, bibitem: {formattedref: 'ISO 15:2009'}}\n"
	    "- {type: adoptedFrom, description: MOD, bibitem: {formattedref: 'ISO 9:2009'}}\n");
	assert_int_equal(f->s->n_adopts, 7);
	has_adoption(f, 0, NORMLINK__DEGREE__DEGREE_IDT, "ISO 9:2009");
	has_adoption(f, 1, 0, "ISO 10:2009");
	has_adoption(f, 2, NORMLINK__DEGREE__DEGREE_NEQ, "ISO 11:2009");
	has_adoption(f, 3, 0, "ISO 12:2009");
	has_adoption(f, 4, NORMLINK__DEGREE__DEGREE_MOD, "ISO 13:2009");
	has_adoption(f, 5, NORMLINK__DEGREE__DEGREE_IDT, "ISO 14:2009");
	has_adoption(f, 6, NORMLINK__DEGREE__DEGREE_NEQ, "ISO 15:2009");
	assert_int_equal(f->warnings, 0);
}

static void our_own_word_beside_a_relation_is_exact(void **state)
{
	struct fixture *f = *state;
	read_with(
	    f, "GB/T 9-2010",
	    "relation:\n- {type: identical, description: {content: identical}, bibitem: {formattedref: 'ISO 9:2009'}}\n"
	    "- {type: updates, description: {content: amends}, bibitem: {formattedref: 'GB/T 8-2009'}}\n");
	assert_int_equal(f->s->n_adopts, 0);
	has_link(f, 0, NORMLINK__LINK_TYPE__LINK_IDENTICAL, "ISO 9:2009");
	has_link(f, 1, AMENDS, "GB/T 8-2009");
}

static void has_oddity(const struct fixture *f, size_t i, int type, const char *field, const char *found)
{
	assert_true(i < f->record->n_oddities);
	assert_int_equal(f->record->oddities[i]->type, type);
	assert_string_equal(f->record->oddities[i]->field, field);
	assert_string_equal(f->record->oddities[i]->found, found);
}

static void what_is_odd_is_kept_and_flagged(void **state)
{
	struct fixture *f = *state;
	read_with(
	    f, "JIS Z 9-2010",
	    "title:\n- {content: 一般, language: ja, script: Jpan}\n- {content: General, language: en, script: Lant}\n"
	    "- {content: Parts, language: en, script: Lant}\n");
	has_text(f, 1, TITLE, "en", "General");
	assert_int_equal(f->record->n_oddities, 1);
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_SCRIPT, "texts[1].lang", "Lant");
	read_with(f, "ISO 9:2010", "title: [{content: 質量, language: en}, {content: 品質, language: en, script: Latn}]\n");
	has_text(f, 0, TITLE, "en", "質量");
	assert_int_equal(f->record->n_oddities, 1);
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE, "texts[0].lang", "en");
	read_with(f, "ISO 9:2010", "title: {content: 質量, language: ja, script: Latn}\n");
	has_text(f, 0, TITLE, "ja-Latn", "質量");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_SCRIPT, "texts[0].lang", "ja-Latn");
	read_with(f, "ISO 9:2010", "title: {content: Quality of teapots, language: zh}\n");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE, "texts[0].lang", "zh");
	read_with(f, "ISO 9:2010", "title: {content: 品質のおはなし, language: zh}\n");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE, "texts[0].lang", "zh");
	read_with(f, "ISO 9:2010", "docnumber: '10'\n");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "subject", "10");
	read_with(f, "JIS Z 9:2010", "docnumber: Z0009\n");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "subject", "Z0009");
	read_with(f, "ISO 9:2010", "date:\n- {type: confirmed, value: '2009-05'}\n- {type: published, value: '2010'}\n");
	has_event(f, 0, CONFIRMED, "2009-05");
	has_oddity(f, 0, NORMLINK__ODDITY_TYPE__ODDITY_DATE, "standard.events[0].date", "2009-05");
}

static void what_is_not_odd_is_not_flagged(void **state)
{
	struct fixture *f = *state;
	read_with(
	    f, "ISO 9:2010",
	    "title: [{content: USB, language: zh}, {content: '4711', language: en}, {content: 質量 ISO, language: zh},"
	    " {content: Ёж, language: ru}, {content: Benzene・Xylene, language: en}, {content: ISO 9, language: ja}]\n"
	    "docnumber: '9'\ndate:\n- {type: confirmed, value: '2010'}\n- {type: published, value: '2010-03'}\n");
	assert_int_equal(f->record->n_oddities, 0);
	read_with(f, "JIS Z 9-1:2010", "docnumber: Z9\n");
	assert_int_equal(f->record->n_oddities, 0);
}

static void words_for_chinese_standards(void **state)
{
	static const struct {
		const char *word, *kept;
		int status;
	} words[] = {
		{ "published", "published", NORMLINK__STATUS__STATUS_UPCOMING },
		{ "activated", "activated", NORMLINK__STATUS__STATUS_CURRENT },
		{ "obsoleted", "obsoleted", NORMLINK__STATUS__STATUS_WITHDRAWN },
		{ "replaced", "replaced", NORMLINK__STATUS__STATUS_SUPERSEDED },
		{ "upcoming", NULL, NORMLINK__STATUS__STATUS_UPCOMING },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char part[256];
		(void)snprintf(
		    part, sizeof part,
		    "status: {stage: {content: %s}}\next: {gbcommittee: {type: technical, content: 甲},"
		    " gbtype: {gbscope: national, gbmandate: recommended}, ccs: {code: J83}, ics: {code: '53.060'}}\n",
		    words[i].word);
		read_with(f, "GB/T 9-2010", part);
		assert_int_equal(f->s->status, words[i].status);
		if (words[i].kept != NULL)
			assert_string_equal(f->s->status_word, words[i].kept);
		else
			assert_null(f->s->status_word);
		assert_string_equal(f->s->committees[0], "甲");
		assert_string_equal(f->s->ccs[0], "J83");
		assert_string_equal(f->s->ics[0], "53.060");
		assert_int_equal(f->warnings, 0);
	}
	/* Elsewhere it is the usual word. */
	read_with(f, "ISO 9:2010", "status: {stage: published}\n");
	assert_int_equal(f->s->status, NORMLINK__STATUS__STATUS_CURRENT);
}

static void level_and_obligation(void **state)
{
	struct fixture *f = *state;
	read_with(f, "ISO/TS 9:2010", "");
	assert_int_equal(f->s->level, NORMLINK__LEVEL__LEVEL_INTERNATIONAL);
	assert_null(f->s->region);
	assert_false(f->s->has_obligation);
	read_with(f, "JIS Z 9:2010", "");
	assert_int_equal(f->s->level, NORMLINK__LEVEL__LEVEL_NATIONAL);
	assert_string_equal(f->s->region, "JP");
	read_with(f, "ASTM E 9", "");
	assert_false(f->s->has_level);
	read_with(f, "JB/T 9-2010",
	          "ext: {gbtype: {gbscope: sector, gbmandate: recommended}, ccs: [{code: A12, text: x}, {code: 12}],"
	          " committee: {type: technical, name: 全国茶壶标准化技术委员会}}\n");
	assert_int_equal(f->s->level, NORMLINK__LEVEL__LEVEL_SECTOR);
	assert_int_equal(f->s->obligation, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY);
	assert_string_equal(f->s->region, "CN");
	assert_int_equal(f->s->n_ccs, 1);
	assert_string_equal(f->s->ccs[0], "A12");
	assert_string_equal(f->s->committees[0], "全国茶壶标准化技术委员会");
	assert_int_equal(f->warnings, 1);
	read_with(f, "T/ABC 9-2010", "gbtype: {scope: social-group, mandate: guidelines}\n");
	assert_int_equal(f->s->level, NORMLINK__LEVEL__LEVEL_ASSOCIATION);
	assert_int_equal(f->s->obligation, NORMLINK__OBLIGATION__OBLIGATION_GUIDANCE);
	read_with(f, "GB 9-2010", "gbtype: {scope: galactic, mandate: mandatory}\n");
	assert_int_equal(f->s->level, NORMLINK__LEVEL__LEVEL_NATIONAL);
	assert_int_equal(f->s->obligation, NORMLINK__OBLIGATION__OBLIGATION_MANDATORY);
	assert_int_equal(f->warnings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(references_are_folded, setup, teardown),
		cmocka_unit_test_setup_teardown(languages_and_scripts, setup, teardown),
		cmocka_unit_test_setup_teardown(french_that_is_english_is_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(stages_give_the_status, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_that_are_none_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(the_date_of_the_base_is_not_the_supplements, setup, teardown),
		cmocka_unit_test_setup_teardown(updates_points_forward, setup, teardown),
		cmocka_unit_test_setup_teardown(obsoletes_points_back_but_not_to_drafts, setup, teardown),
		cmocka_unit_test_setup_teardown(relations_that_say_nothing_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(adoptions_keep_the_guides_degree, setup, teardown),
		cmocka_unit_test_setup_teardown(our_own_word_beside_a_relation_is_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_odd_is_kept_and_flagged, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_odd_is_not_flagged, setup, teardown),
		cmocka_unit_test_setup_teardown(words_for_chinese_standards, setup, teardown),
		cmocka_unit_test_setup_teardown(level_and_obligation, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
