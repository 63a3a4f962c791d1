/* The mappings that the program brings along; declared in mapping.h. */
#include <string.h>

#include "node/ingest/mapping.h"

/* The file as it stands, put into the program by the assembler (the Makefile knows that this file depends on it). */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "mapping_gb_text:\n"
        ".incbin \"node/ingest/mappings/gb.yaml\"\n"
        "mapping_gb_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const uint8_t mapping_gb_text[], mapping_gb_end[];

static const struct {
	const char *name, *title;
} mappings[] = {
	{ "gb", "China: national, sector and local standards, as their platforms list them (CSV)" },
	{ "iso-open-data", "ISO Open Data: deliverables and committees (JSON lines)" },
};

static const char iso_text[] =
    "# ISO Open Data needs no mapping: its lines are recognised, and read as node/ingest/iso_open.h says.\n";

const char *included_name(size_t i)
{
	return i < sizeof mappings / sizeof *mappings ? mappings[i].name : NULL;
}

const char *included_title(size_t i)
{
	return i < sizeof mappings / sizeof *mappings ? mappings[i].title : NULL;
}

bool included_text(const char *name, struct bytes *out)
{
	if (strcmp(name, "gb") == 0)
		*out = bytes_of(mapping_gb_text, (size_t)(mapping_gb_end - mapping_gb_text));
	else if (strcmp(name, "iso-open-data") == 0)
		*out = bytes_str(iso_text);
	else
		return false;
	return true;
}
