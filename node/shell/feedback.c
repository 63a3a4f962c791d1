/* POST /api/v1/feedback: what somebody has to say; declared in public.h.
 *
 * Two records in one append: what everybody may see, and what only the operator may.  The number is made from the index
 * of the first: no two are the same, also after a crash, for an index is used once.
 */
#include "node/api/feedback.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/encode.h"
#include "node/api/receipt.h"
#include "node/base/must.h"
#include "node/shell/public.h"
#include "node/shell/submit.h"
#include "proto/entry.h"
#include "proto/feedback.h"
#include "proto/record.h"

struct received {
	struct submit_task task; /* first */
	struct bytes raw;        /* the exchange's */
	bool json, text_public;
	const char *origin, *name; /* of our log, of this node */
	Normlink__FeedbackRequest *request;
	struct arena arena;
	struct feedback_dates dates;
	char number[SUBJECT_MAX + 1];
	struct bytes payloads[2];
	const char *collections[2];
	struct buf receipt, withheld_receipt;
};

static void write_dates(uint64_t wall_ms, struct feedback_dates *out)
{
	time_t now = (time_t)(wall_ms / 1000), due = now + (time_t)FEEDBACK_ANSWER_DAYS * 24 * 60 * 60;
	struct tm utc;
	must(gmtime_r(&now, &utc) != NULL);
	(void)strftime(out->received, sizeof out->received, "%Y-%m-%d", &utc);
	must(gmtime_r(&due, &utc) != NULL);
	(void)strftime(out->due, sizeof out->due, "%Y-%m-%d", &utc);
}

/* NODE-YEAR-INDEX; with fb- before it where a node's name would make a reference of it (jis-q). */
static void write_number(struct received *r, uint64_t index)
{
	struct designator d;
	for (int again = 0; again < 2; again++) {
		(void)snprintf(r->number, sizeof r->number, "%s%s-%.4s-%06" PRIu64, again ? "fb-" : "", r->name,
		               r->dates.received, index);
		if (record_subject(NORMLINK__KIND__KIND_FEEDBACK, r->number, &d, NULL) == OK &&
		    strcmp(d.canonical, r->number) == 0)
			return;
	}
	must(!"a number that is none");
}

static int add_payload(struct received *r, const struct buf *record, const char *collection)
{
	uint8_t nonce[NONCE_SIZE];
	struct buf payload = { 0 };
	if (record->len > PAYLOAD_MAX / 2)
		return ERR_LIMIT;
	random_fill(nonce, sizeof nonce);
	payload_write(buf_bytes(record), nonce, &payload);
	r->collections[r->task.count] = collection;
	r->payloads[r->task.count++] = arena_bytes(&r->arena, buf_bytes(&payload));
	buf_free(&payload);
	return OK;
}

static int make_records(struct received *r, uint64_t index, struct err *err)
{
	struct buf public = { 0 }, personal = { 0 };
	write_number(r, index);
	r->task.count = 0;
	int rc = feedback_records(r->request, r->number, &r->dates, r->text_public, &public, &personal, err);
	if (rc == OK)
		rc = add_payload(r, &public, COLLECTION_PUBLIC);
	if (rc == OK && personal.len > 0)
		rc = add_payload(r, &personal, COLLECTION_FEEDBACK_PERSONAL);
	buf_free(&public);
	buf_free(&personal);
	return rc == OK ? OK : rc == ERR_LIMIT ? 413 : 422;
}

/* ---- the task ---- */

/* Made once with any number, so that what is wrong with it is told before it takes its turn. */
static int screen(struct submit_task *task, struct store *store, struct err *err)
{
	struct received *r = (struct received *)task;
	(void)store;
	int rc = feedback_read(r->raw, r->json, &r->arena, &r->request, err);
	if (rc != OK)
		return rc == ERR_LIMIT ? 413 : 422;
	int status = make_records(r, 0, err);
	task->count = 0;
	return status;
}

static int make(struct submit_task *task, struct shell *s, uint64_t next, struct err *err)
{
	(void)s;
	return make_records((struct received *)task, next, err);
}

static int prove(struct submit_task *task, struct store *store, struct err *err)
{
	struct received *r = (struct received *)task;
	struct view view = store_view(store);
	struct arena arena = { 0 };
	struct as_of *as_of;
	size_t origins;
	int rc = view.begin(view.ctx, &arena, &as_of, &origins, err);
	if (rc == OK) {
		rc = receipt_write(&view, as_of, origins, r->origin, task->first, &r->receipt, err);
		if (rc == OK && task->count > 1)
			rc = receipt_write(&view, as_of, origins, r->origin, task->first + 1, &r->withheld_receipt, err);
		view.end(view.ctx);
	}
	arena_free(&arena);
	return rc == OK ? OK : 503;
}

static void answer(struct submit_task *task, struct exchange *x)
{
	struct received *r = (struct received *)task;
	const struct feedback_receipts receipts = { r->number, task->first, buf_bytes(&r->receipt),
		                                        buf_bytes(&r->withheld_receipt) };
	x->http_status = feedback_respond(r->json, &receipts, x->ends, &x->out);
	exchange_finish(x);
}

static void received_free(struct submit_task *task)
{
	struct received *r = (struct received *)task;
	arena_free(&r->arena);
	buf_free(&r->receipt);
	buf_free(&r->withheld_receipt);
	free(r);
}

void feedback_push(struct exchange *x)
{
	const struct node_config *config = &x->shell->dir->config;
	struct received *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->task = (struct submit_task){ .screen_cb = screen,
		                            .make_cb = make,
		                            .prove_cb = prove,
		                            .answer_cb = answer,
		                            .free_cb = received_free,
		                            .payloads = r->payloads,
		                            .collections = r->collections };
	r->raw = x->request.body;
	r->origin = config->origin;
	r->name = config->name;
	r->text_public = strcmp(config->feedback_text, "public") == 0;
	write_dates(loop_wall_ms(), &r->dates);
	if (!feedback_takes(&x->request, &r->json)) {
		exchange_problem(x, 415, "feedback is application/json or application/x-www-form-urlencoded");
		received_free(&r->task);
		return;
	}
	submit_task(x, &r->task);
}
