/* The reference of a standard in NISO STS: what it is called, and what its parts say against that. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/ingest/clean.h"
#include "node/ingest/sts.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_type(const struct xml_node *ref, const char *word)
{
	const char *type = xml_value(ref, "type");
	return type != NULL && strcasecmp(type, word) == 0;
}

/* A dated one, else any. */
static struct bytes given(struct arena *arena, const struct xml_node *meta)
{
	struct bytes any = bytes_str("");
	for (const struct xml_node *n = xml_child(meta, "std-ref"); n != NULL; n = xml_next(n, "std-ref")) {
		struct bytes text = sts_value(arena, n);
		struct designator d;
		if (text.len > 0 && (is_type(n, "dated") || (designator_parse(text, &d, NULL) == OK && d.year != 0)))
			return text;
		any = any.len > 0 ? any : text;
	}
	return any;
}

/* ---- its parts ------------------------------------------------------------------------------------------------ */

struct parts {
	struct bytes originator, type, number, part, year, suppl_type, suppl_number;
};

static struct bytes first_year(struct arena *arena, const struct xml_node *meta)
{
	static const char *const names[] = { "release-date", "pub-date" };
	for (size_t i = 0; i < 2; i++) {
		const struct xml_node *n = xml_child(meta, names[i]);
		const char *iso = xml_value(n, "iso-8601-date");
		struct bytes text = iso != NULL ? bytes_str(iso) : sts_value(arena, n);
		if (text.len >= 4 && is_digit((char)text.data[0]) && is_digit((char)text.data[3]))
			return bytes_of(arena_strn(arena, text.data, 4), 4);
	}
	return bytes_str("");
}

/* The next of the fields between colons; empty at the end. */
static struct bytes next_field(struct arena *arena, const char **urn)
{
	size_t len = strcspn(*urn, ":");
	struct bytes field = bytes_of(arena_strn(arena, *urn, len), len);
	*urn += len + ((*urn)[len] == ':');
	return field;
}

/* "iso-iec" is ISO/IEC. */
static struct bytes originator_of_urn(struct arena *arena, struct bytes field)
{
	char *text = arena_strn(arena, field.data, field.len);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '-' ? '/' : (char)(is_letter(*c) ? *c & ~0x20 : *c);
	return bytes_of(text, field.len);
}

/* RFC 5141: urn:iso:std:iso-iec:ts:20000:-10:ed-1:v1:en. */
static void read_urn(struct arena *arena, const char *urn, struct parts *p)
{
	static const char head[] = "urn:iso:std:";
	if (urn == NULL || strncasecmp(urn, head, strlen(head)) != 0)
		return;
	urn += strlen(head);
	p->originator = originator_of_urn(arena, next_field(arena, &urn));
	struct bytes field = next_field(arena, &urn);
	if (field.len > 0 && is_letter((char)field.data[0])) {
		p->type = field;
		field = next_field(arena, &urn);
	}
	if (field.len > 0 && is_digit((char)field.data[0])) {
		p->number = field;
		field = next_field(arena, &urn);
	}
	if (field.len > 1 && field.data[0] == '-')
		p->part = bytes_of(field.data + 1, field.len - 1);
}

static struct parts parts_of(struct arena *arena, const struct xml_node *meta)
{
	const struct xml_node *ident = xml_child(meta, "std-ident");
	struct parts p = {
		.originator = sts_value(arena, xml_child(ident, "originator")),
		.type = sts_value(arena, xml_child(ident, "doc-type")),
		.number = sts_value(arena, xml_child(ident, "doc-number")),
		.part = sts_value(arena, xml_child(ident, "part-number")),
		.year = sts_value(arena, xml_child(ident, "year")),
		.suppl_type = sts_value(arena, xml_child(ident, "suppl-type")),
		.suppl_number = sts_value(arena, xml_child(ident, "suppl-number")),
	};
	if (p.number.len > 0)
		return p;
	const char *urn = xml_value(meta, "urn");
	if (urn == NULL)
		urn = (const char *)sts_value(arena, xml_child(xml_child(meta, "doc-ident"), "urn")).data;
	read_urn(arena, urn, &p);
	return p;
}

