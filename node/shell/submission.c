/* POST /api/v1/submissions: records that registered authors have signed; declared in public.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/receipt.h"
#include "node/api/submission.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/public.h"
#include "node/shell/submit.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "proto/submitter.h"

enum { NOT_TWICE = SUBMISSION_RECORDS_MAX };

/* One record that was sent. */
struct sent {
	struct bytes record; /* the very bytes that were signed */
	struct author_line line;
	int kind;
	const char *subject;
	size_t same_as; /* an earlier one of the request; NOT_TWICE: none */
	size_t place;   /* among the payloads */
	struct submission_result result;
};

struct sending {
	struct submit_task task; /* first */
	struct exchange *exchange;
	const char *origin;
	bool json;
	struct arena arena;
	struct bytes raw[SUBMISSION_RECORDS_MAX];
	struct sent v[SUBMISSION_RECORDS_MAX];
	size_t count;
	struct bytes payloads[SUBMISSION_RECORDS_MAX];
	const char *collections[SUBMISSION_RECORDS_MAX];
};

static void refuse(struct sent *sent, int status, const char *reason)
{
	sent->result.outcome = SUBMISSION_REFUSED;
	sent->result.status = status;
	sent->result.retry_s = status == 429 || status == 503 ? 1 : 0;
	(void)snprintf(sent->result.reason, sizeof sent->result.reason, "%s", reason);
}

/* ---- what is looked at, on a reader ---- */

static bool taken(const struct sent *s)
{
	return s->result.outcome == SUBMISSION_ADDED || s->result.outcome == SUBMISSION_REVISED;
}

static bool by_author(struct bytes payload, struct arena *arena, const char *author)
{
	struct bytes record;
	struct author_line *lines;
	size_t count = 0;
	if (author_payload_read(payload, arena, &record, &lines, &count, NULL) != OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(lines[i].author, author) == 0)
			return true;
	return false;
}

/* What an earlier one of the request says on the subject counts before what the log says. */
static const struct sent *earlier(const struct sending *all, const struct sent *sent)
{
	for (const struct sent *s = sent; s-- > all->v;)
		if (taken(s) && s->kind == sent->kind && strcmp(s->subject, sent->subject) == 0)
			return s;
	return NULL;
}

/* May it stand where it would, after what is said there now?  Without a prefix that covers the subject an author goes
 * on with its own alone. */
static int follow(const struct sending *all, const struct view *view, struct sent *sent, bool anyhow, struct err *err)
{
	struct arena arena = { 0 };
	struct found now;
	const struct sent *before = earlier(all, sent);
	bool own = before != NULL && strcmp(before->line.author, sent->line.author) == 0;
	int rc = OK;
	if (before == NULL) {
		rc = view->said(view->ctx, all->origin, sent->kind, sent->subject, UINT64_MAX, &arena, &now, err);
		own = rc == OK && now.state == PAYLOAD_PRESENT && by_author(now.payload, &arena, sent->line.author);
	}
	sent->result.outcome = rc == OK ? SUBMISSION_REVISED : SUBMISSION_ADDED;
	if (rc == OK && !own && !anyhow)
		refuse(sent, 409, "somebody else has spoken about this subject, and no prefix of the author covers it");
	arena_free(&arena);
	return rc == ERR_NOT_FOUND ? OK : rc;
}

