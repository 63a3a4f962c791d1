/* oai: OAI-PMH 2.0: verbs, errors, identifiers, sets, and tokens that nobody else can make. */
#include "tests/api/world.h"

#define ID0 "oai:sac.example:sac.example/log/0"

/* "resumptionToken" of the last answer, "" where it is empty; NULL: there is none. */
static const char *token(const struct world *w, char out[1024])
{
	const char *at = strstr(w->body, "<resumptionToken"), *end;
	if (at == NULL)
		return NULL;
	at = strchr(at, '>') + 1;
	end = strchr(at, '<');
	(void)snprintf(out, 1024, "%.*s", at[-2] == '/' ? 0 : (int)(end - at), at);
	return out;
}

static size_t times(const struct world *w, const char *text)
{
	size_t n = 0;
	for (const char *at = w->body; (at = strstr(at, text)) != NULL; at += strlen(text))
		n++;
	return n;
}

#define ASK(w, arguments) assert_int_equal(ask_as(w, "GET", "/oai?" arguments, NULL), 200)
#define REFUSES(w, arguments, code)                                                                                    \
	do {                                                                                                               \
		ASK(w, arguments);                                                                                             \
		SAYS(w, "<error code=\"" code "\">");                                                                          \
		SAYS(w, "Content-Type: text/xml; charset=utf-8\r\n");                                                          \
	} while (0)

static void identify(void **state)
{
	struct world *w = *state;
	ASK(w, "verb=Identify");
	SAYS(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"");
	SAYS(w, "<responseDate>2026-01-01T00:00:00Z</responseDate><request verb=\"Identify\">http://a/oai</request>");
	SAYS(w, "<baseURL>http://a/oai</baseURL><protocolVersion>2.0</protocolVersion>"
	        "<adminEmail>postmaster@sac.example</adminEmail>"
	        "<earliestDatestamp>2026-01-01T00:00:00Z</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
	        "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity><compression>gzip</compression><description>");
	SAYS(w, "<repositoryIdentifier>sac.example</repositoryIdentifier><delimiter>:</delimiter><sampleIdentifier>" ID0);
	w->context.admin_email = "a@b.example";
	w->context.base_url = "https://node.example";
	w->context.name = "sac";
	ASK(w, "verb=Identify");
	SAYS(w, "<repositoryName>normlink node sac</repositoryName><baseURL>https://node.example/oai</baseURL>");
	SAYS(w, "<adminEmail>a@b.example</adminEmail>");
	w->context.origin = "localhost/log";
	ASK(w, "verb=Identify");
	SAYS(w, "<repositoryIdentifier>normlink.invalid</repositoryIdentifier>");
}

static void every_error(void **state)
{
	struct world *w = *state;
	REFUSES(w, "", "badVerb");
	SAYS(w, "<request>http://a/oai</request>");
	REFUSES(w, "verb=Identity", "badVerb");
	REFUSES(w, "verb=Identify&verb=Identify", "badVerb");
	REFUSES(w, "verb=Identify&set=ics", "badArgument");
	SAYS(w, "<request>http://a/oai</request>");
	REFUSES(w, "verb=Identify&x=1", "badArgument");
	REFUSES(w, "verb=GetRecord&identifier=" ID0, "badArgument");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc", "badArgument");
	REFUSES(w, "verb=ListRecords", "badArgument");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=1", "badArgument");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&set=a%20b", "badArgument");
	REFUSES(w, "verb=ListRecords&metadataPrefix=%ff", "badArgument");
	REFUSES(w, "verb=ListRecords&resumptionToken=garbage", "badResumptionToken");
	SAYS(w, "<request verb=\"ListRecords\" resumptionToken=\"garbage\">http://a/oai</request>");
	REFUSES(w, "verb=ListSets&resumptionToken=1,2", "badResumptionToken");
	REFUSES(w, "verb=ListIdentifiers&metadataPrefix=mods", "cannotDisseminateFormat");
	REFUSES(w, "verb=GetRecord&metadataPrefix=mods&identifier=" ID0, "cannotDisseminateFormat");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc&identifier=" ID0 "0", "idDoesNotExist");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:iso.example:sac.example/log/0", "idDoesNotExist");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:sac.example:sac.example/log/00", "idDoesNotExist");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:sac.example:sac.example%252Flog/0",
	        "idDoesNotExist");
	REFUSES(w, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:sac.example:x/", "idDoesNotExist");
	REFUSES(w, "verb=ListMetadataFormats&identifier=a", "idDoesNotExist");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&from=2030-01-01", "noRecordsMatch");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&set=kind:patent", "noRecordsMatch");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&set=nothing", "noRecordsMatch");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&set=origin:x!2", "noRecordsMatch");
	REFUSES(w, "verb=ListRecords&metadataPrefix=oai_dc&set=ics:zz", "noRecordsMatch");
	/* Several at once. */
	REFUSES(w, "verb=ListRecords&metadataPrefix=mods&from=x&until=y", "cannotDisseminateFormat");
	assert_int_equal(times(w, "<error code=\"badArgument\">"), 2);
}

