#include "node/core/question_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/core/question.h"
#include "proto/fold.h"

#define BLANKS " \t\r\n"

struct saying {
	struct question *q;
	struct arena *arena;
	struct buf words; /* the value of q so far */
	bool bare;        /* there are words in it that nothing special is said of */
	struct err *err;
};

static int cannot(struct saying *s, const char *what)
{
	return err_set(s->err, ERR_UNSUPPORTED, "%s", what);
}

static int say(struct saying *s, enum question_name name, const char *value)
{
	const char *word = question_name(name);
	if (value[0] == '\0')
		return cannot(s, "an empty value");
	if (s->q->given[name])
		return err_set(s->err, ERR_UNSUPPORTED, "two conditions on %s", word);
	return question_add(s->q, word, value, s->err) == OK ? OK : cannot(s, "a value that is too long");
}

/* ---- words ---- */

/* Does it hold what the text of a question takes for a mark? */
static bool has_mark(const char *text, bool phrase)
{
	static const char *const quotes[] = { "\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xef\xbc\x82" };
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
		if (strstr(text, quotes[i]) != NULL)
			return true;
	/* In front of a word a field, behind it a beginning, between two an ideographic space. */
	return !phrase &&
	       (strchr(text, '*') != NULL || strstr(text, "\xe3\x80\x80") != NULL || strstr(text, "title:") != NULL ||
	        strstr(text, "reference:") != NULL || strstr(text, "abstract:") != NULL);
}

static const char *prefix_of(enum record_field field)
{
	return field == FIELD_TITLE       ? "title:"
	       : field == FIELD_REFERENCE ? "reference:"
	       : field == FIELD_ABSTRACT  ? "abstract:"
	                                  : "";
}

static void put_piece(struct saying *s, const char *prefix, const char *text, size_t len, const char *end)
{
	buf_printf(&s->words, "%s%s", s->words.len > 0 ? " " : "", prefix);
	buf_add(&s->words, text, len);
	buf_add_str(&s->words, end);
}

static void put_phrase(struct saying *s, const struct condition *c)
{
	char *prefix = arena_get(s->arena, 16);
	(void)snprintf(prefix, 16, "%s\"", prefix_of(c->field));
	put_piece(s, prefix, c->text, strlen(c->text), c->open ? "\"*" : "\"");
}

/* Each word by itself; what has nothing to search for says nothing, in the tree as in the text. */
static int put_each(struct saying *s, const struct condition *c)
{
	for (const char *at = c->text + strspn(c->text, BLANKS); *at != '\0';) {
		size_t len = strcspn(at, BLANKS);
		bool last = at[len + strspn(at + len, BLANKS)] == '\0';
		bool says = fold_count(bytes_of(at, len)) > 0;
		if (last && c->open && !says)
			return cannot(s, "a mask that stands alone");
		if (says)
			put_piece(s, prefix_of(c->field), at, len, last && c->open ? "*" : "");
		at += len;
		at += strspn(at, BLANKS);
	}
	return OK;
}

static int say_words(struct saying *s, const struct condition *c)
{
	bool phrase = c->relation == COMPARE_PHRASE, named = c->field == FIELD_ANY || c->field == FIELD_REFERENCE;
	if (c->pattern != NULL)
		return cannot(s, "masks inside of words, anchors and proximity");
	if (!phrase && c->relation != COMPARE_ALL)
		return cannot(s, "one of several words");
	if (fold_count(bytes_str(c->text)) == 0 || has_mark(c->text, phrase))
		return cannot(s, "marks in words");
	if (phrase) {
		put_phrase(s, c);
		return OK;
	}
	/* Words that are a reference mean it: they must stay together, and apart from others. */
	bool alone = c->text[strcspn(c->text, BLANKS)] == '\0';
	if (c->field == FIELD_ANY && !c->open && !s->bare) {
		s->bare = true;
		put_piece(s, "", c->text, strlen(c->text), "");
		return OK;
	}
	if (c->field == FIELD_ANY && !c->open) {
		if (fold_count(bytes_str(c->text)) != 1)
			return cannot(s, "several words twice");
		put_phrase(s, c);
		return OK;
	}
	return named && !alone ? cannot(s, "several words of a reference, or with a mask") : put_each(s, c);
}

