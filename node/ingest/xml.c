#include "node/ingest/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/entities.h"

struct xml_reader {
	XML_Parser parser;
	struct arena *arena;
	xml_wants_cb wants_cb;
	uint64_t *warnings;
	struct xml_node *root;
	struct xml_node *open; /* the innermost kept element that is open */
	unsigned skipping;     /* levels inside an element that is not wanted */
	unsigned depth;
	size_t nodes;
	size_t kept; /* bytes of names and texts */
	size_t kept_max, nodes_max;
	uint64_t fed;
	struct buf text; /* of the open element, not yet a node */
	struct err why;  /* set by a handler that stopped the parser */
	int rc;
};

/* ---- stopping ------------------------------------------------------------------------------------------------- */

static void stop(struct xml_reader *x, int rc, const char *reason)
{
	if (x->rc != OK)
		return;
	x->rc = err_set(&x->why, rc, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(x->parser), reason);
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* Memory for what is kept of the document, or the end of it. */
static bool may_keep(struct xml_reader *x, size_t bytes)
{
	if (x->rc != OK)
		return false;
	x->kept += bytes;
	if (x->kept > x->kept_max)
		stop(x, ERR_LIMIT, "more metadata than is taken");
	return x->rc == OK;
}

static struct xml_node *add_node(struct xml_reader *x)
{
	if (++x->nodes > x->nodes_max) {
		stop(x, ERR_LIMIT, "more elements than are taken");
		return NULL;
	}
	struct xml_node *node = arena_get(x->arena, sizeof *node);
	struct xml_node *parent = x->open;
	node->parent = parent;
	if (parent == NULL)
		x->root = node;
	else if (parent->last == NULL)
		parent->child = node;
	else
		parent->last->next = node;
	if (parent != NULL)
		parent->last = node;
	return node;
}

/* ---- what expat tells ----------------------------------------------------------------------------------------- */

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon != NULL && colon[1] != '\0' ? colon + 1 : name;
}

static void end_text(struct xml_reader *x)
{
	if (x->text.len == 0 || x->rc != OK)
		return;
	struct xml_node *node = add_node(x);
	if (node != NULL)
		node->text = arena_strn(x->arena, x->text.data, x->text.len);
	buf_reset(&x->text);
}

static void keep_attributes(struct xml_reader *x, struct xml_node *node, const char **attributes)
{
	struct xml_attribute **end = &node->attributes;
	for (; attributes[0] != NULL; attributes += 2) {
		if (!may_keep(x, sizeof **end + strlen(attributes[0]) + strlen(attributes[1])))
			return;
		struct xml_attribute *a = arena_get(x->arena, sizeof *a);
		a->name = arena_str(x->arena, local_name(attributes[0]));
		a->value = arena_str(x->arena, attributes[1]);
		*end = a;
		end = &a->next;
	}
}

static void XMLCALL on_start(void *arg, const char *name, const char **attributes)
{
	struct xml_reader *x = arg;
	if (++x->depth > XML_DEPTH_MAX) {
		stop(x, ERR_LIMIT, "more levels than are taken");
		return;
	}
	if (x->skipping > 0) {
		x->skipping++;
		return;
	}
	name = local_name(name);
	if ((x->root != NULL && x->open == NULL) || x->wants_cb(x->open, name) == XML_SKIP) {
		x->skipping = 1;
		return;
	}
	end_text(x);
	if (!may_keep(x, strlen(name)))
		return;
	struct xml_node *node = add_node(x);
	if (node == NULL)
		return;
	node->name = arena_str(x->arena, name);
	keep_attributes(x, node, attributes);
	x->open = node;
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct xml_reader *x = arg;
	(void)name;
	x->depth--;
	if (x->skipping > 0) {
		x->skipping--;
		return;
	}
	end_text(x);
	if (x->open != NULL)
		x->open = x->open->parent;
}

static void add_text(struct xml_reader *x, const char *text, size_t len)
{
	if (x->skipping == 0 && x->open != NULL && may_keep(x, len))
		buf_add(&x->text, text, len);
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
	add_text(arg, text, (size_t)len);
}

/* With a document type that is not read, expat cannot know what these stand for. */
static void XMLCALL on_skipped_entity(void *arg, const char *name, int is_parameter)
{
	struct xml_reader *x = arg;
	if (is_parameter != 0 || x->skipping > 0 || x->open == NULL)
		return;
	const char *text = entity_text(name);
	if (text != NULL) {
		add_text(x, text, strlen(text));
		return;
	}
	*x->warnings += 1;
	add_text(x, "&", 1);
	add_text(x, name, strlen(name));
	add_text(x, ";", 1);
}

/* A few bytes of these unfold to gigabytes, or name a file; but for pictures, which never become text. */
static void XMLCALL on_entity_declaration(void *arg, const char *name, int is_parameter, const char *value, int len,
                                          const char *base, const char *system_id, const char *public_id,
                                          const char *notation)
{
	(void)name, (void)is_parameter, (void)value, (void)len, (void)base, (void)system_id, (void)public_id;
	if (notation == NULL)
		stop(arg, ERR_INVALID, "declares an entity: such documents are not taken");
}

/* ---- the document --------------------------------------------------------------------------------------------- */

