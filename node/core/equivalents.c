#include "node/core/equivalents.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { UP, DOWN, PHASES };

/* A standard as it was reached: from above it the walk only goes down. */
struct reached {
	const struct node *node;
	int phase;
	size_t before; /* place of the one that it was reached from; its own for those asked for */
	struct step *step;
	enum relation relation;
	bool undated;
	size_t steps;
};

struct walk {
	struct graph *graph;
	bool loose;
	enum equivalents_scope scope;
	struct reached *v; /* GRAPH_NODES_MAX * PHASES */
	size_t count;
	struct reached *next; /* what the present level leads to; grows */
	size_t next_count, next_cap;
};

static bool seen(const struct walk *w, const struct node *node, int phase)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->v[i].node == node && w->v[i].phase <= phase) /* who may go up may go down, too */
			return true;
	return false;
}

static void keep_next(struct walk *w, const struct reached *r)
{
	if (w->next_count == w->next_cap) {
		w->next_cap = w->next_cap == 0 ? 64 : w->next_cap * 2;
		w->next = realloc(w->next, w->next_cap * sizeof *w->next);
		must(w->next != NULL);
	}
	w->next[w->next_count++] = *r;
}

static int expand(struct walk *w, size_t at)
{
	struct step_list list;
	const struct reached r = w->v[at];
	unsigned sets = STEPS_DOWN | STEPS_SAME | STEPS_EDITIONS | (r.phase == UP ? (unsigned)STEPS_UP : 0);
	int rc = graph_steps(w->graph, r.node, sets, w->loose, &list);
	for (size_t i = 0; rc == OK && i < list.count; i++) {
		struct step *s = &list.v[i];
		int phase = s->type == STEP_ADOPTED_BY ? DOWN : r.phase;
		if (w->scope == EQUIVALENTS_BELOW && s->type == STEP_RECOGNISED)
			continue;
		if (!seen(w, s->to, phase))
			keep_next(w, &(struct reached){ .node = s->to,
			                                .phase = phase,
			                                .before = at,
			                                .step = s,
			                                .relation = relation_compose(r.relation, s->relation),
			                                .undated = r.undated || s->undated,
			                                .steps = r.steps + 1 });
	}
	return rc;
}

static int compare_reached(const void *left, const void *right)
{
	const struct reached *a = left, *b = right;
	if (a->relation != b->relation)
		return a->relation < b->relation ? -1 : 1;
	if (a->undated != b->undated)
		return a->undated ? 1 : -1;
	int order = graph_compare(a->node, b->node);
	if (order == 0)
		order = a->phase - b->phase;
	if (order == 0) /* places stand in an order of names, too */
		order = a->before < b->before ? -1 : a->before > b->before;
	return order != 0 ? order : (int)a->step->type - (int)b->step->type;
}

static void take_level(struct walk *w)
{
	if (w->next_count > 1)
		qsort(w->next, w->next_count, sizeof *w->next, compare_reached);
	for (size_t i = 0; i < w->next_count; i++) {
		if (seen(w, w->next[i].node, w->next[i].phase))
			continue;
		if (w->count == GRAPH_NODES_MAX * PHASES)
			w->graph->cut = true;
		else
			w->v[w->count++] = w->next[i];
	}
	w->next_count = 0;
}

/* Those asked for stand in w already. */
static int run(struct walk *w)
{
	int rc = OK;
	for (size_t at = 0, end; rc == OK && at < w->count;) {
		for (end = w->count; rc == OK && at < end; at++)
			rc = expand(w, at);
		take_level(w);
	}
	return rc;
}

/* ---- what is asked for ---- */

static void ask(struct walk *w, const struct node *node)
{
	w->v[w->count] =
	    (struct reached){ .node = node, .before = w->count, .phase = w->scope == EQUIVALENTS_ALL ? UP : DOWN };
	w->count++;
}

