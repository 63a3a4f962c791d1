/* pmh: one answer of an OAI-PMH 2.0 provider (Identify, ListMetadataFormats, ListRecords) to what it says: what the
 * provider can do, or records of standards.
 *
 * Each metadata format goes to the reader of its own; every record says whose facts it has: the repository's base URL
 * and the item's identifier there.  What is not a standard by its reader is refused, by its identifier.
 *
 * Knows: elements of OAI-PMH.  Must not know: connections, what came before.
 * Thread: any; everything lives in the arena, whose cap is lifted: HARVEST_PAGE_MAX and HARVEST_NODES_MAX bound it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* Those that can be read; the first says most about a standard, and so on. */
enum pmh_format { PMH_NO_FORMAT, PMH_RELATON, PMH_MARC21, PMH_NISO_STS, PMH_OAI_DC, PMH_FORMATS };

/* "relaton", "marc21", "niso_sts", "oai_dc"; the format of such a word, PMH_NO_FORMAT for any other. */
const char *pmh_format_word(enum pmh_format format);
enum pmh_format pmh_format_of_word(const char *word);

/* Whose facts these are, and how they are written. */
struct pmh_source {
	const char *name, *url, *licence; /* NULL: not said */
	enum pmh_format format;
};

struct pmh_record {
	struct bytes record; /* serialised */
	int kind;
	const char *subject;
};

struct pmh_item {
	const char *identifier; /* of the provider; "" */
	struct pmh_record *v;   /* a standard, with STS also its adoption */
	size_t count;           /* 0: deleted there, or refused */
	bool deleted;
	const char *refused; /* why; NULL: it is not */
	uint64_t warnings;   /* facts left out */
};

struct pmh_offer {
	const char *prefix, *name_space; /* "" */
};

struct pmh_page {
	/* ListRecords */
	struct pmh_item *v;
	size_t count;
	const char *token; /* ""; more comes by it */
	/* ListMetadataFormats */
	struct pmh_offer *offers;
	size_t offer_count;
	/* Identify */
	const char *repository; /* its name; "" */
	bool seconds;           /* datestamps have a time of day */
	bool forgets;           /* what is deleted there is not always told */
	/* any */
	const char *date;        /* responseDate; "" */
	const char *error;       /* code of the first error; NULL: none */
	const char *error_words; /* its text; "" */
};

/* ERR_INVALID: not an answer of that protocol; ERR_LIMIT: more than is read of one. */
CHECKED int pmh_read(struct bytes xml, const struct pmh_source *source, struct arena *arena, struct pmh_page *out,
                     struct err *err);

/* Of the formats that a page offers the one to ask for: that of the prefix, where one is given, else the best of those
 * that can be read, or that are of one format alone (wanted).  *format is how it is read: as its namespace says, else
 * its prefix, else as wanted.  Gives the prefix; NULL: there is none. */
const char *pmh_choose(const struct pmh_page *page, const char *prefix, enum pmh_format wanted,
                       enum pmh_format *format);
