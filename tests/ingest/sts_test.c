/* NISO STS and ISOSTS documents to records: layers, adoptions, fields, names, what is odd. */
#include "tests/ingest/sts_reading.h"

/* A national standard around a regional one around an international one. */
static const char NESTED[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<!DOCTYPE adoption PUBLIC '-//NISO//DTD NISO STS' 'NISO-STS-extended-1-mathml3.dtd'>\n"
    "<adoption xml:lang='de' xmlns:xlink='http://www.w3.org/1999/xlink'><adoption-front><std-meta>"
    "<title-wrap xml:lang='de'><intro>Teekannen</intro><main>T&uuml;llen</main><full>Teekannen &mdash;\n T&#xfc;llen "
    "(<std>ISO 4242:2015<std-id-group><std-id>x1</std-id></std-id-group></std>)</full></title-wrap>"
    "<std-ident><originator>DIN</originator><doc-type>st</doc-type><doc-number>4242</doc-number><part-number/>"
    "<edition/></std-ident><std-org><std-org-name>Deutsches Institut</std-org-name><std-org-abbrev>DIN</std-org-abbrev>"
    "</std-org><content-language>de</content-language><std-ref type='undated'>DIN EN ISO 4242</std-ref>"
    "<std-ref type='dated'>DIN EN ISO 4242:2016-03</std-ref>"
    "<release-date std-type='adopts' iso-8601-date='2016-03'>M&auml;rz 2016</release-date>"
    "<comm-ref>NA 001-02-03 AA</comm-ref><secretariat/><ics>97.040.60</ics><page-count count='3'/>"
    "<std-xref type='supersedes'><std-ref>DIN EN ISO 4242:2010-01</std-ref></std-xref>"
    "<permissions><copyright-statement>© DIN</copyright-statement></permissions>"
    "<self-uri xlink:href='https://example.org/din/4242'/></std-meta>"
    "<sec><title>Vorwort</title><p>Text</p></sec></adoption-front>"
    "<adoption><adoption-front><std-meta std-meta-type='regional'><title-wrap xml:lang='en'><main>Teapots</main>"
    "</title-wrap><std-ident><originator>CEN</originator><doc-number>4242</doc-number></std-ident>"
    "<std-ref type='dated'>EN ISO 4242:2015</std-ref>"
    "<release-date date-type='published' std-type='adopts with modification'>2015-10-01</release-date>"
    "</std-meta></adoption-front>"
    "<standard><front><iso-meta><title-wrap xml:lang='en'><intro>Teapots</intro><main>Spouts</main></title-wrap>"
    "<doc-ident><sdo>ISO</sdo><proj-id>777</proj-id><language>en</language><release-version>IS</release-version>"
    "<urn>urn:iso:std:iso:4242:ed-2:en</urn></doc-ident><std-ident><originator>ISO</originator>"
    "<doc-type>IS</doc-type><doc-number>4242</doc-number><edition>2</edition></std-ident>"
    "<content-language>en</content-language><std-ref type='dated'>ISO 4242:2015</std-ref>"
    "<release-date>2015-09-15</release-date><ics-wrap><ics>67.140.10</ics><ics-desc>Tea</ics-desc></ics-wrap>"
    "<std-xref type='normativelyReferences'><std-ref>ISO 1:2002</std-ref></std-xref>"
    "<std-xref type='isPublishedFormatOf'><std-ref>ISO 2:2002</std-ref></std-xref>"
    "<abstract><p>About spouts.</p><p>And\n lids.</p></abstract></iso-meta></front>"
    "<body><sec><p>&unknown; and <standard/> text</p></sec></body></standard></adoption><back/></adoption>";

static void nested_adoptions_are_layers(void **state)
{
	struct reading r;
	reading_do(&r, NESTED);
	assert_int_equal(r.count, 5);
	assert_int_equal(r.warnings, 1); /* isPublishedFormatOf */
	reading_has(&r, 0,
	            "{\"kind\":\"standard\",\"subject\":\"DIN EN ISO 4242:2016-03\",\"texts\":[{\"role\":\"title\","
	            "\"lang\":\"de\",\"value\":\"Teekannen — Tüllen (ISO 4242:2015)\"}],\"source\":{\"url\":"
	            "\"https://example.org/din/4242\",\"licence\":\"© DIN\"},\"standard\":{\"events\":[{\"type\":"
	            "\"published\",\"date\":\"2016-03\"}],\"ics\":[\"97.040.60\"],\"committees\":[\"NA 001-02-03 AA\"],"
	            "\"languages\":[\"de\"],\"publisher\":\"DIN\",\"links\":[{\"type\":\"replaces\",\"target\":"
	            "\"DIN EN ISO 4242:2010-01\"}],\"level\":\"national\",\"region\":\"DE\"}}");
	reading_has(&r, 1,
	            "{\"kind\":\"adoption\",\"subject\":\"DIN EN ISO 4242:2016-03\",\"adoption\":{\"sources\":[{\"target\":"
	            "\"EN ISO 4242:2015\",\"degree\":\"idt\",\"date\":\"2016-03\"}]}}");
	reading_has(
	    &r, 2,
	    "{\"kind\":\"standard\",\"subject\":\"EN ISO 4242:2015\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	    "\"value\":\"Teapots\"}],\"standard\":{\"events\":[{\"type\":\"published\",\"date\":\"2015-10-01\"}],"
	    "\"publisher\":\"CEN\",\"level\":\"regional\"}}");
	reading_has(&r, 3,
	            "{\"kind\":\"adoption\",\"subject\":\"EN ISO 4242:2015\",\"adoption\":{\"sources\":[{\"target\":"
	            "\"ISO 4242:2015\",\"degree\":\"mod\",\"date\":\"2015-10-01\"}]}}");
	reading_has(&r, 4,
	            "{\"kind\":\"standard\",\"subject\":\"ISO 4242:2015\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\","
	            "\"value\":\"Teapots - Spouts\"},{\"role\":\"abstract\",\"lang\":\"en\",\"value\":\"About "
	            "spouts.\\nAnd lids.\"}],\"standard\":{\"events\":[{\"type\":\"published\",\"date\":\"2015-09-15\"}],"
	            "\"edition\":\"2\",\"ics\":[\"67.140.10\"],\"languages\":[\"en\"],\"publisher\":\"ISO\",\"links\":[{"
	            "\"type\":\"cites\",\"target\":\"ISO 1:2002\"}],\"level\":\"international\"}}");
	reading_free(&r);
}

static void inner_layers_wait_for_their_own_documents(void **state)
{
	struct reading r;
	reading_do(&r, NESTED);
	for (size_t i = 0; i < r.count; i++)
		assert_int_equal(r.records[i].held, i > 1);
	assert_string_equal(r.records[0].key, "DIN EN ISO 4242:2016-03");
	assert_string_equal(r.records[1].key, "adoption\nDIN EN ISO 4242:2016-03");
	reading_free(&r);
}

static void the_pieces_that_it_comes_in_do_not_matter(void **state)
{
	struct reading whole, r;
	reading_do(&whole, NESTED);
	for (size_t piece = 1; piece < 40; piece++) {
		assert_int_equal(reading_try(&r, bytes_str(NESTED), piece), OK);
		assert_int_equal(r.count, whole.count);
		for (size_t i = 0; i < r.count; i++)
			assert_true(bytes_equal(r.records[i].record, whole.records[i].record));
		reading_free(&r);
	}
	reading_free(&whole);
}

static void every_prefix_is_refused(void **state)
{
	for (size_t len = 0; len < strlen(NESTED); len++) {
		struct reading r;
		assert_int_equal(reading_try(&r, bytes_of(NESTED, len), 7), ERR_INVALID);
		assert_true(strncmp(r.err.text, "line ", 5) == 0);
		reading_free(&r);
	}
}

/* Side by side in one front, in whatever order, with prefixes, and the older names of elements. */
static const char SIDE_BY_SIDE[] =
    "<!DOCTYPE standard SYSTEM 'ISOSTS.dtd'><s:standard xmlns:s='urn:x'><s:front>"
    "<s:iso-meta><s:std-ref type='dated'>ISO 4242:2015</s:std-ref><s:pub-date>2015-09</s:pub-date></s:iso-meta>"
    "<s:reg-meta originator='CEN'><s:std-ref type='dated'>EN ISO 4242:2015</s:std-ref>"
    "<s:pub-date>2015-10</s:pub-date></s:reg-meta>"
    "<s:nat-meta originator='NEN'><s:title-wrap><s:main>Theepotten</s:main></s:title-wrap>"
    "<s:std-ref type='dated'>NEN-EN-ISO 4242:2016</s:std-ref><s:content-language>nl</s:content-language>"
    "<s:release-date>2016</s:release-date><s:pub-date>2099</s:pub-date></s:nat-meta>"
    "</s:front><s:body/></s:standard>";

static void blocks_of_one_front_nest_from_the_nation_inward(void **state)
{
	struct reading r;
	reading_do(&r, SIDE_BY_SIDE);
	assert_int_equal(r.count, 5);
	reading_has(
	    &r, 0,
	    "{\"kind\":\"standard\",\"subject\":\"NEN-EN-ISO 4242:2016\",\"texts\":[{\"role\":\"title\",\"lang\":"
	    "\"nl\",\"value\":\"Theepotten\"}],\"standard\":{\"events\":[{\"type\":\"published\",\"date\":\"2016\"}],"
	    "\"languages\":[\"nl\"],\"publisher\":\"NEN\",\"level\":\"national\",\"region\":\"NL\"}}");
	reading_has(&r, 1,
	            "{\"kind\":\"adoption\",\"subject\":\"NEN-EN-ISO 4242:2016\",\"adoption\":{\"sources\":[{\"target\":"
	            "\"EN ISO 4242:2015\"}]}}");
	reading_has(&r, 3,
	            "{\"kind\":\"adoption\",\"subject\":\"EN ISO 4242:2015\",\"adoption\":{\"sources\":[{\"target\":"
	            "\"ISO 4242:2015\"}]}}");
	reading_has(
	    &r, 4,
	    "{\"kind\":\"standard\",\"subject\":\"ISO 4242:2015\",\"standard\":{\"events\":[{\"type\":\"published\","
	    "\"date\":\"2015-09\"}],\"level\":\"international\"}}");
	reading_free(&r);
}

/* One block of metadata in a document of nothing else. */
static void read_meta(struct reading *r, const char *name, const char *content)
{
	struct buf xml = { 0 };
	buf_printf(&xml, "<standard><front><%s>%s</%s></front></standard>", name, content, name);
	reading_do(r, buf_str(&xml));
	buf_free(&xml);
}

static Normlink__Record *first(struct reading *r)
{
	Normlink__Record *record;
	assert_int_equal(record_decode(r->records[0].record, &r->arena, &record, NULL), OK);
	return record;
}

static void named(const char *meta, const char *subject, const char *odd)
{
	struct reading r;
	read_meta(&r, "iso-meta", meta);
	Normlink__Record *record = first(&r);
	assert_string_equal(record->subject, subject);
	assert_int_equal(record->n_oddities, odd != NULL ? 1 : 0);
	if (odd != NULL) {
		assert_int_equal(record->oddities[0]->type, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE);
		assert_string_equal(record->oddities[0]->field, "subject");
		assert_string_equal(record->oddities[0]->found, odd);
	}
	reading_free(&r);
}

#define IDENT(o, t, n, p, rest)                                                                                        \
	"<std-ident><originator>" o "</originator><doc-type>" t "</doc-type><doc-number>" n "</doc-number><part-number>" p \
	"</part-number>" rest "</std-ident>"
#define DATED(ref) "<std-ref type='dated'>" ref "</std-ref>"

static void the_name_is_the_dated_reference(void **state)
{
	named("<std-ref type='undated'>ISO 9</std-ref>" DATED("ISO 9:2010"), "ISO 9:2010", NULL);
	named("<std-ref>ISO 9</std-ref><std-ref>ISO 9:2010(en)</std-ref>", "ISO 9:2010", NULL);
	named("<std-ref type='undated'>ISO 9</std-ref><std-ref type='dated'/>", "ISO 9", NULL);
	named(IDENT("ISO", "IS", "9", "2", "<year>2010</year>"), "ISO 9-2:2010", NULL);
	named(IDENT("ISO/IEC", "TS", "9", "", "") "<release-date>2010-04-01</release-date>", "ISO/IEC TS 9:2010", NULL);
	named(IDENT("ISO", "ts", "9", "", "") "<pub-date>2010</pub-date>", "ISO/TS 9:2010", NULL);
	named(IDENT("ISO", "IS", "9", "", "<suppl-type>amd</suppl-type><suppl-number>1</suppl-number><year>2012</year>"),
	      "ISO 9/Amd 1:2012", NULL);
	named("<doc-ident><urn>urn:iso:std:iso-iec:tr:9:-2:ed-1:en</urn></doc-ident>", "ISO/IEC TR 9-2", NULL);
}

static void parts_that_say_something_else_are_flagged(void **state)
{
	named(DATED("ISO 9-2:2010") IDENT("ISO", "IS", "9", "2", ""), "ISO 9-2:2010", NULL);
	named(DATED("ISO 9:2010") IDENT("ISO", "IS", "10", "", ""), "ISO 9:2010", "ISO 10");
	named(DATED("ISO 9-2:2010") IDENT("ISO", "IS", "9", "3", ""), "ISO 9-2:2010", "ISO 9-3");
	named(DATED("ISO 9:2010") IDENT("ISO", "IS", "9", "", "<year>2011</year>"), "ISO 9:2010", "ISO 9:2011");
	named(DATED("ISO 9:2010") IDENT("ISO", "TS", "9", "", ""), "ISO 9:2010", "ISO/TS 9");
	named(DATED("ISO/TS 9:2010") IDENT("ISO", "TS", "9", "", ""), "ISO/TS 9:2010", NULL);
	named(DATED("ISO 9:2010") IDENT("ISO", "IS", "9", "", "<suppl-type>amd</suppl-type><suppl-number>1</suppl-number>"),
	      "ISO 9:2010", "ISO 9/amd 1");
	named(DATED("ISO 9:2010/Amd 1:2012")
	          IDENT("ISO", "IS", "9", "", "<suppl-type>amd</suppl-type><suppl-number>1</suppl-number>"),
	      "ISO 9:2010/Amd 1:2012", NULL);
	/* CEN's standards are called EN, and 19001 is not 9001. */
	named(DATED("EN ISO 9001:2015") IDENT("CEN", "", "9001", "", ""), "EN ISO 9001:2015", NULL);
	named(DATED("GB/T 19001-2016") IDENT("SAC", "", "9001", "", ""), "GB/T 19001-2016", "SAC 9001");
	named(DATED("ISO 9:2010") "<doc-ident><urn>urn:iso:std:iso:10:ed-1</urn></doc-ident>", "ISO 9:2010", "ISO 10");
}

static void words_of_lists_that_are_open(void **state)
{
	struct reading r;
	read_meta(&r, "iso-meta",
	          DATED("ISO 9:2010") "<std-xref type='revises'><std-ref>ISO 9:2000</std-ref></std-xref>"
	                              "<std-xref type='is-replaced-by'><std-ref>ISO 9:2020</std-ref></std-xref>"
	                              "<std-xref type='isAmendedBy'><std-ref>ISO 9:2010/Amd 1:2012</std-ref></std-xref>"
	                              "<std-xref type='correctedBy'><std-ref>ISO 9:2010/Cor 1:2012</std-ref></std-xref>"
	                              "<std-xref type='amends'><std-ref>ISO 8:2010</std-ref></std-xref>"
	                              "<std-xref type='corrects'><std-ref>ISO 7:2010</std-ref></std-xref>"
	                              "<std-xref type='adopts'><std-ref>IEC 6:2010</std-ref></std-xref>"
	                              "<std-xref type='is a friend of'><std-ref>ISO 5:2010</std-ref></std-xref>"
	                              "<std-xref type='replaces'><std-ref/></std-xref><std-xref/>"
	                              "<std-xref type='replaces'><std-ref>ISO 9:2010</std-ref></std-xref>");
	const Normlink__Standard *s = first(&r)->standard;
	static const struct {
		int type;
		const char *target;
	} links[] = {
		{ NORMLINK__LINK_TYPE__LINK_REPLACES, "ISO 9:2000" },
		{ NORMLINK__LINK_TYPE__LINK_REPLACED_BY, "ISO 9:2020" },
		{ NORMLINK__LINK_TYPE__LINK_AMENDED_BY, "ISO 9:2010/Amd 1:2012" },
		{ NORMLINK__LINK_TYPE__LINK_CORRECTED_BY, "ISO 9:2010/Cor 1:2012" },
		{ NORMLINK__LINK_TYPE__LINK_AMENDS, "ISO 8:2010" },
		{ NORMLINK__LINK_TYPE__LINK_CORRECTS, "ISO 7:2010" },
	};
	assert_int_equal(s->n_links, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(s->links[i]->type, links[i].type);
		assert_string_equal(s->links[i]->target, links[i].target);
	}
	assert_int_equal(r.warnings, 2);
	reading_has(
	    &r, 1,
	    "{\"kind\":\"adoption\",\"subject\":\"ISO 9:2010\",\"adoption\":{\"sources\":[{\"target\":\"IEC 6:2010\"}]}}");
	reading_free(&r);
}

static void dates_have_types(void **state)
{
	struct reading r;
	read_meta(&r, "std-meta",
	          DATED("ISO 9:2010") "<release-date date-type='published'>2010-04</release-date>"
	                              "<release-date date-type='effective' iso-8601-date='2010-06-01'>June</release-date>"
	                              "<release-date std-type='reaffirms'>2015</release-date>"
	                              "<release-date date-type='withdrawn'>2009</release-date>"
	                              "<release-date>some day</release-date><release-date/>");
	reading_has(
	    &r, 0,
	    "{\"kind\":\"standard\",\"subject\":\"ISO 9:2010\",\"oddities\":[{\"type\":\"date\",\"field\":"
	    "\"standard.events[3].date\",\"found\":\"2009\"}],\"standard\":{\"events\":[{\"type\":\"published\","
	    "\"date\":\"2010-04\"},{\"type\":\"implemented\",\"date\":\"2010-06-01\"},{\"type\":\"confirmed\",\"date\":"
	    "\"2015\"},{\"type\":\"withdrawn\",\"date\":\"2009\"}],\"level\":\"international\"}}");
	assert_int_equal(r.warnings, 1);
	reading_free(&r);
}

static void what_is_odd_in_texts_is_flagged(void **state)
{
	struct reading r;
	read_meta(&r, "iso-meta", DATED("ISO 9:2010") "<title-wrap xml:lang='en'><full>茶壶</full></title-wrap>");
	assert_int_equal(first(&r)->oddities[0]->type, NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE);
	assert_string_equal(first(&r)->texts[0]->value, "茶壶");
	reading_free(&r);
	read_meta(&r, "iso-meta", DATED("ISO 9:2010") "<title-wrap xml:lang='-?-'><full>Teapot</full></title-wrap>");
	assert_string_equal(first(&r)->texts[0]->lang, "und");
	assert_string_equal(first(&r)->oddities[0]->found, "-?-");
	reading_free(&r);
}

static void one_standard_told_twice_is_one_layer(void **state)
{
	struct reading r;
	reading_do(&r, "<standard><front><std-doc-meta><std-ref>ISO 9</std-ref><comm-ref>ISO/TC 1</comm-ref></std-doc-meta>"
	               "<std-meta>" DATED("ISO 9:2010") "<ics>01</ics></std-meta><iso-meta>" DATED(
	                   "ISO 9:2010") "<ics>03</ics></iso-meta></front></standard>");
	reading_has(
	    &r, 0,
	    "{\"kind\":\"standard\",\"subject\":\"ISO 9:2010\",\"standard\":{\"ics\":[\"01\",\"03\"],\"committees\":["
	    "\"ISO/TC 1\"],\"level\":\"international\"}}");
	assert_int_equal(r.count, 1);
	reading_free(&r);
}

static void several_standards_in_one_adoption_are_its_sources(void **state)
{
	struct reading r;
	reading_do(&r, "<adoption><adoption-front><iso-meta>" DATED(
	                   "BS 1:2011") "</iso-meta></adoption-front>"
	                                "<standard><front><iso-meta>" DATED(
	                                    "ISO 2:2010") "</iso-meta></front></standard>"
	                                                  "<standard><front><iso-meta>" DATED(
	                                                      "ISO 3:2010") "</iso-meta></front></standard></adoption>");
	assert_int_equal(r.count, 4);
	reading_has(
	    &r, 1,
	    "{\"kind\":\"adoption\",\"subject\":\"BS 1:2011\",\"adoption\":{\"sources\":[{\"target\":\"ISO 2:2010\"},"
	    "{\"target\":\"ISO 3:2010\"}]}}");
	reading_free(&r);
}

static void what_is_adopted_without_a_year_is_what_stands_inside(void **state)
{
	struct reading r;
	reading_do(
	    &r,
	    "<standard><front><nat-meta>" DATED(
	        "DIN EN 1:2011") "<std-xref type='adopts with modification'><std-ref>EN 1</std-ref></std-xref></nat-meta>"
	                         "<reg-meta>" DATED(
	                             "EN 1:2010") "<std-xref type='adopts'><std-ref>ISO 1:2009</std-ref></std-xref>"
	                                          "<std-xref type='adopts'><std-ref>ISO 1</std-ref></std-xref>"
	                                          "</reg-meta></front></standard>");
	assert_int_equal(r.count, 4);
	reading_has(
	    &r, 1,
	    "{\"kind\":\"adoption\",\"subject\":\"DIN EN 1:2011\",\"adoption\":{\"sources\":[{\"target\":\"EN 1:2010\","
	    "\"degree\":\"mod\"}]}}");
	reading_has(
	    &r, 3,
	    "{\"kind\":\"adoption\",\"subject\":\"EN 1:2010\",\"adoption\":{\"sources\":[{\"target\":\"ISO 1:2009\"}]}}");
	reading_free(&r);
}

static void add_times(struct buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_add_str(out, text);
}

static void what_one_document_may_make_has_limits(void **state)
{
	struct buf xml = { 0 };
	struct reading r;
	buf_add_str(&xml, "<standard><front>");
	add_times(&xml, "<iso-meta>" DATED("ISO 9:2010") "</iso-meta>", STS_BLOCKS_MAX + 1);
	buf_add_str(&xml, "</front></standard>");
	reading_refuses(buf_str(&xml), ERR_LIMIT, "blocks of metadata");
	buf_reset(&xml);
	for (int i = 0; i <= STS_LAYERS_MAX; i++)
		buf_printf(&xml,
		           "<adoption><adoption-front><std-meta><std-ref>ISO %d:2010</std-ref></std-meta></adoption-front>",
		           i + 1);
	add_times(&xml, "</adoption>", STS_LAYERS_MAX + 1);
	reading_refuses(buf_str(&xml), ERR_LIMIT, "around each other");
	/* A tag of a megabyte that a thousand titles inherit. */
	buf_reset(&xml);
	buf_add_str(&xml, "<standard xml:lang='");
	add_times(&xml, "x-", XML_TOKEN_MAX / 4);
	buf_add_str(&xml, "'><front><iso-meta>" DATED("ISO 9:2010"));
	add_times(&xml, "<title-wrap><full>Teapots</full></title-wrap>", 1000);
	buf_add_str(&xml, "</iso-meta></front></standard>");
	reading_do(&r, buf_str(&xml));
	assert_int_equal(first(&r)->n_texts, RECORD_TEXTS_MAX);
	assert_string_equal(first(&r)->texts[0]->lang, "und");
	assert_int_equal(r.warnings, 1000 - RECORD_TEXTS_MAX);
	reading_free(&r);
	buf_free(&xml);
}

static void what_is_no_standard_is_refused(void **state)
{
	reading_refuses("<article/>", ERR_INVALID, "neither a standard nor an adoption");
	reading_refuses("<standard/>", ERR_INVALID, "no metadata");
	reading_refuses("<standard><front/></standard>", ERR_INVALID, "no metadata");
	reading_refuses("<standard><front><iso-meta/></front></standard>", ERR_INVALID, "std-ref: no reference");
	reading_refuses("<standard><front><iso-meta><std-ref>N/A</std-ref></iso-meta></front></standard>", ERR_INVALID,
	                "std-ref: no reference");
	reading_refuses("<standard><body><standard><front><iso-meta><std-ref>ISO 9</std-ref></iso-meta></front></standard>"
	                "</body></standard>",
	                ERR_INVALID, "no metadata");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_adoptions_are_layers),
		cmocka_unit_test(inner_layers_wait_for_their_own_documents),
		cmocka_unit_test(the_pieces_that_it_comes_in_do_not_matter),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(blocks_of_one_front_nest_from_the_nation_inward),
		cmocka_unit_test(the_name_is_the_dated_reference),
		cmocka_unit_test(parts_that_say_something_else_are_flagged),
		cmocka_unit_test(words_of_lists_that_are_open),
		cmocka_unit_test(dates_have_types),
		cmocka_unit_test(what_is_odd_in_texts_is_flagged),
		cmocka_unit_test(one_standard_told_twice_is_one_layer),
		cmocka_unit_test(several_standards_in_one_adoption_are_its_sources),
		cmocka_unit_test(what_is_adopted_without_a_year_is_what_stands_inside),
		cmocka_unit_test(what_one_document_may_make_has_limits),
		cmocka_unit_test(what_is_no_standard_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
