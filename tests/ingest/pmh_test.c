/* pmh: answers of OAI-PMH providers, as they come, to records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "node/ingest/pmh.h"
#include "proto/record.h"

static struct arena arena;
static struct pmh_page page;
static struct pmh_source source = { .name = "A library", .url = "https://library.example/oai" };

static int tear_down(void **state)
{
	arena_free(&arena);
	source.format = PMH_OAI_DC;
	return 0;
}

#define HEAD "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><responseDate>2026-01-02T03:04:05Z</responseDate>"
#define RECORD(header, dc)                                                                                             \
	"<record><header" header                                                                                           \
	"</header><metadata><oai_dc:dc xmlns:oai_dc='http://www.openarchives.org/OAI/2.0/oai_dc/'"                         \
	" xmlns:dc='http://purl.org/dc/elements/1.1/'>" dc "</oai_dc:dc></metadata></record>"

static void reads(const char *text)
{
	struct err err = { 0 };
	if (pmh_read(bytes_str(text), &source, &arena, &page, &err) != OK)
		fail_msg("%s", err.text);
}

static const Normlink__Record *part(size_t i, size_t n)
{
	Normlink__Record *r = NULL;
	assert_true(i < page.count);
	if (page.v[i].refused != NULL)
		fail_msg("%s", page.v[i].refused);
	assert_true(n < page.v[i].count);
	assert_int_equal(record_decode(page.v[i].v[n].record, &arena, &r, NULL), OK);
	assert_string_equal(r->source->repository, "https://library.example/oai");
	assert_string_equal(r->subject, page.v[i].v[n].subject);
	return r;
}

static const Normlink__Record *record(size_t i)
{
	return part(i, 0);
}

static void facts_of_a_standard(void **state)
{
	reads(HEAD "<ListRecords>" RECORD(
	    "><identifier>oai:l:1</identifier>",
	    "<dc:title xml:lang='en'>Quality  &amp; more</dc:title><dc:title>ISO 9001</dc:title>"
	    "<dc:identifier>https://library.example/1</dc:identifier><dc:identifier>iso 9001:2015</dc:identifier>"
	    "<dc:subject>ICS 03.120.10</dc:subject><dc:subject>03.100</dc:subject><dc:subject>quality</dc:subject>"
	    "<dc:publisher>ISO</dc:publisher><dc:date>2015-09-15T00:00:00Z</dc:date><dc:language>en</dc:language>"
	    "<dc:relation>Replaces ISO 9001:2008</dc:relation><dc:relation>something</dc:relation>"
	    "<dc:rights>free</dc:rights>") "<resumptionToken cursor='0'> t,1 </resumptionToken></ListRecords></OAI-PMH>");
	const Normlink__Record *r = record(0);
	assert_string_equal(r->subject, "ISO 9001:2015");
	assert_string_equal(r->texts[0]->value, "Quality & more");
	assert_string_equal(r->texts[0]->lang, "en");
	assert_int_equal(r->standard->n_ics, 2);
	assert_string_equal(r->standard->publisher, "ISO");
	assert_string_equal(r->standard->events[0]->date, "2015-09-15");
	assert_string_equal(r->standard->links[0]->target, "ISO 9001:2008");
	assert_int_equal(r->standard->n_links, 1);
	assert_string_equal(r->source->name, "A library");
	assert_string_equal(r->source->identifier, "oai:l:1");
	assert_string_equal(r->source->url, "https://library.example/1");
	assert_string_equal(r->source->licence, "free");
	assert_string_equal(page.token, "t,1");
	assert_string_equal(page.date, "2026-01-02T03:04:05Z");
}

static void references_stand_anywhere(void **state)
{
	reads(HEAD
	      "<ListRecords>" RECORD("><identifier>oai:x:1</identifier>", "<dc:title>GB/T 19001-2016 - Quality</dc:title>")
	          RECORD("><identifier>oai:x:2</identifier>", "<dc:identifier>ISO 1:2002: Temperature</dc:identifier>")
	              RECORD("><identifier>oai:l:3</identifier>", "<dc:title>A book about ISO</dc:title>")
	                  RECORD(" status='deleted'><identifier>oai:l:4</identifier>", "")
	                      RECORD("><identifier>oai:x:3</identifier>", "") "</ListRecords></OAI-PMH>");
	assert_int_equal(page.count, 5);
	assert_string_equal(record(0)->subject, "GB/T 19001-2016");
	assert_string_equal(record(1)->subject, "ISO 1:2002");
	assert_non_null(page.v[2].refused);
	assert_string_equal(page.v[2].identifier, "oai:l:3");
	assert_true(page.v[3].deleted);
	assert_null(page.v[3].refused);
	assert_non_null(page.v[4].refused);
	assert_string_equal(page.token, "");
}

/* Two without one would be one item, which says the second of them in the place of the first. */
static void items_have_identifiers(void **state)
{
	reads(HEAD "<ListRecords>" RECORD(">", "<dc:identifier>ISO 1:2002</dc:identifier>")
	          RECORD(" status='deleted'>", "") "</ListRecords></OAI-PMH>");
	assert_int_equal(page.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(page.v[i].count, 0);
		assert_string_equal(page.v[i].refused, "header: no identifier");
	}
}

