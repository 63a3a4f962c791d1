#include "node/core/graph.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "proto/designator.h"
#include "proto/record.h"

int graph_open(struct graph *g, const struct view *view, const struct fact_question *question, struct err *err)
{
	graph_open_with(g, view, question, &(struct claims){ 0 }, err);
	return view->claims(view->ctx, &g->arena, &g->claims, err);
}

void graph_open_with(struct graph *g, const struct view *view, const struct fact_question *question,
                     const struct claims *claims, struct err *err)
{
	*g = (struct graph){
		.view = view, .question = *question, .arena = { .cap = GRAPH_MEMORY_MAX }, .claims = *claims, .err = err
	};
}

void graph_close(struct graph *g)
{
	arena_free(&g->arena);
}

/* ---- families ---- */

/* What was taken back says nothing; of the rest whether their origin speaks for the subject. */
static void judge(struct graph *g, struct fact_list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct fact *f = &list->v[i];
		f->authority = authority_decide(&g->claims, f->origin, f->kind, f->subject);
		if (!f->retracted)
			list->v[kept++] = *f;
	}
	list->count = kept;
}

static const struct family *find_family(const struct graph *g, const char *undated)
{
	for (size_t i = 0; i < GRAPH_BUCKETS; i++)
		for (const struct node *n = g->nodes[i]; n != NULL; n = n->next)
			if (strcmp(n->undated, undated) == 0)
				return n->family;
	return NULL;
}

static int load_family(struct graph *g, const char *undated, const struct family **out)
{
	*out = find_family(g, undated);
	if (*out != NULL)
		return OK;
	struct family *f = arena_try(&g->arena, sizeof *f);
	g->cut = g->cut || f == NULL || g->family_count == GRAPH_FAMILIES_MAX;
	if (f == NULL || g->family_count == GRAPH_FAMILIES_MAX)
		return err_set(g->err, ERR_LIMIT, "more standards than one answer may go through");
	g->family_count++;
	int rc = g->view->family(g->view->ctx, undated, &g->question, &g->arena, f, g->err);
	g->cut = g->cut || rc == ERR_LIMIT;
	if (rc != OK)
		return rc;
	g->cut = g->cut || f->about.total > f->about.count || f->pointing.total > f->pointing.count;
	judge(g, &f->about);
	judge(g, &f->pointing);
	*out = f;
	return OK;
}

/* ---- nodes ---- */

/* FNV-1a. */
static size_t bucket_of(const char *name)
{
	uint32_t h = 2166136261u;
	for (const char *c = name; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	return h % GRAPH_BUCKETS;
}

static int make_node(struct graph *g, const struct designator *d, const struct node **out)
{
	struct node **bucket = &g->nodes[bucket_of(d->canonical)];
	size_t name = strlen(d->canonical) + 1, undated = strlen(d->undated) + 1;
	struct node *n = g->node_count < GRAPH_NODES_MAX ? arena_try(&g->arena, sizeof *n + name + undated) : NULL;
	if (n == NULL) {
		g->cut = true;
		return err_set(g->err, ERR_LIMIT, "more standards than one answer may go through");
	}
	char *text = (char *)(n + 1);
	memcpy(text, d->canonical, name);
	memcpy(text + name, d->undated, undated);
	*n = (struct node){ .name = text, .undated = text + name, .year = d->year, .supplement = d->supplement };
	int rc = load_family(g, n->undated, &n->family);
	if (rc != OK)
		return rc;
	n->next = *bucket;
	*bucket = n;
	g->node_count++;
	*out = n;
	return OK;
}

int graph_node(struct graph *g, const char *reference, const struct node **out)
{
	struct designator d;
	int rc = designator_parse(bytes_str(reference), &d, g->err);
	if (rc != OK)
		return rc;
	for (const struct node *n = g->nodes[bucket_of(d.canonical)]; n != NULL; n = n->next) {
		if (strcmp(n->name, d.canonical) == 0) {
			*out = n;
			return OK;
		}
	}
	return make_node(g, &d, out);
}

int graph_compare(const struct node *a, const struct node *b)
{
	int order = strcmp(a->undated, b->undated);
	if (order == 0)
		order = a->year < b->year ? -1 : a->year > b->year;
	return order != 0 ? order : strcmp(a->name, b->name);
}

/* ---- what counts ---- */

const struct fact *graph_best(const struct node *node)
{
	const struct fact_list *list = &node->family->about;
	const struct fact *best = NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct fact *f = &list->v[i];
		if (f->kind == NORMLINK__KIND__KIND_STANDARD && strcmp(f->about, node->name) == 0 &&
		    (best == NULL || f->authority < best->authority))
			best = f; /* the list is by origin */
	}
	return best;
}

int graph_status(const struct node *node)
{
	const struct fact *best = graph_best(node);
	return best != NULL ? best->status : 0;
}

/* ---- words ---- */

enum relation relation_of_degree(int degree)
{
	switch (degree) {
	case NORMLINK__DEGREE__DEGREE_IDT:
		return RELATION_IDT;
	case NORMLINK__DEGREE__DEGREE_MOD:
		return RELATION_MOD;
	case NORMLINK__DEGREE__DEGREE_NEQ:
		return RELATION_NEQ;
	default:
		return RELATION_UNKNOWN;
	}
}

enum relation relation_compose(enum relation a, enum relation b)
{
	return a > b ? a : b;
}

const char *relation_word(enum relation relation)
{
	static const char *const words[] = {
		[RELATION_SAME] = "same", [RELATION_IDT] = "idt",         [RELATION_RECOGNISED] = "recognised",
		[RELATION_MOD] = "mod",   [RELATION_UNKNOWN] = "unknown", [RELATION_NEQ] = "neq",
	};
	return words[relation];
}

const char *step_word(enum step_type type)
{
	static const char *const words[] = {
		[STEP_ADOPTS] = "adopts",           [STEP_ADOPTED_BY] = "adopted-by",
		[STEP_IDENTICAL] = "identical",     [STEP_JOINT] = "joint",
		[STEP_RECOGNISED] = "recognised",   [STEP_EDITION] = "edition",
		[STEP_REPLACED_BY] = "replaced-by", [STEP_NEWER] = "newer-edition",
		[STEP_AMENDED_BY] = "amended-by",   [STEP_CORRECTED_BY] = "corrected-by",
	};
	return words[type];
}
