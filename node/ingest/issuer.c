#include "node/ingest/issuer.h"

#include <string.h>

enum family { FAMILY_NONE, FAMILY_ISO, FAMILY_JIS, FAMILY_GB, FAMILY_SECTOR, FAMILY_LOCAL, FAMILY_BODY };

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* The prefix is one that designator_parse() knows. */
static enum family family_of(const struct designator *d)
{
	const char *p = d->prefix;
	if (p[0] == '\0')
		return FAMILY_NONE;
	if (p[1] == '/')
		return FAMILY_BODY;
	if (p[0] == 'D' && p[1] == 'B' && p[2] >= '0' && p[2] <= '9')
		return FAMILY_LOCAL;
	if (begins(p, "ISO") || begins(p, "IEC") || begins(p, "IWA"))
		return FAMILY_ISO;
	if (begins(p, "JIS") || strcmp(p, "TR") == 0 || strcmp(p, "TS") == 0 || begins(p, "TR ") || begins(p, "TS "))
		return FAMILY_JIS;
	return begins(p, "GB") || begins(p, "GSB") ? FAMILY_GB : FAMILY_SECTOR;
}

/* GB/T 2260 numbers provinces, ISO 3166-2 gives them letters. */
static const char *province(const char *digits)
{
	static const struct {
		char digits[3];
		char code[6];
	} table[] = {
		{ "11", "CN-BJ" }, { "12", "CN-TJ" }, { "13", "CN-HE" }, { "14", "CN-SX" }, { "15", "CN-NM" },
		{ "21", "CN-LN" }, { "22", "CN-JL" }, { "23", "CN-HL" }, { "31", "CN-SH" }, { "32", "CN-JS" },
		{ "33", "CN-ZJ" }, { "34", "CN-AH" }, { "35", "CN-FJ" }, { "36", "CN-JX" }, { "37", "CN-SD" },
		{ "41", "CN-HA" }, { "42", "CN-HB" }, { "43", "CN-HN" }, { "44", "CN-GD" }, { "45", "CN-GX" },
		{ "46", "CN-HI" }, { "50", "CN-CQ" }, { "51", "CN-SC" }, { "52", "CN-GZ" }, { "53", "CN-YN" },
		{ "54", "CN-XZ" }, { "61", "CN-SN" }, { "62", "CN-GS" }, { "63", "CN-QH" }, { "64", "CN-NX" },
		{ "65", "CN-XJ" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (memcmp(table[i].digits, digits, 2) == 0)
			return table[i].code;
	return "CN";
}

const char *issuer_region(const struct designator *d)
{
	switch (family_of(d)) {
	case FAMILY_JIS:
		return "JP";
	case FAMILY_GB:
	case FAMILY_SECTOR:
	case FAMILY_BODY:
		return "CN";
	case FAMILY_LOCAL:
		return province(d->prefix + 2);
	case FAMILY_ISO:
	case FAMILY_NONE:
	default:
		return NULL;
	}
}
