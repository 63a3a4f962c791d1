#include "node/api/counted.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/feedback.h"
#include "node/api/oai.h"
#include "node/api/sru.h"
#include "node/api/submission.h"
#include "node/base/must.h"

/* As OAI-PMH names its errors; the first stands for none. */
static const char *const OAI_CODES[COUNTED_OAI_CODES] = {
	"ok",
	"badArgument",
	"badResumptionToken",
	"badVerb",
	"cannotDisseminateFormat",
	"idDoesNotExist",
	"noMetadataFormats",
	"noRecordsMatch",
	"noSetHierarchy",
};
_Static_assert((int)OAI_RECORDS < (int)COUNTED_OAI_VERBS, "room for each verb");

static const char *const OUTCOMES[COUNTED_OUTCOMES] = { "accepted", "refused", "limited", "failed" };

void counted_oai(const struct answer *a, int verb, const char *code)
{
	struct api_counted *c = a->context->counted;
	if (c == NULL)
		return;
	c->oai = true;
	c->oai_verb = (uint8_t)verb;
	for (size_t i = 0; i < COUNTED_OAI_CODES; i++)
		if (strcmp(OAI_CODES[i], code != NULL ? code : "ok") == 0)
			c->oai_codes |= (uint16_t)(1u << i);
}

void counted_sru(const struct answer *a, int code)
{
	struct api_counted *c = a->context->counted;
	for (size_t i = 0; c != NULL && i < COUNTED_SRU_CODES && sru_code(i) != 0; i++)
		if (sru_code(i) == code)
			c->sru_codes |= UINT64_C(1) << i;
}

static size_t outcome_of(int http_status)
{
	return http_status < 400 ? 0 : http_status == 429 ? 2 : http_status < 500 ? 1 : 3;
}

void api_count(const struct http_request *request, const struct api_counted *counted, int http_status,
               struct api_counters *counters)
{
	for (size_t i = 0; counted->oai && i < COUNTED_OAI_CODES; i++)
		counters->oai[counted->oai_verb][i] += counted->oai_codes >> i & 1;
	for (size_t i = 0; i < COUNTED_SRU_CODES; i++)
		counters->sru[i] += counted->sru_codes >> i & 1;
	if (submission_is_door(request->path))
		counters->submissions[outcome_of(http_status)]++;
	else if (feedback_is_door(request))
		counters->feedback[outcome_of(http_status)]++;
}

/* ---- the lines ---- */

static void put_head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP normlink_%s %s\n# TYPE normlink_%s counter\n", name, help, name);
}

static void put_outcomes(struct buf *out, const char *name, const char *help, const uint64_t *counts)
{
	put_head(out, name, help);
	for (size_t i = 0; i < COUNTED_OUTCOMES; i++)
		buf_printf(out, "normlink_%s{outcome=\"%s\"} %" PRIu64 "\n", name, OUTCOMES[i], counts[i]);
}

/* Every verb with its good answers from the beginning, the errors as they come. */
static void put_oai(struct buf *out, const struct api_counters *c)
{
	put_head(out, "oai_requests_total", "Requests of OAI-PMH, by verb and error.");
	for (int verb = 0; verb <= OAI_RECORDS; verb++)
		for (size_t i = 0; i < COUNTED_OAI_CODES; i++)
			if (c->oai[verb][i] > 0 || (i == 0 && verb != OAI_NO_VERB))
				buf_printf(out, "normlink_oai_requests_total{verb=\"%s\",code=\"%s\"} %" PRIu64 "\n",
				           verb != OAI_NO_VERB ? oai_verb_word((enum oai_verb)verb) : "none", OAI_CODES[i],
				           c->oai[verb][i]);
}

void counted_put(struct buf *out, const struct api_counters *c)
{
	static const char *const records[COUNTED_RECORDS] = { "added", "revised", "unchanged", "refused" };
	put_oai(out, c);
	put_head(out, "sru_diagnostics_total", "Answers of SRU with this diagnostic.");
	for (size_t i = 0; sru_code(i) != 0; i++)
		buf_printf(out, "normlink_sru_diagnostics_total{code=\"%d\"} %" PRIu64 "\n", sru_code(i), c->sru[i]);
	put_outcomes(out, "submissions_total", "Requests of authors who sent records.", c->submissions);
	put_outcomes(out, "feedback_total", "Requests of the public that brought feedback.", c->feedback);
	put_head(out, "imported_records_total", "Records that the operator's imports and harvests brought.");
	for (size_t i = 0; i < COUNTED_RECORDS; i++)
		buf_printf(out, "normlink_imported_records_total{outcome=\"%s\"} %" PRIu64 "\n", records[i], c->records[i]);
}
