/* linked: what the logs say about a reference as linked data: JSON-LD 1.1 in the terms of DCAT 3, Dublin Core and
 * schema.org.  Private to this room.
 *
 *     dcat:Catalog (a log, at a size)  --dcat:record-->  dcat:CatalogRecord (an entry, with its proof)
 *         --foaf:primaryTopic-->  dcterms:Standard, schema:CreativeWork
 *
 * What its own body says, or anybody about what nobody claims, is said of /id/REFERENCE; what third parties say is said
 * of a node of its own, which is about that.  The context stands in the document: no network is needed to expand it.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/history.h"

/* Make the answer that. */
void linked_put(struct answer *a, const struct history *h);

/* The address below which everything of this node is: as configured, else "". */
const char *linked_root(const struct answer *a);
