/* GET and POST /sru: which operation, and what all answers have in common. */
#include "node/api/sru.h"

#include <string.h>

#include "node/api/counted.h"
#include "node/api/etag.h"

#define DIAGNOSTIC_URI "info:srw/diagnostic/1/"

static const struct {
	int code;
	const char *message;
} MESSAGES[] = {
	{ 1, "Permanent system error" },
	{ 2, "System temporarily unavailable" },
	{ 4, "Unsupported operation" },
	{ 5, "Unsupported version" },
	{ 6, "Unsupported parameter value" },
	{ 7, "Mandatory parameter not supplied" },
	{ 8, "Unsupported parameter" },
	{ 10, "Query syntax error" },
	{ 11, "Unsupported query type" },
	{ 12, "Too many characters in query" },
	{ 15, "Unsupported context set" },
	{ 16, "Unsupported index" },
	{ 19, "Unsupported relation" },
	{ 20, "Unsupported relation modifier" },
	{ 22, "Unsupported combination of relation and index" },
	{ 23, "Too many characters in term" },
	{ 26, "Non special character escaped in term" },
	{ 27, "Empty term unsupported" },
	{ 28, "Masking character not supported" },
	{ 29, "Masked words too short" },
	{ 31, "Anchoring character not supported" },
	{ 32, "Anchoring character in unsupported position" },
	{ 35, "Term contains only stopwords" },
	{ 36, "Term in invalid format for index or relation" },
	{ 37, "Unsupported boolean operator" },
	{ 38, "Too many boolean operators in query" },
	{ 39, "Proximity not supported" },
	{ 40, "Unsupported proximity relation" },
	{ 41, "Unsupported proximity distance" },
	{ 42, "Unsupported proximity unit" },
	{ 44, "Unsupported combination of proximity modifiers" },
	{ 46, "Unsupported boolean modifier" },
	{ 48, "Query feature unsupported" },
	{ 49, "Masking character in unsupported position" },
	{ 50, "Result sets not supported" },
	{ 59, "Result set created with valid partial results available" },
	{ 60, "Result set not created: too many matching records" },
	{ 61, "First record position out of range" },
	{ 63, "System error in retrieving records" },
	{ 64, "Record temporarily unavailable" },
	{ 66, "Unknown schema for retrieval" },
	{ 67, "Record not available in this schema" },
	{ 71, "Unsupported record packing" },
	{ 72, "XPath retrieval unsupported" },
	{ 80, "Sort not supported" },
	{ 81, "Unsupported sort type" },
	{ 84, "Too many sort keys to sort" },
	{ 87, "Unsupported schema for sort" },
	{ 88, "Unsupported path for sort" },
	{ 90, "Unsupported direction value" },
	{ 91, "Unsupported case value" },
	{ 92, "Unsupported missing value action" },
	{ 110, "Stylesheets not supported" },
	{ 120, "Response position out of range" },
	{ 121, "Too many terms requested" },
	{ 235, "Database does not exist" },
};

_Static_assert(sizeof MESSAGES / sizeof *MESSAGES <= COUNTED_SRU_CODES, "each is counted");

int sru_code(size_t place)
{
	return place < sizeof MESSAGES / sizeof *MESSAGES ? MESSAGES[place].code : 0;
}

static const char *message_of(int code)
{
	for (size_t i = 0; i < sizeof MESSAGES / sizeof *MESSAGES; i++)
		if (MESSAGES[i].code == code)
			return MESSAGES[i].message;
	return "";
}

static const char *version_text(const struct sru *s)
{
	return s->version == SRU_1_1 ? "1.1" : s->version == SRU_1_2 ? "1.2" : "2.0";
}

void sru_diagnostic(struct sru *s, const struct sru_fault *fault)
{
	struct xml *x = &s->xml;
	s->answer->etag = NULL; /* what is wrong may not be so the next time */
	counted_sru(s->answer, fault->code);
	xml_begin(x, "diagnostic");
	xml_attribute(x, "xmlns",
	              s->version == SRU_2_0 ? "http://docs.oasis-open.org/ns/search-ws/diagnostic"
	                                    : "http://www.loc.gov/zing/srw/diagnostic/");
	xml_put(x, "uri", arena_printf(s->answer->arena, DIAGNOSTIC_URI "%d", fault->code));
	xml_put(x, "details", fault->details);
	xml_put(x, "message", message_of(fault->code));
	xml_end(x);
}

void sru_diagnostics(struct sru *s)
{
	if (s->fault_count + s->note_count == 0)
		return;
	xml_begin(&s->xml, "zs:diagnostics");
	for (size_t i = 0; i < s->fault_count; i++)
		sru_diagnostic(s, &s->faults[i]);
	for (size_t i = 0; i < s->note_count; i++)
		sru_diagnostic(s, &s->notes[i]);
	xml_end(&s->xml);
}

