#include "node/ingest/table.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "proto/name.h"

/* ---- columns -------------------------------------------------------------------------------------------------- */

struct heads {
	const char **folded;
	bool *used;
	size_t count;
};

static struct heads fold_heads(const struct csv_row *head, struct arena *arena)
{
	struct heads h = { .count = head->count };
	h.folded = arena_array(arena, head->count + 1, sizeof *h.folded);
	h.used = arena_array(arena, head->count + 1, sizeof *h.used);
	for (size_t i = 0; i < head->count; i++)
		h.folded[i] = name_fold(head->cells[i], arena);
	return h;
}

/* The first of the names that the table has; it must not have it twice. */
static size_t find_column(struct heads *h, const struct mapping_names *names, bool *twice)
{
	for (size_t i = 0; i < names->count; i++) {
		size_t found = NO_COLUMN;
		for (size_t k = 0; k < h->count; k++) {
			if (strcmp(h->folded[k], names->v[i]) != 0)
				continue;
			*twice = *twice || found != NO_COLUMN;
			found = found == NO_COLUMN ? k : found;
		}
		if (found != NO_COLUMN) {
			h->used[found] = true;
			return found;
		}
	}
	return NO_COLUMN;
}

bool table_fits(const struct mapping *m, const struct csv_row *head)
{
	struct arena arena = { 0 };
	bool twice = false;
	struct heads h = fold_heads(head, &arena);
	bool fits = find_column(&h, &m->subject.columns, &twice) != NO_COLUMN;
	for (size_t i = 0; i < m->count; i++)
		if (m->rules[i].required && find_column(&h, &m->rules[i].text.columns, &twice) == NO_COLUMN)
			fits = false;
	arena_free(&arena);
	return fits && !twice;
}

static void list_add(struct buf *list, struct bytes name)
{
	if (list->len > 0)
		buf_add_str(list, ", ");
	buf_add_bytes(list, name);
}

static int missing(const struct table *t, const struct mapping_names *names, const struct csv_row *head,
                   struct err *err)
{
	struct buf has = { 0 };
	for (size_t i = 0; i < head->count && has.len < 200; i++)
		list_add(&has, bytes_of(head->cells[i].data, head->cells[i].len < 60 ? head->cells[i].len : 60));
	int rc = err_set(err, ERR_INVALID,
	                 "no column %.100s, which the mapping %.60s wants; the first row has: %s.  Name the column in a "
	                 "mapping file of your own (normlink import --mapping list)",
	                 names->v[0], t->mapping->name, buf_str(&has));
	buf_free(&has);
	return rc;
}

static int find_columns(struct table *t, struct heads *h, const struct csv_row *head, struct err *err)
{
	const struct mapping *m = t->mapping;
	bool twice = false;
	t->subject = find_column(h, &m->subject.columns, &twice);
	t->fragment = find_column(h, &m->fragment.columns, &twice);
	if (t->subject == NO_COLUMN)
		return missing(t, &m->subject.columns, head, err);
	if (t->fragment == NO_COLUMN && m->fragment.columns.count > 0)
		return missing(t, &m->fragment.columns, head, err);
	for (size_t i = 0; i < m->count; i++) {
		const struct mapping_rule *rule = &m->rules[i];
		t->of_rule[i] = find_column(h, &rule->text.columns, &twice);
		if (t->of_rule[i] == NO_COLUMN && rule->required)
			return missing(t, &rule->text.columns, head, err);
		t->of_with[i] = arena_array(&t->arena, rule->with_count + 1, sizeof(size_t));
		for (size_t k = 0; k < rule->with_count; k++)
			t->of_with[i][k] = find_column(h, &rule->with[k].text.columns, &twice);
	}
	return twice ? err_set(err, ERR_INVALID, "a column that is mapped stands there twice") : OK;
}

/* Fields that rules want, and none of their columns is there. */
static void find_absent(struct table *t)
{
	const struct mapping *m = t->mapping;
	for (size_t i = 0; i < m->count; i++) {
		const char *path = m->rules[i].field.path;
		bool there = m->rules[i].constants.count > 0, told = false;
		for (size_t k = 0; k < m->count; k++) {
			bool same = strcmp(m->rules[k].field.path, path) == 0;
			there = there || (same && t->of_rule[k] != NO_COLUMN);
			told = told || (same && k < i);
		}
		if (!there && !told)
			list_add(&t->absent, bytes_str(path));
	}
}

int table_open(struct table *t, const struct mapping *m, const struct csv_row *head, struct err *err)
{
	*t = (struct table){ .mapping = m, .columns = head->count };
	t->of_rule = arena_array(&t->arena, m->count + 1, sizeof *t->of_rule);
	t->of_with = arena_array(&t->arena, m->count + 1, sizeof *t->of_with);
	struct heads h = fold_heads(head, &t->arena);
	int rc = find_columns(t, &h, head, err);
	for (size_t i = 0; rc == OK && i < head->count; i++)
		if (!h.used[i] && h.folded[i][0] != '\0')
			list_add(&t->unused, clean_line(&t->arena, head->cells[i]));
	if (rc == OK)
		find_absent(t);
	return rc;
}

void table_close(struct table *t)
{
	arena_free(&t->arena);
	buf_free(&t->unused);
	buf_free(&t->absent);
	*t = (struct table){ 0 };
}

bool table_row_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		for (size_t k = 0; k < row->cells[i].len; k++)
			if (row->cells[i].data[k] != ' ' && row->cells[i].data[k] != '\t')
				return false;
	return true;
}