static void windows(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = {
		"from=2026-01-01T00:00:00",
		"from=2026-1-1",
		"from=2026-02-30",
		"from=2026-01-01T24:00:00Z",
		"from=2026-01",
		"until=20260101",
		"from=",
		"from=2026-01-01&until=2025-12-31",
		"from=2026-01-01T00:00:00z",
		"until=x",
		"from=2026-01-01T00:00Z",
		"from=2026-01-01T00:00:61Z",
		"from=2026-01-01&until=2026-01-01T00:00:00Z",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char target[256];
		(void)snprintf(target, sizeof target, "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&%s", bad[i]);
		assert_int_equal(ask(w, target), 200);
		SAYS(w, "<error code=\"badArgument\">");
	}
	/* A day is all of it. */
	ASK(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-01");
	assert_int_equal(times(w, "<header>"), 2);
	ASK(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-01-01T00:00:01Z&until=2026-01-01T00:00:01Z");
	assert_int_equal(times(w, "<header>"), 1);
	REFUSES(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&until=2025-12-31", "noRecordsMatch");
	REFUSES(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&until=1969-12-31", "noRecordsMatch");
}

static void records(void **state)
{
	struct world *w = *state;
	char text[1024];
	ASK(w, "verb=ListRecords&metadataPrefix=oai_dc");
	SAYS(w, "<ListRecords><record><header><identifier>oai:sac.example:sac.example/log/1</identifier>"
	        "<datestamp>2026-01-01T00:00:01Z</datestamp><setSpec>origin:sac.example!2Flog</setSpec>"
	        "<setSpec>kind:standard</setSpec><setSpec>status:current</setSpec><setSpec>ics:03.120.10</setSpec>"
	        "<setSpec>ics:03.120</setSpec><setSpec>ics:03</setSpec></header><metadata><oai_dc:dc ");
	SAYS(w, "<identifier>" ID0 "</identifier><datestamp>2026-01-01T00:00:02Z</datestamp>");
	assert_null(token(w, text));
	ASK(w, "verb=GetRecord&metadataPrefix=niso_sts&identifier=" ID0);
	SAYS(w, "<GetRecord><record><header>");
	SAYS(w, "<std-ref type=\"dated\">GB/T 19001-2016</std-ref>");
	ASK(w, "verb=GetRecord&metadataPrefix=signed&identifier=" ID0);
	SAYS(w, "<metadata><signed xmlns=\"urn:normlink:signed\"");
	SAYS(w, "xsi:schemaLocation=\"urn:normlink:signed http://a/schemas/signed.xsd\"><origin>sac.example/log</origin>"
	        "<index>2</index><entry>");
	SAYS(w, "<proof>YzJzcC5vcmcvdGxvZy1wcm9vZkB2MQ"); /* "c2sp.org/tlog-proof@v1" */
	ASK(w, "verb=ListIdentifiers&metadataPrefix=marc21&set=ics:03.120");
	assert_int_equal(times(w, "<header>"), 1);
	assert_int_equal(times(w, "<metadata>"), 0);
	assert_int_equal(ask_as(w, "HEAD", "/oai?verb=Identify", NULL), 200);
}

static void what_a_format_cannot_say(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"body\",\"subject\":\"SAC\",\"body\":{\"roles\":[\"standards\"]}}");
	toy_sign(&w->toy);
	ASK(w, "verb=ListIdentifiers&metadataPrefix=oai_dc");
	assert_int_equal(times(w, "<header>"), 3);
	ASK(w, "verb=ListIdentifiers&metadataPrefix=relaton");
	assert_int_equal(times(w, "<header>"), 2);
	REFUSES(w, "verb=GetRecord&metadataPrefix=relaton&identifier=oai:sac.example:sac.example/log/3",
	        "cannotDisseminateFormat");
	REFUSES(w, "verb=ListRecords&metadataPrefix=relaton&set=kind:body", "noRecordsMatch");
	ASK(w, "verb=ListMetadataFormats&identifier=oai:sac.example:sac.example/log/3");
	assert_int_equal(times(w, "<metadataFormat>"), 2);
	ASK(w, "verb=ListMetadataFormats");
	assert_int_equal(times(w, "<metadataFormat>"), 5);
	SAYS(w, "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
	        "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
	        "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>");
}

static void what_is_deleted(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"standard\",\"subject\":\"ISO 9001:2015\",\"retraction\":{\"reason\":\"bad\"},"
	                 "\"standard\":{}}");
	w->toy.v[2].state = PAYLOAD_REDACTED;
	toy_sign(&w->toy);
	ASK(w, "verb=ListRecords&metadataPrefix=marc21");
	SAYS(w, "<ListRecords><record><header status=\"deleted\"><identifier>" ID0
	        "</identifier><datestamp>2026-01-01T00:00:02Z</datestamp><setSpec>origin:sac.example!2Flog</setSpec>"
	        "</header></record><record><header status=\"deleted\"><identifier>oai:sac.example:sac.example/log/1<");
	assert_int_equal(times(w, "<metadata>"), 0);
	ASK(w, "verb=GetRecord&metadataPrefix=marc21&identifier=" ID0);
	SAYS(w, "<GetRecord><record><header status=\"deleted\">");
	REFUSES(w, "verb=ListMetadataFormats&identifier=" ID0, "noMetadataFormats");
}

static void lists_go_on(void **state)
{
	struct world *w = *state;
	char first[1024], again[1024], target[2048];
	w->toy.page = 1;
	ASK(w, "verb=ListRecords&metadataPrefix=oai_dc&set=kind:standard&from=2026-01-01");
	SAYS(w, "<resumptionToken completeListSize=\"2\" cursor=\"0\">6,oai_dc,kind:standard,1767225600,");
	assert_non_null(token(w, first));
	(void)snprintf(target, sizeof target, "/oai?verb=ListRecords&resumptionToken=%s", first);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ask(w, target), 200);
		SAYS(w, "log/0</identifier>");
		SAYS(w, "<resumptionToken completeListSize=\"2\" cursor=\"1\"/></ListRecords>");
	}
	/* Another verb, another letter, another node. */
	(void)snprintf(target, sizeof target, "/oai?verb=ListIdentifiers&resumptionToken=%s", first);
	assert_int_equal(ask(w, target), 200);
	SAYS(w, "badResumptionToken");
	for (size_t i = 0; first[i] != '\0'; i++) {
		memcpy(again, first, sizeof first);
		again[i] = again[i] == '1' ? '2' : '1';
		(void)snprintf(target, sizeof target, "/oai?verb=ListRecords&resumptionToken=%s", again);
		assert_int_equal(ask(w, target), 200);
		SAYS(w, "<error code=\"badResumptionToken\">");
	}
	const struct hash secret = { { 1 } };
	w->context.secret = &secret;
	(void)snprintf(target, sizeof target, "/oai?verb=ListRecords&resumptionToken=%s", first);
	assert_int_equal(ask(w, target), 200);
	SAYS(w, "badResumptionToken");
}

