#include "node/ingest/pmh.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/draft.h"
#include "node/ingest/dublin.h"
#include "node/ingest/marc.h"
#include "node/ingest/relaton.h"
#include "node/ingest/relaton_xml.h"
#include "node/ingest/sts.h"
#include "node/ingest/xml.h"
#include "proto/record.h"

/* ---- formats -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word, *name_space;
} FORMATS[PMH_FORMATS] = {
	[PMH_RELATON] = { "relaton", "https://open.ribose.com/relaton-xml" },
	[PMH_MARC21] = { "marc21", "http://www.loc.gov/MARC21/slim" },
	[PMH_NISO_STS] = { "niso_sts", "urn:normlink:niso-sts" },
	[PMH_OAI_DC] = { "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/" },
};

const char *pmh_format_word(enum pmh_format format)
{
	return FORMATS[format].word;
}

enum pmh_format pmh_format_of_word(const char *word)
{
	for (int i = PMH_RELATON; i < PMH_FORMATS; i++)
		if (strcmp(FORMATS[i].word, word) == 0)
			return (enum pmh_format)i;
	return PMH_NO_FORMAT;
}

static enum pmh_format format_of(const struct pmh_offer *offer)
{
	for (int i = PMH_RELATON; i < PMH_FORMATS; i++)
		if (strcmp(FORMATS[i].name_space, offer->name_space) == 0)
			return (enum pmh_format)i;
	return pmh_format_of_word(offer->prefix);
}

const char *pmh_choose(const struct pmh_page *page, const char *prefix, enum pmh_format wanted, enum pmh_format *format)
{
	const char *best = NULL;
	*format = PMH_NO_FORMAT;
	for (size_t i = 0; i < page->offer_count; i++) {
		const struct pmh_offer *o = &page->offers[i];
		enum pmh_format own = format_of(o);
		if (prefix != NULL && strcmp(o->prefix, prefix) == 0) {
			*format = wanted != PMH_NO_FORMAT ? wanted : own;
			return *format != PMH_NO_FORMAT ? o->prefix : NULL;
		}
		bool fits = prefix == NULL && own != PMH_NO_FORMAT && (wanted == PMH_NO_FORMAT || own == wanted);
		if (!fits || (best != NULL && own >= *format))
			continue;
		best = o->prefix;
		*format = own;
	}
	return best;
}

/* ---- one item ------------------------------------------------------------------------------------------------- */

static const char *words(struct arena *arena, const struct xml_node *node)
{
	struct bytes text = clean_line(arena, xml_content(arena, node));
	return arena_strn(arena, text.data, text.len);
}

/* An item while it is read: what is worked with goes with it, what comes of it stays. */
struct reading {
	const struct pmh_source *source;
	struct arena *arena;
	struct pmh_item *item;
	struct arena *page;
};

/* Whose facts these are is said in each record. */
static int stamp(struct reading *r, Normlink__Record *record, struct err *err)
{
	Normlink__Source *s = record->source;
	struct buf bytes = { 0 };
	if (s == NULL) {
		s = record->source = arena_get(r->arena, sizeof *s);
		normlink__source__init(s);
	}
	s->repository = r->source->url != NULL ? arena_str(r->arena, r->source->url) : NULL;
	s->identifier = r->item->identifier[0] != '\0' ? arena_str(r->arena, r->item->identifier) : NULL;
	if (r->source->name != NULL)
		s->name = arena_str(r->arena, r->source->name);
	if (s->url == NULL)
		s->url = s->repository;
	if (r->source->licence != NULL)
		s->licence = arena_str(r->arena, r->source->licence);
	int rc = record_encode(record, &bytes, err);
	if (rc == OK)
		r->item->v[r->item->count++] = (struct pmh_record){
			.record = arena_bytes(r->page, buf_bytes(&bytes)),
			.kind = (int)record->kind,
			.subject = arena_str(r->page, record->subject),
		};
	buf_free(&bytes);
	return rc;
}

static int stamp_bytes(struct reading *r, struct bytes bytes, struct err *err)
{
	Normlink__Record *record;
	int rc = record_decode(bytes, r->arena, &record, err);
	return rc == OK ? stamp(r, record, err) : rc;
}

static const struct xml_node *element_in(const struct xml_node *parent)
{
	const struct xml_node *n = parent != NULL ? parent->child : NULL;
	while (n != NULL && n->name == NULL)
		n = n->next;
	return n;
}

