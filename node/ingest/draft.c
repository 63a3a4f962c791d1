#include "node/ingest/draft.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/issuer.h"
#include "proto/language.h"
#include "proto/level.h"

void *list_room(struct arena *arena, void *list, size_t count)
{
	enum { FIRST = 4 };
	bool full = count == 0 || (count >= FIRST && (count & (count - 1)) == 0);
	if (!full)
		return list;
	void *larger = arena_array(arena, count < FIRST ? FIRST : 2 * count, sizeof(void *));
	if (count > 0)
		memcpy(larger, list, count * sizeof(void *));
	return larger;
}

void draft_begin(struct draft *d, struct arena *arena)
{
	*d = (struct draft){ .arena = arena };
	normlink__standard__init(&d->standard);
	normlink__record__init(&d->record);
	d->record.has_kind = true;
	d->record.kind = NORMLINK__KIND__KIND_STANDARD;
	d->record.standard = &d->standard;
}

int draft_name(struct draft *d, struct bytes written, struct err *err)
{
	written = clean_line(d->arena, written);
	int rc = designator_parse(written, &d->name, err);
	if (rc != OK)
		return rc;
	d->record.subject = d->name.canonical;
	if (!bytes_equal(written, bytes_str(d->name.canonical)))
		d->standard.reference = arena_strn(d->arena, written.data, written.len);
	return OK;
}

/* ---- what a reference tells ----------------------------------------------------------------------------------- */

void draft_scope(struct draft *d)
{
	const char *region = issuer_region(&d->name);
	/* Of a reference that is not read part by part only its reader may guess. */
	int level = d->name.prefix[0] != '\0' ? level_of_designator(&d->name).level : 0;
	if (d->standard.has_level || level == 0)
		return;
	d->standard.has_level = true;
	d->standard.level = (Normlink__Level)level;
	if (region != NULL && d->standard.region == NULL)
		d->standard.region = arena_str(d->arena, region);
}

int degree_of_text(struct bytes text)
{
	char word[8] = "";
	if (text.len >= sizeof word)
		return 0;
	for (size_t i = 0; i < text.len; i++)
		word[i] = (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] | 0x20 : text.data[i]);
	return degree_of_word(word);
}

/* ---- texts, codes and names ----------------------------------------------------------------------------------- */

void draft_text(struct draft *d, int role, const char *lang, struct bytes value)
{
	if (value.len == 0 || value.len > TEXT_MAX || d->record.n_texts == RECORD_TEXTS_MAX) {
		d->warnings++;
		return;
	}
	Normlink__Text *text = arena_get(d->arena, sizeof *text);
	normlink__text__init(text);
	text->has_role = true;
	text->role = (Normlink__Role)role;
	text->lang = arena_str(d->arena, lang);
	text->value = arena_strn(d->arena, value.data, value.len);
	LIST_ADD(d->arena, d->record.texts, d->record.n_texts, text);
}

static void add_name(struct draft *d, char ***list, size_t *count, struct bytes name)
{
	if (name.len == 0 || name.len > LABEL_MAX || *count == RECORD_LIST_MAX) {
		d->warnings++;
		return;
	}
	for (size_t i = 0; i < *count; i++)
		if (bytes_equal(bytes_str((*list)[i]), name))
			return;
	LIST_ADD(d->arena, *list, *count, arena_strn(d->arena, name.data, name.len));
}

void draft_ics(struct draft *d, struct bytes code)
{
	code = clean_code(d->arena, code);
	if (ics_valid((const char *)code.data))
		add_name(d, &d->standard.ics, &d->standard.n_ics, code);
	else
		d->warnings++;
}

void draft_ccs(struct draft *d, struct bytes code)
{
	code = clean_code(d->arena, code);
	bool good = code.len == 3 && code.data[0] >= 'A' && code.data[0] <= 'Z' && code.data[1] >= '0' &&
	            code.data[1] <= '9' && code.data[2] >= '0' && code.data[2] <= '9';
	if (good)
		add_name(d, &d->standard.ccs, &d->standard.n_ccs, code);
	else
		d->warnings++;
}

void draft_committee(struct draft *d, struct bytes name)
{
	add_name(d, &d->standard.committees, &d->standard.n_committees, clean_line(d->arena, name));
}

void draft_language(struct draft *d, struct bytes tag)
{
	tag = clean_code(d->arena, tag);
	if (language_valid((const char *)tag.data))
		add_name(d, &d->standard.languages, &d->standard.n_languages, tag);
	else
		d->warnings++;
}

void draft_label(struct draft *d, char **field, struct bytes value)
{
	value = clean_line(d->arena, value);
	if (value.len > LABEL_MAX)
		d->warnings++;
	else if (value.len > 0)
		*field = arena_strn(d->arena, value.data, value.len);
}

/* ---- dates and links ------------------------------------------------------------------------------------------ */

void draft_event(struct draft *d, int type, struct bytes date)
{
	date = clean_code(d->arena, date);
	/* 2010-10-10T12:21:00+00:00 */
	if (date.len > 10 && date.data[10] == 'T')
		date = bytes_of(arena_strn(d->arena, date.data, 10), 10);
	if (type == 0 || !date_valid((const char *)date.data) || d->standard.n_events == RECORD_LIST_MAX) {
		d->warnings++;
		return;
	}
	for (size_t i = 0; i < d->standard.n_events; i++)
		if ((int)d->standard.events[i]->type == type && bytes_equal(bytes_str(d->standard.events[i]->date), date))
			return;
	Normlink__Event *event = arena_get(d->arena, sizeof *event);
	normlink__event__init(event);
	event->has_type = true;
	event->type = (Normlink__EventType)type;
	event->date = arena_strn(d->arena, date.data, date.len);
	LIST_ADD(d->arena, d->standard.events, d->standard.n_events, event);
}

bool draft_target(struct draft *d, struct bytes written, struct designator *out)
{
	bool good = designator_parse(clean_line(d->arena, written), out, NULL) == OK &&
	            strcmp(out->canonical, d->name.canonical) != 0;
	d->warnings += !good;
	return good;
}

void draft_link(struct draft *d, int type, const char *target)
{
	for (size_t i = 0; i < d->standard.n_links; i++)
		if ((int)d->standard.links[i]->type == type && strcmp(d->standard.links[i]->target, target) == 0)
			return;
	if (d->standard.n_links == RECORD_LIST_MAX) {
		d->warnings++;
		return;
	}
	Normlink__Link *link = arena_get(d->arena, sizeof *link);
	normlink__link__init(link);
	link->has_type = true;
	link->type = (Normlink__LinkType)type;
	link->target = arena_str(d->arena, target);
	LIST_ADD(d->arena, d->standard.links, d->standard.n_links, link);
}

void draft_adopts(struct draft *d, int degree, const char *target)
{
	for (size_t i = 0; i < d->standard.n_adopts; i++)
		if (strcmp(d->standard.adopts[i]->target, target) == 0)
			return;
	if (d->standard.n_adopts == RECORD_LIST_MAX) {
		d->warnings++;
		return;
	}
	Normlink__Adopts *adopts = arena_get(d->arena, sizeof *adopts);
	normlink__adopts__init(adopts);
	adopts->target = arena_str(d->arena, target);
	adopts->has_degree = degree != 0;
	adopts->degree = degree != 0 ? (Normlink__Degree)degree : NORMLINK__DEGREE__DEGREE_IDT;
	LIST_ADD(d->arena, d->standard.adopts, d->standard.n_adopts, adopts);
}
