#include "node/store/match.h"

#include <stdbool.h>
#include <string.h>

#include "node/base/limits.h"
#include "proto/fold.h"

struct builder {
	struct buf *out;
	const char *between; /* two terms that are not of one run */
	size_t terms;
	unsigned run; /* of the term before */
	size_t end;   /* likewise, in the words */
};

/* Han, Kana and Hangul lie above U+1100, which is three bytes of UTF-8 that begin with E1 or more. */
bool match_is_beginning(const char *term, size_t len)
{
	unsigned char first = (unsigned char)term[0];
	size_t size = first >= 0xf0 ? 4 : 3;
	return first >= 0xe1 && len == size;
}

void match_quote(const char *term, size_t len, struct buf *out)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (term[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, term[i]);
	}
	buf_add_char(out, '"');
}

/* Pairs of one run overlap in the text that they came from: they continue the phrase. */
static int add_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct builder *b = arg;
	if (b->terms == QUERY_TERMS_MAX)
		return ERR_USAGE;
	if (b->terms > 0)
		buf_add_str(b->out, run == b->run && start < b->end ? " + " : b->between);
	match_quote(term, len, b->out);
	if (match_is_beginning(term, len))
		buf_add_char(b->out, '*');
	b->terms++;
	b->run = run;
	b->end = end;
	return OK;
}

static int build(const char *words, const char *between, struct buf *out, size_t *terms, struct err *err)
{
	struct builder b = { .out = out, .between = between };
	size_t len = strnlen(words, QUERY_MAX + 1);
	*terms = 0;
	if (len > QUERY_MAX)
		return err_set(err, ERR_USAGE, "a query of more than %d bytes", QUERY_MAX);
	if (fold_terms(bytes_of(words, len), add_term, &b) != OK)
		return err_set(err, ERR_USAGE, "a query of more than %d words", QUERY_TERMS_MAX);
	*terms = b.terms;
	return OK;
}

int match_build(const char *words, struct buf *out, size_t *terms, struct err *err)
{
	return build(words, " AND ", out, terms, err);
}

static const char *column_of(enum record_field field)
{
	return field == FIELD_REFERENCE  ? "reference"
	       : field == FIELD_TITLE    ? "title"
	       : field == FIELD_ABSTRACT ? "abstract"
	                                 : NULL;
}

static int add_clause(const struct condition *c, struct buf *out, struct err *err)
{
	const char *between = c->relation == COMPARE_ALL ? " AND " : c->relation == COMPARE_ANY ? " OR " : " + ";
	struct buf inner = { 0 };
	size_t terms;
	int rc = build(c->text, between, &inner, &terms, err);
	if (rc == OK && terms == 0)
		rc = err_set(err, ERR_USAGE, "there is no word to search for");
	if (rc == OK) {
		bool starred = inner.data[inner.len - 1] == '*';
		if (column_of(c->field) != NULL)
			buf_printf(out, "{%s} : ", column_of(c->field));
		buf_printf(out, "(%s%s)", buf_str(&inner), c->open && !starred ? "*" : "");
	}
	buf_free(&inner);
	return rc;
}

/* Operators of one kind are put in a row, for the depth of parentheses is bounded: OR and AND join in any order, NOT
 * from the left (FTS5, "Boolean Operators"). */
static bool stands_in_row(const struct condition *c, const struct condition *side)
{
	return c->op == side->op && (side == c->left || c->op != CONDITION_NOT);
}

static size_t depth_of(const struct condition *c, const struct condition *side)
{
	return side->op == CONDITION_CLAUSE ? 0 : match_depth(side) + !stands_in_row(c, side);
}

/* Recursion here and below: as deep as the tree, which its maker bounds. */
size_t match_depth(const struct condition *c)
{
	if (c->op == CONDITION_CLAUSE)
		return 0;
	size_t left = depth_of(c, c->left), right = depth_of(c, c->right);
	return left > right ? left : right;
}

static int add_row(const struct condition *c, struct buf *out, struct err *err);
static int add_tree(const struct condition *c, struct buf *out, struct err *err);

static int add_side(const struct condition *c, const struct condition *side, struct buf *out, struct err *err)
{
	return stands_in_row(c, side) ? add_row(side, out, err) : add_tree(side, out, err);
}

static int add_row(const struct condition *c, struct buf *out, struct err *err)
{
	int rc = add_side(c, c->left, out, err);
	buf_add_str(out, c->op == CONDITION_AND ? " AND " : c->op == CONDITION_OR ? " OR " : " NOT ");
	return rc == OK ? add_side(c, c->right, out, err) : rc;
}

static int add_tree(const struct condition *c, struct buf *out, struct err *err)
{
	if (c->op == CONDITION_CLAUSE)
		return add_clause(c, out, err);
	buf_add_char(out, '(');
	int rc = add_row(c, out, err);
	buf_add_char(out, ')');
	return rc;
}

int match_and(struct match *m, const struct condition *tree, struct err *err)
{
	if (m->expression.len > 0)
		buf_add_str(&m->expression, " AND ");
	groups_and(&m->groups, tree);
	return add_tree(tree, &m->expression, err);
}

int match_not(struct match *m, const struct condition *tree, struct err *err)
{
	buf_add_str(&m->expression, " NOT ");
	groups_not(&m->groups, tree);
	return add_tree(tree, &m->expression, err);
}
