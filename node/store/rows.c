#include "node/store/rows.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/store/chain.h"
#include "node/store/row.h"
#include "node/store/schema.h"
#include "proto/edges.h"

struct rows {
	struct row *v[SLOT_MAX + 1]; /* by slot, then by index */
	size_t cap[SLOT_MAX + 1];
	size_t total;       /* of all cap */
	struct arena codes; /* of those kept */
	struct row spare;   /* the last that is not kept, */
	struct arena scratch;
};

void rows_forget(struct rows *r)
{
	if (r == NULL || r->total == 0)
		return;
	for (size_t i = 0; i <= SLOT_MAX; i++) {
		free(r->v[i]);
		r->v[i] = NULL;
		r->cap[i] = 0;
	}
	r->total = 0;
	arena_free(&r->codes);
}

void rows_free(struct rows *r)
{
	rows_forget(r);
	if (r != NULL)
		arena_free(&r->scratch);
	free(r);
}

/* Where the doc's row is kept; NULL: it is not, for there are too many. */
static struct row *place_of(struct rows *r, int64_t doc)
{
	int64_t slot = id_slot(doc);
	uint64_t index = id_index(doc);
	if (slot < 1 || slot > SLOT_MAX || index >= ROWS_KEPT_MAX)
		return NULL;
	if (index >= r->cap[slot]) {
		size_t cap = r->cap[slot] > 0 ? r->cap[slot] : ROWS_KEPT_MIN;
		while (cap <= index)
			cap *= 2;
		if (r->total - r->cap[slot] + cap > ROWS_KEPT_MAX)
			return NULL;
		struct row *v = calloc(cap, sizeof *v);
		must(v != NULL);
		if (r->cap[slot] > 0)
			memcpy(v, r->v[slot], r->cap[slot] * sizeof *v);
		free(r->v[slot]);
		r->v[slot] = v;
		r->total += cap - r->cap[slot];
		r->cap[slot] = cap;
	}
	return &r->v[slot][index];
}

/* As numbers where they are few and all have one; else as they are, in the arena; false: there is no room for that. */
static bool keep_codes(struct bytes ics, struct arena *arena, struct row *out)
{
	struct bytes rest = ics, code;
	bool numbers = true;
	while (numbers && facets_next(&rest, &code)) {
		uint32_t number = row_code(code);
		numbers = number != 0 && out->code_count < ROW_CODES;
		if (numbers)
			out->codes[out->code_count++] = number;
	}
	if (numbers)
		return true;
	uint8_t *copy = arena_try(arena, ics.len);
	if (copy == NULL || ics.len > UINT16_MAX)
		return false;
	memcpy(copy, ics.data, ics.len);
	out->ics = copy;
	out->ics_len = (uint16_t)ics.len;
	return true;
}

static void keep_date(struct bytes date, struct row *out)
{
	out->date_len = (uint8_t)(date.len < ROW_DATE ? date.len : ROW_DATE);
	if (date.len > 0)
		memcpy(out->date, date.data, out->date_len);
}

/* *kept: with its codes. */
static int read_row(struct store *s, int64_t doc, struct arena *arena, struct row *out, bool *kept, struct err *err)
{
	sqlite3_stmt *stmt;
	static const char sql[] = "SELECT title_bytes, kind, status, current, retracted, hidden, ics,"
	                          " EXISTS (SELECT 1 FROM link WHERE link.doc = ?1 AND link.type IN (100, 107))"
	                          ", date, year FROM doc WHERE id = ?1";
	_Static_assert(EDGE_ADOPTS == 100 && EDGE_TRANSLATES == 107, "as in the text above");
	int rc = db_query(&s->db, err, &stmt, sql, db_int(doc));
	*out = (struct row){ 0 };
	bool here = false;
	*kept = true;
	if (rc == OK)
		rc = db_step(&s->db, err, stmt, &here);
	if (rc == OK && here) {
		int64_t title_bytes = sqlite3_column_int64(stmt, 0);
		out->here = true;
		out->title_bytes = title_bytes < UINT32_MAX ? (uint32_t)title_bytes : UINT32_MAX;
		out->kind = (uint8_t)sqlite3_column_int(stmt, 1);
		out->status = (uint8_t)sqlite3_column_int(stmt, 2);
		out->current = sqlite3_column_int(stmt, 3) != 0;
		out->retracted = sqlite3_column_int(stmt, 4) != 0;
		out->hidden = sqlite3_column_int(stmt, 5) != 0;
		out->leads = sqlite3_column_int(stmt, 7) != 0;
		out->year = (uint16_t)sqlite3_column_int(stmt, 9);
		*kept = keep_codes(db_column_bytes(stmt, 6), arena, out);
		keep_date(db_column_bytes(stmt, 8), out);
	}
	db_end(stmt);
	return rc;
}

int rows_find(struct store *s, int64_t doc, const struct row **out, struct err *err)
{
	if (s->rows == NULL) {
		s->rows = calloc(1, sizeof *s->rows);
		must(s->rows != NULL);
	}
	struct rows *r = s->rows;
	struct row *k = place_of(r, doc);
	must(s->reading > 0);
	bool kept = k != NULL;
	int rc = kept && !k->known ? read_row(s, doc, &r->codes, k, &kept, err) : OK;
	if (rc == OK && kept) {
		k->known = true;
		*out = k;
		return OK;
	}
	arena_free(&r->scratch);
	*out = &r->spare;
	if (rc == OK)
		rc = read_row(s, doc, &r->scratch, &r->spare, &kept, err);
	return rc == OK && !kept ? err_set(err, ERR_CORRUPT, "the view has a list of codes that is too long") : rc;
}
