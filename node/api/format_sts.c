/* A standard as the std-meta of NISO STS 1.0 and 1.2 (ANSI/NISO Z39.102).
 *
 * That schema has no namespace, and a record of OAI-PMH must have one: the wrapper has it, and std-meta stands in it as
 * a document of that schema has it.
 */
#include <string.h>

#include "node/api/formats.h"

/* Of the words of open lists those that readers know. */
static const char *xref_word(int type)
{
	switch (type) {
	case NORMLINK__LINK_TYPE__LINK_REPLACES:
		return "replaces";
	case NORMLINK__LINK_TYPE__LINK_REPLACED_BY:
		return "isReplacedBy";
	case NORMLINK__LINK_TYPE__LINK_AMENDS:
		return "amends";
	case NORMLINK__LINK_TYPE__LINK_AMENDED_BY:
		return "isAmendedBy";
	case NORMLINK__LINK_TYPE__LINK_CORRECTS:
		return "corrects";
	case NORMLINK__LINK_TYPE__LINK_CORRECTED_BY:
		return "isCorrectedBy";
	case NORMLINK__LINK_TYPE__LINK_CITES:
		return "normativelyReferences";
	default:
		return NULL;
	}
}

static const char *adoption_word(const Normlink__Adopts *a)
{
	const char *degree = format_degree(a->has_degree, (int)a->degree);
	if (degree == NULL)
		return "adopts";
	return degree[0] == 'I' ? "isIdenticalAdoptionOf" : degree[0] == 'M' ? "isModifiedAdoptionOf" : "isNotEquivalentTo";
}

static const char *date_word(int type)
{
	switch (type) {
	case NORMLINK__EVENT_TYPE__EVENT_PUBLISHED:
		return "published";
	case NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED:
		return "effective";
	case NORMLINK__EVENT_TYPE__EVENT_CONFIRMED:
		return "reaffirmed";
	case NORMLINK__EVENT_TYPE__EVENT_CORRECTED:
		return "corrected";
	case NORMLINK__EVENT_TYPE__EVENT_UPDATED:
		return "updated";
	case NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN:
		return "withdrawn";
	case NORMLINK__EVENT_TYPE__EVENT_ISSUED:
		return "issued";
	case NORMLINK__EVENT_TYPE__EVENT_APPROVED:
		return "approved";
	default:
		return NULL;
	}
}

static void put_lang(struct xml *x, const Normlink__Text *t)
{
	if (t->lang != NULL && strcmp(t->lang, "und") != 0)
		xml_attribute(x, "xml:lang", t->lang);
}

static void put_titles(struct xml *x, const Normlink__Record *r)
{
	for (size_t i = 0; i < r->n_texts; i++) {
		const Normlink__Text *t = r->texts[i];
		if (t->role != NORMLINK__ROLE__ROLE_TITLE)
			continue;
		xml_begin(x, "title-wrap");
		put_lang(x, t);
		xml_put(x, "full", t->value);
		xml_end(x);
	}
}

/* A deliverable's type stands behind the body: "ISO/IEC TR", "ISO/TS". */
static const char *type_in(const char *prefix)
{
	static const char *const types[] = { "TS", "TR", "PAS", "Guide", "IWA" };
	const char *last = strpbrk(prefix, " /") != NULL ? prefix + strlen(prefix) : prefix;
	while (last > prefix && last[-1] != ' ' && last[-1] != '/')
		last--;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (last > prefix && strcmp(last, types[i]) == 0)
			return last;
	return NULL;
}

static void put_number(struct xml *x, const struct designator *d)
{
	const char *part = strchr(d->number, '-'), *type = type_in(d->prefix);
	size_t len = type != NULL ? (size_t)(type - d->prefix) - 1 : strlen(d->prefix);
	xml_begin(x, "originator");
	xml_bytes(x, bytes_of(d->prefix, len));
	xml_end(x);
	xml_put(x, "doc-type", type);
	xml_begin(x, "doc-number");
	xml_bytes(x, bytes_of(d->number, part != NULL ? (size_t)(part - d->number) : strlen(d->number)));
	xml_end(x);
	xml_put(x, "part-number", part != NULL ? part + 1 : NULL);
}

