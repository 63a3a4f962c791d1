/* What is asked: the verb, its arguments, and the times among them. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "node/api/oai.h"
#include "proto/record.h"

static const struct {
	const char *word;
	unsigned needs, takes; /* arguments, a bit each */
} VERBS[] = {
	[OAI_IDENTIFY] = { "Identify", 0, 0 },
	[OAI_FORMATS] = { "ListMetadataFormats", 0, 1u << ARG_IDENTIFIER },
	[OAI_SETS] = { "ListSets", 0, 1u << ARG_TOKEN },
	[OAI_GET] = { "GetRecord", 1u << ARG_IDENTIFIER | 1u << ARG_PREFIX, 0 },
	[OAI_IDENTIFIERS] = { "ListIdentifiers", 1u << ARG_PREFIX,
	                      1u << ARG_FROM | 1u << ARG_UNTIL | 1u << ARG_SET | 1u << ARG_TOKEN },
	[OAI_RECORDS] = { "ListRecords", 1u << ARG_PREFIX,
	                  1u << ARG_FROM | 1u << ARG_UNTIL | 1u << ARG_SET | 1u << ARG_TOKEN },
};
enum { VERB_COUNT = sizeof VERBS / sizeof VERBS[0] };

static const char *const ARGUMENTS[ARG_COUNT] = {
	[ARG_IDENTIFIER] = "identifier",
	[ARG_PREFIX] = "metadataPrefix",
	[ARG_FROM] = "from",
	[ARG_UNTIL] = "until",
	[ARG_SET] = "set",
	[ARG_TOKEN] = "resumptionToken",
};

const char *oai_verb_word(enum oai_verb verb)
{
	return VERBS[verb].word;
}

const char *oai_argument_word(enum oai_argument argument)
{
	return ARGUMENTS[argument];
}

/* ---- the form ---- */

static int argument_of(struct bytes name)
{
	for (int i = 0; i < ARG_COUNT; i++)
		if (bytes_equal(name, bytes_str(ARGUMENTS[i])))
			return i;
	return -1;
}

static void take_verb(struct oai *o, const char *word, bool *seen)
{
	if (*seen) {
		oai_refuse(o, "badVerb", "the verb is given twice");
		return;
	}
	*seen = true;
	for (int v = OAI_NO_VERB + 1; v < VERB_COUNT; v++)
		if (strcmp(word, VERBS[v].word) == 0)
			o->verb = (enum oai_verb)v;
	if (o->verb == OAI_NO_VERB)
		oai_refuse(o, "badVerb", "there is no verb of that name");
}

static void take_argument(struct oai *o, struct bytes name, const char *value)
{
	int i = argument_of(name);
	if (i < 0)
		oai_refuse(o, "badArgument", "there is no argument of such a name: %.*s",
		           (int)(name.len < CODE_MAX ? name.len : CODE_MAX), (const char *)name.data);
	else if (o->values[i] != NULL)
		oai_refuse(o, "badArgument", "%s is given twice", ARGUMENTS[i]);
	else
		o->values[i] = arena_str(o->a->arena, value);
}

static void take_pairs(struct oai *o, struct bytes form)
{
	struct bytes name, raw;
	char value[QUERY_MAX + 1];
	bool seen = false;
	while (http_parameter_next(&form, &name, &raw)) {
		bool verb = bytes_equal(name, bytes_str("verb"));
		if (http_decode(raw, true, value, sizeof value) != OK)
			oai_refuse(o, verb ? "badVerb" : "badArgument", "an argument is too long, or not percent-encoded UTF-8");
		else if (verb)
			take_verb(o, value, &seen);
		else
			take_argument(o, name, value);
	}
	if (!seen)
		oai_refuse(o, "badVerb", "the verb is missing");
}

