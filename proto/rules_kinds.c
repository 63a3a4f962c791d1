/* What bodies, enterprises and the public say about standards. */
#include "proto/rules.h"
#include "proto/span.h"

static const struct rule party_rules[] = {
	{ "origin", FORM_ORIGIN, .min = 1 },
	{ "name", FORM_LABEL, .words = WORDS_BODY },
};
static const struct rules rules_party = RULES(party, "2.11", NULL);

static const struct rule recognised_rules[] = {
	{ "standards", FORM_DESIGNATOR, .min = 2, .max = RECOGNITION_MAX, .words = WORDS_BODY },
};
static const struct rules rules_recognised = RULES(recognised, "2.11", span_recognised);

static const struct rule recognition_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "parties", FORM_MESSAGE, .min = 2, .max = RECOGNITION_MAX, .words = WORDS_BODY, .below = &rules_party },
	{ "groups", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_recognised },
	{ "date", .form = FORM_DATE },
};
const struct rules rules_recognition = RULES(recognition, "2.11", span_recognition);

static const struct rule translation_rules[] = {
	{ "standing", FORM_CODE, .min = 1 },
	{ "translator", FORM_LABEL, .words = WORDS_BODY },
	{ "date", .form = FORM_DATE },
	{ "edition", FORM_DATED, .words = WORDS_BODY },
	{ "publisher", FORM_LABEL, .words = WORDS_BODY },
	{ "url", .form = FORM_URL },
};
const struct rules rules_translation = RULES(translation, "2.11", NULL);

static const struct rule patent_rules[] = {
	{ "holder", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "numbers", FORM_LABEL, .words = WORDS_BODY },
	{ "standards", FORM_DESIGNATOR, .min = 1, .words = WORDS_BODY },
	{ "commitment", FORM_CODE, .min = 1 },
	{ "date", .form = FORM_DATE },
	{ "contact", .form = FORM_LABEL },
};
const struct rules rules_patent = RULES(patent, "2.11", NULL);

static const struct rule cited_rules[] = {
	{ "target", FORM_DESIGNATOR, .min = 1, .words = WORDS_BODY },
	{ "clause", FORM_LABEL, .words = WORDS_BODY },
	{ "effect", .form = FORM_CODE },
};
static const struct rules rules_cited = RULES(cited, "2.11", NULL);

static const struct rule citation_rules[] = {
	{ "type", .form = FORM_CODE },
	{ "jurisdiction", FORM_REGION, .min = 1 },
	{ "date", .form = FORM_DATE },
	{ "url", .form = FORM_URL },
	{ "cited", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_cited },
};
const struct rules rules_citation = RULES(citation, "2.11", NULL);

static const struct rule claim_rules[] = {
	{ "indicator", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "quantity", FORM_MESSAGE, .min = 1, .words = WORDS_BODY, .below = &rules_quantity },
};
static const struct rules rules_claim = RULES(claim, "2.11", NULL);

static const struct rule declaration_rules[] = {
	{ "enterprise", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "code", FORM_LABEL, .words = WORDS_BODY },
	{ "product", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "standards", FORM_DESIGNATOR, .min = 1, .words = WORDS_BODY },
	{ "claims", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_claim },
	{ "date", .form = FORM_DATE },
	{ "region", .form = FORM_REGION },
	{ "url", .form = FORM_URL },
};
const struct rules rules_declaration = RULES(declaration, "2.11", NULL);

static const struct rule review__evidence_rules[] = {
	{ "url", .form = FORM_URL },
	{ "digest", .form = FORM_DIGEST },
	{ "note", FORM_TEXT, .words = WORDS_BODY },
};
static const struct rules rules_evidence = RULES(review__evidence, "2.11", span_evidence);

static const struct rule review_rules[] = {
	{ "type", FORM_CODE, .min = 1 }, { "conclusion", .form = FORM_CODE },
	{ "date", .form = FORM_DATE },   { "reviewer", FORM_LABEL, .words = WORDS_BODY },
	{ "next", .form = FORM_DATE },   { "evidence", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_evidence },
};
const struct rules rules_review = RULES(review, "2.11", span_review);

static const struct rule step_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "date", FORM_DATE, .min = 1 },
	{ "deadline", .form = FORM_DATE },
	{ "by", FORM_LABEL, .words = WORDS_BODY },
	{ "note", FORM_TEXT, .words = WORDS_BODY },
};
static const struct rules rules_step = RULES(step, "2.11", span_step);

static const struct rule person_rules[] = {
	{ "name", FORM_LABEL, .words = WORDS_BODY },
	{ "contact", FORM_LABEL, .words = WORDS_BODY },
};
static const struct rules rules_person = RULES(person, "2.11", span_person);

static const struct rule feedback_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "about", FORM_SUBJECT, .min = 1, .words = WORDS_BODY },
	{ "date", FORM_DATE, .min = 1 },
	{ "steps", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_step },
	{ "result", .form = FORM_CODE },
	{ "by", FORM_LABEL, .words = WORDS_BODY },
	{ "person", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_person },
};
const struct rules rules_feedback = RULES(feedback, "2.11", span_feedback);

static const struct rule deposit_rules[] = {
	{ "digest", FORM_DIGEST, .min = 1 },
	{ "size", .form = FORM_WHOLE },
	{ "format", .form = FORM_MEDIA },
	{ "lang", .form = FORM_LANGUAGE },
	{ "access", .form = FORM_CODE },
	{ "url", .form = FORM_URL },
	{ "licence", FORM_LABEL, .words = WORDS_BODY },
	{ "depositor", FORM_LABEL, .words = WORDS_BODY },
	{ "date", .form = FORM_DATE },
};
const struct rules rules_deposit = RULES(deposit, "2.11", NULL);

static const struct rule body__code_rules[] = {
	{ "scheme", FORM_LABEL, .min = 1 },
	{ "value", FORM_LABEL, .min = 1, .words = WORDS_BODY },
};
static const struct rules rules_code = RULES(body__code, "2.11", NULL);

static const struct rule body_rules[] = {
	{ "roles", FORM_CODE, .min = 1 },   { "codes", FORM_MESSAGE, .words = WORDS_BODY, .below = &rules_code },
	{ "country", .form = FORM_REGION }, { "parent", FORM_SUBJECT, .words = WORDS_BODY },
	{ "url", .form = FORM_URL },        { "prefixes", FORM_LABEL, .words = WORDS_BODY },
	{ "scope", .form = FORM_ICS },
};
const struct rules rules_body = RULES(body, "2.11", NULL);

static const struct rule notice_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "audiences", FORM_SUBJECT, .words = WORDS_BODY },
	{ "ics", .form = FORM_ICS },
	{ "concerns", FORM_SUBJECT, .words = WORDS_BODY },
	{ "date", FORM_DATE, .min = 1 },
	{ "deadline", .form = FORM_DATE },
	{ "symbol", FORM_LABEL, .words = WORDS_REFERENCE },
	{ "url", .form = FORM_URL },
};
const struct rules rules_notice = RULES(notice, "2.11", span_notice);
