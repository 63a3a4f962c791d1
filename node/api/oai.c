/* /oai: the envelope of every response, and what the node says of itself. */
#include "node/api/oai.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/api/counted.h"
#include "node/api/schemas.h"
#include "proto/field.h"

#define NS "http://www.openarchives.org/OAI/2.0/"

enum { SETS_PAGE = 500 };

void oai_refuse(struct oai *o, const char *code, const char *format, ...)
{
	char text[512];
	va_list args;
	if (o->error_count == OAI_ERRORS_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	o->errors[o->error_count++] = (struct oai_error){ code, arena_str(o->a->arena, text) };
}

/* ---- Identify ---- */

/* As configured, else as the client sees it. */
static const char *base_url(const struct answer *a)
{
	return arena_printf(a->arena, "%s/oai", schema_base(a));
}

static const char *admin_email(const struct answer *a)
{
	const char *configured = a->context->admin_email;
	return configured != NULL && configured[0] != '\0' ? configured
	                                                   : arena_printf(a->arena, "postmaster@%s", oai_domain(a));
}

static void put_description(struct oai *o)
{
	static const char ns[] = "http://www.openarchives.org/OAI/2.0/oai-identifier";
	const struct answer *a = o->a;
	xml_begin(&o->x, "description");
	xml_begin(&o->x, "oai-identifier");
	xml_attribute(&o->x, "xmlns", ns);
	format_location(&o->x, ns, "http://www.openarchives.org/OAI/2.0/oai-identifier.xsd");
	xml_put(&o->x, "scheme", "oai");
	xml_put(&o->x, "repositoryIdentifier", oai_domain(a));
	xml_put(&o->x, "delimiter", ":");
	xml_put(&o->x, "sampleIdentifier",
	        arena_printf(a->arena, "oai:%s:%s/0", oai_domain(a),
	                     answer_escaped(a->arena, a->context->origin != NULL ? a->context->origin : "log", "/")));
	xml_end(&o->x);
	xml_end(&o->x);
}

static void identify(struct oai *o)
{
	const struct answer *a = o->a;
	const struct view *view = a->context->view;
	const char *name = a->context->name;
	struct err err = { 0 };
	uint64_t earliest = 0;
	int rc = view->earliest(view->ctx, &earliest, &err);
	if (rc != OK) {
		problem_err(o->a, rc, &err);
		return;
	}
	xml_put(&o->x, "repositoryName",
	        arena_printf(a->arena, "normlink node %s", name != NULL && name[0] != '\0' ? name : oai_domain(a)));
	xml_put(&o->x, "baseURL", base_url(a));
	xml_put(&o->x, "protocolVersion", "2.0");
	xml_put(&o->x, "adminEmail", admin_email(a));
	xml_put(&o->x, "earliestDatestamp",
	        answer_time(a->arena, earliest > 0 ? earliest * 1000 : a->context->wall_ms, true));
	xml_put(&o->x, "deletedRecord", "persistent");
	xml_put(&o->x, "granularity", "YYYY-MM-DDThh:mm:ssZ");
	xml_put(&o->x, "compression", "gzip"); /* as every large answer of text is packed (api.c) */
	put_description(o);
}

/* ---- ListMetadataFormats ---- */

static void put_format(struct oai *o, const struct format *f)
{
	xml_begin(&o->x, "metadataFormat");
	xml_put(&o->x, "metadataPrefix", f->prefix);
	xml_put(&o->x, "schema", schema_location(o->a, f->location));
	xml_put(&o->x, "metadataNamespace", f->name_space);
	xml_end(&o->x);
}

static void list_formats(struct oai *o)
{
	struct harvested item = { 0 };
	if (o->values[ARG_IDENTIFIER] != NULL && !oai_item(o, o->values[ARG_IDENTIFIER], &item))
		return;
	if (item.deleted) {
		oai_refuse(o, "noMetadataFormats", "this item is deleted");
		return;
	}
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (FORMATS[i].prefix != NULL && (FORMATS[i].kind == 0 || item.kind == 0 || FORMATS[i].kind == item.kind))
			put_format(o, &FORMATS[i]);
	put_format(o, &OAI_SIGNED);
}

/* ---- ListSets ---- */

static void put_set(struct oai *o, const char *spec, const char *name)
{
	xml_begin(&o->x, "set");
	xml_put(&o->x, "setSpec", spec);
	xml_put(&o->x, "setName", name);
	xml_end(&o->x);
}

static void put_words(struct oai *o, const char *name, const ProtobufCEnumDescriptor *list)
{
	for (unsigned i = 0; i < list->n_values; i++) {
		const char *word = code_word(list, list->values[i].value);
		put_set(o, arena_printf(o->a->arena, "%s:%s", name, word), word);
	}
}

/* All but those of ICS codes, which are as many as records use. */
static size_t put_fixed_sets(struct oai *o)
{
	const struct answer *a = o->a;
	size_t before = a->as_of_count + 4;
	put_set(o, "origin", "By the log that says it");
	for (size_t i = 0; i < a->as_of_count; i++)
		put_set(o, arena_printf(a->arena, "origin:%s", oai_set_escaped(a->arena, a->as_of[i].origin)),
		        a->as_of[i].origin);
	put_set(o, "kind", "By the kind of record");
	put_words(o, "kind", &normlink__kind__descriptor);
	put_set(o, "status", "By the status of a standard or a project");
	put_words(o, "status", &normlink__status__descriptor);
	put_set(o, "ics", "By the International Classification for Standards");
	return before + normlink__kind__descriptor.n_values + normlink__status__descriptor.n_values;
}

/* A code, after those above it that the one before has not above it. */
static size_t put_code(struct oai *o, const char *before, const char *code)
{
	size_t count = 0;
	for (size_t n = 1; n <= strlen(code); n++) {
		bool known = strncmp(before, code, n) == 0 && (before[n] == '.' || before[n] == '\0');
		if ((code[n] != '.' && code[n] != '\0') || known)
			continue;
		const char *part = arena_strn(o->a->arena, code, n);
		put_set(o, arena_printf(o->a->arena, "ics:%s", part), arena_printf(o->a->arena, "ICS %s", part));
		count++;
	}
	return count;
}

static void list_sets(struct oai *o)
{
	const struct view *view = o->a->context->view;
	struct oai_list l = { .verb = OAI_SETS, .prefix = "", .set = "" };
	struct err err = { 0 };
	const char **codes;
	size_t count = 0;
	if (o->values[ARG_TOKEN] != NULL && !oai_token_read(o, o->values[ARG_TOKEN], &l)) {
		oai_refuse(o, "badResumptionToken", "this node gave no such token for this verb");
		return;
	}
	uint64_t before = l.cursor;
	const char *last = l.set;
	int rc = view->codes(view->ctx, last, SETS_PAGE + 1, &o->a->found, &codes, &count, &err);
	if (rc != OK) {
		problem_err(o->a, rc, &err);
		return;
	}
	if (before == 0)
		l.cursor = put_fixed_sets(o);
	for (size_t i = 0; i < count && i < SETS_PAGE; i++) {
		l.cursor += put_code(o, last, codes[i]);
		last = codes[i];
	}
	l.set = last;
	oai_token_put(o, &l, before, count > SETS_PAGE);
}

/* ---- the response ---- */

static void answer_verb(struct oai *o)
{
	switch (o->verb) {
	case OAI_IDENTIFY:
		identify(o);
		break;
	case OAI_FORMATS:
		list_formats(o);
		break;
	case OAI_SETS:
		list_sets(o);
		break;
	case OAI_GET:
		oai_get(o);
		break;
	case OAI_IDENTIFIERS:
	case OAI_RECORDS:
		oai_list(o);
		break;
	case OAI_NO_VERB:
		break;
	}
}

/* The arguments are repeated as attributes, except when it is they that are wrong. */
static void put_request(const struct oai *o, struct xml *x)
{
	bool repeat = true;
	for (size_t i = 0; i < o->error_count; i++)
		repeat = repeat && strcmp(o->errors[i].code, "badVerb") != 0 && strcmp(o->errors[i].code, "badArgument") != 0;
	xml_begin(x, "request");
	if (repeat)
		xml_attribute(x, "verb", oai_verb_word(o->verb));
	for (int i = 0; repeat && i < ARG_COUNT; i++)
		xml_attribute(x, oai_argument_word((enum oai_argument)i), o->values[i]);
	xml_text(x, base_url(o->a));
	xml_end(x);
}

static void put_response(const struct oai *o, struct bytes content)
{
	struct xml x = { .out = &o->a->body };
	xml_declaration(&x);
	xml_begin(&x, "OAI-PMH");
	xml_attribute(&x, "xmlns", NS);
	format_location(&x, NS, NS "OAI-PMH.xsd");
	xml_put(&x, "responseDate", answer_time(o->a->arena, o->a->context->wall_ms, true));
	put_request(o, &x);
	if (o->error_count == 0)
		counted_oai(o->a, o->verb, NULL);
	for (size_t i = 0; i < o->error_count; i++) {
		counted_oai(o->a, o->verb, o->errors[i].code);
		xml_begin(&x, "error");
		xml_attribute(&x, "code", o->errors[i].code);
		xml_text(&x, o->errors[i].text);
		xml_end(&x);
	}
	if (o->error_count == 0)
		xml_raw(&x, content);
	xml_end(&x);
	buf_add_char(&o->a->body, '\n');
}

void oai_answer(struct answer *a)
{
	struct buf content = { 0 };
	struct oai o = { .a = a, .x = { .out = &content } };
	oai_read(&o);
	if (!answer_begin(a))
		return;
	if (o.error_count == 0) {
		xml_begin(&o.x, oai_verb_word(o.verb));
		answer_verb(&o);
		xml_end(&o.x);
	}
	if (a->status == 200) {
		a->type = "text/xml; charset=utf-8";
		a->vary = NULL;
		a->cache = "no-cache";
		put_response(&o, buf_bytes(&content));
	}
	buf_free(&content);
}
