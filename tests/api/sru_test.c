/* sru: which version is spoken, what an answer of each holds, and the exact diagnostic for what is wrong. */
#include "tests/api/world.h"

/* Percent-encode all but letters and digits of a value; '=' and '&' of the parameters are written as they are. */
static void put_escaped(struct buf *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '-';
		if (plain)
			buf_add_char(out, (char)*c);
		else
			buf_printf(out, "%%%02X", *c);
	}
}

/* GET /sru?parameters&name=value. */
static int get(struct world *w, const char *parameters, const char *name, const char *value)
{
	struct buf target = { 0 };
	buf_printf(&target, "/sru?%s&%s=", parameters, name);
	put_escaped(&target, value);
	int status = ask(w, buf_str(&target));
	buf_free(&target);
	return status;
}

static int find(struct world *w, const char *parameters, const char *query)
{
	return get(w, parameters, "query", query);
}

static int post(struct world *w, const char *type, const char *body)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct arena arena = { 0 };
	char head[256];
	size_t used;
	(void)snprintf(head, sizeof head,
	               "POST /sru HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type,
	               strlen(body));
	assert_int_equal(http_read_head(bytes_str(head), r, &used, NULL), OK);
	r->body = bytes_str(body);
	buf_reset(&w->answer);
	w->status_code = api_answer(r, &w->context, &arena, &w->answer);
	w->body = strstr(buf_str(&w->answer), "\r\n\r\n") + 4;
	arena_free(&arena);
	free(r);
	return w->status_code;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;
	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

/* The only diagnostic, and no record. */
static void wrong(struct world *w, const char *parameters, const char *query, int code)
{
	char uri[64];
	assert_int_equal(query != NULL ? find(w, parameters, query) : get(w, parameters, "x-nothing", ""), 200);
	(void)snprintf(uri, sizeof uri, "<uri>info:srw/diagnostic/1/%d</uri>", code);
	if (strstr(w->body, uri) == NULL || count(w->body, "<diagnostic ") != 1 || strstr(w->body, "<message>") == NULL ||
	    strstr(w->body, "<zs:records>") != NULL)
		fail_msg("%s %s: not %d alone:\n%s", parameters, query != NULL ? query : "", code, w->body);
}

static void a_version_is_agreed_on(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *asked, *name_space, *version;
	} cases[] = {
		{ "", "http://docs.oasis-open.org/ns/search-ws/sruResponse", NULL },
		{ "version=2.0", "http://docs.oasis-open.org/ns/search-ws/sruResponse", NULL },
		{ "version=2.7", "http://docs.oasis-open.org/ns/search-ws/sruResponse", NULL },
		{ "version=1.1", "http://www.loc.gov/zing/srw/", "<zs:version>1.1</zs:version>" },
		{ "version=1.2", "http://www.loc.gov/zing/srw/", "<zs:version>1.2</zs:version>" },
		{ "version=1.0", "http://www.loc.gov/zing/srw/", "<zs:version>1.2</zs:version>" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char parameters[128];
		(void)snprintf(parameters, sizeof parameters, "operation=searchRetrieve&%s", cases[i].asked);
		assert_int_equal(find(w, parameters, "Quality"), 200);
		SAYS(w, "Content-Type: text/xml");
		SAYS(w, cases[i].name_space);
		SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
		if (cases[i].version != NULL)
			SAYS(w, cases[i].version);
		else
			assert_null(strstr(w->body, "<zs:version>"));
		assert_null(strstr(w->body, "diagnostic"));
	}
	wrong(w, "version=3.0", "Quality", 5);
}

static void explain_is_the_default(void **state)
{
	struct world *w = *state;
	static const char *const forms[] = { "/sru", "/sru?version=1.1", "/sru?operation=explain&version=1.2" };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		assert_int_equal(ask(w, forms[i]), 200);
		SAYS(w, "<zs:explainResponse");
		SAYS(w, "<zs:recordSchema>http://explain.z3950.org/dtd/2.0/</zs:recordSchema>");
		SAYS(w, "<host>a</host><port>80</port>");
		SAYS(w, "identifier=\"info:srw/cql-context-set/1/cql-v1.2\"");
		SAYS(w, "<name set=\"std\">ics</name>");
		SAYS(w, "identifier=\"info:srw/schema/1/marcxml-v1.1\"");
		assert_null(strstr(w->body, "diagnostic"));
	}
	/* One of each version: 1.x says what the request must say. */
	wrong(w, "version=1.1", "Quality", 7);
	wrong(w, "version=1.2&operation=fly", "Quality", 4);
}

