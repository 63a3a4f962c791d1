/* submit: records of our own agency on their way into its log.
 *
 * A batch is screened on a reader (each record decoded and checked; left out when the origin says the same already),
 * then given to the core, and answered when it is durable.  One batch at a time goes through both, so that two imports
 * side by side cannot both add the same record; the others wait.
 *
 *     waiting --turn--> screening (reader) --nothing new--> answered
 *                            `--EV_SUBMIT--> storing --FX_REPLY--> answered
 *                                                `--a redaction--> purging --writer--> answered
 *
 * What strangers bring, and whatever else makes its own entries, is a task: it is screened and made by its own
 * functions, and proved on a reader once it is durable.
 *
 * Thread: the loop's.
 */
#pragma once

#include "node/core/effect.h"
#include "node/shell/exchange.h"

/* Take in the batch that the body of this request holds, and answer it. */
void submit_push(struct exchange *x);

/* The same for a redaction, which the query of this request describes (redact.h). */
void submit_redact(struct exchange *x);

/* The writer's outcome of a purge. */
void submit_purged(struct shell *s, int code, const char *text);
/* An operator's verdict on an origin that forked: one record, which the core makes; it takes its turn among the
 * batches. Copies the texts. */
struct verdict_request {
	char origin[NAME_MAX_BYTES + 1];
	char reason[LABEL_MAX + 2]; /* one byte more than it may have: the core says so */
	bool abandon;
};
void submit_verdict(struct exchange *x, const struct verdict_request *verdict);

/* A new key of ours in place of one, likewise. */
void submit_rotation(struct exchange *x, const struct rotation *rotation);

/* A batch that somebody else makes: embedded in what it needs.  The functions are called in this order, each once, but
 * for those that a failure leaves out; a failure is answered with a problem. */
struct submit_task {
	/* On a reader. Not OK: why (err), as an HTTP status. */
	int (*screen_cb)(struct submit_task *task, struct store *store, struct err *err);
	/* On the loop: set count, and as many payloads and collections, which stay until free_cb; next is the index that
	 * the first will have.  None: nothing is appended.  Not OK: likewise. */
	int (*make_cb)(struct submit_task *task, struct shell *s, uint64_t next, struct err *err);
	/* On a reader, when what was made is durable: first is the index of the first.  NULL: our own operator asks, who
	 * has the log at hand, and wants no proof. */
	int (*prove_cb)(struct submit_task *task, struct store *store, struct err *err);
	/* On the loop: answer the exchange. */
	void (*answer_cb)(struct submit_task *task, struct exchange *x);
	/* Of submit_own, in place of that: 200, or why not, as HTTP has it. */
	void (*own_cb)(struct submit_task *task, struct shell *s, int http_status, const char *text);
	/* In any case; takes the task. */
	void (*free_cb)(struct submit_task *task);
	const struct bytes *payloads;
	const char *const *collections;
	size_t count;
	uint64_t first;
};

/* Let it take its turn; takes the task.  When too much is waiting already the exchange is answered at once: 503, or 429
 * when this client alone is to blame. */
void submit_task(struct exchange *x, struct submit_task *task);
/* The same for what the node does by itself, without an exchange: it waits only for what is under way.  False: others
 * wait; the task is freed. */
bool submit_own(struct shell *s, struct submit_task *task);

/* The core's outcome of the batch that is being stored (FX_REPLY); answered in submits_settle(). */
void submit_reply(struct shell *s, const struct effect *reply);

/* In loop_settle(): answer what has its outcome, begin the next. */
void submits_settle(struct shell *s);

/* Nothing waits, nothing is under way; always so once the loop has ended. */
void submits_free(struct shell *s);