/* ---- values ---- */

static const struct {
	enum record_field field;
	enum question_name name;
	enum compare relation; /* what the text means */
	bool list;             /* it takes several values */
} VALUES[] = {
	{ FIELD_ICS, QUESTION_ICS, COMPARE_BELOW, true },
	{ FIELD_CCS, QUESTION_CCS, COMPARE_BELOW, true },
	{ FIELD_STAGE, QUESTION_STAGE, COMPARE_BELOW, true },
	{ FIELD_LANGUAGE, QUESTION_LANG, COMPARE_BELOW, true },
	{ FIELD_STATUS, QUESTION_STATUS, COMPARE_IS, true },
	{ FIELD_LEVEL, QUESTION_LEVEL, COMPARE_IS, true },
	{ FIELD_KIND, QUESTION_KIND, COMPARE_IS, true },
	{ FIELD_ORIGIN, QUESTION_ORIGIN, COMPARE_IS, true },
	{ FIELD_DEGREE, QUESTION_DEGREE, COMPARE_IS, true },
	{ FIELD_PUBLISHER, QUESTION_BODY, COMPARE_IS, false },
	{ FIELD_COMMITTEE, QUESTION_COMMITTEE, COMPARE_BELOW, false },
	{ FIELD_REFERENCE, QUESTION_REF, COMPARE_IS, false },
	{ FIELD_ADOPTS, QUESTION_ADOPTS, COMPARE_IS, false },
	{ FIELD_REPLACES, QUESTION_REPLACES, COMPARE_IS, false },
	{ FIELD_CITES, QUESTION_CITES, COMPARE_IS, false },
	{ FIELD_CITED_BY, QUESTION_CITED_BY, COMPARE_IS, false },
};
enum { VALUES_COUNT = sizeof VALUES / sizeof *VALUES };

static size_t row_of(enum record_field field)
{
	size_t i = 0;
	while (i < VALUES_COUNT && VALUES[i].field != field)
		i++;
	return i;
}

/* Is the clause what the text means by its value?  Below a whole code there is nothing, and status, kind and degree
 * have nothing below any. */
static bool means_same(const struct condition *c, size_t row)
{
	bool word = c->field == FIELD_STATUS || c->field == FIELD_KIND || c->field == FIELD_DEGREE;
	bool whole = (c->field == FIELD_ICS && strlen(c->text) == strlen("03.120.10")) ||
	             (c->field == FIELD_STAGE && strlen(c->text) == strlen("60.60"));
	bool letter = c->field == FIELD_CCS && strlen(c->text) == 1; /* the text means all of its codes */
	if (c->open != letter)
		return false;
	return c->relation == VALUES[row].relation || ((word || whole) && c->relation == COMPARE_BELOW) ||
	       (whole && c->relation == COMPARE_IS);
}

/* Of one clause, or of several of one field that OR joins, the values with commas between.  Recursion: as deep as the
 * tree, which its maker bounds. */
static int add_values(struct saying *s, const struct condition *c, enum record_field field, struct buf *out)
{
	size_t row = row_of(field);
	if (c->op == CONDITION_OR) {
		int rc = add_values(s, c->left, field, out);
		return rc == OK ? add_values(s, c->right, field, out) : rc;
	}
	if (c->op != CONDITION_CLAUSE || c->field != field || (out->len > 0 && !VALUES[row].list))
		return cannot(s, "OR of anything but values of one code");
	if (VALUES[row].list && (c->text[0] == '\0' || strchr(c->text, ',') != NULL))
		return cannot(s, "a value with a comma, or an empty one");
	if (!means_same(c, row))
		return err_set(s->err, ERR_UNSUPPORTED, "this relation, or a mask, of %s", question_name(VALUES[row].name));
	buf_printf(out, "%s%s", out->len > 0 ? "," : "", c->text);
	return OK;
}

static int say_values(struct saying *s, const struct condition *c)
{
	const struct condition *first = c;
	struct buf values = { 0 };
	while (first->op != CONDITION_CLAUSE)
		first = first->left;
	size_t row = row_of(first->field);
	if (row == VALUES_COUNT)
		return cannot(s, first == c ? "this index" : "OR of anything but values of one code");
	int rc = add_values(s, c, first->field, &values);
	if (rc == OK)
		rc = say(s, VALUES[row].name, arena_str(s->arena, buf_str(&values)));
	buf_free(&values);
	return rc;
}

