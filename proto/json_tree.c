#include "proto/json_tree.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "node/base/limits.h"
#include "proto/json_map.h"

static int copy_text(struct arena *arena, const char *text, size_t len, struct bytes *out)
{
	char *copy = arena_try(arena, len + 1);
	if (copy == NULL)
		return ERR_LIMIT;
	memcpy(copy, text, len);
	*out = bytes_of(copy, len);
	return OK;
}

static int read_scalar(struct arena *arena, const json_t *value, struct bytes *out)
{
	char number[64];
	switch (json_typeof(value)) {
	case JSON_STRING:
		return copy_text(arena, json_string_value(value), json_string_length(value), out);
	case JSON_INTEGER:
		(void)snprintf(number, sizeof number, "%" PRId64, (int64_t)json_integer_value(value));
		return copy_text(arena, number, strlen(number), out);
	case JSON_REAL:
		(void)snprintf(number, sizeof number, "%.17g", json_real_value(value));
		return copy_text(arena, number, strlen(number), out);
	case JSON_TRUE:
		return copy_text(arena, "true", 4, out);
	case JSON_FALSE:
		return copy_text(arena, "false", 5, out);
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
	default:
		return ERR_INTERNAL;
	}
}

/* As deep as JSON_DEPTH_MAX. */
static int read_node(struct arena *arena, const json_t *value, struct json_node **out);

static int add_child(struct arena *arena, const json_t *value, const char *key, struct json_node ***end)
{
	struct json_node *child = NULL;
	int rc = read_node(arena, value, &child);
	if (rc != OK || child == NULL)
		return rc;
	if (key != NULL) {
		struct bytes copy = { 0 };
		rc = copy_text(arena, key, strlen(key), &copy);
		child->key = (const char *)copy.data;
	}
	**end = child;
	*end = &child->next;
	return rc;
}

static int read_node(struct arena *arena, const json_t *value, struct json_node **out)
{
	*out = NULL;
	if (json_is_null(value))
		return OK;
	struct json_node *node = arena_try(arena, sizeof *node);
	if (node == NULL)
		return ERR_LIMIT;
	struct json_node **end = &node->child;
	int rc = OK;
	*out = node;
	if (json_is_object(value)) {
		node->shape = JSON_MEMBERS;
		for (void *i = json_object_iter((json_t *)(uintptr_t)value); rc == OK && i != NULL;
		     i = json_object_iter_next((json_t *)(uintptr_t)value, i))
			rc = add_child(arena, json_object_iter_value(i), json_object_iter_key(i), &end);
	} else if (json_is_array(value)) {
		node->shape = JSON_ITEMS;
		for (size_t i = 0; rc == OK && i < json_array_size(value); i++)
			rc = add_child(arena, json_array_get(value, i), NULL, &end);
	} else {
		node->shape = JSON_SCALAR;
		rc = read_scalar(arena, value, &node->text);
	}
	return rc;
}

int json_tree_parse(struct bytes text, struct arena *arena, const struct json_node **root, struct err *err)
{
	json_error_t why;
	*root = NULL;
	if (text.len == 0)
		return err_set(err, ERR_INVALID, "no JSON: empty");
	if (text.len > JSON_MAX || json_too_deep(text))
		return err_set(err, ERR_LIMIT, "JSON that is longer or deeper than a reader takes");
	json_t *value = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (value == NULL)
		return err_set(err, ERR_INVALID, "line %d, column %d: %s", why.line, why.column, why.text);
	struct json_node *node = NULL;
	int rc = read_node(arena, value, &node);
	json_decref(value);
	*root = node;
	return rc == OK ? OK : err_set(err, rc, "needs more memory than a reader gives");
}

const struct json_node *json_tree_get(const struct json_node *node, const char *key)
{
	if (node == NULL || node->shape != JSON_MEMBERS)
		return NULL;
	for (const struct json_node *n = node->child; n != NULL; n = n->next)
		if (strcmp(n->key, key) == 0)
			return n;
	return NULL;
}

struct bytes json_tree_text(const struct json_node *node)
{
	return node != NULL && node->shape == JSON_SCALAR ? node->text : bytes_str("");
}
