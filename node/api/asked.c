#include "node/api/asked.h"

#include <string.h>

#include "proto/edges.h"

static bool is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool refuse(struct answer *a, const char *name, const struct err *err, const char *const *others)
{
	bool known = name == NULL || is_among(name, others);
	struct buf more = { 0 };
	for (size_t i = 0; !known && others[i] != NULL; i++)
		buf_printf(&more, ", %s", others[i]);
	for (enum question_name i = 0; !known && i < QUESTION_NAMES; i++)
		known = strcmp(name, question_name(i)) == 0;
	if (name == NULL)
		problem_set(a, 400, "%s", err->text);
	else
		problem_parameter(a, name, "%s%s", err->text, known ? "" : buf_str(&more));
	buf_free(&more);
	return false;
}

/* NULL: not percent-encoded UTF-8 text, or too long. */
static const char *decoded(struct answer *a, struct bytes raw, size_t max)
{
	char *text = arena_get(a->arena, max + 1);
	return http_decode(raw, true, text, max + 1) == OK ? text : NULL;
}

static bool read_pair(struct answer *a, struct bytes raw_name, struct bytes raw, const char *const *others,
                      struct question *q)
{
	struct err err = { 0 };
	const char *name = decoded(a, raw_name, CODE_MAX);
	if (name == NULL)
		return refuse(a, NULL, &(struct err){ .text = "the name of a parameter is too long, or no text" }, others);
	if (is_among(name, others))
		return true;
	const char *value = decoded(a, raw, raw.len);
	if (value == NULL) {
		problem_parameter(a, name, "parameter %s is not percent-encoded UTF-8 text", name);
		return false;
	}
	return question_add(q, name, value, &err) == OK || refuse(a, q->wrong, &err, others);
}

bool asked_read(struct answer *a, const char *const *others, struct question *q)
{
	struct bytes rest = a->request->query, name, value;
	struct err err = { 0 };
	while (http_parameter_next(&rest, &name, &value))
		if (!read_pair(a, name, value, others, q))
			return false;
	if (question_finish(q, a->arena, &err) != OK)
		return refuse(a, q->wrong, &err, others);
	q->selection.public_only = !a->context->local;
	return true;
}

/* A log that is not held here has no records; but who misspells one should know. */
static bool origins_held(struct answer *a, const struct question *q)
{
	const char *names = q->values[QUESTION_ORIGIN];
	char *rest = names != NULL ? arena_str(a->arena, names) : NULL;
	for (char *name; rest != NULL && (name = strsep(&rest, ",")) != NULL;) {
		if (answer_origin(a, name) != NULL)
			continue;
		problem_parameter(a, "origin",
		                  "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
		return false;
	}
	return true;
}

bool asked_select(struct answer *a, struct question *q, struct found_list *out)
{
	const struct view *view = a->context->view;
	struct err err = { 0 };
	if (!origins_held(a, q))
		return false;
	int rc = view->select(view->ctx, &q->selection, &a->found, out, &err);
	if (rc == ERR_CONFLICT)
		problem_parameter(a, "cursor", "parameter cursor: %s", err.text);
	else if (rc == ERR_USAGE && q->values[QUESTION_Q] != NULL)
		problem_parameter(a, "q", "parameter q: %s", err.text);
	else if (rc == ERR_USAGE || rc == ERR_UNSUPPORTED)
		problem_set(a, 400, "%s", err.text);
	else if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

const struct hit_through *asked_through(struct answer *a, const struct found *found)
{
	const struct through *t = found->through;
	if (t == NULL)
		return NULL;
	struct hit_through *out = arena_get(a->arena, sizeof *out);
	*out = (struct hit_through){ .origin = t->origin,
		                         .index = t->index,
		                         .subject = t->ref,
		                         .relation = edge_word(t->type),
		                         .degree = degree_word(t->degree) };
	return out;
}
