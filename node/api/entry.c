/* GET /api/v1/entries/INDEX and its proof: one entry of a log by its number, with content or without. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/authors.h"
#include "node/api/piece.h"
#include "node/api/redaction.h"
#include "node/api/statement.h"
#include "node/api/text.h"

/* Which entry is asked for; false: the answer is a problem. */
static bool find(struct answer *a, struct bytes path, const char *const *known, struct found *out)
{
	const char *origin;
	uint64_t index = 0;
	struct err err = { 0 };
	bool number = path.len > 0 && path.len <= 19;
	for (size_t i = 0; number && i < path.len; i++) {
		number = path.data[i] >= '0' && path.data[i] <= '9';
		index = index * 10 + (uint64_t)(path.data[i] - '0');
	}
	if (!number || index > INT64_MAX) {
		problem_set(a, 400, "the number of an entry is 0 or more");
		return false;
	}
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &origin) || !answer_begin(a))
		return false;
	origin = origin != NULL ? origin : a->context->origin;
	if (origin == NULL || answer_origin(a, origin) == NULL) {
		problem_parameter(a, "origin", "parameter origin: this node holds no log of that name");
		return false;
	}
	const struct view *view = a->context->view;
	int rc = view->entry(view->ctx, origin, index, &a->found, out, &err);
	if (rc != OK)
		problem_err(a, rc, &err);
	else
		answer_mask(a, out);
	return rc == OK;
}

/* May its origin speak for what it is about? */
static enum authority standing(const struct answer *a, const struct found *f, const struct statement *s)
{
	return answer_authority(a, f->origin, (int)s->record->kind, s->subject);
}

static void put_json(struct answer *a, const struct found *f, const struct statement *s, const struct redaction *r)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_text(&j, "origin", f->origin);
	json_put_u64(&j, "index", f->index);
	json_put_text(&j, "state", statement_state(f));
	json_put_bool(&j, "current", f->current && f->state == PAYLOAD_PRESENT);
	piece_envelope(a, &s->envelope, &j);
	json_key(&j, "redaction");
	redaction_json(a, r, &j);
	if (s->record != NULL)
		json_put_text(&j, "authority", authority_word(standing(a, f, s)));
	statement_json(s, &j);
	authors_json(a, f, s->record, &j);
	piece_head(a, f->origin, &j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_text(struct answer *a, const struct found *f, const struct statement *s, const struct redaction *r)
{
	struct buf *out = &a->body;
	text_put(out, f->origin);
	buf_printf(out, " #%" PRIu64 "  ", f->index);
	text_put(out, s->record != NULL ? s->subject : statement_state(f));
	if (s->record != NULL && s->record->standard == NULL)
		buf_printf(out, "  (%s)", statement_kind(s));
	if (s->record != NULL)
		buf_add_str(out, answer_authority_mark(standing(a, f, s)));
	buf_add_str(out, "\n\n");
	statement_text(s, out);
	authors_text(a, f, s->record);
	if (r->statement != 0)
		redaction_text(a, r, out);
	buf_printf(out, "  collection   %s, %" PRIu32 " bytes, accepted %s\n", s->envelope.collection,
	           s->envelope.payload_size, answer_time(a->arena, s->envelope.time_ms, false));
	piece_head_text(a, f->origin, f->index);
	buf_add_char(out, '\n');
	answer_as_of_text(a);
}

void entry_answer(struct answer *a, struct bytes index)
{
	struct found f;
	struct statement s;
	struct redaction r;
	static const char *const known[] = { "origin", NULL };
	if (!find(a, index, known, &f) || !redaction_of(a, &f, &r) || !answer_claims(a))
		return;
	statement_read(&s, &f, "");
	if (a->text)
		put_text(a, &f, &s, &r);
	else
		put_json(a, &f, &s, &r);
	statement_free(&s);
}

void entry_proof_answer(struct answer *a, struct bytes index)
{
	struct found f;
	static const char *const known[] = { "origin", "head", NULL };
	bool cosigned;
	if (piece_proof_head(a, &cosigned) && find(a, index, known, &f))
		piece_proof(a, arena_printf(a->arena, "entry-%" PRIu64, f.index), &f, cosigned);
}
