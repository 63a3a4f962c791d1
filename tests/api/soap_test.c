/* soap: requests of SRU that come in a body: forms, envelopes of SOAP 1.1, and what is none. */
#include "tests/api/sru_world.h"

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
	post(w, "Text/XML;charset=utf-8", ENVELOPE("<explainRequest><version>1.2</version></explainRequest>"));
	SAYS(w, "<zs:explainResponse");
	post(w, "text/xmlish", ENVELOPE("<explainRequest/>"));
	assert_null(strstr(w->body, "SOAP-ENV:Body")); /* a form, if anything */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bodies_are_read, up, down),
		cmocka_unit_test_setup_teardown(envelopes_are_refused, up, down),
		cmocka_unit_test_setup_teardown(extra_request_data_is_read, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
