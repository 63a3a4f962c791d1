#include "node/ingest/pmh.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/draft.h"
#include "node/ingest/xml.h"
#include "proto/language.h"

static enum xml_want wants(const struct xml_node *parent, const char *name)
{
	/* Nobody reads what stands about a record, or what a provider says of itself. */
	bool wanted =
	    parent != NULL ? strcmp(name, "about") != 0 && strcmp(name, "setSpec") != 0 : strcmp(name, "OAI-PMH") == 0;
	return wanted ? XML_KEEP : XML_SKIP;
}

static struct bytes value(struct arena *arena, const struct xml_node *node)
{
	return clean_line(arena, xml_content(arena, node));
}

static const char *words(struct arena *arena, const struct xml_node *node)
{
	struct bytes text = value(arena, node);
	return arena_strn(arena, text.data, text.len);
}

/* ---- the reference -------------------------------------------------------------------------------------------- */

static bool reads_as_designator(struct bytes text)
{
	struct designator d;
	return text.len > 0 && designator_parse(text, &d, NULL) == OK && d.prefix[0] != '\0';
}

/* "ISO 9001:2015 - Quality management systems": what stands before the first blank with a dash or colon behind it. */
static struct bytes front_of(struct bytes text)
{
	static const char *const ends[] = { " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 ", ": ", ", " };
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		const uint8_t *end = memmem(text.data, text.len, ends[i], strlen(ends[i]));
		if (end != NULL && reads_as_designator(bytes_of(text.data, (size_t)(end - text.data))))
			return bytes_of(text.data, (size_t)(end - text.data));
	}
	return reads_as_designator(text) ? text : bytes_of(NULL, 0);
}

static struct bytes reference_of(struct arena *arena, const struct xml_node *dc)
{
	static const char *const names[] = { "identifier", "title" };
	for (size_t i = 0; i < 2; i++) {
		for (const struct xml_node *n = xml_child(dc, names[i]); n != NULL; n = xml_next(n, names[i])) {
			struct bytes found = front_of(value(arena, n));
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
			if (reads_as_designator(text) && draft_target(d, text, &target))
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

static void read_source(struct draft *d, const struct xml_node *dc, const struct pmh_source *from)
{
	Normlink__Source *source = arena_get(d->arena, sizeof *source);
	normlink__source__init(source);
	if (from->name != NULL)
		draft_label(d, &source->name, bytes_str(from->name));
	for (const struct xml_node *n = xml_child(dc, "identifier"); n != NULL; n = xml_next(n, "identifier")) {
		struct bytes text = value(d->arena, n);
		bool web = text.len > 8 && (memcmp(text.data, "https://", 8) == 0 || memcmp(text.data, "http://", 7) == 0);
		if (web && source->url == NULL && memchr(text.data, ' ', text.len) == NULL)
			draft_label(d, &source->url, text);
	}
	if (source->url == NULL && from->url != NULL)
		draft_label(d, &source->url, bytes_str(from->url));
	struct bytes rights = value(d->arena, xml_child(dc, "rights"));
	draft_label(d, &source->licence, from->licence != NULL ? bytes_str(from->licence) : rights);
	d->record.source = source;
}

static int read_dc(const struct xml_node *dc, const struct pmh_source *source, struct draft *d, struct err *err)
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
	read_source(d, dc, source);
	draft_look(d);
	return OK;
}

/* ---- the answer ----------------------------------------------------------------------------------------------- */

static void read_item(const struct xml_node *record, const struct pmh_source *source, struct arena *arena,
                      struct pmh_item *out)
{
	const struct xml_node *header = xml_child(record, "header");
	const struct xml_node *dc = xml_child(xml_child(record, "metadata"), "dc");
	const char *status = header != NULL ? xml_value(header, "status") : NULL;
	struct draft *d = arena_get(arena, sizeof *d);
	struct buf bytes = { 0 };
	struct err err = { 0 };
	*out = (struct pmh_item){ .identifier = words(arena, xml_child(header, "identifier")) };
	out->deleted = status != NULL && strcmp(status, "deleted") == 0;
	if (out->deleted)
		return;
	draft_begin(d, arena);
	int rc = dc != NULL ? read_dc(dc, source, d, &err) : err_set(&err, ERR_INVALID, "metadata: no oai_dc");
	if (rc == OK)
		rc = record_encode(&d->record, &bytes, &err);
	if (rc == OK)
		out->record = arena_bytes(arena, buf_bytes(&bytes));
	else
		out->refused = arena_str(arena, err.text);
	out->warnings = d->warnings;
	buf_free(&bytes);
}

static void read_page(const struct xml_node *root, const struct pmh_source *source, struct arena *arena,
                      struct pmh_page *out)
{
	const struct xml_node *list = xml_child(root, "ListRecords"), *error = xml_child(root, "error");
	size_t room = 0;
	for (const struct xml_node *n = xml_child(list, "record"); n != NULL; n = xml_next(n, "record"))
		room++;
	out->v = arena_array(arena, room + 1, sizeof *out->v);
	for (const struct xml_node *n = xml_child(list, "record"); n != NULL; n = xml_next(n, "record"))
		read_item(n, source, arena, &out->v[out->count++]);
	out->token = words(arena, xml_child(list, "resumptionToken"));
	out->date = words(arena, xml_child(root, "responseDate"));
	out->error = error != NULL && xml_value(error, "code") != NULL ? xml_value(error, "code")
	             : error != NULL                                   ? ""
	                                                               : NULL;
	out->error_words = words(arena, error);
}

int pmh_read(struct bytes xml, const struct pmh_source *source, struct arena *arena, struct pmh_page *out,
             struct err *err)
{
	const struct xml_node *root = NULL;
	uint64_t warnings = 0;
	*out = (struct pmh_page){ 0 };
	struct xml_reader *x = xml_open(arena, wants, &warnings);
	int rc = xml_feed(x, xml, err);
	if (rc == OK)
		rc = xml_finish(x, &root, err);
	xml_close(x);
	if (rc != OK)
		return rc;
	if (root == NULL || (xml_child(root, "ListRecords") == NULL && xml_child(root, "error") == NULL))
		return err_set(err, ERR_INVALID, "not an answer of OAI-PMH 2.0 to ListRecords");
	read_page(root, source, arena, out);
	return OK;
}
