#include "node/ingest/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/yaml.h"
#include "proto/name.h"
#include "proto/record.h"

struct loader {
	struct mapping *m;
	const char *where; /* "columns[2]": in refusals */
	struct err *err;
};

static int refuse(const struct loader *l, const char *what, const char *value)
{
	return err_set(l->err, ERR_INVALID, "%s%s%s%s%.100s", l->where, l->where[0] != '\0' ? ": " : "", what,
	               value != NULL ? ": " : "", value != NULL ? value : "");
}

static int check_keys(const struct loader *l, const struct yaml_node *node, const char *const *known)
{
	if (node->shape != SHAPE_MAPPING)
		return refuse(l, "not a mapping of words to values", NULL);
	for (const struct yaml_node *n = node->child; n != NULL; n = n->next) {
		const char *const *k = known;
		while (*k != NULL && strcmp(*k, n->key) != 0)
			k++;
		if (*k == NULL)
			return refuse(l, "a word that mappings do not have", n->key);
	}
	return OK;
}

static bool is_true(const struct yaml_node *node)
{
	return bytes_equal(yaml_words(node), bytes_str("true"));
}

static const char *text_of(const struct yaml_node *node)
{
	return node != NULL && node->shape == SHAPE_SCALAR && node->len > 0 ? node->text : NULL;
}

/* ---- lists and tables ----------------------------------------------------------------------------------------- */

static int read_names(const struct loader *l, const struct yaml_node *list, bool fold, struct mapping_names *out)
{
	struct arena *arena = &l->m->arena;
	out->v = arena_array(arena, yaml_count(list) + 1, sizeof *out->v);
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		const char *text = text_of(n);
		if (text == NULL)
			return refuse(l, "a list of texts has something else in it", list->key);
		const char *name = fold ? name_fold(bytes_str(text), arena) : arena_str(arena, text);
		if (name[0] == '\0')
			return refuse(l, "a name of nothing", list->key);
		out->v[out->count++] = name;
	}
	return OK;
}

static int read_values(const struct loader *l, const struct yaml_node *table, struct mapping_value **out)
{
	if (table == NULL)
		return OK;
	if (table->shape != SHAPE_MAPPING)
		return refuse(l, "values is a mapping of what cells have to what the field gets", NULL);
	struct arena *arena = &l->m->arena;
	size_t count = 0;
	for (const struct yaml_node *n = table->child; n != NULL; n = n->next)
		count++;
	*out = arena_array(arena, count + 1, sizeof **out);
	struct mapping_value *v = *out;
	for (const struct yaml_node *n = table->child; n != NULL; n = n->next, v++) {
		if (n->shape != SHAPE_SCALAR)
			return refuse(l, "values: not a text", n->key);
		v->from = name_fold(bytes_str(n->key), arena);
		v->to = arena_str(arena, n->text);
	}
	return OK;
}

/* Would the field take it? */
static int check_value(const struct loader *l, const struct path *f, const ProtobufCMessageDescriptor *item,
                       const char *value)
{
	struct arena scratch = { 0 };
	struct err why = { 0 };
	ProtobufCMessage *holder, *made, *root = arena_get(&scratch, item->sizeof_message);
	protobuf_c_message_init(item, root);
	holder = path_place(f, root, &scratch, &made);
	int rc = path_set(f, holder, bytes_str(value), &scratch, &why);
	arena_free(&scratch);
	return rc == OK ? OK : err_set(l->err, ERR_INVALID, "%s: %s: %s: %.100s", l->where, f->path, why.text, value);
}

/* What the table gives must be what the field takes; nothing at all leaves the field out. */
static int check_table(const struct loader *l, const struct path *f, const ProtobufCMessageDescriptor *item,
                       const struct mapping_value *values)
{
	int rc = OK;
	for (; rc == OK && values != NULL && values->from != NULL; values++)
		if (values->to[0] != '\0' && path_is_code(f))
			rc = check_value(l, f, item, values->to);
	return rc;
}

