/* The YAML reader: any bytes are read or refused, and what was read can be walked. */
#include "node/ingest/yaml.h"
#include "node/base/arena.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The tree is at most YAML_DEPTH_MAX deep. */
static void walk(const struct yaml_node *node)
{
	struct bytes words = yaml_words(node);
	must(words.data != NULL && words.data[words.len] == '\0');
	must(yaml_first(node) != NULL || node->shape == SHAPE_SEQUENCE);
	if (node->shape == SHAPE_MAPPING)
		for (const struct yaml_node *n = node->child; n != NULL; n = n->next)
			must(yaml_get(node, n->key) == n);
	for (const struct yaml_node *n = node->child; n != NULL; n = n->next)
		walk(n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const struct yaml_node *root;
	uint64_t warnings = 0;
	struct err err;
	int rc = yaml_parse(bytes_of(data, size), &arena, &root, &warnings, &err);
	must(rc == OK || rc == ERR_INVALID || rc == ERR_LIMIT);
	must(rc == OK || root == NULL);
	if (rc == OK && root != NULL)
		walk(root);
	arena_free(&arena);
	return 0;
}
