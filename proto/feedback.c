#include "proto/feedback.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "proto/field.h"
#include "proto/json.h"
#include "proto/record.h"
#include "proto/subject.h"
#include "proto/utf8.h"

/* ---- how far it has come ---- */

void feedback_state(const Normlink__Feedback *f, const char *today, struct feedback_state *out)
{
	bool closed = false;
	for (size_t i = 0; i < f->n_steps; i++)
		closed = f->steps[i]->type == NORMLINK__STEP__STEP_TYPE__STEP_CLOSED ||
		         (closed && f->steps[i]->type != NORMLINK__STEP__STEP_TYPE__STEP_REOPENED);
	*out = (struct feedback_state){ .open = !closed };
	if (f->n_steps > 0)
		out->deadline = f->steps[f->n_steps - 1]->deadline;
	/* Of a month or a year the whole of it is left. */
	out->overdue = out->open && out->deadline != NULL && strncmp(out->deadline, today, strlen(out->deadline)) < 0;
}

/* ---- what was sent ---- */

/* Percent-encoding undone, '+' is a blank, CR LF an LF; NULL: not UTF-8, or a NUL. */
static char *form_value(struct bytes raw, struct arena *arena)
{
	char *out = arena_strn(arena, raw.data, raw.len);
	size_t n = 0;
	for (size_t i = 0; i < raw.len; i++) {
		int c = raw.data[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			unsigned value;
			char digits[3] = { 0 };
			if (raw.len - i < 3)
				return NULL;
			memcpy(digits, raw.data + i + 1, 2);
			if (strspn(digits, "0123456789abcdefABCDEF") != 2 || sscanf(digits, "%x", &value) != 1 || value == 0)
				return NULL;
			c = (int)value;
			i += 2;
		}
		if (c != '\r')
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return utf8_valid(bytes_of(out, n)) ? out : NULL;
}

static int put_once(char **field, char *value, const char *name, struct err *err)
{
	if (*field != NULL)
		return err_set(err, ERR_INVALID, "%s: given twice", name);
	*field = value[0] != '\0' ? value : NULL; /* an input that nobody filled in */
	return OK;
}

static int put_about(Normlink__FeedbackRequest *q, char *value, struct arena *arena, struct err *err)
{
	if (value[0] == '\0')
		return OK;
	if (q->about == NULL)
		q->about = arena_array(arena, FEEDBACK_ABOUT_MAX, sizeof *q->about);
	if (q->n_about == FEEDBACK_ABOUT_MAX)
		return err_set(err, ERR_LIMIT, "about: more than %d references", FEEDBACK_ABOUT_MAX);
	q->about[q->n_about++] = value;
	return OK;
}

static int put_field(Normlink__FeedbackRequest *q, const char *name, char *value, struct arena *arena, struct err *err)
{
	char *word = NULL;
	if (strcmp(name, "about") == 0)
		return put_about(q, value, arena, err);
	if (strcmp(name, "text") == 0)
		return put_once(&q->text, value, name, err);
	if (strcmp(name, "lang") == 0)
		return put_once(&q->lang, value, name, err);
	if (strcmp(name, "name") == 0)
		return put_once(&q->name, value, name, err);
	if (strcmp(name, "contact") == 0)
		return put_once(&q->contact, value, name, err);
	if (strcmp(name, "type") != 0)
		return err_set(err, ERR_INVALID, "%.80s: not a field of feedback", name);
	int rc = put_once(&word, value, name, err);
	if (rc == OK && q->has_type)
		return err_set(err, ERR_INVALID, "type: given twice");
	int code = word != NULL ? code_of_word(&normlink__feedback__feedback_type__descriptor, word) : 0;
	if (code == 0)
		return err_set(err, ERR_INVALID, "type: it is question, proposal, complaint or report");
	q->has_type = true;
	q->type = (Normlink__Feedback__FeedbackType)code;
	return rc;
}

static int read_form(struct bytes raw, struct arena *arena, Normlink__FeedbackRequest **out, struct err *err)
{
	Normlink__FeedbackRequest *q = arena_get(arena, sizeof *q);
	normlink__feedback_request__init(q);
	int rc = OK;
	while (rc == OK && raw.len > 0) {
		const uint8_t *end = memchr(raw.data, '&', raw.len);
		size_t len = end != NULL ? (size_t)(end - raw.data) : raw.len;
		const uint8_t *equals = len > 0 ? memchr(raw.data, '=', len) : NULL;
		size_t left = equals != NULL ? (size_t)(equals - raw.data) : len;
		struct bytes value = equals != NULL ? bytes_of(equals + 1, len - left - 1) : (struct bytes){ 0 };
		char *name = form_value(bytes_of(raw.data, left), arena), *text = form_value(value, arena);
		if (name == NULL || text == NULL)
			return err_set(err, ERR_INVALID, "a field that is not percent-encoded UTF-8");
		if (len > 0)
			rc = put_field(q, name, text, arena, err);
		size_t used = end != NULL ? len + 1 : len;
		raw = bytes_of(raw.data + used, raw.len - used);
	}
	*out = q;
	return rc;
}

/* People write references as they please; what is no designator is the subject of another record, or refused later. */
static void make_canonical(Normlink__FeedbackRequest *q, struct arena *arena)
{
	struct designator d;
	for (size_t i = 0; i < q->n_about; i++)
		if (strchr(q->about[i], '#') == NULL && designator_parse(bytes_str(q->about[i]), &d, NULL) == OK)
			q->about[i] = arena_str(arena, d.canonical);
}

int feedback_read(struct bytes raw, bool json, struct arena *arena, Normlink__FeedbackRequest **out, struct err *err)
{
	ProtobufCMessage *message = NULL;
	if (raw.len > FEEDBACK_BODY_MAX)
		return err_set(err, ERR_LIMIT, "feedback has at most %d bytes", FEEDBACK_BODY_MAX);
	int rc = json ? json_to_message(&normlink__feedback_request__descriptor, raw, arena, &message, err)
	              : read_form(raw, arena, out, err);
	if (rc == OK && json)
		*out = (Normlink__FeedbackRequest *)message;
	if (rc != OK)
		return rc;
	if ((*out)->n_about > FEEDBACK_ABOUT_MAX)
		return err_set(err, ERR_LIMIT, "about: more than %d references", FEEDBACK_ABOUT_MAX);
	if ((*out)->text == NULL)
		return err_set(err, ERR_INVALID, "text: missing");
	make_canonical(*out, arena);
	return OK;
}

/* ---- the records ---- */

struct draft {
	Normlink__Record record;
	Normlink__Feedback feedback;
	Normlink__Step step, *steps[1];
	Normlink__Text text, *texts[1];
	Normlink__Person person;
	char subject[SUBJECT_MAX + sizeof SUBJECT_PERSONAL + 1];
};

static void draft_begin(struct draft *d, const Normlink__FeedbackRequest *q, const char *number,
                        const struct feedback_dates *dates)
{
	normlink__record__init(&d->record);
	normlink__feedback__init(&d->feedback);
	(void)snprintf(d->subject, sizeof d->subject, "%s", number);
	d->record.has_kind = true;
	d->record.kind = NORMLINK__KIND__KIND_FEEDBACK;
	d->record.subject = d->subject;
	d->record.feedback = &d->feedback;
	d->feedback.has_type = q->has_type;
	d->feedback.type = q->type;
	d->feedback.about = q->about;
	d->feedback.n_about = q->n_about;
	d->feedback.date = (char *)(uintptr_t)dates->received;
}

static void draft_text(struct draft *d, const Normlink__FeedbackRequest *q)
{
	static const char unknown[] = "und";
	normlink__text__init(&d->text);
	d->text.has_role = true;
	d->text.role = NORMLINK__ROLE__ROLE_NOTE;
	d->text.lang = q->lang != NULL ? q->lang : (char *)(uintptr_t)unknown;
	d->text.value = q->text;
	d->texts[0] = &d->text;
	d->record.texts = d->texts;
	d->record.n_texts = 1;
}

int feedback_records(const Normlink__FeedbackRequest *q, const char *number, const struct feedback_dates *dates,
                     bool text_public, struct buf *public, struct buf *personal, struct err *err)
{
	struct draft d;
	draft_begin(&d, q, number, dates);
	normlink__step__init(&d.step);
	d.step.has_type = true;
	d.step.type = NORMLINK__STEP__STEP_TYPE__STEP_RECEIVED;
	d.step.date = d.feedback.date;
	d.step.deadline = (char *)(uintptr_t)dates->due;
	d.steps[0] = &d.step;
	d.feedback.steps = d.steps;
	d.feedback.n_steps = 1;
	if (text_public)
		draft_text(&d, q);
	int rc = record_encode(&d.record, public, err);
	bool person = q->name != NULL || q->contact != NULL;
	if (rc != OK || (text_public && !person))
		return rc;
	draft_begin(&d, q, number, dates);
	(void)snprintf(d.subject, sizeof d.subject, "%s#%s", number, SUBJECT_PERSONAL);
	normlink__person__init(&d.person);
	d.person.name = q->name;
	d.person.contact = q->contact;
	d.feedback.person = person ? &d.person : NULL;
	if (!text_public)
		draft_text(&d, q);
	return record_encode(&d.record, personal, err);
}
