/* What is asked: parameters, the version that is spoken, the operation. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "node/api/sru.h"
#include "node/base/limits.h"

#define ELEMENT "zs:"

static const struct {
	const char *name; /* as the element that repeats it */
	enum sru_name which;
} NAMES[] = {
	{ ELEMENT "operation", SRU_OPERATION },
	{ ELEMENT "version", SRU_VERSION },
	{ ELEMENT "query", SRU_QUERY },
	{ ELEMENT "queryType", SRU_QUERY_TYPE },
	{ ELEMENT "startRecord", SRU_START_RECORD },
	{ ELEMENT "maximumRecords", SRU_MAXIMUM_RECORDS },
	{ ELEMENT "recordPacking", SRU_RECORD_PACKING },
	{ ELEMENT "recordXMLEscaping", SRU_RECORD_ESCAPING },
	{ ELEMENT "recordSchema", SRU_RECORD_SCHEMA },
	{ ELEMENT "recordXPath", SRU_RECORD_XPATH },
	{ ELEMENT "resultSetTTL", SRU_RESULT_SET_TTL },
	{ ELEMENT "sortKeys", SRU_SORT_KEYS },
	{ ELEMENT "facetLimit", SRU_FACET_LIMIT },
	{ ELEMENT "facetStart", SRU_FACET_START },
	{ ELEMENT "facetSort", SRU_FACET_SORT },
	{ ELEMENT "scanClause", SRU_SCAN_CLAUSE },
	{ ELEMENT "responsePosition", SRU_RESPONSE_POSITION },
	{ ELEMENT "maximumTerms", SRU_MAXIMUM_TERMS },
	{ ELEMENT "stylesheet", SRU_STYLESHEET },
	{ ELEMENT "x-peers", SRU_PEERS },
	{ ELEMENT "x-deadline-ms", SRU_DEADLINE_MS },
	/* No result set is kept, and there is one form of answer. */
	{ ELEMENT "renderedBy", SRU_RENDERED_BY },
	{ ELEMENT "httpAccept", SRU_HTTP_ACCEPT },
	{ ELEMENT "extraRequestData", SRU_IGNORED },
	{ ELEMENT "database", SRU_IGNORED },
};

const char *sru_element(enum sru_name name)
{
	return NAMES[name].name;
}

const char *sru_name(enum sru_name name)
{
	return sru_element(name) + strlen(ELEMENT);
}

bool sru_fault(struct sru *s, int code, const char *details)
{
	if (s->fault_count < SRU_FAULTS_MAX)
		(void)sru_fault_set(&s->faults[s->fault_count++], code, details);
	return false;
}

void sru_note(struct sru *s, int code, const char *details)
{
	if (s->note_count < SRU_NOTES_MAX)
		(void)sru_fault_set(&s->notes[s->note_count++], code, details);
}

bool sru_too_many(struct sru *s, int code, uint64_t limit)
{
	return sru_fault(s, code, arena_printf(s->answer->arena, "%" PRIu64, limit));
}

bool sru_number(struct sru *s, enum sru_name name, uint64_t min, uint64_t *value)
{
	const char *text = s->values[name];
	uint64_t n = 0;
	if (text == NULL)
		return true;
	if (strspn(text, "0123456789") != strlen(text))
		return sru_fault(s, 6, sru_name(name));
	for (const char *c = text; *c != '\0'; c++) {
		n = n * 10 + (uint64_t)(*c - '0');
		n = n < SRU_NUMBER_MAX ? n : SRU_NUMBER_MAX;
	}
	if (n < min)
		return sru_fault(s, 6, sru_name(name));
	*value = n;
	return true;
}

bool sru_parse(struct sru *s, const char *text, struct cql_query *out)
{
	struct cql_fault wrong;
	if (cql_parse(bytes_str(text), s->answer->arena, out, &wrong) == OK)
		return true;
	if (wrong.diagnostic == 38) /* so many booleans join so many clauses and one more */
		return sru_too_many(s, 38, (CQL_NODES_MAX - 1) / 2);
	return sru_fault(s, wrong.diagnostic, arena_printf(s->answer->arena, "%s, at byte %zu", wrong.text, wrong.at + 1));
}

/* A query that is not CQL, as YAZ sends one: PQF, or a tree in XML. */
static bool is_other_query(const char *name)
{
	return strcmp(name, "x-pquery") == 0 || strcmp(name, "pQuery") == 0 || strcmp(name, "xQuery") == 0;
}

static size_t place_of(const char *name)
{
	size_t i = 0;
	while (i < sizeof NAMES / sizeof *NAMES && strcmp(NAMES[i].name + strlen(ELEMENT), name) != 0)
		i++;
	return i;
}

/* An extension that we do not have, which SRU says to pass over. */
static bool is_foreign(const char *name)
{
	return strncmp(name, "x-", 2) == 0 && !is_other_query(name) && place_of(name) == sizeof NAMES / sizeof *NAMES;
}

void sru_take(struct sru *s, const char *name, const char *value)
{
	size_t i = place_of(name);
	if (is_other_query(name)) {
		s->named[SRU_QUERY] = true;
		s->values[SRU_QUERY] = arena_str(s->answer->arena, value);
		(void)sru_fault(s, 11, name);
		return;
	}
	if (is_foreign(name))
		return;
	if (i == sizeof NAMES / sizeof *NAMES) {
		(void)sru_fault(s, 8, name);
		return;
	}
	enum sru_name which = NAMES[i].which;
	if (which != SRU_IGNORED)
		s->named[which] = true;
	if (which == SRU_PEERS && value[0] == '\0')
		(void)sru_fault(s, 6, name); /* nobody is not the same as not asked for */
	if (which == SRU_IGNORED || value[0] == '\0')
		return;
	if (s->values[which] != NULL)
		(void)sru_fault(s, 6, name); /* which of the two is meant? */
	else
		s->values[which] = arena_str(s->answer->arena, value);
}

