/* json_tree: somebody else's JSON as a tree in an arena, for who knows what its keys mean.
 *
 * Everything that is not a list or an object is text: numbers as they were written out by the reader of JSON (whole
 * ones exactly), true and false as such; null is the same as absent.
 * Thread: any; the tree belongs to its arena.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

enum json_shape { JSON_SCALAR = 1, JSON_MEMBERS, JSON_ITEMS };

struct json_node {
	enum json_shape shape;
	const char *key;         /* inside an object; NULL elsewhere */
	struct bytes text;       /* of a scalar, terminated; empty for the other shapes */
	struct json_node *child; /* the first one of an object or list, in the order written */
	struct json_node *next;  /* the next one of the parent */
};

/* Read one value.  *root is NULL for null.  ERR_INVALID with the place; ERR_LIMIT: longer than JSON_MAX, deeper than
 * JSON_DEPTH_MAX, or more than the arena takes.  Borrows text until return. */
CHECKED int json_tree_parse(struct bytes text, struct arena *arena, const struct json_node **root, struct err *err);

/* The value of a key; NULL when node is NULL, not an object, or has no such key. */
const struct json_node *json_tree_get(const struct json_node *node, const char *key);

/* A scalar's text; empty for anything else.  Never NULL. */
struct bytes json_tree_text(const struct json_node *node);
