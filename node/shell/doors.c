#include "node/shell/doors.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/witness_request.h"
#include "node/api/add_entries.h"
#include "node/api/gzip.h"
#include "node/api/witness.h"
#include "node/base/must.h"
#include "node/shell/admit.h"
#include "node/shell/interpret.h"

struct guest {
	struct reader_job job; /* first: see readers.h; of an upload */
	struct guest *next;
	uint64_t op;
	bool brings_entries;
	/* An upload; the reader's until its job is back. */
	bool packed;
	struct buf unpacked;
	struct upload upload;
	int code;
	struct err err;
	/* The answer. */
	struct exchange *exchange; /* owned by its connection; borrowed until answered */
	enum answer_outcome outcome;
	uint64_t size, next_entry;
	struct buf text;
};

struct doors {
	struct guest *waiting;          /* for the core */
	struct guest *answered, **last; /* in the order of the answers */
	uint64_t last_op;
};

static struct doors *doors_of(struct shell *s)
{
	if (s->doors == NULL) {
		s->doors = calloc(1, sizeof *s->doors);
		must(s->doors != NULL);
		s->doors->last = &s->doors->answered;
	}
	return s->doors;
}

static void guest_free(struct guest *g)
{
	buf_free(&g->text);
	buf_free(&g->unpacked);
	arena_free(&g->upload.arena);
	free(g);
}

/* ---- in ---- */

static struct guest *guest_new(struct exchange *x)
{
	struct doors *d = doors_of(x->shell);
	struct guest *g = calloc(1, sizeof *g);
	must(g != NULL);
	g->op = ++d->last_op;
	g->exchange = x;
	g->next = d->waiting;
	d->waiting = g;
	return g;
}

static void bring_checkpoint(struct exchange *x)
{
	struct witness_request request;
	struct err err = { 0 };
	if (witness_request_parse(x->request.body, &request, &err) != OK) {
		x->shell->counters.checkpoints[ANSWER_MALFORMED]++;
		exchange_problem(x, 400, err.text);
		return;
	}
	struct guest *g = guest_new(x);
	interpret_checkpoint(x->shell, g->op, request.old_size, &request.proof, request.checkpoint);
}

/* ---- entries: up to UPLOAD_BODY_MAX are unpacked and read, which is not for the loop ---- */

static void read_upload(struct reader_job *job, struct store *store)
{
	struct guest *g = (struct guest *)job;
	struct bytes body = g->exchange->request.body;
	(void)store;
	g->code = g->packed ? gzip_open(body, UPLOAD_BODY_MAX, &g->unpacked, &g->err) : OK;
	if (g->code == ERR_LIMIT || (g->code == ERR_INVALID && g->exchange->cut))
		g->code = OK; /* tlog-mirror: the packages before the end are taken, wherever that is */
	if (g->code == OK)
		g->code = add_entries_parse(g->packed ? buf_bytes(&g->unpacked) : body, &g->upload, &g->err);
}

static void settle(struct doors *d, struct guest *g, enum answer_outcome outcome, const char *text)
{
	struct guest **p = &d->waiting;
	while (*p != g)
		p = &(*p)->next;
	*p = g->next;
	g->next = NULL;
	g->outcome = outcome;
	buf_add_str(&g->text, text);
	*d->last = g;
	d->last = &g->next;
}

static void upload_read(struct reader_job *job)
{
	struct guest *g = (struct guest *)job;
	struct shell *s = g->exchange->shell;
	if (job->cancelled || s->phase >= SHELL_GOODBYE)
		settle(s->doors, g, ANSWER_BUSY, "this node stops");
	else if (g->code != OK)
		settle(s->doors, g, ANSWER_MALFORMED, g->err.text);
	else
		interpret_upload(s, g->op, &g->upload);
	/* It may wait for peers now, and nothing of what it brought does. */
	arena_free(&g->upload.arena);
	buf_free(&g->unpacked);
	exchange_forget_body(g->exchange);
}

static void bring_entries(struct exchange *x)
{
	bool packed = false;
	if (!add_entries_takes(&x->request, &packed)) {
		exchange_problem(x, 415, "an upload is application/octet-stream, plain or gzip");
		return;
	}
	enum reader_rank rank;
	if (!admit_question(x, &rank))
		return;
	struct guest *g = guest_new(x);
	g->brings_entries = true;
	g->packed = packed;
	g->job.run_cb = read_upload;
	g->job.done_cb = upload_read;
	g->job.client = x->job.client; /* it may take its time: there are UPLOADS_MAX of them */
	readers_push(x->shell->readers, &g->job, rank);
}

bool doors_take(struct exchange *x)
{
	bool entries = add_entries_is_door(x->request.path);
	if (!entries && !witness_is_door(x->request.path))
		return false;
	if (!bytes_equal(x->request.method, bytes_str("POST")))
		exchange_problem(x, 405, "this address takes POST only");
	else if (entries)
		bring_entries(x);
	else
		bring_checkpoint(x);
	return true;
}

/* ---- out ---- */

void doors_answer(struct shell *s, struct effect *answer)
{
	struct doors *d = doors_of(s);
	struct guest *g = d->waiting;
	while (g != NULL && g->op != answer->u.answer.op)
		g = g->next;
	must(g != NULL);
	settle(d, g, answer->u.answer.outcome, "");
	g->size = answer->u.answer.size;
	g->next_entry = answer->u.answer.next;
	g->text = buf_take(&answer->u.answer.text);
}

static struct guest *pop(struct doors *d)
{
	struct guest *g = d->answered;
	if (g == NULL)
		return NULL;
	d->answered = g->next;
	if (d->answered == NULL)
		d->last = &d->answered;
	return g;
}

/* An answer may bring the next request of its connection, and that its own answer: hence the loop. */
void doors_settle(struct shell *s)
{
	struct guest *g;
	while (s->doors != NULL && (g = pop(s->doors)) != NULL) {
		struct exchange *x = g->exchange;
		(g->brings_entries ? s->counters.uploads : s->counters.checkpoints)[g->outcome]++;
		x->http_status = g->brings_entries
		                     ? add_entries_respond(&x->request, g->outcome, g->size, g->next_entry, buf_bytes(&g->text),
		                                           x->ends, &x->out)
		                     : witness_respond(&x->request, g->outcome, g->size, buf_bytes(&g->text), x->ends, &x->out);
		exchange_finish(x);
		guest_free(g);
	}
}

static void free_all(struct guest *g)
{
	for (struct guest *next; g != NULL; g = next) {
		next = g->next;
		exchange_free(g->exchange);
		guest_free(g);
	}
}

void doors_free(struct shell *s)
{
	if (s->doors == NULL)
		return;
	free_all(s->doors->waiting);
	free_all(s->doors->answered);
	free(s->doors);
	s->doors = NULL;
}
