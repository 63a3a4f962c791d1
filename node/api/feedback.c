/* What is sent, and GET /api/v1/feedback and what is below it: how far it has come. */
#include "node/api/feedback.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/answer.h"
#include "node/api/feedback_walk.h"
#include "node/api/statement.h"
#include "node/api/text.h"
#include "proto/feedback.h"
#include "proto/field.h"
#include "proto/record.h"
#include "proto/subject.h"

/* ---- in ---- */

bool feedback_is_door(const struct http_request *request)
{
	return bytes_equal(request->path, bytes_str("/api/v1/feedback")) && bytes_equal(request->method, bytes_str("POST"));
}

bool feedback_takes(const struct http_request *request, bool *json)
{
	*json = http_is_type(request, "application/json");
	return *json || http_is_type(request, "application/x-www-form-urlencoded");
}

/* The number has letters, digits and '-' alone.  The proof of what is not public is for the sender's eyes: it is in the
 * page itself, for nobody can fetch it later. */
static void put_page(const struct feedback_receipts *r, struct buf *out)
{
	buf_printf(out,
	           "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
	           "<meta name=\"viewport\" content=\"width=device-width\"></head>\n"
	           "<body><h1>Received</h1>\n<p>Thank you. It has the number <strong>%s</strong>: "
	           "<a href=\"/api/v1/feedback/%s\">what becomes of it</a>.</p>\n"
	           "<p><a href=\"/api/v1/entries/%" PRIu64
	           "/proof\">Keep this receipt</a>: it proves that it was received, "
	           "and when.</p>\n",
	           r->number, r->number, r->number, r->index);
	if (r->withheld.len > 0) {
		buf_printf(out, "<p><a download=\"%s.tlog-proof\" href=\"data:application/octet-stream;base64,", r->number);
		base64_add(out, r->withheld);
		buf_add_str(out, "\">And this one</a>, for you alone: it proves what you wrote, and holds it.</p>\n");
	}
	buf_add_str(out, "</body></html>\n");
}

int feedback_respond(bool json, const struct feedback_receipts *r, bool close, struct buf *out)
{
	Normlink__FeedbackAnswer answer = NORMLINK__FEEDBACK_ANSWER__INIT;
	struct buf body = { 0 }, headers = { 0 };
	buf_printf(&headers, "Location: /api/v1/feedback/%s\r\n", r->number);
	if (json) {
		answer.number = (char *)(uintptr_t)r->number;
		answer.has_index = answer.has_receipt = true;
		answer.index = r->index;
		answer.receipt = message_field(r->public);
		answer.has_withheld_receipt = r->withheld.len > 0;
		answer.withheld_receipt = message_field(r->withheld);
		json_of_message(&answer.base, &body);
		buf_add_char(&body, '\n');
	} else {
		buf_add_str(&headers, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
		                      "Referrer-Policy: no-referrer\r\n");
		put_page(r, &body);
	}
	api_text(201, json ? "application/json" : "text/html; charset=utf-8", buf_str(&headers), buf_bytes(&body), close,
	         out);
	buf_free(&headers);
	buf_free(&body);
	return 201;
}

/* ---- the list ---- */

struct listing {
	struct answer *a;
	struct json *j;
	bool open, overdue;
	uint64_t count;
};

static const char *state_of(const struct feedback_state *s)
{
	return s->overdue ? "overdue" : s->open ? "open" : "closed";
}

static void put_facts(const struct feedback_piece *p, struct json *j)
{
	json_key(j, "number");
	json_text(j, p->record->subject);
	json_key(j, "index");
	json_u64(j, p->index);
	json_key(j, "state");
	json_text(j, state_of(&p->state));
	json_key(j, "deadline");
	json_text(j, p->state.deadline);
}

