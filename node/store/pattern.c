#include "node/store/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"

/* ---- terms of a pattern --------------------------------------------------------------------------------------- */

enum { MASKS_MAX = 7 }; /* in a row */

/* A word while it is read: letters, masks, letters. */
struct reading {
	struct pattern *out;
	char mask[MASKS_MAX + 1]; /* before what comes next; "": none */
	bool touches;             /* the last term ends where the mask stands */
	bool first;               /* no term of the piece that is folded was seen yet */
	size_t end;               /* in the piece, of its last term, */
	unsigned run;             /* and its run */
	struct err *err;
};

static int refuse(struct reading *r, const char *why)
{
	return err_set(r->err, ERR_USAGE, "%s", why);
}

static int add_to(struct reading *r, struct pattern_term *t, const char *text, size_t len)
{
	size_t have = strlen(t->text);
	if (have + len >= sizeof t->text)
		return refuse(r, "a masked word that is too long");
	memcpy(t->text + have, text, len);
	t->text[have + len] = '\0';
	return OK;
}

/* What stood between the last term and what follows, touching it: they are one word, or the mask is the end of the
 * one or the beginning of the other. */
static int settle_mask(struct reading *r, bool follows, bool *joined)
{
	struct pattern *p = r->out;
	*joined = r->touches && follows;
	if (r->mask[0] == '\0')
		return OK;
	if (!r->touches && !follows)
		return refuse(r, "a mask with no letter beside it");
	if (!r->touches)
		return OK; /* of the next term */
	struct pattern_term *t = &p->v[p->count - 1];
	t->masked = true;
	return add_to(r, t, r->mask, strlen(r->mask));
}

static int take_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct reading *r = arg;
	struct pattern *p = r->out;
	bool masked = r->first && r->mask[0] != '\0', joined = false, before;
	int rc = masked ? settle_mask(r, start == 0, &joined) : OK;
	if (rc == OK && !joined && p->count == QUERY_TERMS_MAX)
		rc = refuse(r, "too many words");
	if (rc != OK)
		return rc;
	before = masked && !r->touches;
	if (!joined)
		p->v[p->count++] =
		    (struct pattern_term){ .masked = before, .joined = !r->first && run == r->run && start < r->end };
	struct pattern_term *t = &p->v[p->count - 1];
	if (before)
		rc = add_to(r, t, r->mask, strlen(r->mask));
	if (masked)
		r->mask[0] = '\0';
	r->first = false;
	r->end = end;
	r->run = run;
	return rc == OK ? add_to(r, t, term, len) : rc;
}

static int take_piece(struct reading *r, struct bytes piece)
{
	bool joined;
	r->first = true;
	r->end = 0;
	int rc = fold_terms(piece, take_term, r);
	if (rc == OK && r->first && piece.len > 0) { /* signs, and no word */
		rc = settle_mask(r, false, &joined);
		r->mask[0] = '\0';
	}
	r->touches = !r->first && r->end == piece.len;
	return rc;
}

/* The masks that stand at a place; *len is how long they are. */
static int take_masks(struct reading *r, const char *text, size_t *len)
{
	size_t count = 0;
	for (*len = 0; text[*len] == '*' || text[*len] == '?'; ++*len) {
		if (text[*len] == '*' && count > 0 && r->mask[count - 1] == '*')
			continue;
		if (count == MASKS_MAX)
			return refuse(r, "too many masks in a row");
		r->mask[count++] = text[*len];
	}
	r->mask[count] = '\0';
	return OK;
}

static int read_word(struct reading *r, const char *word, size_t len)
{
	struct buf piece = { 0 };
	bool joined;
	int rc = OK;
	r->mask[0] = '\0';
	r->touches = false;
	for (size_t i = 0, n; rc == OK && i < len; i += n) {
		buf_reset(&piece);
		for (; i < len && word[i] != '*' && word[i] != '?'; i++) {
			i += word[i] == '\\' && i + 1 < len;
			buf_add_char(&piece, word[i]);
		}
		n = 0;
		rc = take_piece(r, buf_bytes(&piece));
		if (rc == OK && i < len)
			rc = take_masks(r, word + i, &n);
	}
	buf_free(&piece);
	return rc == OK ? settle_mask(r, false, &joined) : rc;
}

int pattern_read(const char *text, struct pattern *out, struct err *err)
{
	struct reading r = { .out = out, .err = err };
	int rc = OK;
	out->count = 0;
	while (rc == OK && *text != '\0') {
		size_t len = strcspn(text, " \t\n");
		if (len > 0)
			rc = read_word(&r, text, len);
		text += len + (text[len] != '\0');
	}
	if (rc == OK && out->count == 0)
		rc = err_set(err, ERR_USAGE, "there is no word to search for");
	return rc;
}

/* ---- fitting -------------------------------------------------------------------------------------------------- */

