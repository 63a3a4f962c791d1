#include "node/core/wanted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/edges.h"
#include "proto/field.h"
#include "proto/joint.h"

/* ---- the text ---- */

int wanted_read(struct wanted *w, struct bytes text, struct err *err)
{
	*w = (struct wanted){ 0 };
	w->question = arena_get(&w->arena, sizeof *w->question);
	/* A copy: the values borrow from it. */
	int rc = question_read(w->question, arena_bytes(&w->arena, text), &w->arena, err);
	if (rc == OK)
		rc = question_finish(w->question, &w->arena, err);
	const struct selection *s = &w->question->selection;
	if (rc == OK && (s->wish_count > 0 || s->cursor != NULL || s->offset > 0))
		rc = err_set(err, ERR_UNSUPPORTED, "facets, cursor and offset are not for questions that go to peers");
	for (size_t i = 0; rc == OK && i < s->sort_count; i++)
		if (s->sorts[i].field != FIELD_RELEVANCE || s->sorts[i].descending)
			rc = err_set(err, ERR_UNSUPPORTED, "what several nodes found is sorted by relevance alone");
	if (rc != OK)
		wanted_free(w);
	return rc;
}

void wanted_free(struct wanted *w)
{
	arena_free(&w->arena);
	*w = (struct wanted){ 0 };
}

const char *wanted_origin(const struct wanted *w)
{
	const char *origin = w->question->values[QUESTION_ORIGIN];
	return origin != NULL && strchr(origin, ',') == NULL ? origin : NULL;
}

/* ---- what a record says of a clause ---- */

/* Not known: only other records could tell. */
struct fit {
	bool fits, unknown;
	int64_t score;
};

struct subject_record {
	const char *origin;
	uint64_t index;
	const Normlink__Record *record;
	struct designator subject;
	struct record_terms *terms; /* NULL: no clause has asked for them yet */
};

static struct fit fit_if(bool fits)
{
	return (struct fit){ .fits = fits };
}

/* The very subject; of an undated reference every edition. */
static struct fit fit_reference(const struct designator *d, const struct subject_record *r, int64_t score)
{
	bool editions = d->year == 0 && !d->supplement && !d->fragment;
	bool fits = strcmp(r->subject.undated, d->undated) == 0 && r->subject.supplement == d->supplement &&
	            r->subject.fragment == d->fragment && (editions || strcmp(r->subject.canonical, d->canonical) == 0);
	int64_t kind = r->record->kind == NORMLINK__KIND__KIND_STANDARD;
	return (struct fit){ .fits = fits, .score = fits ? score - 2 * (int64_t)r->subject.year - kind : 0 };
}

/* As node/store/clause.c: words that are a reference are looked for in its canonical form, and find what is called that
 * first. */
static struct fit fit_words(const struct condition *c, struct subject_record *r)
{
	struct designator d;
	struct fit fit = { 0 }, named = { 0 };
	bool names = (c->field == FIELD_ANY || c->field == FIELD_REFERENCE) && strlen(c->text) <= QUERY_MAX &&
	             designator_parse(bytes_str(c->text), &d, NULL) == OK;
	bool known = names && d.prefix[0] != '\0' && !c->open;
	if (c->relation == COMPARE_IS && c->field == FIELD_REFERENCE)
		return names ? fit_reference(&d, r, 0) : fit_if(false);
	if (known && c->relation != COMPARE_ANY)
		named = fit_reference(&d, r, INT64_MIN / 4096);
	if (r->terms == NULL)
		r->terms = wanted_terms(r->record);
	fit.fits = wanted_words(c, known ? d.canonical : c->text, r->terms, &fit.score);
	return named.fits && (!fit.fits || named.score < fit.score) ? named : fit;
}

/* ---- values ---- */

static int compare_values(const char *a, const char *b)
{
	for (;; a++, b++) {
		int x = (unsigned char)*a, y = (unsigned char)*b;
		x = x >= 'A' && x <= 'Z' ? x + 'a' - 'A' : x;
		y = y >= 'A' && y <= 'Z' ? y + 'a' - 'A' : y;
		if (x != y || x == 0)
			return x - y;
	}
}