static bool list_one(void *arg, const struct feedback_piece *p)
{
	struct listing *l = arg;
	struct buf json = { 0 };
	const Normlink__Feedback *f = p->record->feedback;
	const char *type = code_word(&normlink__feedback__feedback_type__descriptor, (int)f->type);
	if ((l->open && !p->state.open) || (l->overdue && !p->state.overdue))
		return true;
	if (l->a->body.len > LISTING_BYTES)
		return false;
	l->count++;
	if (l->a->text) {
		text_pad(&l->a->body, p->record->subject, 24);
		buf_printf(&l->a->body, "  %-9s  %-10s  %-7s  %-10s  ", type != NULL ? type : "", f->date, state_of(&p->state),
		           p->state.deadline != NULL ? p->state.deadline : "");
		for (size_t i = 0; i < f->n_about; i++) {
			buf_add_str(&l->a->body, i > 0 ? ", " : "");
			text_put(&l->a->body, f->about[i]);
		}
		buf_add_char(&l->a->body, '\n');
		return true;
	}
	json_object_begin(l->j);
	put_facts(p, l->j);
	json_key(l->j, "record");
	json_of_message(&p->record->base, &json);
	json_raw(l->j, buf_bytes(&json));
	json_object_end(l->j);
	buf_free(&json);
	return true;
}

static bool flag(struct answer *a, const char *name, bool *out)
{
	uint64_t value = 0;
	bool good = answer_number(a, name, 0, 1, &value);
	*out = value == 1;
	return good;
}