/* ---- dates ---- */

/* The text includes both its ends: after a year is from the next one on. */
static int say_date(struct saying *s, const struct condition *c)
{
	char *year = arena_get(s->arena, 16);
	bool whole = strlen(c->text) == 4 && strspn(c->text, "0123456789") == 4;
	int rc;
	if (c->open)
		return cannot(s, "a mask of a date");
	switch (c->relation) {
	case COMPARE_FROM:
		return say(s, QUESTION_PUBLISHED_FROM, c->text);
	case COMPARE_UPTO:
		return say(s, QUESTION_PUBLISHED_TO, c->text);
	case COMPARE_AFTER:
	case COMPARE_BEFORE:
		if (!whole)
			return cannot(s, "before or after a day");
		(void)snprintf(year, 16, "%04ld", strtol(c->text, NULL, 10) + (c->relation == COMPARE_AFTER ? 1 : -1));
		return say(s, c->relation == COMPARE_AFTER ? QUESTION_PUBLISHED_FROM : QUESTION_PUBLISHED_TO, year);
	case COMPARE_WITHIN:
	case COMPARE_BELOW:
		rc = say(s, QUESTION_PUBLISHED_FROM, c->text);
		return rc == OK ? say(s, QUESTION_PUBLISHED_TO, c->relation == COMPARE_WITHIN ? c->last : c->text) : rc;
	case COMPARE_ALL:
	case COMPARE_ANY:
	case COMPARE_PHRASE:
	case COMPARE_IS:
		break;
	}
	return cannot(s, "this relation of a date");
}

/* ---- the tree ---- */

static int say_clause(struct saying *s, const struct condition *c)
{
	bool reference = c->field == FIELD_REFERENCE && c->relation == COMPARE_IS;
	switch ((int)c->field) {
	case FIELD_EVERY:
		return OK;
	case FIELD_ANY:
	case FIELD_REFERENCE:
	case FIELD_TITLE:
	case FIELD_ABSTRACT:
		return reference ? say_values(s, c) : say_words(s, c);
	case FIELD_DATE:
		return say_date(s, c);
	default:
		return say_values(s, c);
	}
}

/* Recursion: as deep as the tree, which its maker bounds. */
static int say_tree(struct saying *s, const struct condition *c)
{
	int rc;
	switch (c->op) {
	case CONDITION_CLAUSE:
		return say_clause(s, c);
	case CONDITION_OR:
		return say_values(s, c);
	case CONDITION_AND:
		rc = say_tree(s, c->left);
		return rc == OK ? say_tree(s, c->right) : rc;
	case CONDITION_NOT:
		break;
	}
	return cannot(s, "NOT");
}

/* What was said may still be more than a question can be: words in all, choices, forms of values. */
static int check(struct saying *s, struct bytes text)
{
	struct question *read = arena_get(s->arena, sizeof *read);
	*read = (struct question){ 0 };
	int rc = question_read(read, text, s->arena, s->err);
	if (rc == OK)
		rc = question_finish(read, s->arena, s->err);
	return rc == OK ? OK : err_wrap(s->err, ERR_UNSUPPORTED, "the question");
}

int question_tree(const struct condition *where, struct arena *arena, struct buf *out, struct err *err)
{
	struct question *q = arena_get(arena, sizeof *q);
	struct saying s = { .q = q, .arena = arena, .err = err };
	size_t begun = out->len;
	*q = (struct question){ 0 };
	int rc = say_tree(&s, where);
	if (rc == OK && s.words.len > 0)
		rc = say(&s, QUESTION_Q, arena_str(arena, buf_str(&s.words)));
	buf_free(&s.words);
	if (rc != OK)
		return rc;
	question_write(q, out);
	buf_printf(out, "%s%s=0", out->len > begun ? "&" : "", question_name(QUESTION_ACROSS));
	rc = check(&s, arena_bytes(arena, bytes_of(out->data + begun, out->len - begun)));
	if (rc != OK)
		out->len = begun;
	return rc;
}