static void sets(void **state)
{
	struct world *w = *state;
	char text[1024];
	ASK(w, "verb=ListSets");
	SAYS(w, "<ListSets><set><setSpec>origin</setSpec>");
	SAYS(w, "<set><setSpec>origin:sac.example!2Flog</setSpec><setName>sac.example/log</setName></set>");
	SAYS(w, "<setSpec>status:withdrawn</setSpec>");
	SAYS(w, "<setSpec>ics:03</setSpec><setName>ICS 03</setName></set><set><setSpec>ics:03.100</setSpec>");
	assert_int_equal(times(w, "<setSpec>ics:03</setSpec>"), 1);
	assert_int_equal(times(w, "<setSpec>ics:03.120</setSpec>"), 1);
	assert_null(token(w, text));
	ASK(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=origin:sac.example!2Flog");
	assert_int_equal(times(w, "<header>"), 2);
	ASK(w, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=ics");
	assert_int_equal(times(w, "<header>"), 1);
}

static void forms(void **state)
{
	struct world *w = *state;
	struct arena arena = { 0 };
	struct http_request *r = calloc(1, sizeof *r);
	static const char head[] = "POST /oai HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	                           "Content-Length: 13\r\n\r\n";
	size_t used;
	assert_int_equal(http_read_head(bytes_str(head), r, &used, NULL), OK);
	r->body = bytes_str("verb=Identify");
	buf_reset(&w->answer);
	assert_int_equal(api_answer(r, &w->context, &arena, &w->answer), 200);
	assert_non_null(strstr(buf_str(&w->answer), "<request verb=\"Identify\">http://a/oai</request><Identify>"));
	arena_free(&arena);
	free(r);
	assert_int_equal(ask_as(w, "POST", "/oai?verb=Identify", NULL), 200);
	SAYS(w, "<error code=\"badArgument\">");
	assert_int_equal(ask_as(w, "DELETE", "/oai", NULL), 405);
}

static void what_the_view_cannot_give(void **state)
{
	struct world *w = *state;
	w->toy.fail = ERR_CORRUPT;
	assert_int_equal(ask(w, "/oai?verb=Identify"), 500);
	w->toy.fail = OK;
	w->context.view = NULL;
	assert_int_equal(ask(w, "/oai?verb=Identify"), 503);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identify),        TEST(every_error), TEST(windows), TEST(records), TEST(what_a_format_cannot_say),
		TEST(what_is_deleted), TEST(lists_go_on), TEST(sets),    TEST(forms),   TEST(what_the_view_cannot_give),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
