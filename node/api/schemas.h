/* schemas: the XML Schemas of what only this project defines, as the node serves them at /schemas/NAME.xsd: the wrapper
 * of NISO STS metadata, signed entries, and the part of Relaton's bibdata that a node writes.  Private to this room.
 * Thread: any.
 */
#pragma once

#include "node/api/answer.h"

/* GET /schemas/NAME. */
void schemas_answer(struct answer *a, struct bytes name);

/* Where a schema can be read: a location below this node ("/schemas/signed.xsd") with its address before it, in the
 * arena; any other as it is. */
const char *schema_location(const struct answer *a, const char *location);

/* "https://a.example": the node's address as configured, else as the client sees it. */
const char *schema_base(const struct answer *a);
