/* Words in a record, and how close they come: as FTS5 finds them and node/store/rank.c counts, without either. */
#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/core/wanted.h"
#include "proto/fold.h"

enum { COLUMNS = 3, SCALE = 1000000, LENGTH_BASE = 8, LENGTH_SHARE = 4 };

static const int weights[COLUMNS] = { 160, 80, 16 };

struct term {
	const char *text;
	size_t len;
	bool joined; /* with the one before: pairs of one run, or all of a phrase */
	bool open;   /* it begins a word */
	size_t end;
	unsigned run;
};

struct terms {
	struct arena *arena;
	struct term *v;
	size_t count, cap;
};

static int add_term(void *arg, const char *text, size_t len, size_t start, size_t end, unsigned run)
{
	struct terms *t = arg;
	if (t->count == t->cap) {
		t->cap = t->cap == 0 ? 64 : 2 * t->cap;
		t->v = realloc(t->v, t->cap * sizeof *t->v);
		must(t->v != NULL);
	}
	const struct term *last = t->count > 0 ? &t->v[t->count - 1] : NULL;
	bool joined = last != NULL && last->run == run && start < last->end;
	t->v[t->count++] =
	    (struct term){ .text = arena_strn(t->arena, text, len), .len = len, .joined = joined, .end = end, .run = run };
	return OK;
}

/* A record's words, column by column. */
struct record_terms {
	struct arena arena;
	struct buf lines[COLUMNS];
	struct terms v[COLUMNS];
	bool good; /* all of it could be folded */
};

static void add_line(void *arg, enum record_words where, const char *text)
{
	struct buf *b = &((struct record_terms *)arg)
	                     ->lines[where == RECORD_WORDS_REFERENCE ? 0
	                             : where == RECORD_WORDS_TITLE   ? 1
	                                                             : 2];
	if (b->len > 0)
		buf_add_char(b, '\n');
	buf_add_str(b, text);
}

/* One character of Han, Kana or Hangul stands for whatever begins with it. */
static bool begins(const struct term *t)
{
	unsigned char first = (unsigned char)t->text[0];
	return first >= 0xe1 && t->len == (first >= 0xf0 ? 4u : 3u);
}

static bool same(const struct term *wanted, const struct term *have)
{
	bool fits = wanted->open || begins(wanted) ? have->len >= wanted->len : have->len == wanted->len;
	return fits && memcmp(have->text, wanted->text, wanted->len) == 0;
}

/* How often those len terms stand next to one another. */
static int64_t occurrences(const struct terms *have, const struct term *phrase, size_t len)
{
	int64_t n = 0;
	for (size_t i = 0; i + len <= have->count; i++) {
		size_t k = 0;
		while (k < len && same(&phrase[k], &have->v[i + k]))
			k++;
		n += k == len;
	}
	return n;
}

static bool looks_in(enum record_field field, size_t column)
{
	return field == FIELD_ANY || column == (field == FIELD_REFERENCE ? 0u : field == FIELD_TITLE ? 1u : 2u);
}

static bool score_terms(const struct condition *c, const struct terms *wanted, const struct record_terms *have,
                        int64_t *score)
{
	int64_t title_bytes = (int64_t)have->lines[1].len;
	size_t found = 0, phrases = 0;
	*score = 0;
	for (size_t i = 0, len; i < wanted->count; i += len, phrases++) {
		int64_t weight = 0;
		for (len = 1; i + len < wanted->count && wanted->v[i + len].joined; len++)
			;
		for (size_t k = 0; k < COLUMNS; k++)
			if (looks_in(c->field, k))
				weight += weights[k] * occurrences(&have->v[k], &wanted->v[i], len);
		found += weight > 0;
		if (weight > 0)
			*score -= weight * SCALE / (weight + LENGTH_BASE + title_bytes / LENGTH_SHARE);
	}
	return found > 0 && (c->relation == COMPARE_ANY || found == phrases);
}

static void join_phrase(const struct condition *c, struct terms *wanted)
{
	for (size_t i = 1; c->relation == COMPARE_PHRASE && i < wanted->count; i++)
		wanted->v[i].joined = true;
	if (wanted->count > 0)
		wanted->v[wanted->count - 1].open = c->open;
}

struct record_terms *wanted_terms(const Normlink__Record *record)
{
	struct record_terms *r = calloc(1, sizeof *r);
	must(r != NULL);
	record_words(record, add_line, r);
	r->good = true;
	for (size_t i = 0; i < COLUMNS; i++) {
		r->v[i].arena = &r->arena;
		r->good = fold_terms(buf_bytes(&r->lines[i]), add_term, &r->v[i]) == OK && r->good;
	}
	return r;
}

void wanted_terms_free(struct record_terms *r)
{
	for (size_t i = 0; r != NULL && i < COLUMNS; i++) {
		free(r->v[i].v);
		buf_free(&r->lines[i]);
	}
	if (r != NULL)
		arena_free(&r->arena);
	free(r);
}

bool wanted_words(const struct condition *c, const char *words, const struct record_terms *have, int64_t *score)
{
	struct arena arena = { 0 };
	struct terms wanted = { .arena = &arena };
	bool fits = fold_terms(bytes_str(words), add_term, &wanted) == OK && have->good;
	join_phrase(c, &wanted);
	fits = fits && score_terms(c, &wanted, have, score);
	free(wanted.v);
	arena_free(&arena);
	return fits;
}
