#include "node/ingest/marc.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/reference.h"
#include "proto/field.h"

/* ---- fields --------------------------------------------------------------------------------------------------- */

static const struct xml_node *field_from(const struct xml_node *n, const char *tag)
{
	for (; n != NULL; n = xml_next(n, "datafield")) {
		const char *own = xml_value(n, "tag");
		if (own != NULL && strcmp(own, tag) == 0)
			break;
	}
	return n;
}

static const struct xml_node *first_field(const struct xml_node *record, const char *tag)
{
	return field_from(xml_child(record, "datafield"), tag);
}

static const struct xml_node *next_field(const struct xml_node *n, const char *tag)
{
	return field_from(xml_next(n, "datafield"), tag);
}

static const struct xml_node *sub(const struct xml_node *field, const char *code)
{
	const struct xml_node *n = xml_child(field, "subfield");
	for (; n != NULL; n = xml_next(n, "subfield")) {
		const char *own = xml_value(n, "code");
		if (own != NULL && strcmp(own, code) == 0)
			break;
	}
	return n;
}

/* The punctuation that ISBD puts between two elements stands at the end of the one before. */
static struct bytes trimmed(struct arena *arena, struct bytes text)
{
	size_t len = text.len;
	while (len > 0 && strchr(" /:;,=", text.data[len - 1]) != NULL)
		len--;
	return bytes_of(arena_strn(arena, text.data, len), len);
}

static struct bytes value(struct arena *arena, const struct xml_node *field, const char *code)
{
	return trimmed(arena, clean_line(arena, xml_content(arena, sub(field, code))));
}

static bool is_value(struct arena *arena, const struct xml_node *field, const char *code, const char *word)
{
	return strcasecmp((const char *)value(arena, field, code).data, word) == 0;
}

/* ---- the reference -------------------------------------------------------------------------------------------- */

static struct bytes control(struct arena *arena, const struct xml_node *record, const char *tag)
{
	for (const struct xml_node *n = xml_child(record, "controlfield"); n != NULL; n = xml_next(n, "controlfield")) {
		const char *own = xml_value(n, "tag");
		if (own != NULL && strcmp(own, tag) == 0)
			return clean_line(arena, xml_content(arena, n));
	}
	return bytes_of(NULL, 0);
}

/* "ISO ; 9001:2015": a series has its number in $v. */
static struct bytes with_volume(struct arena *arena, const struct xml_node *field)
{
	struct bytes name = value(arena, field, "a"), volume = value(arena, field, "v");
	const char *both = arena_printf(arena, "%.*s %.*s", (int)name.len, (const char *)name.data, (int)volume.len,
	                                (const char *)volume.data);
	return volume.len > 0 ? bytes_str(both) : name;
}

static struct bytes find_reference(struct arena *arena, const struct xml_node *record)
{
	static const char *const tags[] = { "024", "088", "028", "086", "001", "490", "245" };
	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
		bool fixed = strcmp(tags[i], "001") == 0, series = strcmp(tags[i], "490") == 0;
		struct bytes found = fixed ? reference_front(control(arena, record, tags[i])) : bytes_of(NULL, 0);
		for (const struct xml_node *n = first_field(record, tags[i]); n != NULL; n = next_field(n, tags[i])) {
			if (found.len == 0)
				found = reference_front(series ? with_volume(arena, n) : value(arena, n, "a"));
		}
		if (found.len > 0)
			return found;
	}
	return bytes_of(NULL, 0);
}

/* ---- texts ---------------------------------------------------------------------------------------------------- */

static void add_title(struct draft *d, const struct xml_node *field)
{
	static const char *const parts[] = { "a", "b", "n", "p" };
	struct buf whole = { 0 };
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct bytes part = value(d->arena, field, parts[i]);
		if (part.len > 0 && whole.len > 0)
			buf_add_str(&whole, " - ");
		buf_add_bytes(&whole, part);
	}
	if (whole.len > 0)
		draft_text(d, NORMLINK__ROLE__ROLE_TITLE, "und", buf_bytes(&whole));
	buf_free(&whole);
}

