#include "node/shell/submit.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/base/must.h"
#include "node/shell/interpret.h"
#include "node/shell/redact.h"
#include "node/shell/screen.h"
#include "proto/entry.h"

/* What a batch is made from. */
enum source { SOURCE_RECORDS, SOURCE_REDACTION, SOURCE_VERDICT, SOURCE_ROTATION, SOURCE_TASK };

struct batch {
	struct reader_job job; /* first: see readers.h */
	enum source source;
	bool purging; /* a redaction: appended, and on its way out of the files */
	char collection[CODE_MAX + 1];
	struct batch *next;
	struct exchange *exchange; /* owned by its connection; borrowed until answered; NULL: the node's own task */
	struct shell *shell;
	uint64_t op;
	struct screen screen; /* these three are the reader's until its job is back */
	int screen_code;
	struct err screen_err;
	struct verdict_request *verdict; /* NULL, and no rotation: a batch of records */
	struct rotation *rotation;       /* likewise */
	struct submit_task *task;        /* likewise */
	bool public;                     /* comes from the public side, from this client */
	uint8_t client[CLIENT_KEY_SIZE];
	uint64_t size;           /* of the origin afterwards */
	uint64_t first;          /* index of the verdict in it */
	int http_status;         /* of the answer; 0: there is none yet */
	char text[ERR_TEXT_MAX]; /* why it is not 200 */
};

struct submits {
	struct batch *active;
	struct batch *first, *last; /* waiting */
	size_t waiting;
	uint64_t last_op;
};

static void settle(struct batch *b, int http_status, const char *text)
{
	b->http_status = http_status;
	(void)snprintf(b->text, sizeof b->text, "%s", text);
}

/* ---- answers ---- */

static void put_counts(const struct batch *b, struct buf *text)
{
	const struct screen *s = &b->screen;
	buf_printf(text, "added %llu\nrevised %llu\nunchanged %llu\nrefused %llu\nsize %llu\n",
	           (unsigned long long)s->added, (unsigned long long)s->revised, (unsigned long long)s->unchanged,
	           (unsigned long long)s->refused, (unsigned long long)b->size);
	buf_add_bytes(text, buf_bytes(&s->refusals));
}

static void count_records(const struct batch *b)
{
	uint64_t *records = b->shell->counters.records;
	const struct screen *s = &b->screen;
	records[0] += s->added;
	records[1] += s->revised;
	records[2] += s->unchanged;
	records[3] += s->refused;
}

static void put_redacted(const struct batch *b, struct buf *text)
{
	const struct screen *s = &b->screen;
	buf_add_bytes(text, buf_bytes(&s->refusals));
	buf_printf(text, "%s %zu\nsize %llu\n", s->dry ? "to redact" : "redacted", s->count, (unsigned long long)b->size);
}

static void put_rotation(const struct batch *b, struct buf *text)
{
	const struct key_change *k = &b->rotation->change;
	buf_printf(text, "index %llu\nuntil_ms %llu\nkey ", (unsigned long long)b->first, (unsigned long long)k->until_ms);
	key_text(k->role, &k->new, text);
	buf_add_char(text, '\n');
}

static void answer(struct batch *b)
{
	struct buf text = { 0 };
	if (b->exchange == NULL) {
		b->task->own_cb(b->task, b->shell, b->http_status, b->text);
		return;
	}
	if (b->http_status != 200) {
		exchange_problem(b->exchange, b->http_status, b->text);
		return;
	}
	if (b->task != NULL) {
		b->task->answer_cb(b->task, b->exchange);
		return;
	}
	if (b->rotation != NULL)
		put_rotation(b, &text);
	else if (b->verdict != NULL)
		buf_printf(&text, "index %llu\nsize %llu\n", (unsigned long long)b->first, (unsigned long long)b->size);
	else if (b->source == SOURCE_REDACTION)
		put_redacted(b, &text);
	else
		put_counts(b, &text);
	if (b->source == SOURCE_RECORDS)
		count_records(b);
	exchange_text(b->exchange, buf_bytes(&text));
	buf_free(&text);
}

