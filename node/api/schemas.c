#include "node/api/schemas.h"

#include <string.h>

/* A file as it stands, put into the program by the assembler (the Makefile knows that this file depends on it). */
#define SCHEMA(symbol, file)                                                                                           \
	__asm__(".section .rodata\n" #symbol ":\n"                                                                         \
	        ".incbin \"node/api/schemas/" file "\"\n" #symbol "_end:\n"                                                \
	        ".byte 0\n"                                                                                                \
	        ".previous\n");                                                                                            \
	extern const uint8_t symbol[], symbol##_end[]

SCHEMA(schema_niso_sts, "niso-sts.xsd");
SCHEMA(schema_std_meta, "std-meta.xsd");
SCHEMA(schema_relaton, "relaton.xsd");
SCHEMA(schema_signed, "signed.xsd");
SCHEMA(schema_xml, "xml.xsd");

static const struct {
	const char *name;
	const uint8_t *text, *end;
} SCHEMAS[] = {
	{ "niso-sts.xsd", schema_niso_sts, schema_niso_sts_end },
	{ "std-meta.xsd", schema_std_meta, schema_std_meta_end },
	{ "relaton.xsd", schema_relaton, schema_relaton_end },
	{ "signed.xsd", schema_signed, schema_signed_end },
	{ "xml.xsd", schema_xml, schema_xml_end },
};

void schemas_answer(struct answer *a, struct bytes name)
{
	for (size_t i = 0; i < sizeof SCHEMAS / sizeof SCHEMAS[0]; i++) {
		if (!bytes_equal(name, bytes_str(SCHEMAS[i].name)))
			continue;
		a->type = "application/xml; charset=utf-8";
		a->vary = NULL;
		a->cache = "max-age=3600";
		buf_add(&a->body, SCHEMAS[i].text, (size_t)(SCHEMAS[i].end - SCHEMAS[i].text));
		return;
	}
	problem_set(a, 404, "there is no schema of that name; /oai?verb=ListMetadataFormats lists those of records");
}

const char *schema_base(const struct answer *a)
{
	const char *configured = a->context->base_url;
	if (configured != NULL && configured[0] != '\0')
		return configured;
	struct bytes host = http_header(a->request, "Host");
	return arena_printf(a->arena, "http://%.*s", (int)host.len, (const char *)host.data);
}

const char *schema_location(const struct answer *a, const char *location)
{
	return location[0] == '/' ? arena_printf(a->arena, "%s%s", schema_base(a), location) : location;
}
