/* Status, stage and dates of a Relaton document. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"
#include "proto/record.h"
#include "proto/status_words.h"

/* ---- status --------------------------------------------------------------------------------------------------- */

int relaton_status_of_word(struct bytes text)
{
	return status_of_body_word("relaton", (const char *)text.data);
}

/* In documents about Chinese standards "published" stands for 即将实施: not in force yet. */
static bool is_upcoming(const struct relaton *r, struct bytes stage)
{
	return relaton_field(r, "gbtype") != NULL && bytes_equal(stage, bytes_str("published"));
}

static void read_status(struct relaton *r)
{
	const struct yaml_node *status = yaml_either(r->root, "docstatus", "status");
	struct bytes stage = clean_code(r->d.arena, yaml_words(yaml_get(status, "stage")));
	struct bytes substage = clean_code(r->d.arena, yaml_words(yaml_get(status, "substage")));
	if (stage.len == 0)
		return;
	int found = is_upcoming(r, stage) ? NORMLINK__STATUS__STATUS_UPCOMING : relaton_status_of_word(stage);
	if (stage.len == 2 && substage.len == 2) {
		char *code = arena_printf(r->d.arena, "%s.%s", (const char *)stage.data, (const char *)substage.data);
		if (stage_valid(code)) {
			r->d.standard.stage = code;
			found = status_of_body_word("iso", code);
		}
	}
	const char *own = status_word(found);
	if (r->d.standard.stage == NULL && (own == NULL || !bytes_equal(bytes_str(own), stage)))
		draft_label(&r->d, &r->d.standard.status_word, stage);
	if (found == 0) {
		r->d.warnings++;
		return;
	}
	r->d.standard.has_status = true;
	r->d.standard.status = (Normlink__Status)found;
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

/* Where two words stand for one thing, the first one is written. */
static const struct {
	const char *word;
	int type;
} EVENTS[] = {
	{ "published", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },     { "issued", NORMLINK__EVENT_TYPE__EVENT_ISSUED },
	{ "implemented", NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED }, { "confirmed", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
	{ "corrected", NORMLINK__EVENT_TYPE__EVENT_CORRECTED },     { "updated", NORMLINK__EVENT_TYPE__EVENT_UPDATED },
	{ "obsoleted", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },     { "withdrawn", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },
};
enum { EVENT_WORDS = sizeof EVENTS / sizeof EVENTS[0] };

int relaton_event_of_word(struct bytes word)
{
	for (size_t i = 0; i < EVENT_WORDS; i++)
		if (bytes_equal(word, bytes_str(EVENTS[i].word)))
			return EVENTS[i].type;
	return 0;
}

const char *relaton_event_word(int type)
{
	for (size_t i = 0; i < EVENT_WORDS; i++)
		if (EVENTS[i].type == type)
			return EVENTS[i].word;
	return NULL;
}

static struct bytes date_text(struct relaton *r, const struct yaml_node *date)
{
	const struct yaml_node *value = yaml_either(date, "value", "at");
	if (value == NULL)
		value = yaml_either(date, "from", "on");
	return clean_code(r->d.arena, yaml_words(value));
}

/* Under an amendment the source gives the year of the standard that it amends as `published`, and its own date as
 * `updated`: 2011 and 2024-10 for ISO 10033-1:2011/Amd 1:2024.  (4,609 of ISO's 4,945 published supplements, and
 * nearly all drafts of one.) */
static bool is_of_the_base(const struct relaton *r, struct bytes date)
{
	const char *name = r->d.name.canonical;
	const char *base_year = strchr(name, ':');
	const char *slash = base_year != NULL ? strchr(base_year, '/') : NULL;
	if (!r->d.name.supplement || slash == NULL || slash - base_year != 5 || date.len != 4)
		return false;
	const char *own_year = strchr(slash, ':');
	return memcmp(base_year + 1, date.data, 4) == 0 && (own_year == NULL || strncmp(base_year, own_year, 5) != 0);
}

/* *moved: `updated` is the publication. */
static void add_event(struct relaton *r, const struct yaml_node *date, bool *moved)
{
	struct bytes text = date_text(r, date);
	int type = relaton_event_of_word(yaml_words(yaml_get(date, "type")));
	if (type == NORMLINK__EVENT_TYPE__EVENT_PUBLISHED && is_of_the_base(r, text)) {
		r->d.warnings++;
		*moved = true;
		return;
	}
	if (type == NORMLINK__EVENT_TYPE__EVENT_UPDATED && *moved)
		type = NORMLINK__EVENT_TYPE__EVENT_PUBLISHED;
	draft_event(&r->d, type, text);
}

void relaton_life_read(struct relaton *r)
{
	read_status(r);
	const struct yaml_node *dates = yaml_get(r->root, "date");
	bool moved = false;
	for (const struct yaml_node *n = yaml_first(dates); n != NULL; n = yaml_next(dates, n))
		add_event(r, n, &moved);
}