/* Of the node's own log; where it has none yet there is none.  *from: as feedback_walk has it. */
static bool list_all(struct answer *a, struct listing *l, uint64_t *from)
{
	const char *origin = a->context->origin;
	struct err err = { 0 };
	if (origin == NULL || answer_origin(a, origin) == NULL) {
		*from = 0;
		return true;
	}
	int rc = feedback_walk(a->context->view, origin, a->context->wall_ms, from, list_one, l, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	return rc == OK;
}

static void list_json(struct answer *a, struct listing *l, uint64_t from)
{
	struct json j = { .out = &a->body };
	l->j = &j;
	json_object_begin(&j);
	json_key(&j, "feedback");
	json_array_begin(&j);
	if (!list_all(a, l, &from))
		return;
	json_array_end(&j);
	json_key(&j, "next");
	if (from > 0)
		json_u64(&j, from);
	else
		json_nothing(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void list_text(struct answer *a, struct listing *l, uint64_t from)
{
	if (!list_all(a, l, &from))
		return;
	if (l->count == 0)
		buf_add_str(&a->body, "none\n");
	if (from > 0)
		buf_printf(&a->body, "there is more: from=%" PRIu64 "\n", from);
}

void feedback_list_answer(struct answer *a)
{
	static const char *const known[] = { "open", "overdue", "from", NULL };
	struct listing l = { .a = a };
	uint64_t from = 0;
	if (!answer_parameters_known(a, known) || !flag(a, "open", &l.open) || !flag(a, "overdue", &l.overdue) ||
	    !answer_number(a, "from", 0, INT64_MAX, &from) || !answer_begin(a))
		return;
	if (a->text)
		list_text(a, &l, from);
	else
		list_json(a, &l, from);
}

/* ---- one ---- */

static void put_step_text(struct buf *out, const Normlink__Step *s)
{
	const char *word = code_word(&normlink__step__step_type__descriptor, (int)s->type);
	buf_printf(out, "  %-10s  %-10s", s->date, word != NULL ? word : "");
	if (s->by != NULL) {
		buf_add_str(out, "  by ");
		text_put(out, s->by);
	}
	if (s->deadline != NULL)
		buf_printf(out, "  next until %s", s->deadline);
	buf_add_char(out, '\n');
	if (s->note != NULL) {
		buf_add_str(out, "              ");
		text_wrap(out, s->note, 14, TERMINAL_WIDTH);
	}
}

static void put_texts(struct buf *out, const Normlink__Record *r)
{
	for (size_t i = 0; i < r->n_texts; i++) {
		buf_add_str(out, "  ");
		text_wrap(out, r->texts[i]->value, 2, TERMINAL_WIDTH);
	}
}

static void put_text(struct answer *a, const struct feedback_piece *p, const Normlink__Record *personal)
{
	struct buf *out = &a->body;
	const Normlink__Feedback *f = p->record->feedback;
	const char *type = code_word(&normlink__feedback__feedback_type__descriptor, (int)f->type);
	const char *result = f->has_result ? code_word(&normlink__feedback__result__descriptor, (int)f->result) : NULL;
	buf_printf(out, "%s  %s, %s, entry %" PRIu64 "\n\n", p->record->subject, type != NULL ? type : "",
	           result != NULL ? result : state_of(&p->state), p->index);
	for (size_t i = 0; i < f->n_about; i++) {
		buf_add_str(out, i == 0 ? "  about  " : "         ");
		text_put(out, f->about[i]);
		buf_add_char(out, '\n');
	}
	put_texts(out, p->record);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < f->n_steps; i++)
		put_step_text(out, f->steps[i]);
	if (personal == NULL)
		return;
	buf_add_str(out, "\n  not public:\n");
	if (personal->feedback->person != NULL) {
		buf_add_str(out, "  from  ");
		text_put(out, personal->feedback->person->name != NULL ? personal->feedback->person->name : "");
		buf_add_str(out, "  ");
		text_put(out, personal->feedback->person->contact != NULL ? personal->feedback->person->contact : "");
		buf_add_char(out, '\n');
	}
	put_texts(out, personal);
}

static void put_json(struct answer *a, const struct feedback_piece *p, const Normlink__Record *personal)
{
	struct json j = { .out = &a->body };
	struct buf record = { 0 };
	json_object_begin(&j);
	put_facts(p, &j);
	json_key(&j, "record");
	json_of_message(&p->record->base, &record);
	json_raw(&j, buf_bytes(&record));
	if (personal != NULL) {
		buf_reset(&record);
		json_key(&j, "personal");
		json_of_message(&personal->base, &record);
		json_raw(&j, buf_bytes(&record));
	}
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
	buf_free(&record);
}

/* What only the operator sees; NULL: there is none, or whoever asks is not the operator. */
static const Normlink__Record *read_personal(struct answer *a, const char *number, struct statement *st,
                                             struct found *f)
{
	const struct view *view = a->context->view;
	const char *subject = arena_printf(a->arena, "%s#%s", number, SUBJECT_PERSONAL);
	if (!a->context->local || view->said(view->ctx, a->context->origin, NORMLINK__KIND__KIND_FEEDBACK, subject,
	                                     UINT64_MAX, &a->found, f, NULL) != OK)
		return NULL;
	statement_read(st, f, subject);
	return st->record;
}

void feedback_answer(struct answer *a, struct bytes path)
{
	static const char *const known[] = { NULL };
	const struct view *view = a->context->view;
	char number[SUBJECT_MAX + 1];
	struct designator d;
	struct found f, g;
	struct err err = { 0 };
	struct statement st = { 0 }, not_public = { 0 };
	if (!answer_parameters_known(a, known) || !answer_begin(a))
		return;
	bool good = http_decode(path, false, number, sizeof number) == OK && strchr(number, '#') == NULL &&
	            record_subject(NORMLINK__KIND__KIND_FEEDBACK, number, &d, NULL) == OK && a->context->origin != NULL;
	int rc = good ? view->said(view->ctx, a->context->origin, NORMLINK__KIND__KIND_FEEDBACK, d.canonical, UINT64_MAX,
	                           &a->found, &f, &err)
	              : ERR_NOT_FOUND;
	if (rc == OK)
		answer_mask(a, &f);
	if (rc == ERR_NOT_FOUND || (rc == OK && f.state != PAYLOAD_PRESENT)) {
		problem_set(a, 404, "this node has no feedback of that number");
		return;
	}
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	statement_read(&st, &f, number);
	struct feedback_piece piece = { .index = f.index, .record = st.record };
	if (st.record != NULL) {
		feedback_piece_state(&piece, a->context->wall_ms);
		const Normlink__Record *personal = read_personal(a, st.record->subject, &not_public, &g);
		if (a->text)
			put_text(a, &piece, personal);
		else
			put_json(a, &piece, personal);
	} else {
		problem_set(a, 404, "%s", st.problem);
	}
	statement_free(&st);
	statement_free(&not_public);
}
