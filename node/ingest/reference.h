/* reference: the reference to a standard that stands in a line of text which is about one.
 *
 * Knows: how catalogues write a reference before a title.  Must not know: formats.  Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"

/* Does the whole text read as the designator of a known family? */
bool reference_reads(struct bytes text);

/* "ISO 9001:2015 - Quality management systems": the text, or what stands before the first blank with a dash, colon,
 * comma or full stop; borrowed from it.  Empty: no reference stands there. */
struct bytes reference_front(struct bytes text);
