/* A standard as a MARC 21 bibliographic record, in XML. */
#include <stdio.h>
#include <string.h>

#include "node/api/formats.h"

static void begin_field(struct xml *x, const char *tag, const char *first, const char *second)
{
	xml_begin(x, "datafield");
	xml_attribute(x, "tag", tag);
	xml_attribute(x, "ind1", first);
	xml_attribute(x, "ind2", second);
}

static void put_sub(struct xml *x, const char *code, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	xml_begin(x, "subfield");
	xml_attribute(x, "code", code);
	xml_text(x, text);
	xml_end(x);
}

/* A field of one subfield $a, and where it is from a list the list's code; none for NULL. */
static void put_field(struct xml *x, const char *tag, const char *first, const char *second, const char *text,
                      const char *list)
{
	if (text == NULL || text[0] == '\0')
		return;
	begin_field(x, tag, first, second);
	put_sub(x, "a", text);
	put_sub(x, "2", list);
	xml_end(x);
}

static void put_fields(struct xml *x, const char *tag, char *const *values, size_t count, const char *list)
{
	for (size_t i = 0; i < count; i++)
		put_field(x, tag, " ", " ", values[i], list);
}

static void put_control(struct xml *x, const char *tag, const char *text)
{
	xml_begin(x, "controlfield");
	xml_attribute(x, "tag", tag);
	xml_text(x, text);
	xml_end(x);
}

/* 008: what is not known is filled with '|'. */
static void put_fixed(struct xml *x, const char *date)
{
	char text[48];
	(void)snprintf(text, sizeof text, "||||||%c%.4s    xx %s", date != NULL ? 's' : 'n', date != NULL ? date : "uuuu",
	               "||||||||||||||||||||||");
	put_control(x, "008", text);
}

/* The first in 245; the others are its parallels. */
static void put_titles(struct xml *x, const Normlink__Record *r)
{
	bool first = true;
	for (size_t i = 0; i < r->n_texts; i++) {
		if (r->texts[i]->role != NORMLINK__ROLE__ROLE_TITLE)
			continue;
		put_field(x, first ? "245" : "246", first ? "0" : "3", first ? "0" : "1", r->texts[i]->value, NULL);
		first = false;
	}
	if (first)
		put_field(x, "245", "0", "0", r->subject, NULL);
}

static void put_imprint(struct xml *x, const Normlink__Standard *s, const char *date)
{
	if (s->publisher == NULL && date == NULL)
		return;
	begin_field(x, "264", " ", "1");
	put_sub(x, "b", s->publisher);
	put_sub(x, "c", date);
	xml_end(x);
}

static void put_texts(struct xml *x, const Normlink__Record *r, const char *tag, int role)
{
	for (size_t i = 0; i < r->n_texts; i++)
		if ((int)r->texts[i]->role == role)
			put_field(x, tag, " ", " ", r->texts[i]->value, NULL);
}

/* 780 and 785 are what came before and after, 787 is any other relation, in words. */
static void put_relation(struct xml *x, const char *tag, const char *words, const char *target)
{
	begin_field(x, tag, "0", strcmp(tag, "787") == 0 ? "8" : "0");
	put_sub(x, "i", words);
	put_sub(x, "o", target);
	xml_end(x);
}

static const char *tag_of(int type)
{
	return type == NORMLINK__LINK_TYPE__LINK_REPLACES      ? "780"
	       : type == NORMLINK__LINK_TYPE__LINK_REPLACED_BY ? "785"
	                                                       : "787";
}

/* In the order of the tags, as MARC wants it. */
static void put_relations(struct xml *x, const Normlink__Standard *s)
{
	static const char *const tags[] = { "780", "785", "787" };
	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < s->n_links; i++)
			if (strcmp(tag_of((int)s->links[i]->type), tags[t]) == 0)
				put_relation(x, tags[t], t == 2 ? link_word((int)s->links[i]->type) : NULL, s->links[i]->target);
	for (size_t i = 0; i < s->n_adopts; i++) {
		char words[32];
		const char *degree = format_degree(s->adopts[i]->has_degree, (int)s->adopts[i]->degree);
		(void)snprintf(words, sizeof words, "adopts%s%s", degree != NULL ? " " : "", degree != NULL ? degree : "");
		put_relation(x, "787", words, s->adopts[i]->target);
	}
}

static void put_links(struct xml *x, const Normlink__Record *r, const char *place)
{
	const char *urls[] = { r->source != NULL ? r->source->url : NULL, place };
	for (size_t i = 0; i < 2; i++) {
		if (urls[i] == NULL)
			continue;
		begin_field(x, "856", "4", "2");
		put_sub(x, "u", urls[i]);
		xml_end(x);
	}
}

static void put_data(struct xml *x, const Normlink__Record *r, const char *place)
{
	const Normlink__Standard *s = r->standard;
	const char *date = record_day(r), *status = status_word(record_status(r));
	put_field(x, "024", "8", " ", r->subject, NULL);
	for (size_t i = 0; i < s->n_languages; i++)
		put_field(x, "041", " ", "7", s->languages[i], "rfc5646");
	put_fields(x, "084", s->ics, s->n_ics, "ics");
	put_fields(x, "084", s->ccs, s->n_ccs, "ccs");
	put_titles(x, r);
	put_field(x, "250", " ", " ", s->edition, NULL);
	put_imprint(x, s, date);
	put_texts(x, r, "500", NORMLINK__ROLE__ROLE_NOTE);
	if (status != NULL) {
		begin_field(x, "500", " ", " ");
		xml_begin(x, "subfield");
		xml_attribute(x, "code", "a");
		xml_text(x, "Status: ");
		xml_text(x, status);
		xml_end(x);
		xml_end(x);
	}
	put_texts(x, r, "520", NORMLINK__ROLE__ROLE_ABSTRACT);
	put_field(x, "540", " ", " ", r->source != NULL ? r->source->licence : NULL, NULL);
	for (size_t i = 0; i < s->n_committees; i++)
		put_field(x, "710", "2", " ", s->committees[i], NULL);
	put_relations(x, s);
	put_links(x, r, place);
}

void format_marc(struct xml *x, const Normlink__Record *r, const char *place)
{
	xml_begin(x, "record");
	xml_attribute(x, "xmlns", "http://www.loc.gov/MARC21/slim");
	format_location(x, "http://www.loc.gov/MARC21/slim", "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd");
	/* A monograph of language material, in UTF-8; how full it is, and by which rules, is not known. */
	xml_put(x, "leader", "00000nam a2200000uu 4500");
	put_control(x, "001", r->subject);
	put_fixed(x, record_day(r));
	put_data(x, r, place);
	xml_end(x);
}