static bool begins_with(const char *value, const char *text)
{
	char front[LABEL_MAX + 1];
	(void)snprintf(front, sizeof front, "%.*s", (int)strlen(text), value);
	return compare_values(front, text) == 0;
}

/* 03.120 below 03; ISO/TC 176/SC 2 below ISO/TC 176. */
static bool below(enum record_field field, const char *value, const char *text)
{
	size_t len = strlen(text);
	if (!begins_with(value, text))
		return false;
	unsigned char next = strlen(value) > len ? (unsigned char)value[len] : '\0';
	return next == '\0' || next < (field == FIELD_COMMITTEE ? '0' : '/');
}

static bool fits_value(const struct condition *c, const char *value)
{
	const char *text = c->text;
	if (value == NULL || value[0] == '\0' || strlen(text) > LABEL_MAX)
		return false;
	switch (c->relation) {
	case COMPARE_IS:
		return c->open ? begins_with(value, text) : compare_values(value, text) == 0;
	case COMPARE_BELOW:
		return c->open ? begins_with(value, text) : below(c->field, value, text);
	case COMPARE_BEFORE:
		return compare_values(value, text) < 0;
	case COMPARE_UPTO:
		return compare_values(value, text) <= 0 || below(c->field, value, text);
	case COMPARE_AFTER:
		return compare_values(value, text) > 0 && !below(c->field, value, text);
	case COMPARE_FROM:
		return compare_values(value, text) >= 0;
	case COMPARE_WITHIN:
		return compare_values(value, text) >= 0 &&
		       (compare_values(value, c->last) <= 0 || below(c->field, value, c->last));
	case COMPARE_ALL:
	case COMPARE_ANY:
	case COMPARE_PHRASE:
		break;
	}
	return false;
}

static bool fits_any(const struct condition *c, char *const *values, size_t count)
{
	for (size_t i = 0; i < count && i < FACETS_MAX; i++)
		if (fits_value(c, values[i]))
			return true;
	return false;
}

/* What terms.c of the store files a record under. */
static bool fits_term(const struct condition *c, const Normlink__Record *r)
{
	const Normlink__Standard *s = r->standard;
	const Normlink__Project *p = r->project;
	size_t count;
	char *const *ics = record_ics(r, &count);
	bool has_level = s != NULL ? s->has_level : p != NULL && p->has_level;
	int level = s != NULL ? (int)s->level : p != NULL ? (int)p->level : 0;
	switch ((int)c->field) {
	case FIELD_ICS:
		return fits_any(c, ics, count);
	case FIELD_DATE:
		return fits_value(c, record_day(r));
	case FIELD_CCS:
		return s != NULL ? fits_any(c, s->ccs, s->n_ccs) : p != NULL && fits_any(c, p->ccs, p->n_ccs);
	case FIELD_COMMITTEE:
		return s != NULL ? fits_any(c, s->committees, s->n_committees) : p != NULL && fits_value(c, p->committee);
	case FIELD_LANGUAGE:
		return s != NULL && fits_any(c, s->languages, s->n_languages);
	case FIELD_STAGE:
		return fits_value(c, s != NULL ? s->stage : p != NULL ? p->stage : NULL);
	case FIELD_PUBLISHER:
		return s != NULL && fits_value(c, s->publisher);
	default:
		return has_level && fits_value(c, code_word(&normlink__level__descriptor, level));
	}
}

/* ---- links ---- */

struct linked {
	const struct designator *to;
	int type, or, detail; /* 0: any detail */
	bool found;
};

static int look_at(void *arg, const struct edge *edge, struct err *err)
{
	struct linked *l = arg;
	struct designator t;
	(void)err;
	if ((edge->type != l->type && edge->type != l->or) || (l->detail != 0 && edge->detail != l->detail))
		return OK;
	if (l->to == NULL || strcmp(edge->target, l->to->canonical) == 0)
		l->found = true;
	else if (l->to->year == 0 && !l->to->supplement && designator_parse(bytes_str(edge->target), &t, NULL) == OK)
		l->found = l->found || (!t.supplement && strcmp(t.undated, l->to->undated) == 0);
	return OK;
}

