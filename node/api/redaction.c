/* GET /api/v1/redactions, and the redaction of one entry. */
#include "node/api/redaction.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/piece.h"
#include "node/api/text.h"
#include "proto/entry.h"
#include "proto/record.h"

enum { STATUS_LINES_MAX = 10, LABEL_WIDTH = 13 };

static void read_statement(struct answer *a, struct bytes envelope, struct bytes payload, struct redaction *out)
{
	struct envelope e;
	Normlink__Record *record = NULL;
	struct arena arena = { .cap = ANSWER_RECORD_MAX };
	if (envelope_parse(envelope, &e, NULL) == OK)
		out->time_ms = e.time_ms;
	if (payload_open(payload, &arena, &record, NULL) == OK && record->redaction != NULL) {
		out->reason = arena_str(a->arena, record->redaction->reason);
		out->basis = arena_str(a->arena, record->redaction->basis);
	}
	arena_free(&arena);
}

bool redaction_of(struct answer *a, const struct found *f, struct redaction *out)
{
	struct found statement;
	struct err err = { 0 };
	*out = (struct redaction){ .origin = f->origin, .index = f->index, .statement = f->redacted_by };
	if (f->redacted_by == 0)
		return true;
	const struct view *view = a->context->view;
	int rc = view->entry(view->ctx, f->origin, f->redacted_by, &a->found, &statement, &err);
	if (rc == OK)
		read_statement(a, statement.envelope, statement.payload, out);
	else
		problem_err(a, rc, &err);
	return rc == OK;
}

/* ---- who has confirmed: a mirror's cosignature on a head of ours that covers the statement (clause 2.8) ---- */

static bool is_ours(const struct answer *a, const struct redaction *r)
{
	return a->context->status != NULL && a->context->origin != NULL && strcmp(r->origin, a->context->origin) == 0;
}

static bool confirmed(const struct peer_status *p, const struct redaction *r)
{
	return p->confirmed_size > r->statement;
}

static void put_peers(struct answer *a, const struct redaction *r, struct json *j)
{
	const struct core_status *status = a->context->status;
	for (int yes = 1; yes >= 0; yes--) {
		json_key(j, yes ? "confirmed" : "waiting");
		if (!is_ours(a, r)) { /* only a running node knows whom it trusts, and only of its own log */
			json_nothing(j);
			continue;
		}
		json_array_begin(j);
		for (size_t i = 0; i < status->peer_count; i++)
			if (confirmed(&status->peers[i], r) == (yes != 0))
				json_text(j, status->peers[i].name);
		json_array_end(j);
	}
}

static void put_peers_text(struct answer *a, const struct redaction *r, struct buf *out)
{
	const struct core_status *status = a->context->status;
	for (int yes = 1; yes >= 0 && is_ours(a, r); yes--) {
		struct buf names = { 0 };
		for (size_t i = 0; i < status->peer_count; i++)
			if (confirmed(&status->peers[i], r) == (yes != 0))
				buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", status->peers[i].name);
		if (names.len > 0) {
			buf_add_str(out, yes ? "  confirmed    " : "  not yet by   ");
			text_wrap(out, buf_str(&names), 2 + LABEL_WIDTH, TERMINAL_WIDTH);
		}
		buf_free(&names);
	}
}

/* ---- one ---- */

void redaction_json(struct answer *a, const struct redaction *r, struct json *j)
{
	if (r->statement == 0) {
		json_nothing(j);
		return;
	}
	json_object_begin(j);
	json_put_text(j, "origin", r->origin);
	json_put_u64(j, "index", r->index);
	json_put_u64(j, "statement", r->statement);
	piece_time(a, j, "time", r->time_ms);
	json_put_text(j, "reason", r->reason);
	json_put_text(j, "basis", r->basis);
	put_peers(a, r, j);
	json_object_end(j);
}

static void put_fact(struct buf *out, const char *label, const char *value)
{
	buf_add_str(out, "  ");
	text_pad(out, label, LABEL_WIDTH);
	text_wrap(out, value != NULL ? value : "(not readable)", 2 + LABEL_WIDTH, TERMINAL_WIDTH);
}

void redaction_text(struct answer *a, const struct redaction *r, struct buf *out)
{
	put_fact(out, "reason", r->reason);
	put_fact(out, "basis", r->basis);
	buf_printf(out, "  redacted     %s, by entry %" PRIu64 "\n", answer_time(a->arena, r->time_ms, false),
	           r->statement);
	put_peers_text(a, r, out);
}

/* ---- the list ---- */

static struct redaction read_item(struct answer *a, const struct redacted *from)
{
	struct redaction r = { .origin = from->origin, .index = from->index, .statement = from->statement };
	read_statement(a, from->said_envelope, from->payload, &r);
	return r;
}

static void put_list_json(struct answer *a, const struct redacted_list *list)
{
	struct json j = { .out = &a->body };
	json_object_begin(&j);
	json_put_u64(&j, "total", list->total);
	json_key(&j, "redactions");
	json_array_begin(&j);
	for (size_t i = 0; i < list->count; i++) {
		struct redaction r = read_item(a, &list->v[i]);
		redaction_json(a, &r, &j);
	}
	json_array_end(&j);
	answer_as_of(a, &j);
	json_object_end(&j);
	buf_add_char(&a->body, '\n');
}

static void put_list_text(struct answer *a, const struct redacted_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct redaction r = read_item(a, &list->v[i]);
		text_put(&a->body, r.origin);
		buf_printf(&a->body, " #%" PRIu64 "\n", r.index);
		redaction_text(a, &r, &a->body);
	}
	if (list->total > list->count)
		buf_printf(&a->body, "%zu of %" PRIu64 "; /api/v1/redactions lists all\n", list->count, list->total);
}

void redactions_answer(struct answer *a)
{
	static const char *const known[] = { "origin", "limit", "offset", NULL };
	struct redacted_list list = { 0 };
	struct err err = { 0 };
	const char *origin;
	uint64_t limit = SEARCH_LIMIT_DEFAULT, offset = 0;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "origin", &origin) ||
	    !answer_number(a, "limit", 1, SEARCH_LIMIT_MAX, &limit) ||
	    !answer_number(a, "offset", 0, SEARCH_OFFSET_MAX, &offset) || !answer_begin(a))
		return;
	const struct view *view = a->context->view;
	int rc = view->redactions(view->ctx, origin, (size_t)limit, (size_t)offset, &a->found, &list, &err);
	if (rc != OK) {
		problem_err(a, rc, &err);
		return;
	}
	a->counted = true;
	a->total = list.total;
	if (!a->text) {
		put_list_json(a, &list);
		return;
	}
	put_list_text(a, &list);
	if (list.total == 0)
		buf_add_str(&a->body, "nothing was redacted\n");
	answer_as_of_text(a);
}

void redactions_text(struct answer *a, const char *origin)
{
	struct redacted_list list = { 0 };
	const struct view *view = a->context->view;
	if (origin == NULL || view->redactions(view->ctx, origin, STATUS_LINES_MAX, 0, &a->found, &list, NULL) != OK ||
	    list.total == 0)
		return;
	buf_add_str(&a->body, "\nredactions of our log\n");
	put_list_text(a, &list);
}