static void records_are_given(void **state)
{
	struct world *w = *state;
	find(w, "maximumRecords=1&recordSchema=dc", "cql.allRecords = 1");
	SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
	SAYS(w, "<zs:recordXMLEscaping>xml</zs:recordXMLEscaping>");
	SAYS(w, "<dc:title xml:lang=\"en\">Quality management systems</dc:title>");
	SAYS(w, "<zs:recordPosition>1</zs:recordPosition>");
	SAYS(w, "<zs:nextRecordPosition>2</zs:nextRecordPosition>");
	SAYS(w, "<zs:recordIdentifier>" TOY_ORIGIN "#1</zs:recordIdentifier>");
	SAYS(w, "<zs:query>cql.allRecords = 1</zs:query>");
	SAYS(w, "<nl:log origin=\"" TOY_ORIGIN "\" size=\"3\"");
	assert_int_equal(count(w->body, "<zs:record>"), 1);
	find(w, "startRecord=2&recordXMLEscaping=string", "cql.allRecords = 1");
	SAYS(w, "<zs:recordXMLEscaping>string</zs:recordXMLEscaping>");
	SAYS(w, "&lt;dc:title");
	assert_null(strstr(w->body, "<zs:nextRecordPosition>"));
	find(w, "version=1.1&operation=searchRetrieve&recordPacking=string", "Quality");
	SAYS(w, "<zs:recordPacking>string</zs:recordPacking>");
	SAYS(w, "<zs:xQuery xmlns=\"http://www.loc.gov/zing/cql/xcql/\"><searchClause>");
	assert_null(strstr(w->body, "recordIdentifier"));
	find(w, "maximumRecords=0", "Quality");
	SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
	assert_null(strstr(w->body, "<zs:records>"));
	find(w, "", "nowhere");
	SAYS(w, "<zs:numberOfRecords>0</zs:numberOfRecords>");
	assert_null(strstr(w->body, "diagnostic"));
}

static void a_record_may_not_fit_a_schema(void **state)
{
	struct world *w = *state;
	toy_add(&w->toy, "{\"kind\":\"notice\",\"subject\":\"N-1\",\"notice\":{\"type\":\"alert\",\"date\":\"2026\"}}");
	find(w, "recordSchema=marcxml", "N-1");
	SAYS(w, "<zs:numberOfRecords>1</zs:numberOfRecords>");
	SAYS(w, "<zs:recordSchema>info:srw/schema/1/diagnostics-v1.1</zs:recordSchema>");
	SAYS(
	    w,
	    "<diagnostic xmlns=\"http://docs.oasis-open.org/ns/search-ws/diagnostic\"><uri>info:srw/diagnostic/1/67</uri>");
	assert_null(strstr(w->body, "<zs:diagnostics>"));
}

