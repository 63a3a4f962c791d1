#include "node/store/row.h"

#include "node/store/chain.h"
#include "node/store/entries.h"
#include "node/store/schema.h"
#include "proto/record.h"

static struct row_test *make(struct finding *f, int op, const struct row_test *left, const struct row_test *right)
{
	struct row_test *t = arena_get(f->arena, sizeof *t);
	t->op = op;
	t->left = left;
	t->right = right;
	return t;
}

/* ---- codes as numbers: 8 bits of field, 10 of group, 8 of subgroup, each one more than it says, 0: none ---- */

enum { FIELD_SHIFT = 18, GROUP_SHIFT = 8 };

/* Of exactly so many digits. */
static bool take_digits(struct bytes *rest, size_t digits, uint32_t *out)
{
	uint32_t n = 0;
	if (rest->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (rest->data[i] < '0' || rest->data[i] > '9')
			return false;
		n = n * 10 + rest->data[i] - '0';
	}
	*rest = bytes_of(rest->data + digits, rest->len - digits);
	*out = n + 1;
	return true;
}

static bool take_dot(struct bytes *rest)
{
	bool dot = rest->len > 0 && rest->data[0] == '.';
	if (dot)
		*rest = bytes_of(rest->data + 1, rest->len - 1);
	return dot;
}

uint32_t row_code(struct bytes code)
{
	uint32_t field, group = 0, subgroup = 0;
	bool good = take_digits(&code, 2, &field);
	if (good && take_dot(&code)) {
		good = take_digits(&code, 3, &group);
		if (good && take_dot(&code))
			good = take_digits(&code, 2, &subgroup);
	}
	return good && code.len == 0 ? field << FIELD_SHIFT | group << GROUP_SHIFT | subgroup : 0;
}

static void set_numbers(struct row_test *t)
{
	uint32_t code = row_code(t->ics), group = code >> GROUP_SHIFT << GROUP_SHIFT;
	uint32_t field = code >> FIELD_SHIFT << FIELD_SHIFT;
	t->low = code;
	t->high = code == 0                    ? 0
	          : !t->below || code != group ? code + 1
	          : code != field              ? code + (1u << GROUP_SHIFT)
	                                       : code + (1u << FIELD_SHIFT);
}

/* NULL: what is asked for is no range; whoever looks it up says why. */
static const struct row_test *of_date(struct finding *f, const struct condition *c, struct row_test *t)
{
	struct value_range range;
	if (clause_range(f, c, &range) != OK)
		return NULL;
	t->from = arena_str(f->arena, range.low);
	t->to = arena_str(f->arena, range.high);
	return t;
}

static const struct row_test *of_clause(struct finding *f, const struct condition *c)
{
	struct row_test *t = make(f, ROW_IS, NULL, NULL);
	t->field = c->field;
	t->below = c->relation == COMPARE_BELOW;
	if (c->field == FIELD_EVERY) {
		t->op = ROW_ALWAYS;
		return t;
	}
	if (c->field == FIELD_DATE)
		return of_date(f, c, t);
	if (c->open || (c->relation != COMPARE_IS && c->relation != COMPARE_BELOW))
		return NULL;
	if (c->field == FIELD_STATUS || c->field == FIELD_KIND) {
		t->code = c->field == FIELD_STATUS ? status_of_word(c->text) : kind_of_word(c->text);
		return t->code != 0 ? t : NULL;
	}
	if (c->field == FIELD_ORIGIN) {
		for (size_t i = 0; i < f->snapshot->origin_count; i++)
			if (strcmp(f->snapshot->origins[i].name, c->text) == 0)
				t->code = f->snapshot->origins[i].slot;
		return t;
	}
	t->ics = bytes_str(c->text);
	set_numbers(t);
	return c->field == FIELD_ICS && t->ics.len > 0 ? t : NULL;
}

/* Recursion: as deep as the tree, which its maker bounds. */
const struct row_test *row_test_of(struct finding *f, const struct condition *c)
{
	if (c->op == CONDITION_CLAUSE)
		return of_clause(f, c);
	const struct row_test *left = row_test_of(f, c->left), *right = left != NULL ? row_test_of(f, c->right) : NULL;
	if (right == NULL)
		return NULL;
	if (c->op == CONDITION_NOT)
		right = row_test_not(f, right);
	return make(f, c->op == CONDITION_OR ? ROW_OR : ROW_AND, left, right);
}

const struct row_test *row_test_and(struct finding *f, const struct row_test *a, const struct row_test *b)
{
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return make(f, ROW_AND, a, b);
}

const struct row_test *row_test_not(struct finding *f, const struct row_test *a)
{
	return make(f, ROW_NOT, a, NULL);
}

/* "03" and "03.120" are below "03", "030" is not. */
static bool has_code(const struct doc_row *row, const struct row_test *t)
{
	struct bytes codes = row->ics, one;
	for (size_t i = 0; row->codes != NULL && i < row->code_count; i++)
		if (row->codes[i] >= t->low && row->codes[i] < t->high)
			return true;
	if (row->codes != NULL)
		return false;
	while (facets_next(&codes, &one)) {
		if (one.len < t->ics.len || memcmp(one.data, t->ics.data, t->ics.len) != 0)
			continue;
		if (one.len == t->ics.len || (t->below && one.data[t->ics.len] == '.'))
			return true;
	}
	return false;
}

static bool is_before(struct bytes text, const char *end)
{
	size_t len = strlen(end);
	int order = memcmp(text.data, end, text.len < len ? text.len : len);
	return order != 0 ? order < 0 : text.len < len;
}

bool row_fits(const struct row_test *t, const struct doc_row *row)
{
	if (t == NULL || t->op == ROW_ALWAYS)
		return true;
	switch (t->op) {
	case ROW_AND:
		return row_fits(t->left, row) && row_fits(t->right, row);
	case ROW_OR:
		return row_fits(t->left, row) || row_fits(t->right, row);
	case ROW_NOT:
		return !row_fits(t->left, row);
	case ROW_IS:
	case ROW_ALWAYS:
		break;
	}
	if (t->field == FIELD_STATUS || t->field == FIELD_KIND)
		return (t->field == FIELD_STATUS ? row->status : row->kind) == t->code;
	if (t->field == FIELD_DATE)
		return row->date.len > 0 && !is_before(row->date, t->from) && is_before(row->date, t->to);
	return t->field == FIELD_ORIGIN ? id_slot(row->doc) == t->code : has_code(row, t);
}

int row_filter(struct finding *f, const struct row_test *t, struct docs *docs)
{
	static const char sql[] = "SELECT d.status, d.kind, d.ics, d.current, d.date FROM doc AS d WHERE d.id = ?2" SEEN;
	size_t kept = 0;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < docs->count; i++) {
		sqlite3_stmt *stmt;
		bool row = false;
		rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)), db_int(docs->v[i].doc));
		if (rc == OK)
			rc = db_step(&f->store->db, f->err, stmt, &row);
		if (rc == OK && row) {
			struct doc_row r = { .doc = docs->v[i].doc,
				                 .status = sqlite3_column_int64(stmt, 0),
				                 .kind = sqlite3_column_int64(stmt, 1),
				                 .ics = db_column_bytes(stmt, 2),
				                 .date = db_column_bytes(stmt, 4) };
			rc = finding_pay(f);
			if (finding_has(f, r.doc, sqlite3_column_int(stmt, 3) != 0) && row_fits(t, &r))
				docs->v[kept++] = docs->v[i];
		}
		db_end(stmt);
	}
	docs->count = kept;
	return rc;
}