static size_t character(const char *text)
{
	size_t n = 1;
	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Greedy, with one place to come back to: the last star. */
bool pattern_fits(const char *masked, const char *term)
{
	const char *star = NULL, *from = NULL;
	while (*term != '\0') {
		if (*masked == '*') {
			star = ++masked;
			from = term;
		} else if (*masked == '?') {
			masked++;
			term += character(term);
		} else if (*masked == *term) {
			masked++;
			term++;
		} else if (star != NULL) {
			masked = star;
			from += character(from);
			term = from;
		} else {
			return false;
		}
	}
	while (*masked == '*')
		masked++;
	return *masked == '\0';
}

/* Han, Kana and Hangul lie above U+1100, which is three bytes of UTF-8 that begin with E1 or more; a single one also
 * begins a pair. */
static bool one_wide_character(const char *term)
{
	unsigned char first = (unsigned char)term[0];
	return first >= 0xe1 && term[character(term)] == '\0';
}

static bool fits(const struct pattern_term *t, const char *term)
{
	if (t->masked)
		return pattern_fits(t->text, term);
	if (one_wide_character(t->text))
		return strncmp(t->text, term, strlen(t->text)) == 0;
	return strcmp(t->text, term) == 0;
}

/* ---- a record's lines ----------------------------------------------------------------------------------------- */

struct line {
	char **terms; /* of one text */
	size_t count, room;
};

struct looking {
	const struct condition *clause;
	const struct pattern *words, *near;
	bool has[QUERY_TERMS_MAX]; /* which terms were seen so far, in whatever line */
	bool found;
};

static int add_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct line *l = arg;
	(void)start, (void)end, (void)run;
	if (l->count == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		l->terms = realloc(l->terms, l->room * sizeof(char *));
		must(l->terms != NULL);
	}
	char *copy = strndup(term, len);
	must(copy != NULL);
	l->terms[l->count++] = copy;
	return OK;
}

static void line_free(struct line *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->terms[i]);
	free(l->terms);
}

static bool stands_at(const struct line *l, const struct pattern_term *v, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (at + i >= l->count || !fits(&v[i], l->terms[at + i]))
			return false;
	return true;
}

static bool has_phrase(const struct looking *k, const struct line *l)
{
	const struct word_pattern *p = k->clause->pattern;
	for (size_t at = 0; at + k->words->count <= l->count; at++) {
		bool placed = (!p->begins || at == 0) && (!p->ends || at + k->words->count == l->count);
		if (placed && stands_at(l, k->words->v, k->words->count, at))
			return true;
	}
	return false;
}

/* Pairs that go on in each other stand together; whether each of the others is there is noted over all lines. */
static void note_words(struct looking *k, const struct line *l)
{
	const struct word_pattern *p = k->clause->pattern;
	const struct pattern *w = k->words;
	for (size_t i = 0, count; i < w->count; i += count) {
		count = 1;
		while (i + count < w->count && w->v[i + count].joined)
			count++;
		for (size_t at = 0; !k->has[i] && at + count <= l->count; at++) {
			bool placed =
			    (!p->begins || i > 0 || at == 0) && (!p->ends || i + count < w->count || at + count == l->count);
			k->has[i] = placed && stands_at(l, w->v + i, count, at);
		}
	}
}

static bool is_apart(const struct word_pattern *p, size_t distance)
{
	switch (p->apart) {
	case COMPARE_BEFORE:
		return distance < p->distance;
	case COMPARE_UPTO:
		return distance <= p->distance;
	case COMPARE_FROM:
		return distance >= p->distance;
	case COMPARE_AFTER:
		return distance > p->distance;
	case COMPARE_IS:
	case COMPARE_ALL:
	case COMPARE_ANY:
	case COMPARE_PHRASE:
	case COMPARE_BELOW:
	case COMPARE_WITHIN:
		break;
	}
	return distance == p->distance;
}

/* From the end of the one to the beginning of the other; what overlaps is no pair. */
static bool are_near(const struct word_pattern *p, size_t a, size_t a_count, size_t b, size_t b_count)
{
	if (b >= a + a_count)
		return p->same_text || is_apart(p, b - (a + a_count) + 1);
	if (a >= b + b_count && !p->ordered)
		return p->same_text || is_apart(p, a - (b + b_count) + 1);
	return false;
}

static bool has_pair(const struct looking *k, const struct line *l)
{
	const struct pattern *w = k->words, *n = k->near;
	for (size_t a = 0; a + w->count <= l->count; a++) {
		if (!stands_at(l, w->v, w->count, a))
			continue;
		for (size_t b = 0; b + n->count <= l->count; b++)
			if (are_near(k->clause->pattern, a, w->count, b, n->count) && stands_at(l, n->v, n->count, b))
				return true;
	}
	return false;
}

static bool is_meant(enum record_field field, enum record_words where)
{
	return field == FIELD_ANY || (field == FIELD_REFERENCE && where == RECORD_WORDS_REFERENCE) ||
	       (field == FIELD_TITLE && where == RECORD_WORDS_TITLE) ||
	       (field == FIELD_ABSTRACT && where == RECORD_WORDS_BODY);
}

static void look_at(void *arg, enum record_words where, const char *text)
{
	struct looking *k = arg;
	struct line l = { 0 };
	if (k->found || !is_meant(k->clause->field, where))
		return;
	if (fold_terms(bytes_str(text), add_term, &l) == OK) {
		if (k->near != NULL)
			k->found = has_pair(k, &l);
		else if (k->clause->relation == COMPARE_PHRASE)
			k->found = has_phrase(k, &l);
		else
			note_words(k, &l);
	}
	line_free(&l);
}

bool pattern_in(const struct condition *clause, const struct pattern *words, const struct pattern *near,
                const Normlink__Record *record)
{
	struct looking k = { .clause = clause, .words = words, .near = near };
	size_t seen = 0, units = 0;
	record_words(record, look_at, &k);
	for (size_t i = 0; i < words->count; i++) {
		units += !words->v[i].joined;
		seen += !words->v[i].joined && k.has[i];
	}
	return k.found || (clause->relation == COMPARE_ALL && near == NULL && seen == units) ||
	       (clause->relation == COMPARE_ANY && near == NULL && seen > 0);
}
