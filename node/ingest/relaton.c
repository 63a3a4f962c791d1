#include "node/ingest/relaton.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/ingest.h"
#include "proto/language.h"
#include "proto/record.h"

const struct yaml_node *relaton_field(const struct relaton *r, const char *key)
{
	const struct yaml_node *found = yaml_get(r->root, key);
	return found != NULL ? found : yaml_get(r->ext, key);
}

static bool is_word(const struct yaml_node *node, const char *word)
{
	return bytes_equal(yaml_words(node), bytes_str(word));
}

/* ---- identity ------------------------------------------------------------------------------------------------- */

/* The primary identifier is the name.  The URN beside it has no year and is shared by editions. */
static const struct yaml_node *primary_id(const struct relaton *r)
{
	const struct yaml_node *ids = yaml_either(r->root, "docid", "docidentifier");
	for (const struct yaml_node *id = yaml_first(ids); id != NULL; id = yaml_next(ids, id))
		if (is_word(yaml_get(id, "primary"), "true"))
			return id;
	return yaml_first(ids);
}

static int read_identity(struct relaton *r, struct err *err)
{
	const struct yaml_node *type = yaml_get(r->root, "type");
	if (type != NULL && !is_word(type, "standard"))
		return err_set(err, ERR_INVALID, "type: %s: only standards are taken", (const char *)yaml_words(type).data);
	const struct yaml_node *id = primary_id(r);
	struct bytes written = clean_line(r->d.arena, yaml_words(id));
	if (written.len == 0)
		return err_set(err, ERR_INVALID, "docid: no identifier");
	int rc = draft_name(&r->d, written, err);
	return rc == OK ? OK : err_wrap(err, rc, "docid");
}

/* ---- lists of codes and names --------------------------------------------------------------------------------- */

static void read_ics(struct relaton *r)
{
	const struct yaml_node *list = relaton_field(r, "ics");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		draft_ics(&r->d, yaml_words(n->shape == SHAPE_MAPPING ? yaml_get(n, "code") : n));
}

static void read_languages(struct relaton *r)
{
	const struct yaml_node *list = yaml_get(r->root, "language");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		draft_language(&r->d, yaml_words(n));
}

/* ---- contributors and committees ------------------------------------------------------------------------------ */

static bool has_role(const struct yaml_node *contributor, const char *word)
{
	const struct yaml_node *roles = yaml_get(contributor, "role");
	for (const struct yaml_node *n = yaml_first(roles); n != NULL; n = yaml_next(roles, n))
		if (is_word(n->shape == SHAPE_MAPPING ? yaml_get(n, "type") : n, word))
			return true;
	return false;
}

/* The newer generation names a committee as an author whose role is described by that word. */
static bool is_committee(const struct yaml_node *contributor)
{
	const struct yaml_node *roles = yaml_get(contributor, "role");
	for (const struct yaml_node *n = yaml_first(roles); n != NULL; n = yaml_next(roles, n))
		if (is_word(yaml_get(n, "description"), "committee"))
			return true;
	return false;
}

/* A cell that listed several names has them on lines of their own. */
static void add_lines(struct relaton *r, struct bytes text)
{
	struct bytes line;
	bool any = false;
	while (clean_next_line(r->d.arena, &text, &line)) {
		draft_committee(&r->d, line);
		any = true;
	}
	if (!any)
		r->d.warnings++;
}

static void add_committees(struct relaton *r, const struct yaml_node *list)
{
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		struct bytes identifier = yaml_words(yaml_get(n, "identifier"));
		add_lines(r, identifier.len > 0 ? identifier : yaml_words(yaml_get(n, "name")));
	}
}

static void read_committees(struct relaton *r)
{
	const struct yaml_node *group = relaton_field(r, "editorialgroup");
	const struct yaml_node *people = yaml_get(r->root, "contributor");
	add_committees(r, yaml_get(group, "technical_committee"));
	for (const struct yaml_node *n = yaml_first(people); n != NULL; n = yaml_next(people, n))
		if (is_committee(n))
			add_committees(r, yaml_get(yaml_get(n, "organization"), "subdivision"));
}

/* "ISO/IEC" for a joint standard.  A Japanese one is established on the word of JISC, whatever association keeps its
 * text. */
