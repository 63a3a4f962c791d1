/* Tokens, then a descent with one token of foresight.  Recursion: one level for each parenthesis, CQL_DEPTH_MAX. */
#include "node/api/cql.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "proto/utf8.h"

enum token {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_SLASH,
	TOKEN_SYMBOL,   /* = == < > <= >= <> */
	TOKEN_WORD,     /* not in quotes */
	TOKEN_QUOTED,   /* in quotes */
	TOKEN_OPERATOR, /* and or not prox */
	TOKEN_SORTBY,
	TOKEN_BAD, /* parser.fault is set */
};

struct parser {
	const char *text;
	size_t len;
	size_t at;    /* behind the token */
	size_t begin; /* of the token */
	enum token token;
	const char *word;     /* its text, in the arena */
	enum cql_operator op; /* of TOKEN_OPERATOR */
	size_t nodes, depth;
	struct arena *arena;
	struct cql_fault *fault;
};

static const char *const operators[] = { "", "and", "or", "not", "prox" };

const char *cql_operator_word(enum cql_operator op)
{
	return operators[op];
}

static int refuse(struct parser *p, int code, int diagnostic, const char *why)
{
	p->fault->diagnostic = diagnostic;
	p->fault->at = p->begin;
	(void)snprintf(p->fault->text, sizeof p->fault->text, "%s", why);
	return code;
}

static int unexpected(struct parser *p, const char *why)
{
	return p->token == TOKEN_BAD ? ERR_INVALID : refuse(p, ERR_INVALID, 10, why);
}

/* ---- tokens ---- */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool ends_word(char c)
{
	return is_blank(c) || strchr("()=<>/\"", c) != NULL;
}

static enum token bad_token(struct parser *p, const char *why)
{
	(void)refuse(p, ERR_INVALID, 10, why);
	return TOKEN_BAD;
}

static enum token read_symbol(struct parser *p)
{
	static const char *const symbols[] = { "==", ">=", "<=", "<>", "=", "<", ">" };
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		size_t len = strlen(symbols[i]);
		if (p->len - p->at < len || memcmp(p->text + p->at, symbols[i], len) != 0)
			continue;
		p->at += len;
		p->word = symbols[i];
		return TOKEN_SYMBOL;
	}
	return bad_token(p, "a sign that is none");
}

static enum token read_quoted(struct parser *p)
{
	size_t begin = ++p->at;
	while (p->at < p->len && p->text[p->at] != '"')
		p->at += p->text[p->at] == '\\' && p->at + 1 < p->len ? 2 : 1;
	if (p->at >= p->len)
		return bad_token(p, "a quote that is not closed");
	p->word = arena_strn(p->arena, p->text + begin, p->at - begin);
	p->at++;
	return TOKEN_QUOTED;
}

static enum token read_word(struct parser *p)
{
	size_t begin = p->at;
	while (p->at < p->len && !ends_word(p->text[p->at])) {
		if (p->text[p->at] == '\\' && ++p->at == p->len)
			return bad_token(p, "a backslash with nothing behind it");
		p->at++;
	}
	p->word = arena_strn(p->arena, p->text + begin, p->at - begin);
	for (size_t i = 1; i < sizeof operators / sizeof *operators; i++) {
		if (strcasecmp(p->word, operators[i]) == 0) {
			p->op = (enum cql_operator)i;
			p->word = operators[i];
			return TOKEN_OPERATOR;
		}
	}
	if (strcasecmp(p->word, "sortby") != 0)
		return TOKEN_WORD;
	p->word = "sortby";
	return TOKEN_SORTBY;
}

static enum token read_token(struct parser *p)
{
	while (p->at < p->len && is_blank(p->text[p->at]))
		p->at++;
	p->begin = p->at;
	if (p->at == p->len)
		return TOKEN_END;
	switch (p->text[p->at]) {
	case '(':
		p->at++;
		return TOKEN_OPEN;
	case ')':
		p->at++;
		return TOKEN_CLOSE;
	case '/':
		p->at++;
		return TOKEN_SLASH;
	case '=':
	case '<':
	case '>':
		return read_symbol(p);
	case '"':
		return read_quoted(p);
	default:
		return read_word(p);
	}
}

/* What is wrong with a token is told where it stands in the way; nothing is read behind it. */
static void next(struct parser *p)
{
	if (p->token != TOKEN_BAD)
		p->token = read_token(p);
}

/* A name or a term: the grammar takes its own words there, too. */
static bool take_text(struct parser *p, const char **out)
{
	if (p->token != TOKEN_WORD && p->token != TOKEN_QUOTED && p->token != TOKEN_OPERATOR && p->token != TOKEN_SORTBY)
		return false;
	*out = p->word;
	next(p);
	return true;
}

/* ---- the tree ---- */

