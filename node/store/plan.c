#include "node/store/plan.h"

#include "node/base/must.h"
#include "node/store/match.h"
#include "node/store/schema.h"
#include "node/store/words.h"

/* Clauses and trees that AND joins, and those that must not hold. */
struct joined {
	const struct condition **wanted, **unwanted;
	size_t wanted_count, unwanted_count;
	struct match *words; /* of all that are words; with an empty expression: there are none */
	const struct row_test *test;
	const struct condition *codes; /* of the test, that on ICS by which to look; NULL: there is none */
	bool *done;                    /* of those wanted: in words or test */
};

static bool is_about_words(const struct condition *c)
{
	return c->field == FIELD_ANY || c->field == FIELD_TITLE || c->field == FIELD_ABSTRACT ||
	       (c->field == FIELD_REFERENCE && c->relation != COMPARE_IS);
}

/* Recursion here and below: as deep as the tree, which its maker bounds. */
static bool has_words_alone(const struct condition *c)
{
	struct designator d;
	if (c->op != CONDITION_CLAUSE)
		return has_words_alone(c->left) && has_words_alone(c->right);
	return is_about_words(c) && c->pattern == NULL && c->relation <= COMPARE_PHRASE && !clause_names(c, &d);
}

/* Can the full-text index answer all of it by itself? */
static bool is_words(const struct condition *c)
{
	return match_depth(c) <= MATCH_DEPTH_MAX && has_words_alone(c);
}

/* Are they ICS codes, or dates, that are found by themselves? */
static bool is_codes(const struct condition *c)
{
	if (c->op == CONDITION_CLAUSE)
		return c->field == FIELD_ICS || c->field == FIELD_DATE;
	return c->op == CONDITION_OR && is_codes(c->left) && is_codes(c->right);
}

static size_t count_clauses(const struct condition *c)
{
	return c->op == CONDITION_CLAUSE ? 1 : count_clauses(c->left) + count_clauses(c->right);
}

static void take_apart(struct joined *j, const struct condition *c)
{
	if (c->op == CONDITION_AND) {
		take_apart(j, c->left);
		take_apart(j, c->right);
	} else if (c->op == CONDITION_NOT) {
		take_apart(j, c->left);
		j->unwanted[j->unwanted_count++] = c->right;
	} else {
		j->wanted[j->wanted_count++] = c;
	}
}

static bool has_words(const struct joined *j)
{
	return j->words->expression.len > 0;
}

/* Most dates are those of more docs than most codes. */
static bool is_wider(const struct condition *a, const struct condition *b)
{
	return a->op == CONDITION_CLAUSE && a->field == FIELD_DATE && (b->op != CONDITION_CLAUSE || b->field != FIELD_DATE);
}

static int sort_out(struct finding *f, struct joined *j)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < j->wanted_count; i++) {
		const struct condition *c = j->wanted[i];
		const struct row_test *test = row_test_of(f, c);
		j->done[i] = test != NULL || is_words(c);
		if (test == NULL && j->done[i])
			rc = match_and(j->words, c, f->err);
		if (test != NULL && is_codes(c) && (j->codes == NULL || is_wider(j->codes, c))) {
			test = j->codes != NULL ? row_test_of(f, j->codes) : NULL;
			j->codes = c;
		}
		j->test = row_test_and(f, j->test, test);
	}
	size_t kept = 0;
	for (size_t i = 0; rc == OK && i < j->unwanted_count; i++) {
		const struct condition *c = j->unwanted[i];
		const struct row_test *test = row_test_of(f, c);
		if (test != NULL)
			j->test = row_test_and(f, j->test, row_test_not(f, test));
		else if (has_words(j) && is_words(c))
			rc = match_not(j->words, c, f->err);
		else
			j->unwanted[kept++] = c;
	}
	j->unwanted_count = kept;
	return rc;
}

/* Rows of doc, score, current, status, kind, codes. */
static int collect_fitting(struct finding *f, sqlite3_stmt *stmt, const struct row_test *test, struct docs *out)
{
	int rc = OK;
	if (test == NULL)
		return clause_collect(f, stmt, out);
	while (rc == OK && db_next(&f->store->db, f->err, stmt, &rc)) {
		struct doc_row r = { .doc = sqlite3_column_int64(stmt, 0),
			                 .status = sqlite3_column_int64(stmt, 3),
			                 .kind = sqlite3_column_int64(stmt, 4),
			                 .ics = db_column_bytes(stmt, 5),
			                 .date = db_column_bytes(stmt, 6) };
		rc = finding_pay(f);
		if (finding_has(f, r.doc, sqlite3_column_int(stmt, 2) != 0) && row_fits(test, &r))
			docs_add(out, r.doc, sqlite3_column_int64(stmt, 1));
	}
	db_end(stmt);
	return rc;
}

