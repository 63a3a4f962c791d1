/* complete: an import that is everything of its kind: what our log says and the source no longer has.
 *
 * What is compared: our log's current records, in the collection that was imported into, of the kinds that the source
 * had, and
 *     with prefixes     about something whose reference has one of them ("GB" also means GB/T and GB/Z);
 *     without           whose source.name is one that the source's records carry.  If one of them carries none, nothing
 *                       can be compared.
 * What is withdrawn already, or retracted, has not disappeared.  After a refusal nothing is withdrawn: what the refused
 * document was about is not known.
 *
 * The node is asked a part at a time (listing.h); of the source 16 bytes are kept for each record.
 * Thread: main's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/cli/tally.h"
#include "node/ingest/pairs.h"
#include "proto/record.h"

enum { COMPLETE_PREFIXES_MAX = 64, COMPLETE_SOURCES_MAX = 64 };

struct complete {
	/* Set by who begins: */
	bool withdraw;
	const char *date; /* an event of this date goes with it; NULL: none */
	const char *prefixes[COMPLETE_PREFIXES_MAX];
	size_t prefix_count;
	const char *list; /* a file of all that disappeared; NULL: none */
	/* Its own: */
	struct pairs seen;
	bool kinds[KIND_LOG_FIRST];
	struct arena names;
	const char *sources[COMPLETE_SOURCES_MAX];
	size_t source_count;
	bool unnamed; /* a record without source.name, or one source too many */
	uint64_t records;
};

void complete_begin(struct complete *c);
void complete_end(struct complete *c);

/* The source had this record. */
CHECKED int complete_record(struct complete *c, struct bytes record, struct err *err);

/* After all records are acknowledged, with the node of dir still there: compare, tell the tally, withdraw when asked.
 * ERR_USAGE: nothing can be compared, and why. */
CHECKED int complete_compare(struct complete *c, const char *dir, const char *collection, struct tally *tally,
                             struct err *err);

/* Does a reference have that prefix? */
bool complete_covers(const char *prefix, const char *subject);
