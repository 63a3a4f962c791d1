/* dublin: simple Dublin Core, as OAI-PMH has it (oai_dc), to a record of a standard.
 *
 * It says little, and each provider says it in its own way: the reference is the first dc:identifier that reads as a
 * designator or begins with one, else such a dc:title; subjects count where they say which list they are of; relations
 * where they begin with a word that says which.
 *
 * Knows: elements of Dublin Core.  Must not know: who gave the record.  Thread: any; everything lives in the draft's
 * arena.
 */
#pragma once

#include "node/base/err.h"
#include "node/ingest/draft.h"
#include "node/ingest/xml.h"

/* Fill a draft that was begun from a dc element.  ERR_INVALID: no reference to a standard is in it. */
CHECKED int dublin_read(const struct xml_node *dc, struct draft *d, struct err *err);
