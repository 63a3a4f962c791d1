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
static const struct pmh_source source = { .name = "A library", .url = "https://library.example/oai" };

static int tear_down(void **state)
{
	arena_free(&arena);
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

static const Normlink__Record *record(size_t i)
{
	Normlink__Record *r = NULL;
	assert_true(i < page.count);
	if (page.v[i].refused != NULL)
		fail_msg("%s", page.v[i].refused);
	assert_int_equal(record_decode(page.v[i].record, &arena, &r, NULL), OK);
	return r;
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
	assert_string_equal(r->source->url, "https://library.example/1");
	assert_string_equal(r->source->licence, "free");
	assert_string_equal(page.token, "t,1");
	assert_string_equal(page.date, "2026-01-02T03:04:05Z");
}

static void references_stand_anywhere(void **state)
{
	reads(HEAD "<ListRecords>" RECORD(">", "<dc:title>GB/T 19001-2016 - Quality</dc:title>")
	          RECORD(">", "<dc:identifier>ISO 1:2002: Temperature</dc:identifier>")
	              RECORD("><identifier>oai:l:3</identifier>", "<dc:title>A book about ISO</dc:title>")
	                  RECORD(" status='deleted'><identifier>oai:l:4</identifier>", "")
	                      RECORD(">", "") "</ListRecords></OAI-PMH>");
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

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(facts_of_a_standard),
		TEST(references_stand_anywhere),
		TEST(errors_are_told),
		TEST(what_is_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
