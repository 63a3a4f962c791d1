/* GET /api/v1/equivalents and /api/v1/current: from one reference to the local editions everywhere, and to the edition
 * in force. */
#include <inttypes.h>
#include <string.h>

#include "node/api/text.h"
#include "node/api/walk.h"
#include "node/core/edition.h"
#include "node/core/equivalents.h"

/* ---- equivalents ---- */

static bool has_record(const struct equivalents *e)
{
	for (size_t i = 0; i < e->asked_count; i++)
		if (graph_best(e->asked[i]) != NULL)
			return true;
	return false;
}

static void put_asked_json(struct answer *a, const struct equivalents *e, struct json *j)
{
	json_put_text(j, "reference", e->asked[0]->name);
	json_key(j, "asked");
	json_array_begin(j);
	for (size_t i = 0; i < e->asked_count; i++) {
		const struct fact *said = graph_best(e->asked[i]);
		if (said == NULL && e->asked_count > 1) /* an undated reference is no document of its own */
			continue;
		json_object_begin(j);
		walk_standard_json(a, e->asked[i]->name, said, j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_equivalents_json(struct answer *a, const struct graph *g, const struct equivalents *e)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	put_asked_json(a, e, &j);
	json_key(&j, "equivalents");
	json_array_begin(&j);
	for (size_t i = 0; i < e->count; i++) {
		const struct equivalent *one = &e->v[i];
		json_object_begin(&j);
		walk_standard_json(a, one->node->name, one->said, &j);
		json_put_text(&j, "degree", relation_word(one->relation));
		json_put_bool(&j, "undated", one->undated);
		json_put_text(&j, "path_authority", authority_word(one->authority));
		walk_path_json(one->path, one->path_count, &j);
		json_object_end(&j);
	}
	json_array_end(&j);
	walk_end_json(a, g->cut, &j);
}

/* Each statement that shows a step, once, a line each: what a program needs to fetch the proofs. */
static bool was_listed(const struct fact **listed, size_t count, const struct fact *fact)
{
	for (size_t i = 0; i < count; i++)
		if (listed[i]->index == fact->index && strcmp(listed[i]->origin, fact->origin) == 0)
			return true;
	return false;
}

static void put_entries(struct answer *a, const struct equivalents *e)
{
	const struct fact **listed = arena_array(a->arena, GRAPH_NODES_MAX, sizeof *listed);
	size_t count = 0;
	a->type = "text/plain; charset=utf-8";
	for (size_t i = 0; i < e->count; i++) {
		for (size_t k = 0; k < e->v[i].path_count; k++) {
			const struct step *s = e->v[i].path[k];
			for (size_t n = 0; n < s->needed && count < GRAPH_NODES_MAX; n++) {
				if (was_listed(listed, count, s->said[n].fact))
					continue;
				listed[count++] = s->said[n].fact;
				buf_printf(&a->body, "%s %" PRIu64 "\n", s->said[n].fact->origin, s->said[n].fact->index);
			}
		}
	}
}

static size_t widest(const struct equivalents *e)
{
	size_t width = 0;
	for (size_t i = 0; i < e->asked_count + e->count; i++)
		width = walk_width(width, (i < e->asked_count ? e->asked[i] : e->v[i - e->asked_count].node)->name);
	return width;
}

static void put_equivalents_text(struct answer *a, const struct graph *g, const struct equivalents *e)
{
	size_t width = widest(e);
	bool marked = false;
	for (size_t i = 0; i < e->asked_count; i++) {
		const struct fact *said = graph_best(e->asked[i]);
		if (said != NULL || e->asked_count == 1)
			walk_standard_text(a, e->asked[i]->name, width, "asked", said);
	}
	buf_add_char(&a->body, '\n');
	for (size_t i = 0; i < e->count; i++) {
		const struct equivalent *one = &e->v[i];
		if (!authority_plain(one->authority) && !marked)
			buf_add_str(&a->body, "others say\n\n");
		marked = marked || !authority_plain(one->authority);
		walk_standard_text(a, one->node->name, width, walk_relation_text(one->relation), one->said);
		walk_path_text(a, one->path, one->path_count);
		buf_add_char(&a->body, '\n');
	}
	if (e->count == 0)
		buf_add_str(&a->body, "nothing is equivalent to it, as far as the logs here tell\n");
	else
		text_count(&a->body, e->count, "equivalent\n", "equivalents\n");
	walk_end_text(a, g->cut);
}

static bool wants_entries(struct answer *a, bool *entries)
{
	const char *list;
	if (!answer_parameter(a, "list", &list))
		return false;
	*entries = list != NULL;
	if (list == NULL || strcmp(list, "entries") == 0)
		return true;
	problem_parameter(a, "list", "parameter list: there is entries");
	return false;
}

void equivalents_answer(struct answer *a)
{
	static const char *const known[] = { "ref", "lang", "list", NULL };
	const char *ref, *lang;
	bool entries;
	struct graph g;
	struct equivalents e;
	struct err err = { 0 };
	if (!answer_parameters_known(a, known) || !walk_ref(a, &ref) || !walk_lang(a, &lang) ||
	    !wants_entries(a, &entries) || !walk_open(a, &g, lang, &err))
		return;
	int rc = equivalents_find(&g, ref, EQUIVALENTS_ALL, &e);
	a->counted = rc == OK;
	if (rc == OK) {
		a->total = e.count;
		if (e.count == 0 && !has_record(&e))
			problem_set(a, 404, "%s: no log here says anything about it", e.asked[0]->name);
		else if (entries)
			put_entries(a, &e);
		else if (a->text)
			put_equivalents_text(a, &g, &e);
		else
			put_equivalents_json(a, &g, &e);
	} else {
		walk_problem(a, rc, &err);
	}
	graph_close(&g);
}

/* ---- the edition in force ---- */

static void put_editions_json(struct answer *a, const char *key, const struct edition *list, size_t count,
                              struct json *j)
{
	json_key(j, key);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++) {
		const struct edition *e = &list[i];
		json_object_begin(j);
		walk_standard_json(a, e->node->name, e->said, j);
		json_put_text(j, "path_authority", authority_word(e->authority));
		walk_path_json(e->path, e->path_count, j);
		json_key(j, "supplements");
		json_array_begin(j);
		for (size_t k = 0; k < e->supplements.count; k++) {
			const struct step *s = &e->supplements.v[k];
			json_object_begin(j);
			walk_standard_json(a, s->to->name, graph_best(s->to), j);
			json_put_text(j, "step", step_word(s->type));
			json_object_end(j);
		}
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_current_json(struct answer *a, const struct graph *g, const struct editions *e)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "reference", e->asked->name);
	put_editions_json(a, "in_force", e->in_force, e->in_force_count, &j);
	put_editions_json(a, "coming", e->coming, e->coming_count, &j);
	put_editions_json(a, "ended", e->ends, e->ends_count, &j);
	walk_end_json(a, g->cut, &j);
}

static void put_editions_text(struct answer *a, const struct edition *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct edition *e = &list[i];
		walk_standard_text(a, e->node->name, text_width(bytes_str(e->node->name)), NULL, e->said);
		walk_path_text(a, e->path, e->path_count);
		for (size_t k = 0; k < e->supplements.count; k++) {
			const struct step *s = &e->supplements.v[k];
			walk_path_text(a, &s, 1);
		}
	}
}

