/* entities: what the named entities stand for that document types of this trade declare (ISO 8879 and HTML: Latin-1,
 * dashes, quotation marks and the like).
 * Thread: any.
 */
#pragma once

/* UTF-8; NULL for a name that is not on the list. */
const char *entity_text(const char *name);