static void read_publisher(struct relaton *r)
{
	if (is_word(yaml_get(primary_id(r), "type"), "JIS")) {
		r->d.standard.publisher = arena_str(r->d.arena, "JISC");
		return;
	}
	struct buf joined = { 0 };
	const struct yaml_node *people = yaml_get(r->root, "contributor");
	for (const struct yaml_node *n = yaml_first(people); n != NULL; n = yaml_next(people, n)) {
		const struct yaml_node *body = yaml_get(n, "organization");
		if (!has_role(n, "publisher") || body == NULL)
			continue;
		struct bytes words = yaml_words(yaml_get(body, "abbreviation"));
		words = clean_line(r->d.arena, words.len > 0 ? words : yaml_words(yaml_get(body, "name")));
		if (words.len == 0)
			continue;
		if (joined.len > 0)
			buf_add_char(&joined, '/');
		buf_add_bytes(&joined, words);
	}
	if (joined.len > LABEL_MAX)
		r->d.warnings++;
	else if (joined.len > 0)
		r->d.standard.publisher = arena_strn(r->d.arena, joined.data, joined.len);
	buf_free(&joined);
}

static void read_edition(struct relaton *r)
{
	const struct yaml_node *edition = yaml_get(r->root, "edition");
	/* {number: 1, content: First edition} */
	const struct yaml_node *number = yaml_get(edition, "number");
	draft_label(&r->d, &r->d.standard.edition, clean_code(r->d.arena, yaml_words(number != NULL ? number : edition)));
}

/* A number that is not the reference's, written with or without the letter of a Japanese one. */
static void look_at_number(struct relaton *r)
{
	struct bytes number = clean_code(r->d.arena, yaml_words(yaml_get(r->root, "docnumber")));
	const char *own = r->d.name.number, *given = (const char *)number.data;
	const char *letter = strrchr(r->d.name.prefix, ' ');
	if (number.len == 0 || own[0] == '\0')
		return;
	if (letter != NULL && strncasecmp(given, letter + 1, strlen(letter + 1)) == 0) {
		given += strlen(letter + 1);
		number.len -= strlen(letter + 1);
	}
	if (strncasecmp(own, given, number.len) != 0)
		draft_oddity(&r->d, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "subject", (const char *)number.data);
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static int read_document(struct relaton *r, struct buf *out, struct err *err)
{
	int rc = read_identity(r, err);
	if (rc != OK)
		return rc;
	relaton_text_read(r);
	relaton_life_read(r);
	read_edition(r);
	read_ics(r);
	read_committees(r);
	read_languages(r);
	read_publisher(r);
	relaton_link_read(r);
	relaton_ext_read(r);
	draft_scope(&r->d);
	look_at_number(r);
	draft_look(&r->d);
	return record_encode(&r->d.record, out, err);
}

const struct yaml_node *relaton_documents(const struct yaml_node *root)
{
	const struct yaml_node *inner = yaml_get(root, "root"), *items = yaml_get(inner != NULL ? inner : root, "items");
	if (root != NULL && root->shape == SHAPE_SEQUENCE)
		return root;
	return items != NULL && items->shape == SHAPE_SEQUENCE ? items : NULL;
}

int relaton_read_node(const struct yaml_node *root, struct arena *arena, struct buf *out, struct relaton_facts *facts,
                      struct err *err)
{
	struct relaton *r = arena_get(arena, sizeof *r);
	draft_begin(&r->d, arena);
	r->root = root;
	if (root == NULL || root->shape != SHAPE_MAPPING)
		return err_set(err, ERR_INVALID, "not a Relaton document: %s", root == NULL ? "empty" : "not a mapping");
	r->ext = yaml_get(root, "ext");
	size_t before = out->len;
	int rc = read_document(r, out, err);
	if (rc != OK) {
		out->len = before;
		return rc;
	}
	facts->subject = r->d.name.canonical;
	facts->warnings = r->d.warnings;
	facts->held = yaml_get(r->root, "fetched") != NULL;
	return OK;
}

int relaton_read(struct bytes yaml, struct arena *arena, struct buf *out, struct relaton_facts *facts, struct err *err)
{
	const struct yaml_node *root;
	uint64_t warnings = 0;
	int rc = yaml_parse(yaml, arena, &root, &warnings, err);
	if (rc == OK)
		rc = relaton_read_node(root, arena, out, facts, err);
	if (rc == OK)
		facts->warnings += warnings;
	return rc;
}

int relaton_record(struct bytes yaml, struct buf *out, uint64_t *warnings, bool *held, struct err *err)
{
	struct arena arena = { 0 };
	struct relaton_facts facts;
	int rc = relaton_read(yaml, &arena, out, &facts, err);
	if (rc == OK) {
		*warnings += facts.warnings;
		if (held != NULL)
			*held = facts.held;
	}
	arena_free(&arena);
	return rc;
}
