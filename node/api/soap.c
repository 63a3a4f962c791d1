/* A SOAP 1.1 envelope as parameters (SRU 1.2, "SRU via HTTP SOAP"): Envelope/Body/searchRetrieveRequest/query.
 *
 * What is called x-peers in an address is peers in extraRequestData, in the namespace of our answers' extra data, or in
 * that of the request, as YAZ writes such; all else there is somebody else's, and passed over.
 * No entities but the five of XML: a declaration of one ends the reading. */
#include <expat.h>
#include <stdio.h>
#include <string.h>

#include "node/api/sru.h"
#include "node/base/limits.h"
#include "node/base/must.h"

enum { LEVEL_ENVELOPE = 1, LEVEL_BODY, LEVEL_REQUEST, LEVEL_PARAMETER, LEVEL_EXTRA };

struct reading {
	struct sru *sru;
	XML_Parser parser;
	unsigned depth;
	unsigned ignored; /* the depth of what is passed over: in a header, below a parameter; 0: nothing is */
	bool wrong;
	bool requested;       /* the one request has begun */
	bool header, extra;   /* inside of that */
	bool long_text;       /* the parameter has more than can be kept */
	char space[CODE_MAX]; /* of the request, cut off where it is longer than any that we know */
	char name[CODE_MAX];  /* the parameter's; "": it is somebody else's */
	struct buf text;
};

static void stop(struct reading *r, enum soap_fault fault)
{
	r->wrong = true;
	r->sru->soap_fault = fault;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

/* Without its namespace: what most names are about is clear from where they stand. */
static const char *local(const XML_Char *name)
{
	const char *mark = strrchr(name, '\n');
	return mark != NULL ? mark + 1 : name;
}

static struct bytes space_of(const XML_Char *name)
{
	const char *own = local(name);
	return bytes_of(name, own > name ? (size_t)(own - name) - 1 : 0);
}

static bool is_in(const XML_Char *name, const char *space)
{
	return bytes_equal(space_of(name), bytes_str(space));
}

/* SOAP 1.1, 4.2.3: what stands in a header, is for us and must be understood is not. */
static bool must_understand(const XML_Char **attributes)
{
	bool needed = false, ours = true;
	for (; attributes[0] != NULL; attributes += 2) {
		if (strcmp(attributes[0], SOAP_ENVELOPE "\nmustUnderstand") == 0)
			needed = strcmp(attributes[1], "1") == 0;
		if (strcmp(attributes[0], SOAP_ENVELOPE "\nactor") == 0)
			ours = attributes[1][0] == '\0' || strcmp(attributes[1], "http://schemas.xmlsoap.org/soap/actor/next") == 0;
	}
	return needed && ours;
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

static void begin_parameter(struct reading *r, const XML_Char *name)
{
	r->extra = strcmp(local(name), "extraRequestData") == 0;
	(void)snprintf(r->name, sizeof r->name, "%s", r->extra ? "" : local(name));
	r->long_text = false;
	buf_reset(&r->text);
}

static void begin_extra(struct reading *r, const XML_Char *name)
{
	const char *own = local(name), *x = strncmp(own, "x-", 2) == 0 ? "" : "x-";
	bool ours = is_in(name, SRU_EXTRA) || is_in(name, "") || is_in(name, r->space);
	(void)snprintf(r->name, sizeof r->name, "%s%s", ours ? x : "", ours ? own : "");
	r->long_text = false;
	buf_reset(&r->text);
}

static void begin_request(struct reading *r, const XML_Char *name)
{
	struct bytes space = space_of(name);
	size_t len = space.len < sizeof r->space - 1 ? space.len : sizeof r->space - 1;
	if (r->requested || !operation_of(r, local(name)))
		stop(r, SOAP_CLIENT);
	r->requested = true;
	if (len > 0)
		memcpy(r->space, space.data, len);
	r->space[len] = '\0';
}

static void begin(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;
	const char *own = local(name);
	r->depth++;
	if (r->ignored != 0)
		return;
	if (r->depth == LEVEL_ENVELOPE && (strcmp(own, "Envelope") != 0 || !is_in(name, SOAP_ENVELOPE)))
		stop(r, strcmp(own, "Envelope") == 0 ? SOAP_VERSION : SOAP_CLIENT);
	else if (r->depth == LEVEL_BODY)
		r->header = strcmp(own, "Body") != 0 || !is_in(name, SOAP_ENVELOPE);
	else if (r->header && r->depth == LEVEL_BODY + 1 && must_understand(attributes))
		stop(r, SOAP_MUST);
	else if (r->header)
		r->ignored = r->depth;
	else if (r->depth == LEVEL_REQUEST)
		begin_request(r, name);
	else if (r->depth == LEVEL_PARAMETER)
		begin_parameter(r, name);
	else if (r->depth == LEVEL_EXTRA && r->extra)
		begin_extra(r, name);
	else if (r->depth > LEVEL_PARAMETER)
		r->ignored = r->depth;
}

/* Is the text, or the end, that of a parameter? */
static bool is_parameter(const struct reading *r)
{
	return r->ignored == 0 && !r->header && r->depth == (r->extra ? LEVEL_EXTRA : LEVEL_PARAMETER) &&
	       r->name[0] != '\0';
}

static void text(void *arg, const XML_Char *data, int len)
{
	struct reading *r = arg;
	if (!is_parameter(r))
		return;
	r->long_text = r->long_text || r->text.len + (size_t)len > QUERY_MAX;
	if (!r->long_text)
		buf_add(&r->text, data, (size_t)len);
}

static void end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;
	(void)name;
	if (is_parameter(r)) {
		if (r->long_text)
			sru_too_long(r->sru, r->name);
		else
			sru_take(r->sru, r->name, buf_str(&r->text));
		r->name[0] = '\0';
	}
	if (r->ignored == r->depth)
		r->ignored = 0;
	if (r->depth == LEVEL_PARAMETER)
		r->extra = false;
	if (r->depth == LEVEL_BODY)
		r->header = false;
	r->depth--;
}

static void doctype(void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(arg, SOAP_CLIENT);
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
	return whole && !r.wrong && r.requested;
}