static int parse_modifiers(struct parser *p, const struct cql_modifier **out)
{
	const struct cql_modifier **end = out;
	*out = NULL;
	while (p->token == TOKEN_SLASH) {
		struct cql_modifier *m = arena_get(p->arena, sizeof *m);
		next(p);
		if (!take_text(p, &m->name))
			return unexpected(p, "a modifier without a name");
		if (p->token == TOKEN_SYMBOL) {
			m->comparison = p->word;
			next(p);
			if (!take_text(p, &m->value))
				return unexpected(p, "a modifier without a value");
		}
		*end = m;
		end = &m->next;
	}
	return OK;
}

static int add_node(struct parser *p, struct cql_node **out)
{
	if (++p->nodes > CQL_NODES_MAX)
		return refuse(p, ERR_LIMIT, 38, "too many clauses");
	*out = arena_get(p->arena, sizeof **out);
	return OK;
}

static int parse_clause(struct parser *p, const struct cql_prefix *prefixes, const struct cql_node **out)
{
	struct cql_node *n;
	const char *text;
	if (!take_text(p, &text))
		return unexpected(p, "a term or an index is missing");
	int rc = add_node(p, &n);
	if (rc != OK)
		return rc;
	n->prefixes = prefixes;
	n->term = text;
	*out = n;
	if (p->token != TOKEN_SYMBOL && p->token != TOKEN_WORD)
		return OK;
	n->index = text;
	n->relation = p->word;
	next(p);
	rc = parse_modifiers(p, &n->modifiers);
	if (rc == OK && !take_text(p, &n->term))
		return unexpected(p, "a relation without a term");
	return rc;
}

static int parse_prefixes(struct parser *p, const struct cql_prefix **prefixes)
{
	while (p->token == TOKEN_SYMBOL && strcmp(p->word, ">") == 0) {
		struct cql_prefix *prefix = arena_get(p->arena, sizeof *prefix);
		next(p);
		if (!take_text(p, &prefix->uri))
			return unexpected(p, "a prefix without an identifier");
		if (p->token == TOKEN_SYMBOL && strcmp(p->word, "=") == 0) {
			prefix->name = prefix->uri;
			next(p);
			if (!take_text(p, &prefix->uri))
				return unexpected(p, "a prefix without an identifier");
		}
		prefix->outer = *prefixes;
		*prefixes = prefix;
	}
	return OK;
}

static int parse_scope(struct parser *p, const struct cql_prefix **prefixes, const struct cql_node **out);

static int parse_operand(struct parser *p, const struct cql_prefix *prefixes, const struct cql_node **out)
{
	if (p->token != TOKEN_OPEN)
		return parse_clause(p, prefixes, out);
	if (++p->depth > CQL_DEPTH_MAX)
		return refuse(p, ERR_LIMIT, 10, "parentheses too deep");
	next(p);
	int rc = parse_scope(p, &prefixes, out);
	p->depth--;
	if (rc == OK && p->token != TOKEN_CLOSE)
		return unexpected(p, "a parenthesis that is not closed");
	if (rc == OK)
		next(p);
	return rc;
}

/* Prefixes, and clauses that booleans join from the left; *prefixes is what they come to. */
static int parse_scope(struct parser *p, const struct cql_prefix **prefixes, const struct cql_node **out)
{
	int rc = parse_prefixes(p, prefixes);
	if (rc == OK)
		rc = parse_operand(p, *prefixes, out);
	while (rc == OK && p->token == TOKEN_OPERATOR) {
		struct cql_node *n;
		rc = add_node(p, &n);
		if (rc != OK)
			return rc;
		n->op = p->op;
		n->left = *out;
		next(p);
		rc = parse_modifiers(p, &n->modifiers);
		if (rc == OK)
			rc = parse_operand(p, *prefixes, &n->right);
		*out = n;
	}
	return rc;
}

static int parse_sort(struct parser *p, const struct cql_key **out)
{
	const struct cql_key **end = out;
	int rc = OK;
	if (p->token != TOKEN_SORTBY)
		return OK;
	next(p);
	do {
		struct cql_key *key = arena_get(p->arena, sizeof *key);
		if (!take_text(p, &key->index))
			return unexpected(p, "sortBy without an index");
		rc = parse_modifiers(p, &key->modifiers);
		*end = key;
		end = &key->next;
	} while (rc == OK && p->token != TOKEN_END);
	return rc;
}

int cql_parse(struct bytes text, struct arena *arena, struct cql_query *out, struct cql_fault *fault)
{
	struct parser p = { .text = (const char *)text.data, .len = text.len, .arena = arena, .fault = fault };
	*out = (struct cql_query){ 0 };
	*fault = (struct cql_fault){ 0 };
	if (text.len > QUERY_MAX)
		return refuse(&p, ERR_LIMIT, 12, "too long");
	if (!utf8_valid(text) || (text.len > 0 && memchr(text.data, 0, text.len) != NULL))
		return refuse(&p, ERR_INVALID, 10, "not UTF-8 text");
	next(&p);
	int rc = parse_scope(&p, &out->prefixes, &out->root);
	if (rc == OK)
		rc = parse_sort(&p, &out->sort);
	if (rc == OK && p.token != TOKEN_END)
		rc = unexpected(&p, "nothing can stand here");
	if (rc != OK)
		*out = (struct cql_query){ 0 };
	return rc;
}
