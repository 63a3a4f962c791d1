#include "node/core/fact.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/designator.h"
#include "proto/entry.h"
#include "proto/joint.h"
#include "proto/record.h"
#include "proto/subject.h"

/* A fact while it is read: its edges are counted first, then copied. */
struct reader {
	struct arena *arena;
	struct fact *out;
	bool full; /* the arena is */
};

static void *take(struct reader *r, size_t count, size_t size)
{
	must(count < SIZE_MAX / size);
	void *place = arena_try(r->arena, count * size + 1);
	r->full = r->full || place == NULL;
	return place;
}

static const char *copy(struct reader *r, const char *text)
{
	if (text == NULL)
		return NULL;
	size_t len = strlen(text);
	char *place = take(r, len, 1);
	if (place != NULL)
		memcpy(place, text, len + 1);
	return place;
}

/* ---- edges ---- */

static int count_edge(void *arg, const struct edge *edge, struct err *err)
{
	++*(size_t *)arg;
	return OK;
}

static int keep_edge(void *arg, const struct edge *edge, struct err *err)
{
	struct reader *r = arg;
	struct fact_edge *e = &r->out->edges[r->out->edge_count++];
	*e = (struct fact_edge){ edge->type, edge->detail, copy(r, edge->target) };
	return r->full ? err_set(err, ERR_LIMIT, "more memory than an answer may have") : OK;
}

static int read_edges(struct reader *r, const Normlink__Record *record, struct err *err)
{
	size_t count = 0;
	int rc = joint_edges(record, count_edge, &count, err);
	if (rc != OK)
		return rc;
	r->out->edges = take(r, count, sizeof *r->out->edges);
	return r->full ? err_set(err, ERR_LIMIT, "more memory than an answer may have")
	               : joint_edges(record, keep_edge, r, err);
}

bool fact_edge_walked(int type)
{
	return (type >= NORMLINK__LINK_TYPE__LINK_REPLACES && type <= NORMLINK__LINK_TYPE__LINK_CORRECTED_BY) ||
	       type == NORMLINK__LINK_TYPE__LINK_IDENTICAL || type == EDGE_ADOPTS || type == EDGE_RECOGNISES;
}

/* ---- what each kind says ---- */

static void read_recognition(struct reader *r, const Normlink__Recognition *recognition)
{
	struct buf body = { 0 };
	message_encode(&recognition->base, &body);
	uint8_t *place = take(r, body.len, 1);
	if (place != NULL)
		memcpy(place, body.data, body.len);
	r->out->body = bytes_of(place, body.len);
	buf_free(&body);
	r->out->type = (int)recognition->type;
	r->out->parties = take(r, recognition->n_parties, sizeof *r->out->parties);
	for (size_t i = 0; !r->full && i < recognition->n_parties; i++) {
		const char *origin = copy(r, recognition->parties[i]->origin);
		if (origin != NULL)
			r->out->parties[r->out->party_count++] = origin;
	}
}

static bool is_open(const Normlink__Feedback *f)
{
	return !f->has_result &&
	       (f->n_steps == 0 || f->steps[f->n_steps - 1]->type != NORMLINK__STEP__STEP_TYPE__STEP_CLOSED);
}

/* What a record without titles is known by. */
static const char *name_of(const Normlink__Record *r)
{
	if (r->declaration != NULL)
		return r->declaration->product != NULL ? r->declaration->product : r->declaration->enterprise;
	if (r->patent != NULL)
		return r->patent->holder;
	return r->translation != NULL ? r->translation->translator : NULL;
}

static void read_body(struct reader *r, const Normlink__Record *record)
{
	r->out->status = record_status(record);
	r->out->date = copy(r, record_day(record));
	r->out->withdrawn = copy(r, record_date(record, NORMLINK__EVENT_TYPE__EVENT_WITHDRAWN));
	if (record->recognition != NULL)
		read_recognition(r, record->recognition);
	r->out->open = record->feedback != NULL && is_open(record->feedback);
	r->out->retracted = record->retraction != NULL;
}

static void read_title(struct reader *r, const Normlink__Record *record, const char *lang)
{
	const char *best = record_text(record, NORMLINK__ROLE__ROLE_TITLE, lang != NULL ? lang : "");
	for (size_t i = 0; best != NULL && i < record->n_texts; i++)
		if (record->texts[i]->value == best)
			r->out->lang = copy(r, record->texts[i]->lang);
	r->out->title = copy(r, best != NULL ? best : name_of(record));
}

/* ---- one statement ---- */

static int read_record(struct reader *r, const Normlink__Record *record, const char *lang, struct err *err)
{
	struct designator d;
	char about[SUBJECT_MAX + 1];
	struct fact *out = r->out;
	int rc = record_subject((int)record->kind, record->subject, &d, err);
	if (rc != OK)
		return rc;
	out->kind = (int)record->kind;
	out->subject = copy(r, record->subject);
	(void)subject_split(out->kind, record->subject, about);
	out->about = copy(r, about);
	out->undated = copy(r, d.undated);
	out->year = d.year;
	out->supplement = d.supplement;
	read_body(r, record);
	read_title(r, record, lang);
	return r->full ? err_set(err, ERR_LIMIT, "more memory than an answer may have") : read_edges(r, record, err);
}

int fact_read(const char *origin, uint64_t index, struct bytes payload, const struct fact_question *question,
              struct arena *arena, struct fact *out, struct err *err)
{
	struct arena scratch = { .cap = ANSWER_RECORD_MAX };
	struct reader r = { .arena = arena, .out = out };
	Normlink__Record *record = NULL;
	*out = (struct fact){ .origin = copy(&r, origin), .index = index };
	int rc = payload_open(payload, &scratch, &record, err);
	if (rc == OK && r.full)
		rc = err_set(err, ERR_LIMIT, "more memory than an answer may have");
	if (rc == OK)
		rc = read_record(&r, record, question->lang, err);
	arena_free(&scratch);
	return rc;
}
