#include "node/api/linked.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/piece.h"
#include "node/api/statement.h"
#include "node/base/must.h"
#include "proto/edges.h"

static const char context[] = "{\"dcat\":\"http://www.w3.org/ns/dcat#\",\"dcterms\":\"http://purl.org/dc/terms/\","
                              "\"foaf\":\"http://xmlns.com/foaf/0.1/\",\"schema\":\"https://schema.org/\","
                              "\"skos\":\"http://www.w3.org/2004/02/skos/core#\","
                              "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\",\"normlink\":\"urn:normlink:\"}";

/* What an edge is called there; of ours what they have no term for. */
static const struct {
	int type;
	const char *term;
} TERMS[] = {
	{ NORMLINK__LINK_TYPE__LINK_REPLACES, "dcterms:replaces" },
	{ NORMLINK__LINK_TYPE__LINK_REPLACED_BY, "dcterms:isReplacedBy" },
	{ NORMLINK__LINK_TYPE__LINK_CITES, "dcterms:references" },
	{ NORMLINK__LINK_TYPE__LINK_AMENDS, "normlink:amends" },
	{ NORMLINK__LINK_TYPE__LINK_AMENDED_BY, "normlink:amendedBy" },
	{ NORMLINK__LINK_TYPE__LINK_CORRECTS, "normlink:corrects" },
	{ NORMLINK__LINK_TYPE__LINK_CORRECTED_BY, "normlink:correctedBy" },
	{ NORMLINK__LINK_TYPE__LINK_IDENTICAL, "normlink:identicalTo" },
	{ EDGE_ADOPTS, "schema:isBasedOn" },
	{ EDGE_TRANSLATES, "schema:translationOfWork" },
	{ EDGE_REGULATES, "normlink:regulates" },
	{ 0, "dcterms:relation" }, /* every other */
};
enum { TERM_COUNT = sizeof TERMS / sizeof TERMS[0] };

const char *linked_root(const struct answer *a)
{
	return a->context->base_url != NULL ? a->context->base_url : "";
}

/* ---- names ---- */

static const char *id_of(const struct answer *a, const char *subject, int kind)
{
	bool own =
	    kind == NORMLINK__KIND__KIND_STANDARD || kind == NORMLINK__KIND__KIND_ADOPTION || kind_word(kind) == NULL;
	return arena_printf(a->arena, "%s/id/%s%s%s", linked_root(a), answer_escaped(a->arena, subject, "/"),
	                    own ? "" : "?kind=", own ? "" : kind_word(kind));
}

static const char *entry_of(const struct answer *a, const struct found *found, const char *more)
{
	return arena_printf(a->arena, "%s/api/v1/entries/%" PRIu64 "%s?origin=%s", linked_root(a), found->index, more,
	                    answer_escaped(a->arena, found->origin, "/"));
}

static const char *catalog_of(const struct answer *a, const char *origin)
{
	return arena_printf(a->arena, "%s/api/v1/records?origin=%s", linked_root(a), answer_escaped(a->arena, origin, "/"));
}

/* ---- values ---- */

static void put_ref(struct json *j, const char *id)
{
	json_object_begin(j);
	json_put_text(j, "@id", id);
	json_object_end(j);
}

static void put_typed(struct json *j, const char *key, const char *value, const char *type)
{
	if (value == NULL || value[0] == '\0')
		return;
	json_key(j, key);
	json_object_begin(j);
	json_put_text(j, "@value", value);
	json_put_text(j, "@type", type);
	json_object_end(j);
}

/* YYYY, YYYY-MM or YYYY-MM-DD. */
static void put_date(struct json *j, const char *key, const char *date)
{
	size_t len = date != NULL ? strlen(date) : 0;
	put_typed(j, key, date, len == 4 ? "xsd:gYear" : len == 7 ? "xsd:gYearMonth" : "xsd:date");
}

static void put_some(struct json *j, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		json_put_text(j, key, value);
}

static void put_texts(struct json *j, const Normlink__Record *r, int role, const char *key)
{
	bool begun = false;
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		if ((int)t->role != role || t->value == NULL)
			continue;
		if (!begun) {
			json_key(j, key);
			json_array_begin(j);
		}
		begun = true;
		json_object_begin(j);
		json_put_text(j, "@value", t->value);
		if (t->lang != NULL && strcmp(t->lang, "und") != 0)
			json_put_text(j, "@language", t->lang);
		json_object_end(j);
	}
	if (begun)
		json_array_end(j);
}

/* Codes of a classification as concepts of a scheme. */
static void put_codes(struct json *j, const char *scheme, char *const *codes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_object_begin(j);
		json_put_text(j, "@type", "skos:Concept");
		json_put_text(j, "skos:notation", codes[i]);
		json_key(j, "skos:inScheme");
		put_ref(j, scheme);
		json_object_end(j);
	}
}