static void batch_free(struct batch *b)
{
	screen_free(&b->screen);
	if (b->task != NULL)
		b->task->free_cb(b->task);
	free(b->verdict);
	free(b->rotation);
	free(b);
}

/* ---- one batch ---- */

/* ?revise=1: whoever asks knows that something is said already; where nothing is, nothing is to be done. */
static void screen_records(struct batch *b, struct store *store, const char *origin)
{
	const struct http_request *request = &b->exchange->request;
	struct bytes revise;
	b->screen_code = screen_run(store, origin, strcmp(b->collection, COLLECTION_PUBLIC) == 0, request->body, &b->screen,
	                            &b->screen_err);
	if (b->screen_code == OK && b->screen.added > 0 && http_parameter(request, "revise", &revise))
		b->screen_code = err_set(&b->screen_err, ERR_NOT_FOUND, "our own log says nothing about it");
}

static void screen_job(struct reader_job *job, struct store *store)
{
	struct batch *b = (struct batch *)job;
	const char *origin = b->shell->dir->config.origin;
	if (b->verdict != NULL || b->rotation != NULL)
		return;
	if (b->task != NULL)
		b->screen_code = b->task->screen_cb(b->task, store, &b->screen_err);
	else if (b->source == SOURCE_REDACTION)
		b->screen_code = redact_screen(store, origin, &b->exchange->request, &b->screen, &b->screen_err);
	else
		screen_records(b, store, origin);
}

static int status_of(int code)
{
	switch (code) {
	case ERR_INVALID:
	case ERR_LIMIT:
		return 400;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_EXISTS:
		return 409;
	default:
		return 503;
	}
}

static uint64_t own_size(struct shell *s)
{
	struct arena arena = { 0 };
	struct core_status status;
	core_status(s->core, loop_mono_ms(), loop_wall_ms(), &arena, &status);
	uint64_t size = status.origin_count > 0 ? status.origins[0].held : 0;
	arena_free(&arena);
	return size;
}

/* Make the key and submit what says so. */
static void rotate(struct batch *b)
{
	struct buf payload = { 0 };
	struct err err = { 0 };
	if (rotate_begin(b->shell, b->rotation, &payload, &err) == OK) {
		struct bytes one = buf_bytes(&payload);
		b->op = ++b->shell->submits->last_op;
		interpret_submit(b->shell, b->op, &one, 1, COLLECTION_PUBLIC);
	} else {
		settle(b, err.code == ERR_CONFLICT ? 409 : 503, err.text);
	}
	buf_free(&payload);
}

/* ---- tasks ---- */

static void prove_job(struct reader_job *job, struct store *store)
{
	struct batch *b = (struct batch *)job;
	b->screen_code = b->task->prove_cb(b->task, store, &b->screen_err);
}

static void proved(struct reader_job *job)
{
	struct batch *b = (struct batch *)job;
	if (job->cancelled || b->shell->phase >= SHELL_GOODBYE)
		settle(b, 503, "this node stops; what was sent may be kept: send it again");
	else if (b->screen_code != OK)
		settle(b, b->screen_code, b->screen_err.text);
	else
		settle(b, 200, "");
}

static void prove(struct batch *b)
{
	b->job.run_cb = prove_job;
	b->job.done_cb = proved;
	if (b->task->prove_cb != NULL)
		readers_push(b->shell->readers, &b->job, READ_CORE);
	else
		settle(b, 200, "");
}

static void make_task(struct batch *b)
{
	struct shell *s = b->shell;
	struct submit_task *t = b->task;
	struct err err = { 0 };
	int status = b->screen_code != OK ? b->screen_code : t->make_cb(t, s, core_next_index(s->core), &err);
	if (status != OK) {
		settle(b, status, b->screen_code != OK ? b->screen_err.text : err.text);
	} else if (t->count == 0) {
		prove(b);
	} else {
		b->op = ++s->submits->last_op;
		interpret_submit_each(s, b->op, t->payloads, t->collections, t->count);
	}
}

