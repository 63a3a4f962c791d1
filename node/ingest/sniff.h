/* sniff: what a file seems to be, by its beginning and its name.
 * Thread: any.
 */
#pragma once

#include "node/base/bytes.h"

enum sniffed {
	SNIFF_UNKNOWN, /* or known, and not read here */
	SNIFF_RELATON,
	SNIFF_XML,
	SNIFF_NDJSON,
	SNIFF_ISO_OPEN, /* JSON lines of ISO Open Data */
	SNIFF_JSON,     /* JSON that is not a line each (json_lines.h) */
	SNIFF_TABLE,
};

enum { SNIFF_MAX = 64 * 1024, SNIFF_TEXT_MAX = 256 };

/* head: the first SNIFF_MAX bytes, or all.  Of SNIFF_UNKNOWN, what says what it seems to be and what to try. */
enum sniffed sniff(const char *name, struct bytes head, char what[SNIFF_TEXT_MAX]);

/* Is the file a bundle of an office program's, though packed as zip?  As above. */
bool sniff_office(struct bytes head, char what[SNIFF_TEXT_MAX]);

/* May a file of that name hold documents? */
bool sniff_wants(const char *name);
