#include "node/core/edition.h"

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/record.h"

enum { NOWHERE = EDITION_NODES_MAX };

/* A standard that the walk came to, and where it leads. */
struct place {
	const struct node *node;
	size_t before;
	struct step *step; /* NULL: asked for */
	size_t *next;
	size_t next_count;
};

struct walk {
	struct graph *graph;
	bool loose;
	struct place v[EDITION_NODES_MAX];
	size_t count;
};

static int status_of(const struct place *p)
{
	return graph_status(p->node);
}

static bool is_coming(const struct place *p)
{
	int status = status_of(p);
	return status == NORMLINK__STATUS__STATUS_PREPARATION || status == NORMLINK__STATUS__STATUS_UPCOMING;
}

/* ---- the walk ---- */

static size_t find(const struct walk *w, const struct node *node)
{
	size_t i = 0;
	while (i < w->count && w->v[i].node != node)
		i++;
	return i < w->count ? i : NOWHERE;
}

static size_t arrive(struct walk *w, size_t before, struct step *step)
{
	size_t at = find(w, step->to);
	if (at != NOWHERE)
		return at;
	if (w->count == EDITION_NODES_MAX) {
		w->graph->cut = true;
		return NOWHERE;
	}
	w->v[w->count] = (struct place){ .node = step->to, .before = before, .step = step };
	return w->count++;
}

/* Of the editions of an undated reference the newest that is current, else the newest that is not still coming. */
static struct step *newest(const struct step_list *editions)
{
	struct step *best = NULL;
	int best_rank = 0;
	for (size_t i = 0; i < editions->count; i++) {
		struct step *s = &editions->v[i];
		struct place p = { .node = s->to };
		int rank = status_of(&p) == NORMLINK__STATUS__STATUS_CURRENT ? 3 : is_coming(&p) ? 1 : 2;
		if (best == NULL || rank > best_rank || (rank == best_rank && graph_compare(s->to, best->to) > 0)) {
			best = s;
			best_rank = rank;
		}
	}
	return best;
}

static int expand(struct walk *w, size_t at)
{
	struct step_list list;
	const struct node *node = w->v[at].node;
	int rc = graph_steps(w->graph, node, STEPS_EDITIONS, w->loose, &list);
	struct step *edition = rc == OK ? newest(&list) : NULL;
	if (rc == OK && edition == NULL)
		rc = graph_steps(w->graph, node, STEPS_NEXT, w->loose, &list);
	if (rc != OK)
		return rc;
	if (edition != NULL)
		list = (struct step_list){ edition, 1 };
	w->v[at].next = arena_try(&w->graph->arena, (list.count + 1) * sizeof(size_t));
	w->graph->cut = w->graph->cut || w->v[at].next == NULL;
	for (size_t i = 0; w->v[at].next != NULL && i < list.count; i++) {
		size_t to = arrive(w, at, &list.v[i]);
		if (to != NOWHERE)
			w->v[at].next[w->v[at].next_count++] = to;
	}
	return OK;
}

/* ---- what is in force ---- */

/* Everything that can be reached from a place, itself only in a circle. */
static void reach(const struct walk *w, size_t from, bool out[EDITION_NODES_MAX])
{
	size_t stack[EDITION_NODES_MAX], depth = 0;
	memset(out, 0, EDITION_NODES_MAX * sizeof *out);
	stack[depth++] = from;
	while (depth > 0) {
		const struct place *p = &w->v[stack[--depth]];
		for (size_t i = 0; i < p->next_count; i++) {
			if (out[p->next[i]])
				continue;
			out[p->next[i]] = true;
			stack[depth++] = p->next[i]; /* each place once: there is room */
		}
	}
}

static bool may_be_in_force(const struct place *p)
{
	int status = status_of(p);
	return status == NORMLINK__STATUS__STATUS_CURRENT || (status == 0 && p->next_count == 0);
}

static bool in_force(const struct walk *w, size_t at)
{
	bool after[EDITION_NODES_MAX], back[EDITION_NODES_MAX];
	if (!may_be_in_force(&w->v[at]))
		return false;
	reach(w, at, after);
	for (size_t i = 0; i < w->count; i++) {
		if (i == at || !after[i] || !may_be_in_force(&w->v[i]))
			continue;
		reach(w, i, back);
		/* In a circle the newest by its name counts. */
		if (!back[at] || graph_compare(w->v[i].node, w->v[at].node) > 0)
			return false;
	}
	return true;
}

/* ---- the answer ---- */

static int give(struct walk *w, size_t at, bool supplements, struct edition *list, size_t *count)
{
	struct graph *g = w->graph;
	struct edition *e = &list[*count];
	size_t steps = 0, i = at;
	for (; w->v[i].step != NULL; i = w->v[i].before)
		steps++;
	const struct step **path = arena_try(&g->arena, (steps + 1) * sizeof *path);
	g->cut = g->cut || path == NULL;
	if (path == NULL)
		return OK;
	*e = (struct edition){ .node = w->v[at].node, .said = graph_best(w->v[at].node), .path = path };
	e->path_count = steps;
	for (i = at; steps-- > 0; i = w->v[i].before) {
		path[steps] = w->v[i].step;
		e->authority = path[steps]->authority > e->authority ? path[steps]->authority : e->authority;
	}
	++*count;
	return supplements ? graph_steps(g, e->node, STEPS_SUPPLEMENTS, w->loose, &e->supplements) : OK;
}

static int give_all(struct walk *w, struct editions *out)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < w->count; i++) {
		if (in_force(w, i))
			rc = give(w, i, true, out->in_force, &out->in_force_count);
		else if (is_coming(&w->v[i]))
			rc = give(w, i, false, out->coming, &out->coming_count);
	}
	for (size_t i = 0; rc == OK && out->in_force_count == 0 && i < w->count; i++)
		if (w->v[i].next_count == 0 && !is_coming(&w->v[i]))
			rc = give(w, i, false, out->ends, &out->ends_count);
	return rc;
}

static int run(struct walk *w, const struct node *asked, bool loose, struct editions *out)
{
	int rc = OK;
	w->count = 1;
	w->loose = loose;
	w->v[0] = (struct place){ .node = asked };
	for (size_t i = 0; rc == OK && i < w->count; i++)
		rc = expand(w, i);
	out->in_force_count = out->coming_count = out->ends_count = 0;
	return rc == OK ? give_all(w, out) : rc;
}

int edition_find(struct graph *g, const char *reference, struct editions *out)
{
	struct walk *w = arena_try(&g->arena, sizeof *w);
	*out = (struct editions){ .in_force = arena_try(&g->arena, EDITION_NODES_MAX * sizeof *out->in_force),
		                      .coming = arena_try(&g->arena, EDITION_NODES_MAX * sizeof *out->coming),
		                      .ends = arena_try(&g->arena, EDITION_NODES_MAX * sizeof *out->ends) };
	if (w == NULL || out->in_force == NULL || out->coming == NULL || out->ends == NULL)
		return err_set(g->err, ERR_LIMIT, "more memory than an answer may have");
	w->graph = g;
	int rc = graph_node(g, reference, &out->asked);
	if (rc == OK)
		rc = run(w, out->asked, false, out);
	/* Nobody with authority says anything about it. */
	if (rc == OK && w->count == 1 &&
	    (graph_best(out->asked) == NULL || !authority_plain(graph_best(out->asked)->authority)))
		rc = run(w, out->asked, true, out);
	return rc;
}
