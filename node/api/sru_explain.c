/* explain: a ZeeRex 2.0 record of what can be asked, from the tables that answer it. */
#include <string.h>

#include "node/api/formats.h"
#include "node/api/schemas.h"
#include "node/api/sru.h"

#define ZEEREX "http://explain.z3950.org/dtd/2.0/"

static void put_with(struct xml *x, const char *element, const char *attribute, const char *value, const char *text)
{
	xml_begin(x, element);
	xml_attribute(x, attribute, value);
	xml_text(x, text);
	xml_end(x);
}

static void put_server(struct sru *s)
{
	struct xml *x = &s->xml;
	const char *base = schema_base(s->answer);
	bool secret = strncmp(base, "https://", strlen("https://")) == 0;
	const char *host = base + strlen(secret ? "https://" : "http://");
	const char *colon = strrchr(host, ':');
	if (colon != NULL && strchr(colon, ']') != NULL) /* "[::1]" */
		colon = NULL;
	size_t len = colon != NULL ? (size_t)(colon - host) : strlen(host);
	xml_begin(x, "serverInfo");
	xml_attribute(x, "protocol", "SRU");
	xml_attribute(x, "version", "2.0");
	xml_attribute(x, "transport", secret ? "https" : "http");
	xml_attribute(x, "method", "GET POST SOAP");
	xml_put(x, "host", arena_strn(s->answer->arena, host, len));
	xml_put(x, "port", colon != NULL ? colon + 1 : secret ? "443" : "80");
	xml_put(x, "database", "sru");
	xml_end(x);
}

static void put_database(struct xml *x)
{
	xml_begin(x, "databaseInfo");
	xml_begin(x, "title");
	xml_attribute(x, "lang", "en");
	xml_attribute(x, "primary", "true");
	xml_text(x, "Standards, and what standards bodies say about them");
	xml_end(x);
	put_with(x, "description", "lang", "en",
	         "Signed records of this node's log and of the logs that it mirrors; each can be checked offline.");
	xml_end(x);
}

static const char *flag(bool value)
{
	return value ? "true" : "false";
}

static void put_indexes(struct xml *x)
{
	xml_begin(x, "indexInfo");
	for (size_t i = 0; i < SRU_SET_COUNT; i++) {
		xml_begin(x, "set");
		xml_attribute(x, "name", SRU_SETS[i].name);
		xml_attribute(x, "identifier", SRU_SETS[i].uri);
		put_with(x, "title", "lang", "en", SRU_SETS[i].title);
		xml_end(x);
	}
	for (size_t i = 0; i < SRU_INDEX_COUNT; i++) {
		const struct sru_index *index = &SRU_INDEXES[i];
		xml_begin(x, "index");
		xml_attribute(x, "search", flag(index->field != FIELD_RELEVANCE));
		xml_attribute(x, "scan", flag(index->scan));
		xml_attribute(x, "sort", flag(index->sort));
		put_with(x, "title", "lang", "en", index->title);
		xml_begin(x, "map");
		put_with(x, "name", "set", index->set, index->name);
		xml_end(x);
		xml_end(x);
	}
	xml_end(x);
}

static void put_schemas(struct sru *s)
{
	struct xml *x = &s->xml;
	xml_begin(x, "schemaInfo");
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (FORMATS[i].name == NULL)
			continue;
		xml_begin(x, "schema");
		xml_attribute(x, "identifier", FORMATS[i].schema);
		xml_attribute(x, "location", schema_location(s->answer, FORMATS[i].location));
		xml_attribute(x, "name", FORMATS[i].name);
		xml_attribute(x, "retrieve", "true");
		xml_attribute(x, "sort", "false");
		put_with(x, "title", "lang", "en", FORMATS[i].title);
		xml_end(x);
	}
	xml_end(x);
}

static void put_config(struct sru *s)
{
	static const char *const relations[] = { "=",  "==",  "<>",  "<",   "<=",    ">",
		                                     ">=", "all", "any", "adj", "exact", "within" };
	static const char *const modifiers[] = { "relevant", "word", "masked", "ignoreCase", "ignoreAccents", "unmasked" };
	static const char *const near[] = { "distance", "unit", "unit=word", "unit=element", "ordered", "unordered" };
	struct xml *x = &s->xml;
	xml_begin(x, "configInfo");
	put_with(x, "default", "type", "numberOfRecords", arena_printf(s->answer->arena, "%d", SEARCH_LIMIT_DEFAULT));
	put_with(x, "default", "type", "contextSet", "cql");
	put_with(x, "default", "type", "index", "cql.serverChoice");
	put_with(x, "default", "type", "relation", "=");
	put_with(x, "default", "type", "retrieveSchema", "info:srw/schema/1/dc-v1.1");
	put_with(x, "setting", "type", "maximumRecords", arena_printf(s->answer->arena, "%d", SEARCH_LIMIT_MAX));
	for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
		put_with(x, "supports", "type", "relation", relations[i]);
	for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
		put_with(x, "supports", "type", "relationModifier", modifiers[i]);
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		put_with(x, "supports", "type", "booleanModifier", near[i]);
	put_with(x, "supports", "type", "maskingCharacter", "*");
	put_with(x, "supports", "type", "maskingCharacter", "?");
	put_with(x, "supports", "type", "anchoring", "^");
	put_with(x, "supports", "type", "proximity", "");
	put_with(x, "supports", "type", "scan", "");
	put_with(x, "supports", "type", "sort", "");
	put_with(x, "supports", "type", "extraSearchData", "x-peers");
	put_with(x, "supports", "type", "extraSearchData", "x-deadline-ms");
	xml_end(x);
}

/* The record: where it stands, or to be put in as text. */
static void put_explain(struct sru *s)
{
	struct xml *x = &s->xml;
	xml_begin(x, "explain");
	xml_attribute(x, "xmlns", ZEEREX);
	put_server(s);
	put_database(x);
	put_indexes(x);
	put_schemas(s);
	put_config(s);
	xml_end(x);
}

static void put_escaped(struct sru *s)
{
	struct xml own = s->xml;
	struct buf text = { 0 };
	s->xml = (struct xml){ .out = &text };
	put_explain(s);
	s->xml = own;
	xml_bytes(&s->xml, buf_bytes(&text));
	buf_free(&text);
}

static bool has_parameters(const struct sru *s)
{
	bool any = false;
	for (size_t i = 0; i < SRU_NAMES; i++)
		any = any || s->named[i];
	return any;
}

void sru_explain(struct sru *s)
{
	struct xml *x = &s->xml;
	const char *packing = s->values[s->version == SRU_2_0 ? SRU_RECORD_ESCAPING : SRU_RECORD_PACKING];
	bool escaped = packing != NULL && strcmp(packing, "string") == 0;
	if (s->values[SRU_STYLESHEET] != NULL)
		(void)sru_fault(s, 110, s->values[SRU_STYLESHEET]);
	if (packing != NULL && !escaped && strcmp(packing, "xml") != 0)
		(void)sru_fault(s, 71, packing);
	sru_begin(s, "zs:explainResponse");
	xml_begin(x, "zs:record");
	xml_put(x, "zs:recordSchema", ZEEREX);
	xml_put(x, s->version == SRU_2_0 ? "zs:recordXMLEscaping" : "zs:recordPacking", escaped ? "string" : "xml");
	xml_begin(x, "zs:recordData");
	if (escaped)
		put_escaped(s);
	else
		put_explain(s);
	xml_end(x);
	xml_end(x);
	if (has_parameters(s))
		sru_echo(s, "zs:echoedExplainRequest", NULL);
	sru_diagnostics(s);
	sru_end(s);
}
