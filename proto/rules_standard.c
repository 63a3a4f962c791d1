/* Standards, projects and adoptions, and what a standard says about itself otherwise: indicators, comparisons. */
#include "proto/rules.h"
#include "proto/span.h"

static const struct rule event_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "date", FORM_DATE, .min = 1 },
	{ "stage", .form = FORM_STAGE },
};
static const struct rules rules_event = RULES(event, "2.4", NULL);

static const struct rule link_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "target", FORM_DESIGNATOR, .min = 1, .clause = "2.2" },
};
static const struct rules rules_link = RULES(link, "2.5", NULL);

static const struct rule adopts_rules[] = {
	{ "target", FORM_DESIGNATOR, .min = 1, .clause = "2.2" },
	{ "degree", .form = FORM_CODE },
};
static const struct rules rules_adopts = RULES(adopts, "2.5", NULL);

static const struct rule standard_rules[] = {
	{ "reference", FORM_LABEL, .words = WORDS_REFERENCE },
	{ "status", .form = FORM_CODE },
	{ "stage", .form = FORM_STAGE },
	{ "events", FORM_MESSAGE, .below = &rules_event },
	{ "edition", .form = FORM_LABEL },
	{ "ics", .form = FORM_ICS },
	{ "ccs", .form = FORM_CCS },
	{ "committees", .form = FORM_LABEL },
	{ "languages", .form = FORM_LANGUAGE },
	{ "publisher", .form = FORM_LABEL },
	{ "links", FORM_MESSAGE, .below = &rules_link },
	{ "adopts", FORM_MESSAGE, .below = &rules_adopts },
	{ "level", .form = FORM_CODE },
	{ "obligation", .form = FORM_CODE },
	{ "region", .form = FORM_REGION },
	{ "status_word", .form = FORM_LABEL },
};
const struct rules rules_standard = RULES(standard, "2.4", NULL);

/* ---- projects ---- */

static const struct rule consultation_rules[] = {
	{ "opens", .form = FORM_DATE },
	{ "closes", .form = FORM_DATE },
	{ "url", .form = FORM_URL },
};
static const struct rules rules_consultation = RULES(consultation, "2.11", span_consultation);

static const struct rule project_rules[] = {
	{ "reference", FORM_DESIGNATOR, .words = WORDS_REFERENCE },
	{ "status", .form = FORM_CODE },
	{ "stage", .form = FORM_STAGE },
	{ "events", FORM_MESSAGE, .below = &rules_event },
	{ "planned", FORM_MESSAGE, .below = &rules_event },
	{ "committee", FORM_LABEL, .words = WORDS_BODY },
	{ "proposer", FORM_LABEL, .words = WORDS_BODY },
	{ "level", .form = FORM_CODE },
	{ "ics", .form = FORM_ICS },
	{ "ccs", .form = FORM_CCS },
	{ "consultations", FORM_MESSAGE, .below = &rules_consultation },
	{ "links", FORM_MESSAGE, .below = &rules_link },
	{ "adopts", FORM_MESSAGE, .below = &rules_adopts },
};
const struct rules rules_project = RULES(project, "2.11", span_project);

/* ---- adoptions ---- */

static const struct rule deviation_rules[] = {
	{ "clause", .form = FORM_LABEL },
	{ "type", FORM_CODE, .min = 1 },
	{ "reason", FORM_TEXT, .words = WORDS_BODY },
	{ "text", FORM_TEXT, .words = WORDS_BODY },
	{ "annex", .form = FORM_LABEL },
};
static const struct rules rules_deviation = RULES(deviation, "2.11", NULL);

static const struct rule adopted_rules[] = {
	{ "target", FORM_DESIGNATOR, .min = 1, .words = WORDS_BODY },
	{ "degree", .form = FORM_CODE },
	{ "date", .form = FORM_DATE },
	{ "deviations", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_deviation },
};
static const struct rules rules_adopted = RULES(adopted, "2.11", NULL);

static const struct rule adoption_rules[] = {
	{ "sources", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_adopted },
};
const struct rules rules_adoption = RULES(adoption, "2.11", NULL);

/* ---- indicators ---- */

static const struct rule quantity_rules[] = {
	{ "value", .form = FORM_DECIMAL },          { "min", .form = FORM_DECIMAL },
	{ "above", .form = FORM_DECIMAL },          { "max", .form = FORM_DECIMAL },
	{ "below", .form = FORM_DECIMAL },          { "unit", .form = FORM_UNIT },
	{ "text", FORM_TEXT, .words = WORDS_BODY },
};
const struct rules rules_quantity = RULES(quantity, "2.11", span_quantity);

static const struct rule indicator_rules[] = {
	{ "symbol", FORM_LABEL, .words = WORDS_BODY },
	{ "quantity", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_quantity },
	{ "condition", FORM_TEXT, .words = WORDS_BODY },
	{ "clause", .form = FORM_LABEL },
	{ "obligation", .form = FORM_CODE },
	{ "method", FORM_DESIGNATOR, .words = WORDS_BODY },
};
const struct rules rules_indicator = RULES(indicator, "2.11", NULL);

static const struct rule compared_rules[] = {
	{ "indicator", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "outcome", FORM_CODE, .min = 1 },
	{ "first", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_quantity },
	{ "second", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_quantity },
	{ "note", FORM_TEXT, .words = WORDS_BODY },
};
static const struct rules rules_compared = RULES(compared, "2.11", span_compared);

static const struct rule comparison_rules[] = {
	{ "items", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_compared },
	{ "basis", FORM_TEXT, .words = WORDS_BODY },
};
const struct rules rules_comparison = RULES(comparison, "2.11", NULL);
