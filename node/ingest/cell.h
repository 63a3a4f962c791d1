/* cell: what a cell of a table says: a date as people write it, the standards that one adopts.
 *
 * Texts come cleaned (clean_code).
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/mapping.h"
#include "proto/designator.h"

enum { DATE_TEXT_MAX = 10 };

/* YYYY, YYYY-MM or YYYY-MM-DD of a text in one of the patterns (none: the usual ones that begin with the year). */
bool cell_date(struct bytes text, const struct mapping_names *patterns, char out[DATE_TEXT_MAX + 1]);

/* Does text name a standard?  Of a known family, or, if any is true, of letters A-Z and digits. */
bool cell_reference(struct bytes text, bool any, struct designator *out);

/* The values of a cell: text up to the next separator, without blanks and a full stop around it; false when none is
 * left. */
bool cell_next(struct bytes *rest, const struct mapping_names *separators, struct bytes *part);

/* One adoption: target names a standard, or is empty and found says what stood there; degree is a word of ISO/IEC
 * Guide 21 in lower case, NULL where the cell has none, "" for one that the guide no longer has (EQV). */
struct cell_adoption {
	struct designator target;
	const char *degree;
	struct bytes found;
};

/* The adoptions of a cell: "ISO 9001:2015,IDT; IEC 1 (MOD)", "等同采用ISO 9001:2015".  Gives how many, at most max. */
size_t cell_adoptions(struct bytes text, struct cell_adoption *out, size_t max);
