/* One row of a table to one record; declared in table.h. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/cell.h"
#include "node/ingest/clean.h"
#include "node/ingest/draft.h"
#include "node/ingest/issuer.h"
#include "node/ingest/table.h"
#include "proto/field.h"
#include "proto/language.h"
#include "proto/level.h"
#include "proto/name.h"
#include "proto/record.h"
#include "proto/utf8.h"

enum { ODDITIES_MAX = 32, ADOPTIONS_MAX = 64 };

struct builder {
	const struct table *table;
	const struct csv_row *row;
	struct arena *arena;
	struct draft d; /* its name: the subject; its standard: the body of one */
};

/* ---- oddities ------------------------------------------------------------------------------------------------- */

/* At most LABEL_MAX bytes, cut between two characters. */
static char *label_of(struct builder *b, struct bytes text)
{
	struct bytes line = clean_line(b->arena, text);
	return arena_strn(b->arena, line.data, utf8_cut(line, LABEL_MAX));
}

/* "standard.events[].date" without its brackets. */
static char *plain_path(struct builder *b, const char *path)
{
	char *plain = arena_str(b->arena, path);
	size_t used = 0;
	for (const char *c = path; *c != '\0'; c++)
		if (*c != '[' && *c != ']')
			plain[used++] = *c;
	plain[used] = '\0';
	return plain;
}

/* What stood there cannot be the field's: it is left out, and kept as found. */
static void leave_out(struct builder *b, int type, const char *path, struct bytes found)
{
	Normlink__Record *r = &b->d.record;
	b->d.warnings++;
	if (r->n_oddities == ODDITIES_MAX)
		return;
	if (r->oddities == NULL)
		r->oddities = arena_array(b->arena, ODDITIES_MAX, sizeof(Normlink__Oddity *));
	Normlink__Oddity *odd = arena_get(b->arena, sizeof *odd);
	normlink__oddity__init(odd);
	odd->has_type = true;
	odd->type = (Normlink__OddityType)type;
	odd->field = plain_path(b, path);
	odd->found = label_of(b, found);
	if (odd->found[0] != '\0')
		r->oddities[r->n_oddities++] = odd;
}