/* The parts of a reference, where it is of a known family and the standard's own. */
static void put_ident(struct xml *x, const Normlink__Standard *s, const struct designator *d)
{
	bool parts = d->prefix[0] != '\0' && d->number[0] != '\0' && !d->supplement;
	if (!parts && s->edition == NULL)
		return;
	xml_begin(x, "std-ident");
	if (parts)
		put_number(x, d);
	xml_put(x, "edition", s->edition);
	if (parts && d->year > 0)
		xml_put_u64(x, "year", (uint64_t)d->year);
	xml_end(x);
}

static void put_ref(struct xml *x, const char *type, const char *text)
{
	xml_begin(x, "std-ref");
	xml_attribute(x, "type", type);
	xml_text(x, text);
	xml_end(x);
}

static void put_list(struct xml *x, const char *name, char *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		xml_put(x, name, values[i]);
}

static void put_names(struct xml *x, const Normlink__Record *r)
{
	const Normlink__Standard *s = r->standard;
	struct designator d;
	bool known = designator_parse(bytes_str(r->subject), &d, NULL) == OK;
	if (known)
		put_ident(x, s, &d);
	if (s->publisher != NULL) {
		xml_begin(x, "std-org");
		xml_put(x, "std-org-name", s->publisher);
		xml_end(x);
	}
	put_list(x, "content-language", s->languages, s->n_languages);
	bool dated = known && d.year > 0;
	put_ref(x, dated ? "dated" : "undated", r->subject);
	if (dated && !d.supplement)
		put_ref(x, "undated", d.undated);
}

static void put_dates(struct xml *x, const Normlink__Standard *s)
{
	for (size_t i = 0; i < s->n_events; i++) {
		const char *word = date_word((int)s->events[i]->type);
		if (word == NULL || s->events[i]->date == NULL)
			continue;
		xml_begin(x, "release-date");
		xml_attribute(x, "date-type", word);
		xml_attribute(x, "iso-8601-date", s->events[i]->date);
		xml_text(x, s->events[i]->date);
		xml_end(x);
	}
}

static void put_xref(struct xml *x, const char *type, const char *target)
{
	if (type == NULL)
		return;
	xml_begin(x, "std-xref");
	xml_attribute(x, "type", type);
	xml_put(x, "std-ref", target);
	xml_end(x);
}

static void put_links(struct xml *x, const Normlink__Standard *s)
{
	for (size_t i = 0; i < s->n_links; i++)
		put_xref(x, xref_word((int)s->links[i]->type), s->links[i]->target);
	for (size_t i = 0; i < s->n_adopts; i++)
		put_xref(x, adoption_word(s->adopts[i]), s->adopts[i]->target);
}

static void put_source(struct xml *x, const Normlink__Source *source)
{
	if (source == NULL)
		return;
	if (source->licence != NULL) {
		xml_begin(x, "permissions");
		xml_begin(x, "license");
		xml_put(x, "license-p", source->licence);
		xml_end(x);
		xml_end(x);
	}
	xml_put(x, "self-uri", source->url);
}

static void put_abstracts(struct xml *x, const Normlink__Record *r)
{
	for (size_t i = 0; i < r->n_texts; i++) {
		if (r->texts[i]->role != NORMLINK__ROLE__ROLE_ABSTRACT)
			continue;
		xml_begin(x, "abstract");
		put_lang(x, r->texts[i]);
		xml_put(x, "p", r->texts[i]->value);
		xml_end(x);
	}
}

void format_sts(struct xml *x, const Normlink__Record *r, const char *place)
{
	const Normlink__Standard *s = r->standard;
	(void)place;
	xml_begin(x, "n:standard");
	xml_attribute(x, "xmlns:n", "urn:normlink:niso-sts");
	format_location(x, "urn:normlink:niso-sts", x->schema);
	xml_begin(x, "std-meta");
	xml_attribute(x, "xmlns", "");
	put_titles(x, r);
	put_names(x, r);
	put_dates(x, s);
	put_list(x, "comm-ref", s->committees, s->n_committees);
	put_list(x, "ics", s->ics, s->n_ics);
	put_links(x, s);
	put_source(x, r->source);
	put_abstracts(x, r);
	xml_end(x);
	xml_end(x);
}
