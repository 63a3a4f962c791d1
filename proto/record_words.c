/* The words of a record's code lists, and its best text and date for a reader (clauses 2.3 and 2.4). */
#include <strings.h>

#include "proto/record.h"

static const char *const kinds[] = {
	[NORMLINK__KIND__KIND_STANDARD] = "standard",   [NORMLINK__KIND__KIND_SHARING] = "sharing",
	[NORMLINK__KIND__KIND_REDACTION] = "redaction", [NORMLINK__KIND__KIND_KEY] = "key",
	[NORMLINK__KIND__KIND_VERDICT] = "verdict",
};
static const char *const roles[] = {
	[NORMLINK__ROLE__ROLE_TITLE] = "title",
	[NORMLINK__ROLE__ROLE_ABSTRACT] = "abstract",
	[NORMLINK__ROLE__ROLE_NOTE] = "note",
};
static const char *const statuses[] = {
	[NORMLINK__STATUS__STATUS_PREPARATION] = "preparation", [NORMLINK__STATUS__STATUS_UPCOMING] = "upcoming",
	[NORMLINK__STATUS__STATUS_CURRENT] = "current",         [NORMLINK__STATUS__STATUS_SUPERSEDED] = "superseded",
	[NORMLINK__STATUS__STATUS_WITHDRAWN] = "withdrawn",     [NORMLINK__STATUS__STATUS_CANCELLED] = "cancelled",
};
static const char *const events[] = {
	[NORMLINK__EVENT_TYPE__EVENT_PUBLISHED] = "published", [NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED] = "implemented",
	[NORMLINK__EVENT_TYPE__EVENT_CONFIRMED] = "confirmed", [NORMLINK__EVENT_TYPE__EVENT_CORRECTED] = "corrected",
	[NORMLINK__EVENT_TYPE__EVENT_UPDATED] = "updated",     [NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN] = "withdrawn",
	[NORMLINK__EVENT_TYPE__EVENT_STAGE] = "stage",         [NORMLINK__EVENT_TYPE__EVENT_ISSUED] = "issued",
};
static const char *const links[] = {
	[NORMLINK__LINK_TYPE__LINK_REPLACES] = "replaces", [NORMLINK__LINK_TYPE__LINK_REPLACED_BY] = "replaced-by",
	[NORMLINK__LINK_TYPE__LINK_AMENDS] = "amends",     [NORMLINK__LINK_TYPE__LINK_AMENDED_BY] = "amended-by",
	[NORMLINK__LINK_TYPE__LINK_CORRECTS] = "corrects", [NORMLINK__LINK_TYPE__LINK_CORRECTED_BY] = "corrected-by",
	[NORMLINK__LINK_TYPE__LINK_CITES] = "cites",
};
static const char *const degrees[] = {
	[NORMLINK__DEGREE__DEGREE_IDT] = "idt",
	[NORMLINK__DEGREE__DEGREE_MOD] = "mod",
	[NORMLINK__DEGREE__DEGREE_NEQ] = "neq",
};
static const char *const decisions[] = {
	[NORMLINK__DECISION__DECISION_RELEASED] = "released",
	[NORMLINK__DECISION__DECISION_ABANDONED] = "abandoned",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static const char *word_at(const char *const *list, int count, int value)
{
	return value >= 1 && value < count ? list[value] : NULL;
}

static int value_of(const char *const *list, int count, const char *word)
{
	for (int i = 1; i < count; i++)
		if (list[i] != NULL && strcmp(list[i], word) == 0)
			return i;
	return 0;
}

const char *kind_word(int kind)
{
	return word_at(kinds, COUNT(kinds), kind);
}

const char *status_word(int status)
{
	return word_at(statuses, COUNT(statuses), status);
}

const char *event_word(int type)
{
	return word_at(events, COUNT(events), type);
}

const char *link_word(int type)
{
	return word_at(links, COUNT(links), type);
}

const char *degree_word(int degree)
{
	return word_at(degrees, COUNT(degrees), degree);
}

const char *role_word(int role)
{
	return word_at(roles, COUNT(roles), role);
}

const char *decision_word(int decision)
{
	return word_at(decisions, COUNT(decisions), decision);
}

int kind_of_word(const char *word)
{
	return value_of(kinds, COUNT(kinds), word);
}

int status_of_word(const char *word)
{
	return value_of(statuses, COUNT(statuses), word);
}

int degree_of_word(const char *word)
{
	return value_of(degrees, COUNT(degrees), word);
}

int decision_of_word(const char *word)
{
	return value_of(decisions, COUNT(decisions), word);
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

const char *record_date(const Normlink__Record *r, int event_type)
{
	if (r->standard == NULL)
		return NULL;
	for (size_t i = 0; i < r->standard->n_events; i++)
		if (r->standard->events[i]->has_type && (int)r->standard->events[i]->type == event_type)
			return r->standard->events[i]->date;
	return NULL;
}
