/* A record of any kind as simple Dublin Core. */
#include <string.h>

#include "node/api/formats.h"
#include "node/base/must.h"
#include "proto/edges.h"
#include "proto/field.h"

#define DC "http://purl.org/dc/elements/1.1/"

/* Which element a field of a body is, whatever the kind. */
static const struct {
	const char *field, *element, *before;
} ELEMENTS[] = {
	{ "reference", "dc:identifier", "" },  { "symbol", "dc:identifier", "" },
	{ "url", "dc:identifier", "" },        { "publisher", "dc:publisher", "" },
	{ "committees", "dc:creator", "" },    { "committee", "dc:creator", "" },
	{ "holder", "dc:creator", "" },        { "enterprise", "dc:creator", "" },
	{ "reviewer", "dc:creator", "" },      { "translator", "dc:contributor", "" },
	{ "proposer", "dc:contributor", "" },  { "depositor", "dc:contributor", "" },
	{ "ics", "dc:subject", "ICS " },       { "scope", "dc:subject", "ICS " },
	{ "ccs", "dc:subject", "CCS " },       { "product", "dc:subject", "" },
	{ "languages", "dc:language", "" },    { "lang", "dc:language", "" },
	{ "format", "dc:format", "" },         { "licence", "dc:rights", "" },
	{ "region", "dc:coverage", "" },       { "country", "dc:coverage", "" },
	{ "jurisdiction", "dc:coverage", "" },
};

/* element: one with xml:lang, where the language is known. */
static void put_text(struct xml *x, const char *element, const Normlink__Text *text)
{
	if (text->value == NULL)
		return;
	xml_begin(x, element);
	if (text->lang != NULL && strcmp(text->lang, "und") != 0)
		xml_attribute(x, "xml:lang", text->lang);
	xml_text(x, text->value);
	xml_end(x);
}

static void put_texts(struct xml *x, const Normlink__Record *r)
{
	bool titled = false;
	for (size_t i = 0; i < r->n_texts; i++)
		titled = titled || r->texts[i]->role == NORMLINK__ROLE__ROLE_TITLE;
	if (!titled)
		xml_put(x, "dc:title", r->subject);
	for (size_t i = 0; i < r->n_texts; i++)
		put_text(x, r->texts[i]->role == NORMLINK__ROLE__ROLE_TITLE ? "dc:title" : "dc:description", r->texts[i]);
}

static void put_before(struct xml *x, const char *element, const char *before, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	xml_begin(x, element);
	xml_text(x, before);
	xml_text(x, text);
	xml_end(x);
}

static void put_field(struct xml *x, const ProtobufCMessage *body, const ProtobufCFieldDescriptor *field)
{
	if (field->type != PROTOBUF_C_TYPE_STRING)
		return;
	for (size_t i = 0; i < sizeof ELEMENTS / sizeof ELEMENTS[0]; i++)
		for (size_t n = 0; strcmp(ELEMENTS[i].field, field->name) == 0 && n < field_count(body, field); n++)
			put_before(x, ELEMENTS[i].element, ELEMENTS[i].before, *(char *const *)field_item(body, field, n));
}

static int put_edge(void *arg, const struct edge *edge, struct err *err)
{
	struct xml *x = arg;
	const char *word = edge_word(edge->type);
	bool graded = edge->type == EDGE_ADOPTS || edge->type == EDGE_MAY_ADOPT;
	const char *degree = format_degree(graded, edge->detail);
	(void)err;
	xml_begin(x, "dc:relation");
	if (word != NULL) {
		xml_text(x, word);
		xml_text(x, " ");
	}
	xml_text(x, edge->target);
	if (degree != NULL) {
		xml_text(x, " ");
		xml_text(x, degree);
	}
	xml_end(x);
	return OK;
}

static void put_record(struct xml *x, const Normlink__Record *r, const char *place)
{
	const ProtobufCMessage *body = record_body(r);
	xml_attribute(x, "xmlns:dc", DC);
	put_texts(x, r);
	xml_put(x, "dc:identifier", r->subject);
	xml_put(x, "dc:identifier", place);
	xml_put(x, "dc:type", kind_word((int)r->kind));
	xml_put(x, "dc:date", record_day(r));
	put_before(x, "dc:description", "status: ", status_word(record_status(r)));
	for (unsigned i = 0; body != NULL && i < body->descriptor->n_fields; i++)
		put_field(x, body, &body->descriptor->fields[i]);
	struct err err = { 0 };
	must(record_edges(r, put_edge, x, &err) == OK);
	if (r->source != NULL) {
		xml_put(x, "dc:source", r->source->url != NULL ? r->source->url : r->source->name);
		xml_put(x, "dc:rights", r->source->licence);
	}
}

void format_oai_dc(struct xml *x, const Normlink__Record *record, const char *place)
{
	xml_begin(x, "oai_dc:dc");
	xml_attribute(x, "xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/");
	format_location(x, "http://www.openarchives.org/OAI/2.0/oai_dc/", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd");
	put_record(x, record, place);
	xml_end(x);
}

void format_srw_dc(struct xml *x, const Normlink__Record *record, const char *place)
{
	xml_begin(x, "srw_dc:dc");
	xml_attribute(x, "xmlns:srw_dc", "info:srw/schema/1/dc-schema");
	put_record(x, record, place);
	xml_end(x);
}
