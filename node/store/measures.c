#include "node/store/measures.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/store/schema.h"
#include "proto/level.h"
#include "proto/record.h"
#include "proto/subject.h"

struct measure {
	char about[SUBJECT_MAX + 1];
	const char *rest;  /* of the subject, after its #; "" */
	const char *makes; /* a project: its standard; NULL */
	int64_t level, obligation, status, year, degree, started, finished, last, due, state;
	struct buf fields; /* of ICS, two digits each, each once */
};

static int64_t date_number(const char *text)
{
	int64_t n = 0;
	int digits = 0;
	for (; text != NULL && *text != '\0' && digits < 8; text++) {
		if (*text == '-')
			continue;
		n = n * 10 + (*text - '0');
		digits++;
	}
	for (; digits > 0 && digits < 8; digits++)
		n *= 10;
	return n;
}

static bool has_month(int64_t date)
{
	return date / 100 % 100 != 0;
}

static void earlier(int64_t *of, int64_t date)
{
	if (date != 0 && (*of == 0 || date < *of))
		*of = date;
}

static void later(int64_t *of, int64_t date)
{
	if (date > *of)
		*of = date;
}

/* ---- what a record says ---- */

/* Codes of ISO's stages at which a project is proposed or approved, and the standard is published or confirmed. */
static bool is_start(const char *stage)
{
	return strcmp(stage, "10.00") >= 0 && strcmp(stage, "20.00") <= 0;
}

/* issued: kept apart, for it counts only where no publication is told. */
static void read_event(const Normlink__Event *e, const char *own_stage, int64_t *published, int64_t *issued,
                       struct measure *f)
{
	int64_t date = date_number(e->date);
	const char *stage = e->stage != NULL ? e->stage : own_stage;
	if (e->type != NORMLINK__EVENT_TYPE__EVENT_STAGE || stage == NULL)
		stage = "";
	bool start = e->type == NORMLINK__EVENT_TYPE__EVENT_PROPOSED || e->type == NORMLINK__EVENT_TYPE__EVENT_APPROVED ||
	             is_start(stage);
	bool publication = e->type == NORMLINK__EVENT_TYPE__EVENT_PUBLISHED || strcmp(stage, "60.60") == 0;
	if (start && has_month(date))
		earlier(&f->started, date);
	if (publication && has_month(date))
		earlier(&f->finished, date);
	if (publication)
		earlier(published, date);
	if (e->type == NORMLINK__EVENT_TYPE__EVENT_ISSUED)
		earlier(issued, date);
	if (publication || e->type == NORMLINK__EVENT_TYPE__EVENT_ISSUED ||
	    e->type == NORMLINK__EVENT_TYPE__EVENT_CONFIRMED || strcmp(stage, "90.93") == 0)
		later(&f->last, date);
}

static void read_field(struct measure *f, const char *code)
{
	for (size_t i = 0; i < f->fields.len; i += 2)
		if (memcmp(f->fields.data + i, code, 2) == 0)
			return;
	buf_add(&f->fields, code, 2);
}

/* The nearest degree to an international standard. */
static void read_adopted(struct measure *f, const char *target, bool told, int degree)
{
	struct designator d;
	if (target == NULL || designator_parse(bytes_str(target), &d, NULL) != OK ||
	    level_of_designator(&d).level != NORMLINK__LEVEL__LEVEL_INTERNATIONAL)
		return;
	bool known = told && degree_word(degree) != NULL;
	earlier(&f->degree, known ? degree : DEGREE_UNTOLD);
}

static void read_standard(const Normlink__Standard *s, const struct designator *subject, struct measure *f)
{
	struct level guess = level_of_designator(subject);
	int64_t published = 0, issued = 0;
	f->level = s->has_level ? (int64_t)s->level : guess.level;
	f->obligation = s->has_obligation ? (int64_t)s->obligation : guess.obligation;
	f->status = s->has_status ? (int64_t)s->status : 0;
	for (size_t i = 0; i < s->n_events; i++)
		read_event(s->events[i], s->stage, &published, &issued, f);
	f->year = published != 0 ? published / 10000 : issued != 0 ? issued / 10000 : subject->year;
	for (size_t i = 0; i < s->n_ics; i++)
		read_field(f, s->ics[i]);
	for (size_t i = 0; i < s->n_adopts; i++)
		read_adopted(f, s->adopts[i]->target, s->adopts[i]->has_degree != 0, (int)s->adopts[i]->degree);
}

