#include "node/ingest/yaml.h"

#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#include "node/base/limits.h"
#include "node/base/must.h"

/* An open mapping or sequence. */
struct level {
	struct yaml_node *node;
	struct yaml_node *last; /* child */
	const char *key;        /* read, and its value not yet */
	bool skip;              /* the key stood here before: its value is read over */
	size_t keys;
};

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	struct yaml_node *root;
	struct level levels[YAML_DEPTH_MAX];
	size_t depth;
	unsigned skipping; /* levels inside a value that is read over */
	size_t events;
	uint64_t *warnings;
	struct err *err;
};

static int refuse(struct reader *r, const yaml_mark_t *at, const char *reason)
{
	return err_set(r->err, ERR_INVALID, "line %zu: %s", at->line + 1, reason);
}

static int too_large(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_LIMIT, "more YAML than is taken: %s", what);
}

static int copy_text(struct reader *r, const yaml_event_t *event, const char **out)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	if (memchr(value, '\0', len) != NULL)
		return refuse(r, &event->start_mark, "NUL inside a text");
	char *copy = arena_try(r->arena, len + 1);
	if (copy == NULL)
		return too_large(r, "memory");
	memcpy(copy, value, len);
	*out = copy;
	return OK;
}

static int take_key(struct reader *r, struct level *level, const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT)
		return refuse(r, &event->start_mark, "a key that is not a scalar");
	if (++level->keys > YAML_KEYS_MAX)
		return too_large(r, "keys of one mapping");
	int rc = copy_text(r, event, &level->key);
	if (rc != OK)
		return rc;
	level->skip = yaml_get(level->node, level->key) != NULL;
	if (level->skip)
		*r->warnings += 1;
	return OK;
}

/* Hang a new node where the reading stands; *out is NULL when it belongs to a value that is read over. */
static int add_node(struct reader *r, enum yaml_shape shape, struct yaml_node **out)
{
	struct level *level = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
	*out = NULL;
	if (level != NULL && level->skip) {
		level->skip = false;
		level->key = NULL;
		return OK;
	}
	struct yaml_node *node = arena_try(r->arena, sizeof *node);
	if (node == NULL)
		return too_large(r, "memory");
	node->shape = shape;
	if (level == NULL) {
		r->root = node;
	} else {
		node->key = level->key;
		level->key = NULL;
		if (level->last == NULL)
			level->node->child = node;
		else
			level->last->next = node;
		level->last = node;
	}
	*out = node;
	return OK;
}

static int open_level(struct reader *r, enum yaml_shape shape)
{
	struct yaml_node *node;
	int rc = add_node(r, shape, &node);
	if (rc != OK)
		return rc;
	if (node == NULL) {
		r->skipping = 1;
		return OK;
	}
	if (r->depth == YAML_DEPTH_MAX)
		return too_large(r, "levels");
	r->levels[r->depth++] = (struct level){ .node = node };
	return OK;
}

/* `~`, `null` and nothing at all, unquoted, are an absent value. */
static bool is_null(const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (len == 0 || (len == 1 && value[0] == '~') || (len == 4 && memcmp(value, "null", 4) == 0));
}

static int take_scalar(struct reader *r, const yaml_event_t *event)
{
	struct yaml_node *node;
	int rc = add_node(r, SHAPE_SCALAR, &node);
	if (rc != OK || node == NULL)
		return rc;
	if (is_null(event)) {
		node->text = "";
		return OK;
	}
	node->len = event->data.scalar.length;
	return copy_text(r, event, &node->text);
}

static bool has_anchor(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return event->data.scalar.anchor != NULL;
	if (event->type == YAML_MAPPING_START_EVENT)
		return event->data.mapping_start.anchor != NULL;
	return event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor != NULL;
}

static bool opens(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
}

static bool closes(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
}

