/* The words of a record's code lists, and its best text and date for a reader (clauses 2.3 and 2.4). */
#include <strings.h>

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

const char *record_date(const Normlink__Record *r, int event_type)
{
	if (r->standard == NULL)
		return NULL;
	for (size_t i = 0; i < r->standard->n_events; i++)
		if (r->standard->events[i]->has_type && (int)r->standard->events[i]->type == event_type)
			return r->standard->events[i]->date;
	return NULL;
}