static void read_project(const Normlink__Project *p, struct measure *f)
{
	int64_t published = 0, issued = 0;
	f->makes = p->reference;
	for (size_t i = 0; i < p->n_events; i++)
		read_event(p->events[i], p->stage, &published, &issued, f);
}

/* The last step that closes or reopens decides; the deadline is the newest that a step sets. */
static void read_feedback(const Normlink__Feedback *b, struct measure *f)
{
	f->started = date_number(b->date);
	f->state = FEEDBACK_OPEN;
	for (size_t i = 0; i < b->n_steps; i++) {
		const Normlink__Step *s = b->steps[i];
		if (s->type == NORMLINK__STEP__STEP_TYPE__STEP_RECEIVED && f->started == 0)
			f->started = date_number(s->date);
		if (s->type == NORMLINK__STEP__STEP_TYPE__STEP_CLOSED) {
			f->state = FEEDBACK_CLOSED;
			f->finished = date_number(s->date);
		} else if (s->type == NORMLINK__STEP__STEP_TYPE__STEP_REOPENED) {
			f->state = FEEDBACK_OPEN;
		}
		if (s->deadline != NULL)
			f->due = date_number(s->deadline);
	}
}

static void read_record(const Normlink__Record *r, const struct designator *subject, struct measure *f)
{
	if (r->standard != NULL)
		read_standard(r->standard, subject, f);
	if (r->project != NULL)
		read_project(r->project, f);
	for (size_t i = 0; r->adoption != NULL && i < r->adoption->n_sources; i++) {
		const Normlink__Adopted *a = r->adoption->sources[i];
		read_adopted(f, a->target, a->has_degree != 0, (int)a->degree);
	}
	if (r->review != NULL && r->review->type != NORMLINK__REVIEW__REVIEW_TYPE__REVIEW_EVALUATION)
		f->last = date_number(r->review->date);
	if (r->translation != NULL && r->translation->has_standing)
		f->state = (int64_t)r->translation->standing;
	if (r->feedback != NULL)
		read_feedback(r->feedback, f);
}

static bool has_measures(int kind)
{
	return kind == NORMLINK__KIND__KIND_STANDARD || kind == NORMLINK__KIND__KIND_PROJECT ||
	       kind == NORMLINK__KIND__KIND_ADOPTION || kind == NORMLINK__KIND__KIND_REVIEW ||
	       kind == NORMLINK__KIND__KIND_TRANSLATION || kind == NORMLINK__KIND__KIND_FEEDBACK;
}

int measures_put(struct db *db, int64_t id, const Normlink__Record *record, const struct designator *subject,
                 struct err *err)
{
	if (!has_measures((int)record->kind))
		return OK;
	struct measure f = { 0 };
	bool retracted = record->retraction != NULL;
	f.rest = subject_split((int)record->kind, subject->canonical, f.about);
	if (!retracted)
		read_record(record, subject, &f);
	int rc =
	    db_run(db, err,
	           "INSERT INTO measure(about, slot, kind, rest, doc, retracted, level, obligation, status, year, degree,"
	           " started, finished, last, due, state, fields, makes)"
	           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
	           db_text(f.about), db_int(id_slot(id)), db_int(record->kind), db_text(f.rest), db_int(id),
	           db_int(retracted), db_int(f.level), db_int(f.obligation), db_int(f.status), db_int(f.year),
	           db_int(f.degree), db_int(f.started), db_int(f.finished), db_int(f.last), db_int(f.due), db_int(f.state),
	           db_textn(buf_bytes(&f.fields)), f.makes != NULL ? db_text(f.makes) : (struct db_value){ 0 });
	buf_free(&f.fields);
	return rc;
}

int measures_remove(struct db *db, int64_t id, const Normlink__Record *record, const struct designator *subject,
                    struct err *err)
{
	if (!has_measures((int)record->kind))
		return OK;
	struct measure f = { 0 };
	f.rest = subject_split((int)record->kind, subject->canonical, f.about);
	return db_run(db, err,
	              "DELETE FROM measure WHERE about = ?1 AND slot = ?2 AND kind = ?3 AND rest = ?4 AND doc = ?5",
	              db_text(f.about), db_int(id_slot(id)), db_int(record->kind), db_text(f.rest), db_int(id));
}