static bool fits_link(const struct condition *c, const Normlink__Record *r)
{
	struct designator d;
	struct linked l = { .to = &d };
	if (c->field == FIELD_DEGREE) {
		l = (struct linked){ .type = EDGE_ADOPTS, .or = EDGE_ADOPTS, .detail = degree_of_word(c->text) };
	} else {
		if (designator_parse(bytes_str(c->text), &d, NULL) != OK)
			return false;
		l.type = c->field == FIELD_ADOPTS     ? EDGE_ADOPTS
		         : c->field == FIELD_REPLACES ? (int)NORMLINK__LINK_TYPE__LINK_REPLACES
		                                      : (int)NORMLINK__LINK_TYPE__LINK_CITES;
		l.or = c->field == FIELD_CITES ? EDGE_REGULATES : l.type;
	}
	return joint_edges(r, look_at, &l, NULL) == OK && l.found;
}

/* ---- the tree ---- */

static bool is_entry(const struct condition *c, const struct subject_record *r)
{
	char name[NAME_MAX_BYTES + 32];
	(void)snprintf(name, sizeof name, "%s#%llu", r->origin, (unsigned long long)r->index);
	return strcmp(name, c->text) == 0;
}

static struct fit fit_clause(const struct condition *c, struct subject_record *r)
{
	switch (c->field) {
	case FIELD_EVERY:
		return fit_if(true);
	case FIELD_ENTRY:
		return fit_if(is_entry(c, r));
	case FIELD_ANY:
	case FIELD_REFERENCE:
	case FIELD_TITLE:
	case FIELD_ABSTRACT:
		if (c->pattern != NULL)
			break; /* no question between nodes has one */
		return fit_words(c, r);
	case FIELD_ICS:
	case FIELD_CCS:
	case FIELD_STAGE:
	case FIELD_LEVEL:
	case FIELD_LANGUAGE:
	case FIELD_PUBLISHER:
	case FIELD_COMMITTEE:
	case FIELD_DATE:
		return fit_if(fits_term(c, r->record));
	case FIELD_STATUS:
		return fit_if(record_status(r->record) == status_of_word(c->text));
	case FIELD_KIND:
		return fit_if((int)r->record->kind == kind_of_word(c->text));
	case FIELD_ORIGIN:
		return fit_if(strcmp(r->origin, c->text) == 0);
	case FIELD_ADOPTS:
	case FIELD_REPLACES:
	case FIELD_CITES:
	case FIELD_DEGREE:
		return fit_if(fits_link(c, r->record));
	case FIELD_REGULATION:
	case FIELD_CITED_BY:
	case FIELD_RELEVANCE:
		break;
	}
	return (struct fit){ .fits = true,
		                 .unknown = true,
		                 .score = -2 * (int64_t)r->subject.year - (r->record->kind == NORMLINK__KIND__KIND_STANDARD) };
}

/* Recursion: as deep as the tree, which its maker bounds. */
static struct fit fit(const struct condition *c, struct subject_record *r)
{
	if (c->op == CONDITION_CLAUSE)
		return fit_clause(c, r);
	struct fit left = fit(c->left, r), right = fit(c->right, r);
	struct fit both = { .unknown = left.unknown || right.unknown };
	both.score = (left.fits ? left.score : 0) + (right.fits ? right.score : 0);
	if (c->op == CONDITION_NOT)
		return (struct fit){ .fits = left.fits && (!right.fits || right.unknown),
			                 .unknown = both.unknown,
			                 .score = left.score };
	both.fits = c->op == CONDITION_AND ? left.fits && right.fits : left.fits || right.fits;
	return both;
}

bool wanted_fits(const struct wanted *w, const char *origin, uint64_t index, const Normlink__Record *record,
                 int64_t *score)
{
	struct subject_record r = { .origin = origin, .index = index, .record = record };
	*score = 0;
	if (record->retraction != NULL || record_subject((int)record->kind, record->subject, &r.subject, NULL) != OK)
		return false;
	struct fit all = fit(w->question->selection.where, &r);
	wanted_terms_free(r.terms);
	*score = all.score;
	return all.fits;
}

int wanted_search(const struct wanted *w, const struct view *view, size_t limit, struct arena *arena,
                  struct found_list *out, struct err *err)
{
	struct selection s = w->question->selection;
	s.limit = limit;
	s.offset = 0;
	s.public_only = true;
	s.across = false;
	s.unread = true; /* with the entry */
	return view->select(view->ctx, &s, arena, out, err);
}