static void read_note(struct draft *d, const struct xml_node *field)
{
	static const char says[] = "Status: ";
	struct bytes text = clean_lines(d->arena, xml_content(d->arena, sub(field, "a")));
	int status = text.len > sizeof says && memcmp(text.data, says, sizeof says - 1) == 0
	                 ? status_of_word((const char *)text.data + sizeof says - 1)
	                 : 0;
	if (status == 0 && text.len > 0)
		draft_text(d, NORMLINK__ROLE__ROLE_NOTE, "und", text);
	if (status == 0 || d->standard.has_status)
		return;
	d->standard.has_status = true;
	d->standard.status = (Normlink__Status)status;
}

static void read_texts(struct draft *d, const struct xml_node *record)
{
	for (const struct xml_node *n = first_field(record, "245"); n != NULL; n = next_field(n, "245"))
		add_title(d, n);
	for (const struct xml_node *n = first_field(record, "246"); n != NULL; n = next_field(n, "246"))
		add_title(d, n);
	for (const struct xml_node *n = first_field(record, "520"); n != NULL; n = next_field(n, "520")) {
		struct bytes text = clean_lines(d->arena, xml_content(d->arena, sub(n, "a")));
		if (text.len > 0)
			draft_text(d, NORMLINK__ROLE__ROLE_ABSTRACT, "und", text);
	}
	for (const struct xml_node *n = first_field(record, "500"); n != NULL; n = next_field(n, "500"))
		read_note(d, n);
}

/* ---- codes and names ------------------------------------------------------------------------------------------ */

/* MARC's own codes have three letters. */
static struct bytes language_of(struct arena *arena, const struct xml_node *field)
{
	static const char *const table[][2] = {
		{ "eng", "en" }, { "fre", "fr" }, { "ger", "de" }, { "chi", "zh" }, { "jpn", "ja" }, { "rus", "ru" },
		{ "spa", "es" }, { "kor", "ko" }, { "ita", "it" }, { "por", "pt" }, { "dut", "nl" }, { "ara", "ar" },
	};
	struct bytes code = clean_code(arena, value(arena, field, "a"));
	if (sub(field, "2") != NULL)
		return code;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (bytes_equal(code, bytes_str(table[i][0])))
			return bytes_str(table[i][1]);
	return code;
}

/* Of the bodies that had a part in it those that are called a committee, or a part of one. */
static bool is_committee(const char *name)
{
	static const char *const words[] = { "TC", "SC", "WG", "PC", "JTC", "committee", "subcommittee" };
	for (const char *at = name; *at != '\0';) {
		size_t len = strcspn(at, " /-.,0123456789");
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			if (strlen(words[i]) == len && strncasecmp(at, words[i], len) == 0)
				return true;
		at += len > 0 ? len : 1;
	}
	return false;
}

static void read_bodies(struct draft *d, const struct xml_node *record, const char *tag)
{
	for (const struct xml_node *n = first_field(record, tag); n != NULL; n = next_field(n, tag)) {
		struct bytes name = value(d->arena, n, "a"), part = value(d->arena, n, "b");
		if (part.len > 0 && is_committee((const char *)part.data))
			draft_committee(d, part);
		else if (is_committee((const char *)name.data))
			draft_committee(d, name);
	}
}

static void read_codes(struct draft *d, const struct xml_node *record)
{
	for (const struct xml_node *n = first_field(record, "041"); n != NULL; n = next_field(n, "041"))
		draft_language(d, language_of(d->arena, n));
	for (const struct xml_node *n = first_field(record, "084"); n != NULL; n = next_field(n, "084")) {
		if (is_value(d->arena, n, "2", "ics"))
			draft_ics(d, value(d->arena, n, "a"));
		else if (is_value(d->arena, n, "2", "ccs"))
			draft_ccs(d, value(d->arena, n, "a"));
	}
	draft_label(d, &d->standard.edition, value(d->arena, first_field(record, "250"), "a"));
	read_bodies(d, record, "110");
	read_bodies(d, record, "710");
}

