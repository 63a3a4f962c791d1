/* GET /api/v1/impact: what depends on a standard, of every kind, and on what adopts it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/text.h"
#include "node/api/walk.h"
#include "node/core/impact.h"
#include "proto/edges.h"
#include "proto/field.h"

enum { SUBJECT_WIDTH = 28 };

/* The edge of a statement that points at the standard, or at all of its editions; NULL. */
static const struct fact_edge *edge_of(const struct impact_standard *s, const struct fact *f)
{
	for (size_t i = 0; i < f->edge_count; i++)
		if (strcmp(f->edges[i].target, s->node->name) == 0)
			return &f->edges[i];
	for (size_t i = 0; i < f->edge_count; i++)
		if (strcmp(f->edges[i].target, s->node->undated) == 0)
			return &f->edges[i];
	return NULL;
}

static bool is_undated(const struct impact_standard *s, const struct fact_edge *e)
{
	return e != NULL && strcmp(e->target, s->node->name) != 0;
}

/* What it means for the standard: the effect of an act, the step of a project; NULL. */
static const char *role_of(enum impact_group group, const struct impact_standard *s, const struct fact *f,
                           const struct fact_edge *e)
{
	if (group == IMPACT_CITATIONS && e != NULL)
		return code_word(&normlink__cited__effect__descriptor, e->detail);
	if (group == IMPACT_PROJECTS && e != NULL)
		return edge_word(e->type);
	if (group == IMPACT_RECOGNITIONS)
		return graph_in_effect(s->node->family, f) ? "in effect" : "not in effect";
	return NULL;
}

/* ---- JSON ---- */

static void put_item(struct answer *a, enum impact_group group, const struct impact_standard *s, const struct fact *f,
                     struct json *j)
{
	const struct fact_edge *e = edge_of(s, f);
	json_object_begin(j);
	json_put_text(j, "role", role_of(group, s, f, e));
	json_put_bool(j, "undated", is_undated(s, e));
	json_key(j, "statement");
	walk_fact_json(a, f, j);
	json_object_end(j);
}

static void put_standard(struct answer *a, const struct impact_standard *s, struct json *j)
{
	json_object_begin(j);
	walk_standard_json(a, s->node->name, s->said, j);
	json_put_text(j, "degree", s->via != NULL ? relation_word(s->via->relation) : NULL);
	json_put_bool(j, "undated", s->via != NULL && s->via->undated);
	walk_path_json(s->via != NULL ? s->via->path : NULL, s->via != NULL ? s->via->path_count : 0, j);
	for (int i = 0; i < IMPACT_GROUPS; i++) {
		json_key(j, impact_word((enum impact_group)i));
		json_object_begin(j);
		json_put_u64(j, "count", s->groups[i].total);
		json_key(j, "list");
		json_array_begin(j);
		for (size_t k = 0; k < s->groups[i].count; k++)
			put_item(a, (enum impact_group)i, s, &s->groups[i].v[k], j);
		json_array_end(j);
		json_object_end(j);
	}
	json_object_end(j);
}

