/* GET /api/v1/drift: what an origin adopts and whose source has been superseded or withdrawn. */
#include <inttypes.h>
#include <string.h>

#include "node/api/etag.h"
#include "node/api/text.h"
#include "node/api/walk.h"
#include "node/core/drift.h"
#include "proto/record.h"

enum { INDENT = 4 };

struct page {
	struct answer *answer;
	struct json *j;
	uint64_t limit, offset, count;
};

static void put_json(struct answer *a, const struct drift *d, struct json *j)
{
	json_object_begin(j);
	walk_standard_json(a, d->adopts->from->name, d->adoption, j);
	json_key(j, "adopts");
	walk_step_json(d->adopts, j);
	json_key(j, "source");
	json_object_begin(j);
	walk_standard_json(a, d->adopts->to->name, d->source, j);
	json_object_end(j);
	json_put_text(j, "since", d->since);
	json_key(j, "in_force");
	json_array_begin(j);
	for (size_t i = 0; i < d->now->in_force_count; i++) {
		const struct edition *e = &d->now->in_force[i];
		json_object_begin(j);
		walk_standard_json(a, e->node->name, e->said, j);
		walk_path_json(e->path, e->path_count, j);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void put_text(struct answer *a, const struct drift *d)
{
	struct buf line = { 0 };
	const char *status = d->source != NULL ? status_word(d->source->status) : NULL;
	walk_standard_text(a, d->adopts->from->name, text_width(bytes_str(d->adopts->from->name)), NULL, d->adoption);
	walk_path_text(a, &d->adopts, 1);
	buf_printf(&line, "%s: %s", d->adopts->to->name, status != NULL ? status : "no longer in force");
	if (d->since != NULL)
		buf_printf(&line, " since %s", d->since);
	for (size_t i = 0; i < d->now->in_force_count; i++)
		buf_printf(&line, "%s%s", i == 0 ? "; in force is " : ", ", d->now->in_force[i].node->name);
	if (d->now->in_force_count == 0)
		buf_add_str(&line, "; nothing is in force in its place");
	buf_printf(&a->body, "%*s", INDENT, "");
	text_wrap(&a->body, buf_str(&line), INDENT, TERMINAL_WIDTH);
	for (size_t i = 0; i < d->now->in_force_count; i++)
		walk_path_text(a, d->now->in_force[i].path, d->now->in_force[i].path_count);
	buf_add_char(&a->body, '\n');
	buf_free(&line);
}

static int take(void *arg, const struct drift *d)
{
	struct page *p = arg;
	if (p->count++ < p->offset || p->count > p->offset + p->limit)
		return OK;
	if (p->answer->text)
		put_text(p->answer, d);
	else
		put_json(p->answer, d, p->j);
	return OK;
}

static void end_text(struct answer *a, const struct page *p, const struct drift_sum *sum)
{
	struct buf *out = &a->body;
	uint64_t shown = p->count > p->offset ? p->count - p->offset : 0;
	shown = shown > p->limit ? p->limit : shown;
	buf_printf(out, "%" PRIu64 " of ", sum->drifted);
	text_count(out, sum->adoptions, "adoption in force has drifted", "adoptions in force have drifted");
	if (shown < sum->drifted && shown > 0)
		buf_printf(out, "; these are %" PRIu64 " to %" PRIu64, p->offset + 1, p->offset + shown);
	buf_add_char(out, '\n');
	if (sum->next > 0)
		buf_printf(out, "These are the adoptions before entry %" PRIu64 "; from %" PRIu64 " it goes on.\n", sum->next,
		           sum->next);
	walk_end_text(a, sum->cut);
}

static void end_json(struct answer *a, const struct drift_sum *sum, struct json *j)
{
	json_array_end(j);
	json_put_u64(j, "adoptions", sum->adoptions);
	json_put_u64(j, "total", sum->drifted);
	if (sum->next > 0)
		json_put_u64(j, "next", sum->next);
	walk_end_json(a, sum->cut || sum->next > 0, j);
}

static bool read_origin(struct answer *a, const char **origin)
{
	if (!answer_parameter(a, "origin", origin))
		return false;
	if (*origin == NULL)
		problem_parameter(a, "origin", "parameter origin is missing: the log whose adoptions are looked at");
	return *origin != NULL;
}

void drift_answer(struct answer *a)
{
	static const char *const known[] = { "origin", "lang", "limit", "offset", "from", NULL };
	struct json j = { .out = &a->body };
	struct page page = { .answer = a, .j = &j, .limit = WALK_LIST_DEFAULT };
	struct fact_question question = { .public_only = !a->context->local };
	struct drift_sum sum;
	struct err err = { 0 };
	const char *origin;
	uint64_t from = 0;
	if (!answer_parameters_known(a, known) || !read_origin(a, &origin) || !walk_lang(a, &question.lang) ||
	    !answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &page.limit) ||
	    !answer_number(a, "offset", 0, SEARCH_OFFSET_MAX, &page.offset) ||
	    !answer_number(a, "from", 0, INT64_MAX, &from) || !etag_begin(a))
		return;
	if (answer_origin(a, origin) == NULL) {
		problem_parameter(a, "origin",
		                  "parameter origin: this node holds no log of that name; /api/v1/heads lists them");
		return;
	}
	if (!a->text) {
		json_object_begin(&j);
		json_put_text(&j, "origin", origin);
		json_key(&j, "drift");
		json_array_begin(&j);
	}
	int rc = drift_find(a->context->view, &question, origin, from, DRIFT_STATEMENTS_MAX, &sum, take, &page, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	a->counted = true;
	a->total = sum.drifted;
	if (a->text)
		end_text(a, &page, &sum);
	else
		end_json(a, &sum, &j);
}