static void errors_are_told(void **state)
{
	reads(HEAD "<error code='noRecordsMatch'>none</error></OAI-PMH>");
	assert_string_equal(page.error, "noRecordsMatch");
	assert_string_equal(page.error_words, "none");
	assert_int_equal(page.count, 0);
	reads(HEAD "<error/></OAI-PMH>");
	assert_string_equal(page.error, "");
}

static void what_is_no_answer(void **state)
{
	static const char *const bad[] = { "", "<html/>", "<OAI-PMH/>", "<OAI-PMH><ListRecords></OAI-PMH>", "503" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(pmh_read(bytes_str(bad[i]), &source, &arena, &page, NULL), ERR_INVALID);
}

/* ---- other formats ---- */

static void reads_as(enum pmh_format format, const char *metadata)
{
	struct buf text = { 0 };
	source.format = format;
	buf_printf(&text,
	           HEAD "<ListRecords><record><header><identifier>oai:l:1</identifier></header><metadata>%s</metadata>"
	                "</record></ListRecords></OAI-PMH>",
	           metadata);
	reads(buf_str(&text));
	buf_free(&text);
	assert_int_equal(page.count, 1);
}

static void facts_in_relaton(void **state)
{
	reads_as(PMH_RELATON,
	         "<bibdata xmlns='https://open.ribose.com/relaton-xml' type='standard'>"
	         "<title type='main' language='zh' format='text/plain'>\xe8\xa6\x81\xe6\xb1\x82</title>"
	         "<title type='main' language='en'>Quality <em>of</em> all</title><uri type='src'>https://a.example/1</uri>"
	         "<docidentifier type='GB' primary='true'>GB/T 19001-2016</docidentifier><docnumber>19001</docnumber>"
	         "<date type='published'><on>2016-12-30</on></date>"
	         "<contributor><role type='publisher'/><organization><name>SAC</name></organization></contributor>"
	         "<contributor><role type='author'><description>committee</description></role><organization>"
	         "<name>SAC</name><subdivision type='technical-committee'><name>SAC/TC 151</name></subdivision>"
	         "</organization></contributor><edition number='2'>second</edition><language>zh</language>"
	         "<language>en</language><abstract language='en'><p>One.</p><p>Two.</p></abstract>"
	         "<status><stage abbreviation='IS'>60</stage><substage>60</substage></status>"
	         "<relation type='obsoletes'><description>replaces</description><bibitem><formattedref>x</formattedref>"
	         "<docidentifier primary='true'>GB/T 19001-2008</docidentifier></bibitem></relation>"
	         "<relation type='adoptedFrom'><description>IDT</description><bibitem>"
	         "<docidentifier>ISO 9001:2015</docidentifier></bibitem></relation>"
	         "<validity><validityBegins>2017-07-01</validityBegins></validity>"
	         "<ext><ics><code>03.120.10</code></ics><ics><code>03.100</code></ics><ccs><code>A00</code></ccs>"
	         "<gbtype><gbmandate>recommended</gbmandate></gbtype></ext></bibdata>");
	const Normlink__Record *r = record(0);
	assert_string_equal(r->subject, "GB/T 19001-2016");
	assert_int_equal(r->n_texts, 3);
	assert_string_equal(r->texts[1]->value, "Quality of all");
	assert_string_equal(r->texts[2]->value, "One.\nTwo.");
	assert_string_equal(r->source->url, "https://a.example/1");
	assert_string_equal(r->standard->events[0]->date, "2016-12-30");
	assert_string_equal(r->standard->publisher, "SAC");
	assert_string_equal(r->standard->committees[0], "SAC/TC 151");
	assert_string_equal(r->standard->edition, "2");
	assert_int_equal(r->standard->n_languages, 2);
	assert_string_equal(r->standard->stage, "60.60");
	assert_string_equal(r->standard->links[0]->target, "GB/T 19001-2008");
	assert_string_equal(r->standard->adopts[0]->target, "ISO 9001:2015");
	assert_int_equal(r->standard->adopts[0]->degree, NORMLINK__DEGREE__DEGREE_IDT);
	assert_string_equal(r->valid_from, "2017-07-01");
	assert_int_equal(r->standard->n_ics, 2);
	assert_string_equal(r->standard->ccs[0], "A00");
	assert_int_equal(r->standard->obligation, NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY);
}

#define FIELD(tag, subs) "<datafield tag='" tag "' ind1=' ' ind2=' '>" subs "</datafield>"
#define SUB(code, text) "<subfield code='" code "'>" text "</subfield>"

static void facts_in_marc(void **state)
{
	reads_as(PMH_MARC21,
	         "<marc:record xmlns:marc='http://www.loc.gov/MARC21/slim'><marc:leader>00000nam a2200000uu 4500"
	         "</marc:leader></marc:record>");
	assert_non_null(page.v[0].refused);
	reads_as(PMH_MARC21,
	         "<record xmlns='http://www.loc.gov/MARC21/slim'><controlfield tag='001'>12345</controlfield>" FIELD(
	             "041", SUB("a", "eng")) FIELD("041", SUB("a", "fr") SUB("2", "rfc5646"))
	             FIELD("084", SUB("a", "03.120.10") SUB("2", "ics")) FIELD("084", SUB("a", "A00") SUB("2", "CCS"))
	                 FIELD("245", SUB("a", "Quality :") SUB("b", "requirements /") SUB("c", "ISO")) FIELD(
	                     "250", SUB("a", "Fifth edition.")) FIELD("264", SUB("b", "ISO,") SUB("c", "c2015."))
	                     FIELD("490", SUB("a", "ISO ;") SUB("v", "9001:2015")) FIELD("500", SUB("a", "Status: current"))
	                         FIELD("500", SUB("a", "Bound.")) FIELD("520", SUB("a", "What it is."))
	                             FIELD("540", SUB("a", "free")) FIELD("710", SUB("a", "Library of somewhere"))
	                                 FIELD("710", SUB("a", "ISO/TC 176/SC 2"))
	                                     FIELD("780", SUB("t", "ISO 9001:2008: Quality"))
	                                         FIELD("785", SUB("o", "ISO 9001:2026"))
	                                             FIELD("787", SUB("i", "adopts MOD") SUB("o", "IEC 1:2000"))
	                                                 FIELD("787", SUB("i", "cites") SUB("o", "ISO 9000"))
	                                                     FIELD("787", SUB("i", "Issued with:") SUB("o", "ISO 9004"))
	                                                         FIELD("856", SUB("u", "https://l.example/1")) "</record>");
	const Normlink__Record *r = record(0);
	const Normlink__Standard *s = r->standard;
	assert_string_equal(r->subject, "ISO 9001:2015");
	assert_string_equal(r->texts[0]->value, "Quality - requirements");
	assert_string_equal(s->languages[0], "en");
	assert_string_equal(s->languages[1], "fr");
	assert_string_equal(s->ics[0], "03.120.10");
	assert_string_equal(s->ccs[0], "A00");
	assert_string_equal(s->publisher, "ISO");
	assert_string_equal(s->events[0]->date, "2015");
	assert_int_equal(s->status, NORMLINK__STATUS__STATUS_CURRENT);
	assert_int_equal(s->n_committees, 1);
	assert_string_equal(s->committees[0], "ISO/TC 176/SC 2");
	assert_int_equal(s->n_links, 3);
	assert_string_equal(s->links[0]->target, "ISO 9001:2008");
	assert_int_equal(s->links[1]->type, NORMLINK__LINK_TYPE__LINK_REPLACED_BY);
	assert_int_equal(s->links[2]->type, NORMLINK__LINK_TYPE__LINK_CITES);
	assert_int_equal(s->adopts[0]->degree, NORMLINK__DEGREE__DEGREE_MOD);
	assert_string_equal(r->source->url, "https://l.example/1");
	assert_string_equal(r->source->licence, "free");
	assert_int_equal(page.v[0].warnings, 1);
}

#define META                                                                                                           \
	"<std-meta><title-wrap xml:lang='en'><full>Quality</full></title-wrap>"                                            \
	"<std-ident><originator>GB/T</originator><doc-number>19001</doc-number><year>2016</year></std-ident>"              \
	"<std-ref type='dated'>GB/T 19001-2016</std-ref><ics>03.120.10</ics>"                                              \
	"<std-xref type='isIdenticalAdoptionOf'><std-ref>ISO 9001:2015</std-ref></std-xref></std-meta>"

static void facts_in_sts(void **state)
{
	static const char *const forms[] = {
		"<n:standard xmlns:n='urn:normlink:niso-sts'>" META "</n:standard>",
		"<standard><front>" META "</front><body><sec><p>long</p></sec></body></standard>",
		META,
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		reads_as(PMH_NISO_STS, forms[i]);
		assert_string_equal(record(0)->subject, "GB/T 19001-2016");
		assert_string_equal(record(0)->texts[0]->value, "Quality");
		assert_int_equal(page.v[0].count, 2);
		assert_string_equal(part(0, 1)->adoption->sources[0]->target, "ISO 9001:2015");
	}
	reads_as(PMH_NISO_STS, "<adoption><adoption-front>" META "</adoption-front><standard><front><std-meta>"
	                       "<std-ref type='dated'>ISO 9001:2015</std-ref></std-meta></front></standard></adoption>");
	assert_int_equal(page.v[0].count, 2);
}

/* ---- what a provider can do ---- */

#define OFFER(prefix, space)                                                                                           \
	"<metadataFormat><metadataPrefix>" prefix "</metadataPrefix><metadataNamespace>" space                             \
	"</metadataNamespace></metadataFormat>"

static void a_format_is_chosen(void **state)
{
	enum pmh_format format;
	reads(HEAD "<ListMetadataFormats>" OFFER("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/")
	          OFFER("mods", "http://www.loc.gov/mods/v3") OFFER("marcxml", "http://www.loc.gov/MARC21/slim")
	              OFFER("niso_sts", "urn:x") "</ListMetadataFormats></OAI-PMH>");
	assert_string_equal(pmh_choose(&page, NULL, PMH_NO_FORMAT, &format), "marcxml");
	assert_int_equal(format, PMH_MARC21);
	assert_string_equal(pmh_choose(&page, NULL, PMH_NISO_STS, &format), "niso_sts");
	assert_int_equal(format, PMH_NISO_STS);
	assert_string_equal(pmh_choose(&page, "oai_dc", PMH_NO_FORMAT, &format), "oai_dc");
	assert_int_equal(format, PMH_OAI_DC);
	assert_null(pmh_choose(&page, "mods", PMH_NO_FORMAT, &format));
	assert_string_equal(pmh_choose(&page, "mods", PMH_MARC21, &format), "mods");
	assert_null(pmh_choose(&page, "relaton", PMH_NO_FORMAT, &format));
	assert_null(pmh_choose(&page, NULL, PMH_RELATON, &format));
}

static void a_provider_describes_itself(void **state)
{
	reads(HEAD "<Identify><repositoryName>A  library</repositoryName><deletedRecord>transient</deletedRecord>"
	           "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify></OAI-PMH>");
	assert_string_equal(page.repository, "A library");
	assert_true(page.seconds);
	assert_true(page.forgets);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(facts_of_a_standard),
		TEST(references_stand_anywhere),
		TEST(facts_in_relaton),
		TEST(facts_in_marc),
		TEST(facts_in_sts),
		TEST(a_format_is_chosen),
		TEST(a_provider_describes_itself),
		TEST(items_have_identifiers),
		TEST(errors_are_told),
		TEST(what_is_no_answer),
	};
	source.format = PMH_OAI_DC;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
