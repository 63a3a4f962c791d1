/* A table read through; declared in many.h. */
#include <inttypes.h>

#include "node/ingest/many.h"
#include "node/ingest/table.h"

enum { HEAD_ROWS_MAX = 10 };

struct reading {
	const struct many_sink *sink;
	struct csv csv;
	struct table table;
	struct mapping *found; /* the included one that is tried; owned */
	struct buf record;
};

static int included(const char *name, struct mapping **out, struct err *err)
{
	struct bytes text;
	if (!included_text(name, &text))
		return err_set(err, ERR_INTERNAL, "%s: no such mapping", name);
	return mapping_read(text, out, err);
}

/* The included mapping whose columns the table has. */
static int find_mapping(struct reading *r, const struct csv_row *head, struct err *err)
{
	struct buf has = { 0 };
	int rc = r->found == NULL ? included("gb", &r->found, err) : OK;
	if (rc != OK || table_fits(r->found, head))
		return rc;
	for (size_t i = 0; i < head->count && has.len < 240; i++)
		buf_printf(&has, "%s%.*s", i > 0 ? ", " : "", (int)(head->cells[i].len < 60 ? head->cells[i].len : 60),
		           (const char *)head->cells[i].data);
	rc = err_set(err, ERR_UNSUPPORTED,
	             "a table whose columns no included mapping knows: %s.  Say what they are in a mapping file: "
	             "normlink import --mapping FILE; --mapping list shows how one is written",
	             buf_str(&has));
	buf_free(&has);
	return rc;
}

static void tell(struct reading *r, const char *what, struct buf *names)
{
	struct buf text = { 0 };
	if (names->len == 0)
		return;
	buf_printf(&text, "%s: %.400s", what, buf_str(names));
	r->sink->note_cb(r->sink->arg, buf_str(&text));
	buf_free(&text);
}

/* The next row that has something in it. */
static int next_filled(struct reading *r, struct csv_row *row, struct err *err)
{
	int rc;
	do
		rc = csv_next(&r->csv, row, err);
	while (rc == OK && table_row_empty(row));
	return rc;
}

static int try_head(struct reading *r, const struct mapping *m, const struct csv_row *head, struct err *err)
{
	int rc = m == NULL ? find_mapping(r, head, err) : OK;
	if (rc == OK)
		rc = table_open(&r->table, m != NULL ? m : r->found, head, err);
	if (rc != OK)
		table_close(&r->table);
	return rc;
}

/* A title or remark may stand above the heads.  If no row is one, what is wrong with the first is told. */
static int find_head(struct reading *r, const struct mapping *m, struct err *err)
{
	struct csv_row row;
	int first = next_filled(r, &row, err);
	if (first == ERR_CLOSED)
		return err_set(err, ERR_INVALID, "a table without a row");
	if (first == OK)
		first = try_head(r, m, &row, err);
	for (int n = 1; first == ERR_UNSUPPORTED || first == ERR_INVALID; n++) {
		if (n == HEAD_ROWS_MAX || next_filled(r, &row, NULL) != OK)
			return first;
		if (try_head(r, m, &row, NULL) == OK)
			return OK;
	}
	return first;
}

static int open_table(struct reading *r, const struct mapping *m, struct err *err)
{
	struct buf name = { 0 };
	int rc = find_head(r, m, err);
	if (rc != OK)
		return rc;
	if (r->csv.line > 1) {
		buf_printf(&name, "%" PRIu64, r->csv.line);
		tell(r, "the columns' names stand on line", &name);
		buf_reset(&name);
	}
	if (m == NULL) {
		buf_add_str(&name, r->table.mapping->name);
		tell(r, "a table, read with the mapping", &name);
	}
	buf_free(&name);
	tell(r, "columns that the mapping does not use", &r->table.unused);
	tell(r, "fields that no column is there for", &r->table.absent);
	return OK;
}

static int give_row(struct reading *r, int row_rc, const struct csv_row *row, struct err *why, struct err *err)
{
	struct arena arena = { 0 };
	struct one one = { .line = r->csv.line, .rc = row_rc, .kind = r->table.mapping->kind };
	buf_reset(&r->record);
	if (one.rc == OK)
		one.rc = table_record(&r->table, row, &arena, &r->record, &one.subject, &one.warnings, why);
	one.reason = why->text;
	one.record = buf_bytes(&r->record);
	int rc = r->sink->one_cb(r->sink->arg, &one, err);
	arena_free(&arena);
	return rc;
}

static int read_rows(struct reading *r, struct err *err)
{
	int rc = OK;
	while (rc == OK) {
		struct csv_row row;
		struct err why = { 0 };
		uint64_t before = r->csv.text.bytes;
		int row_rc = csv_next(&r->csv, &row, &why);
		*r->sink->bytes += r->csv.text.bytes - before;
		if (row_rc == ERR_CLOSED)
			return OK;
		if (row_rc != OK && row_rc != ERR_INVALID && row_rc != ERR_LIMIT)
			return err_set(err, row_rc, "%s", why.text);
		if (row_rc != OK || !table_row_empty(&row))
			rc = give_row(r, row_rc, &row, &why, err);
	}
	return rc;
}

int many_table(struct stream *stream, const struct mapping *m, const struct many_sink *sink, struct err *err)
{
	struct reading r = { .sink = sink };
	int rc = csv_open(&r.csv, stream, m != NULL ? m->encoding : CHARSET_FOUND_OUT, m != NULL ? m->separator : 0, err);
	if (rc == OK)
		rc = open_table(&r, m, err);
	*sink->bytes += r.csv.text.bytes;
	if (rc == OK)
		rc = read_rows(&r, err);
	table_close(&r.table);
	mapping_free(r.found);
	buf_free(&r.record);
	csv_close(&r.csv);
	return rc;
}
