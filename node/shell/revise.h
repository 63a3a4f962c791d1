/* revise: one more revision of what our log says on a subject, made from what it says now: nothing else comes between,
 * so that of two who do it at once neither undoes what the other did.
 *
 * Thread: the loop's; change_cb on a reader.
 */
#pragma once

#include "node/shell/submit.h"
#include "proto/message.h"

struct revision {
	struct submit_task task; /* first */
	int kind;
	char subject[SUBJECT_MAX + 1]; /* canonical */
	/* Change the record as our log has it; what is put into it lives in the arena or in the revision.  OK, or the HTTP
	 * status to refuse it with. */
	int (*change_cb)(struct revision *r, Normlink__Record *record, struct store *store, struct err *err);
	void *arg; /* the caller's; freed with free() */
	const char *origin;
	struct arena arena;
	struct buf record;
	struct bytes payload;
	const char *collection;
};

/* One whose change_cb and arg are set by the caller. */
struct revision *revision_new(int kind, const char *subject);

/* Let it take its turn, and answer "index N": takes r.  404: our log says nothing on that subject. */
void revision_push(struct exchange *x, struct revision *r);
