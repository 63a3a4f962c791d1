#include "node/shell/federate.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/encode.h"
#include "node/api/federated.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/admit.h"
#include "node/shell/interpret.h"

struct asking {
	struct reader_job job; /* first: see readers.h */
	struct asking *next;
	struct exchange *exchange; /* owned by its connection, or by us once that is gone */
	struct federated_question question;
	enum reader_rank rank;
	enum { ASKING_PEERS, ASKING_TOLD, ASKING_MAKING, ASKING_MADE } state;
	int code;
	char text[160];
	struct federated_answer *answer;
};

struct askings {
	struct asking *first;
	uint64_t last_op;
};

static struct askings *askings_of(struct shell *s)
{
	if (s->askings == NULL)
		s->askings = calloc(1, sizeof *s->askings);
	must(s->askings != NULL);
	return s->askings;
}

static void asking_free(struct asking *a)
{
	federated_question_free(&a->question);
	federated_free(a->answer);
	free(a);
}

static void drop(struct askings *all, struct asking *a)
{
	struct asking **p = &all->first;
	while (*p != a)
		p = &(*p)->next;
	*p = a->next;
	asking_free(a);
}

/* ---- in ---- */

/* The core asks for FEDERATED_OWN_MAX callers at once. */
static bool has_share(const struct askings *all, struct exchange *x)
{
	size_t count = 0, own = 0;
	for (const struct asking *a = all->first; a != NULL; a = a->next) {
		bool asks = a->state == ASKING_PEERS;
		count += asks;
		own += asks && !a->exchange->local && a->exchange->job.client == x->job.client;
	}
	return admit_share(x, own, count, FEDERATED_OWN_MAX, "questions to peers");
}

bool federate_take(struct exchange *x)
{
	if (!federated_is_door(&x->request))
		return false;
	struct shell *s = x->shell;
	struct askings *all = askings_of(s);
	struct asking *a = calloc(1, sizeof *a);
	struct err err = { 0 };
	must(a != NULL);
	bool withheld = core_withheld(s->core) && !x->local;
	if (withheld || federated_question_read(&a->question, &x->request, &err) != OK) {
		const char *why = "this node was restored from a backup, and its peers are asked first: try again later";
		bool sru = a->question.sru;
		asking_free(a);
		if (sru && !withheld)
			return false; /* a reader says what is wrong */
		exchange_problem(x, withheld ? 503 : 400, withheld ? why : err.text);
		return true;
	}
	enum reader_rank rank;
	if (!admit_question(x, &rank) || !has_share(all, x)) {
		asking_free(a);
		return true;
	}
	a->exchange = x;
	a->rank = rank;
	a->next = all->first;
	all->first = a;
	a->question.wish.op = ++all->last_op;
	random_fill(a->question.wish.id, sizeof a->question.wish.id);
	interpret_query(s, &a->question.wish);
	return true;
}

/* ---- out ---- */

static void count(struct api_counters *c, const struct federated_answer *answer)
{
	for (size_t i = 0; answer != NULL && i < answer->line_count; i++) {
		if (answer->lines[i].via != NULL)
			continue;
		c->asked[answer->lines[i].outcome]++;
		c->lied += answer->lines[i].lied;
	}
}

void federate_outcome(struct shell *s, struct effect *outcome)
{
	struct asking *a = askings_of(s)->first;
	while (a != NULL && a->question.wish.op != outcome->u.queried.op)
		a = a->next;
	if (a == NULL)
		return;
	a->state = ASKING_TOLD;
	a->code = outcome->u.queried.code;
	(void)snprintf(a->text, sizeof a->text, "%s", outcome->u.queried.text);
	a->answer = outcome->u.queried.answer;
	outcome->u.queried.answer = NULL;
	if (a->code == OK)
		count(&s->counters, a->answer);
}

static void make(struct reader_job *job, struct store *store)
{
	struct asking *a = (struct asking *)job;
	struct exchange *x = a->exchange;
	struct view view = store_view(store);
	struct api_context context;
	exchange_context(x, &view, &context);
	x->http_status = federated_respond(&x->request, &context, &a->question, a->answer, &x->arena, &x->out);
}

static void made(struct reader_job *job)
{
	struct asking *a = (struct asking *)job;
	a->state = ASKING_MADE;
	if (!job->cancelled)
		return;
	a->code = ERR_CLOSED;
	if (a->exchange->shell->phase == SHELL_RUNNING)
		(void)snprintf(a->text, sizeof a->text, "not answered in the time that a question has: ask again later");
}

static int status_of(int code)
{
	if (code == ERR_LIMIT)
		return 422;
	return code == ERR_USAGE || code == ERR_NOT_FOUND || code == ERR_UNSUPPORTED ? 400 : 503;
}

static void refuse_sru(struct exchange *x, const char *text)
{
	struct api_context context;
	exchange_context(x, NULL, &context);
	x->http_status = federated_refuse(&x->request, &context, text, &x->arena, &x->out);
	exchange_finish(x);
}

/* Every answer may bring the next request of its connection, and with it another asking. */
static void settle(struct shell *s, struct asking *a)
{
	struct exchange *x = a->exchange;
	bool gone = x->conn == NULL || s->phase != SHELL_RUNNING; /* no deadline is watched while it stops */
	if (a->state == ASKING_MAKING || (a->state == ASKING_PEERS && !gone))
		return;
	if (a->state == ASKING_PEERS) {
		interpret_query_gone(s, a->question.wish.op);
		drop(s->askings, a);
		exchange_problem(x, 503, "this node stops");
	} else if (a->state == ASKING_TOLD && a->code == OK && !gone) {
		a->state = ASKING_MAKING;
		exchange_look(x);
		a->job.run_cb = make;
		a->job.done_cb = made;
		a->job.client = x->job.client;
		a->job.work_max = x->job.work_max;
		if (!x->local)
			a->job.until_ns = uv_hrtime() + QUESTION_TIME_MS * UINT64_C(1000000);
		readers_push(s->readers, &a->job, a->rank);
	} else if (a->code != OK) {
		int status = status_of(a->code);
		bool sru = a->question.sru;
		char text[sizeof a->text];
		memcpy(text, a->text, sizeof text);
		drop(s->askings, a);
		if (status == 503)
			exchange_refuse_until(x, status, text[0] != '\0' ? text : "this node stops", 1);
		else if (sru)
			refuse_sru(x, text);
		else
			exchange_problem(x, status, text);
	} else {
		bool finished = a->state == ASKING_MADE;
		x->job.spent_ns = a->job.spent_ns;
		drop(s->askings, a);
		if (!finished)
			exchange_problem(x, 503, "this node stops");
		else if (admit_answer(x))
			exchange_finish(x);
	}
}

void federate_settle(struct shell *s)
{
	if (s->askings == NULL)
		return;
	/* One that is new stands before those that are looked at: what came of it is seen in the next turn at the latest.
	 */
	for (struct asking *a = s->askings->first, *next; a != NULL; a = next) {
		next = a->next;
		settle(s, a);
	}
}

void federate_free(struct shell *s)
{
	if (s->askings == NULL)
		return;
	while (s->askings->first != NULL) {
		exchange_free(s->askings->first->exchange);
		drop(s->askings, s->askings->first);
	}
	free(s->askings);
	s->askings = NULL;
}