static void screened(struct reader_job *job)
{
	struct batch *b = (struct batch *)job;
	struct shell *s = b->shell;
	if (job->cancelled || s->phase >= SHELL_GOODBYE) {
		settle(b, 503, "this node stops");
	} else if (b->task != NULL) {
		make_task(b);
	} else if (b->rotation != NULL) {
		rotate(b);
	} else if (b->verdict != NULL) {
		b->op = ++s->submits->last_op;
		interpret_verdict(s, b->op, b->verdict);
	} else if (b->screen_code != OK) {
		settle(b, status_of(b->screen_code), b->screen_err.text);
	} else if (b->screen.count == 0 || b->screen.dry) {
		b->size = own_size(s);
		settle(b, 200, "");
	} else {
		b->op = ++s->submits->last_op;
		interpret_submit(s, b->op, b->screen.payloads, b->screen.count, b->collection);
		buf_free(&b->screen.packed); /* the core has its own copy */
	}
}

/* Records were screened before: what the core refuses then is for another time. */
static int http_status(const struct batch *b, int code)
{
	if (code == OK)
		return 200;
	if (b->task != NULL)
		return 503;
	if (b->verdict == NULL && b->rotation == NULL)
		return code == ERR_CONFLICT ? 409 : 503;
	return code == ERR_NOT_FOUND                      ? 404
	       : code == ERR_CONFLICT                     ? 409
	       : code == ERR_INVALID || code == ERR_LIMIT ? 400
	                                                  : 503;
}

void submit_reply(struct shell *s, const struct effect *reply)
{
	struct batch *b = s->submits->active;
	if (b == NULL || b->op != reply->u.reply.op)
		return;
	b->size = reply->u.reply.size;
	b->first = reply->u.reply.first;
	if (b->rotation != NULL && reply->u.reply.code == OK)
		rotate_done(s, b->rotation);
	if (b->task != NULL && reply->u.reply.code == OK) {
		b->task->first = b->first;
		prove(b);
		return;
	}
	if (reply->u.reply.code != OK || b->source != SOURCE_REDACTION) {
		settle(b, http_status(b, reply->u.reply.code), reply->u.reply.text);
		return;
	}
	/* Answered when the bytes are gone from the files, too. */
	b->purging = true;
	writer_purge(s->writer);
}

void submit_purged(struct shell *s, int code, const char *text)
{
	struct batch *b = s->submits != NULL ? s->submits->active : NULL;
	char reason[ERR_TEXT_MAX];
	if (b == NULL || !b->purging || b->http_status != 0)
		return;
	(void)snprintf(reason, sizeof reason,
	               "redacted, but the bytes are not out of the database's files yet: %s; the node goes on trying",
	               text != NULL ? text : err_name(code));
	settle(b, code == OK ? 200 : 503, code == OK ? "" : reason);
}

static void begin(struct batch *b)
{
	b->job.run_cb = screen_job;
	b->job.done_cb = screened;
	readers_push(b->shell->readers, &b->job, READ_CORE);
}

/* ---- the queue ---- */

static struct submits *submits_of(struct shell *s)
{
	if (s->submits == NULL)
		s->submits = calloc(1, sizeof *s->submits);
	must(s->submits != NULL);
	return s->submits;
}

/* ?collection=NAME, public when it is not there. */
static bool read_collection(const struct exchange *x, char out[CODE_MAX + 1])
{
	struct bytes raw;
	(void)snprintf(out, CODE_MAX + 1, "%s", COLLECTION_PUBLIC);
	if (!http_parameter(&x->request, "collection", &raw))
		return true;
	return http_decode(raw, true, out, CODE_MAX + 1) == OK && collection_valid(out);
}

static struct batch *batch_new(struct shell *s, struct exchange *x, enum source source)
{
	struct batch *b = calloc(1, sizeof *b);
	must(b != NULL);
	b->exchange = x;
	b->shell = s;
	b->source = source;
	return b;
}

static void enqueue(struct submits *q, struct batch *b)
{
	if (q->last != NULL)
		q->last->next = b;
	else
		q->first = b;
	q->last = b;
	q->waiting++;
}

