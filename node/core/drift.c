#include "node/core/drift.h"

#include "node/base/limits.h"
#include "proto/record.h"

enum { ADOPTIONS_AT_ONCE = 64 };

struct search {
	const struct view *view;
	const struct fact_question *question;
	const char *origin;
	struct drift_sum *sum;
	drift_cb each_cb;
	void *arg;
	struct err *err;
	struct claims claims;
};

static bool has_gone(int status)
{
	return status == NORMLINK__STATUS__STATUS_SUPERSEDED || status == NORMLINK__STATUS__STATUS_WITHDRAWN ||
	       status == NORMLINK__STATUS__STATUS_CANCELLED;
}

/* The origin's own record of a standard, NULL. */
static const struct fact *record_of(const struct node *node, const char *origin)
{
	const struct fact_list *list = &node->family->about;
	for (size_t i = 0; i < list->count; i++)
		if (list->v[i].kind == NORMLINK__KIND__KIND_STANDARD && strcmp(list->v[i].about, node->name) == 0 &&
		    strcmp(list->v[i].origin, origin) == 0)
			return &list->v[i];
	return NULL;
}

/* Is this the first statement of the origin that says so?  Each adoption is looked at once. */
static bool is_first(const struct step *step, const struct fact *fact)
{
	bool says = false;
	for (size_t i = 0; i < step->said_count; i++) {
		const struct fact *other = step->said[i].fact;
		if (strcmp(other->origin, fact->origin) != 0)
			continue;
		if (other->index < fact->index)
			return false;
		says = says || other->index == fact->index;
	}
	return says;
}

static bool has_drifted(const struct step *adopts, const struct editions *now)
{
	const struct node *source = adopts->to;
	for (size_t i = 0; i < now->in_force_count; i++) {
		const struct node *n = now->in_force[i].node;
		if (n == source || (source->year == 0 && strcmp(n->undated, source->undated) == 0))
			return false;
	}
	if (now->in_force_count > 0)
		return true;
	for (size_t i = 0; i < now->ends_count; i++)
		if (has_gone(graph_status(now->ends[i].node)))
			return true;
	return has_gone(graph_status(source));
}

static const char *since(const struct fact *source, const struct editions *now)
{
	if (source != NULL && source->withdrawn != NULL)
		return source->withdrawn;
	for (size_t i = 0; i < now->in_force_count; i++) {
		const struct edition *e = &now->in_force[i];
		const struct fact *next = e->path_count > 0 ? graph_best(e->path[0]->to) : NULL;
		if (next != NULL && next->date != NULL)
			return next->date;
	}
	return NULL;
}

static int look_at(struct search *s, struct graph *g, const struct step *adopts)
{
	struct editions now;
	int rc = edition_find(g, adopts->to->name, &now);
	s->sum->adoptions++;
	if (rc != OK || !has_drifted(adopts, &now))
		return rc;
	const struct fact *own = record_of(adopts->from, s->origin);
	struct drift d = { .adopts = adopts, .adoption = own, .source = graph_best(adopts->to), .now = &now };
	for (size_t i = 0; d.adoption == NULL && i < adopts->said_count; i++)
		if (strcmp(adopts->said[i].fact->origin, s->origin) == 0)
			d.adoption = adopts->said[i].fact;
	d.since = since(d.source, &now);
	s->sum->drifted++;
	return s->each_cb(s->arg, &d);
}

/* All that one statement adopts, in a graph of its own: what thousands of them lead to does not fit into one. */
static int walk(struct search *s, struct graph *g, const struct fact *fact)
{
	const struct node *node;
	struct step_list list;
	int rc = graph_node(g, fact->about, &node);
	if (rc != OK)
		return rc;
	const struct fact *own = record_of(node, s->origin);
	if (has_gone(own != NULL ? own->status : graph_status(node)))
		return OK;
	rc = graph_steps(g, node, STEPS_UP, true, &list);
	for (size_t i = 0; rc == OK && i < list.count; i++)
		if (is_first(&list.v[i], fact))
			rc = look_at(s, g, &list.v[i]);
	return rc;
}

static int follow(struct search *s, const struct fact *fact)
{
	struct graph g;
	graph_open_with(&g, s->view, s->question, &s->claims, s->err);
	int rc = walk(s, &g, fact);
	s->sum->cut = s->sum->cut || g.cut;
	graph_close(&g);
	return rc == ERR_LIMIT ? OK : rc; /* told by cut */
}

/* Some statements of adoptions from one entry on, most of them; *from and *most are set for the next. */
static int follow_some(struct search *s, uint64_t *from, size_t *most, bool *more)
{
	size_t some = *most < ADOPTIONS_AT_ONCE ? *most : ADOPTIONS_AT_ONCE;
	struct arena arena = { .cap = GRAPH_MEMORY_MAX };
	struct fact_list list = { 0 };
	int rc = s->view->adopting(s->view->ctx, s->origin, *from, some, s->question, &arena, &list, s->err);
	*more = list.count == some;
	*most -= list.count;
	s->sum->cut = s->sum->cut || list.total > list.count;
	for (size_t i = 0; rc == OK && i < list.count; i++) {
		*from = list.v[i].index + 1;
		rc = follow(s, &list.v[i]);
	}
	arena_free(&arena);
	return rc;
}

static int is_more(struct search *s, uint64_t from, bool *more)
{
	struct arena arena = { .cap = GRAPH_MEMORY_MAX };
	struct fact_list list = { 0 };
	int rc = s->view->adopting(s->view->ctx, s->origin, from, 1, s->question, &arena, &list, s->err);
	*more = list.count > 0;
	arena_free(&arena);
	return rc;
}

int drift_find(const struct view *view, const struct fact_question *question, const char *origin, uint64_t from,
               size_t most, struct drift_sum *sum, drift_cb each_cb, void *arg, struct err *err)
{
	struct search s = { view, question, origin, sum, each_cb, arg, err, { 0 } };
	struct arena claims = { .cap = GRAPH_MEMORY_MAX };
	bool more = true;
	*sum = (struct drift_sum){ 0 };
	int rc = view->claims(view->ctx, &claims, &s.claims, err);
	while (rc == OK && more && most > 0)
		rc = follow_some(&s, &from, &most, &more);
	if (rc == OK && more)
		rc = is_more(&s, from, &more);
	sum->next = more ? from : 0;
	arena_free(&claims);
	return rc;
}
