/* The steps from one node of graph.h: what each statement gives, sorted, and those that say the same put together. */
#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/core/graph.h"
#include "proto/joint.h"
#include "proto/record.h"

/* What one statement gives. */
struct raw {
	const char *to;
	enum step_type type;
	bool undated;
	struct said said; /* fact NULL: nobody needs to say it */
};

struct gather {
	struct graph *graph;
	const struct node *node;
	unsigned steps;
	bool loose;
	struct raw *v;
	size_t count, cap;
	bool any; /* one that counts: not by third parties alone, or loose */

	/* Of the statement that is looked at, a recognition: */
	bool agreed;        /* in effect */
	enum authority own; /* the best that its parties are for the node */
};

static void add(struct gather *g, const struct raw *raw)
{
	if (strcmp(raw->to, g->node->name) == 0)
		return;
	if (g->count == GRAPH_SAID_MAX) {
		g->graph->cut = true;
		return;
	}
	g->any = g->any || g->loose || raw->said.fact == NULL || authority_plain(raw->said.authority);
	if (g->count == g->cap) {
		g->cap = g->cap == 0 ? 32 : g->cap * 2;
		g->v = realloc(g->v, g->cap * sizeof *g->v);
		must(g->v != NULL);
	}
	g->v[g->count++] = *raw;
}

/* So many more edges are looked at.  False: the walk has seen enough; an outsider decides how many there are. */
static bool look(struct gather *g, size_t edges)
{
	g->graph->looked_at += edges;
	g->graph->cut = g->graph->cut || g->graph->looked_at > GRAPH_EDGES_MAX;
	return g->graph->looked_at <= GRAPH_EDGES_MAX;
}

static bool is_edition(const struct fact *f)
{
	return f->kind == NORMLINK__KIND__KIND_STANDARD && f->year != 0 && !f->supplement;
}

/* ---- what a statement on the node itself says ---- */

static enum step_type step_from(int edge)
{
	switch (edge) {
	case NORMLINK__LINK_TYPE__LINK_IDENTICAL:
		return STEP_IDENTICAL;
	case NORMLINK__LINK_TYPE__LINK_REPLACED_BY:
		return STEP_REPLACED_BY;
	case NORMLINK__LINK_TYPE__LINK_AMENDED_BY:
		return STEP_AMENDED_BY;
	case NORMLINK__LINK_TYPE__LINK_CORRECTED_BY:
		return STEP_CORRECTED_BY;
	case EDGE_ADOPTS:
		return STEP_ADOPTS;
	default:
		return 0;
	}
}

static unsigned set_of(enum step_type type)
{
	switch (type) {
	case STEP_ADOPTS:
		return STEPS_UP;
	case STEP_ADOPTED_BY:
		return STEPS_DOWN;
	case STEP_IDENTICAL:
	case STEP_JOINT:
	case STEP_RECOGNISED:
		return STEPS_SAME;
	case STEP_EDITION:
		return STEPS_EDITIONS;
	case STEP_REPLACED_BY:
	case STEP_NEWER:
		return STEPS_NEXT;
	case STEP_AMENDED_BY:
	case STEP_CORRECTED_BY:
		return STEPS_SUPPLEMENTS;
	}
	return 0;
}

static void from_own(struct gather *g, const struct fact *f)
{
	for (size_t i = 0; i < f->edge_count; i++) {
		const struct fact_edge *e = &f->edges[i];
		enum step_type type = step_from(e->type);
		if (type == 0 || (set_of(type) & g->steps) == 0)
			continue;
		add(g, &(struct raw){
		           .to = e->target, .type = type, .said = { f, f->authority, type == STEP_ADOPTS ? e->detail : 0 } });
	}
}

