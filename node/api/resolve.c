/* GET /id/REFERENCE: a name for a standard that can be cited: 303 to the record of it that is current. */
#include <string.h>

#include "node/api/answer.h"
#include "node/api/linked.h"
#include "node/api/negotiate.h"
#include "node/api/walk.h"
#include "node/core/edition.h"
#include "proto/record.h"

static bool read_name(struct answer *a, int kind, struct bytes encoded, struct designator *out)
{
	char text[4 * SUBJECT_MAX + 1];
	struct err err = { 0 };
	if (http_decode(encoded, false, text, sizeof text) != OK) {
		problem_set(a, 400, "the reference is not percent-encoded UTF-8 text of at most %d bytes", 4 * SUBJECT_MAX);
		return false;
	}
	if (record_subject(kind, text, out, &err) == OK ||
	    (!kind_about_log(kind) && record_subject(0, text, out, &err) == OK))
		return true;
	problem_set(a, 400, "the reference cannot be read: %s", err.text);
	return false;
}

/* Without a year: the edition in force; where nothing is, what the walk comes to.  NULL: no log here has a record. */
static const char *edition_of(struct answer *a, const char *reference)
{
	struct fact_question question = { .public_only = !a->context->local };
	struct graph g;
	struct editions e;
	struct err err = { 0 };
	const char *name = NULL;
	if (graph_open(&g, a->context->view, &question, &err) == OK && edition_find(&g, reference, &e) == OK) {
		const struct edition *lists[] = { e.in_force, e.coming, e.ends };
		const size_t counts[] = { e.in_force_count, e.coming_count, e.ends_count };
		for (size_t i = 0; i < 3 && name == NULL; i++)
			for (size_t k = 0; k < counts[i] && name == NULL; k++)
				if (lists[i][k].said != NULL)
					name = arena_str(a->arena, lists[i][k].node->name);
	}
	graph_close(&g);
	return name;
}

static bool is_held(struct answer *a, int kind, const char *subject)
{
	const struct view *view = a->context->view;
	struct found_list list = { 0 };
	struct err err = { 0 };
	int rc = view->subject(view->ctx, kind, subject, &a->found, &list, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return false;
	}
	for (size_t i = 0; i < list.count; i++)
		if (answer_may_see(a, list.v[i].envelope))
			return true;
	problem_set(a, 404, "%s: no log here says anything about it", subject);
	return false;
}

/* The form is negotiated there again; a browser, which reads none of them, is shown the text. */
static void redirect(struct answer *a, int kind, const char *subject, const char *form)
{
	const char *word = kind_word(kind);
	if (form == NULL && negotiate_html(a->request))
		form = "text";
	const char *at =
	    arena_printf(a->arena, "%s/api/v1/records/%s%s%s%s%s", linked_root(a), answer_escaped(a->arena, subject, ""),
	                 word != NULL ? "?kind=" : "", word != NULL ? word : "",
	                 form != NULL ? word != NULL ? "&format=" : "?format=" : "", form != NULL ? form : "");
	a->status = 303;
	a->headers = arena_printf(a->arena, "Location: %s\r\n", at);
	if (a->text) {
		buf_printf(&a->body, "%s\n", at);
		return;
	}
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "subject", subject);
	json_put_text(&j, "href", at);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

void id_answer(struct answer *a, struct bytes reference)
{
	static const char *const known[] = { "kind", "format", NULL };
	struct designator d;
	const char *form;
	int kind = 0;
	if (!answer_parameters_known(a, known) || !answer_kind(a, &kind) || !record_form(a, &form) ||
	    !read_name(a, kind, reference, &d) || !answer_begin(a))
		return;
	bool whole = kind == 0 && d.prefix[0] != '\0' && d.year == 0 && !d.supplement && !d.fragment;
	const char *subject = whole ? edition_of(a, d.canonical) : NULL;
	subject = subject != NULL ? subject : arena_str(a->arena, d.canonical);
	if (is_held(a, kind, subject))
		redirect(a, kind, subject, form);
}
