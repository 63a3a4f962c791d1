#include "node/ingest/relaton_xml.h"

#include <string.h>

#include "node/base/limits.h"

struct turning {
	struct arena *arena;
	uint64_t *warnings;
};

/* A value of a mapping while the mapping is made. */
struct slot {
	struct yaml_node node;
	bool list;              /* the node is a sequence of ours */
	struct yaml_node *last; /* of its elements */
	struct slot *next;
};

struct making {
	struct yaml_node *out;
	struct slot *first, *last;
	size_t keys;
};

static const char *yaml_name(struct arena *arena, const char *name)
{
	static const char *const names[][2] = {
		{ "uri", "link" },
		{ "validityBegins", "begins" },
		{ "validityEnds", "ends" },
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i][0], name) == 0)
			return names[i][1];
	if (strchr(name, '-') == NULL)
		return name;
	char *copy = arena_str(arena, name);
	for (char *c = copy; *c != '\0'; c++)
		*c = (char)(*c == '-' ? '_' : *c);
	return copy;
}

static struct yaml_node *scalar(struct arena *arena, struct bytes text)
{
	struct yaml_node *n = arena_get(arena, sizeof *n);
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL)
		text = bytes_of(text.data + 1, text.len - 1);
	while (text.len > 0 && strchr(" \t\r\n", text.data[text.len - 1]) != NULL)
		text.len--;
	*n = (struct yaml_node){ .shape = SHAPE_SCALAR, .len = text.len };
	n->text = arena_strn(arena, text.data, text.len);
	return n;
}

static void add(struct turning *t, struct making *m, const char *key, const struct yaml_node *value)
{
	struct slot *s = m->first;
	while (s != NULL && strcmp(s->node.key, key) != 0)
		s = s->next;
	if (s == NULL && m->keys == YAML_KEYS_MAX) {
		++*t->warnings;
		return;
	}
	if (s == NULL) {
		s = arena_get(t->arena, sizeof *s);
		s->node = *value;
		s->node.key = key;
		if (m->last == NULL)
			m->first = s, m->out->child = &s->node;
		else
			m->last->next = s, m->last->node.next = &s->node;
		m->last = s;
		m->keys++;
		return;
	}
	struct yaml_node *more = arena_get(t->arena, sizeof *more);
	*more = *value;
	if (!s->list) {
		struct yaml_node *one = arena_get(t->arena, sizeof *one);
		*one = s->node;
		one->key = NULL;
		one->next = NULL;
		s->node = (struct yaml_node){ .shape = SHAPE_SEQUENCE, .key = key, .child = one, .next = s->node.next };
		s->last = one;
		s->list = true;
	}
	s->last->next = more;
	s->last = more;
}

/* Text with markup in it: the markup goes. */
static bool is_prose(const struct xml_node *node)
{
	static const char *const names[] = { "title", "abstract", "note", "biblionote", "formattedref", "license" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (xml_is(node, names[i]))
			return true;
	for (const struct xml_node *n = node->child; n != NULL; n = n->next)
		if (n->text != NULL && strspn(n->text, " \t\r\n") != strlen(n->text))
			return true;
	return false;
}

/* Recursion: as deep as the document, XML_DEPTH_MAX. */
static const struct yaml_node *turn(struct turning *t, const struct xml_node *node)
{
	bool prose = is_prose(node), below = false;
	for (const struct xml_node *n = node->child; n != NULL; n = n->next)
		below = below || n->name != NULL;
	if (node->attributes == NULL && (prose || !below))
		return scalar(t->arena, xml_content(t->arena, node));
	struct making m = { .out = arena_get(t->arena, sizeof *m.out) };
	m.out->shape = SHAPE_MAPPING;
	for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next)
		if (strncmp(a->name, "xmlns", 5) != 0)
			add(t, &m, yaml_name(t->arena, a->name), scalar(t->arena, bytes_str(a->value)));
	if (prose)
		add(t, &m, "content", scalar(t->arena, xml_content(t->arena, node)));
	for (const struct xml_node *n = node->child; n != NULL && !prose; n = n->next)
		if (n->name != NULL)
			add(t, &m, yaml_name(t->arena, n->name), turn(t, n));
	return m.out;
}

const struct yaml_node *relaton_from_xml(struct arena *arena, const struct xml_node *root, uint64_t *warnings)
{
	struct turning t = { .arena = arena, .warnings = warnings };
	return turn(&t, root);
}
