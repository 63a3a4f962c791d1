/* xml, formats: XML that is well-formed whatever stands in a record, and what each schema says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "node/api/formats.h"
#include "proto/json.h"

static void texts_are_escaped(void **state)
{
	struct buf out = { 0 };
	struct xml x = { .out = &out };
	(void)state;
	xml_declaration(&x);
	xml_begin(&x, "a:b");
	xml_attribute(&x, "xmlns:a", "u\"&<\n\t");
	xml_attribute(&x, "none", NULL);
	xml_text(&x, "<&>\"'\r\n");
	xml_text(&x, NULL);
	xml_begin(&x, "c");
	xml_end(&x);
	xml_put(&x, "d", "");
	xml_put_u64(&x, "e", UINT64_MAX);
	xml_raw(&x, bytes_str("<f/>"));
	xml_end(&x);
	assert_string_equal(buf_str(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                                   "<a:b xmlns:a=\"u&quot;&amp;&lt;&#10;&#9;\">&lt;&amp;&gt;\"'&#13;\n"
	                                   "<c/><e>18446744073709551615</e><f/></a:b>");
	buf_free(&out);
}

/* Production 2 of XML 1.0: no controls, no surrogates, no U+FFFE and U+FFFF; and bytes that are no UTF-8. */
static void what_xml_cannot_hold_is_replaced(void **state)
{
	static const char *const bad[] = { "\x01", "\x1f", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xff", "\xc0", "\x0c" };
	static const char *const good[] = { "\x7f", "\xc2\x85", "\xf4\x8f\xbf\xbf", "\xe4\xb8\xad", "\t", "\n" };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf out = { 0 };
		struct xml x = { .out = &out };
		xml_put(&x, "a", bad[i]);
		assert_string_equal(buf_str(&out), "<a>\xef\xbf\xbd</a>");
		buf_free(&out);
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct buf out = { 0 };
		struct xml x = { .out = &out };
		xml_begin(&x, "a");
		xml_bytes(&x, bytes_str(good[i]));
		xml_end(&x);
		assert_int_equal(out.len, strlen("<a></a>") + strlen(good[i]));
		buf_free(&out);
	}
}

/* One record in one format, as text; the caller frees. */
static char *written(const char *json, const char *schema)
{
	struct arena arena = { 0 };
	ProtobufCMessage *message = NULL;
	struct buf out = { 0 };
	struct xml x = { .out = &out };
	assert_int_equal(json_to_message(&normlink__record__descriptor, bytes_str(json), &arena, &message, NULL), OK);
	const Normlink__Record *r = (const Normlink__Record *)message;
	assert_int_equal(record_validate(r, NULL), OK);
	const struct format *f = format_of_schema(schema);
	assert_non_null(f);
	if (f->can(r))
		f->write(&x, r, "http://node.example/x?a=1&b=2");
	assert_int_equal(x.depth, 0);
	char *text = strdup(buf_str(&out));
	buf_free(&out);
	arena_free(&arena);
	return text;
}

#define HAS(json, schema, text)                                                                                        \
	do {                                                                                                               \
		char *got = written(json, schema);                                                                             \
		if (strstr(got, text) == NULL)                                                                                 \
			fail_msg("no %s in %s", text, got);                                                                        \
		free(got);                                                                                                     \
	} while (0)