/* What each gets, and nothing else. */
static const struct {
	const char *parameters, *query;
	int code;
} diagnostics[] = {
	{ "operation=delete", "a", 4 },
	{ "startRecord=0", "a", 6 },
	{ "startRecord=one", "a", 6 },
	{ "maximumRecords=-1", "a", 6 },
	{ "query=a", "b", 6 },
	{ "operation=searchRetrieve", NULL, 7 },
	{ "operation=scan", NULL, 7 },
	{ "fish=1", "Quality", 8 },
	{ "", "a and", 10 },
	{ "queryType=pqf", "a", 11 },
	{ "x-pquery=@or+a+b", NULL, 11 },
	{ "", "zoo.fish = 1", 15 },
	{ "", "> p = \"urn:x\" p.title = 1", 15 },
	{ "", "dc.fish = 1", 16 },
	{ "", "dc.title fish a", 19 },
	{ "", "std.date encloses 2015", 16 },
	{ "", "dc.date encloses 2015", 19 },
	{ "", "dc.title =/stem a", 20 },
	{ "", "dc.title < a", 22 },
	{ "", "dc.title within \"a b\"", 22 },
	{ "", "a\\bc", 26 },
	{ "", "\"\"", 27 },
	{ "", "std.ics = 0?", 28 },
	{ "", "std.status = curr*", 28 },
	{ "", "std.number == iso*", 28 },
	{ "", "质?管", 28 },
	{ "", "\"a ??\"", 29 },
	{ "", "*", 29 },
	{ "", "std.ics = ^03", 31 },
	{ "", "\"a ^b c\"", 32 },
	{ "", "\"!!\"", 35 },
	{ "", "std.ics = fish", 36 },
	{ "", "dc.date > tomorrow", 36 },
	{ "", "a prox std.ics=03", 39 },
	{ "", "a prox (b and c)", 39 },
	{ "", "a prox b prox c", 39 },
	{ "", "dc.title=a prox dc.description=b", 39 },
	{ "", "a prox/distance<>1 b", 40 },
	{ "", "a prox/distance b", 40 },
	{ "", "a prox/distance<=many b", 41 },
	{ "", "a prox/unit=element/distance<3 b", 41 },
	{ "", "a prox/unit=sentence b", 42 },
	{ "", "^a prox b", 44 },
	{ "", "a prox/fish b", 46 },
	{ "", "a and/x=1 b", 46 },
	{ "", "std.ics = 0*3", 49 },
	{ "", "^", 27 },
	{ "", "cql.resultSetId = 1", 50 },
	{ "startRecord=3", "Quality", 61 },
	{ "recordSchema=mods", "Quality", 66 },
	{ "recordXMLEscaping=json", "Quality", 71 },
	{ "recordPacking=xml", "Quality", 71 },
	{ "recordXPath=/a", "Quality", 72 },
	{ "", "a sortBy std.adopts", 80 },
	{ "", "a sortBy dc.date/up", 81 },
	{ "", "a sortBy dc.date dc.date dc.date dc.date dc.date", 84 },
	{ "sortKeys=fish", "Quality", 88 },
	{ "sortKeys=date,,2", "Quality", 90 },
	{ "sortKeys=date,,1,,abort", "Quality", 92 },
	{ "stylesheet=/a.xsl", "Quality", 110 },
	{ "facetLimit=5:dc.title", "Quality", 16 },
	{ "maximumRecords=5&startRecord=100", "Quality", 61 },
	{ "facetLimit=0:dc.date", "Quality", 6 },
	{ "facetStart=2", "Quality", 6 },
};

static void diagnostics_are_exact(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < sizeof diagnostics / sizeof *diagnostics; i++)
		wrong(w, diagnostics[i].parameters, diagnostics[i].query, diagnostics[i].code);
	assert_int_equal(ask(w, "/sru/marc?query=Quality"), 200);
	SAYS(w, "info:srw/diagnostic/1/235");
	/* Whatever begins with x- is somebody's own. */
	find(w, "x-username=me&x-fish=1", "Quality");
	assert_null(strstr(w->body, "diagnostic"));
}

static void counts_are_told(void **state)
{
	struct world *w = *state;
	find(w, "facetLimit=3:std.ics,2:dc.date&facetSort=recordCount", "Quality");
	SAYS(w, "<fr:facetedResults xmlns:fr=\"http://docs.oasis-open.org/ns/search-ws/facetedResults\">");
	SAYS(w, "<fr:index>std.ics</fr:index>");
	SAYS(w, "<fr:query>std.ics == \"a \\\"b\\\" &amp; c\"</fr:query>");
	assert_int_equal(count(w->body, "<fr:facet>"), 2);
	find(w, "version=1.2&operation=searchRetrieve&facetLimit=3", "Quality");
	assert_int_equal(count(w->body, "<fr:facet>"), 4);
	assert_true(strstr(w->body, "<fr:facet>") > strstr(w->body, "<zs:extraResponseData>"));
}