static void put_agents(struct json *j, const char *key, char *const *names, size_t count)
{
	if (count == 0)
		return;
	json_key(j, key);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++) {
		json_object_begin(j);
		json_put_text(j, "@type", "schema:Organization");
		json_put_text(j, "foaf:name", names[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

/* ---- edges ---- */

static size_t term_of(int type)
{
	size_t i = 0;
	while (i < TERM_COUNT - 1 && TERMS[i].type != type)
		i++;
	return i;
}

struct edges {
	const struct answer *a;
	struct json *j;
	size_t term;
	bool begun;
	bool degrees; /* adoptions with their degree instead */
};

static void put_adoption(const struct edges *e, const struct edge *edge)
{
	json_object_begin(e->j);
	json_key(e->j, "normlink:adopts");
	put_ref(e->j, id_of(e->a, edge->target, 0));
	put_some(e->j, "normlink:degree", degree_word(edge->detail));
	json_object_end(e->j);
}

static int put_edge(void *arg, const struct edge *edge, struct err *err)
{
	struct edges *e = arg;
	(void)err;
	if (term_of(edge->type) != e->term)
		return OK;
	if (!e->begun) {
		json_key(e->j, e->degrees ? "normlink:adoption" : TERMS[e->term].term);
		json_array_begin(e->j);
	}
	e->begun = true;
	if (e->degrees)
		put_adoption(e, edge);
	else
		put_ref(e->j, id_of(e->a, edge->target, 0));
	return OK;
}

static void put_edges_of(const struct answer *a, const Normlink__Record *r, size_t term, bool degrees, struct json *j)
{
	struct edges e = { .a = a, .j = j, .term = term, .degrees = degrees };
	struct err err = { 0 };
	must(record_edges(r, put_edge, &e, &err) == OK);
	if (e.begun)
		json_array_end(j);
}

static void put_edges(const struct answer *a, const Normlink__Record *r, struct json *j)
{
	for (size_t i = 0; i < TERM_COUNT; i++)
		put_edges_of(a, r, i, false, j);
	put_edges_of(a, r, term_of(EDGE_ADOPTS), true, j);
}

/* ---- what a record is about ---- */

static const char *issued_of(const Normlink__Record *r)
{
	const char *date = record_date(r, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED);
	return date != NULL ? date : record_date(r, NORMLINK__EVENT_TYPE__EVENT_ISSUED);
}

static void put_standard(const Normlink__Record *r, struct json *j)
{
	const Normlink__Standard *s = r->standard;
	put_date(j, "dcterms:issued", issued_of(r));
	put_date(j, "dcterms:available", record_date(r, NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED));
	put_date(j, "schema:expires", record_date(r, NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN));
	put_some(j, "schema:version", s->edition);
	put_agents(j, "dcterms:publisher", &s->publisher, s->publisher != NULL ? 1 : 0);
	put_agents(j, "dcterms:creator", s->committees, s->n_committees);
	if (s->n_languages > 0) {
		json_key(j, "schema:inLanguage");
		json_array_begin(j);
		for (size_t i = 0; i < s->n_languages; i++)
			json_text(j, s->languages[i]);
		json_array_end(j);
	}
}

static void put_subjects(const Normlink__Record *r, struct json *j)
{
	size_t ics_count = 0, ccs_count = r->standard != NULL ? r->standard->n_ccs : 0;
	char *const *ics = record_ics(r, &ics_count);
	if (ics_count + ccs_count == 0)
		return;
	json_key(j, "dcterms:subject");
	json_array_begin(j);
	put_codes(j, "normlink:ics", ics, ics_count);
	put_codes(j, "normlink:ccs", ccs_count > 0 ? r->standard->ccs : NULL, ccs_count);
	json_array_end(j);
}

static void put_types(const Normlink__Record *r, struct json *j)
{
	bool standard = r->kind == NORMLINK__KIND__KIND_STANDARD || r->kind == NORMLINK__KIND__KIND_ADOPTION;
	json_key(j, "@type");
	json_array_begin(j);
	if (standard)
		json_text(j, "dcterms:Standard");
	json_text(j, "schema:CreativeWork");
	json_array_end(j);
}

/* An edition is a version of the standard without a year. */
static void put_family(const struct answer *a, const Normlink__Record *r, struct json *j)
{
	struct designator d;
	if (record_subject((int)r->kind, r->subject, &d, NULL) != OK || d.year == 0 || d.supplement || d.fragment)
		return;
	json_key(j, "dcterms:isVersionOf");
	put_ref(j, id_of(a, d.undated, 0));
}

/* about: NULL, or the id that this is said about by somebody else. */
static void put_topic(const struct answer *a, const char *id, const char *about, const Normlink__Record *r,
                      struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "@id", id);
	put_types(r, j);
	if (about != NULL) {
		json_key(j, "normlink:about");
		put_ref(j, about);
	}
	json_put_text(j, "dcterms:identifier", r->subject);
	put_some(j, "dcterms:type", kind_word((int)r->kind));
	put_texts(j, r, NORMLINK__ROLE__ROLE_TITLE, "dcterms:title");
	put_texts(j, r, NORMLINK__ROLE__ROLE_ABSTRACT, "dcterms:abstract");
	put_some(j, "schema:creativeWorkStatus", status_word(record_status(r)));
	if (r->standard != NULL)
		put_standard(r, j);
	put_subjects(r, j);
	put_family(a, r, j);
	put_edges(a, r, j);
	json_object_end(j);
}

/* ---- entries and logs ---- */

static void put_entry(struct answer *a, const struct history_group *g, const struct statement *s, const char *topic,
                      struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "@id", entry_of(a, g->current, ""));
	json_put_text(j, "@type", "dcat:CatalogRecord");
	json_put_text(j, "dcterms:identifier", arena_printf(a->arena, "%s#%" PRIu64, g->origin, g->current->index));
	json_key(j, "foaf:primaryTopic");
	put_ref(j, topic);
	json_key(j, "dcterms:conformsTo");
	put_ref(j, "normlink:record");
	put_typed(j, "dcterms:modified", answer_time(a->arena, s->envelope.time_ms, true), "xsd:dateTime");
	json_put_text(j, "normlink:authority", authority_word(g->authority));
	json_put_bool(j, "normlink:frozen", answer_frozen(a, g->origin));
	if (s->record == NULL || s->record->retraction != NULL)
		json_put_text(j, "normlink:state", s->record == NULL ? statement_state(g->current) : "retracted");
	json_put_text(j, "normlink:payloadDigest", answer_hex(a->arena, bytes_of(s->envelope.payload_digest.b, HASH_SIZE)));
	json_key(j, "normlink:proof");
	put_ref(j, entry_of(a, g->current, "/proof"));
	json_object_end(j);
}

/* The first that may speak for a subject and kind says what it is. */
static bool speaks(const struct history *h, size_t number)
{
	const struct history_group *g = &h->groups[number];
	if (!authority_plain(g->authority))
		return false;
	for (size_t i = 0; i < number; i++)
		if (h->groups[i].kind == g->kind && strcmp(h->groups[i].subject, g->subject) == 0 &&
		    h->groups[i].current != NULL)
			return false;
	return true;
}

static void put_group(struct answer *a, const struct history *h, size_t number, struct json *j)
{
	const struct history_group *g = &h->groups[number];
	struct statement s;
	if (g->current == NULL)
		return;
	bool own = speaks(h, number);
	const char *about = id_of(a, g->subject, g->kind);
	const char *topic = own ? about : arena_printf(a->arena, "%s#said", entry_of(a, g->current, ""));
	statement_read(&s, g->current, g->subject);
	put_entry(a, g, &s, topic, j);
	if (s.record != NULL && s.record->retraction == NULL)
		put_topic(a, topic, own ? NULL : about, s.record, j);
	statement_free(&s);
}

/* Every log at the snapshot: the as-of. */
static void put_catalog(struct answer *a, const struct history *h, const struct as_of *at, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "@id", catalog_of(a, at->origin));
	json_put_text(j, "@type", "dcat:Catalog");
	json_put_text(j, "dcterms:identifier", at->origin);
	json_put_u64(j, "normlink:size", at->size);
	json_put_text(j, "normlink:root", answer_root(a->arena, &at->root));
	json_put_bool(j, "normlink:frozen", fork_stops(at->fork));
	json_key(j, "dcat:record");
	json_array_begin(j);
	for (size_t i = 0; i < h->group_count; i++)
		if (h->groups[i].current != NULL && strcmp(h->groups[i].origin, at->origin) == 0)
			put_ref(j, entry_of(a, h->groups[i].current, ""));
	json_array_end(j);
	json_object_end(j);
}

void linked_put(struct answer *a, const struct history *h)
{
	struct json j = { .out = &a->body };
	a->type = "application/ld+json";
	json_object_begin(&j);
	json_key(&j, "@context");
	json_raw(&j, bytes_str(context));
	json_key(&j, "@graph");
	json_array_begin(&j);
	for (size_t i = 0; i < h->group_count; i++)
		put_group(a, h, i, &j);
	for (size_t i = 0; i < a->as_of_count; i++)
		put_catalog(a, h, &a->as_of[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}