/* The author as it is registered now, and whether it has signed this and may say it. */
static int admit(struct sending *all, const struct view *view, struct sent *sent, const Normlink__Record *record,
                 struct err *err)
{
	struct arena arena = { 0 };
	struct found f;
	struct submitter submitter;
	Normlink__Record *statement = NULL;
	struct err why = { 0 };
	bool anyhow = false;
	int rc = view->said(view->ctx, all->origin, NORMLINK__KIND__KIND_SUBMITTER, sent->line.author, UINT64_MAX, &arena,
	                    &f, err);
	if (rc == ERR_NOT_FOUND) {
		refuse(sent, 403, "this author is not registered here");
		rc = OK;
	} else if (rc == OK) {
		int no = payload_open(f.payload, &arena, &statement, &why);
		if (no == OK)
			no = submitter_read(statement, &submitter, &why);
		if (no == OK)
			no = submitter_verify(&submitter, sent->record, &sent->line, 1, NULL, &why);
		if (no == OK)
			no = submitter_may(&submitter, record, &anyhow, &why);
		if (no != OK)
			refuse(sent, 403, why.text);
		else
			rc = follow(all, view, sent, anyhow, err);
	}
	arena_free(&arena);
	return rc;
}

static bool sent_before(struct sending *all, struct sent *sent)
{
	for (sent->same_as = 0; &all->v[sent->same_as] < sent; sent->same_as++) {
		const struct sent *s = &all->v[sent->same_as];
		if (taken(s) && bytes_equal(s->record, sent->record) && strcmp(s->line.author, sent->line.author) == 0) {
			sent->result.outcome = SUBMISSION_KNOWN;
			return true;
		}
	}
	sent->same_as = NOT_TWICE;
	return false;
}

/* The same record by the same author is answered with what there is: whether its key still counts, and what was said
 * since, does not matter, for nothing is done. */
static int look(struct sending *all, struct store *store, const struct view *view, struct bytes raw, struct sent *sent,
                struct err *err)
{
	struct arena arena = { 0 };
	Normlink__Record *record = NULL;
	struct err why = { 0 };
	sent->same_as = NOT_TWICE;
	int no = author_sent_read(raw, all->json, &all->arena, &sent->record, &sent->line, &why);
	if (no == OK)
		no = record_decode(sent->record, &arena, &record, &why);
	int rc = OK;
	if (no != OK) {
		refuse(sent, no == ERR_LIMIT ? 413 : 422, why.text);
	} else {
		sent->kind = (int)record->kind;
		sent->subject = arena_str(&all->arena, record->subject);
		rc = store_find_signed(store, all->origin, sent->kind, sent->subject, sent->record, sent->line.author,
		                       &sent->result.index, &sent->result.current, err);
		if (rc == OK)
			sent->result.outcome = SUBMISSION_KNOWN;
		else if (rc == ERR_NOT_FOUND)
			rc = sent_before(all, sent) ? OK : admit(all, view, sent, record, err);
	}
	arena_free(&arena);
	return rc;
}

/* What the store cannot answer is for another time. */
static int status_of(int code)
{
	return code == OK ? OK : 503;
}

static int screen(struct submit_task *task, struct store *store, struct err *err)
{
	struct sending *all = (struct sending *)task;
	struct view view = store_view(store);
	struct arena arena = { 0 };
	struct as_of *as_of;
	size_t origins;
	int rc = view.begin(view.ctx, &arena, &as_of, &origins, err);
	if (rc != OK)
		return status_of(rc);
	for (size_t i = 0; rc == OK && i < all->count; i++)
		rc = look(all, store, &view, all->raw[i], &all->v[i], err);
	view.end(view.ctx);
	arena_free(&arena);
	return status_of(rc);
}

/* ---- what is made, on the loop ---- */

static const struct rate author_rate = { SUBMIT_AUTHOR_BURST, 60 * 1000 * 1000 / SUBMIT_AUTHOR_PER_MINUTE };

static int make(struct submit_task *task, struct shell *s, uint64_t next, struct err *err)
{
	struct sending *all = (struct sending *)task;
	(void)next;
	(void)err;
	for (size_t i = 0; i < all->count; i++) {
		struct sent *sent = &all->v[i];
		uint8_t nonce[NONCE_SIZE];
		struct buf payload = { 0 };
		unsigned wait_s = 1;
		if (!taken(sent))
			continue;
		if (!public_rate(s, "author", bytes_str(sent->line.author), &author_rate, &wait_s)) {
			refuse(sent, 429, "this author sends too much: come again later");
			sent->result.retry_s = wait_s;
			continue;
		}
		random_fill(nonce, sizeof nonce);
		author_payload_write(sent->record, nonce, &sent->line, 1, &payload);
		sent->place = task->count;
		all->collections[task->count] = COLLECTION_PUBLIC;
		all->payloads[task->count++] = arena_bytes(&all->arena, buf_bytes(&payload));
		buf_free(&payload);
	}
	return OK;
}