static int by_rows(struct finding *f, const struct row_test *test, struct docs *out)
{
	static const char sql[] =
	    "SELECT d.id, 0, d.current, d.status, d.kind, d.ics, d.date FROM doc AS d WHERE ?1 = ?1" SEEN;
	sqlite3_stmt *stmt;
	int rc = db_query(&f->store->db, f->err, &stmt, sql, db_int(finding_sees(f)));
	return rc == OK ? collect_fitting(f, stmt, test, out) : rc;
}

/* Of what the words, a code or rows alone say. */
static int begin(struct finding *f, const struct joined *j, bool others, struct docs *out)
{
	const struct row_test *codes = j->codes != NULL ? row_test_of(f, j->codes) : NULL;
	if (has_words(j))
		return words_find(f, j->words, row_test_and(f, j->test, codes), out);
	if (others)
		return OK;
	if (j->codes == NULL)
		return by_rows(f, j->test, out);
	int rc = plan_find(f, j->codes, out);
	return rc == OK && j->test != NULL ? row_filter(f, j->test, out) : rc;
}

/* What neither words nor rows decide. */
static int go_on(struct finding *f, const struct joined *j, bool first, struct docs *out)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < j->wanted_count; i++) {
		struct docs one = { 0 };
		if (j->done[i])
			continue;
		rc = plan_find(f, j->wanted[i], first ? out : &one);
		if (!first)
			docs_and(out, &one);
		first = false;
		docs_free(&one);
	}
	for (size_t i = 0; rc == OK && i < j->unwanted_count; i++) {
		struct docs one = { 0 };
		rc = plan_find(f, j->unwanted[i], &one);
		docs_not(out, &one);
		docs_free(&one);
	}
	return rc;
}

static int find_joined(struct finding *f, const struct condition *c, struct docs *out)
{
	size_t clauses = count_clauses(c);
	struct joined j = { .words = arena_get(f->arena, sizeof *j.words),
		                .wanted = arena_array(f->arena, clauses, sizeof *j.wanted),
		                .unwanted = arena_array(f->arena, clauses, sizeof *j.unwanted),
		                .done = arena_array(f->arena, clauses, sizeof *j.done) };
	take_apart(&j, c);
	int rc = sort_out(f, &j);
	bool others = false;
	for (size_t i = 0; i < j.wanted_count; i++)
		others = others || !j.done[i];
	if (rc == OK)
		rc = begin(f, &j, others, out);
	if (rc == OK)
		rc = go_on(f, &j, !has_words(&j), out);
	const struct row_test *codes = j.codes != NULL ? row_test_of(f, j.codes) : NULL;
	const struct row_test *test = row_test_and(f, j.test, codes);
	/* Words were looked for with the test; rows, too. */
	if (rc == OK && others && !has_words(&j) && test != NULL)
		rc = row_filter(f, test, out);
	buf_free(&j.words->expression);
	return rc;
}

int plan_find(struct finding *f, const struct condition *c, struct docs *out)
{
	if (c->op == CONDITION_OR && (is_codes(c) || (!is_words(c) && row_test_of(f, c) == NULL))) {
		struct docs other = { 0 };
		int rc = plan_find(f, c->left, out);
		if (rc == OK)
			rc = plan_find(f, c->right, &other);
		docs_or(out, &other);
		docs_free(&other);
		return rc;
	}
	if (c->op == CONDITION_CLAUSE && !is_words(c) && (is_codes(c) || row_test_of(f, c) == NULL))
		return clause_find(f, c, out);
	return find_joined(f, c, out);
}

/* ---- words, and the rest ---- */

static const struct condition *also(struct finding *f, const struct condition *a, const struct condition *b)
{
	if (a == NULL)
		return b;
	struct condition *both = arena_get(f->arena, sizeof *both);
	*both = (struct condition){ .op = CONDITION_AND, .left = a, .right = b };
	return both;
}

static bool only_words(const struct condition *c)
{
	return c->op == CONDITION_CLAUSE ? is_about_words(c) : only_words(c->left) && only_words(c->right);
}

void plan_split(struct finding *f, const struct condition *c, const struct condition **words,
                const struct condition **rest)
{
	if (c->op == CONDITION_AND && !only_words(c)) {
		plan_split(f, c->left, words, rest);
		plan_split(f, c->right, words, rest);
	} else if (only_words(c)) {
		*words = also(f, *words, c);
	} else {
		*rest = also(f, *rest, c);
	}
}
