#include "node/ingest/iso_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/clean.h"
#include "node/ingest/draft.h"
#include "node/ingest/iso_text.h"
#include "node/ingest/relaton.h"
#include "proto/json_tree.h"
#include "proto/language.h"
#include "proto/record.h"
#include "proto/status_words.h"

struct iso_id {
	uint64_t id;
	size_t text; /* offset in texts */
};

struct builder {
	const struct iso_ids *ids;
	const struct json_node *root;
	struct draft d;
	Normlink__Body body;
	Normlink__Source source;
};

/* ---- which lines ---------------------------------------------------------------------------------------------- */

static bool has(struct bytes line, const char *key)
{
	return memmem(line.data, line.len, key, strlen(key)) != NULL;
}

bool iso_open_looks(struct bytes line)
{
	size_t at = 0;
	while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
		at++;
	if (at == line.len || line.data[at] != '{' || !has(line, "\"id\"") || !has(line, "\"reference\""))
		return false;
	return has(line, "\"deliverableType\"") ||
	       (has(line, "\"secretariat\"") && (has(line, "\"parentId\"") || has(line, "\"childrenId\"")));
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

static bool number_of(struct bytes text, uint64_t *out)
{
	*out = 0;
	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(text.data[i] - '0');
	}
	return true;
}

int iso_ids_add(struct iso_ids *ids, struct bytes line, struct err *err)
{
	struct arena arena = { 0 };
	const struct json_node *root;
	uint64_t id;
	bool good =
	    json_tree_parse(line, &arena, &root, NULL) == OK && number_of(json_tree_text(json_tree_get(root, "id")), &id);
	struct bytes reference = good ? json_tree_text(json_tree_get(root, "reference")) : bytes_of(NULL, 0);
	if (reference.len > 0 && reference.len <= SUBJECT_MAX && memchr(reference.data, 0, reference.len) == NULL) {
		if (ids->count == LINKED_IDS_MAX) {
			arena_free(&arena);
			return err_set(err, ERR_LIMIT, "more than %d documents that name one another", LINKED_IDS_MAX);
		}
		if (ids->count == ids->room) {
			ids->room = ids->room > 0 ? 2 * ids->room : 1024;
			ids->v = realloc(ids->v, ids->room * sizeof *ids->v);
			must(ids->v != NULL);
		}
		ids->v[ids->count++] = (struct iso_id){ id, ids->texts.len };
		buf_add_bytes(&ids->texts, reference);
		buf_add_char(&ids->texts, '\0');
	}
	arena_free(&arena);
	return OK;
}

static int compare_ids(const void *left, const void *right)
{
	const struct iso_id *a = left, *b = right;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->text < b->text ? -1 : a->text > b->text;
}

void iso_ids_sort(struct iso_ids *ids)
{
	if (ids->count > 1)
		qsort(ids->v, ids->count, sizeof *ids->v, compare_ids);
}

void iso_ids_free(struct iso_ids *ids)
{
	free(ids->v);
	buf_free(&ids->texts);
	*ids = (struct iso_ids){ 0 };
}