/* Which arguments go with the verb. */
static void check_arguments(struct oai *o)
{
	unsigned needs = VERBS[o->verb].needs, takes = needs | VERBS[o->verb].takes;
	bool alone = o->values[ARG_TOKEN] != NULL && (takes & 1u << ARG_TOKEN) != 0;
	for (int i = 0; i < ARG_COUNT; i++) {
		bool given = o->values[i] != NULL;
		if (given && (takes & 1u << i) == 0)
			oai_refuse(o, "badArgument", "%s takes no %s", VERBS[o->verb].word, ARGUMENTS[i]);
		else if (given && alone && i != ARG_TOKEN)
			oai_refuse(o, "badArgument", "with a resumptionToken stands nothing else: %s", ARGUMENTS[i]);
		else if (!given && !alone && (needs & 1u << i) != 0)
			oai_refuse(o, "badArgument", "%s needs %s", VERBS[o->verb].word, ARGUMENTS[i]);
		else if (given && o->values[i][0] == '\0')
			oai_refuse(o, "badArgument", "%s is empty", ARGUMENTS[i]);
	}
}

void oai_read(struct oai *o)
{
	const struct http_request *r = o->a->request;
	bool post = bytes_equal(r->method, bytes_str("POST"));
	if (post && !http_is_type(r, "application/x-www-form-urlencoded"))
		oai_refuse(o, "badArgument", "what is posted is not application/x-www-form-urlencoded");
	else
		take_pairs(o, post ? r->body : r->query);
	if (o->error_count == 0)
		check_arguments(o);
}

/* ---- times ---- */

enum { DAY = 10, SECOND = 20, DAY_S = 86400 };

static bool take_digits(const char **text, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*out = *out * 10 + (**text - '0');
	}
	return true;
}

static bool take_sign(const char **text, char sign)
{
	if (**text != sign)
		return false;
	(*text)++;
	return true;
}

/* YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, and real. */
static bool read_time(const char *text, uint64_t *out)
{
	struct tm t = { 0 };
	size_t len = strlen(text);
	char day[DAY + 1];
	if (len != DAY && len != SECOND)
		return false;
	memcpy(day, text, DAY);
	day[DAY] = '\0';
	bool good = take_digits(&text, 4, &t.tm_year) && take_sign(&text, '-') && take_digits(&text, 2, &t.tm_mon) &&
	            take_sign(&text, '-') && take_digits(&text, 2, &t.tm_mday) && date_valid(day);
	if (good && len == SECOND)
		good = take_sign(&text, 'T') && take_digits(&text, 2, &t.tm_hour) && take_sign(&text, ':') &&
		       take_digits(&text, 2, &t.tm_min) && take_sign(&text, ':') && take_digits(&text, 2, &t.tm_sec) &&
		       take_sign(&text, 'Z') && t.tm_hour < 24 && t.tm_min < 60 && t.tm_sec < 60;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	time_t seconds = good ? timegm(&t) : 0;
	*out = seconds > 0 ? (uint64_t)seconds : 0;
	return good;
}

bool oai_window(struct oai *o, uint64_t *from_s, uint64_t *until_s)
{
	const char *from = o->values[ARG_FROM], *until = o->values[ARG_UNTIL];
	*from_s = 0;
	*until_s = UINT64_MAX;
	if (from != NULL && !read_time(from, from_s))
		oai_refuse(o, "badArgument", "from is a day, YYYY-MM-DD, or a second, YYYY-MM-DDThh:mm:ssZ");
	if (until != NULL && !read_time(until, until_s))
		oai_refuse(o, "badArgument", "until is a day, YYYY-MM-DD, or a second, YYYY-MM-DDThh:mm:ssZ");
	if (o->error_count > 0)
		return false;
	if (until != NULL && strlen(until) == DAY)
		*until_s += DAY_S - 1; /* the whole day is meant */
	if (from != NULL && until != NULL && strlen(from) != strlen(until))
		oai_refuse(o, "badArgument", "from and until are both days, or both seconds");
	else if (*from_s > *until_s)
		oai_refuse(o, "badArgument", "from is later than until");
	return o->error_count == 0;
}
