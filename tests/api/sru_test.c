/* sru: which version is spoken, what an answer of each holds, and the exact diagnostic for what is wrong. */
#include "tests/api/sru_world.h"

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
	{ "sortKeys=date,marcxml", "Quality", 87 },
	{ "sortKeys=date,,2", "Quality", 90 },
	{ "sortKeys=date,,1,2", "Quality", 91 },
	{ "sortKeys=title,,1,1", "Quality", 91 },
	{ "sortKeys=date,,1,0,lowValue", "Quality", 92 },
	{ "sortKeys=date,,1,0,highValue,1", "Quality", 6 },
	{ "", "a sortBy dc.date/missingLow", 92 },
	{ "", "a sortBy dc.date/missingHigh/descending", 92 },
	{ "", "a sortBy dc.date/missingOmit", 92 },
	{ "", "a sortBy dc.date/locale=zh", 81 },
	{ "sortKeys=date,,1,,abort", "Quality", 92 },
	{ "stylesheet=/a.xsl", "Quality", 110 },
	{ "facetLimit=5:dc.title", "Quality", 16 },
	{ "maximumRecords=5&startRecord=100", "Quality", 61 },
	{ "facetLimit=0:dc.date", "Quality", 6 },
	{ "facetStart=0", "Quality", 6 },
	{ "facetStart=2&facetLimit=100:dc.date", "Quality", 6 },
	{ "facetSort=alphanumeric", "Quality", 6 },
	{ "facetSort=recordCount,ascending", "Quality", 6 },
	{ "startRecord=99999999999999999999", "Quality", 61 },
	{ "renderedBy=server", "Quality", 6 },
	{ "httpAccept=text/html", "Quality", 6 },
	{ "httpAccept=text/xmlish,image/*", "Quality", 6 },
	{ "resultSetTTL=long", "Quality", 6 },
	{ "queryType=searchTerms", "!!", 35 },
	{ "queryType=searchTerms&version=1.2&operation=searchRetrieve", "a", 11 },
	{ "query=", NULL, 7 },
	{ "query=%FF", NULL, 6 },
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

/* What the list of diagnostics says that the details hold: a limit, a place, a character. */
static void details_are_exact(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *parameters, *query, *said;
	} cases[] = {
		{ "version=3.0", "a", "/5</uri><details>2.0<" },
		{ "", "dc.title < a", "/22</uri><details>dc.title &lt;<" },
		{ "", "a\\质c", "/26</uri><details>质<" },
		{ "", "\"a ??\"", "/29</uri><details>1<" },
		{ "", "\"a ^b c\"", "/32</uri><details>2<" },
		{ "", "a sortBy dc.date dc.date dc.date dc.date dc.date", "/84</uri><details>4<" },
		{ "sortKeys=date+date+date+date+date", "a", "/84</uri><details>4<" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		find(w, cases[i].parameters, cases[i].query);
		SAYS(w, cases[i].said);
	}
	get(w, "maximumTerms=1000", "scanClause", "std.ics = 03");
	SAYS(w, "/121</uri><details>100<");
	/* Who cannot be answered in the version asked for reads the nearest one. */
	find(w, "version=3.0", "a");
	SAYS(w, "http://docs.oasis-open.org/ns/search-ws/sruResponse");
	find(w, "version=0.9", "a");
	SAYS(w, "<zs:version>1.2</zs:version>");
}

/* What is odd, and all the same is fine; and what is asked with an empty parameter. */
static void odd_requests_are_answered(void **state)
{
	struct world *w = *state;
	static const char *const fine[] = {
		"renderedBy=client&resultSetTTL=300&httpAccept=text%2Fhtml%2C%20application%2Fsru%2Bxml%3Bq%3D0.5",
		"maximumRecords=99999999999999999999",
		"queryType=searchTerms",
		"sortKeys=date,,0,1,highValue",
		"sortKeys=date,,0,0,lowValue+title,,1",
		"facetLimit=2&facetStart=3&facetSort=recordCount,descending",
	};
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		find(w, fine[i], "Quality");
		SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
		assert_null(strstr(w->body, "diagnostic"));
	}
	SAYS(w, "<zs:facetLimit>2<");
	find(w, "resultSetTTL=300", "Quality");
	SAYS(w, "<zs:resultSetTTL>300<");
	find(w, "queryType=searchTerms", "Quality (and *management");
	SAYS(w, "<zs:queryType>searchTerms<");
	assert_null(strstr(w->body, "diagnostic"));
	assert_int_equal(ask(w, "/sru/?query=Quality"), 200);
	SAYS(w, "<zs:numberOfRecords>2</zs:numberOfRecords>");
	assert_int_equal(ask(w, "/sru?query="), 200);
	SAYS(w, "<zs:searchRetrieveResponse");
	assert_int_equal(ask(w, "/sru?scanClause="), 200);
	SAYS(w, "<zs:scanResponse");
	SAYS(w, "/7</uri><details>scanClause<");
	/* Nothing is echoed that the operation does not have. */
	get(w, "version=1.2&operation=scan&sortKeys=date&recordPacking=string&maximumTerms=3", "scanClause",
	    "std.ics = 03");
	SAYS(w, "<zs:echoedScanRequest><zs:version>1.2</zs:version><zs:scanClause>std.ics = 03</zs:scanClause>"
	        "<zs:maximumTerms>3</zs:maximumTerms></zs:echoedScanRequest>");
	find(w, "version=1.2&operation=searchRetrieve&queryType=cql&recordXMLEscaping=xml&maximumTerms=3", "Quality");
	assert_null(strstr(w->body, "<zs:queryType>"));
	assert_null(strstr(w->body, "<zs:recordXMLEscaping>"));
	assert_null(strstr(w->body, "<zs:maximumTerms>"));
	assert_int_equal(ask(w, "/sru?version=1.1&operation=explain&recordPacking=string"), 200);
	SAYS(w, "<zs:recordPacking>string</zs:recordPacking><zs:recordData>&lt;explain xmlns=");
	SAYS(w, "</zs:record><zs:echoedExplainRequest><zs:version>1.1</zs:version><zs:recordPacking>string<");
	assert_null(strstr(w->body, "diagnostic"));
}

static void counts_are_told(void **state)
{
	struct world *w = *state;
	find(w, "facetLimit=3:std.ics", "Quality");
	size_t all = count(w->body, "<fr:term>");
	find(w, "facetLimit=3:std.ics&facetStart=2", "Quality");
	assert_true(all > 0);
	assert_int_equal(count(w->body, "<fr:term>"), all - 1);
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
	get(w, "", "scanClause", "std.ics cql.exact 03");
	SAYS(w, "<zs:value>03</zs:value>");
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
		{ "", "std.ics = 03 sortBy dc.date", "/80<" },
		{ "", "std.ics any 03", "/19<" },
		{ "maximumTerms=2&responsePosition=4", "std.ics = 03", "/120<" },
		{ "maximumTerms=1000", "std.ics = 03", "/121<" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		get(w, cases[i].parameters, "scanClause", cases[i].clause);
		SAYS(w, cases[i].code);
		assert_null(strstr(w->body, "<zs:term>"));
	}
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
		cmocka_unit_test_setup_teardown(details_are_exact, up, down),
		cmocka_unit_test_setup_teardown(odd_requests_are_answered, up, down),
		cmocka_unit_test_setup_teardown(counts_are_told, up, down),
		cmocka_unit_test_setup_teardown(terms_are_listed, up, down),
		cmocka_unit_test_setup_teardown(trouble_is_told, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