void xml_allow(struct xml_reader *x, size_t bytes, size_t nodes)
{
	x->kept_max = bytes;
	x->nodes_max = nodes;
}

struct xml_reader *xml_open(struct arena *arena, xml_wants_cb wants_cb, uint64_t *warnings)
{
	struct xml_reader *x = calloc(1, sizeof *x);
	must(x != NULL);
	x->arena = arena;
	x->wants_cb = wants_cb;
	x->warnings = warnings;
	xml_allow(x, DOCUMENT_MAX, XML_NODES_MAX);
	x->parser = XML_ParserCreate(NULL);
	must(x->parser != NULL);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetSkippedEntityHandler(x->parser, on_skipped_entity);
	XML_SetEntityDeclHandler(x->parser, on_entity_declaration);
	/* Without an external subset to read, a reference that is not declared would be an error. */
	(void)XML_UseForeignDTD(x->parser, XML_TRUE);
	(void)XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	return x;
}

void xml_close(struct xml_reader *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	buf_free(&x->text);
	free(x);
}

static int failed(struct xml_reader *x, struct err *err)
{
	if (x->rc == OK)
		x->rc = err_set(&x->why, ERR_INVALID, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(x->parser),
		                XML_ErrorString(XML_GetErrorCode(x->parser)));
	return err_set(err, x->rc, "%s", x->why.text);
}

/* Expat reads what is not yet a whole token from its beginning again with each piece that comes. */
static bool token_too_long(const struct xml_reader *x)
{
	XML_Index at = XML_GetCurrentByteIndex(x->parser);
	return at >= 0 && x->fed - (uint64_t)at > XML_TOKEN_MAX;
}

static int feed_piece(struct xml_reader *x, struct bytes piece, struct err *err)
{
	x->fed += piece.len;
	if (XML_Parse(x->parser, (const char *)piece.data, (int)piece.len, 0) == XML_STATUS_ERROR || x->rc != OK)
		return failed(x, err);
	if (x->fed > XML_DOCUMENT_MAX)
		stop(x, ERR_LIMIT, "the document is larger than is taken");
	else if (token_too_long(x))
		stop(x, ERR_LIMIT, "one tag or comment is larger than is taken");
	return x->rc == OK ? OK : failed(x, err);
}

int xml_feed(struct xml_reader *x, struct bytes bytes, struct err *err)
{
	enum { PIECE = 64 * 1024 };
	int rc = x->rc == OK ? OK : failed(x, err);
	while (rc == OK && bytes.len > 0) {
		size_t n = bytes.len < PIECE ? bytes.len : PIECE;
		rc = feed_piece(x, bytes_of(bytes.data, n), err);
		bytes = bytes_of(bytes.data + n, bytes.len - n);
	}
	return rc;
}

int xml_finish(struct xml_reader *x, const struct xml_node **root, struct err *err)
{
	if (x->rc != OK || XML_Parse(x->parser, "", 0, 1) == XML_STATUS_ERROR || x->rc != OK)
		return failed(x, err);
	*root = x->root;
	return OK;
}

/* ---- the tree ------------------------------------------------------------------------------------------------- */

bool xml_is(const struct xml_node *node, const char *name)
{
	return node != NULL && node->name != NULL && strcmp(node->name, name) == 0;
}

static const struct xml_node *first_from(const struct xml_node *n, const char *name)
{
	while (n != NULL && !xml_is(n, name))
		n = n->next;
	return n;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	return node != NULL ? first_from(node->child, name) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *node, const char *name)
{
	return first_from(node->next, name);
}

const char *xml_value(const struct xml_node *node, const char *name)
{
	const struct xml_attribute *a = node != NULL ? node->attributes : NULL;
	while (a != NULL && strcmp(a->name, name) != 0)
		a = a->next;
	return a != NULL ? a->value : NULL;
}

const char *xml_inherited(const struct xml_node *node, const struct xml_node *end, const char *name)
{
	const char *found = NULL;
	for (; node != end && found == NULL; node = node->parent)
		found = xml_value(node, name);
	return found;
}

static bool is_block(const char *name)
{
	static const char *const blocks[] = { "p", "title", "sec", "list", "list-item", "break", "label", "def-item" };
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (strcmp(blocks[i], name) == 0)
			return true;
	return false;
}

/* As deep as the tree, which XML_DEPTH_MAX bounds. */
static void gather(const struct xml_node *node, struct buf *out)
{
	for (const struct xml_node *n = node->child; n != NULL; n = n->next) {
		if (n->name == NULL) {
			buf_add_str(out, n->text);
		} else {
			if (is_block(n->name))
				buf_add_char(out, '\v');
			gather(n, out);
			if (is_block(n->name))
				buf_add_char(out, '\v');
		}
	}
}

/* Line ends of the file are blanks; blocks end lines. */
struct bytes xml_content(struct arena *arena, const struct xml_node *node)
{
	struct buf all = { 0 };
	if (node != NULL)
		gather(node, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (all.data[i] == '\n' || all.data[i] == '\r')
			all.data[i] = ' ';
		else if (all.data[i] == '\v')
			all.data[i] = '\n';
	}
	struct bytes text = bytes_of(arena_strn(arena, all.data, all.len), all.len);
	buf_free(&all);
	return text;
}
