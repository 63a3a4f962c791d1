#include "node/core/question_words.h"

#include <stdbool.h>
#include <string.h>

#include "node/base/buf.h"
#include "node/base/limits.h"
#include "proto/fold.h"

struct reading {
	struct arena *arena;
	const char *at;
	struct buf bare; /* words that nothing special was said of: together they may be a reference */
	const struct condition *all;
	size_t terms;
	struct err *err;
};

/* A word, or a phrase, with what stands before and after it. */
struct token {
	enum record_field field;
	const char *text;
	size_t len;
	bool phrase, open;
};

/* ---- the text, piece by piece ---- */

static size_t blank_at(const char *at)
{
	static const char wide[] = "\xe3\x80\x80"; /* an ideographic space */
	if (strchr(" \t\r\n", *at) != NULL && *at != '\0')
		return 1;
	return strncmp(at, wide, 3) == 0 ? 3 : 0;
}

/* A quotation mark of any kind: a straight one, or a pair of typographic ones. */
static size_t quote_at(const char *at)
{
	static const char *const marks[] = { "\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xef\xbc\x82" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(at, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

/* "title:" and the like; anything else with a colon is a word: "9001:2015". */
static size_t field_at(const char *at, enum record_field *field)
{
	static const struct {
		const char *name;
		enum record_field field;
	} fields[] = {
		{ "title:", FIELD_TITLE },
		{ "reference:", FIELD_REFERENCE },
		{ "abstract:", FIELD_ABSTRACT },
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		size_t n = strlen(fields[i].name);
		if (strncmp(at, fields[i].name, n) != 0 || at[n] == '\0' || blank_at(at + n) > 0)
			continue;
		*field = fields[i].field;
		return n;
	}
	return 0;
}

/* Up to the mark that ends it; without one to the end. */
static void read_phrase(struct reading *r, struct token *t)
{
	r->at += quote_at(r->at);
	t->text = r->at;
	while (*r->at != '\0' && quote_at(r->at) == 0)
		r->at++;
	t->len = (size_t)(r->at - t->text);
	t->phrase = true;
	r->at += quote_at(r->at);
	t->open = *r->at == '*';
	r->at += t->open;
}

static void read_word(struct reading *r, struct token *t)
{
	t->text = r->at;
	while (*r->at != '\0' && blank_at(r->at) == 0 && quote_at(r->at) == 0)
		r->at++;
	t->len = (size_t)(r->at - t->text);
	t->open = t->len > 1 && t->text[t->len - 1] == '*';
	t->len -= t->open;
}

/* False: nothing is left. */
static bool next(struct reading *r, struct token *out)
{
	for (size_t n; (n = blank_at(r->at)) > 0; r->at += n)
		continue;
	*out = (struct token){ .field = FIELD_ANY };
	r->at += field_at(r->at, &out->field);
	if (*r->at == '\0')
		return false;
	if (quote_at(r->at) > 0)
		read_phrase(r, out);
	else
		read_word(r, out);
	return true;
}

/* ---- clauses ---- */

/* A text in which there is nothing to search for says nothing. */
static int add_clause(struct reading *r, const struct token *t, enum compare relation)
{
	size_t count = fold_count(bytes_of(t->text, t->len));
	if (count == 0)
		return OK;
	r->terms += count;
	if (r->terms > QUERY_TERMS_MAX)
		return err_set(r->err, ERR_USAGE, "a query of more than %d words", QUERY_TERMS_MAX);
	struct condition *c = arena_get(r->arena, sizeof *c);
	*c = (struct condition){
		.field = t->field, .relation = relation, .text = arena_strn(r->arena, t->text, t->len), .open = t->open
	};
	if (r->all == NULL) {
		r->all = c;
		return OK;
	}
	struct condition *both = arena_get(r->arena, sizeof *both);
	*both = (struct condition){ .op = CONDITION_AND, .left = r->all, .right = c };
	r->all = both;
	return OK;
}

static int add_token(struct reading *r, const struct token *t)
{
	if (t->field != FIELD_ANY || t->phrase || t->open)
		return add_clause(r, t, t->phrase ? COMPARE_PHRASE : COMPARE_ALL);
	if (r->bare.len > 0)
		buf_add_char(&r->bare, ' ');
	buf_add(&r->bare, t->text, t->len);
	return OK;
}

static int read_all(struct reading *r)
{
	struct token t;
	int rc = OK;
	while (rc == OK && next(r, &t))
		rc = add_token(r, &t);
	struct token bare = { .field = FIELD_ANY, .text = buf_str(&r->bare), .len = r->bare.len };
	if (rc == OK)
		rc = add_clause(r, &bare, COMPARE_ALL);
	if (rc == OK && r->all == NULL)
		rc = err_set(r->err, ERR_USAGE, "there is no word to search for in the query");
	return rc;
}

int question_words(const char *text, struct arena *arena, const struct condition **out, struct err *err)
{
	struct reading r = { .arena = arena, .at = text, .err = err };
	if (strnlen(text, QUERY_MAX + 1) > QUERY_MAX)
		return err_set(err, ERR_USAGE, "a query of more than %d bytes", QUERY_MAX);
	int rc = read_all(&r);
	buf_free(&r.bare);
	*out = r.all;
	return rc;
}
