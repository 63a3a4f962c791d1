/* xml: the wanted part of one XML document to a tree in an arena; what is not wanted is checked to be well-formed and
 * otherwise read over, whatever its size.
 *
 * Document type declarations are read over; entities other than XML's own are those of the ISO sets that documents of
 * this trade use (&nbsp;, &mdash;, Latin-1): one that is declared in the document refuses it, an unknown one stays as
 * it is written and counts as a warning.  Nothing outside the document is ever fetched.  Prefixes of names are dropped.
 *
 * Knows: expat.  Must not know: what an element means.  Thread: the owner's; the tree belongs to its arena.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

struct xml_attribute {
	const char *name;
	const char *value;
	struct xml_attribute *next;
};

struct xml_node {
	const char *name; /* of an element; NULL: a text */
	const char *text; /* of a text, terminated */
	struct xml_attribute *attributes;
	struct xml_node *parent, *child, *last, *next; /* child and last: the first and the last one */
};

/* Is an element wanted?  Of one that is not, nothing below is asked for.  parent is NULL for the root. */
enum xml_want { XML_SKIP, XML_KEEP };
typedef enum xml_want (*xml_wants_cb)(const struct xml_node *parent, const char *name);

struct xml_reader;

/* Begin a document.  *warnings is counted up.  Borrows both until xml_close. */
struct xml_reader *xml_open(struct arena *arena, xml_wants_cb wants_cb, uint64_t *warnings);

/* Keep more of it than DOCUMENT_MAX bytes and XML_NODES_MAX nodes: a page of many documents.  Before the first bytes.
 */
void xml_allow(struct xml_reader *x, size_t bytes, size_t nodes);

/* The next bytes of it.  ERR_INVALID with line and reason; ERR_LIMIT.  After that the rest is not taken. */
CHECKED int xml_feed(struct xml_reader *x, struct bytes bytes, struct err *err);

/* No more comes: the root, NULL when it is not wanted.  ERR_INVALID, ERR_LIMIT. */
CHECKED int xml_finish(struct xml_reader *x, const struct xml_node **root, struct err *err);

/* Free the reader; the tree stays.  NULL is fine. */
void xml_close(struct xml_reader *x);

/* The first child element of that name, and the next one after it; NULL. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
const struct xml_node *xml_next(const struct xml_node *node, const char *name);
bool xml_is(const struct xml_node *node, const char *name);

/* An attribute's value, NULL when there is none. */
const char *xml_value(const struct xml_node *node, const char *name);
/* The same of the node or the nearest above it that has it, below end (NULL: up to the root): xml:lang. */
const char *xml_inherited(const struct xml_node *node, const struct xml_node *end, const char *name);

/* All text below a node, in document order, as one run; paragraphs and the like on lines of their own.  Empty for NULL.
 * In the arena, terminated. */
struct bytes xml_content(struct arena *arena, const struct xml_node *node);