static void terms_are_listed(void **state)
{
	struct world *w = *state;
	get(w, "responsePosition=2", "scanClause", "std.ics = 03");
	SAYS(w, "xmlns:zs=\"http://docs.oasis-open.org/ns/search-ws/scan\"");
	SAYS(w, "<zs:term><zs:value>before</zs:value><zs:numberOfRecords>1</zs:numberOfRecords></zs:term><zs:term>"
	        "<zs:value>03</zs:value>");
	get(w, "version=1.1&operation=scan", "scanClause", "std.ics = 03");
	SAYS(w, "<zs:scanResponse xmlns:zs=\"http://www.loc.gov/zing/srw/\"><zs:version>1.1</zs:version>");
	static const struct {
		const char *parameters, *clause, *code;
	} cases[] = {
		{ "", "a b", "/10<" },
		{ "", "cql.relevance = a", "/16<" },
		{ "", "cql.allRecords = 1", "/16<" },
		{ "", "std.ics =/relevant 03", "/20<" },
		{ "", "fish.title = a", "/15<" },
		{ "", "std.ics > 03", "/19<" },
		{ "", "std.ics = 03 or std.ics = 04", "/37<" },
		{ "maximumTerms=2&responsePosition=4", "std.ics = 03", "/120<" },
		{ "maximumTerms=1000", "std.ics = 03", "/121<" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		get(w, cases[i].parameters, "scanClause", cases[i].clause);
		SAYS(w, cases[i].code);
		assert_null(strstr(w->body, "<zs:term>"));
	}
}

#define SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define ENVELOPE(body)                                                                                                 \
	"<?xml version=\"1.0\"?><E:Envelope xmlns:E=\"" SOAP "\"><E:Header><a>"                                            \
	"<query>no</query></a></E:Header><E:Body>" body "</E:Body></E:Envelope>"

static void bodies_are_read(void **state)
{
	struct world *w = *state;
	assert_int_equal(post(w, "application/x-www-form-urlencoded", "query=%22Quality+management%22&maximumRecords=1"),
	                 200);
	SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
	SAYS(w, "<zs:query>\"Quality management\"</zs:query>");
	assert_int_equal(post(w, "text/xml; charset=utf-8",
	                      ENVELOPE("<s:searchRetrieveRequest xmlns:s=\"http://www.loc.gov/zing/srw/\"><s:version>1.1"
	                               "</s:version><s:query>Quality &lt;&gt; fish</s:query></s:searchRetrieveRequest>")),
	                 200);
	SAYS(w, "<SOAP-ENV:Envelope");
	SAYS(w, "info:srw/diagnostic/1/16<");
	SAYS(w, "<zs:query>Quality &lt;&gt; fish</zs:query>");
	post(w, "text/xml", ENVELOPE("<explainRequest><version>1.2</version></explainRequest>"));
	SAYS(w, "<zs:explainResponse");
}

#define REQUEST(more)                                                                                                  \
	"<s:searchRetrieveRequest xmlns:s=\"http://www.loc.gov/zing/srw/\"><s:version>1.2</s:version>" more                \
	"</s:searchRetrieveRequest>"

static void envelopes_are_refused(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *body, *code;
	} cases[] = {
		{ "", "Client" },
		{ "fish", "Client" },
		{ "<a/>", "Client" },
		{ ENVELOPE(""), "Client" },
		{ ENVELOPE("<fish/>"), "Client" },
		{ ENVELOPE("<explainRequest/><explainRequest/>"), "Client" },
		{ "<!DOCTYPE a [<!ENTITY b \"c\">]>" ENVELOPE("<explainRequest/>"), "Client" },
		{ "<E:Envelope xmlns:E=\"" SOAP "\"><E:Body><explainRequest>", "Client" },
		{ "<E:Envelope xmlns:E=\"" SOAP "\"><Body><explainRequest/></Body></E:Envelope>", "Client" },
		{ "<E:Envelope xmlns:E=\"http://www.w3.org/2003/05/soap-envelope\"><E:Body><explainRequest/></E:Body>"
		  "</E:Envelope>",
		  "VersionMismatch" },
		{ "<Envelope><Body><explainRequest/></Body></Envelope>", "VersionMismatch" },
		{ "<E:Envelope xmlns:E=\"" SOAP "\"><E:Header><a E:mustUnderstand=\"1\"/></E:Header><E:Body>"
		  "<explainRequest/></E:Body></E:Envelope>",
		  "MustUnderstand" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(post(w, "text/xml", cases[i].body), 500);
		SAYS(w, "<faultcode>SOAP-ENV:");
		SAYS(w, cases[i].code);
	}
	post(w, "text/xml",
	     "<E:Envelope xmlns:E=\"" SOAP "\"><E:Header><a E:mustUnderstand=\"1\" E:actor=\"urn:other\"/><b "
	     "E:mustUnderstand=\"0\"/></E:Header><E:Body><explainRequest/></E:Body></E:Envelope>");
	SAYS(w, "<zs:explainResponse");
}

/* What is somebody else's there is passed over, and nothing of it is taken for a parameter. */
static void extra_request_data_is_read(void **state)
{
	struct world *w = *state;
	post(w, "text/xml",
	     ENVELOPE(REQUEST("<s:query>Quality</s:query><s:extraRequestData> text <s:query>fish</s:query><o:peers "
	                      "xmlns:o=\"urn:other\">all</o:peers><s:fish><s:peers>all</s:peers></s:fish>"
	                      "</s:extraRequestData><s:maximumRecords>1</s:maximumRecords>")));
	SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
	SAYS(w, "<zs:maximumRecords>1<");
	assert_null(strstr(w->body, "diagnostic"));
	static const char *const ours[] = {
		"<s:peers>all</s:peers>",
		"<s:x-peers>all</s:x-peers>",
		"<peers>all</peers>",
		"<nl:peers xmlns:nl=\"urn:normlink:sru\">all</nl:peers>",
		"<a/><peers><![CDATA[al]]>l</peers><s:deadline-ms>500</s:deadline-ms>",
	};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		char body[1024];
		(void)snprintf(body, sizeof body,
		               ENVELOPE(REQUEST("<s:query>Quality</s:query><s:extraRequestData>%s</s:extraRequestData>")),
		               ours[i]);
		post(w, "text/xml", body);
		SAYS(w, "info:srw/diagnostic/1/2<"); /* here nobody asks them */
		assert_null(strstr(w->body, "<zs:records>"));
	}
	post(w, "text/xml", ENVELOPE(REQUEST("<s:query>a</s:query><s:extraRequestData><peers/></s:extraRequestData>")));
	SAYS(w, "info:srw/diagnostic/1/6<");
	struct buf body = { 0 };
	buf_add_str(&body, "<E:Envelope xmlns:E=\"" SOAP "\"><E:Body><searchRetrieveRequest><query>");
	for (int i = 0; i < 5000; i++)
		buf_add_char(&body, 'a');
	buf_add_str(&body, "</query></searchRetrieveRequest></E:Body></E:Envelope>");
	post(w, "text/xml", buf_str(&body));
	SAYS(w, "info:srw/diagnostic/1/12<");
	buf_free(&body);
}