/* The value of a known parameter, or of one that is not ours, cannot be read. */
static void refuse(struct sru *s, const char *name)
{
	size_t i = place_of(name);
	if (i < sizeof NAMES / sizeof *NAMES && NAMES[i].which != SRU_IGNORED)
		s->named[NAMES[i].which] = true;
	(void)sru_fault(s, 6, name);
}

void sru_too_long(struct sru *s, const char *name)
{
	if (is_foreign(name))
		return;
	if (strcmp(name, "query") != 0) {
		refuse(s, name);
		return;
	}
	s->named[SRU_QUERY] = true;
	(void)sru_too_many(s, 12, QUERY_MAX);
}

static void read_form(struct sru *s, struct bytes form)
{
	struct bytes raw_name, raw_value;
	char name[CODE_MAX], value[QUERY_MAX + 1];
	while (http_parameter_next(&form, &raw_name, &raw_value)) {
		if (http_decode(raw_name, true, name, sizeof name) != OK)
			(void)sru_fault(s, 8, "a name that is too long, or no text");
		else if (is_foreign(name))
			continue;
		else if (http_decode(raw_value, true, value, sizeof value) == OK)
			sru_take(s, name, value);
		else if (raw_value.len > QUERY_MAX)
			sru_too_long(s, name);
		else
			refuse(s, name);
	}
}

/* None: 2.0, and of a family the newest that we speak.  Who is refused reads the nearest that there is. */
static void read_version(struct sru *s)
{
	const char *version = s->values[SRU_VERSION];
	s->version = SRU_2_0;
	if (version == NULL || strncmp(version, "2.", 2) == 0)
		return;
	s->version = strcmp(version, "1.1") == 0 ? SRU_1_1 : version[0] <= '1' ? SRU_1_2 : SRU_2_0;
	if (strncmp(version, "1.", 2) != 0)
		(void)sru_fault(s, 5, "2.0");
}

static void read_operation(struct sru *s)
{
	static const char *const words[] = {
		[SRU_EXPLAIN] = "explain", [SRU_SEARCH] = "searchRetrieve", [SRU_SCAN] = "scan"
	};
	const char *operation = s->values[SRU_OPERATION];
	s->operation = s->named[SRU_QUERY] ? SRU_SEARCH : s->named[SRU_SCAN_CLAUSE] ? SRU_SCAN : SRU_EXPLAIN;
	if (operation == NULL) {
		if (s->version != SRU_2_0 && s->operation != SRU_EXPLAIN && s->fault_count == 0)
			(void)sru_fault(s, 7, "operation");
		return;
	}
	for (int i = SRU_EXPLAIN; i <= SRU_SCAN; i++) {
		if (strcmp(operation, words[i]) == 0) {
			s->operation = (enum sru_operation)i;
			return;
		}
	}
	s->operation = SRU_EXPLAIN;
	(void)sru_fault(s, 4, operation);
}

/* Is one of the media types in the list what we write, or may it be?  What else a type says is passed over. */
static bool takes_xml(const char *list)
{
	static const char *const types[] = { "*/*",          "text/*", "text/xml", "application/xml", "application/sru+xml",
		                                 "application/*" };
	for (const char *one = list; *one != '\0'; one += strcspn(one, ","), one += *one == ',') {
		one += strspn(one, " ");
		size_t len = strcspn(one, ",; ");
		for (size_t i = 0; i < sizeof types / sizeof *types; i++)
			if (len == strlen(types[i]) && strncasecmp(one, types[i], len) == 0)
				return true;
	}
	return false;
}

/* There is one form: XML, rendered by nobody but the client, of results that are not kept. */
static void read_form_of_answer(struct sru *s)
{
	const char *by = s->values[SRU_RENDERED_BY], *accept = s->values[SRU_HTTP_ACCEPT];
	uint64_t ttl = 0;
	if (by != NULL && strcmp(by, "client") != 0)
		(void)sru_fault(s, 6, sru_name(SRU_RENDERED_BY));
	if (accept != NULL && !takes_xml(accept))
		(void)sru_fault(s, 6, sru_name(SRU_HTTP_ACCEPT));
	(void)sru_number(s, SRU_RESULT_SET_TTL, 0, &ttl);
}

bool sru_is_envelope(const struct http_request *request)
{
	struct bytes type = http_header(request, "Content-Type");
	static const char *const types[] = { "text/xml", "application/xml", "application/soap+xml" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t len = strlen(types[i]);
		bool ends = type.len == len || (type.len > len && memchr("; \t", type.data[len], 3) != NULL);
		if (ends && strncasecmp((const char *)type.data, types[i], len) == 0)
			return true;
	}
	return false;
}

bool sru_read(struct sru *s)
{
	const struct http_request *r = s->answer->request;
	bool post = bytes_equal(r->method, bytes_str("POST"));
	s->soap = post && sru_is_envelope(r);
	read_form(s, r->query);
	if (s->soap && !soap_read(s, r->body))
		return false;
	if (post && !s->soap)
		read_form(s, r->body);
	read_version(s);
	read_operation(s);
	read_form_of_answer(s);
	if (s->values[SRU_PEERS] != NULL && s->operation == SRU_SCAN)
		(void)sru_fault(s, 48, "x-peers is of searchRetrieve alone");
	return true;
}