/* Another member of the family: an edition of an undated node, an amendment by its name. */
static void from_relative(struct gather *g, const struct fact *f)
{
	size_t len = strlen(g->node->name);
	if (g->node->year == 0 && !g->node->supplement && is_edition(f) && (g->steps & STEPS_EDITIONS) != 0)
		add(g, &(struct raw){ f->about, STEP_EDITION, true, { f, f->authority, 0 } });
	if (f->kind != NORMLINK__KIND__KIND_STANDARD || !f->supplement || (g->steps & STEPS_SUPPLEMENTS) == 0 ||
	    strncmp(f->about, g->node->name, len) != 0 || f->about[len] != '/')
		return;
	bool corrects = strstr(f->about + len, "Cor ") != NULL;
	add(g, &(struct raw){ f->about, corrects ? STEP_CORRECTED_BY : STEP_AMENDED_BY, false, { f, f->authority, 0 } });
}

/* ---- what others say about the node ---- */

/* Does the target mean this node?  *undated: by its family alone. */
static bool means(const struct node *n, const char *target, bool *undated)
{
	struct designator d;
	*undated = false;
	if (strcmp(target, n->name) == 0)
		return true;
	size_t len = strlen(n->undated);
	if (n->supplement || strncmp(target, n->undated, len) != 0)
		return false;
	*undated = true;
	if (n->year != 0)
		return target[len] == '\0';
	return designator_parse(bytes_str(target), &d, NULL) == OK && !d.supplement && strcmp(d.undated, n->undated) == 0;
}

bool graph_in_effect(const struct family *family, const struct fact *f)
{
	const struct fact_list *list = &family->pointing;
	for (size_t i = 0; i < f->party_count; i++) {
		bool said = false;
		for (size_t k = 0; k < list->count && !said; k++) {
			const struct fact *other = &list->v[k];
			said = other->kind == f->kind && strcmp(other->subject, f->subject) == 0 &&
			       strcmp(other->origin, f->parties[i]) == 0 && bytes_equal(other->body, f->body);
		}
		if (!said)
			return false;
	}
	return f->party_count > 0;
}

static bool is_party(const struct fact *f)
{
	for (size_t i = 0; i < f->party_count; i++)
		if (strcmp(f->parties[i], f->origin) == 0)
			return true;
	return false;
}

/* The best that one of the parties is for that standard. */
static enum authority best_party(const struct graph *g, const struct fact *f, const char *standard)
{
	enum authority best = AUTHORITY_THIRD_PARTY;
	for (size_t i = 0; i < f->party_count; i++) {
		enum authority one = authority_decide(&g->claims, f->parties[i], NORMLINK__KIND__KIND_STANDARD, standard);
		best = one < best ? one : best;
	}
	return best;
}

/* Edge e of a recognition means the node: the others of its group are as good.  Each edge of one may: what is looked at
 * is counted anew for each. */
static void from_recognition(struct gather *g, const struct fact *f, const struct fact_edge *e, bool undated)
{
	for (size_t i = 0; i < f->edge_count && look(g, 1); i++) {
		const struct fact_edge *other = &f->edges[i];
		if (other->type != e->type || other->detail != e->detail)
			continue;
		if (g->count == GRAPH_SAID_MAX || !look(g, f->party_count)) {
			g->graph->cut = true;
			return;
		}
		enum authority its = best_party(g->graph, f, other->target);
		bool joint = f->type == NORMLINK__RECOGNITION_TYPE__RECOGNITION_JOINT;
		add(g, &(struct raw){ .to = other->target,
		                      .type = joint ? STEP_JOINT : STEP_RECOGNISED,
		                      .undated = undated,
		                      .said = { f, g->own > its ? g->own : its, 0 } });
	}
}

/* The step of the node that a statement's edge makes from the other side. */
static enum step_type step_back(int edge)
{
	switch (edge) {
	case NORMLINK__LINK_TYPE__LINK_IDENTICAL:
		return STEP_IDENTICAL;
	case NORMLINK__LINK_TYPE__LINK_REPLACES:
		return STEP_REPLACED_BY;
	case NORMLINK__LINK_TYPE__LINK_AMENDS:
		return STEP_AMENDED_BY;
	case NORMLINK__LINK_TYPE__LINK_CORRECTS:
		return STEP_CORRECTED_BY;
	case EDGE_ADOPTS:
		return STEP_ADOPTED_BY;
	default:
		return 0;
	}
}