static void put_json(struct answer *a, const struct graph *g, const struct impact *impact)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "reference", impact->v[0].node->name);
	json_key(&j, "standards");
	json_array_begin(&j);
	for (size_t i = 0; i < impact->asked; i++)
		put_standard(a, &impact->v[i], &j);
	json_array_end(&j);
	json_key(&j, "adoptions");
	json_object_begin(&j);
	json_put_u64(&j, "count", impact->count - impact->asked);
	json_key(&j, "list");
	json_array_begin(&j);
	for (size_t i = impact->asked; i < impact->count; i++)
		put_standard(a, &impact->v[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	walk_end_json(a, g->cut, &j);
}

/* ---- text ---- */

static void put_item_text(struct answer *a, enum impact_group group, const struct impact_standard *s,
                          const struct fact *f)
{
	const struct fact_edge *e = edge_of(s, f);
	const char *role = role_of(group, s, f, e);
	struct buf line = { 0 };
	if (f->title != NULL)
		buf_printf(&line, "%s, ", f->title);
	if (role != NULL)
		buf_printf(&line, "%s, ", role);
	if (is_undated(s, e))
		buf_add_str(&line, "undated, ");
	if (f->date != NULL)
		buf_printf(&line, "%s, ", f->date);
	walk_where_text(f, f->authority, &line);
	buf_add_str(&a->body, "      ");
	text_pad(&a->body, f->subject, SUBJECT_WIDTH);
	buf_add_str(&a->body, "  ");
	text_wrap(&a->body, buf_str(&line), 6 + SUBJECT_WIDTH + 2, TERMINAL_WIDTH);
	buf_free(&line);
}

static void put_groups_text(struct answer *a, const struct impact_standard *s)
{
	for (int i = 0; i < IMPACT_GROUPS; i++) {
		const struct fact_list *list = &s->groups[i];
		if (list->total == 0)
			continue;
		buf_printf(&a->body, "    %s  %" PRIu64, impact_word((enum impact_group)i), list->total);
		if (list->count < list->total)
			buf_printf(&a->body, ", of which %zu", list->count);
		buf_add_char(&a->body, '\n');
		for (size_t k = 0; k < list->count; k++)
			put_item_text(a, (enum impact_group)i, s, &list->v[k]);
	}
}

static bool says_nothing(const struct impact_standard *s)
{
	for (int i = 0; i < IMPACT_GROUPS; i++)
		if (s->groups[i].total > 0)
			return false;
	return s->said == NULL;
}

static void put_text(struct answer *a, const struct graph *g, const struct impact *impact)
{
	size_t width = 0;
	for (size_t i = 0; i < impact->count; i++)
		width = walk_width(width, impact->v[i].node->name);
	for (size_t i = 0; i < impact->count; i++) {
		const struct impact_standard *s = &impact->v[i];
		if (i == impact->asked)
			buf_printf(&a->body, "adoptions  %zu\n\n", impact->count - impact->asked);
		if (s->via == NULL && impact->asked > 1 && says_nothing(s))
			continue;
		walk_standard_text(a, s->node->name, width, s->via != NULL ? walk_relation_text(s->via->relation) : "asked",
		                   s->said);
		if (s->via != NULL)
			walk_path_text(a, s->via->path, s->via->path_count);
		put_groups_text(a, s);
		buf_add_char(&a->body, '\n');
	}
	if (!impact_any(impact))
		buf_add_str(&a->body, "nothing depends on it, as far as the logs here tell\n");
	walk_end_text(a, g->cut);
}

/* ---- the question ---- */

static void give(struct answer *a, struct graph *g, const char *ref, size_t limit, struct err *err)
{
	struct impact impact;
	bool known = false;
	int rc = impact_find(g, ref, limit, &impact);
	if (rc != OK) {
		walk_problem(a, rc, err);
		return;
	}
	for (size_t i = 0; i < impact.asked; i++)
		known = known || impact.v[i].said != NULL;
	a->counted = true;
	a->total = impact_any(&impact);
	if (!known && !impact_any(&impact))
		problem_set(a, 404, "%s: no log here says anything about it", impact.v[0].node->name);
	else if (a->text)
		put_text(a, g, &impact);
	else
		put_json(a, g, &impact);
}

void impact_answer(struct answer *a)
{
	static const char *const known[] = { "ref", "lang", "limit", NULL };
	const char *ref, *lang;
	uint64_t limit = WALK_LIST_DEFAULT;
	struct graph g;
	struct err err = { 0 };
	if (!answer_parameters_known(a, known) || !walk_ref(a, &ref) || !walk_lang(a, &lang) ||
	    !answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &limit) || !walk_open(a, &g, lang, &err))
		return;
	give(a, &g, ref, (size_t)limit, &err);
	graph_close(&g);
}