/* The reference, and every edition of an undated one. */
static int begin(struct walk *w, const char *reference)
{
	struct graph *g = w->graph;
	const struct node *node;
	struct step_list editions;
	int rc = graph_node(g, reference, &node);
	if (rc == OK)
		rc = graph_steps(g, node, STEPS_EDITIONS, true, &editions);
	if (rc != OK)
		return rc;
	ask(w, node);
	for (size_t i = 0; i < editions.count && w->count < GRAPH_NODES_MAX; i++)
		if (!seen(w, editions.v[i].to, UP))
			ask(w, editions.v[i].to);
	return OK;
}

/* ---- the answer ---- */

static bool was_given(const struct equivalents *out, const struct node *node)
{
	for (size_t i = 0; i < out->asked_count; i++)
		if (out->asked[i] == node)
			return true;
	for (size_t i = 0; i < out->count; i++)
		if (out->v[i].node == node)
			return true;
	return false;
}

static bool give(struct walk *w, size_t at, struct equivalents *out)
{
	const struct reached *r = &w->v[at];
	struct equivalent *e = &out->v[out->count];
	const struct step **path = arena_try(&w->graph->arena, r->steps * sizeof *path);
	if (path == NULL)
		return false;
	*e = (struct equivalent){ .node = r->node,
		                      .said = graph_best(r->node),
		                      .relation = r->relation,
		                      .undated = r->undated,
		                      .path = path,
		                      .path_count = r->steps };
	for (size_t i = r->steps; i-- > 0; at = w->v[at].before) {
		path[i] = w->v[at].step;
		e->authority = path[i]->authority > e->authority ? path[i]->authority : e->authority;
	}
	out->count++;
	return true;
}

static int compare_given(const void *left, const void *right)
{
	const struct equivalent *a = left, *b = right;
	if (a->path_count != b->path_count)
		return a->path_count < b->path_count ? -1 : 1;
	if (a->relation != b->relation)
		return a->relation < b->relation ? -1 : 1;
	if (a->undated != b->undated)
		return a->undated ? 1 : -1;
	return graph_compare(a->node, b->node);
}

static void give_new(struct walk *w, struct equivalents *out)
{
	size_t first = out->count;
	for (size_t i = 0; i < w->count; i++) {
		if (w->v[i].steps == 0 || out->count == GRAPH_NODES_MAX || was_given(out, w->v[i].node))
			continue;
		if (!give(w, i, out))
			w->graph->cut = true;
	}
	if (out->count - first > 1)
		qsort(out->v + first, out->count - first, sizeof *out->v, compare_given);
}

static int tell_asked(const struct walk *w, struct equivalents *out)
{
	struct graph *g = w->graph;
	out->asked = arena_try(&g->arena, w->count * sizeof *out->asked);
	if (out->asked == NULL)
		return err_set(g->err, ERR_LIMIT, "more memory than an answer may have");
	for (; out->asked_count < w->count; out->asked_count++)
		out->asked[out->asked_count] = w->v[out->asked_count].node;
	return OK;
}

static int find(struct walk *w, const char *reference, struct equivalents *out)
{
	int rc = begin(w, reference);
	if (rc == OK && !w->loose)
		rc = tell_asked(w, out);
	if (rc == OK)
		rc = run(w);
	if (rc == OK)
		give_new(w, out);
	return rc;
}

int equivalents_find(struct graph *g, const char *reference, enum equivalents_scope scope, struct equivalents *out)
{
	int rc = OK;
	/* Room for the answer before walks fill the arena. */
	*out = (struct equivalents){ .v = arena_try(&g->arena, GRAPH_NODES_MAX * sizeof *out->v) };
	if (out->v == NULL)
		return err_set(g->err, ERR_LIMIT, "more memory than an answer may have");
	for (int loose = 0; rc == OK && loose <= 1; loose++) {
		struct walk w = { .graph = g, .loose = loose != 0, .scope = scope };
		w.v = calloc(GRAPH_NODES_MAX * PHASES, sizeof *w.v);
		must(w.v != NULL);
		rc = find(&w, reference, out);
		free(w.v);
		free(w.next);
	}
	return rc;
}