static bool needs_exact(enum step_type type)
{
	return type == STEP_IDENTICAL || type == STEP_AMENDED_BY || type == STEP_CORRECTED_BY;
}

static void from_edge(struct gather *g, const struct fact *f, const struct fact_edge *e)
{
	bool undated;
	enum step_type type = step_back(e->type);
	if ((type == 0 && e->type != EDGE_RECOGNISES) || !means(g->node, e->target, &undated))
		return;
	if (e->type == EDGE_RECOGNISES) {
		if (g->agreed)
			from_recognition(g, f, e, undated);
		return;
	}
	if ((set_of(type) & g->steps) == 0 || (undated && needs_exact(type)))
		return;
	/* "Replaces ISO 9001", said by one of its editions, means the older ones. */
	if (type == STEP_REPLACED_BY && undated && strcmp(f->undated, g->node->undated) == 0 &&
	    (g->node->year == 0 || f->year <= g->node->year))
		return;
	enum authority authority = f->authority;
	if (type != STEP_IDENTICAL && type != STEP_ADOPTED_BY) { /* it says something about the older one, too */
		enum authority about =
		    authority_decide(&g->graph->claims, f->origin, NORMLINK__KIND__KIND_STANDARD, g->node->name);
		authority = about > authority ? about : authority;
	}
	add(g, &(struct raw){ .to = f->about,
	                      .type = type,
	                      .undated = undated,
	                      .said = { f, authority, type == STEP_ADOPTED_BY ? e->detail : 0 } });
}

static void from_pointing(struct gather *g, const struct fact *f)
{
	/* The same for each of its edges, of which it may have thousands. */
	g->agreed = f->kind == NORMLINK__KIND__KIND_RECOGNITION && (g->steps & STEPS_SAME) != 0 && is_party(f) &&
	            graph_in_effect(g->node->family, f);
	if (g->agreed)
		g->own = best_party(g->graph, f, g->node->name);
	for (size_t i = 0; i < f->edge_count; i++)
		from_edge(g, f, &f->edges[i]);
}

/* ---- the next edition by its year, where nobody says what replaces the node ---- */

static void from_newer(struct gather *g)
{
	const struct fact_list *list = &g->node->family->about;
	int next = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct fact *f = &list->v[i];
		bool good = is_edition(f) && f->year > g->node->year && (g->loose || authority_plain(f->authority));
		if (good && (next == 0 || f->year < next))
			next = f->year;
	}
	for (size_t i = 0; i < list->count && next != 0; i++)
		if (is_edition(&list->v[i]) && list->v[i].year == next)
			add(g, &(struct raw){ list->v[i].about, STEP_NEWER, false, { &list->v[i], list->v[i].authority, 0 } });
}

static void gather(struct gather *g)
{
	struct designator parts[JOINT_PARTS_MAX];
	const struct family *f = g->node->family;
	for (size_t i = 0; i < f->about.count; i++) {
		const struct fact *fact = &f->about.v[i];
		bool own = strcmp(fact->about, g->node->name) == 0;
		if (own && (fact->kind == NORMLINK__KIND__KIND_STANDARD || fact->kind == NORMLINK__KIND__KIND_ADOPTION))
			from_own(g, fact);
		else if (!own)
			from_relative(g, fact);
	}
	for (size_t i = 0; i < f->pointing.count && look(g, f->pointing.v[i].edge_count); i++)
		from_pointing(g, &f->pointing.v[i]);
	if ((g->steps & STEPS_NEXT) != 0 && !g->any && g->node->year != 0 && !g->node->supplement)
		from_newer(g);
	size_t count = (g->steps & STEPS_SAME) != 0 ? joint_parts(g->node->name, parts) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct node *part; /* keeps the name */
		if (graph_node(g->graph, parts[i].canonical, &part) == OK)
			add(g, &(struct raw){ .to = part->name, .type = STEP_IDENTICAL });
	}
}

/* ---- put together ---- */

