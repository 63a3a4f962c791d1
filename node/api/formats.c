#include "node/api/formats.h"

#include <string.h>

static bool is_anything(const Normlink__Record *record)
{
	(void)record;
	return true;
}

static bool is_standard(const Normlink__Record *record)
{
	return record->standard != NULL;
}

const struct format FORMATS[] = {
	{
	    .prefix = "oai_dc",
	    .name = "oai_dc",
	    .schema = "http://www.openarchives.org/OAI/2.0/oai_dc/",
	    .title = "Simple Dublin Core, as OAI-PMH has it",
	    .name_space = "http://www.openarchives.org/OAI/2.0/oai_dc/",
	    .location = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
	    .can = is_anything,
	    .write = format_oai_dc,
	},
	{
	    .name = "dc",
	    .schema = "info:srw/schema/1/dc-v1.1",
	    .title = "Simple Dublin Core",
	    .name_space = "info:srw/schema/1/dc-schema",
	    .location = "http://www.loc.gov/standards/sru/recordSchemas/dc-schema.xsd",
	    .can = is_anything,
	    .write = format_srw_dc,
	},
	{
	    .prefix = "marc21",
	    .name = "marcxml",
	    .schema = "info:srw/schema/1/marcxml-v1.1",
	    .title = "MARC 21 in XML",
	    .name_space = "http://www.loc.gov/MARC21/slim",
	    .location = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
	    .kind = NORMLINK__KIND__KIND_STANDARD,
	    .can = is_standard,
	    .write = format_marc,
	},
	{
	    .prefix = "relaton",
	    .name = "relaton",
	    .schema = "https://open.ribose.com/relaton-xml",
	    .title = "Relaton bibliographic item",
	    .name_space = "https://open.ribose.com/relaton-xml",
	    .location = "/schemas/relaton.xsd",
	    .kind = NORMLINK__KIND__KIND_STANDARD,
	    .can = is_standard,
	    .write = format_relaton,
	},
	{
	    .prefix = "niso_sts",
	    .name = "niso_sts",
	    .schema = "urn:normlink:niso-sts",
	    .title = "NISO STS metadata of a standard (std-meta)",
	    .name_space = "urn:normlink:niso-sts",
	    .location = "/schemas/niso-sts.xsd",
	    .kind = NORMLINK__KIND__KIND_STANDARD,
	    .can = is_standard,
	    .write = format_sts,
	},
};
const size_t FORMAT_COUNT = sizeof FORMATS / sizeof FORMATS[0];

const struct format *format_of_prefix(const char *prefix)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (FORMATS[i].prefix != NULL && strcmp(FORMATS[i].prefix, prefix) == 0)
			return &FORMATS[i];
	return NULL;
}

const struct format *format_of_schema(const char *name_or_uri)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (FORMATS[i].name != NULL &&
		    (strcmp(FORMATS[i].name, name_or_uri) == 0 || strcmp(FORMATS[i].schema, name_or_uri) == 0))
			return &FORMATS[i];
	return NULL;
}

void format_location(struct xml *x, const char *name_space, const char *location)
{
	struct buf pair = { 0 };
	if (location == NULL)
		return;
	buf_printf(&pair, "%s %s", name_space, location);
	xml_attribute(x, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
	xml_attribute(x, "xsi:schemaLocation", buf_str(&pair));
	buf_free(&pair);
}

const char *format_degree(bool known, int degree)
{
	static const char *const codes[] = {
		[NORMLINK__DEGREE__DEGREE_IDT] = "IDT",
		[NORMLINK__DEGREE__DEGREE_MOD] = "MOD",
		[NORMLINK__DEGREE__DEGREE_NEQ] = "NEQ",
	};
	return known && degree > 0 && degree < (int)(sizeof codes / sizeof codes[0]) ? codes[degree] : NULL;
}
