/* yaml: one YAML document to a tree in an arena, as little of YAML as bibliographic files need.
 *
 * Every scalar is text: 1994, yes and 2015-09 stay what was written.  Refused: aliases and anchors (a few bytes that
 * unfold to gigabytes), directives, a second document, NUL and bytes that are not UTF-8, more than YAML_DEPTH_MAX
 * levels, YAML_EVENTS_MAX events or YAML_KEYS_MAX keys of one mapping.  Tags are read over.
 *
 * The files are written by several programs and by hand: where one has a list, another has its only element without
 * the list, and `name: x` stands beside `name: {content: x}`.  yaml_first and yaml_words take either.
 *
 * Knows: YAML.  Must not know: what a key means.  Thread: any; the tree belongs to its arena.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

enum yaml_shape { SHAPE_SCALAR = 1, SHAPE_MAPPING, SHAPE_SEQUENCE };

struct yaml_node {
	enum yaml_shape shape;
	size_t len;              /* of text */
	const char *key;         /* inside a mapping; NULL elsewhere */
	const char *text;        /* of a scalar, terminated; NULL for the other shapes */
	struct yaml_node *child; /* the first one of a mapping or sequence */
	struct yaml_node *next;  /* the next one of the parent */
};

/* Read text.  *root is NULL for an empty document.  A key that stands twice in one mapping: the first one stays and
 * *warnings is counted up.  Borrows text until return; takes arena's memory.
 * ERR_INVALID with line and reason; ERR_LIMIT. */
CHECKED int yaml_parse(struct bytes text, struct arena *arena, const struct yaml_node **root, uint64_t *warnings,
                       struct err *err);

/* The value of a key; NULL when node is NULL, not a mapping, or has no such key. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* The first of those two keys that is there: the same fact under its names in two generations of a format. */
const struct yaml_node *yaml_either(const struct yaml_node *node, const char *key, const char *other);

/* Walk a value as a list: of a sequence its elements, of anything else itself, of NULL none.
 *     for (n = yaml_first(list); n != NULL; n = yaml_next(list, n)) */
const struct yaml_node *yaml_first(const struct yaml_node *list);
const struct yaml_node *yaml_next(const struct yaml_node *list, const struct yaml_node *n);
size_t yaml_count(const struct yaml_node *list);

/* What a value says: a scalar's text, or the text under `content`, `value` or `id` of a mapping, or the first element's
 * of a sequence.  Never NULL; empty when there is nothing. */
struct bytes yaml_words(const struct yaml_node *node);
