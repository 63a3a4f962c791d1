/* xml: a writer of XML 1.0, well-formed by construction.  Private to this room.
 *
 * Elements are closed in the order in which they were begun; texts are escaped; a character that XML cannot hold, and
 * a byte that is not UTF-8, becomes U+FFFD.  Names come from our own code, qualified as they are to stand there, and
 * live as long as the writer; the namespaces of their prefixes are attributes that the caller writes first.
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"

enum { XML_NESTING_MAX = 32 };

/* Zeroed but for out. */
struct xml {
	struct buf *out; /* borrowed */
	const char *open[XML_NESTING_MAX];
	size_t depth;
	const char *schema; /* where the schema of the next whole document is, for its root to say; NULL: it does not */
	bool in_tag;        /* the innermost start tag can take attributes still */
};

/* The declaration, at the front of a document. */
void xml_declaration(struct xml *x);

/* An element, from here to its xml_end. */
void xml_begin(struct xml *x, const char *name);
void xml_end(struct xml *x);

/* Of the element that was just begun, before anything in it.  NULL: nothing is written. */
void xml_attribute(struct xml *x, const char *name, const char *value);
void xml_attribute_u64(struct xml *x, const char *name, uint64_t value);

/* In the innermost element.  NULL: nothing. */
void xml_text(struct xml *x, const char *text);
void xml_bytes(struct xml *x, struct bytes text);
/* A whole element that a writer like this one has made. */
void xml_raw(struct xml *x, struct bytes element);

/* A text alone, for who writes elements itself, as they may nest deeper than here. */
void xml_escape(struct bytes text, struct buf *out);

/* An element that holds a text; none at all for NULL or "". */
void xml_put(struct xml *x, const char *name, const char *text);
void xml_put_u64(struct xml *x, const char *name, uint64_t value);