void sru_begin(struct sru *s, const char *root)
{
	struct xml *x = &s->xml;
	x->out = &s->answer->body;
	xml_declaration(x);
	if (s->soap) {
		xml_begin(x, "SOAP-ENV:Envelope");
		xml_attribute(x, "xmlns:SOAP-ENV", SOAP_ENVELOPE);
		xml_begin(x, "SOAP-ENV:Body");
	}
	xml_begin(x, root);
	xml_attribute(x, "xmlns:zs",
	              s->version != SRU_2_0      ? "http://www.loc.gov/zing/srw/"
	              : s->operation == SRU_SCAN ? "http://docs.oasis-open.org/ns/search-ws/scan"
	                                         : "http://docs.oasis-open.org/ns/search-ws/sruResponse");
	/* 2.0 has no such element in its answers; YAZ writes it, and others pass it over. */
	if (s->version != SRU_2_0)
		xml_put(x, "zs:version", version_text(s));
}

void sru_end(struct sru *s)
{
	while (s->xml.depth > 0)
		xml_end(&s->xml);
	buf_add_char(&s->answer->body, '\n');
}

/* Of parameters that this operation does not have in this version, none is repeated. */
static bool is_echoed(const struct sru *s, enum sru_name name)
{
	bool packing = name == SRU_RECORD_PACKING || name == SRU_RECORD_ESCAPING;
	if ((name == SRU_QUERY_TYPE || name == SRU_RECORD_ESCAPING) && s->version != SRU_2_0)
		return false;
	if (name == SRU_STYLESHEET)
		return true;
	if (s->operation == SRU_EXPLAIN)
		return packing;
	return (name >= SRU_SCAN_CLAUSE) == (s->operation == SRU_SCAN);
}

void sru_echo(struct sru *s, const char *element, const struct cql_query *query)
{
	struct xml *x = &s->xml;
	xml_begin(x, element);
	if (s->version != SRU_2_0)
		xml_put(x, "zs:version", version_text(s));
	for (int i = SRU_QUERY; i < SRU_ECHOED; i++) {
		if (!is_echoed(s, (enum sru_name)i))
			continue;
		xml_put(x, sru_element((enum sru_name)i), s->values[i]);
		if (i != SRU_QUERY || query == NULL || query->root == NULL || s->version == SRU_2_0)
			continue;
		struct buf xcql = { 0 };
		buf_add_str(&xcql, "<zs:xQuery xmlns=\"http://www.loc.gov/zing/cql/xcql/\">");
		cql_xcql(query, &xcql);
		buf_add_str(&xcql, "</zs:xQuery>");
		xml_raw(x, buf_bytes(&xcql));
		buf_free(&xcql);
	}
	xml_end(x);
}

static bool try(struct sru *s, bool (*begin)(struct answer *))
{
	struct answer *a = s->answer;
	struct answer as_it_was = *a;
	if (begin(a))
		return true;
	if (a->status < 400)
		return false;
	/* A client of SRU reads diagnostics, no problem documents. */
	(void)sru_fault(s, a->status == 503 ? 2 : 1, "");
	a->status = as_it_was.status;
	a->type = as_it_was.type;
	a->vary = as_it_was.vary;
	a->cache = as_it_was.cache;
	a->retry_s = as_it_was.retry_s;
	buf_reset(&a->body);
	return false;
}

bool sru_open(struct sru *s)
{
	return try(s, answer_begin);
}

bool sru_open_tagged(struct sru *s)
{
	struct answer *a = s->answer;
	if (bytes_equal(a->request->method, bytes_str("POST")))
		return sru_open(s);
	if (try(s, etag_begin))
		return true;
	s->whole = a->status == 304 || a->fields.len > 0;
	return false;
}

bool sru_claims(struct sru *s)
{
	return try(s, answer_claims);
}

/* ---- the doors ---- */

static const struct {
	const char *code, *text;
} SOAP_FAULTS[] = {
	[SOAP_CLIENT] = { "SOAP-ENV:Client",
	                  "the body is not an envelope with an explain, searchRetrieve or scan request" },
	[SOAP_VERSION] = { "SOAP-ENV:VersionMismatch", "the envelope is not one of SOAP 1.1" },
	[SOAP_MUST] = { "SOAP-ENV:MustUnderstand", "no entry of a header is understood here" },
};

static void put_soap_fault(struct sru *s)
{
	struct answer *a = s->answer;
	struct xml *x = &s->xml;
	a->status = 500; /* SOAP 1.1, 6.2 */
	x->out = &a->body;
	xml_declaration(x);
	xml_begin(x, "SOAP-ENV:Envelope");
	xml_attribute(x, "xmlns:SOAP-ENV", SOAP_ENVELOPE);
	xml_begin(x, "SOAP-ENV:Body");
	xml_begin(x, "SOAP-ENV:Fault");
	xml_put(x, "faultcode", SOAP_FAULTS[s->soap_fault].code);
	xml_put(x, "faultstring", SOAP_FAULTS[s->soap_fault].text);
	sru_end(s);
}

static void run(struct answer *a, bool no_database)
{
	struct sru s = { .answer = a };
	a->type = "text/xml; charset=utf-8";
	a->vary = NULL;
	if (!sru_read(&s)) {
		put_soap_fault(&s);
		return;
	}
	if (no_database)
		(void)sru_fault(&s, 235, "the only one is at /sru");
	if (s.operation == SRU_SEARCH)
		sru_search(&s);
	else if (s.operation == SRU_SCAN)
		sru_scan(&s);
	else
		sru_explain(&s);
}

void sru_answer(struct answer *a)
{
	run(a, false);
}

void sru_below(struct answer *a, struct bytes below)
{
	(void)below;
	run(a, true);
}
