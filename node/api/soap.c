/* A SOAP 1.1 envelope as parameters (SRU 1.2, "SRU via HTTP SOAP"): Envelope/Body/searchRetrieveRequest/query.
 *
 * No entities but the five of XML: a declaration of one ends the reading. */
#include <expat.h>
#include <string.h>

#include "node/api/sru.h"
#include "node/base/limits.h"
#include "node/base/must.h"

enum { LEVEL_ENVELOPE = 1, LEVEL_BODY, LEVEL_REQUEST, LEVEL_PARAMETER };

struct reading {
	struct sru *sru;
	XML_Parser parser;
	unsigned depth;
	unsigned ignored; /* the depth of a header, or of what is below a parameter; 0: none */
	bool wrong;
	char name[CODE_MAX]; /* the parameter's */
	struct buf text;
};

static void stop(struct reading *r)
{
	r->wrong = true;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

/* Without its namespace: what names are about is clear from where they stand. */
static const char *local(const XML_Char *name)
{
	const char *mark = strrchr(name, '\n');
	return mark != NULL ? mark + 1 : name;
}

static bool operation_of(struct reading *r, const char *element)
{
	static const char end[] = "Request";
	size_t len = strlen(element);
	if (len <= strlen(end) || len >= CODE_MAX || strcmp(element + len - strlen(end), end) != 0)
		return false;
	char word[CODE_MAX];
	memcpy(word, element, len - strlen(end));
	word[len - strlen(end)] = '\0';
	sru_take(r->sru, "operation", word);
	return true;
}

static void begin(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;
	const char *own = local(name);
	(void)attributes;
	r->depth++;
	if (r->ignored != 0)
		return;
	if (r->depth == LEVEL_ENVELOPE && strcmp(own, "Envelope") != 0)
		stop(r);
	else if (r->depth == LEVEL_BODY && strcmp(own, "Body") != 0)
		r->ignored = r->depth;
	else if (r->depth == LEVEL_REQUEST && !operation_of(r, own))
		stop(r);
	else if (r->depth == LEVEL_PARAMETER) {
		(void)memccpy(r->name, own, '\0', sizeof r->name - 1);
		r->name[sizeof r->name - 1] = '\0';
		buf_reset(&r->text);
	} else if (r->depth > LEVEL_PARAMETER)
		r->ignored = r->depth;
}

static void text(void *arg, const XML_Char *data, int len)
{
	struct reading *r = arg;
	if (r->depth != LEVEL_PARAMETER || r->ignored != 0)
		return;
	if (r->text.len + (size_t)len > QUERY_MAX)
		stop(r);
	else
		buf_add(&r->text, data, (size_t)len);
}

static void end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;
	(void)name;
	if (r->ignored == 0 && r->depth == LEVEL_PARAMETER)
		sru_take(r->sru, r->name, buf_str(&r->text));
	if (r->ignored == r->depth)
		r->ignored = 0;
	r->depth--;
}

static void doctype(void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(arg);
}

bool soap_read(struct sru *s, struct bytes body)
{
	struct reading r = { .sru = s, .parser = XML_ParserCreateNS(NULL, '\n') };
	must(r.parser != NULL && body.len <= HTTP_BODY_MAX);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, begin, end);
	XML_SetCharacterDataHandler(r.parser, text);
	XML_SetStartDoctypeDeclHandler(r.parser, doctype);
	bool whole = XML_Parse(r.parser, (const char *)body.data, (int)body.len, 1) == XML_STATUS_OK;
	XML_ParserFree(r.parser);
	buf_free(&r.text);
	return whole && !r.wrong && s->values[SRU_OPERATION] != NULL;
}
