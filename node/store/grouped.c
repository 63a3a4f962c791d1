#include "node/store/grouped.h"

#include "node/base/must.h"
#include "node/store/postings.h"
#include "node/store/rank.h"
#include "node/store/schema.h"
#include "node/store/words.h"

enum { PAY_EVERY = 256, STEPS = 64 }; /* candidates; what so many cost, as the budget counts */

/* One term in one log. */
struct place {
	const struct posting *v;
	size_t at, count;
	uint32_t found; /* its occurrences in the doc that is looked at */
};

struct grouped {
	struct finding *f;
	const struct groups *groups;
	const struct row_test *test;
	struct docs *out;
	const struct term_postings *lists[QUERY_TERMS_MAX];
	struct place places[QUERY_TERMS_MAX]; /* in the log that is looked at */
	int64_t slot;
	unsigned leading; /* the wanted group with the fewest postings there: its docs are the candidates */
	uint64_t candidates;
};

static int find_lists(struct grouped *g, bool *all)
{
	int rc = OK;
	*all = true;
	postings_begin(g->f->store);
	/* All, though one is not kept: it is when it is asked for again. */
	for (size_t i = 0; rc == OK && i < g->groups->count; i++) {
		const struct group_term *t = &g->groups->terms[i];
		rc = postings_find(g->f, g->groups->text + t->at, t->len, &g->lists[i]);
		*all = *all && g->lists[i] != NULL;
	}
	return rc;
}

/* ---- one log ---- */

static void begin_log(struct grouped *g, size_t run)
{
	size_t sizes[QUERY_TERMS_MAX] = { 0 }, fewest = SIZE_MAX;
	g->slot = g->lists[0]->runs[run].slot;
	for (size_t i = 0; i < g->groups->count; i++) {
		const struct posting_run *r = &g->lists[i]->runs[run];
		must(r->slot == g->slot);
		g->places[i] = (struct place){ .v = r->v, .count = r->count };
		sizes[g->groups->terms[i].group] += r->count;
	}
	for (unsigned i = 0; i < g->groups->group_count; i++) {
		if (!g->groups->unwanted[i] && sizes[i] < fewest) {
			fewest = sizes[i];
			g->leading = i;
		}
	}
}

/* To the first doc that is not before index: in steps that double, then halve. */
static void go_to(struct place *p, uint32_t index)
{
	size_t step = 1, low = p->at;
	if (low >= p->count || p->v[low].index >= index)
		return;
	while (low + step < p->count && p->v[low + step].index < index) {
		low += step;
		step *= 2;
	}
	size_t high = low + step < p->count ? low + step : p->count;
	while (high - low > 1) { /* v[low] is before index, v[high] is not */
		size_t middle = low + (high - low) / 2;
		if (p->v[middle].index < index)
			low = middle;
		else
			high = middle;
	}
	p->at = high;
}

/* The next doc of the leading group; false: there is none. */
static bool next_candidate(struct grouped *g, uint64_t from, uint32_t *index)
{
	uint32_t least = UINT32_MAX;
	bool any = false;
	if (from > UINT32_MAX)
		return false;
	for (size_t i = 0; i < g->groups->count; i++) {
		struct place *p = &g->places[i];
		if (g->groups->terms[i].group != g->leading)
			continue;
		go_to(p, (uint32_t)from);
		if (p->at < p->count && (!any || p->v[p->at].index < least)) {
			least = p->v[p->at].index;
			any = true;
		}
	}
	*index = least;
	return any;
}

static bool fits(struct grouped *g, uint32_t index)
{
	const struct groups *all = g->groups;
	for (size_t i = 0; i < all->count;) {
		unsigned group = all->terms[i].group;
		bool any = false;
		for (; i < all->count && all->terms[i].group == group; i++) {
			struct place *p = &g->places[i];
			go_to(p, index);
			p->found = p->at < p->count && p->v[p->at].index == index ? p->v[p->at].occurrences : 0;
			p->found &= all->terms[i].columns;
			any = any || p->found != 0;
		}
		if (any == all->unwanted[group])
			return false;
	}
	return true;
}

static int look_at(struct grouped *g, uint32_t index)
{
	int64_t doc = entry_id(g->slot, index), score = 0;
	const struct row *row;
	if (!fits(g, index))
		return OK;
	int rc = finding_pay(g->f);
	if (rc == OK)
		rc = rows_find(g->f->store, doc, &row, g->f->err);
	if (rc != OK || !words_seen(g->f, g->test, doc, row))
		return rc;
	for (size_t i = 0; i < g->groups->count; i++)
		score += rank_of_term(g->places[i].found, row->title_bytes);
	docs_add(g->out, doc, score);
	return OK;
}

static int find_in_log(struct grouped *g, size_t run)
{
	uint32_t index;
	uint64_t from = 0;
	int rc = OK;
	begin_log(g, run);
	while (rc == OK && next_candidate(g, from, &index)) {
		rc = ++g->candidates % PAY_EVERY == 0 ? db_pay(&g->f->store->db, STEPS, g->f->err) : OK;
		if (rc == OK)
			rc = look_at(g, index);
		from = (uint64_t)index + 1;
	}
	return rc;
}

int grouped_find(struct finding *f, const struct groups *groups, const struct row_test *test, struct docs *out,
                 bool *done)
{
	struct grouped g = { .f = f, .groups = groups, .test = test, .out = out };
	int rc = find_lists(&g, done);
	must(groups->count > 0 && !groups->incomplete && !groups->unwanted[0]);
	for (size_t i = 0; rc == OK && *done && i < g.lists[0]->run_count; i++)
		rc = find_in_log(&g, i);
	return rc;
}