static void put_current_text(struct answer *a, const struct graph *g, const struct editions *e)
{
	put_editions_text(a, e->in_force, e->in_force_count);
	if (e->in_force_count == 0) {
		buf_add_str(&a->body, "nothing is in force\n");
		put_editions_text(a, e->ends, e->ends_count);
	}
	if (e->coming_count > 0)
		buf_add_str(&a->body, "\ncoming\n");
	put_editions_text(a, e->coming, e->coming_count);
	buf_add_char(&a->body, '\n');
	walk_end_text(a, g->cut);
}

/* No log has a record of anything that the walk came to. */
static bool unheard_of(const struct editions *e)
{
	return graph_best(e->asked) == NULL && e->coming_count == 0 && e->ends_count == 0 && e->in_force_count == 1 &&
	       e->in_force[0].node == e->asked;
}

void current_answer(struct answer *a)
{
	static const char *const known[] = { "ref", "lang", NULL };
	const char *ref, *lang;
	struct graph g;
	struct editions e;
	struct err err = { 0 };
	if (!answer_parameters_known(a, known) || !walk_ref(a, &ref) || !walk_lang(a, &lang) ||
	    !walk_open(a, &g, lang, &err))
		return;
	int rc = edition_find(&g, ref, &e);
	a->counted = rc == OK;
	if (rc == OK) {
		a->total = e.in_force_count;
		if (unheard_of(&e))
			problem_set(a, 404, "%s: no log here says anything about it", e.asked->name);
		else if (a->text)
			put_current_text(a, &g, &e);
		else
			put_current_json(a, &g, &e);
	} else {
		walk_problem(a, rc, &err);
	}
	graph_close(&g);
}
