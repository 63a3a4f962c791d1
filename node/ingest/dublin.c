#include "node/ingest/dublin.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/reference.h"
#include "proto/language.h"

static struct bytes value(struct arena *arena, const struct xml_node *node)
{
	return clean_line(arena, xml_content(arena, node));
}

/* ---- the reference -------------------------------------------------------------------------------------------- */

static struct bytes reference_of(struct arena *arena, const struct xml_node *dc)
{
	static const char *const names[] = { "identifier", "title" };
	for (size_t i = 0; i < 2; i++) {
		for (const struct xml_node *n = xml_child(dc, names[i]); n != NULL; n = xml_next(n, names[i])) {
			struct bytes found = reference_front(value(arena, n));
			if (found.len > 0)
				return found;
		}
	}
	return bytes_of(NULL, 0);
}

/* ---- facts ---------------------------------------------------------------------------------------------------- */

static void read_texts(struct draft *d, const struct xml_node *dc, const char *name, int role)
{
	for (const struct xml_node *n = xml_child(dc, name); n != NULL; n = xml_next(n, name)) {
		const char *tag = xml_value(n, "lang");
		struct bytes code = clean_code(d->arena, bytes_str(tag != NULL && strlen(tag) <= CODE_MAX ? tag : ""));
		bool good = code.len > 0 && language_valid((const char *)code.data);
		struct bytes text =
		    role == NORMLINK__ROLE__ROLE_TITLE ? value(d->arena, n) : clean_lines(d->arena, xml_content(d->arena, n));
		if (text.len > 0)
			draft_text(d, role, good ? (const char *)code.data : "und", text);
	}
}

static bool begins(struct bytes *text, const char *word)
{
	size_t len = strlen(word);
	if (text->len <= len || strncasecmp((const char *)text->data, word, len) != 0)
		return false;
	*text = bytes_of(text->data + len, text->len - len);
	return true;
}

/* A code that says which list it is of, or that can be of no other. */
static void read_subjects(struct draft *d, const struct xml_node *dc)
{
	for (const struct xml_node *n = xml_child(dc, "subject"); n != NULL; n = xml_next(n, "subject")) {
		struct bytes text = value(d->arena, n);
		bool said = begins(&text, "ICS ") || begins(&text, "ICS:");
		struct bytes code = clean_code(d->arena, text);
		if (said || (code.len > 2 && ics_valid((const char *)code.data)))
			draft_ics(d, code);
		else if (begins(&text, "CCS "))
			draft_ccs(d, clean_code(d->arena, text));
	}
}

static void read_relations(struct draft *d, const struct xml_node *dc)
{
	static const struct {
		const char *word;
		int type;
	} table[] = {
		{ "replaces ", NORMLINK__LINK_TYPE__LINK_REPLACES },
		{ "is replaced by ", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
		{ "replaced-by ", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
		{ "amends ", NORMLINK__LINK_TYPE__LINK_AMENDS },
		{ "amended-by ", NORMLINK__LINK_TYPE__LINK_AMENDED_BY },
		{ "corrects ", NORMLINK__LINK_TYPE__LINK_CORRECTS },
		{ "corrected-by ", NORMLINK__LINK_TYPE__LINK_CORRECTED_BY },
		{ "cites ", NORMLINK__LINK_TYPE__LINK_CITES },
	};
	for (const struct xml_node *n = xml_child(dc, "relation"); n != NULL; n = xml_next(n, "relation")) {
		struct bytes text = value(d->arena, n);
		struct designator target;
		for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
			if (!begins(&text, table[i].word))
				continue;
			if (reference_reads(text) && draft_target(d, text, &target))
				draft_link(d, table[i].type, target.canonical);
			break;
		}
	}
}

/* A day stands in front of the time of day, where there is one. */
static struct bytes day_of(struct arena *arena, const struct xml_node *node)
{
	struct bytes text = clean_code(arena, value(arena, node));
	const uint8_t *t = text.len > 10 ? memchr(text.data, 'T', text.len) : NULL;
	return t != NULL ? bytes_of(arena_strn(arena, text.data, (size_t)(t - text.data)), (size_t)(t - text.data)) : text;
}

static void read_source(struct draft *d, const struct xml_node *dc)
{
	Normlink__Source *source = arena_get(d->arena, sizeof *source);
	normlink__source__init(source);
	for (const struct xml_node *n = xml_child(dc, "identifier"); n != NULL; n = xml_next(n, "identifier")) {
		struct bytes text = value(d->arena, n);
		bool web = text.len > 8 && (memcmp(text.data, "https://", 8) == 0 || memcmp(text.data, "http://", 7) == 0);
		if (web && source->url == NULL && memchr(text.data, ' ', text.len) == NULL)
			draft_label(d, &source->url, text);
	}
	draft_label(d, &source->licence, value(d->arena, xml_child(dc, "rights")));
	if (source->url != NULL || source->licence != NULL)
		d->record.source = source;
}

int dublin_read(const struct xml_node *dc, struct draft *d, struct err *err)
{
	struct bytes reference = reference_of(d->arena, dc);
	if (reference.len == 0)
		return err_set(err, ERR_INVALID, "identifier: none that is a reference to a standard");
	int rc = draft_name(d, reference, err);
	if (rc != OK)
		return rc;
	draft_scope(d);
	read_texts(d, dc, "title", NORMLINK__ROLE__ROLE_TITLE);
	read_texts(d, dc, "description", NORMLINK__ROLE__ROLE_ABSTRACT);
	read_subjects(d, dc);
	read_relations(d, dc);
	draft_label(d, &d->standard.publisher, value(d->arena, xml_child(dc, "publisher")));
	struct bytes day = day_of(d->arena, xml_child(dc, "date"));
	if (day.len > 0)
		draft_event(d, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED, day);
	for (const struct xml_node *n = xml_child(dc, "language"); n != NULL; n = xml_next(n, "language"))
		draft_language(d, clean_code(d->arena, value(d->arena, n)));
	read_source(d, dc);
	draft_look(d);
	return OK;
}