static int read_text(const struct loader *l, const struct yaml_node *node, struct mapping_text *out)
{
	int rc = read_names(l, yaml_get(node, "columns"), true, &out->columns);
	return rc == OK ? read_values(l, yaml_get(node, "values"), &out->values) : rc;
}

/* ---- rules ---------------------------------------------------------------------------------------------------- */

static const char *last_name(const struct path *f)
{
	return f->steps[f->count - 1]->name;
}

static enum mapping_as usual_form(const struct path *f)
{
	static const struct {
		const char *name;
		enum mapping_as form;
	} table[] = {
		{ "value", CELL_LINES },      { "date", CELL_DATE },           { "opens", CELL_DATE },
		{ "closes", CELL_DATE },      { "next", CELL_DATE },           { "deadline", CELL_DATE },
		{ "valid_from", CELL_DATE },  { "valid_until", CELL_DATE },    { "ics", CELL_ICS },
		{ "ccs", CELL_CCS },          { "languages", CELL_LANGUAGE },  { "lang", CELL_LANGUAGE },
		{ "target", CELL_REFERENCE }, { "standards", CELL_REFERENCE },
	};
	if (path_is_code(f))
		return CELL_CODE;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, last_name(f)) == 0)
			return table[i].form;
	return CELL_LINE;
}

static int read_form(const struct loader *l, const struct yaml_node *node, struct mapping_rule *rule)
{
	static const char *const words[] = { "line", "lines",    "code",      "date",    "ics",
		                                 "ccs",  "language", "reference", "adoption" };
	rule->form = usual_form(&rule->field);
	if (node == NULL)
		return OK;
	const char *word = text_of(node);
	for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		rule->form = (enum mapping_as)i;
		if (rule->form == CELL_ADOPTION && (rule->field.item == 0 || strcmp(last_name(&rule->field), "target") != 0))
			return refuse(l, "as: adoption is for fields like standard.adopts[].target", NULL);
		return OK;
	}
	return refuse(l, "as: line, lines, code, date, ics, ccs, language, reference or adoption, not", word);
}

static int read_with(const struct loader *l, const struct yaml_node *table, struct mapping_rule *rule)
{
	static const char *const known[] = { "columns", "values", NULL };
	const ProtobufCMessageDescriptor *item = path_item_type(&rule->field, &normlink__record__descriptor);
	if (table != NULL && table->shape != SHAPE_MAPPING)
		return refuse(l, "with is a mapping of fields to values", NULL);
	size_t count = 0;
	for (const struct yaml_node *n = table != NULL ? table->child : NULL; n != NULL; n = n->next)
		count++;
	rule->with = arena_array(&l->m->arena, count + 1, sizeof *rule->with);
	int rc = OK;
	for (const struct yaml_node *n = table != NULL ? table->child : NULL; rc == OK && n != NULL; n = n->next) {
		struct mapping_with *w = &rule->with[rule->with_count++];
		rc = path_find(item, arena_str(&l->m->arena, n->key), &w->field, l->err);
		if (rc != OK)
			return err_wrap(l->err, rc, "%s: with", l->where);
		if (n->shape == SHAPE_SCALAR) {
			w->text.constant = arena_str(&l->m->arena, n->text);
			rc = check_value(l, &w->field, item, n->text);
			continue;
		}
		rc = check_keys(l, n, known);
		if (rc == OK)
			rc = read_text(l, n, &w->text);
		if (rc == OK)
			rc = check_table(l, &w->field, item, w->text.values);
	}
	return rc;
}

static int read_lists(const struct loader *l, const struct yaml_node *node, struct mapping_rule *rule)
{
	int rc = read_names(l, yaml_get(node, "separators"), false, &rule->separators);
	if (rc == OK)
		rc = read_names(l, yaml_get(node, "prefixes"), false, &rule->prefixes);
	return rc == OK ? read_names(l, yaml_get(node, "dates"), false, &rule->dates) : rc;
}

