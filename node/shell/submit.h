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

/* The core's outcome of the batch that is being stored (FX_REPLY); answered in submits_settle(). */
void submit_reply(struct shell *s, const struct effect *reply);

/* In loop_settle(): answer what has its outcome, begin the next. */
void submits_settle(struct shell *s);

/* Nothing waits, nothing is under way; always so once the loop has ended. */
void submits_free(struct shell *s);
