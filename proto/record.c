#include "proto/record.h"

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/field.h"
#include "proto/record_log.h"
#include "proto/rules.h"
#include "proto/subject.h"

/* The body of the record, whose field is there for its kind. */
static const ProtobufCMessage *body_of(const Normlink__Record *r, const ProtobufCFieldDescriptor **field)
{
	*field = protobuf_c_message_descriptor_get_field(&normlink__record__descriptor,
	                                                 RECORD_BODY_FIRST + (unsigned)r->kind - 1);
	must(*field != NULL);
	return *(const ProtobufCMessage *const *)field_item(&r->base, *field, 0);
}

static const struct rules *rules_of(const ProtobufCFieldDescriptor *body)
{
	return rules_bodies[(size_t)(body - normlink__record__descriptor.fields) - rules_record.count];
}

static bool kind_known(const Normlink__Record *r)
{
	return protobuf_c_enum_descriptor_get_value(&normlink__kind__descriptor, (int)r->kind) != NULL;
}

/* Clause 2.6: the body of a kind is one field, and no other body stands beside it. */
static int bodies_check(const Normlink__Record *r, struct err *err)
{
	const ProtobufCMessageDescriptor *type = &normlink__record__descriptor;
	unsigned own = RECORD_BODY_FIRST + (unsigned)r->kind - 1;
	for (unsigned i = rules_record.count; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		struct place body = place_of(field->name);
		bool there = field_count(&r->base, field) > 0;
		if (field->id == own && !there)
			return place_refuse(err, &body, "2.1", "missing, and kind asks for it", NULL);
		if (field->id != own && there)
			return place_refuse(err, &body, "2.6", "the body of another kind", NULL);
	}
	for (size_t i = 0; i < r->base.n_unknown_fields; i++) {
		unsigned tag = r->base.unknown_fields[i].tag;
		if (tag >= RECORD_BODY_FIRST && tag <= RECORD_BODY_LAST)
			return err_set(err, ERR_INVALID, "field %u: the body of another kind (clause 2.6)", tag);
	}
	return OK;
}

static int kind_check(const Normlink__Record *r, struct err *err)
{
	struct place kind = place_of("kind");
	if (!r->has_kind || (int)r->kind < 1)
		return place_refuse(err, &kind, "2.1", r->has_kind ? "not a code of the list" : "missing", NULL);
	if (!kind_known(r))
		return place_refuse(err, &kind, "2.6", "a kind that this version does not know", NULL);
	return bodies_check(r, err);
}

static int what_it_is_about(const Normlink__Record *r, struct err *err)
{
	struct place subject = place_of("subject");
	bool about_log = kind_about_log((int)r->kind);
	if (r->subject == NULL)
		return place_refuse(err, &subject, about_log ? "2.7" : "2.2", "missing", NULL);
	return about_log ? log_subject_check(r, err) : subject_check((int)r->kind, r->subject, &subject, err);
}

/* Who it was stands in the personal part, which need not say anything else, and nowhere else; beside it, or in its
 * place, what was written and is not public. */
static int person_check(const Normlink__Record *r, bool personal, struct err *err)
{
	struct place feedback = place_of("feedback"), person = place_in(&feedback, "person");
	if (personal && r->feedback->person == NULL && r->n_texts == 0 && r->retraction == NULL)
		return place_refuse(err, &person, "2.11", "missing in the personal part", NULL);
	if (!personal && r->feedback->person != NULL)
		return place_refuse(err, &person, "2.11", "outside the personal part", NULL);
	return OK;
}

bool record_personal(const Normlink__Record *r)
{
	return r->kind == NORMLINK__KIND__KIND_FEEDBACK && strchr(r->subject, '#') != NULL;
}

static int body_check(const Normlink__Record *r, struct err *err)
{
	const ProtobufCFieldDescriptor *field;
	const ProtobufCMessage *body = body_of(r, &field);
	struct place at = place_of(field->name);
	bool personal = record_personal(r);
	int rc = rules_check(rules_of(field), body, personal || r->retraction != NULL, &at, err);
	if (rc == OK && r->kind == NORMLINK__KIND__KIND_FEEDBACK)
		rc = person_check(r, personal, err);
	return rc == OK && r->kind == NORMLINK__KIND__KIND_KEY ? log_key_check(r, err) : rc;
}

int record_validate(const Normlink__Record *r, struct err *err)
{
	int rc = kind_check(r, err);
	if (rc == OK)
		rc = what_it_is_about(r, err);
	if (rc == OK)
		rc = rules_check(&rules_record, &r->base, false, NULL, err);
	return rc == OK ? body_check(r, err) : rc;
}

int record_decode(struct bytes raw, struct arena *arena, Normlink__Record **out, struct err *err)
{
	if (raw.len > RECORD_MAX)
		return err_set(err, ERR_LIMIT, "Record: %zu bytes, at most %d (clause 2.1)", raw.len, RECORD_MAX);
	ProtobufCMessage *message = NULL;
	int rc = message_decode(&normlink__record__descriptor, raw, arena, &message, err);
	if (rc == OK)
		rc = record_validate((const Normlink__Record *)message, err);
	if (rc == OK)
		*out = (Normlink__Record *)message;
	return rc;
}

int record_encode(const Normlink__Record *r, struct buf *out, struct err *err)
{
	int rc = record_validate(r, err);
	if (rc != OK)
		return rc;
	size_t n = protobuf_c_message_get_packed_size(&r->base);
	if (n > RECORD_MAX)
		return err_set(err, ERR_LIMIT, "Record: %zu bytes, at most %d (clause 2.1)", n, RECORD_MAX);
	message_encode(&r->base, out);
	return OK;
}

/* ---- what can be searched for ---- */

struct collecting {
	record_words_cb words_cb;
	void *arg;
};

static void add_words(void *arg, enum words words, const char *text)
{
	struct collecting *c = arg;
	c->words_cb(c->arg, words == WORDS_REFERENCE ? RECORD_WORDS_REFERENCE : RECORD_WORDS_BODY, text);
}

void record_words(const Normlink__Record *r, record_words_cb words_cb, void *arg)
{
	struct collecting c = { .words_cb = words_cb, .arg = arg };
	const ProtobufCFieldDescriptor *field;
	const ProtobufCMessage *body = body_of(r, &field);
	words_cb(arg, RECORD_WORDS_REFERENCE, r->subject);
	for (size_t i = 0; i < r->n_texts; i++)
		words_cb(arg, r->texts[i]->role == NORMLINK__ROLE__ROLE_TITLE ? RECORD_WORDS_TITLE : RECORD_WORDS_BODY,
		         r->texts[i]->value);
	rules_words(rules_of(field), body, add_words, &c);
}