/* Not a field of another kind's body. */
static int check_kind(const struct loader *l, const struct path *field)
{
	unsigned first = field->steps[0]->id, body = RECORD_BODY_FIRST + (unsigned)l->m->kind - 1;
	return first < RECORD_BODY_FIRST || first == body ? OK : refuse(l, "a field of another kind", field->path);
}

static int read_rule(const struct loader *l, const struct yaml_node *node, struct mapping_rule *rule)
{
	static const char *const known[] = { "columns",    "field",    "as",    "required", "known",  "values",
		                                 "separators", "prefixes", "dates", "with",     "before", NULL };
	int rc = check_keys(l, node, known);
	if (rc != OK)
		return rc;
	const char *path = text_of(yaml_get(node, "field"));
	if (path == NULL)
		return refuse(l, "field is missing", NULL);
	rc = path_find(&normlink__record__descriptor, arena_str(&l->m->arena, path), &rule->field, l->err);
	if (rc != OK)
		return err_wrap(l->err, rc, "%s", l->where);
	rc = check_kind(l, &rule->field);
	if (rc == OK)
		rc = read_form(l, yaml_get(node, "as"), rule);
	if (rc == OK)
		rc = read_text(l, node, &rule->text);
	if (rc == OK && rule->text.columns.count == 0)
		rc = refuse(l, "columns is missing", NULL);
	if (rc == OK)
		rc = check_table(l, &rule->field, &normlink__record__descriptor, rule->text.values);
	if (rc == OK)
		rc = read_lists(l, node, rule);
	const char *before = text_of(yaml_get(node, "before"));
	rule->before = arena_str(&l->m->arena, before != NULL ? before : "");
	rule->required = is_true(yaml_get(node, "required"));
	rule->any = bytes_equal(yaml_words(yaml_get(node, "known")), bytes_str("false"));
	return rc == OK ? read_with(l, yaml_get(node, "with"), rule) : rc;
}

static int read_constant(const struct loader *l, const struct yaml_node *node, struct mapping_rule *rule)
{
	int rc = path_find(&normlink__record__descriptor, arena_str(&l->m->arena, node->key), &rule->field, l->err);
	if (rc != OK)
		return err_wrap(l->err, rc, "%s", l->where);
	rc = check_kind(l, &rule->field);
	if (rc != OK)
		return rc;
	if (rule->field.item != 0)
		return refuse(l, "of lists whose items have fields a constant cannot be made", node->key);
	rc = read_names(l, node, false, &rule->constants);
	for (size_t i = 0; rc == OK && i < rule->constants.count; i++)
		rc = check_value(l, &rule->field, &normlink__record__descriptor, rule->constants.v[i]);
	return rc;
}