/* The types that stand in a reference. */
static const char *type_word(struct bytes type)
{
	static const char *const words[] = { "TS", "TR", "PAS", "Guide", "IWA", "ISP", "TTA" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(words[i], (const char *)type.data) == 0)
			return words[i];
	return NULL;
}

/* What the parts make together; empty when they make nothing. */
static struct bytes built(struct arena *arena, const struct parts *p, struct bytes year)
{
	if (p->originator.len == 0 || p->number.len == 0)
		return bytes_str("");
	struct buf out = { 0 };
	const char *type = type_word(p->type);
	bool is_iwa = type != NULL && strcmp(type, "IWA") == 0;
	bool is_joint = memchr(p->originator.data, '/', p->originator.len) != NULL;
	if (!is_iwa)
		buf_add_bytes(&out, p->originator);
	if (type != NULL)
		buf_printf(&out, "%s%s", is_iwa ? "" : is_joint || strcmp(type, "Guide") == 0 ? " " : "/", type);
	buf_printf(&out, " %s", (const char *)p->number.data);
	if (p->part.len > 0)
		buf_printf(&out, "-%s", (const char *)p->part.data);
	if (p->suppl_type.len > 0)
		buf_printf(&out, "/%s %s", (const char *)p->suppl_type.data, (const char *)p->suppl_number.data);
	if (year.len > 0)
		buf_printf(&out, ":%s", (const char *)year.data);
	struct bytes text = arena_bytes(arena, buf_bytes(&out));
	text = bytes_of(arena_strn(arena, text.data, text.len), text.len);
	buf_free(&out);
	return text;
}

/* ---- what they say against the reference ---------------------------------------------------------------------- */

/* Does word stand in text, not as a piece of a longer run of letters or of digits?  Blank words do. */
static bool stands_in(const char *text, struct bytes word)
{
	const char *w = (const char *)word.data;
	for (const char *at = text; word.len > 0 && (at = strcasestr(at, w)) != NULL; at++) {
		char before = at > text ? at[-1] : ' ', after = at[word.len];
		bool cut = (is_digit(before) && is_digit(w[0])) || (is_letter(before) && is_letter(w[0]));
		bool runs_on =
		    (is_digit(w[word.len - 1]) && is_digit(after)) || (is_letter(w[word.len - 1]) && is_letter(after));
		if (!cut && !runs_on)
			return true;
	}
	return word.len == 0;
}

/* Whoever originated it need not stand in the reference: CEN's are called EN, SAC's GB. */
static bool agrees(const struct designator *name, const struct parts *p)
{
	const char *type = type_word(p->type);
	bool good = stands_in(name->canonical, p->number) && stands_in(name->canonical, p->part);
	if (name->year != 0 && p->suppl_type.len == 0)
		good = good && stands_in(name->canonical, p->year);
	if (name->prefix[0] != '\0')
		good = good && (p->suppl_type.len > 0) == name->supplement;
	return good && (type == NULL || stands_in(name->canonical, bytes_str(type))) &&
	       (p->suppl_type.len == 0 || stands_in(name->canonical, p->suppl_number));
}

int sts_name(struct draft *d, const struct xml_node *meta, struct err *err)
{
	struct bytes ref = given(d->arena, meta);
	struct parts parts = parts_of(d->arena, meta);
	struct bytes year = parts.year.len > 0 ? parts.year : first_year(d->arena, meta);
	struct bytes made = built(d->arena, &parts, year);
	struct bytes name = ref.len > 0 ? ref : made;
	if (name.len == 0)
		return err_set(err, ERR_INVALID, "std-ref: no reference");
	int rc = draft_name(d, name, err);
	if (rc != OK)
		return err_wrap(err, rc, "std-ref");
	if (ref.len > 0 && made.len > 0 && !agrees(&d->name, &parts))
		draft_oddity(d, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "subject", (const char *)made.data);
	return OK;
}