#define STANDARD                                                                                                           \
	"{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"texts\":[{\"role\":\"title\",\"lang\":\"zh-Hans\","          \
	"\"value\":\"质量 <要求> & 1\"},{\"role\":\"title\",\"lang\":\"en\",\"value\":\"Quality\"},{\"role\":\"abstract\"" \
	",\"lang\":\"en\",\"value\":\"About\"}],\"source\":{\"name\":\"SAC\",\"url\":\"https://sac.example/1\","               \
	"\"licence\":\"free\"},\"standard\":{\"status\":\"current\",\"stage\":\"60.60\",\"edition\":\"3\",\"publisher\":"      \
	"\"SAC\",\"committees\":[\"SAC/TC 151\"],\"languages\":[\"zh-Hans\"],\"events\":[{\"type\":\"published\","             \
	"\"date\":\"2016-12-30\"},{\"type\":\"implemented\",\"date\":\"2017-07-01\"}],\"ics\":[\"03.120.10\"],\"ccs\":["       \
	"\"A00\"],\"links\":[{\"type\":\"replaces\",\"target\":\"GB/T 19001-2008\"},{\"type\":\"corrected-by\","               \
	"\"target\":\"GB/T 1-2020\"}],\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]}}"

static void a_standard_in_dublin_core(void **state)
{
	(void)state;
	HAS(STANDARD, "oai_dc", "<oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\"");
	HAS(STANDARD, "oai_dc", "<dc:title xml:lang=\"zh-Hans\">质量 &lt;要求&gt; &amp; 1</dc:title>");
	HAS(STANDARD, "oai_dc",
	    "<dc:identifier>GB/T 19001-2016</dc:identifier><dc:identifier>http://node.example/x?a=1&amp;b=2</dc:identifier>"
	    "<dc:type>standard</dc:type><dc:date>2016-12-30</dc:date>");
	HAS(STANDARD, "oai_dc", "<dc:subject>ICS 03.120.10</dc:subject><dc:subject>CCS A00</dc:subject>");
	HAS(STANDARD, "oai_dc", "<dc:relation>replaces GB/T 19001-2008</dc:relation>");
	HAS(STANDARD, "oai_dc", "<dc:relation>adopts ISO 9001:2015 IDT</dc:relation>");
	HAS(STANDARD, "info:srw/schema/1/dc-v1.1",
	    "<srw_dc:dc xmlns:srw_dc=\"info:srw/schema/1/dc-schema\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">");
}

static void every_kind_in_dublin_core(void **state)
{
	(void)state;
	HAS("{\"kind\":\"citation\",\"subject\":\"Regulation 1\",\"citation\":{\"type\":\"regulation\",\"jurisdiction\":"
	    "\"CN\",\"date\":\"2020\",\"url\":\"https://a.example/\",\"cited\":[{\"target\":\"GB 1\",\"effect\":"
	    "\"mandatory\"}]}}",
	    "oai_dc",
	    "<dc:title>Regulation 1</dc:title><dc:identifier>Regulation 1</dc:identifier>"
	    "<dc:identifier>http://node.example/x?a=1&amp;b=2</dc:identifier><dc:type>citation</dc:type>"
	    "<dc:date>2020</dc:date><dc:coverage>CN</dc:coverage><dc:identifier>https://a.example/</dc:identifier>"
	    "<dc:relation>regulates GB 1</dc:relation></oai_dc:dc>");
	HAS("{\"kind\":\"authority\",\"subject\":\"a.example/log\",\"authority\":{\"prefixes\":[\"GB\"]}}", "dc",
	    "<dc:identifier>a.example/log</dc:identifier>");
}

static void what_cannot_be_said_is_not(void **state)
{
	static const char *const schemas[] = { "marcxml", "relaton", "niso_sts" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *got = written("{\"kind\":\"body\",\"subject\":\"SAC\",\"body\":{\"roles\":[\"standards\"]}}", schemas[i]);
		assert_string_equal(got, "");
		free(got);
	}
	assert_null(format_of_schema("info:srw/schema/1/mods-v3.8"));
	assert_null(format_of_prefix("dc"));
	assert_null(format_of_prefix(""));
	assert_ptr_equal(format_of_prefix("marc21"), format_of_schema("info:srw/schema/1/marcxml-v1.1"));
}

static void a_standard_in_marc(void **state)
{
	(void)state;
	HAS(STANDARD, "marcxml", "<leader>00000nam a2200000uu 4500</leader><controlfield tag=\"001\">GB/T 19001-2016<");
	HAS(STANDARD, "marcxml", "<controlfield tag=\"008\">||||||s2016    xx ||||||||||||||||||||||</controlfield>");
	HAS(STANDARD, "marcxml", "<datafield tag=\"245\" ind1=\"0\" ind2=\"0\"><subfield code=\"a\">质量 &lt;");
	HAS(STANDARD, "marcxml", "<datafield tag=\"246\" ind1=\"3\" ind2=\"1\"><subfield code=\"a\">Quality<");
	HAS(STANDARD, "marcxml", "tag=\"780\" ind1=\"0\" ind2=\"0\"><subfield code=\"o\">GB/T 19001-2008<");
	HAS(STANDARD, "marcxml",
	    "tag=\"787\" ind1=\"0\" ind2=\"8\"><subfield code=\"i\">adopts IDT</subfield><subfield code=\"o\">ISO "
	    "9001:2015<");
}

static void a_standard_in_relaton(void **state)
{
	(void)state;
	HAS(STANDARD, "relaton", "<bibdata xmlns=\"https://open.ribose.com/relaton-xml\" type=\"standard\"><title type=");
	HAS(STANDARD, "relaton",
	    "<docidentifier type=\"GB\" primary=\"true\">GB/T 19001-2016</docidentifier>"
	    "<docnumber>19001</docnumber><date type=\"published\"><on>2016-12-30</on></date>");
	HAS(STANDARD, "relaton", "<status><stage>60</stage><substage>60</substage></status>");
	HAS(STANDARD, "relaton",
	    "<relation type=\"updatedBy\"><description>corrected-by</description><bibitem><formattedref>GB/T 1-2020<");
	HAS(STANDARD, "relaton", "<relation type=\"adoptedFrom\"><description>IDT</description><bibitem>");
	HAS(STANDARD, "relaton", "<ext><ics><code>03.120.10</code></ics><ccs><code>A00</code></ccs></ext></bibdata>");
}

static void a_standard_in_sts(void **state)
{
	(void)state;
	HAS(STANDARD, "niso_sts",
	    "<n:standard xmlns:n=\"urn:normlink:niso-sts\"><std-meta xmlns=\"\">"
	    "<title-wrap xml:lang=\"zh-Hans\"><full>质量 &lt;");
	HAS(STANDARD, "niso_sts",
	    "<std-ident><originator>GB/T</originator><doc-number>19001</doc-number><edition>3</edition><year>2016</year>"
	    "</std-ident><std-org><std-org-name>SAC</std-org-name></std-org><content-language>zh-Hans</content-language>"
	    "<std-ref type=\"dated\">GB/T 19001-2016</std-ref><std-ref type=\"undated\">GB/T 19001</std-ref>"
	    "<release-date date-type=\"published\" iso-8601-date=\"2016-12-30\">2016-12-30</release-date>");
	HAS(STANDARD, "niso_sts",
	    "<std-xref type=\"isIdenticalAdoptionOf\"><std-ref>ISO 9001:2015</std-ref></std-xref><permissions>");
	HAS("{\"kind\":\"standard\",\"subject\":\"ISO/IEC TR 29166-2:2011\",\"standard\":{}}", "niso_sts",
	    "<originator>ISO/IEC</originator><doc-type>TR</doc-type><doc-number>29166</doc-number>"
	    "<part-number>2</part-number><year>2011</year>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_escaped),          cmocka_unit_test(what_xml_cannot_hold_is_replaced),
		cmocka_unit_test(a_standard_in_dublin_core),  cmocka_unit_test(every_kind_in_dublin_core),
		cmocka_unit_test(what_cannot_be_said_is_not), cmocka_unit_test(a_standard_in_marc),
		cmocka_unit_test(a_standard_in_relaton),      cmocka_unit_test(a_standard_in_sts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