static void push(struct exchange *x, enum source source, const struct verdict_request *verdict,
                 const struct rotation *rotation)
{
	struct submits *q = submits_of(x->shell);
	char collection[CODE_MAX + 1];
	if (!read_collection(x, collection)) {
		exchange_problem(x, 400, "a collection is called by 1 to 64 of a-z 0-9 - .");
		return;
	}
	if (q->waiting >= SUBMISSIONS_MAX) {
		exchange_problem(x, 503, "too many batches wait already");
		return;
	}
	struct batch *b = batch_new(x->shell, x, source);
	memcpy(b->collection, collection, sizeof collection);
	if (verdict != NULL) {
		b->verdict = malloc(sizeof *b->verdict);
		must(b->verdict != NULL);
		*b->verdict = *verdict;
	}
	if (rotation != NULL) {
		b->rotation = malloc(sizeof *b->rotation);
		must(b->rotation != NULL);
		*b->rotation = *rotation;
	}
	enqueue(q, b);
}

/* What waits from the public side, and of that from this client. */
static void count_public(const struct submits *q, const uint8_t client[CLIENT_KEY_SIZE], size_t *all, size_t *own)
{
	*all = *own = 0;
	for (const struct batch *b = q->first; b != NULL; b = b->next) {
		*all += b->public;
		*own += b->public && memcmp(b->client, client, CLIENT_KEY_SIZE) == 0;
	}
}

void submit_task(struct exchange *x, struct submit_task *task)
{
	struct submits *q = submits_of(x->shell);
	size_t all, own;
	uint8_t client[CLIENT_KEY_SIZE];
	client_key(&x->request, x->address, x->shell->dir->config.trusted_proxy, client);
	count_public(q, client, &all, &own);
	bool busy = q->waiting >= SUBMISSIONS_MAX || (!x->local && all >= SUBMISSIONS_PUBLIC_MAX);
	if (busy || (!x->local && own >= SUBMISSIONS_CLIENT_MAX)) {
		task->free_cb(task);
		x->shell->counters.refused++;
		exchange_problem(x, busy ? 503 : 429,
		                 busy ? "too many batches wait already" : "too many of yours wait already");
		return;
	}
	struct batch *b = batch_new(x->shell, x, SOURCE_TASK);
	b->task = task;
	b->public = !x->local;
	memcpy(b->client, client, sizeof client);
	enqueue(q, b);
}

bool submit_own(struct shell *s, struct submit_task *task)
{
	struct submits *q = submits_of(s);
	if (q->waiting > 0) {
		task->free_cb(task);
		return false;
	}
	struct batch *b = batch_new(s, NULL, SOURCE_TASK);
	b->task = task;
	enqueue(q, b);
	return true;
}

void submit_push(struct exchange *x)
{
	push(x, SOURCE_RECORDS, NULL, NULL);
}

void submit_redact(struct exchange *x)
{
	push(x, SOURCE_REDACTION, NULL, NULL);
}

void submit_verdict(struct exchange *x, const struct verdict_request *verdict)
{
	push(x, SOURCE_VERDICT, verdict, NULL);
}

void submit_rotation(struct exchange *x, const struct rotation *rotation)
{
	push(x, SOURCE_ROTATION, NULL, rotation);
}

static struct batch *pop(struct submits *q)
{
	struct batch *b = q->first;
	if (b == NULL)
		return NULL;
	q->first = b->next;
	if (q->first == NULL)
		q->last = NULL;
	q->waiting--;
	return b;
}

/* An answer may bring the next request of its connection, and with it the next batch: hence the loop. */
void submits_settle(struct shell *s)
{
	struct submits *q = s->submits;
	while (q != NULL) {
		struct batch *b = q->active;
		if (b != NULL && b->http_status == 0)
			return;
		if (b != NULL) {
			q->active = NULL;
			answer(b);
			batch_free(b);
		}
		q->active = pop(q);
		if (q->active == NULL)
			return;
		begin(q->active);
	}
}

void submits_free(struct shell *s)
{
	struct submits *q = s->submits;
	if (q == NULL)
		return;
	struct batch *b = q->active;
	while (b != NULL) {
		exchange_free(b->exchange);
		batch_free(b);
		b = pop(q);
	}
	free(q);
	s->submits = NULL;
}