/* NULL: no document of the file has that number.  Of two that do, the first. */
static const char *find_id(const struct iso_ids *ids, uint64_t id)
{
	size_t low = 0, high = ids->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ids->v[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ids->count && ids->v[low].id == id ? (const char *)ids->texts.data + ids->v[low].text : NULL;
}

/* The designator of the document with that number; a warning when there is none, or it is the subject itself. */
static bool find_target(struct builder *b, const struct json_node *id, struct designator *out)
{
	uint64_t number;
	const char *reference = number_of(json_tree_text(id), &number) ? find_id(b->ids, number) : NULL;
	return draft_target(&b->d, bytes_str(reference != NULL ? reference : ""), out);
}

/* ---- parts of both kinds -------------------------------------------------------------------------------------- */

static struct bytes text_at(const struct builder *b, const char *key)
{
	return clean_line(b->d.arena, json_tree_text(json_tree_get(b->root, key)));
}

static const struct json_node *first_item(const struct json_node *list)
{
	return list != NULL && list->shape == JSON_ITEMS ? list->child : NULL;
}

/* An empty text is as good as none. */
static void add_text(struct builder *b, int role, const char *lang, struct bytes value)
{
	if (value.len > 0 && language_valid(lang))
		draft_text(&b->d, role, lang, value);
	else
		b->d.warnings += value.len > 0;
}

/* {"en": "...", "fr": "..."}; markup goes. */
static void add_texts(struct builder *b, int role, const char *key)
{
	const struct json_node *all = json_tree_get(b->root, key);
	if (all != NULL && all->shape == JSON_SCALAR)
		add_text(b, role, "en", iso_text_plain(b->d.arena, all->text));
	for (const struct json_node *n = all != NULL ? all->child : NULL; n != NULL; n = n->next)
		if (n->key != NULL)
			add_text(b, role, n->key, iso_text_plain(b->d.arena, json_tree_text(n)));
}

static void name_source(struct builder *b)
{
	normlink__source__init(&b->source);
	b->source.name = arena_str(b->d.arena, "ISO Open Data");
	b->source.url = arena_str(b->d.arena, "https://www.iso.org/open-data.html");
	b->source.licence = arena_str(b->d.arena, "ODC-By-1.0");
	b->d.record.source = &b->source;
}

static int read_name(struct builder *b, struct err *err)
{
	int rc = draft_name(&b->d, json_tree_text(json_tree_get(b->root, "reference")), err);
	if (rc != OK)
		return err_wrap(err, rc, "reference");
	name_source(b);
	add_texts(b, NORMLINK__ROLE__ROLE_TITLE, "title");
	add_texts(b, NORMLINK__ROLE__ROLE_ABSTRACT, "scope");
	return OK;
}

/* ---- deliverables --------------------------------------------------------------------------------------------- */

static void read_stage(struct builder *b)
{
	struct bytes text = text_at(b, "currentStage");
	uint64_t number;
	char code[8];
	if (text.len == 0)
		return;
	if (!number_of(text, &number) || number > 9999) {
		b->d.warnings++;
		return;
	}
	(void)snprintf(code, sizeof code, "%02u.%02u", (unsigned)(number / 100), (unsigned)(number % 100));
	b->d.standard.stage = arena_str(b->d.arena, code);
	b->d.standard.has_status = true;
	b->d.standard.status = (Normlink__Status)status_of_body_word("iso", code);
}

static void read_codes(struct builder *b)
{
	const struct json_node *n;
	for (n = first_item(json_tree_get(b->root, "icsCode")); n != NULL; n = n->next)
		draft_ics(&b->d, json_tree_text(n));
	for (n = first_item(json_tree_get(b->root, "languages")); n != NULL; n = n->next)
		draft_language(&b->d, json_tree_text(n));
}

/* A supplement's own name says what it changes. */
static void add_base(struct builder *b)
{
	const char *name = b->d.name.canonical, *slash = strrchr(name, '/');
	int type = b->d.name.supplement ? relaton_supplement(name) : 0;
	if (type != 0 && slash != NULL)
		draft_link(&b->d, type, arena_strn(b->d.arena, name, (size_t)(slash - name)));
}

static void add_links(struct builder *b, const char *key, int type)
{
	struct designator target;
	for (const struct json_node *n = first_item(json_tree_get(b->root, key)); n != NULL; n = n->next)
		if (find_target(b, n, &target))
			draft_link(&b->d, type, target.canonical);
}

/* "ISO/IEC" of "ISO/IEC TS 27008:2019": what stands before the document's type. */
static void read_publisher(struct builder *b)
{
	static const char types[] = " TS TR PAS GUIDE ISP TTA IWA DATA R CD DIS FDIS WD AWI NP PRF PWI DTS DTR ";
	struct buf joined = { 0 };
	for (const char *at = b->d.name.prefix; *at != '\0';) {
		char word[36];
		size_t n = strcspn(at, "/ ");
		(void)snprintf(word, sizeof word, " %.*s ", (int)n, at);
		if (strcasestr(types, word) == NULL)
			buf_printf(&joined, "%s%.*s", joined.len > 0 ? "/" : "", (int)n, at);
		at += n + (at[n] != '\0' ? 1 : 0);
	}
	draft_label(&b->d, &b->d.standard.publisher, buf_bytes(&joined));
	buf_free(&joined);
}

static void read_deliverable(struct builder *b)
{
	struct bytes date = text_at(b, "publicationDate"), committee = text_at(b, "ownerCommittee");
	draft_scope(&b->d);
	read_stage(b);
	read_codes(b);
	if (date.len > 0)
		draft_event(&b->d, NORMLINK__EVENT_TYPE__EVENT_PUBLISHED, date);
	if (committee.len > 0)
		draft_committee(&b->d, committee);
	draft_label(&b->d, &b->d.standard.edition, text_at(b, "edition"));
	read_publisher(b);
	add_base(b);
	add_links(b, "replaces", NORMLINK__LINK_TYPE__LINK_REPLACES);
	add_links(b, "replacedBy", NORMLINK__LINK_TYPE__LINK_REPLACED_BY);
}

/* ---- committees ----------------------------------------------------------------------------------------------- */

/* A name, or an object that has one. */
static struct bytes words_of(const struct json_node *node)
{
	static const char *const keys[] = { "acronym", "name", "reference" };
	for (size_t i = 0; node != NULL && node->shape == JSON_MEMBERS && i < sizeof keys / sizeof *keys; i++) {
		struct bytes text = json_tree_text(json_tree_get(node, keys[i]));
		if (text.len > 0)
			return text;
	}
	return json_tree_text(node);
}

static void add_note(struct builder *b, const char *what, struct bytes words)
{
	words = clean_line(b->d.arena, words);
	if (words.len > 0)
		add_text(b, NORMLINK__ROLE__ROLE_NOTE, "en",
		         bytes_str(arena_printf(b->d.arena, "%s: %.*s", what, (int)words.len, (const char *)words.data)));
}

static void read_code(struct builder *b)
{
	struct bytes id = text_at(b, "id");
	Normlink__Body__Code *code = arena_get(b->d.arena, sizeof *code);
	if (id.len == 0)
		return;
	normlink__body__code__init(code);
	code->scheme = arena_str(b->d.arena, "ISO Open Data");
	code->value = arena_strn(b->d.arena, id.data, id.len);
	LIST_ADD(b->d.arena, b->body.codes, b->body.n_codes, code);
}

static void read_committee(struct builder *b)
{
	const struct json_node *parent = json_tree_get(b->root, "parentId");
	struct designator target;
	normlink__body__init(&b->body);
	b->d.record.kind = NORMLINK__KIND__KIND_BODY;
	b->d.record.standard = NULL;
	b->d.record.body = &b->body;
	b->body.roles = arena_array(b->d.arena, 1, sizeof *b->body.roles);
	b->body.roles[b->body.n_roles++] = NORMLINK__BODY__BODY_ROLE__BODY_COMMITTEE;
	read_code(b);
	if (parent != NULL && find_target(b, parent, &target))
		b->body.parent = arena_str(b->d.arena, target.canonical);
	add_note(b, "Status", words_of(json_tree_get(b->root, "status")));
	add_note(b, "Secretariat", words_of(json_tree_get(b->root, "secretariat")));
}

int iso_open_record(const struct iso_ids *ids, struct bytes line, struct arena *arena, struct buf *out,
                    struct iso_facts *facts, struct err *err)
{
	struct builder *b = arena_get(arena, sizeof *b);
	b->ids = ids;
	draft_begin(&b->d, arena);
	int rc = json_tree_parse(line, arena, &b->root, err);
	if (rc != OK)
		return rc;
	if (b->root == NULL || b->root->shape != JSON_MEMBERS)
		return err_set(err, ERR_INVALID, "not a JSON object");
	rc = read_name(b, err);
	if (rc != OK)
		return rc;
	if (json_tree_get(b->root, "deliverableType") != NULL || json_tree_get(b->root, "currentStage") != NULL)
		read_deliverable(b);
	else
		read_committee(b);
	draft_look(&b->d);
	size_t before = out->len;
	rc = record_encode(&b->d.record, out, err);
	if (rc != OK) {
		out->len = before;
		return rc;
	}
	*facts = (struct iso_facts){ (int)b->d.record.kind, b->d.record.subject, b->d.warnings };
	return OK;
}