typedef int (*draft_read)(const struct xml_node *node, struct draft *d, struct err *err);

static int read_draft(struct reading *r, const struct xml_node *node, draft_read read_cb, struct err *err)
{
	struct draft *d = arena_get(r->arena, sizeof *d);
	draft_begin(d, r->arena);
	int rc = read_cb(node, d, err);
	r->item->warnings += d->warnings;
	return rc == OK ? stamp(r, &d->record, err) : rc;
}

static int read_relaton(struct reading *r, const struct xml_node *node, struct err *err)
{
	struct relaton_facts facts = { 0 };
	struct buf bytes = { 0 };
	const struct yaml_node *tree = relaton_from_xml(r->arena, node, &r->item->warnings);
	int rc = relaton_read_node(tree, r->arena, &bytes, &facts, err);
	r->item->warnings += facts.warnings;
	if (rc == OK)
		rc = stamp_bytes(r, buf_bytes(&bytes), err);
	buf_free(&bytes);
	return rc;
}

/* Documents have their metadata in a front; what is exchanged is often the metadata alone. */
static const struct xml_node *with_front(struct arena *arena, const struct xml_node *node)
{
	bool whole = xml_is(node, "standard") || xml_is(node, "adoption");
	if (whole && (xml_child(node, "front") != NULL || xml_child(node, "adoption-front") != NULL))
		return node;
	struct xml_node *document = arena_get(arena, sizeof *document), *front = arena_get(arena, sizeof *front);
	struct xml_node *meta = arena_get(arena, sizeof *meta);
	*meta = *node;
	meta->next = NULL;
	*document = (struct xml_node){ .name = "standard", .child = front, .last = front };
	*front = (struct xml_node){ .name = "front", .parent = document };
	front->child = whole ? node->child : meta;
	front->last = whole ? node->last : meta;
	return document;
}

/* The item's own standard and its adoption.  Standards inside it are items of their own, if the provider has them. */
static int read_sts(struct reading *r, const struct xml_node *node, struct err *err)
{
	struct sts_record *records;
	size_t count = 0;
	int rc = sts_read(with_front(r->arena, node), 0, r->arena, &records, &count, err);
	for (size_t i = 0; rc == OK && i < count && !records[i].held && i < 2; i++) {
		r->item->warnings += records[i].warnings;
		rc = stamp_bytes(r, records[i].record, err);
	}
	return rc;
}

static int read_metadata(struct reading *r, const struct xml_node *metadata, struct err *err)
{
	const struct xml_node *n = element_in(metadata);
	if (n == NULL)
		return err_set(err, ERR_INVALID, "metadata: nothing is in it");
	switch (r->source->format) {
	case PMH_RELATON:
		return read_relaton(r, n, err);
	case PMH_NISO_STS:
		return read_sts(r, n, err);
	case PMH_MARC21:
		return read_draft(r, xml_is(n, "collection") ? xml_child(n, "record") : n, marc_read, err);
	case PMH_OAI_DC:
	case PMH_NO_FORMAT:
	case PMH_FORMATS:
		break;
	}
	return xml_is(n, "dc") ? read_draft(r, n, dublin_read, err) : err_set(err, ERR_INVALID, "metadata: no oai_dc");
}

static void read_item(const struct xml_node *record, const struct pmh_source *source, struct arena *arena,
                      struct pmh_item *out)
{
	const struct xml_node *header = xml_child(record, "header");
	const char *status = header != NULL ? xml_value(header, "status") : NULL;
	struct arena work = { .cap = SIZE_MAX }; /* the page is bounded, and everything made of it linear */
	struct reading r = { source, &work, out, arena };
	struct err err = { 0 };
	*out = (struct pmh_item){ .identifier = words(arena, xml_child(header, "identifier")) };
	out->deleted = status != NULL && strcmp(status, "deleted") == 0;
	/* What is deleted, or said anew, is found again by it alone. */
	if (out->identifier[0] == '\0')
		out->refused = "header: no identifier";
	if (out->deleted || out->refused != NULL)
		return;
	out->v = arena_array(arena, 2, sizeof *out->v);
	if (read_metadata(&r, xml_child(record, "metadata"), &err) != OK) {
		out->count = 0;
		out->refused = arena_str(arena, err.text);
	}
	arena_free(&work);
}

