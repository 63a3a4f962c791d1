#include "node/core/impact.h"

#include "node/base/limits.h"
#include "proto/edges.h"
#include "proto/record.h"

static const struct {
	const char *word;
	int kind, type;
} groups[IMPACT_GROUPS] = {
	[IMPACT_CITATIONS] = { "citations", NORMLINK__KIND__KIND_CITATION, 0 },
	[IMPACT_RECOGNITIONS] = { "recognitions", NORMLINK__KIND__KIND_RECOGNITION, 0 },
	[IMPACT_DECLARATIONS] = { "declarations", NORMLINK__KIND__KIND_DECLARATION, 0 },
	[IMPACT_PATENTS] = { "patents", NORMLINK__KIND__KIND_PATENT, 0 },
	[IMPACT_TRANSLATIONS] = { "translations", NORMLINK__KIND__KIND_TRANSLATION, 0 },
	[IMPACT_FEEDBACK] = { "feedback", NORMLINK__KIND__KIND_FEEDBACK, 0 },
	[IMPACT_PROJECTS] = { "projects", NORMLINK__KIND__KIND_PROJECT, 0 },
	[IMPACT_CITED_BY] = { "cited-by", NORMLINK__KIND__KIND_STANDARD, NORMLINK__LINK_TYPE__LINK_CITES },
};

const char *impact_word(enum impact_group group)
{
	return groups[group].word;
}

/* Feedback that is not closed: it has to be read to be counted. */
static int find_open(struct graph *g, struct dependents *of, size_t limit, struct fact_list *out)
{
	size_t kept = 0;
	of->limit = IMPACT_FEEDBACK_MAX;
	int rc = g->view->dependents(g->view->ctx, of, &g->question, &g->arena, out, g->err);
	if (rc != OK)
		return rc;
	g->cut = g->cut || out->total > out->count;
	out->total = 0;
	for (size_t i = 0; i < out->count; i++) {
		if (!out->v[i].open)
			continue;
		out->total++;
		if (kept < limit)
			out->v[kept++] = out->v[i];
	}
	out->count = kept;
	return OK;
}

/* whole: what points at all editions counts here, too. */
static int fill(struct graph *g, struct impact_standard *s, bool whole, size_t limit)
{
	int rc = OK;
	for (int i = 0; rc == OK && i < IMPACT_GROUPS; i++) {
		struct dependents of = { .target = s->node->name,
			                     .or = whole && !s->node->supplement ? s->node->undated : NULL,
			                     .kind = groups[i].kind,
			                     .type = groups[i].type,
			                     .limit = limit };
		struct fact_list *list = &s->groups[i];
		rc = i == IMPACT_FEEDBACK ? find_open(g, &of, limit, list)
		                          : g->view->dependents(g->view->ctx, &of, &g->question, &g->arena, list, g->err);
		for (size_t k = 0; rc == OK && k < list->count; k++)
			list->v[k].authority = authority_decide(&g->claims, list->v[k].origin, list->v[k].kind, list->v[k].subject);
	}
	g->cut = g->cut || rc == ERR_LIMIT;
	return rc == ERR_LIMIT ? OK : rc;
}

int impact_find(struct graph *g, const char *reference, size_t limit, struct impact *out)
{
	struct equivalents below;
	*out = (struct impact){ .v = arena_try(&g->arena, IMPACT_STANDARDS_MAX * sizeof *out->v) };
	if (out->v == NULL)
		return err_set(g->err, ERR_LIMIT, "more memory than an answer may have");
	int rc = equivalents_find(g, reference, EQUIVALENTS_BELOW, &below);
	if (rc != OK)
		return rc;
	size_t all = below.asked_count + below.count, count = all < IMPACT_STANDARDS_MAX ? all : IMPACT_STANDARDS_MAX;
	g->cut = g->cut || count < all;
	for (; rc == OK && out->count < count; out->count++) {
		struct impact_standard *s = &out->v[out->count];
		bool asked = out->count < below.asked_count;
		s->via = asked ? NULL : &below.v[out->count - below.asked_count];
		s->node = asked ? below.asked[out->count] : s->via->node;
		s->said = graph_best(s->node);
		out->asked += asked;
		rc = fill(g, s, !asked || below.asked[0]->year != 0, limit);
	}
	return rc;
}

bool impact_any(const struct impact *impact)
{
	for (size_t i = 0; i < impact->count; i++)
		for (int k = 0; k < IMPACT_GROUPS; k++)
			if (impact->v[i].groups[k].total > 0)
				return true;
	return impact->count > impact->asked;
}
