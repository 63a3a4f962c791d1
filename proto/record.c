#include "proto/record.h"

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/designator.h"
#include "proto/language.h"
#include "proto/place.h"
#include "proto/record_log.h"

/* ---- forms (clause 2.4) -------------------------------------------------------------------------------------------
 */

static bool digits(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static int number_of(const char *text, size_t n)
{
	int value = 0;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool date_valid(const char *text)
{
	size_t n = strnlen(text, 11);
	if ((n != 4 && n != 7 && n != 10) || !digits(text, 4) || number_of(text, 4) == 0)
		return false;
	if (n == 4)
		return true;
	if (text[4] != '-' || !digits(text + 5, 2))
		return false;
	int month = number_of(text + 5, 2);
	if (month < 1 || month > 12)
		return false;
	if (n == 7)
		return true;
	if (text[7] != '-' || !digits(text + 8, 2))
		return false;
	int day = number_of(text + 8, 2);
	return day >= 1 && day <= days_in(number_of(text, 4), month);
}

bool ics_valid(const char *text)
{
	size_t n = strnlen(text, 10);
	if ((n != 2 && n != 6 && n != 9) || !digits(text, 2))
		return false;
	if (n >= 6 && (text[2] != '.' || !digits(text + 3, 3)))
		return false;
	return n < 9 || (text[6] == '.' && digits(text + 7, 2));
}

bool stage_valid(const char *text)
{
	return strnlen(text, 6) == 5 && digits(text, 2) && text[2] == '.' && digits(text + 3, 2);
}

static bool ccs_valid(const char *text)
{
	return strnlen(text, 4) == 3 && text[0] >= 'A' && text[0] <= 'Z' && digits(text + 1, 2);
}

/* ---- the body of a standard ---------------------------------------------------------------------------------------
 */

static int events_check(const Normlink__Standard *s, struct err *err)
{
	int rc = place_list(s->n_events, RECORD_LIST_MAX, "standard.events", err);
	for (size_t i = 0; rc == OK && i < s->n_events; i++) {
		struct place type = { "standard.events", i, "type" }, date = { "standard.events", i, "date" };
		rc = place_code(s->events[i]->has_type, (int)s->events[i]->type, "2.4", &type, err);
		if (rc == OK)
			rc = place_date(s->events[i]->date, &date, err);
	}
	return rc;
}

static int links_check(const Normlink__Standard *s, struct err *err)
{
	int rc = place_list(s->n_links, RECORD_LIST_MAX, "standard.links", err);
	for (size_t i = 0; rc == OK && i < s->n_links; i++) {
		struct place type = { "standard.links", i, "type" }, target = { "standard.links", i, "target" };
		rc = place_code(s->links[i]->has_type, (int)s->links[i]->type, "2.5", &type, err);
		if (rc == OK)
			rc = place_designator(s->links[i]->target, &target, err);
	}
	return rc;
}

static int adopts_check(const Normlink__Standard *s, struct err *err)
{
	int rc = place_list(s->n_adopts, RECORD_LIST_MAX, "standard.adopts", err);
	for (size_t i = 0; rc == OK && i < s->n_adopts; i++) {
		struct place degree = { "standard.adopts", i, "degree" }, target = { "standard.adopts", i, "target" };
		if (s->adopts[i]->has_degree)
			rc = place_code(true, (int)s->adopts[i]->degree, "2.5", &degree, err);
		if (rc == OK)
			rc = place_designator(s->adopts[i]->target, &target, err);
	}
	return rc;
}

/* Each item of a list of short strings in the form that a predicate knows. */
static int codes_check(char *const *items, size_t count, const char *list, bool (*valid)(const char *),
                       const char *reason, struct err *err)
{
	int rc = place_list(count, RECORD_LIST_MAX, list, err);
	for (size_t i = 0; rc == OK && i < count; i++) {
		struct place at = { list, i, NULL };
		if (!valid(items[i]))
			rc = place_refuse(err, &at, "2.4", reason, items[i]);
	}
	return rc;
}

static int labels_check(const Normlink__Standard *s, struct err *err)
{
	struct place reference = place_of("standard.reference"), edition = place_of("standard.edition"),
	             publisher = place_of("standard.publisher");
	int rc = place_label(s->reference, &reference, err);
	if (rc == OK)
		rc = place_label(s->edition, &edition, err);
	if (rc == OK)
		rc = place_label(s->publisher, &publisher, err);
	if (rc == OK)
		rc = place_list(s->n_committees, RECORD_LIST_MAX, "standard.committees", err);
	for (size_t i = 0; rc == OK && i < s->n_committees; i++) {
		struct place at = { "standard.committees", i, NULL };
		rc = place_label(s->committees[i], &at, err);
	}
	return rc;
}

static int standard_check(const Normlink__Standard *s, struct err *err)
{
	struct place status = place_of("standard.status"), stage = place_of("standard.stage");
	int rc = s->has_status ? place_code(true, (int)s->status, "2.4", &status, err) : OK;
	if (rc == OK && s->stage != NULL && !stage_valid(s->stage))
		rc = place_refuse(err, &stage, "2.4", "not a stage code XX.YY", s->stage);
	if (rc == OK)
		rc = labels_check(s, err);
	if (rc == OK)
		rc = events_check(s, err);
	if (rc == OK)
		rc = codes_check(s->ics, s->n_ics, "standard.ics", ics_valid, "not an ICS code", err);
	if (rc == OK)
		rc = codes_check(s->ccs, s->n_ccs, "standard.ccs", ccs_valid, "not a CCS code", err);
	if (rc == OK)
		rc = codes_check(s->languages, s->n_languages, "standard.languages", language_valid, "not a language tag", err);
	if (rc == OK)
		rc = links_check(s, err);
	return rc == OK ? adopts_check(s, err) : rc;
}

/* ---- the record ---------------------------------------------------------------------------------------------------
 */

/* Is the body in that field there? */
static bool has_body(const Normlink__Record *r, const ProtobufCFieldDescriptor *field)
{
	return *(void *const *)(const void *)((const char *)r + field->offset) != NULL;
}

/* Clause 2.6: the body of a kind is one field, and no other body stands beside it. */
static int kind_check(const Normlink__Record *r, struct err *err)
{
	const ProtobufCMessageDescriptor *type = &normlink__record__descriptor;
	struct place kind = place_of("kind");
	int rc = place_code(r->has_kind, (int)r->kind, "2.1", &kind, err);
	if (rc != OK)
		return rc;
	if (kind_word((int)r->kind) == NULL)
		return place_refuse(err, &kind, "2.6", "a kind that this version does not know", NULL);
	unsigned own = RECORD_BODY_FIRST + (unsigned)r->kind - 1;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		struct place body = place_of(field->name);
		if (field->id == own && !has_body(r, field))
			return place_refuse(err, &body, "2.1", "missing, and kind asks for it", NULL);
		if (field->id >= RECORD_BODY_FIRST && field->id != own && has_body(r, field))
			return place_refuse(err, &body, "2.6", "the body of another kind", NULL);
	}
	for (size_t i = 0; i < r->base.n_unknown_fields; i++) {
		unsigned tag = r->base.unknown_fields[i].tag;
		if (tag >= RECORD_BODY_FIRST && tag <= RECORD_BODY_LAST)
			return err_set(err, ERR_INVALID, "field %u: the body of another kind (clause 2.6)", tag);
	}
	return OK;
}

static int texts_check(const Normlink__Record *r, struct err *err)
{
	int rc = place_list(r->n_texts, RECORD_TEXTS_MAX, "texts", err);
	for (size_t i = 0; rc == OK && i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		struct place role = { "texts", i, "role" }, lang = { "texts", i, "lang" }, value = { "texts", i, "value" };
		rc = place_code(t->has_role, (int)t->role, "2.3", &role, err);
		if (rc == OK && (t->lang == NULL || !language_valid(t->lang)))
			rc = place_refuse(err, &lang, "2.3", t->lang == NULL ? "missing" : "not a language tag", t->lang);
		if (rc == OK)
			rc = place_string(t->value, TEXT_MAX, true, &value, err);
	}
	return rc;
}

static int validity_check(const Normlink__Record *r, struct err *err)
{
	struct place from = place_of("valid_from"), until = place_of("valid_until");
	int rc = r->valid_from != NULL ? place_date(r->valid_from, &from, err) : OK;
	if (rc == OK && r->valid_until != NULL)
		rc = place_date(r->valid_until, &until, err);
	if (rc != OK || r->valid_from == NULL || r->valid_until == NULL)
		return rc;
	size_t known = strlen(r->valid_from) < strlen(r->valid_until) ? strlen(r->valid_from) : strlen(r->valid_until);
	if (strncmp(r->valid_from, r->valid_until, known) > 0)
		return place_refuse(err, &until, "2.4", "before valid_from", r->valid_until);
	return OK;
}

static int source_check(const Normlink__Source *s, struct err *err)
{
	struct place name = place_of("source.name"), url = place_of("source.url"), licence = place_of("source.licence");
	int rc = place_label(s->name, &name, err);
	if (rc == OK)
		rc = place_label(s->url, &url, err);
	return rc == OK ? place_label(s->licence, &licence, err) : rc;
}

int record_validate(const Normlink__Record *r, struct err *err)
{
	struct place subject = place_of("subject");
	int rc = kind_check(r, err);
	bool about_log = rc == OK && kind_about_log((int)r->kind);
	if (rc == OK)
		rc = about_log ? log_statement_check(r, err) : place_designator(r->subject, &subject, err);
	if (rc == OK)
		rc = texts_check(r, err);
	if (rc == OK)
		rc = validity_check(r, err);
	if (rc == OK && r->source != NULL)
		rc = source_check(r->source, err);
	return rc == OK && !about_log ? standard_check(r->standard, err) : rc;
}

int record_subject(int kind, const char *text, struct designator *out, struct err *err)
{
	if (!kind_about_log(kind))
		return designator_parse(bytes_str(text), out, err);
	size_t n = strnlen(text, SUBJECT_MAX + 1);
	if (n == 0 || n > SUBJECT_MAX)
		return err_set(err, ERR_INVALID, "the subject of a log statement has 1 to %d bytes (clause 2.7)", SUBJECT_MAX);
	*out = (struct designator){ 0 };
	memcpy(out->canonical, text, n);
	memcpy(out->undated, text, n);
	return OK;
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
