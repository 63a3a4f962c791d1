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
	bool open; /* it begins a word */
	size_t end;
	unsigned run;
};

/* What is looked for: terms, of which one or several next to one another are a phrase.  Sets of them are bits. */
struct terms {
	struct arena *arena;
	struct term v[QUERY_TERMS_MAX];
	size_t count;
	uint64_t first, last; /* of their phrase */
};
_Static_assert(QUERY_TERMS_MAX <= 64, "a bit each");

/* Joined with the one before: pairs of one run. */
static int add_term(void *arg, const char *text, size_t len, size_t start, size_t end, unsigned run)
{
	struct terms *t = arg;
	if (t->count == QUERY_TERMS_MAX)
		return ERR_LIMIT;
	const struct term *before = t->count > 0 ? &t->v[t->count - 1] : NULL;
	bool joined = before != NULL && before->run == run && start < before->end;
	t->first |= (uint64_t)!joined << t->count;
	t->v[t->count++] = (struct term){ .text = arena_strn(t->arena, text, len), .len = len, .end = end, .run = run };
	return OK;
}

static int read_terms(const struct condition *c, const char *words, struct terms *t)
{
	int rc = fold_terms(bytes_str(words), add_term, t);
	if (rc != OK || t->count == 0)
		return rc;
	if (c->relation == COMPARE_PHRASE)
		t->first = 1;
	t->last = t->first >> 1 | UINT64_C(1) << (t->count - 1);
	t->v[t->count - 1].open = c->open;
	return OK;
}

/* A record's words, column by column, folded once for all that is looked for in them. */
struct record_terms {
	struct column {
		struct buf line;  /* as they are, */
		struct buf words; /* folded, one behind the other, */
		size_t *ends;     /* and where each ends there */
		size_t count, cap;
	} v[COLUMNS];
	bool good; /* all of it could be folded */
};

static void add_line(void *arg, enum record_words where, const char *text)
{
	struct buf *b = &((struct record_terms *)arg)
	                     ->v[where == RECORD_WORDS_REFERENCE ? 0
	                         : where == RECORD_WORDS_TITLE   ? 1
	                                                         : 2]
	                     .line;
	if (b->len > 0)
		buf_add_char(b, '\n');
	buf_add_str(b, text);
}

static int add_word(void *arg, const char *text, size_t len, size_t start, size_t end, unsigned run)
{
	struct column *c = arg;
	(void)start, (void)end, (void)run;
	if (c->count == c->cap) {
		c->cap = c->cap == 0 ? 64 : 2 * c->cap;
		c->ends = realloc(c->ends, c->cap * sizeof *c->ends);
		must(c->ends != NULL);
	}
	buf_add(&c->words, text, len);
	c->ends[c->count++] = c->words.len;
	return OK;
}

struct record_terms *wanted_terms(const Normlink__Record *record)
{
	struct record_terms *r = calloc(1, sizeof *r);
	must(r != NULL);
	record_words(record, add_line, r);
	r->good = true;
	for (size_t i = 0; i < COLUMNS; i++)
		r->good = fold_terms(buf_bytes(&r->v[i].line), add_word, &r->v[i]) == OK && r->good;
	return r;
}

void wanted_terms_free(struct record_terms *r)
{
	for (size_t i = 0; r != NULL && i < COLUMNS; i++) {
		buf_free(&r->v[i].line);
		buf_free(&r->v[i].words);
		free(r->v[i].ends);
	}
	free(r);
}

/* ---- looking for them ---- */

/* One character of Han, Kana or Hangul stands for whatever begins with it. */
static bool begins(const struct term *t)
{
	unsigned char first = (unsigned char)t->text[0];
	return first >= 0xe1 && t->len == (first >= 0xf0 ? 4u : 3u);
}

static bool is(const struct term *wanted, const char *text, size_t len)
{
	bool fits = wanted->open || begins(wanted) ? len >= wanted->len : len == wanted->len;
	return fits && memcmp(text, wanted->text, wanted->len) == 0;
}

/* Going through a column. */
struct looking {
	const struct terms *wanted;
	uint64_t here; /* terms that the last one is, with all before it in their phrase before that */
	int64_t weight;
	int64_t *found; /* by the last term of each phrase: how often, by weight */
};

static void look_at(struct looking *l, const char *text, size_t len)
{
	uint64_t same = 0;
	for (size_t i = 0; i < l->wanted->count; i++)
		same |= (uint64_t)is(&l->wanted->v[i], text, len) << i;
	l->here = (l->here << 1 | l->wanted->first) & same;
	for (uint64_t ends = l->here & l->wanted->last; ends != 0; ends &= ends - 1)
		l->found[__builtin_ctzll(ends)] += l->weight;
}

static void look_through(struct looking *l, const struct column *c)
{
	for (size_t i = 0, at = 0; i < c->count; at = c->ends[i++])
		look_at(l, (const char *)c->words.data + at, c->ends[i] - at);
}

static bool looks_in(enum record_field field, size_t column)
{
	return field == FIELD_ANY || column == (field == FIELD_REFERENCE ? 0u : field == FIELD_TITLE ? 1u : 2u);
}

bool wanted_words(const struct condition *c, const char *words, const struct record_terms *have, int64_t *score)
{
	struct arena arena = { 0 };
	struct terms wanted = { .arena = &arena };
	int64_t found[QUERY_TERMS_MAX] = { 0 }, base = LENGTH_BASE + (int64_t)have->v[1].line.len / LENGTH_SHARE;
	bool any = false, all = true, good = read_terms(c, words, &wanted) == OK && have->good;
	for (size_t i = 0; good && wanted.count > 0 && i < COLUMNS; i++) {
		struct looking looking = { .wanted = &wanted, .weight = weights[i], .found = found };
		if (looks_in(c->field, i))
			look_through(&looking, &have->v[i]);
	}
	*score = 0;
	for (uint64_t ends = wanted.last; ends != 0; ends &= ends - 1) {
		int64_t weight = found[__builtin_ctzll(ends)];
		any = any || weight > 0;
		all = all && weight > 0;
		*score -= weight > 0 ? weight * SCALE / (weight + base) : 0;
	}
	arena_free(&arena);
	return good && any && (c->relation == COMPARE_ANY || all);
}
