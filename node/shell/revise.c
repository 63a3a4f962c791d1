#include "node/shell/revise.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"

static int read_now(struct revision *r, struct store *store, Normlink__Record **record, struct err *err)
{
	struct view view = store_view(store);
	struct found now;
	struct envelope envelope;
	int rc = view.said(view.ctx, r->origin, r->kind, r->subject, UINT64_MAX, &r->arena, &now, err);
	if (rc == ERR_NOT_FOUND)
		(void)err_set(err, rc, "%s: our own log says nothing about it", r->subject);
	if (rc == OK)
		rc = envelope_parse(now.envelope, &envelope, err);
	if (rc == OK)
		rc = payload_open(now.payload, &r->arena, record, err);
	if (rc == OK)
		r->collection = arena_str(&r->arena, envelope.collection);
	return rc == OK ? OK : rc == ERR_NOT_FOUND ? 404 : 503;
}

static int screen(struct submit_task *task, struct store *store, struct err *err)
{
	struct revision *r = (struct revision *)task;
	Normlink__Record *record = NULL;
	int status = read_now(r, store, &record, err);
	if (status == OK)
		status = r->change_cb(r, record, store, err);
	if (status != OK)
		return status;
	return record_encode(record, &r->record, err) == OK ? OK : 400;
}

static int make(struct submit_task *task, struct shell *s, uint64_t next, struct err *err)
{
	struct revision *r = (struct revision *)task;
	uint8_t nonce[NONCE_SIZE];
	struct buf payload = { 0 };
	(void)s;
	(void)next;
	(void)err;
	random_fill(nonce, sizeof nonce);
	payload_write(buf_bytes(&r->record), nonce, &payload);
	r->payload = arena_bytes(&r->arena, buf_bytes(&payload));
	buf_free(&payload);
	task->count = 1;
	return OK;
}

static void answer(struct submit_task *task, struct exchange *x)
{
	struct buf text = { 0 };
	buf_printf(&text, "index %" PRIu64 "\n", task->first);
	exchange_text(x, buf_bytes(&text));
	buf_free(&text);
}

static void revision_free(struct submit_task *task)
{
	struct revision *r = (struct revision *)task;
	arena_free(&r->arena);
	buf_free(&r->record);
	free(r->arg);
	free(r);
}

struct revision *revision_new(int kind, const char *subject)
{
	struct revision *r = calloc(1, sizeof *r);
	must(r != NULL && strlen(subject) <= SUBJECT_MAX);
	r->kind = kind;
	memcpy(r->subject, subject, strlen(subject) + 1);
	r->task = (struct submit_task){ .screen_cb = screen,
		                            .make_cb = make,
		                            .answer_cb = answer,
		                            .free_cb = revision_free,
		                            .payloads = &r->payload,
		                            .collections = &r->collection };
	return r;
}

void revision_push(struct exchange *x, struct revision *r)
{
	r->origin = x->shell->dir->config.origin;
	submit_task(x, &r->task);
}
