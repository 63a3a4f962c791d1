/* The words of a record's code lists, and its best text and date for a reader (clauses 2.3 and 2.4). */
#include <strings.h>

#include "node/base/limits.h"
#include "proto/field.h"
#include "proto/record.h"

const char *kind_word(int kind)
{
	return code_word(&normlink__kind__descriptor, kind);
}

const char *status_word(int status)
{
	return code_word(&normlink__status__descriptor, status);
}

const char *event_word(int type)
{
	return code_word(&normlink__event_type__descriptor, type);
}

const char *link_word(int type)
{
	return code_word(&normlink__link_type__descriptor, type);
}

const char *link_relaton_word(int type)
{
	switch (type) {
	case NORMLINK__LINK_TYPE__LINK_REPLACES:
		return "obsoletes";
	case NORMLINK__LINK_TYPE__LINK_REPLACED_BY:
		return "obsoletedBy";
	case NORMLINK__LINK_TYPE__LINK_AMENDS:
	case NORMLINK__LINK_TYPE__LINK_CORRECTS:
		return "updates";
	case NORMLINK__LINK_TYPE__LINK_AMENDED_BY:
	case NORMLINK__LINK_TYPE__LINK_CORRECTED_BY:
		return "updatedBy";
	case NORMLINK__LINK_TYPE__LINK_CITES:
		return "cites";
	case NORMLINK__LINK_TYPE__LINK_IDENTICAL:
		return "identical";
	default:
		return NULL;
	}
}

const char *degree_word(int degree)
{
	return code_word(&normlink__degree__descriptor, degree);
}

const char *role_word(int role)
{
	return code_word(&normlink__role__descriptor, role);
}

const char *decision_word(int decision)
{
	return code_word(&normlink__decision__descriptor, decision);
}

int kind_of_word(const char *word)
{
	return code_of_word(&normlink__kind__descriptor, word);
}

int status_of_word(const char *word)
{
	return code_of_word(&normlink__status__descriptor, word);
}

int degree_of_word(const char *word)
{
	return code_of_word(&normlink__degree__descriptor, word);
}

int decision_of_word(const char *word)
{
	return code_of_word(&normlink__decision__descriptor, word);
}

/* How well a tag answers for the wanted one: 3 exactly, 2 the same language, 1 English, 0 any. */
static int closeness(const char *tag, const char *wanted)
{
	size_t n = strcspn(tag, "-");
	if (strcasecmp(tag, wanted) == 0)
		return 3;
	if (n == strcspn(wanted, "-") && strncasecmp(tag, wanted, n) == 0)
		return 2;
	return n == 2 && strncasecmp(tag, "en", n) == 0 ? 1 : 0;
}

const char *record_text(const Normlink__Record *r, int role, const char *lang)
{
	const char *best = NULL;
	int best_closeness = -1;
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		if (!t->has_role || (int)t->role != role || t->value == NULL)
			continue;
		int c = lang[0] == '\0' || t->lang == NULL ? 0 : closeness(t->lang, lang);
		if (c > best_closeness) {
			best = t->value;
			best_closeness = c;
		}
	}
	return best;
}

/* ---- what is common to several kinds ---- */

static Normlink__Event *const *events_of(const Normlink__Record *r, size_t *count)
{
	*count = r->standard != NULL ? r->standard->n_events : r->project != NULL ? r->project->n_events : 0;
	return r->standard != NULL ? r->standard->events : r->project != NULL ? r->project->events : NULL;
}

const char *record_date(const Normlink__Record *r, int event_type)
{
	size_t count;
	Normlink__Event *const *events = events_of(r, &count);
	for (size_t i = 0; i < count; i++)
		if (events[i]->has_type && (int)events[i]->type == event_type)
			return events[i]->date;
	return NULL;
}

const ProtobufCMessage *record_body(const Normlink__Record *r)
{
	const ProtobufCMessageDescriptor *type = &normlink__record__descriptor;
	int kind = r->has_kind ? (int)r->kind : 0;
	if (kind < 1 || kind > RECORD_BODY_LAST)
		return NULL;
	const ProtobufCFieldDescriptor *field =
	    protobuf_c_message_descriptor_get_field(type, RECORD_BODY_FIRST + (unsigned)kind - 1);
	if (field == NULL || field_count(&r->base, field) == 0)
		return NULL;
	return *(const ProtobufCMessage *const *)field_item(&r->base, field, 0);
}

/* The value of the field of that name in the record's body; NULL: the body has none. */
static const char *body_text(const Normlink__Record *r, const char *name)
{
	const ProtobufCMessage *m = record_body(r);
	const ProtobufCFieldDescriptor *field =
	    m != NULL ? protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name) : NULL;
	if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || field_count(m, field) == 0)
		return NULL;
	return *(const char *const *)field_item(m, field, 0);
}

const char *record_day(const Normlink__Record *r)
{
	size_t count;
	Normlink__Event *const *events = events_of(r, &count);
	const char *date = record_date(r, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED);
	if (date == NULL && count > 0)
		date = events[0]->date;
	if (date == NULL && r->adoption != NULL && r->adoption->n_sources > 0)
		date = r->adoption->sources[0]->date;
	return date != NULL ? date : body_text(r, "date");
}

int record_status(const Normlink__Record *r)
{
	if (r->standard != NULL && r->standard->has_status)
		return (int)r->standard->status;
	return r->project != NULL && r->project->has_status ? (int)r->project->status : 0;
}

char *const *record_ics(const Normlink__Record *r, size_t *count)
{
	*count = r->standard != NULL  ? r->standard->n_ics
	         : r->project != NULL ? r->project->n_ics
	         : r->notice != NULL  ? r->notice->n_ics
	         : r->body != NULL    ? r->body->n_scope
	                              : 0;
	return r->standard != NULL  ? r->standard->ics
	       : r->project != NULL ? r->project->ics
	       : r->notice != NULL  ? r->notice->ics
	       : r->body != NULL    ? r->body->scope
	                            : NULL;
}