static int compare_said(const struct said *a, const struct said *b)
{
	if (a->fact == NULL || b->fact == NULL) /* nobody needs to say it: last */
		return (a->fact == NULL) - (b->fact == NULL);
	if (a->authority != b->authority)
		return a->authority < b->authority ? -1 : 1;
	if ((a->degree == 0) != (b->degree == 0))
		return a->degree == 0 ? 1 : -1;
	int order = strcmp(a->fact->origin, b->fact->origin);
	if (order == 0)
		order = a->fact->index < b->fact->index ? -1 : a->fact->index > b->fact->index;
	return order != 0 ? order : a->degree - b->degree;
}

static bool is_agreed(enum step_type type)
{
	return type == STEP_JOINT || type == STEP_RECOGNISED;
}

/* Which of them are one step: agreements stand apart from one another. */
static int compare_step(const struct raw *a, const struct raw *b)
{
	int order = strcmp(a->to, b->to);
	if (order == 0)
		order = (int)a->type - (int)b->type;
	if (order == 0)
		order = (int)a->undated - (int)b->undated;
	return order == 0 && is_agreed(a->type) ? strcmp(a->said.fact->subject, b->said.fact->subject) : order;
}

static int compare_raw(const void *left, const void *right)
{
	const struct raw *a = left, *b = right;
	int order = compare_step(a, b);
	return order != 0 ? order : compare_said(&a->said, &b->said);
}

static enum relation relation_of(enum step_type type, int degree)
{
	if (type == STEP_ADOPTS || type == STEP_ADOPTED_BY)
		return relation_of_degree(degree);
	return type == STEP_RECOGNISED ? RELATION_RECOGNISED : RELATION_SAME;
}

static void keep_said(const struct raw *raw, size_t count, struct step *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct said *s = &raw[i].said;
		const struct said *before = out->said_count > 0 ? &out->said[out->said_count - 1] : NULL;
		if (s->fact == NULL || (before != NULL && before->fact == s->fact && before->degree == s->degree))
			continue;
		out->said[out->said_count++] = *s;
	}
	out->needed = is_agreed(out->type) ? out->said_count : out->said_count > 0;
	out->authority = raw[count - 1].said.fact != NULL ? out->said[0].authority : AUTHORITY_UNCLAIMED;
}

/* Of what says the same the best stands first, and what nobody needs to say last. */
static bool counts(const struct gather *g, const struct raw *raw, size_t count)
{
	return g->loose || raw[count - 1].said.fact == NULL || authority_plain(raw->said.authority);
}

/* ERR_LIMIT: the graph is cut. */
static int keep_step(struct gather *g, const struct raw *raw, size_t count, struct step *out)
{
	*out = (struct step){ .from = g->node,
		                  .type = raw->type,
		                  .undated = raw->undated,
		                  .relation = relation_of(raw->type, raw->said.degree),
		                  .said = arena_try(&g->graph->arena, count * sizeof *out->said) };
	g->graph->cut = g->graph->cut || out->said == NULL;
	int rc = out->said != NULL ? graph_node(g->graph, raw->to, &out->to) : ERR_LIMIT;
	if (rc == OK)
		keep_said(raw, count, out);
	return rc;
}

int graph_steps(struct graph *graph, const struct node *from, unsigned steps, bool loose, struct step_list *out)
{
	struct gather g = { .graph = graph, .node = from, .steps = steps, .loose = loose };
	*out = (struct step_list){ 0 };
	gather(&g);
	out->v = arena_try(&graph->arena, (g.count + 1) * sizeof *out->v);
	graph->cut = graph->cut || out->v == NULL;
	if (g.count > 1)
		qsort(g.v, g.count, sizeof *g.v, compare_raw);
	int rc = OK;
	for (size_t i = 0, n; out->v != NULL && i < g.count && rc == OK; i += n) {
		for (n = 1; i + n < g.count && compare_step(&g.v[i], &g.v[i + n]) == 0; n++)
			continue;
		if (!counts(&g, &g.v[i], n))
			continue;
		rc = keep_step(&g, &g.v[i], n, &out->v[out->count]);
		if (rc == OK)
			out->count++;
		rc = rc == ERR_LIMIT ? OK : rc; /* the answer says that there may be more */
	}
	free(g.v);
	return rc;
}