static int read_rules(struct loader *l, const struct yaml_node *root)
{
	const struct yaml_node *columns = yaml_get(root, "columns"), *constants = yaml_get(root, "constants");
	size_t room = yaml_count(columns), at = 0;
	if (columns == NULL || columns->shape != SHAPE_SEQUENCE)
		return refuse(l, "columns: a list of rules is missing", NULL);
	if (constants != NULL && constants->shape != SHAPE_MAPPING)
		return refuse(l, "constants: not a mapping of fields to values", NULL);
	for (const struct yaml_node *n = constants != NULL ? constants->child : NULL; n != NULL; n = n->next)
		room++;
	if (room > MAPPING_RULES_MAX)
		return err_set(l->err, ERR_LIMIT, "more than %d rules", MAPPING_RULES_MAX);
	l->m->rules = arena_array(&l->m->arena, room + 1, sizeof *l->m->rules);
	int rc = OK;
	for (const struct yaml_node *n = yaml_first(columns); rc == OK && n != NULL; n = yaml_next(columns, n)) {
		l->where = arena_printf(&l->m->arena, "columns[%zu]", at++);
		rc = read_rule(l, n, &l->m->rules[l->m->count++]);
	}
	l->where = "constants";
	for (const struct yaml_node *n = constants != NULL ? constants->child : NULL; rc == OK && n != NULL; n = n->next)
		rc = read_constant(l, n, &l->m->rules[l->m->count++]);
	return rc;
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static int read_subject(struct loader *l, const struct yaml_node *node)
{
	static const char *const known[] = { "columns", "known", "fragment", NULL };
	static const char *const fragment[] = { "columns", "values", NULL };
	const struct yaml_node *inner = yaml_get(node, "fragment");
	l->where = "subject";
	if (node == NULL)
		return refuse(l, "missing: the columns that say what a row is about", NULL);
	int rc = check_keys(l, node, known);
	if (rc == OK)
		rc = read_text(l, node, &l->m->subject);
	if (rc == OK && l->m->subject.columns.count == 0)
		rc = refuse(l, "columns is missing", NULL);
	l->m->known = is_true(yaml_get(node, "known"));
	l->where = "subject.fragment";
	if (rc == OK && inner != NULL)
		rc = check_keys(l, inner, fragment);
	return rc == OK ? read_text(l, inner, &l->m->fragment) : rc;
}

static int read_head(struct loader *l, const struct yaml_node *root)
{
	static const char *const known[] = { "name",    "title",   "kind",      "encoding", "separator",
		                                 "subject", "columns", "constants", "derive",   NULL };
	struct mapping *m = l->m;
	int rc = check_keys(l, root, known);
	if (rc != OK)
		return rc;
	const char *name = text_of(yaml_get(root, "name")), *title = text_of(yaml_get(root, "title"));
	const char *kind = text_of(yaml_get(root, "kind")), *encoding = text_of(yaml_get(root, "encoding"));
	const char *separator = text_of(yaml_get(root, "separator"));
	m->name = arena_str(&m->arena, name != NULL ? name : "");
	m->title = arena_str(&m->arena, title != NULL ? title : "");
	m->kind = kind_of_word(kind != NULL ? kind : "standard");
	if (m->kind == 0 || kind_about_log(m->kind))
		return refuse(l, "kind: not one that tables can have", kind);
	if (encoding != NULL && (m->encoding = charset_of_word(encoding)) == CHARSET_FOUND_OUT)
		return refuse(l, "encoding: utf-8, gb18030 or utf-16, not", encoding);
	if (separator != NULL) {
		if (strcmp(separator, "tab") != 0 && (strlen(separator) != 1 || strchr("\"\r\n", separator[0]) != NULL))
			return refuse(l, "separator: one character, or tab, not", separator);
		m->separator = separator[1] == '\0' ? separator[0] : '\t';
	}
	m->derive = is_true(yaml_get(root, "derive"));
	return OK;
}

int mapping_read(struct bytes yaml, struct mapping **out, struct err *err)
{
	struct arena arena = { 0 };
	const struct yaml_node *root = NULL;
	uint64_t twice = 0;
	if (yaml.len > MAPPING_MAX)
		return err_set(err, ERR_LIMIT, "a mapping of more than %d bytes", MAPPING_MAX);
	int rc = yaml_parse(yaml, &arena, &root, &twice, err);
	if (rc == OK && (root == NULL || root->shape != SHAPE_MAPPING))
		rc = err_set(err, ERR_INVALID, "not a mapping file: nothing in it, or not words with values");
	if (rc == OK && twice > 0)
		rc = err_set(err, ERR_INVALID, "a word stands twice in one place");
	if (rc != OK) {
		arena_free(&arena);
		return rc;
	}
	struct mapping *m = calloc(1, sizeof *m);
	must(m != NULL);
	struct loader l = { .m = m, .where = "", .err = err };
	rc = read_head(&l, root);
	if (rc == OK)
		rc = read_subject(&l, yaml_get(root, "subject"));
	l.where = "";
	if (rc == OK)
		rc = read_rules(&l, root);
	arena_free(&arena);
	if (rc == OK)
		*out = m;
	else
		mapping_free(m);
	return rc;
}

void mapping_free(struct mapping *m)
{
	if (m == NULL)
		return;
	arena_free(&m->arena);
	free(m);
}
