#include "node/shell/handle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/must.h"
#include "node/shell/local.h"
#include "node/shell/revise.h"
#include "proto/entry.h"
#include "proto/feedback.h"
#include "proto/field.h"
#include "proto/record.h"
#include "proto/subject.h"

/* The text, and the status to answer with. */
#define err_http(err, status, ...) ((void)err_set(err, ERR_INVALID, __VA_ARGS__), status)

/* ---- an author is let in no more ---- */

static int end_submitter(struct revision *r, Normlink__Record *record, struct store *store, struct err *err)
{
	(void)store;
	if (record->submitter->state == NORMLINK__SUBMITTER__STATE__STATE_ENDED)
		return err_http(err, 409, "%s is not admitted any more already", r->subject);
	record->submitter->state = NORMLINK__SUBMITTER__STATE__STATE_ENDED;
	return OK;
}

void handle_submitter(struct exchange *x)
{
	struct bytes body = x->request.body;
	char name[SUBJECT_MAX + 1];
	if (!local_line(&body, "end", name, sizeof name) || body.len > 0) {
		exchange_problem(x, 400, "not the line end NAME");
		return;
	}
	struct revision *r = revision_new(NORMLINK__KIND__KIND_SUBMITTER, name);
	r->change_cb = end_submitter;
	revision_push(x, r);
}

/* ---- feedback ---- */

/* What is done with it; "" where nothing is said. */
struct handling {
	char number[SUBJECT_MAX + 1], step[CODE_MAX], date[CODE_MAX], result[CODE_MAX], deadline[CODE_MAX];
	char by[LABEL_MAX + 1], note[LABEL_MAX + 1];
	int type, outcome;
};

/* A new step behind those that are there. */
static Normlink__Step *add_step(struct revision *r, Normlink__Feedback *f)
{
	Normlink__Step **steps = arena_array(&r->arena, f->n_steps + 1, sizeof *steps);
	Normlink__Step *step = arena_get(&r->arena, sizeof *step);
	if (f->n_steps > 0)
		memcpy(steps, f->steps, f->n_steps * sizeof *steps);
	normlink__step__init(step);
	steps[f->n_steps++] = step;
	f->steps = steps;
	return step;
}

static char *text_of(char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static int step_feedback(struct revision *r, Normlink__Record *record, struct store *store, struct err *err)
{
	(void)store;
	struct handling *h = r->arg;
	Normlink__Feedback *f = record->feedback;
	struct feedback_state now;
	feedback_state(f, h->date, &now);
	bool reopens = h->type == NORMLINK__STEP__STEP_TYPE__STEP_REOPENED, closed = !now.open;
	if (closed != reopens)
		return err_http(err, 409, closed ? "%s is closed: reopen it first" : "%s is not closed", h->number);
	Normlink__Step *step = add_step(r, f);
	step->has_type = true;
	step->type = (Normlink__Step__StepType)h->type;
	step->date = h->date;
	step->deadline = text_of(h->deadline);
	step->by = text_of(h->by);
	step->note = text_of(h->note);
	if (h->by[0] != '\0')
		f->by = h->by;
	f->has_result = h->outcome != 0;
	f->result =
	    (Normlink__Feedback__Result)(h->outcome != 0 ? h->outcome : NORMLINK__FEEDBACK__RESULT__RESULT_ANSWERED);
	return OK;
}

/* ---- what somebody wrote, made public ---- */

/* The texts of the part that is not public, which is there when the text is. */
static int publish_text(struct revision *r, Normlink__Record *record, struct store *store, struct err *err)
{
	struct view view = store_view(store);
	char subject[SUBJECT_MAX + 1 + sizeof "#" SUBJECT_PERSONAL];
	struct found now;
	Normlink__Record *personal = NULL;
	(void)snprintf(subject, sizeof subject, "%s#%s", r->subject, SUBJECT_PERSONAL);
	if (record->n_texts > 0)
		return err_http(err, 409, "the text of %s is public already", r->subject);
	int rc = view.said(view.ctx, r->origin, r->kind, subject, UINT64_MAX, &r->arena, &now, err);
	if (rc == OK)
		rc = payload_open(now.payload, &r->arena, &personal, err);
	if (rc == ERR_NOT_FOUND || (rc == OK && personal->n_texts == 0))
		return err_http(err, 404, "%s has no text that is withheld", r->subject);
	if (rc != OK)
		return 503;
	record->texts = personal->texts;
	record->n_texts = personal->n_texts;
	return OK;
}

static void publish(struct exchange *x, const char *number)
{
	struct designator d;
	if (record_subject(NORMLINK__KIND__KIND_FEEDBACK, number, &d, NULL) != OK || strchr(d.canonical, '#') != NULL) {
		exchange_problem(x, 400, "not the number of a piece of feedback");
		return;
	}
	struct revision *r = revision_new(NORMLINK__KIND__KIND_FEEDBACK, d.canonical);
	r->change_cb = publish_text;
	revision_push(x, r);
}

/* The lines that there are, in this order; false: something else is there. */
static bool read_handling(struct bytes body, struct handling *h)
{
	if (!local_line(&body, "number", h->number, sizeof h->number) ||
	    !local_line(&body, "step", h->step, sizeof h->step) || !local_line(&body, "date", h->date, sizeof h->date))
		return false;
	(void)local_line(&body, "result", h->result, sizeof h->result);
	(void)local_line(&body, "deadline", h->deadline, sizeof h->deadline);
	(void)local_line(&body, "by", h->by, sizeof h->by);
	(void)local_line(&body, "note", h->note, sizeof h->note);
	return body.len == 0;
}

void handle_feedback(struct exchange *x)
{
	char number[SUBJECT_MAX + 1];
	struct bytes body = x->request.body;
	if (local_line(&body, "publish", number, sizeof number) && body.len == 0) {
		publish(x, number);
		return;
	}
	struct handling *h = calloc(1, sizeof *h);
	struct designator d;
	must(h != NULL);
	bool good = read_handling(x->request.body, h) &&
	            record_subject(NORMLINK__KIND__KIND_FEEDBACK, h->number, &d, NULL) == OK &&
	            strchr(d.canonical, '#') == NULL;
	h->type = good ? code_of_word(&normlink__step__step_type__descriptor, h->step) : 0;
	h->outcome = good && h->result[0] != '\0' ? code_of_word(&normlink__feedback__result__descriptor, h->result) : 0;
	bool closes = h->type == NORMLINK__STEP__STEP_TYPE__STEP_CLOSED;
	if (h->type == 0 || h->type == NORMLINK__STEP__STEP_TYPE__STEP_RECEIVED || closes != (h->outcome != 0)) {
		exchange_problem(x, 400,
		                 "not the lines number, step, date, and of result (when it is closed), deadline, by and note "
		                 "those that there are");
		free(h);
		return;
	}
	struct revision *r = revision_new(NORMLINK__KIND__KIND_FEEDBACK, d.canonical);
	r->change_cb = step_feedback;
	r->arg = h;
	revision_push(x, r);
}