/* "c2015." has a year in it. */
static struct bytes date_of(struct arena *arena, struct bytes text)
{
	if (date_valid((const char *)text.data))
		return text;
	for (size_t i = 0; i + 4 <= text.len; i++)
		if (strspn((const char *)text.data + i, "0123456789") == 4)
			return bytes_of(arena_strn(arena, text.data + i, 4), 4);
	return bytes_of(NULL, 0);
}

static void read_imprint(struct draft *d, const struct xml_node *record)
{
	const struct xml_node *n = first_field(record, "264");
	n = n != NULL ? n : first_field(record, "260");
	draft_label(d, &d->standard.publisher, value(d->arena, n, "b"));
	struct bytes date = date_of(d->arena, clean_code(d->arena, value(d->arena, n, "c")));
	if (date.len > 0)
		draft_event(d, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED, date);
}

/* ---- relations ------------------------------------------------------------------------------------------------ */

static struct bytes target_of(struct arena *arena, const struct xml_node *field)
{
	static const char *const codes[] = { "o", "r", "t", "g" };
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		struct bytes found = reference_front(value(arena, field, codes[i]));
		if (found.len > 0)
			return found;
	}
	return bytes_of(NULL, 0);
}

static void add_relation(struct draft *d, const struct xml_node *field, int type)
{
	struct designator target;
	struct bytes words = clean_line(d->arena, xml_content(d->arena, sub(field, "i")));
	struct bytes written = target_of(d->arena, field);
	const char *said = (const char *)trimmed(d->arena, words).data;
	if (written.len == 0 || !draft_target(d, written, &target))
		return;
	if (type == 0)
		type = code_of_word(&normlink__link_type__descriptor, said);
	if (type != 0)
		draft_link(d, type, target.canonical);
	else if (strncmp(said, "adopts", strlen("adopts")) == 0)
		draft_adopts(d, degree_of_text(bytes_str(said + strlen("adopts") + strspn(said + strlen("adopts"), " "))),
		             target.canonical);
	else
		d->warnings++;
}

static void read_relations(struct draft *d, const struct xml_node *record)
{
	for (const struct xml_node *n = first_field(record, "780"); n != NULL; n = next_field(n, "780"))
		add_relation(d, n, NORMLINK__LINK_TYPE__LINK_REPLACES);
	for (const struct xml_node *n = first_field(record, "785"); n != NULL; n = next_field(n, "785"))
		add_relation(d, n, NORMLINK__LINK_TYPE__LINK_REPLACED_BY);
	for (const struct xml_node *n = first_field(record, "787"); n != NULL; n = next_field(n, "787"))
		add_relation(d, n, 0);
}

/* ---- whose it is ---------------------------------------------------------------------------------------------- */

static void read_source(struct draft *d, const struct xml_node *record)
{
	Normlink__Source *source = arena_get(d->arena, sizeof *source);
	normlink__source__init(source);
	draft_label(d, &source->licence, value(d->arena, first_field(record, "540"), "a"));
	struct bytes url = clean_line(d->arena, xml_content(d->arena, sub(first_field(record, "856"), "u")));
	if (url.len > 8 && memcmp(url.data, "http", 4) == 0 && memchr(url.data, ' ', url.len) == NULL)
		draft_label(d, &source->url, url);
	if (source->licence != NULL || source->url != NULL)
		d->record.source = source;
}

int marc_read(const struct xml_node *record, struct draft *d, struct err *err)
{
	struct bytes reference = find_reference(d->arena, record);
	if (reference.len == 0)
		return err_set(err, ERR_INVALID, "024: no reference to a standard there, nor in 088, 028, 086, 001, 490, 245");
	int rc = draft_name(d, reference, err);
	if (rc != OK)
		return rc;
	draft_scope(d);
	read_texts(d, record);
	read_codes(d, record);
	read_imprint(d, record);
	read_relations(d, record);
	read_source(d, record);
	draft_look(d);
	return OK;
}