/* ---- the answer ----------------------------------------------------------------------------------------------- */

static enum xml_want wants(const struct xml_node *parent, const char *name)
{
	static const char *const passed_over[] = { "about", "setSpec", "description", "body", "back", "sec" };
	if (parent == NULL)
		return strcmp(name, "OAI-PMH") == 0 ? XML_KEEP : XML_SKIP;
	/* Nobody reads what stands about a record, what a provider says of itself, or the text of a standard. */
	size_t count = xml_is(parent, "dc") || xml_is(parent, "relation") || xml_is(parent, "role") ? 0 : 6;
	for (size_t i = 0; i < count; i++)
		if (strcmp(passed_over[i], name) == 0)
			return XML_SKIP;
	return XML_KEEP;
}

static size_t count_children(const struct xml_node *list, const char *name)
{
	size_t count = 0;
	for (const struct xml_node *n = xml_child(list, name); n != NULL; n = xml_next(n, name))
		count++;
	return count;
}

static void read_records(const struct xml_node *list, const struct pmh_source *source, struct arena *arena,
                         struct pmh_page *out)
{
	out->v = arena_array(arena, count_children(list, "record") + 1, sizeof *out->v);
	for (const struct xml_node *n = xml_child(list, "record"); n != NULL; n = xml_next(n, "record"))
		read_item(n, source, arena, &out->v[out->count++]);
	out->token = words(arena, xml_child(list, "resumptionToken"));
}

static void read_offers(const struct xml_node *list, struct arena *arena, struct pmh_page *out)
{
	out->offers = arena_array(arena, count_children(list, "metadataFormat") + 1, sizeof *out->offers);
	for (const struct xml_node *n = xml_child(list, "metadataFormat"); n != NULL; n = xml_next(n, "metadataFormat"))
		out->offers[out->offer_count++] = (struct pmh_offer){
			.prefix = words(arena, xml_child(n, "metadataPrefix")),
			.name_space = words(arena, xml_child(n, "metadataNamespace")),
		};
}

static void read_identify(const struct xml_node *says, struct arena *arena, struct pmh_page *out)
{
	out->repository = words(arena, xml_child(says, "repositoryName"));
	out->seconds = strchr(words(arena, xml_child(says, "granularity")), 'T') != NULL;
	out->forgets = strcmp(words(arena, xml_child(says, "deletedRecord")), "persistent") != 0;
}

static void read_page(const struct xml_node *root, const struct pmh_source *source, struct arena *arena,
                      struct pmh_page *out)
{
	const struct xml_node *error = xml_child(root, "error");
	const char *code = error != NULL ? xml_value(error, "code") : NULL;
	read_records(xml_child(root, "ListRecords"), source, arena, out);
	read_offers(xml_child(root, "ListMetadataFormats"), arena, out);
	read_identify(xml_child(root, "Identify"), arena, out);
	out->date = words(arena, xml_child(root, "responseDate"));
	out->error = error == NULL ? NULL : code != NULL ? code : "";
	out->error_words = words(arena, error);
}

static bool is_answer(const struct xml_node *root)
{
	static const char *const names[] = { "ListRecords", "ListMetadataFormats", "Identify", "error" };
	for (size_t i = 0; root != NULL && i < sizeof names / sizeof names[0]; i++)
		if (xml_child(root, names[i]) != NULL)
			return true;
	return false;
}

int pmh_read(struct bytes xml, const struct pmh_source *source, struct arena *arena, struct pmh_page *out,
             struct err *err)
{
	const struct xml_node *root = NULL;
	uint64_t warnings = 0;
	*out = (struct pmh_page){ .token = "", .repository = "", .date = "", .error_words = "" };
	arena->cap = SIZE_MAX; /* xml_allow bounds it */
	struct xml_reader *x = xml_open(arena, wants, &warnings);
	xml_allow(x, HARVEST_PAGE_MAX, HARVEST_NODES_MAX);
	int rc = xml_feed(x, xml, err);
	if (rc == OK)
		rc = xml_finish(x, &root, err);
	xml_close(x);
	if (rc != OK)
		return rc;
	if (!is_answer(root))
		return err_set(err, ERR_INVALID,
		               "not an answer of OAI-PMH 2.0 to Identify, ListMetadataFormats or ListRecords");
	read_page(root, source, arena, out);
	return OK;
}
