/* rules: what is asked of each field of each message of a record, as tables; and the two walks over them: validation,
 * and the words that people may search for.
 *
 * A table is parallel to the message's descriptor: rule i is of field i, in the order of their numbers.  A test
 * compares the names. Thread: any.  Inside proto/ only, and for tests.
 */
#pragma once

#include "node/base/limits.h"
#include "proto/form.h"
#include "proto/message.h"
#include "proto/place.h"

/* Under what a value is searched for. */
enum words {
	WORDS_NONE,
	WORDS_BODY, /* of a message: in it are some */
	WORDS_REFERENCE,
};

struct rules;

struct rule {
	const char *name;
	enum form form;
	size_t min; /* items; 1: required */
	enum words words;
	const struct rules *below; /* of FORM_MESSAGE */
	const char *clause;        /* NULL: the table's */
	size_t max;                /* items of a list; 0: RECORD_LIST_MAX */
};

struct rules {
	const ProtobufCMessageDescriptor *type;
	const struct rule *fields;
	unsigned count; /* as many as the type has */
	const char *clause;
	/* What spans fields of a message whose fields passed; NULL: nothing does. */
	int (*across)(const ProtobufCMessage *m, const struct place *at, struct err *err);
};

#define RULES(name, clause, across)                                                                                    \
	{                                                                                                                  \
		&normlink__##name##__descriptor, name##_rules, sizeof name##_rules / sizeof *name##_rules, clause, across      \
	}

/* The record's fields that are no bodies; kind and subject are record.c's. */
extern const struct rules rules_record;

/* Of the body in that field of the record, counted from the first body's; a NULL ends the list. */
extern const struct rules *const rules_bodies[];

/* They are: */
extern const struct rules rules_quantity; /* of several */
extern const struct rules rules_standard, rules_project, rules_adoption, rules_indicator, rules_comparison,
    rules_recognition, rules_translation, rules_patent, rules_citation, rules_declaration, rules_review, rules_feedback,
    rules_deposit, rules_body, rules_notice;
extern const struct rules rules_sharing, rules_redaction, rules_key, rules_verdict, rules_authority, rules_submitter,
    rules_index_root;

/* lenient: nothing at this level is required, and nothing that spans fields is looked at.  at: the message's own place;
 * NULL: it is the record. */
CHECKED int rules_check(const struct rules *rules, const ProtobufCMessage *m, bool lenient, const struct place *at,
                        struct err *err);

/* The texts in a message that can be searched for, in the order of its fields. */
typedef void (*rules_words_cb)(void *arg, enum words words, const char *text);
void rules_words(const struct rules *rules, const ProtobufCMessage *m, rules_words_cb words_cb, void *arg);