/* ---- receipts, on a reader ---- */

static int prove_one(struct sending *all, const struct view *view, const struct as_of *as_of, size_t origins,
                     struct sent *sent, struct err *err)
{
	struct arena arena = { 0 };
	struct found f;
	if (taken(sent))
		sent->result.index = all->task.first + sent->place;
	if (sent->same_as != NOT_TWICE)
		sent->result.index = all->v[sent->same_as].result.index;
	int rc = view->entry(view->ctx, all->origin, sent->result.index, &arena, &f, err);
	if (rc == OK)
		rc = receipt_write(view, as_of, origins, all->origin, sent->result.index, &sent->result.receipt, err);
	sent->result.current = rc == OK && f.current;
	arena_free(&arena);
	return rc;
}

static int prove(struct submit_task *task, struct store *store, struct err *err)
{
	struct sending *all = (struct sending *)task;
	struct view view = store_view(store);
	struct arena arena = { 0 };
	struct as_of *as_of;
	size_t origins;
	int rc = view.begin(view.ctx, &arena, &as_of, &origins, err);
	if (rc != OK)
		return status_of(rc);
	for (size_t i = 0; rc == OK && i < all->count; i++) {
		struct sent *sent = &all->v[i];
		if (sent->same_as != NOT_TWICE && !taken(&all->v[sent->same_as]))
			refuse(sent, 429, all->v[sent->same_as].result.reason);
		if (sent->result.outcome != SUBMISSION_REFUSED)
			rc = prove_one(all, &view, as_of, origins, sent, err);
	}
	view.end(view.ctx);
	arena_free(&arena);
	return status_of(rc);
}

/* ---- the task ---- */

static void answer(struct submit_task *task, struct exchange *x)
{
	struct sending *all = (struct sending *)task;
	struct submission_result *results = calloc(all->count, sizeof *results);
	must(results != NULL);
	for (size_t i = 0; i < all->count; i++)
		results[i] = all->v[i].result; /* borrowed for the call */
	x->http_status = submission_respond(&x->request, all->json, results, all->count, x->ends, &x->out);
	free(results);
	exchange_finish(x);
}

static void sending_free(struct submit_task *task)
{
	struct sending *all = (struct sending *)task;
	for (size_t i = 0; i < all->count; i++)
		buf_free(&all->v[i].result.receipt);
	arena_free(&all->arena);
	free(all);
}

void submission_push(struct exchange *x)
{
	struct err err = { 0 };
	struct sending *all = calloc(1, sizeof *all);
	must(all != NULL);
	all->task = (struct submit_task){ .screen_cb = screen,
		                              .make_cb = make,
		                              .prove_cb = prove,
		                              .answer_cb = answer,
		                              .free_cb = sending_free,
		                              .payloads = all->payloads,
		                              .collections = all->collections };
	all->exchange = x;
	all->origin = x->shell->dir->config.origin;
	if (!submission_takes(&x->request, &all->json)) {
		exchange_problem(x, 415, "a submission is application/octet-stream, application/x-ndjson or application/json");
		sending_free(&all->task);
		return;
	}
	int rc = submission_split(x->request.body, all->json, all->raw, &all->count, &err);
	if (rc != OK) {
		exchange_problem(x, rc == ERR_LIMIT ? 413 : 400, err.text);
		sending_free(&all->task);
		return;
	}
	submit_task(x, &all->task);
}
