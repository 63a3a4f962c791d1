/* formats: a record as XML, in the schemas that harvesters and library systems read.  Private to this room.
 *
 * One file for each schema: format_dc.c, format_marc.c, format_relaton.c, format_sts.c.  Each writes one element that
 * declares its own namespaces, so that it can stand anywhere; facts that a schema has no place for are left out.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/api/xml.h"
#include "proto/record.h"

struct format {
	const char *prefix;     /* metadataPrefix of OAI-PMH; NULL: not offered there */
	const char *name;       /* short name in SRU; NULL: not offered there */
	const char *schema;     /* its URI as SRU's recordSchema */
	const char *title;      /* for people */
	const char *name_space; /* of the root element */
	const char *location;   /* where the schema can be read; "/..." on this node */
	int kind;               /* of records that the schema can say; 0: any */
	/* Can the schema say such a record at all? */
	bool (*can)(const Normlink__Record *record);
	/* One element, into the innermost one or as the root.  The record is valid and can be said; place: its address on
	 * the web, NULL: none. */
	void (*write)(struct xml *x, const Normlink__Record *record, const char *place);
};

/* All of them, Dublin Core first. */
extern const struct format FORMATS[];
extern const size_t FORMAT_COUNT;

/* By prefix; by the short name or the URI of SRU.  NULL: there is none. */
const struct format *format_of_prefix(const char *prefix);
const struct format *format_of_schema(const char *name_or_uri);

/* What the table holds. */
void format_oai_dc(struct xml *x, const Normlink__Record *record, const char *place);
void format_srw_dc(struct xml *x, const Normlink__Record *record, const char *place);
void format_marc(struct xml *x, const Normlink__Record *record, const char *place);
void format_relaton(struct xml *x, const Normlink__Record *record, const char *place);
void format_sts(struct xml *x, const Normlink__Record *record, const char *place);

/* "xsi:schemaLocation" and its namespace, of the element that was just begun.  NULL: nothing is written. */
void format_location(struct xml *x, const char *name_space, const char *location);

/* The code of ISO/IEC Guide 21, "IDT"; NULL where the degree is not known. */
const char *format_degree(bool known, int degree);