static int oddity_of(enum mapping_as form)
{
	switch (form) {
	case CELL_DATE:
		return NORMLINK__ODDITY_TYPE__ODDITY_DATE;
	case CELL_REFERENCE:
	case CELL_ADOPTION:
		return NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE;
	case CELL_LANGUAGE:
		return NORMLINK__ODDITY_TYPE__ODDITY_LANGUAGE;
	case CELL_LINE:
	case CELL_LINES:
	case CELL_CODE:
	case CELL_ICS:
	case CELL_CCS:
	default:
		return NORMLINK__ODDITY_TYPE__ODDITY_CODE;
	}
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static struct bytes cell_at(const struct builder *b, size_t column)
{
	return column < b->row->count ? b->row->cells[column] : bytes_of(NULL, 0);
}

/* What the table of the rule gives; false when it does not have the text. */
static bool look_up(struct builder *b, const struct mapping_value *values, struct bytes *text)
{
	const char *folded = name_fold(*text, b->arena);
	for (; values->from != NULL; values++) {
		if (strcmp(values->from, folded) != 0)
			continue;
		*text = bytes_str(values->to);
		return true;
	}
	return false;
}

static bool is_ccs(struct bytes text)
{
	return text.len == 3 && text.data[0] >= 'A' && text.data[0] <= 'Z' && text.data[1] >= '0' && text.data[1] <= '9' &&
	       text.data[2] >= '0' && text.data[2] <= '9';
}

static struct bytes add_before(struct builder *b, const struct mapping_rule *rule, struct bytes text)
{
	if (rule->before[0] == '\0')
		return text;
	return bytes_str(arena_printf(b->arena, "%s%.*s", rule->before, (int)text.len, (const char *)text.data));
}

/* The value in the form that the field has; false: it has none. */
static bool canonical(struct builder *b, const struct mapping_rule *rule, struct bytes *text)
{
	struct designator d;
	char date[DATE_TEXT_MAX + 1];
	switch (rule->form) {
	case CELL_DATE:
		if (!cell_date(*text, &rule->dates, date))
			return false;
		*text = bytes_str(arena_str(b->arena, date));
		return true;
	case CELL_REFERENCE:
		if (!cell_reference(*text, rule->any, &d))
			return false;
		*text = bytes_str(arena_str(b->arena, d.canonical));
		return strcmp(d.canonical, b->d.name.canonical) != 0;
	case CELL_ICS:
		return ics_valid(arena_strn(b->arena, text->data, text->len));
	case CELL_CCS:
		return is_ccs(*text);
	case CELL_LANGUAGE:
		return language_valid(arena_strn(b->arena, text->data, text->len));
	case CELL_LINES:
		*text = add_before(b, rule, *text);
		return text->len <= TEXT_MAX;
	case CELL_LINE:
	case CELL_CODE:
	case CELL_ADOPTION:
	default:
		*text = add_before(b, rule, *text);
		return text->len <= LABEL_MAX;
	}
}

/* ---- fields --------------------------------------------------------------------------------------------------- */

static void set_with(struct builder *b, const struct mapping_with *w, size_t column, ProtobufCMessage *item)
{
	ProtobufCMessage *made;
	struct bytes text = bytes_str(w->text.constant != NULL ? w->text.constant : "");
	if (w->text.constant == NULL) {
		text = clean_code(b->arena, cell_at(b, column));
		if (text.len == 0)
			return;
		bool known = w->text.values == NULL || look_up(b, w->text.values, &text);
		if (known && text.len == 0)
			return;
		if (!known) {
			leave_out(b, NORMLINK__ODDITY_TYPE__ODDITY_CODE, w->field.path, text);
			return;
		}
	}
	ProtobufCMessage *at = path_place(&w->field, item, b->arena, &made);
	if (at == NULL || path_set(&w->field, at, text, b->arena, NULL) != OK)
		leave_out(b, NORMLINK__ODDITY_TYPE__ODDITY_CODE, w->field.path, text);
}

/* The item that the value was put into; NULL: it was left out. */
static ProtobufCMessage *put(struct builder *b, size_t number, struct bytes value)
{
	const struct mapping_rule *rule = &b->table->mapping->rules[number];
	ProtobufCMessage *item = NULL, *at = path_place(&rule->field, &b->d.record.base, b->arena, &item);
	if (at == NULL || path_set(&rule->field, at, value, b->arena, NULL) != OK) {
		leave_out(b, oddity_of(rule->form), rule->field.path, value);
		return NULL;
	}
	for (size_t i = 0; i < rule->with_count; i++)
		set_with(b, &rule->with[i], b->table->of_with[number][i], item);
	return item;
}

static void put_value(struct builder *b, size_t number, struct bytes text)
{
	const struct mapping_rule *rule = &b->table->mapping->rules[number];
	struct bytes value = text;
	bool known = rule->text.values == NULL || look_up(b, rule->text.values, &value);
	if (known && value.len == 0)
		return;
	if (!known || !canonical(b, rule, &value)) {
		leave_out(b, oddity_of(rule->form), rule->field.path, text);
		return;
	}
	/* An item that its field refuses would stay half made: what a code list does not have is seen before. */
	if (path_is_code(&rule->field) && rule->field.item != 0) {
		const ProtobufCEnumDescriptor *list = rule->field.steps[rule->field.count - 1]->descriptor;
		if (code_of_word(list, arena_strn(b->arena, value.data, value.len)) == 0) {
			leave_out(b, oddity_of(rule->form), rule->field.path, text);
			return;
		}
	}
	(void)put(b, number, value);
}

static void put_adoptions(struct builder *b, size_t number, struct bytes text)
{
	const struct mapping_rule *rule = &b->table->mapping->rules[number];
	struct cell_adoption *list = arena_array(b->arena, ADOPTIONS_MAX, sizeof *list);
	if (rule->text.values != NULL && look_up(b, rule->text.values, &text) && text.len == 0)
		return;
	size_t count = cell_adoptions(text, list, ADOPTIONS_MAX);
	struct path degree;
	bool has_degree =
	    path_find(path_item_type(&rule->field, &normlink__record__descriptor), "degree", &degree, NULL) == OK;
	for (size_t i = 0; i < count; i++) {
		const char *target = list[i].target.canonical;
		if (target[0] == '\0' || strcmp(target, b->d.name.canonical) == 0) {
			/* "adopted", but not what: nothing that could be said of a standard. */
			leave_out(b, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, rule->field.path, list[i].found);
			continue;
		}
		ProtobufCMessage *item = put(b, number, bytes_str(target));
		const char *word = list[i].degree;
		if (item == NULL || word == NULL || !has_degree)
			continue;
		if (word[0] == '\0' || path_set(&degree, item, bytes_str(word), b->arena, NULL) != OK)
			leave_out(b, NORMLINK__ODDITY_TYPE__ODDITY_CODE, rule->field.path, list[i].found);
	}
}

static bool begins(struct bytes text, const char *prefix)
{
	size_t n = strlen(prefix);
	return text.len >= n && memcmp(text.data, prefix, n) == 0;
}

/* With prefixes, a cell speaks of the field only behind one of them; a colon may follow. */
static bool take_prefix(const struct mapping_names *prefixes, struct bytes *text)
{
	for (size_t i = 0; i < prefixes->count; i++) {
		if (!begins(*text, prefixes->v[i]))
			continue;
		size_t n = strlen(prefixes->v[i]);
		*text = bytes_of(text->data + n, text->len - n);
		while (text->len > 0 && (text->data[0] == ':' || text->data[0] == ' '))
			*text = bytes_of(text->data + 1, text->len - 1);
		return text->len > 0;
	}
	return prefixes->count == 0;
}

/* Lines stay where they may tell one value from the next. */
static struct bytes clean_cell(struct builder *b, const struct mapping_rule *rule, struct bytes cell)
{
	bool several = rule->separators.count > 0 || rule->form == CELL_ADOPTION;
	if (rule->form == CELL_LINES || (rule->form == CELL_LINE && several))
		return clean_lines(b->arena, cell);
	if (rule->form == CELL_LINE)
		return clean_line(b->arena, cell);
	return several ? clean_code_lines(b->arena, cell) : clean_code(b->arena, cell);
}

static void apply_rule(struct builder *b, size_t number)
{
	const struct mapping_rule *rule = &b->table->mapping->rules[number];
	struct bytes cell = cell_at(b, b->table->of_rule[number]);
	struct bytes text = clean_cell(b, rule, cell);
	if (text.len == 0 || !take_prefix(&rule->prefixes, &text))
		return;
	if (rule->form == CELL_ADOPTION) {
		put_adoptions(b, number, text);
		return;
	}
	struct bytes part;
	for (size_t n = 0; cell_next(&text, &rule->separators, &part); n++) {
		if (n == RECORD_LIST_MAX) {
			b->d.warnings++;
			return;
		}
		put_value(b, number, part);
	}
}

static void apply_constant(struct builder *b, const struct mapping_rule *rule)
{
	ProtobufCMessage *item, *at;
	if (path_is_set(&rule->field, &b->d.record.base))
		return;
	at = path_place(&rule->field, &b->d.record.base, b->arena, &item);
	for (size_t i = 0; i < rule->constants.count; i++)
		if (path_set(&rule->field, at, bytes_str(rule->constants.v[i]), b->arena, NULL) != OK)
			b->d.warnings++;
}

/* What the reference says where no column did; where one says otherwise, that is odd. */
static void derive(struct builder *b)
{
	Normlink__Standard *s = b->d.record.standard;
	struct level told = b->d.name.prefix[0] != '\0' ? level_of_designator(&b->d.name) : (struct level){ 0 };
	const char *region = issuer_region(&b->d.name);
	/* Chinese law says it of references; elsewhere they do not tell. */
	int level = told.level, obligation = region != NULL && strncmp(region, "CN", 2) == 0 ? told.obligation : 0;
	if (s == NULL)
		return;
	if (!s->has_level && level != 0) {
		s->has_level = true;
		s->level = (Normlink__Level)level;
	}
	if (s->has_obligation && obligation != 0 && (int)s->obligation != obligation) {
		leave_out(b, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "standard.obligation", bytes_str(b->d.name.canonical));
	} else if (obligation != 0) {
		s->has_obligation = true;
		s->obligation = (Normlink__Obligation)obligation;
	}
	if (s->region == NULL && region != NULL)
		s->region = arena_str(b->arena, region);
}

/* ---- the row -------------------------------------------------------------------------------------------------- */

static int read_subject(struct builder *b, struct err *err)
{
	const struct mapping *m = b->table->mapping;
	struct bytes text = clean_line(b->arena, cell_at(b, b->table->subject));
	if (text.len == 0)
		return err_set(err, ERR_INVALID, "no %s: what the row is about is not said", m->subject.columns.v[0]);
	const char *whole = (const char *)text.data;
	if (b->table->fragment != NO_COLUMN) {
		struct bytes fragment = clean_line(b->arena, cell_at(b, b->table->fragment));
		if (m->fragment.values != NULL)
			(void)look_up(b, m->fragment.values, &fragment);
		if (fragment.len == 0)
			return err_set(err, ERR_INVALID, "no %s: what tells the row from others is not said",
			               m->fragment.columns.v[0]);
		whole = arena_printf(b->arena, "%s#%s", whole, (const char *)fragment.data);
	}
	int rc = record_subject(m->kind, whole, &b->d.name, err);
	if (rc != OK)
		return err_wrap(err, rc, "%s", m->subject.columns.v[0]);
	if (m->known && b->d.name.prefix[0] == '\0')
		return err_set(err, ERR_INVALID, "%s: not a reference of a family that is known: %.100s",
		               m->subject.columns.v[0], b->d.name.canonical);
	b->d.record.subject = b->d.name.canonical;
	if (b->d.record.standard != NULL && !bytes_equal(text, bytes_str(b->d.name.canonical)))
		b->d.record.standard->reference = arena_strn(b->arena, text.data, text.len);
	return OK;
}

/* The body of the kind is there, whatever the columns say. */
static void make_body(struct builder *b)
{
	if (b->d.record.kind == NORMLINK__KIND__KIND_STANDARD)
		return; /* it is there */
	b->d.record.standard = NULL;
	const ProtobufCFieldDescriptor *body = protobuf_c_message_descriptor_get_field(
	    &normlink__record__descriptor, RECORD_BODY_FIRST + (unsigned)b->table->mapping->kind - 1);
	ProtobufCMessage *m = arena_get(b->arena, ((const ProtobufCMessageDescriptor *)body->descriptor)->sizeof_message);
	protobuf_c_message_init(body->descriptor, m);
	*(ProtobufCMessage **)(void *)((char *)&b->d.record + body->offset) = m;
}

static int check_row(const struct table *t, const struct csv_row *row, struct err *err)
{
	for (size_t i = 0; i < row->count; i++) {
		if (i >= t->columns && row->cells[i].len > 0)
			return err_set(err, ERR_INVALID, "%zu cells, and the table has %zu columns", row->count, t->columns);
		if (!utf8_valid(row->cells[i]))
			return err_set(err, ERR_INVALID, "cell %zu has bytes that are no text", i + 1);
	}
	if (row->count < t->columns)
		return err_set(err, ERR_INVALID, "%zu cells, and the table has %zu columns", row->count, t->columns);
	return OK;
}

int table_record(const struct table *t, const struct csv_row *row, struct arena *arena, struct buf *out,
                 const char **subject, uint64_t *warnings, struct err *err)
{
	int rc = check_row(t, row, err);
	if (rc != OK)
		return rc;
	struct builder *b = arena_get(arena, sizeof *b);
	*b = (struct builder){ .table = t, .row = row, .arena = arena };
	draft_begin(&b->d, arena);
	b->d.record.kind = (Normlink__Kind)t->mapping->kind;
	make_body(b);
	rc = read_subject(b, err);
	for (size_t i = 0; rc == OK && i < t->mapping->count; i++) {
		if (t->mapping->rules[i].constants.count > 0)
			apply_constant(b, &t->mapping->rules[i]);
		else if (t->of_rule[i] != NO_COLUMN)
			apply_rule(b, i);
	}
	if (rc == OK && t->mapping->derive)
		derive(b);
	if (rc == OK)
		draft_look(&b->d);
	size_t before = out->len;
	if (rc == OK)
		rc = record_encode(&b->d.record, out, err);
	if (rc != OK) {
		out->len = before;
		return rc;
	}
	*subject = b->d.record.subject;
	*warnings = b->d.warnings;
	return OK;
}
