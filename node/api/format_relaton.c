/* A standard as bibdata in Relaton's XML, with the facts where the YAML documents of Relaton have them. */
#include <string.h>

#include "node/api/formats.h"

static void put_content(struct xml *x, const char *name, const char *type, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	xml_begin(x, name);
	xml_attribute(x, "type", type);
	xml_text(x, text);
	xml_end(x);
}

/* "zh-Hans": a language and a script; of anything longer the tag stands as it is. */
static void put_tag(struct xml *x, const char *tag)
{
	char language[4] = "";
	size_t len = tag != NULL ? strcspn(tag, "-") : 0;
	if (tag == NULL || strcmp(tag, "und") == 0)
		return;
	bool script = tag[len] == '-' && strlen(tag + len + 1) == 4 && len < sizeof language;
	if (script)
		memcpy(language, tag, len);
	xml_attribute(x, "language", script ? language : tag);
	xml_attribute(x, "script", script ? tag + len + 1 : NULL);
}

static void put_texts(struct xml *x, const Normlink__Record *r, int role, const char *name, const char *type)
{
	for (size_t i = 0; i < r->n_texts; i++) {
		if ((int)r->texts[i]->role != role)
			continue;
		xml_begin(x, name);
		xml_attribute(x, "type", type);
		put_tag(x, r->texts[i]->lang);
		xml_attribute(x, "format", "text/plain");
		xml_text(x, r->texts[i]->value);
		xml_end(x);
	}
}

/* The body's word: ISO, GB, JIS. */
static void put_identifier(struct xml *x, const Normlink__Record *r, const struct designator *d)
{
	char type[sizeof d->prefix] = "";
	memcpy(type, d->prefix, strcspn(d->prefix, " /"));
	xml_begin(x, "docidentifier");
	xml_attribute(x, "type", type[0] != '\0' ? type : NULL);
	xml_attribute(x, "primary", "true");
	xml_text(x, r->subject);
	xml_end(x);
	xml_begin(x, "docnumber");
	xml_bytes(x, d->number[0] != '\0' ? bytes_of(d->number, strcspn(d->number, "-.")) : bytes_str(r->subject));
	xml_end(x);
}

static const char *date_word(int type)
{
	switch (type) {
	case NORMLINK__EVENT_TYPE__EVENT_PUBLISHED:
		return "published";
	case NORMLINK__EVENT_TYPE__EVENT_ISSUED:
		return "issued";
	case NORMLINK__EVENT_TYPE__EVENT_IMPLEMENTED:
		return "implemented";
	case NORMLINK__EVENT_TYPE__EVENT_CONFIRMED:
		return "confirmed";
	case NORMLINK__EVENT_TYPE__EVENT_CORRECTED:
		return "corrected";
	case NORMLINK__EVENT_TYPE__EVENT_UPDATED:
		return "updated";
	case NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN:
		return "obsoleted";
	default:
		return NULL;
	}
}

static void put_dates(struct xml *x, const Normlink__Standard *s)
{
	for (size_t i = 0; i < s->n_events; i++) {
		const char *word = date_word((int)s->events[i]->type);
		if (word == NULL || s->events[i]->date == NULL)
			continue;
		xml_begin(x, "date");
		xml_attribute(x, "type", word);
		xml_put(x, "on", s->events[i]->date);
		xml_end(x);
	}
}

static void put_contributors(struct xml *x, const Normlink__Standard *s)
{
	if (s->publisher != NULL) {
		xml_begin(x, "contributor");
		xml_begin(x, "role");
		xml_attribute(x, "type", "publisher");
		xml_end(x);
		xml_begin(x, "organization");
		xml_put(x, "name", s->publisher);
		xml_end(x);
		xml_end(x);
	}
	for (size_t i = 0; i < s->n_committees; i++) {
		xml_begin(x, "contributor");
		xml_begin(x, "role");
		xml_attribute(x, "type", "author");
		xml_put(x, "description", "committee");
		xml_end(x);
		xml_begin(x, "organization");
		xml_put(x, "name", s->publisher != NULL ? s->publisher : s->committees[i]);
		xml_begin(x, "subdivision");
		xml_attribute(x, "type", "technical-committee");
		xml_put(x, "name", s->committees[i]);
		xml_end(x);
		xml_end(x);
		xml_end(x);
	}
}

