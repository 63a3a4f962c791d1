/* limits_ingest: everything that a foreign document can make bigger; the rest is in limits.h.
 *
 * Sizes in bytes, unless the name says otherwise.
 */
#pragma once

enum {
	DOCUMENT_MAX = 2 * 1024 * 1024, /* one YAML document */
	NDJSON_LINE_MAX = 1024 * 1024,
	TABLE_ROW_MAX = 1024 * 1024, /* one row of a table of text, as it is written */
	TABLE_COLUMNS_MAX = 512,
	MAPPING_RULES_MAX = 256,          /* rules of one mapping, */
	MAPPING_MAX = 256 * 1024,         /* its file, */
	LINKED_IDS_MAX = 2 * 1000 * 1000, /* and documents of one source that name one another by numbers */
	YAML_DEPTH_MAX = 32,
	YAML_EVENTS_MAX = 200 * 1000,
	YAML_KEYS_MAX = 256,                  /* keys of one mapping */
	XML_DOCUMENT_MAX = 256 * 1024 * 1024, /* a standard with all its text; what is kept of it is DOCUMENT_MAX at most */
	XML_TOKEN_MAX = 1024 * 1024,          /* one tag, comment or the like, which has to be held whole */
	XML_DEPTH_MAX = 256,
	XML_NODES_MAX = 50 * 1000,           /* elements and texts kept of one document */
	HARVEST_PAGE_MAX = 16 * 1024 * 1024, /* names and texts kept of one answer of an OAI-PMH provider, */
	HARVEST_NODES_MAX = 500 * 1000,      /* and elements and texts */
	HARVEST_PAGES_MAX = 1000 * 1000,     /* pages of one list, */
	HARVEST_EMPTY_MAX = 16,              /* and of those, one after another, with nothing on them */
	STS_BLOCKS_MAX = 64,                 /* of metadata in one document */
	STS_LAYERS_MAX = 16, /* standards that one document nests: a national one around a regional one and so on */
	ARCHIVE_ENTRIES_MAX = 10 * 1000 * 1000,
	ARCHIVE_MIB_MAX = 64 * 1024, /* an archive, unpacked */
	FOLDER_DEPTH_MAX = 32,
	IMPORT_SUBJECTS_MAX = 4 * 1000 * 1000, /* distinct documents of one source: 16 bytes of memory each */
	IMPORT_HELD_MAX = 48 * 1024 * 1024,    /* records waiting for a better one of the same source */
};