static void trouble_is_told(void **state)
{
	struct world *w = *state;
	w->context.view = NULL;
	wrong(w, "", "a", 2);
	w->context.view = &w->view;
	w->toy.fail = ERR_CORRUPT;
	wrong(w, "version=1.1&operation=searchRetrieve", "a", 1);
	w->toy.fail = ERR_TIMEOUT;
	wrong(w, "version=1.1&operation=searchRetrieve", "a", 2);
	w->toy.fail = OK;
	w->context.base_url = "https://node.example";
	assert_int_equal(ask(w, "/sru"), 200);
	SAYS(w, "transport=\"https\"");
	SAYS(w, "<host>node.example</host><port>443</port>");
	find(w, "", "Quality");
	SAYS(w, "https://node.example/api/v1/records/ISO%209001:2015<");
	assert_int_equal(ask_as(w, "PUT", "/sru", NULL), 405);
	SAYS(w, "Allow: GET, HEAD, POST");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_version_is_agreed_on, up, down),
		cmocka_unit_test_setup_teardown(explain_is_the_default, up, down),
		cmocka_unit_test_setup_teardown(records_are_given, up, down),
		cmocka_unit_test_setup_teardown(a_record_may_not_fit_a_schema, up, down),
		cmocka_unit_test_setup_teardown(diagnostics_are_exact, up, down),
		cmocka_unit_test_setup_teardown(counts_are_told, up, down),
		cmocka_unit_test_setup_teardown(terms_are_listed, up, down),
		cmocka_unit_test_setup_teardown(bodies_are_read, up, down),
		cmocka_unit_test_setup_teardown(envelopes_are_refused, up, down),
		cmocka_unit_test_setup_teardown(extra_request_data_is_read, up, down),
		cmocka_unit_test_setup_teardown(trouble_is_told, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