static void put_status(struct xml *x, const Normlink__Standard *s)
{
	const char *word = s->status_word != NULL ? s->status_word : s->has_status ? status_word((int)s->status) : NULL;
	char stage[3] = "";
	if (s->stage == NULL && word == NULL)
		return;
	xml_begin(x, "status");
	if (s->stage != NULL) {
		memcpy(stage, s->stage, 2);
		xml_put(x, "stage", stage);
		xml_put(x, "substage", s->stage + 3);
	} else {
		xml_put(x, "stage", word);
	}
	xml_end(x);
}

/* The description says what exactly is meant; the model's words are fewer. */
static void put_relation(struct xml *x, const char *type, const char *description, const char *target)
{
	if (type == NULL)
		return;
	xml_begin(x, "relation");
	xml_attribute(x, "type", type);
	xml_put(x, "description", description);
	xml_begin(x, "bibitem");
	xml_put(x, "formattedref", target);
	xml_begin(x, "docidentifier");
	xml_attribute(x, "primary", "true");
	xml_text(x, target);
	xml_end(x);
	xml_end(x);
	xml_end(x);
}

static void put_relations(struct xml *x, const Normlink__Standard *s)
{
	for (size_t i = 0; i < s->n_links; i++) {
		int type = (int)s->links[i]->type;
		put_relation(x, link_relaton_word(type), link_word(type), s->links[i]->target);
	}
	for (size_t i = 0; i < s->n_adopts; i++)
		put_relation(x, "adoptedFrom", format_degree(s->adopts[i]->has_degree, (int)s->adopts[i]->degree),
		             s->adopts[i]->target);
}

static void put_validity(struct xml *x, const Normlink__Record *r)
{
	if (r->valid_from == NULL && r->valid_until == NULL)
		return;
	xml_begin(x, "validity");
	xml_put(x, "validityBegins", r->valid_from);
	xml_put(x, "validityEnds", r->valid_until);
	xml_end(x);
}

static void put_codes(struct xml *x, const char *name, char *const *codes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		xml_begin(x, name);
		xml_put(x, "code", codes[i]);
		xml_end(x);
	}
}

static const char *mandate_word(const Normlink__Standard *s)
{
	if (!s->has_obligation)
		return NULL;
	return s->obligation == NORMLINK__OBLIGATION__OBLIGATION_MANDATORY   ? "mandatory"
	       : s->obligation == NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY ? "recommended"
	                                                                     : "guidelines";
}

/* The model has words for Chinese standards alone. */
static void put_ext(struct xml *x, const Normlink__Standard *s)
{
	const char *mandate = s->region != NULL && strncmp(s->region, "CN", 2) == 0 ? mandate_word(s) : NULL;
	if (s->n_ics + s->n_ccs == 0 && mandate == NULL)
		return;
	xml_begin(x, "ext");
	put_codes(x, "ics", s->ics, s->n_ics);
	put_codes(x, "ccs", s->ccs, s->n_ccs);
	if (mandate != NULL) {
		xml_begin(x, "gbtype");
		xml_put(x, "gbmandate", mandate);
		xml_end(x);
	}
	xml_end(x);
}

static void put_document(struct xml *x, const Normlink__Record *r, const struct designator *d)
{
	const Normlink__Standard *s = r->standard;
	put_texts(x, r, NORMLINK__ROLE__ROLE_TITLE, "title", "main");
	put_content(x, "uri", "src", r->source != NULL ? r->source->url : NULL);
	put_identifier(x, r, d);
	put_dates(x, s);
	put_contributors(x, s);
	xml_put(x, "edition", s->edition);
	put_texts(x, r, NORMLINK__ROLE__ROLE_NOTE, "note", NULL);
	for (size_t i = 0; i < s->n_languages; i++)
		xml_put(x, "language", s->languages[i]);
	put_texts(x, r, NORMLINK__ROLE__ROLE_ABSTRACT, "abstract", NULL);
	put_status(x, s);
	put_relations(x, s);
	xml_put(x, "license", r->source != NULL ? r->source->licence : NULL);
	put_validity(x, r);
	put_ext(x, s);
}

void format_relaton(struct xml *x, const Normlink__Record *r, const char *place)
{
	struct designator d;
	(void)place;
	if (designator_parse(bytes_str(r->subject), &d, NULL) != OK)
		d = (struct designator){ 0 };
	xml_begin(x, "bibdata");
	xml_attribute(x, "xmlns", "https://open.ribose.com/relaton-xml");
	format_location(x, "https://open.ribose.com/relaton-xml", x->schema);
	xml_attribute(x, "type", "standard");
	put_document(x, r, &d);
	xml_end(x);
}
