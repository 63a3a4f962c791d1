/* The record itself and what stands in it beside a body; sharing, redaction and the other statements about logs. */
#include "proto/rules.h"
#include "proto/span.h"
#include "proto/submitter.h"

static const struct rule text_rules[] = {
	{ "role", FORM_CODE, .min = 1 },
	{ "lang", FORM_LANGUAGE, .min = 1 },
	{ "value", FORM_TEXT, .min = 1 },
};
static const struct rules rules_text = RULES(text, "2.3", NULL);

static const struct rule source_rules[] = {
	{ "name", .form = FORM_LABEL },       { "url", .form = FORM_LABEL },        { "licence", .form = FORM_LABEL },
	{ "repository", .form = FORM_LABEL }, { "identifier", .form = FORM_LABEL },
};
static const struct rules rules_source = RULES(source, "2.3", NULL);

static const struct rule oddity_rules[] = {
	{ "type", FORM_CODE, .min = 1 },
	{ "field", FORM_LABEL, .min = 1 },
	{ "found", .form = FORM_TEXT },
};
static const struct rules rules_oddity = RULES(oddity, "2.14", NULL);

static const struct rule correction_rules[] = {
	{ "index", FORM_INDEX, .min = 1 },
	{ "reason", FORM_LABEL, .min = 1 },
};
static const struct rules rules_correction = RULES(correction, "2.13", NULL);

static const struct rule retraction_rules[] = {
	{ "reason", FORM_LABEL, .min = 1 },
};
static const struct rules rules_retraction = RULES(retraction, "2.13", NULL);

/* ---- statements about logs ---- */

static const struct rule sharing_rules[] = {
	{ "origins", FORM_ORIGIN, .max = SHARING_ORIGINS_MAX },
};
const struct rules rules_sharing = RULES(sharing, "2.7", NULL);

static const struct rule redaction_rules[] = {
	{ "index", FORM_INDEX, .min = 1 },
	{ "payload_digest", FORM_DIGEST, .min = 1 },
	{ "reason", FORM_LABEL, .min = 1, .words = WORDS_BODY },
	{ "basis", FORM_LABEL, .min = 1 },
};
const struct rules rules_redaction = RULES(redaction, "2.7", NULL);

/* key_change.c says more of them. */
static const struct rule key_change_rules[] = {
	{ "old", .form = FORM_KEPT },
	{ "new", .form = FORM_KEPT },
	{ "until_ms", .form = FORM_KEPT },
	{ "index", .form = FORM_KEPT },
};
const struct rules rules_key = RULES(key_change, "2.10", NULL);

static const struct rule verdict_rules[] = {
	{ "decision", FORM_CODE, .min = 1 },
	{ "evidence_digest", FORM_DIGEST, .min = 1 },
	{ "size", FORM_WHOLE, .min = 1 },
	{ "root", FORM_DIGEST, .min = 1 },
	{ "reason", FORM_LABEL, .min = 1, .words = WORDS_BODY },
};
const struct rules rules_verdict = RULES(verdict, "2.7", NULL);

static const struct rule authority_rules[] = {
	{ "prefixes", FORM_LABEL, .words = WORDS_BODY },
	{ "bodies", FORM_SUBJECT, .words = WORDS_BODY },
};
const struct rules rules_authority = RULES(authority, "2.12", NULL);

static const struct rule submitter_rules[] = {
	{ "algorithm", FORM_CODE, .min = 1 },
	{ "key", FORM_SPKI, .min = 1 },
	{ "kinds", FORM_KIND, .max = SUBMITTER_LIST_MAX },
	{ "prefixes", FORM_LABEL, .max = SUBMITTER_LIST_MAX },
	{ "state", FORM_CODE, .min = 1 },
};
const struct rules rules_submitter = RULES(submitter, "2.15", submitter_check);

static const struct rule index_root_rules[] = {
	{ "version", FORM_WHOLE, .min = 1 },
	{ "size", FORM_INDEX, .min = 1 },
	{ "keys", FORM_WHOLE, .min = 1 },
	{ "root", FORM_DIGEST, .min = 1 },
};
const struct rules rules_index_root = RULES(index_root, "2.18", NULL);

/* ---- the record ---- */

/* Texts have their own way into the index. */
static const struct rule record_rules[] = {
	{ "kind", .form = FORM_KEPT },
	{ "subject", .form = FORM_KEPT },
	{ "texts", FORM_MESSAGE, .below = &rules_text, .max = RECORD_TEXTS_MAX },
	{ "valid_from", .form = FORM_DATE },
	{ "valid_until", .form = FORM_DATE },
	{ "source", FORM_MESSAGE, .below = &rules_source },
	{ "oddities", FORM_MESSAGE, .below = &rules_oddity },
	{ "correction", FORM_MESSAGE, .below = &rules_correction },
	{ "retraction", FORM_MESSAGE, .below = &rules_retraction },
};
const struct rules rules_record = RULES(record, "2.1", span_record);

const struct rules *const rules_bodies[] = {
	&rules_standard,
	&rules_project,
	&rules_adoption,
	&rules_indicator,
	&rules_comparison,
	&rules_recognition,
	&rules_translation,
	&rules_patent,
	&rules_citation,
	&rules_declaration,
	&rules_review,
	&rules_feedback,
	&rules_deposit,
	&rules_body,
	&rules_notice,
	&rules_sharing,
	&rules_redaction,
	&rules_key,
	&rules_verdict,
	&rules_authority,
	&rules_submitter,
	&rules_index_root,
	NULL,
};
