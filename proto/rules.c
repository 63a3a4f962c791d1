#include "proto/rules.h"

#include "proto/field.h"

static int check_item(const struct rule *rule, const void *item, const char *clause, const struct place *at,
                      struct err *err)
{
	if (rule->form == FORM_MESSAGE)
		return rules_check(rule->below, *(const ProtobufCMessage *const *)item, false, at, err);
	return form_check(rule->form, item, clause, at, err);
}

static int check_count(const struct rule *rule, size_t count, const char *clause, const struct place *at,
                       struct err *err)
{
	if (count > (rule->max != 0 ? rule->max : RECORD_LIST_MAX))
		return place_refuse_code(err, ERR_LIMIT, at, "2.1", "too many items", NULL);
	if (count >= rule->min)
		return OK;
	return place_refuse(err, at, clause, count == 0 ? "missing" : "too few items", NULL);
}

static int check_field(const struct rules *rules, unsigned number, const ProtobufCMessage *m, bool lenient,
                       const struct place *up, struct err *err)
{
	const struct rule *rule = &rules->fields[number];
	const ProtobufCFieldDescriptor *field = &rules->type->fields[number];
	size_t count = field_count(m, field);
	if (count == 0 && (rule->min == 0 || lenient))
		return OK;
	struct place at = place_in(up, field->name);
	const char *clause = rule->clause != NULL ? rule->clause : rules->clause;
	int rc = check_count(rule, count, clause, &at, err);
	at.item = field->label == PROTOBUF_C_LABEL_REPEATED;
	for (size_t i = 0; rc == OK && i < count; i++) {
		at.index = i;
		rc = check_item(rule, field_item(m, field, i), clause, &at, err);
	}
	return rc;
}

int rules_check(const struct rules *rules, const ProtobufCMessage *m, bool lenient, const struct place *at,
                struct err *err)
{
	int rc = OK;
	for (unsigned i = 0; rc == OK && i < rules->count; i++)
		rc = check_field(rules, i, m, lenient, at, err);
	return rc == OK && rules->across != NULL && !lenient ? rules->across(m, at, err) : rc;
}

void rules_words(const struct rules *rules, const ProtobufCMessage *m, rules_words_cb words_cb, void *arg)
{
	for (unsigned i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->fields[i];
		const ProtobufCFieldDescriptor *field = &rules->type->fields[i];
		size_t count = rule->words != WORDS_NONE ? field_count(m, field) : 0;
		for (size_t n = 0; n < count; n++) {
			const void *item = field_item(m, field, n);
			if (rule->form == FORM_MESSAGE)
				rules_words(rule->below, *(const ProtobufCMessage *const *)item, words_cb, arg);
			else
				words_cb(arg, rule->words, *(char *const *)item);
		}
	}
}
