#include "proto/span.h"

#include <string.h>

#include "proto/decimal.h"
#include "proto/record.h"

static const char clause[] = "2.11";

static int refuse(const struct place *at, const char *field, const char *reason, const char *value, struct err *err)
{
	struct place place = place_in(at, field);
	return place_refuse(err, &place, clause, reason, value);
}

/* The later date is not before the earlier; either may be absent. */
static int in_order(const char *earlier, const char *later, const struct place *at, const char *field,
                    const char *reason, struct err *err)
{
	if (earlier == NULL || later == NULL || !date_before(later, earlier))
		return OK;
	return refuse(at, field, reason, later, err);
}

/* ---- the record, projects ---- */

int span_record(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Record *r = (const Normlink__Record *)m;
	struct place until = place_in(at, "valid_until"), retraction = place_in(at, "retraction");
	if (r->valid_from != NULL && r->valid_until != NULL && date_before(r->valid_until, r->valid_from))
		return place_refuse(err, &until, "2.4", "before valid_from", r->valid_until);
	if (r->retraction != NULL && kind_about_log((int)r->kind))
		return place_refuse(err, &retraction, "2.13", "of a statement about a log: the next one counts", NULL);
	return OK;
}

int span_consultation(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Consultation *c = (const Normlink__Consultation *)m;
	if (c->opens == NULL && c->closes == NULL && c->url == NULL)
		return place_refuse(err, at, clause, "says nothing", NULL);
	return in_order(c->opens, c->closes, at, "closes", "before it opens", err);
}

int span_project(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Project *p = (const Normlink__Project *)m;
	if (p->stage == NULL && p->n_events == 0)
		return refuse(at, "stage", "missing, and there are no events", NULL, err);
	return OK;
}

/* ---- figures ---- */

/* Of lower and upper bound one each: min or above, max or below. */
static int check_range(const Normlink__Quantity *q, const struct place *at, struct err *err)
{
	if (q->min != NULL && q->above != NULL)
		return refuse(at, "above", "stands beside min", NULL, err);
	if (q->max != NULL && q->below != NULL)
		return refuse(at, "below", "stands beside max", NULL, err);
	const char *lower = q->min != NULL ? q->min : q->above, *upper = q->max != NULL ? q->max : q->below;
	if (lower == NULL || upper == NULL)
		return OK;
	int order = decimal_compare(lower, upper);
	bool both_included = q->min != NULL && q->max != NULL;
	if (order > 0 || (order == 0 && !both_included))
		return refuse(at, q->max != NULL ? "max" : "below", "nothing lies between it and the lower bound", upper, err);
	return OK;
}

int span_quantity(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Quantity *q = (const Normlink__Quantity *)m;
	bool range = q->min != NULL || q->above != NULL || q->max != NULL || q->below != NULL;
	if (q->value == NULL && !range && q->text == NULL)
		return place_refuse(err, at, clause, "says nothing", NULL);
	if (q->value != NULL && range)
		return refuse(at, "value", "stands beside a range", q->value, err);
	return check_range(q, at, err);
}

int span_compared(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Compared *c = (const Normlink__Compared *)m;
	if (c->outcome == NORMLINK__COMPARED__OUTCOME__OUTCOME_ABSENT && c->second != NULL)
		return refuse(at, "second", "there, though the second does not have it", NULL, err);
	if (c->outcome == NORMLINK__COMPARED__OUTCOME__OUTCOME_ADDED && c->first != NULL)
		return refuse(at, "first", "there, though the first does not have it", NULL, err);
	return OK;
}

/* ---- recognition ---- */

int span_recognised(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Recognised *g = (const Normlink__Recognised *)m;
	for (size_t i = 0; i < g->n_standards; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(g->standards[i], g->standards[j]) == 0)
				return refuse(at, "standards", "names one twice", g->standards[i], err);
	return OK;
}

int span_recognition(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Recognition *r = (const Normlink__Recognition *)m;
	for (size_t i = 0; i < r->n_parties; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(r->parties[i]->origin, r->parties[j]->origin) == 0)
				return refuse(at, "parties", "names one twice", r->parties[i]->origin, err);
	return OK;
}

/* ---- reviews, feedback, notices ---- */

int span_evidence(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Review__Evidence *e = (const Normlink__Review__Evidence *)m;
	if (e->url == NULL && !e->has_digest && e->note == NULL)
		return place_refuse(err, at, clause, "says nothing", NULL);
	return OK;
}

int span_review(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Review *r = (const Normlink__Review *)m;
	if (!r->has_conclusion && r->n_evidence == 0)
		return refuse(at, "conclusion", "missing, and there is no evidence", NULL, err);
	return in_order(r->date, r->next, at, "next", "before date", err);
}

int span_step(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Step *s = (const Normlink__Step *)m;
	return in_order(s->date, s->deadline, at, "deadline", "before date", err);
}

int span_person(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Person *p = (const Normlink__Person *)m;
	return p->name != NULL || p->contact != NULL ? OK : place_refuse(err, at, clause, "says nothing", NULL);
}

int span_feedback(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Feedback *f = (const Normlink__Feedback *)m;
	const char *before = f->date;
	bool closed = false;
	int rc = OK;
	for (size_t i = 0; rc == OK && i < f->n_steps; i++) {
		struct place step = { .up = at, .field = "steps", .index = i, .item = true };
		rc = in_order(before, f->steps[i]->date, &step, "date", "before what came before it", err);
		before = f->steps[i]->date;
		closed = f->steps[i]->type == NORMLINK__STEP__STEP_TYPE__STEP_CLOSED ||
		         (closed && f->steps[i]->type != NORMLINK__STEP__STEP_TYPE__STEP_REOPENED);
	}
	if (rc == OK && f->has_result && !closed)
		return refuse(at, "result", "there, and no step has closed it", NULL, err);
	return rc;
}

int span_notice(const ProtobufCMessage *m, const struct place *at, struct err *err)
{
	const Normlink__Notice *n = (const Normlink__Notice *)m;
	return in_order(n->date, n->deadline, at, "deadline", "before date", err);
}
