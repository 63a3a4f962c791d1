/* The facts of one standard in NISO STS, but for its name. */
#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/sts.h"
#include "proto/language.h"

/* ---- words ---------------------------------------------------------------------------------------------------- */

struct word {
	const char *word; /* lower case, letters alone */
	int value;
};

/* The lists of types are open, and spelled as people like: isReplacedBy, is-replaced-by. */
static int value_of(const struct word *table, const char *text)
{
	char plain[64];
	size_t len = 0;
	for (; text != NULL && *text != '\0' && len + 1 < sizeof plain; text++)
		if ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z')
			plain[len++] = (char)(*text | 0x20);
	plain[len] = '\0';
	while (table->word != NULL && strcmp(table->word, plain) != 0)
		table++;
	return table->value;
}

/* Beside the values of the schema. */
enum { XREF_ADOPTS = 1000, XREF_ADOPTS_IDT, XREF_ADOPTS_MOD, XREF_ADOPTS_NEQ };

static const struct word XREFS[] = {
	{ "revises", NORMLINK__LINK_TYPE__LINK_REPLACES },
	{ "replaces", NORMLINK__LINK_TYPE__LINK_REPLACES },
	{ "supersedes", NORMLINK__LINK_TYPE__LINK_REPLACES },
	{ "obsoletes", NORMLINK__LINK_TYPE__LINK_REPLACES },
	{ "isrevisionof", NORMLINK__LINK_TYPE__LINK_REPLACES },
	{ "isrevisedby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "revisedby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "isreplacedby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "replacedby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "issupersededby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "supersededby", NORMLINK__LINK_TYPE__LINK_REPLACED_BY },
	{ "amends", NORMLINK__LINK_TYPE__LINK_AMENDS },
	{ "isamendmentof", NORMLINK__LINK_TYPE__LINK_AMENDS },
	{ "isamendedby", NORMLINK__LINK_TYPE__LINK_AMENDED_BY },
	{ "amendedby", NORMLINK__LINK_TYPE__LINK_AMENDED_BY },
	{ "corrects", NORMLINK__LINK_TYPE__LINK_CORRECTS },
	{ "iscorrectionof", NORMLINK__LINK_TYPE__LINK_CORRECTS },
	{ "iscorrectedby", NORMLINK__LINK_TYPE__LINK_CORRECTED_BY },
	{ "correctedby", NORMLINK__LINK_TYPE__LINK_CORRECTED_BY },
	{ "normativelyreferences", NORMLINK__LINK_TYPE__LINK_CITES },
	{ "normativereference", NORMLINK__LINK_TYPE__LINK_CITES },
	{ "adopts", XREF_ADOPTS },
	{ "adoptedfrom", XREF_ADOPTS },
	{ "isadoptedfrom", XREF_ADOPTS },
	{ "isadoptionof", XREF_ADOPTS },
	{ "adoptsidentically", XREF_ADOPTS_IDT },
	{ "isidenticaladoptionof", XREF_ADOPTS_IDT },
	{ "adoptswithmodification", XREF_ADOPTS_MOD },
	{ "adoptswithmodifications", XREF_ADOPTS_MOD },
	{ "ismodifiedadoptionof", XREF_ADOPTS_MOD },
	{ "isnotequivalentto", XREF_ADOPTS_NEQ },
	{ NULL, 0 },
};

/* Of @std-type: "adopts" stands beside "adopts with modification". */
static const struct word DEGREES[] = {
	{ "adopts", NORMLINK__DEGREE__DEGREE_IDT },
	{ "adoptsidentically", NORMLINK__DEGREE__DEGREE_IDT },
	{ "identical", NORMLINK__DEGREE__DEGREE_IDT },
	{ "idt", NORMLINK__DEGREE__DEGREE_IDT },
	{ "adoptswithmodification", NORMLINK__DEGREE__DEGREE_MOD },
	{ "adoptswithmodifications", NORMLINK__DEGREE__DEGREE_MOD },
	{ "modified", NORMLINK__DEGREE__DEGREE_MOD },
	{ "mod", NORMLINK__DEGREE__DEGREE_MOD },
	{ "notequivalent", NORMLINK__DEGREE__DEGREE_NEQ },
	{ "neq", NORMLINK__DEGREE__DEGREE_NEQ },
	{ NULL, 0 },
};

static const struct word DATES[] = {
	{ "", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "release", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "released", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "pub", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "publication", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "published", NORMLINK__EVENT_TYPE__EVENT_PUBLISHED },
	{ "issue", NORMLINK__EVENT_TYPE__EVENT_ISSUED },
	{ "issued", NORMLINK__EVENT_TYPE__EVENT_ISSUED },
	{ "effective", NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED },
	{ "implementation", NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED },
	{ "implemented", NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED },
	{ "confirmed", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
	{ "confirmation", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
	{ "reaffirmed", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
	{ "reaffirmation", NORMLINK__EVENT_TYPE__EVENT_CONFIRMED },
	{ "corrected", NORMLINK__EVENT_TYPE__EVENT_CORRECTED },
	{ "updated", NORMLINK__EVENT_TYPE__EVENT_UPDATED },
	{ "withdrawn", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },
	{ "withdrawal", NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN },
	{ "approved", NORMLINK__EVENT_TYPE__EVENT_APPROVED },
	{ "approval", NORMLINK__EVENT_TYPE__EVENT_APPROVED },
	{ NULL, 0 },
};

/* ---- texts ---------------------------------------------------------------------------------------------------- */

/* Of a whole block: its own word, else that of what it stands in; NULL. */
static const char *language_of_block(struct arena *arena, const struct xml_node *meta)
{
	struct bytes own = sts_value(arena, xml_child(meta, "content-language"));
	return own.len > 0 ? (const char *)own.data : xml_inherited(meta->parent, NULL, "lang");
}

static const char *language_of(struct sts_layer *layer, const struct xml_node *node, const struct xml_node *meta,
                               const char *of_block)
{
	struct arena *arena = layer->d.arena;
	const char *tag = xml_inherited(node, meta->parent, "lang");
	tag = tag != NULL ? tag : of_block;
	if (tag == NULL || tag[0] == '\0')
		return "und";
	/* One long word may be inherited by many texts. */
	if (strlen(tag) <= CODE_MAX) {
		struct bytes code = clean_code(arena, bytes_str(tag));
		if (language_valid((const char *)code.data))
			return (const char *)code.data;
	}
	draft_oddity(&layer->d, NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE,
	             arena_printf(arena, "texts[%zu].lang", layer->d.record.n_texts), tag);
	return "und";
}

/* The whole title, else its parts, as ISO writes them. */
static struct bytes title_of(struct arena *arena, const struct xml_node *wrap)
{
	static const char *const parts[] = { "intro", "main", "compl" };
	struct bytes full = sts_value(arena, xml_child(wrap, "full"));
	if (full.len > 0)
		return full;
	struct buf joined = { 0 };
	for (size_t i = 0; i < 3; i++) {
		struct bytes part = sts_value(arena, xml_child(wrap, parts[i]));
		if (part.len > 0)
			buf_printf(&joined, "%s%s", joined.len > 0 ? " - " : "", (const char *)part.data);
	}
	struct bytes text = bytes_of(arena_strn(arena, joined.data, joined.len), joined.len);
	buf_free(&joined);
	return text;
}

static bool has_role(const struct draft *d, int role)
{
	for (size_t i = 0; i < d->record.n_texts; i++)
		if ((int)d->record.texts[i]->role == role)
			return true;
	return false;
}

static void read_texts(struct sts_layer *layer, const struct xml_node *meta)
{
	struct draft *d = &layer->d;
	const char *block = language_of_block(d->arena, meta);
	bool titles = !has_role(d, NORMLINK__ROLE__ROLE_TITLE), abstracts = !has_role(d, NORMLINK__ROLE__ROLE_ABSTRACT);
	for (const struct xml_node *n = xml_child(meta, "title-wrap"); titles && n != NULL; n = xml_next(n, "title-wrap")) {
		struct bytes title = title_of(d->arena, n);
		if (title.len > 0)
			draft_text(d, NORMLINK__ROLE__ROLE_TITLE, language_of(layer, n, meta, block), title);
	}
	for (const struct xml_node *n = xml_child(meta, "abstract"); abstracts && n != NULL; n = xml_next(n, "abstract")) {
		struct bytes text = clean_lines(d->arena, xml_content(d->arena, n));
		if (text.len > 0)
			draft_text(d, NORMLINK__ROLE__ROLE_ABSTRACT, language_of(layer, n, meta, block), text);
	}
}

/* ---- lists of codes and names --------------------------------------------------------------------------------- */

typedef void (*add_cb)(struct draft *d, struct bytes value);

static void read_list(struct draft *d, const struct xml_node *parent, const char *name, add_cb add)
{
	for (const struct xml_node *n = xml_child(parent, name); n != NULL; n = xml_next(n, name)) {
		struct bytes value = sts_value(d->arena, n);
		if (value.len > 0)
			add(d, value);
	}
}

static void read_lists(struct draft *d, const struct xml_node *meta)
{
	read_list(d, meta, "ics", draft_ics);
	for (const struct xml_node *n = xml_child(meta, "ics-wrap"); n != NULL; n = xml_next(n, "ics-wrap"))
		read_list(d, n, "ics", draft_ics);
	read_list(d, meta, "comm-ref", draft_committee);
	read_list(d, meta, "content-language", draft_language);
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

static void read_date(struct sts_layer *layer, const struct xml_node *n)
{
	struct draft *d = &layer->d;
	const char *iso = xml_value(n, "iso-8601-date"), *kind = xml_value(n, "std-type");
	struct bytes date = iso != NULL ? clean_code(d->arena, bytes_str(iso)) : sts_value(d->arena, n);
	int degree = value_of(DEGREES, kind);
	if (degree != 0) {
		layer->degree = degree;
		layer->date = date_valid((const char *)date.data) ? (const char *)date.data : NULL;
	}
	if (date.len == 0)
		return;
	const char *type = xml_value(n, "date-type");
	bool again = kind != NULL && strncasecmp(kind, "reaffirm", strlen("reaffirm")) == 0;
	draft_event(d, again ? NORMLINK__EVENT_TYPE__EVENT_CONFIRMED : value_of(DATES, type != NULL ? type : ""), date);
}

static void read_dates(struct sts_layer *layer, const struct xml_node *meta)
{
	const char *name = xml_child(meta, "release-date") != NULL ? "release-date" : "pub-date";
	for (const struct xml_node *n = xml_child(meta, name); n != NULL; n = xml_next(n, name))
		read_date(layer, n);
}

/* A draft, when its version is the word of a stage; which published one is in force nobody says here. */
static void read_status(struct draft *d, const struct xml_node *meta)
{
	static const char *const drafts[] = { "PWI", "NP", "AWI", "WD", "CD", "DIS", "FDIS", "PRF" };
	struct bytes version = sts_value(d->arena, xml_child(xml_child(meta, "doc-ident"), "release-version"));
	for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
		if (strcasecmp((const char *)version.data, drafts[i]) == 0) {
			d->standard.has_status = true;
			d->standard.status = NORMLINK__STATUS__STATUS_PREPARATION;
		}
	}
}

/* ---- links ---------------------------------------------------------------------------------------------------- */

static void read_xref(struct sts_layer *layer, const struct xml_node *xref)
{
	struct draft *d = &layer->d;
	struct designator target;
	const struct xml_node *ref = xml_child(xref, "std-ref");
	struct bytes words = sts_value(d->arena, ref != NULL ? ref : xref);
	int type = value_of(XREFS, xml_value(xref, "type"));
	if (words.len == 0)
		return;
	if (type == 0)
		d->warnings++;
	else if (!draft_target(d, words, &target))
		return;
	else if (type < XREF_ADOPTS)
		draft_link(d, type, target.canonical);
	else
		sts_adopts(layer, target.canonical, type - XREF_ADOPTS, NULL);
}

/* ---- where it belongs, and whose it is ------------------------------------------------------------------------ */

/* Members of ISO whose short name is nobody else's. */
static const char *country_of(const char *body)
{
	static const char *const table[][2] = {
		{ "ABNT", "BR" }, { "AENOR", "ES" }, { "AFNOR", "FR" }, { "ANSI", "US" }, { "BSI", "GB" }, { "DIN", "DE" },
		{ "JISC", "JP" }, { "KATS", "KR" },  { "NBN", "BE" },   { "NEN", "NL" },  { "SAC", "CN" }, { "SCC", "CA" },
		{ "SFS", "FI" },  { "SIS", "SE" },   { "SNV", "CH" },   { "UNE", "ES" },  { "UNI", "IT" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcasecmp(table[i][0], body) == 0)
			return table[i][1];
	return NULL;
}

static bool is_regional(const char *body)
{
	static const char *const bodies[] = { "CEN", "CENELEC", "CLC", "ETSI" };
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		if (strcasecmp(bodies[i], body) == 0)
			return true;
	return false;
}

static int level_of(const struct xml_node *meta)
{
	static const struct word blocks[] = {
		{ "isometa", NORMLINK__LEVEL__LEVEL_INTERNATIONAL },
		{ "regmeta", NORMLINK__LEVEL__LEVEL_REGIONAL },
		{ "natmeta", NORMLINK__LEVEL__LEVEL_NATIONAL },
		{ "international", NORMLINK__LEVEL__LEVEL_INTERNATIONAL },
		{ "regional", NORMLINK__LEVEL__LEVEL_REGIONAL },
		{ "national", NORMLINK__LEVEL__LEVEL_NATIONAL },
		{ NULL, 0 },
	};
	int level = value_of(blocks, meta->name);
	return level != 0 ? level : value_of(blocks, xml_value(meta, "std-meta-type"));
}

static void read_place(struct draft *d, const struct xml_node *meta, const char *originator)
{
	draft_scope(d);
	int level = level_of(meta);
	const char *country = country_of(originator);
	if (level == 0)
		level = country != NULL           ? NORMLINK__LEVEL__LEVEL_NATIONAL
		        : is_regional(originator) ? NORMLINK__LEVEL__LEVEL_REGIONAL
		                                  : 0;
	if (d->standard.has_level || level == 0)
		return;
	d->standard.has_level = true;
	d->standard.level = (Normlink__Level)level;
	if (level == NORMLINK__LEVEL__LEVEL_NATIONAL && country != NULL)
		d->standard.region = arena_str(d->arena, country);
}

static void read_publisher(struct draft *d, const struct xml_node *meta)
{
	const struct xml_node *org = xml_child(meta, "std-org");
	if (org == NULL)
		org = xml_child(xml_child(meta, "std-org-group"), "std-org");
	const char *attribute = xml_value(meta, "originator");
	struct bytes words[] = {
		sts_value(d->arena, xml_child(org, "std-org-abbrev")),
		sts_value(d->arena, xml_child(org, "std-org-name")),
		sts_value(d->arena, org),
		clean_line(d->arena, bytes_str(attribute != NULL ? attribute : "")),
		sts_value(d->arena, xml_child(xml_child(meta, "std-ident"), "originator")),
		sts_value(d->arena, xml_child(xml_child(meta, "doc-ident"), "sdo")),
	};
	const char *originator = attribute != NULL ? attribute : (const char *)words[4].data;
	read_place(d, meta, originator);
	for (size_t i = 0; i < sizeof words / sizeof words[0] && d->standard.publisher == NULL; i++)
		draft_label(d, &d->standard.publisher, words[i]);
}

/* The licence, else who claims the copyright and how. */
static struct bytes licence_of(struct arena *arena, const struct xml_node *permissions)
{
	const struct xml_node *licence = xml_child(permissions, "license");
	const char *href = xml_value(licence, "href");
	struct bytes words = sts_value(arena, licence);
	if (href != NULL && words.len == 0)
		words = clean_line(arena, bytes_str(href));
	return words.len > 0 ? words : sts_value(arena, xml_child(permissions, "copyright-statement"));
}

static struct bytes address_of(struct arena *arena, const struct xml_node *uri)
{
	const char *href = xml_value(uri, "href");
	struct bytes words = href != NULL ? clean_line(arena, bytes_str(href)) : sts_value(arena, uri);
	bool web = strncasecmp((const char *)words.data, "https://", 8) == 0 ||
	           strncasecmp((const char *)words.data, "http://", 7) == 0;
	return web && strchr((const char *)words.data, ' ') == NULL ? words : bytes_str("");
}

static void read_source(struct draft *d, const struct xml_node *meta)
{
	struct bytes licence = licence_of(d->arena, xml_child(meta, "permissions"));
	struct bytes url = address_of(d->arena, xml_child(meta, "self-uri"));
	if (d->record.source != NULL || (licence.len == 0 && url.len == 0))
		return;
	Normlink__Source *source = arena_get(d->arena, sizeof *source);
	normlink__source__init(source);
	draft_label(d, &source->licence, licence);
	draft_label(d, &source->url, url);
	if (source->licence != NULL || source->url != NULL)
		d->record.source = source;
}

void sts_facts(struct sts_layer *layer, const struct xml_node *meta)
{
	struct draft *d = &layer->d;
	read_texts(layer, meta);
	read_dates(layer, meta);
	read_status(d, meta);
	if (d->standard.edition == NULL)
		draft_label(d, &d->standard.edition, sts_value(d->arena, xml_child(xml_child(meta, "std-ident"), "edition")));
	read_lists(d, meta);
	read_publisher(d, meta);
	for (const struct xml_node *n = xml_child(meta, "std-xref"); n != NULL; n = xml_next(n, "std-xref"))
		read_xref(layer, n);
	read_source(d, meta);
}
