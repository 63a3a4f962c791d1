/* Status, stage and dates of a Relaton document. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"
#include "proto/record.h"
#include "proto/status_words.h"

/* ---- status --------------------------------------------------------------------------------------------------- */

static void read_status(struct relaton *r)
{
	const struct yaml_node *status = yaml_either(r->root, "docstatus", "status");
	struct bytes stage = clean_code(r->arena, yaml_words(yaml_get(status, "stage")));
	struct bytes substage = clean_code(r->arena, yaml_words(yaml_get(status, "substage")));
	if (stage.len == 0)
		return;
	int found = status_of_body_word("relaton", (const char *)stage.data);
	if (stage.len == 2 && substage.len == 2) {
		char *code = arena_printf(r->arena, "%s.%s", (const char *)stage.data, (const char *)substage.data);
		if (stage_valid(code)) {
			r->standard.stage = code;
			found = status_of_body_word("iso", code);
		}
	}
	if (found == 0) {
		r->warnings++;
		return;
	}
	r->standard.has_status = true;
	r->standard.status = (Normlink__Status)found;
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

static int event_of_word(struct bytes word)
{
	static const struct {
		const char *word;
		int type;
	} table[] = {
		{ "published", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
		{ "issued", NORMLINK__EVENT_TYPE__EVENT_ISSUED },
		{ "implemented", NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED },
		{ "confirmed", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
		{ "corrected", NORMLINK__EVENT_TYPE__EVENT_CORRECTED },
		{ "updated", NORMLINK__EVENT_TYPE__EVENT_UPDATED },
		{ "obsoleted", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },
		{ "withdrawn", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (bytes_equal(word, bytes_str(table[i].word)))
			return table[i].type;
	return 0;
}

static struct bytes date_text(struct relaton *r, const struct yaml_node *date)
{
	const struct yaml_node *value = yaml_either(date, "value", "at");
	if (value == NULL)
		value = yaml_either(date, "from", "on");
	struct bytes text = clean_code(r->arena, yaml_words(value));
	/* 2010-10-10T12:21:00+00:00 */
	if (text.len > 10 && text.data[10] == 'T')
		text = bytes_of(arena_strn(r->arena, text.data, 10), 10);
	return text;
}

/* Under an amendment the source gives the year of the standard that it amends as `published`, and its own date as
 * `updated`: 2011 and 2024-10 for ISO 10033-1:2011/Amd 1:2024.  (4,609 of ISO's 4,945 published supplements, and
 * nearly all drafts of one.) */
static bool is_of_the_base(const struct relaton *r, struct bytes date)
{
	const char *name = r->name.canonical;
	const char *base_year = strchr(name, ':');
	const char *slash = base_year != NULL ? strchr(base_year, '/') : NULL;
	if (!r->name.supplement || slash == NULL || slash - base_year != 5 || date.len != 4)
		return false;
	const char *own_year = strchr(slash, ':');
	return memcmp(base_year + 1, date.data, 4) == 0 && (own_year == NULL || strncmp(base_year, own_year, 5) != 0);
}

struct events {
	Normlink__Event **at;
	size_t count;
	bool moved; /* `updated` is the publication */
};

static void add_event(struct relaton *r, struct events *events, const struct yaml_node *date)
{
	struct bytes text = date_text(r, date);
	int type = event_of_word(yaml_words(yaml_get(date, "type")));
	if (type == 0 || !date_valid((const char *)text.data) || events->count == RECORD_LIST_MAX) {
		r->warnings++;
		return;
	}
	if (type == NORMLINK__EVENT_TYPE__EVENT_PUBLISHED && is_of_the_base(r, text)) {
		r->warnings++;
		events->moved = true;
		return;
	}
	if (type == NORMLINK__EVENT_TYPE__EVENT_UPDATED && events->moved)
		type = NORMLINK__EVENT_TYPE__EVENT_PUBLISHED;
	Normlink__Event *event = arena_get(r->arena, sizeof *event);
	normlink__event__init(event);
	event->has_type = true;
	event->type = (Normlink__EventType)type;
	event->date = arena_strn(r->arena, text.data, text.len);
	events->at[events->count++] = event;
}

void relaton_life_read(struct relaton *r)
{
	read_status(r);
	const struct yaml_node *dates = yaml_get(r->root, "date");
	size_t room = yaml_count(dates) < RECORD_LIST_MAX ? yaml_count(dates) : RECORD_LIST_MAX;
	struct events events = { .at = arena_array(r->arena, room + 1, sizeof(Normlink__Event *)) };
	for (const struct yaml_node *n = yaml_first(dates); n != NULL; n = yaml_next(dates, n))
		add_event(r, &events, n);
	r->standard.events = events.at;
	r->standard.n_events = events.count;
}