static int take_event(struct reader *r, const yaml_event_t *event)
{
	if (event->type == YAML_ALIAS_EVENT || has_anchor(event))
		return refuse(r, &event->start_mark, "anchors and aliases are not taken");
	if (event->type == YAML_DOCUMENT_START_EVENT && r->root != NULL)
		return refuse(r, &event->start_mark, "a second document");
	if (r->skipping > 0) {
		r->skipping += opens(event) ? 1u : 0u;
		r->skipping -= closes(event) ? 1u : 0u;
		return r->skipping > YAML_DEPTH_MAX ? too_large(r, "levels") : OK;
	}
	if (closes(event)) {
		must(r->depth > 0);
		r->depth--;
		return OK;
	}
	if (event->type != YAML_SCALAR_EVENT && !opens(event))
		return OK;
	struct level *level = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
	if (level != NULL && level->node->shape == SHAPE_MAPPING && level->key == NULL)
		return take_key(r, level, event);
	if (event->type == YAML_SCALAR_EVENT)
		return take_scalar(r, event);
	return open_level(r, event->type == YAML_MAPPING_START_EVENT ? SHAPE_MAPPING : SHAPE_SEQUENCE);
}

static int read_events(struct reader *r)
{
	for (;;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r->parser, &event)) {
			if (r->parser.error == YAML_MEMORY_ERROR)
				must(!"memory");
			/* The encoding's errors come without a mark. */
			yaml_mark_t at = r->parser.error == YAML_READER_ERROR ? r->parser.mark : r->parser.problem_mark;
			return refuse(r, &at, r->parser.problem != NULL ? r->parser.problem : "not YAML");
		}
		bool end = event.type == YAML_STREAM_END_EVENT;
		int rc = ++r->events > YAML_EVENTS_MAX ? too_large(r, "events") : take_event(r, &event);
		yaml_event_delete(&event);
		if (rc != OK || end)
			return rc;
	}
}

/* Does a line end here, for libyaml?  It knows five breaks. */
static bool ends_with_break(struct bytes text)
{
	static const char *const breaks[] = { "\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };
	for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
		size_t n = strlen(breaks[i]);
		if (text.len >= n && memcmp(text.data + text.len - n, breaks[i], n) == 0)
			return true;
	}
	return false;
}

/* libyaml compares each %TAG with all before it: two megabytes of them would take minutes. */
static bool has_directive(struct bytes text)
{
	const uint8_t *end = text.data + text.len, *at = memchr(text.data, '%', text.len);
	for (; at != NULL; at = memchr(at + 1, '%', (size_t)(end - at - 1)))
		if (at == text.data || ends_with_break(bytes_of(text.data, (size_t)(at - text.data))))
			return true;
	return false;
}

int yaml_parse(struct bytes text, struct arena *arena, const struct yaml_node **root, uint64_t *warnings,
               struct err *err)
{
	*root = NULL;
	if (text.len == 0)
		return OK;
	if (has_directive(text))
		return err_set(err, ERR_INVALID, "directives are not taken");
	struct reader r = { .arena = arena, .warnings = warnings, .err = err };
	must(yaml_parser_initialize(&r.parser));
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, text.data, text.len);
	int rc = read_events(&r);
	yaml_parser_delete(&r.parser);
	if (rc == OK)
		*root = r.root;
	return rc;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	if (node == NULL || node->shape != SHAPE_MAPPING)
		return NULL;
	for (const struct yaml_node *n = node->child; n != NULL; n = n->next)
		if (strcmp(n->key, key) == 0)
			return n;
	return NULL;
}

const struct yaml_node *yaml_either(const struct yaml_node *node, const char *key, const char *other)
{
	const struct yaml_node *found = yaml_get(node, key);
	return found != NULL ? found : yaml_get(node, other);
}

const struct yaml_node *yaml_first(const struct yaml_node *list)
{
	return list != NULL && list->shape == SHAPE_SEQUENCE ? list->child : list;
}

const struct yaml_node *yaml_next(const struct yaml_node *list, const struct yaml_node *n)
{
	return list->shape == SHAPE_SEQUENCE ? n->next : NULL;
}

size_t yaml_count(const struct yaml_node *list)
{
	size_t count = 0;
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		count++;
	return count;
}

struct bytes yaml_words(const struct yaml_node *node)
{
	/* Two steps are what the formats have: a list of mappings. */
	for (int step = 0; node != NULL && step < 3; step++) {
		if (node->shape == SHAPE_SCALAR)
			return bytes_of(node->text, node->len);
		if (node->shape == SHAPE_SEQUENCE) {
			node = node->child;
			continue;
		}
		const struct yaml_node *inner = yaml_get(node, "content");
		node = inner != NULL ? inner : yaml_either(node, "value", "id");
	}
	return bytes_str("");
}
